"""What a load does when nobody steers it, hour by hour of the day: the home without us is measured by it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from ..model.horizon import Horizon
from ..model.series import FloatArray
from ._base import none_if_nan
from ._load import LoadParams, LoadState
from ._windows import Window

HOURS = 24
QUARTER_S = 900
"""Time zones differ by quarter hours, so that is how fine the wall clock's hours must be looked up."""
A_LITTLE_H = 0.25
"""So long a load that has had its usual day is offered more, to see whether it draws; for half of it none is begun."""


def still_due(
    params: LoadParams,
    state: LoadState,
    window: Window,
    per_day: float,
    ordered: float,
    power: float,
    zone: ZoneInfo,
) -> float:
    """kWh still to be planned of a day's need of `per_day` (a person's guess), of which they `ordered` some themselves.

    What a day usually takes is enough, if it is less; and when that is done, a little more for as long as the load
    still draws. One that took nothing was full then: due is what it will use from that moment on until the deadline.
    """
    left, little = per_day - state.done_kwh - ordered, power * A_LITTLE_H
    if state.full_at is not None and window.start < state.full_at < window.by:
        due = _used(params, per_day, window, state.full_at, zone) - state.after_full_kwh - ordered
        if state.after_full_kwh > little / 2:
            # It drew since then, more than it usually does perhaps: until it takes nothing again it is not full.
            return min(left, max(due, little))
        return min(left, due) if due > little / 2 else 0.0
    usual = none_if_nan(params.usual_day_kwh)
    return left if usual is None else min(left, max(usual - state.done_kwh - ordered, little))


def _used(params: LoadParams, per_day: float, window: Window, since: datetime, zone: ZoneInfo) -> float:
    """kWh that are used of what it holds from `since` until the deadline: by habit, else evenly through the day."""
    begin, since_s, by = (at.timestamp() for at in (window.start, since, window.by))
    if len(params.alone_kw) == HOURS:
        return used_between(params.alone_kw, since_s, by, zone)
    return per_day * (by - since_s) / (by - begin)


def habitual_kwh(alone_kw: Sequence[float], edges: FloatArray, zone: ZoneInfo) -> FloatArray:
    """kWh between consecutive `edges` (seconds since the epoch, rising), shape (len(edges) - 1,).

    `alone_kw` is mean power by hour of the wall clock, 24 figures.
    """
    first, last = int(edges[0] // QUARTER_S), int(-(-edges[-1] // QUARTER_S))
    quarters = np.arange(first, last + 1) * QUARTER_S
    kw = [alone_kw[datetime.fromtimestamp(at, UTC).astimezone(zone).hour] for at in quarters[:-1].tolist()]
    used = np.concatenate([[0.0], np.cumsum(kw)]) * QUARTER_S / 3600
    return np.diff(np.interp(edges, quarters, used))


def used_between(alone_kw: Sequence[float], start_s: float, end_s: float, zone: ZoneInfo) -> float:
    """kWh from one second since the epoch to another; none where that is not later."""
    return float(habitual_kwh(alone_kw, np.array([start_s, end_s]), zone)[0]) if start_s < end_s else 0.0


def by_habit(
    planned_kwh: float,
    done_kwh: float,
    kw: float,
    window: Window,
    horizon: Horizon,
    alone_kw: Sequence[float],
) -> FloatArray:
    """kW per slot had the `planned_kwh` been used as the load does by itself, shape (n,); never more than `kw`.

    `done_kwh` is what it had of the window's need before. What it would have used by now beyond that it takes at once:
    a thermostat that is let go does.
    """
    slots = horizon.slots
    power = np.zeros(horizon.n)
    if window.last <= window.first or planned_kwh <= 0:
        return power
    edges = np.asarray(slots.seconds[window.first : window.last + 1], dtype=float)
    hours = horizon.hours[window.first : window.last]
    habit = habitual_kwh(alone_kw, edges, horizon.zone)
    before = used_between(alone_kw, window.start.timestamp(), float(edges[0]), horizon.zone)
    day = before + float(habit.sum())
    scale = (planned_kwh + done_kwh) / day if day > 0 else 0.0
    energy = np.minimum(habit * min(scale, planned_kwh / habit.sum() if habit.sum() > 0 else 0.0), kw * hours)
    left = planned_kwh - float(energy.sum())
    room = kw * hours - energy
    at_once = np.clip(left - np.concatenate([[0.0], np.cumsum(room)[:-1]]), 0.0, room)
    power[window.first : window.last] = (energy + at_once) / hours
    return power
