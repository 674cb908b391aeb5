"""What the batteries of a home can hold, and what they hold now."""

from dataclasses import fields

from .engine.assets._battery import measured, start_level
from .engine.assets.battery import BatteryParams, BatteryState
from .engine.model.codec import from_json
from .engine.model.roles import Role
from .gather import Home


def battery_params(home: Home) -> dict[str, BatteryParams]:
    """Capacity, power limits and efficiencies of every battery by asset id, as last told."""
    found = {}
    for asset in home.assets:
        if asset.role is not Role.BATTERY:
            continue
        told = home.devices[asset.subentry_id].told(Role.BATTERY)
        state = BatteryState()
        if told is not None:
            names = [column.name for column in fields(BatteryState)]
            state = BatteryState(**{name: getattr(told.part, name) for name in names})
        found[asset.id] = measured(from_json(BatteryParams, dict(asset.config.params)), state)
    return found


def battery_levels(home: Home) -> dict[str, float]:
    """What the batteries hold now by asset id, in kWh; one that does not say is left out."""
    params = battery_params(home)
    found: dict[str, float] = {}
    for asset in home.assets:
        if asset.id not in params:
            continue
        readings = home.devices[asset.subentry_id].readings
        part = readings.battery if readings is not None else None
        if part is None:
            continue
        level = start_level(params[asset.id], BatteryState(soc_percent=part.soc_percent))
        if level is not None:
            found[asset.id] = level
    return found
