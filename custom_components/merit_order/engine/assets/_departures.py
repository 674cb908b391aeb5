"""When a car is at its charger and what it must have when it leaves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from ..model.clock_times import daily, instant, parse_clock
from ..model.horizon import Horizon
from ..model.program import BoolArray
from ..model.series import FloatArray
from ..model.snapshot import Need

EVENING = time(18)
"""When a car is back that does not tell: most are by then."""
SOON = timedelta(hours=1)
LATE = timedelta(hours=12)
"""So long after its usual return a car is late; later it is on another trip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """On `weekdays` (0 = Monday) at `time` the car leaves with at least `soc` percent.

    It uses `trip_kwh` and is back at `returns` ("HH:MM", the next day if earlier than `time`); None: it stays
    plugged in and `time` is only when it must be ready.
    """

    time: str = "07:00"
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    soc: float = 80.0
    trip_kwh: float = 0.0
    returns: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """By `by` (the slots before `slot`) the car wants `kwh` in its battery."""

    by: datetime
    slot: int
    kwh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Shape (n,): `plugged`, and `trip_kwh` taken at the slot in which it leaves. `assumed`: nobody knows when it comes
    back, so it was taken to be at its charger again from then on.
    """

    plugged: BoolArray
    trip_kwh: FloatArray
    targets: tuple[Target, ...]
    assumed: datetime | None = None


def stay(
    horizon: Horizon,
    departures: tuple[Departure, ...],
    needs: Iterable[Need],
    capacity_kwh: float,
    *,
    connected: bool,
    path: str,
) -> Stay:
    """Where the car is over the horizon. A car that is away now comes back at its next return; when none is known, in
    the evening, or soon when that is too late for what is wanted of it. When nothing is, it stays away.
    """
    n, edges = horizon.n, horizon.slots.edges
    trips = np.zeros(n)
    needs = tuple(needs)
    leaves: list[tuple[datetime, datetime | None, float, float]] = []
    for i, departure in enumerate(departures):
        clock = parse_clock(departure.time, f"{path}.departures[{i}].time")
        for at in daily(clock, horizon.zone, edges[0] - timedelta(days=2), edges[-1]):
            day = at.astimezone(horizon.zone).date()
            if day.weekday() in departure.weekdays:
                back = _back(departure, day, horizon, f"{path}.departures[{i}].returns")
                leaves.append((at, back, departure.soc / 100 * capacity_kwh, departure.trip_kwh))
    wanted = [leave[0] for leave in leaves] + [need.by for need in needs]
    assumed = None if connected else _assumed(horizon, leaves, [by for by in wanted if edges[0] < by])
    plugged = np.full(n, connected)
    if assumed is not None:
        plugged[int(np.searchsorted(horizon.slots.seconds[:-1], assumed.timestamp() - 1e-6)) :] = True
    targets = []
    for at, back, target, trip in sorted(leaves, key=lambda leave: leave[0]):
        first = horizon.slots.count_before(at)
        last = (
            n if back is None else int(np.searchsorted(horizon.slots.seconds[:-1], back.timestamp() - 1e-6))
        )
        if at > edges[0]:
            targets.append(Target(by=at, slot=first, kwh=target))
            if back is not None:
                plugged[first:] = False
                trips[min(first, n - 1)] += trip if first < n else 0.0
        if back is not None and back > edges[0] and (at > edges[0] or not connected):
            plugged[last:] = True
    targets += [
        Target(by=need.by, slot=horizon.slots.count_before(need.by), kwh=need.amount / 100 * capacity_kwh)
        for need in needs
        if need.unit == "percent" and horizon.at < need.by <= edges[-1]
    ]
    return Stay(plugged=plugged, trip_kwh=trips, targets=tuple(targets), assumed=assumed)


def _assumed(
    horizon: Horizon,
    leaves: Iterable[tuple[datetime, datetime | None, float, float]],
    wanted: Sequence[datetime],
) -> datetime | None:
    """When a car that is away is taken to be back: None when that is known, or nothing is wanted of it."""
    now = horizon.slots.edges[0]
    if not wanted:
        return None
    gone = [back for at, back, *_ in leaves if at <= now and back is not None]
    if any(now < back for back in gone):
        return None
    late = any(now - LATE < back for back in gone)
    evening = daily(EVENING, horizon.zone, now, now + timedelta(days=2))[0]
    return now + SOON if late or evening >= min(wanted) else evening


def _back(departure: Departure, day: date, horizon: Horizon, path: str) -> datetime | None:
    if departure.returns is None:
        return None
    clock = parse_clock(departure.returns, path)
    later = clock <= parse_clock(departure.time, path)
    return instant(day + timedelta(days=later), clock, horizon.zone)
