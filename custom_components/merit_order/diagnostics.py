"""Diagnostics: the last snapshot and plan, so that a report can be replayed with `script/engine plan`."""

from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.core import HomeAssistant

from .engine.model.codec import to_json
from .engine.model.snapshot import Snapshot
from .runtime import MeritOrderConfigEntry, Runtime

TO_REDACT = {
    "account",
    "address",
    "api_key",
    "host",
    "key",
    "latitude",
    "longitude",
    "mac",
    "meter",
    "mpan",
    "password",
    "postcode",
    "secret",
    "serial",
    "serial_number",
    "token",
    "unique_id",
    "url",
    "username",
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: MeritOrderConfigEntry
) -> dict[str, Any]:
    """The home without addresses, keys, serial numbers and location."""
    runtime = entry.runtime_data
    thought = runtime.planner.data
    snapshot = thought.snapshot if thought is not None else None
    return {
        "options": dict(entry.options),
        "subentries": [
            {"type": sub.subentry_type, "data": async_redact_data(dict(sub.data), TO_REDACT)}
            for sub in entry.subentries.values()
        ],
        "devices": [_device(runtime, key) for key in runtime.home.devices],
        "sources": [
            {
                "key": source.key,
                "kind": source.kind,
                "fetched": source.fetched.isoformat() if source.fetched is not None else None,
                "error": source.error.key if source.error is not None else None,
            }
            for source in runtime.home.sources.items
        ],
        "snapshot": await hass.async_add_executor_job(_snapshot, snapshot),
        "plan": thought.plan_json if thought is not None else None,
    }


def _snapshot(snapshot: Snapshot | None) -> Any:
    """`key` of an input is no secret, and the snapshot must stay readable by the engine: it holds nothing to redact
    but what the assets were configured with, which are limits and times.
    """
    return to_json(snapshot) if snapshot is not None else None


def _device(runtime: Runtime, key: str) -> dict[str, Any]:
    device = runtime.home.devices[key]
    return {
        "kind": device.kind.key,
        "model": device.config.identity.model,
        "failures": device.failures,
        "reached": device.last_update_success,
        "readings": to_json(device.data) if device.data is not None else None,
    }
