"""Other controllers of the same device: two of them fight. Found where they can be, and consent is asked for once."""

from collections.abc import Iterator
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.hassio import is_hassio

from .const import DOMAIN
from .devices_hub import DeviceCoordinator
from .engine.model.ports import Store
from .engine.model.roles import Role

KEY = "consents"
# Energy managers that give commands of their own, by the domain of their integration and the end of their app's slug.
MANAGERS = {
    "emhass": "EMHASS",
    "evcc": "evcc",
    "evcc_intg": "evcc",
    "hsem": "HSEM",
    "powersync": "PowerSync",
    "predbat": "Predbat",
    "solar_optimizer": "Solar Optimizer",
}
STEERED = frozenset({Role.BATTERY, Role.CHARGER})
OWN_SCHEDULE = "own_schedule"


class Consents:
    """Which rivals of a device a person said may stay, because we alone control it. Kept over restarts."""

    def __init__(self, hass: HomeAssistant, store: Store) -> None:
        self._hass = hass
        self._store = store

    def missing(self, device: DeviceCoordinator) -> list[str]:
        """The rivals of a device nobody has said anything of yet; OWN_SCHEDULE is the device's own."""
        given = (self._store.load(KEY) or {}).get(device.subentry.subentry_id, [])
        return [name for name in rivals(self._hass, device) if name not in given]

    @callback
    def give(self, subentry_id: str, names: list[str]) -> None:
        """A person says that we alone control the device."""
        given: dict[str, list[str]] = dict(self._store.load(KEY) or {})
        given[subentry_id] = sorted({*given.get(subentry_id, []), *names})
        self._store.save(KEY, given)


def rivals(hass: HomeAssistant, device: DeviceCoordinator) -> list[str]:
    """Who else may command this device, by name."""
    found = set(_at_the_same_host(hass, device))
    if STEERED & set(device.config.identity.writable):
        found |= set(_managers(hass))
    readings = device.readings
    if readings is not None and readings.battery is not None and readings.battery.own_schedule:
        found.add(OWN_SCHEDULE)
    return sorted(found)


def _at_the_same_host(hass: HomeAssistant, device: DeviceCoordinator) -> Iterator[str]:
    """Other integrations that reach the same device by Modbus, or that may not share it with us."""
    options = device.config.options
    host = options.get("host")
    for entry in hass.config_entries.async_entries(include_disabled=False, include_ignore=False):
        if entry.domain == DOMAIN:
            continue
        theirs = _host(entry)
        excluded = entry.domain in device.kind.conflicts and theirs in (host, None)
        if excluded or (host and "unit" in options and theirs == host):
            yield entry.title or entry.domain
    if host and "modbus" in hass.config.components:
        yield from _modbus(hass, str(host).casefold())


def _modbus(hass: HomeAssistant, host: str) -> Iterator[str]:
    """Who reaches `host` through Home Assistant's own Modbus: hubs of configuration.yaml, and integrations that share
    a connection. It lists both for its own panel (`modbus/connections/list`); should that change, nobody is found.
    """
    for name, hub in (hass.data.get("modbus") or {}).items():
        if _leads_to(getattr(hub, "endpoint", None), host):
            yield f"modbus: {name}"
    try:
        # It would load its libraries for nothing where nobody uses it.
        from homeassistant.components.modbus.connection import async_get_connection_info  # noqa: PLC0415  # see above
    except ImportError:
        return
    for shared in async_get_connection_info(hass):
        for entry_id in shared.units if _leads_to(shared.endpoint, host) else ():
            entry = hass.config_entries.async_get_entry(entry_id)
            if entry is not None and entry.domain != DOMAIN:
                yield entry.title or entry.domain


def _leads_to(endpoint: Any, host: str) -> bool:
    """Whether an endpoint (kind, host, port; a serial one is kind and port) is on `host`, in lower case."""
    return isinstance(endpoint, tuple) and len(endpoint) == 3 and str(endpoint[1]).casefold() == host


def _host(entry: ConfigEntry) -> Any:
    return entry.options.get("host") or entry.data.get("host")


def _managers(hass: HomeAssistant) -> Iterator[str]:
    for entry in hass.config_entries.async_entries(include_disabled=False, include_ignore=False):
        if entry.domain in MANAGERS:
            yield MANAGERS[entry.domain]
    for domain, name in MANAGERS.items():
        if domain in hass.config.components:
            yield name
    if is_hassio(hass):
        yield from _apps(hass)


def _apps(hass: HomeAssistant) -> Iterator[str]:
    # Only there with a Supervisor; it would load its libraries for nothing elsewhere.
    from homeassistant.components.hassio import HassioNotReadyError, get_addons_list  # noqa: PLC0415  # only with a Supervisor

    try:
        apps = get_addons_list(hass)
    except HassioNotReadyError:
        return
    for app in apps:
        for slug, name in MANAGERS.items():
            if str(app.get("slug", "")).endswith(slug) and str(app.get("state")) == "started":
                yield name
