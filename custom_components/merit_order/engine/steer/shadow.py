"""The home as it would be if what was only said had been done: so that advise says what automatic would, step by step.

Pure. Every driven asset is taken to obey; what it really draws, and what that does to the meter, is put in its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ..model.plan import Intent
from ..model.roles import GridReading, Role
from ._around import feed_in_limit, hidden, prices
from ._knobs import is_on, levels_kw, measured_kw, reach_kw, share_on
from ._phases import signed_currents
from ._view import Driven, View

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """What was said last, of every asset; `extra_kwh` is what would have been imported beyond what was, in the running
    window by `at`.
    """

    said: tuple[Intent, ...] = ()
    at: datetime | None = None
    extra_kwh: float = 0.0


def shadowed(view: View, shadow: Shadow) -> tuple[View, Shadow]:
    """The view as it would be had all been done that `shadow` says, and the shadow of now."""
    said = {intent.asset: intent for intent in shadow.said}
    grid = view.grid
    if grid is None or grid.power_kw is None:
        return view, replace(shadow, at=view.at, extra_kwh=0.0)
    changes = _changes(view, grid.power_kw, said)
    more = sum(changes.values())
    found = _uncovered(view, more)
    after = grid.power_kw + more - found
    imported = max(after, 0.0) - max(grid.power_kw, 0.0)
    extra_kwh = _extra_kwh(view, shadow, imported)
    capacity = view.capacity
    if capacity is not None:
        so_far = max(capacity.quarter_so_far_kwh + extra_kwh, 0.0)
        capacity = replace(capacity, quarter_so_far_kwh=so_far)
    shown = replace(
        view,
        driven=tuple(
            _doing(driven, said[driven.spec.id], changes[driven.spec.id])
            if driven.spec.id in changes
            else driven
            for driven in view.driven
        ),
        grid=replace(grid, power_kw=after, phase_current_a=_phases(view, grid, changes)),
        solar_kw=view.solar_kw + found if view.solar_kw is not None else None,
        capacity=capacity,
    )
    return shown, replace(shadow, at=view.at, extra_kwh=extra_kwh)


def _changes(view: View, grid_kw: float, said: Mapping[str, Intent]) -> dict[str, float]:
    """By how many kW each asset would draw more than it does; batteries last, for they follow the others."""
    known = [driven for driven in view.driven if driven.spec.id in said]
    changes = {
        driven.spec.id: _would(driven, said[driven.spec.id]) - measured_kw(driven, None)
        for driven in known
        if driven.role is not Role.BATTERY
    }
    for driven in known:
        if driven.role is Role.BATTERY:
            real = measured_kw(driven, None)
            net = grid_kw - real + sum(changes.values())
            changes[driven.spec.id] = _battery(driven, said[driven.spec.id], real, net) - real
    return changes


def _would(driven: Driven, said: Intent) -> float:
    """What a load or car would draw; what runs already shows by itself what it takes."""
    real = measured_kw(driven, None)
    if said.mode in ("off", "release"):
        return 0.0 if said.mode == "off" else real
    if driven.role is Role.CHARGER:
        charger = driven.readings.charger if driven.readings is not None else None
        return 0.0 if charger is not None and charger.connected is False else said.power_kw
    return real if is_on(driven, real) else levels_kw(driven)[-1]


def _battery(driven: Driven, said: Intent, real: float, net: float) -> float:
    """What a battery would do; left to itself it covers what the home without it takes (`net`)."""
    battery = driven.readings.battery if driven.readings is not None else None
    if battery is None or battery.soc_percent is None or said.mode in ("off", "release"):
        return real
    charge, give = reach_kw(said, driven.spec, battery)
    if said.mode == "self":
        return min(max(-net, -give), charge) if driven.follows_itself else real
    return 0.0 if said.mode == "hold" else min(max(said.power_kw, -give), charge)


def _uncovered(view: View, more: float) -> float:
    """The sun held back by a feed-in limit that `more` use would let in, in kW."""
    slot = view.plan.slot_at(view.at) if view.plan is not None else None
    if view.plan is None or slot is None or more <= 0:
        return 0.0
    limit = feed_in_limit(view, prices(view.plan, slot)[1])
    return min(more, hidden(view, view.plan, slot, limit))


def _extra_kwh(view: View, shadow: Shadow, imported_kw: float) -> float:
    """What the running window would have had more by now, lately at `imported_kw`; 0 where a new one began."""
    if view.capacity is None or shadow.at is None:
        return 0.0
    length = view.capacity.window_minutes * 60
    if view.at.timestamp() // length != shadow.at.timestamp() // length:
        return 0.0
    return shadow.extra_kwh + imported_kw * (view.at - shadow.at).total_seconds() / HOUR_S


def _phases(view: View, grid: GridReading, changes: Mapping[str, float]) -> tuple[float, ...]:
    """Amperes per phase with the changes; as they are where not all three are told."""
    currents = signed_currents(grid)
    if len(currents) != 3:
        return grid.phase_current_a
    volts = view.limits.voltage / 1000
    return tuple(
        amperes + sum(changes.get(each.spec.id, 0.0) * share_on(each, phase) for each in view.driven) / volts
        for phase, amperes in enumerate(currents, start=1)
    )


def _doing(driven: Driven, said: Intent, change: float) -> Driven:
    """The asset with what its device would say."""
    readings = driven.readings
    part = getattr(readings, driven.role.value, None) if readings is not None else None
    if readings is None or part is None:
        return driven
    changed: dict[str, float | bool] = {"power_kw": measured_kw(driven, None) + change}
    if driven.role is Role.SWITCH and said.mode != "release":
        changed["on"] = said.mode != "off"
    return replace(driven, readings=replace(readings, **{driven.role.value: replace(part, **changed)}))
