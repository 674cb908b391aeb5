"""Diagnostics: the last snapshot and plan, so that a report can be replayed with `script/engine plan`."""

from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.core import HomeAssistant

from .engine.devices import DEVICES
from .engine.forecasts import FORECASTS
from .engine.model.codec import to_json
from .engine.model.options import OptionType
from .engine.tariffs import TARIFFS
from .runtime import MeritOrderConfigEntry, Runtime

LINES: Final = 300
# Where something is, whose it is, and what identifies it. Secrets are known by their type.
PRIVATE: Final = {
    "account",
    "battery_host",
    "host",
    "latitude",
    "longitude",
    "postcode",
    "serial_number",
    "serial_port",
    "site",
    "unique_id",
    "url",
}
TO_REDACT: Final = PRIVATE | {
    option.key
    for options in (kind.options for rack in (DEVICES, TARIFFS, FORECASTS) for kind in rack)
    for option in options
    if option.type is OptionType.SECRET
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
        "scorecard": runtime.scorecard.json(),
        "supplier_history": [
            {
                "direction": meter.direction,
                "until": meter.until.isoformat() if meter.until is not None else None,
                "error": meter.error.key if meter.error is not None else None,
            }
            for meter in runtime.supplier_history.meters
        ],
        # Nothing to redact: it holds limits, times and measurements, and must stay readable by the engine.
        "snapshot": await hass.async_add_executor_job(to_json, snapshot),
        "plan": thought.plan_json if thought is not None else None,
        "acting": _acting(runtime),
    }


def _acting(runtime: Runtime) -> dict[str, Any]:
    """What is held, who is left alone, how often was written today, and the last lines of the trail.

    The words of an error may hold an address.
    """
    return {
        "leases": sorted(runtime.leases.keys),
        "withheld": to_json(runtime.home.withheld),
        "writes_today": {key: dict(runtime.writes.of(key)) for key in runtime.home.devices},
        "trail": [
            {name: value for name, value in to_json(line).items() if name != "error"}
            for line in runtime.trail.recent(LINES)
        ],
    }


def _device(runtime: Runtime, key: str) -> dict[str, Any]:
    device = runtime.home.devices[key]
    return {
        "kind": device.kind.key,
        "model": device.config.identity.model,
        "failures": device.failures,
        "reached": device.last_update_success,
        "readings": to_json(device.data) if device.data is not None else None,
    }
