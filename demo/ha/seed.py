"""Writes a Home Assistant configuration folder that is past onboarding and has the virtual home set up.

Formats as Home Assistant 2026.10 stores them; the folder is made for one demo and thrown away or kept by the person.
"""

import json
import secrets
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt

from demo.weather import ARRAY

CONFIGURATION = """\
# Made by script/demo. Loopback only; the login is bypassed there and nowhere else.
homeassistant:
  auth_providers:
    - type: trusted_networks
      trusted_networks: [127.0.0.1/32]
      allow_bypass_login: true
frontend:
config:
history:
logbook:
energy:
automation:
schedule:
system_health:
input_number:
  car_charge: {name: Car charge, min: 0, max: 100, step: 0.1, unit_of_measurement: "%", icon: mdi:car-battery}
recorder:
  commit_interval: 1
logger:
  default: warning
  logs:
    custom_components.merit_order: info
    homeassistant.bootstrap: info
    # The frontend sets the camera platform up, which misses two system libraries; this home has no cameras.
    haffmpeg.core: fatal
    homeassistant.components.camera.img_util: fatal
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the demo home stands and what it pays in.

    It is put together from real parts of several countries: a Belgian meter, British prices, and the sky of the
    recorded French home.
    """

    timezone: str = "Europe/Brussels"
    currency: str = "GBP"
    country: str = "BE"
    latitude: float = ARRAY.latitude
    longitude: float = ARRAY.longitude


def write_config(folder: Path, component: Path, port: int, entry: dict[str, Any], place: Place) -> str:
    """Fill `folder`, linking `component` as custom integration, and return a long-lived access token.

    `entry` is the config entry as stored: {"data", "options", "subentries"}; `port` is where the HTTP server listens,
    on loopback only.
    """
    (folder / "custom_components").mkdir(parents=True)
    (folder / "custom_components" / component.name).symlink_to(component.resolve())
    (folder / "configuration.yaml").write_text(CONFIGURATION)
    token, auth = _auth()
    store = folder / ".storage"
    store.mkdir()
    _write(store, "auth", auth)
    _write(store, "onboarding", {"done": ["user", "core_config", "analytics", "integration"]}, version=4)
    write_http(store, port)
    _write(store, "core.config", _core(place), 1, 4)
    _write(store, "core.config_entries", {"entries": [_entry(entry)]}, 1, 5)
    return token


def _write(store: Path, key: str, data: Any, version: int = 1, minor: int = 1) -> None:
    text = json.dumps({"version": version, "minor_version": minor, "key": key, "data": data}, indent=1)
    (store / key).write_text(text)


def _auth() -> tuple[str, dict[str, Any]]:
    user, token_id, key = uuid.uuid4().hex, uuid.uuid4().hex, secrets.token_hex(64)
    now = int(time.time())
    token = jwt.encode({"iss": token_id, "iat": now, "exp": now + 10 * 365 * 86400}, key, algorithm="HS256")
    return token, {
        "users": [
            {
                "id": user,
                "group_ids": ["system-admin"],
                "is_owner": True,
                "is_active": True,
                "name": "Demo",
                "system_generated": False,
                "local_only": True,
            }
        ],
        "groups": [{"id": f"system-{g}", "name": n} for g, n in _GROUPS],
        "credentials": [
            {
                "id": uuid.uuid4().hex,
                "user_id": user,
                "auth_provider_type": "trusted_networks",
                "auth_provider_id": None,
                "data": {"user_id": user},
            }
        ],
        "refresh_tokens": [
            {
                "id": token_id,
                "user_id": user,
                "client_id": None,
                "client_name": "script/demo",
                "client_icon": None,
                "token_type": "long_lived_access_token",
                "created_at": datetime.now(UTC).isoformat(),
                "access_token_expiration": 10 * 365 * 86400.0,
                "token": secrets.token_hex(64),
                "jwt_key": key,
                "last_used_at": None,
                "last_used_ip": None,
                "expire_at": None,
                "credential_id": None,
                "version": None,
            }
        ],
    }


_GROUPS = (("admin", "Administrators"), ("users", "Users"), ("read-only", "Read Only"))


def write_http(store: Path, port: int) -> None:
    """Let the HTTP server of the configuration whose `.storage` this is listen on `port`, on loopback only."""
    _write(store, "http", {"stable": _http(port), "pending": None, "yaml_migration_done": True}, 2, 2)


def _http(port: int) -> dict[str, Any]:
    return {
        "server_host": ["127.0.0.1"],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": True,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": datetime.now(UTC).isoformat(),
        "error": None,
        "error_message": None,
    }


def _core(place: Place) -> dict[str, Any]:
    return {
        "latitude": place.latitude,
        "longitude": place.longitude,
        "elevation": 20,
        "unit_system_v2": "metric",
        "location_name": "Demo home",
        "time_zone": place.timezone,
        "external_url": None,
        "internal_url": None,
        "currency": place.currency,
        "country": place.country,
        "language": "en",
        "radius": 100,
    }


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {
        "created_at": now,
        "modified_at": now,
        "data": entry.get("data", {}),
        "discovery_keys": {},
        "disabled_by": None,
        "domain": "merit_order",
        "entry_id": "demo",
        "minor_version": 1,
        "options": entry.get("options", {}),
        "pref_disable_new_entities": False,
        "pref_disable_polling": False,
        "source": "user",
        "subentries": entry.get("subentries", []),
        "title": "Demo home",
        "unique_id": "merit_order",
        "version": 1,
    }
