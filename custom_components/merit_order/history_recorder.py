"""What the recorder's hourly statistics say of quarter hours in which nobody here looked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .battery_levels import battery_params
from .const import DOMAIN
from .engine.model.roles import Role
from .engine.model.series import Series
from .gather import Home
from .load_history import OWN_SENSORS, PLANNED_SENSORS
from .past import QUARTER
from .recorder_past import hourly_means, own_entity

HOUR: Final = timedelta(hours=1)
HALF: Final = 30

type Flow = Sequence[tuple[float, str]]
"""Energy sensors (unique id) that make up one flow, each with its sign."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Mean powers in kW by asset id and key of the home, and levels of stores at the end in kWh by asset id."""

    measured: Mapping[str, float]
    levels: Mapping[str, float]


async def recorded(hass: HomeAssistant, home: Home, wanted: Sequence[datetime]) -> dict[datetime, Recorded]:
    """What is known of each of the `wanted` starts of quarter hours; those of which nothing is are left out.

    A quarter hour gets the mean of its hour, and a level from between the means of two. The load is what flows in less
    what planned assets use.
    """
    # Of the running hour the recorder knows a part at most.
    hour = home.ports.clock.now().replace(minute=0, second=0, microsecond=0)
    wanted = [at for at in wanted if at < hour]
    if not wanted:
        return {}
    registry = er.async_get(hass)
    first, end = wanted[0] - HOUR, wanted[-1] + HOUR
    known: dict[str, list[tuple[float, Series]]] = {}
    for key, flow in _flows(home).items():
        ids = [(sign, registry.async_get_entity_id(SENSOR_DOMAIN, DOMAIN, unique)) for sign, unique in flow]
        known[key] = [
            (sign, await home.ports.history.mean_power_kw(found, first, end))
            for sign, found in ids
            if found is not None
        ]
    levels = await _levels(hass, home, first, end)
    return {
        at: Recorded(figures, _level_at(levels, at + QUARTER))
        for at in wanted
        if (figures := _at(known, home, at))
    }


async def _levels(hass: HomeAssistant, home: Home, start: datetime, end: datetime) -> dict[str, Series]:
    """Mean levels of the batteries by the hour, in kWh."""
    params = battery_params(home)
    found: dict[str, Series] = {}
    for asset in home.assets:
        sensor = own_entity(hass, SENSOR_DOMAIN, asset, "battery_soc") if asset.id in params else None
        if sensor is not None:
            percent = await hourly_means(hass, sensor, start, end)
            share = params[asset.id].capacity_kwh / 100
            spans = [replace(span, value=span.value * share) for span in percent.spans]
            found[asset.id] = Series.of(spans, sensor, percent.issued)
    return found


def _level_at(levels: Mapping[str, Series], at: datetime) -> dict[str, float]:
    """Levels at an instant: on the line between the middles of the two hours around it."""
    found: dict[str, float] = {}
    for key, series in levels.items():
        before, after = series.value_at(at - HOUR / 2), series.value_at(at + HOUR / 2)
        if before is None or after is None:
            continue
        middle = at.replace(minute=30) if at.minute >= HALF else at.replace(minute=30) - HOUR
        share = (at - middle) / HOUR
        found[key] = before + share * (after - before)
    return found


def _flows(home: Home) -> Mapping[str, Flow]:
    flows: dict[str, list[tuple[float, str]]] = {"grid": [], "solar": []}
    for asset in home.assets:
        if asset.role is Role.GRID:
            flows["grid"] += [(1.0, _unique(asset.subentry_id, "grid_import"))]
            flows["grid"] += [(-1.0, _unique(asset.subentry_id, "grid_export"))]
        elif asset.role is Role.SOLAR:
            flows["solar"] += [(1.0, _unique(asset.subentry_id, "solar"))]
        elif asset.role is Role.BATTERY:
            charge = (1.0, _unique(asset.subentry_id, "battery_charge"))
            flows[asset.id] = [charge, (-1.0, _unique(asset.subentry_id, "battery_discharge"))]
        elif asset.role is not None and asset.role in PLANNED_SENSORS:
            flows[asset.id] = [(1.0, f"{asset.subentry_id}_{PLANNED_SENSORS[asset.role]}")]
    return flows


def _unique(subentry_id: str, flow: str) -> str:
    return f"{subentry_id}_{OWN_SENSORS[flow][1]}"


def _at(known: Mapping[str, Sequence[tuple[float, Series]]], home: Home, at: datetime) -> dict[str, float]:
    found: dict[str, float] = {}
    for key, parts in known.items():
        values = [(sign, series.value_at(at)) for sign, series in parts]
        if values and all(value is not None for _, value in values):
            found[key] = sum(sign * value for sign, value in values if value is not None)
    # Of a store or a roof that is not counted nobody knows what it gave the home.
    sources = {asset.id for asset in home.assets if asset.role is Role.BATTERY}
    sources |= {"solar" for asset in home.assets if asset.role is Role.SOLAR}
    if {"grid", *sources} <= found.keys():
        used = sum(found.get(asset.id, 0.0) for asset in home.assets)
        found["load"] = max(found["grid"] + found.get("solar", 0.0) - used, 0.0)
    return found
