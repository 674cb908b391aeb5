"""When a car is at its charger and what it must have when it leaves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from ..model.clock_times import daily, instant, parse_clock
from ..model.horizon import Horizon
from ..model.program import BoolArray
from ..model.series import FloatArray
from ..model.snapshot import Need


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
    """Shape (n,): `plugged`, and `trip_kwh` taken at the slot in which it leaves."""

    plugged: BoolArray
    trip_kwh: FloatArray
    targets: tuple[Target, ...]


def stay(
    horizon: Horizon,
    departures: tuple[Departure, ...],
    needs: Iterable[Need],
    capacity_kwh: float,
    *,
    connected: bool,
    path: str,
) -> Stay:
    """Where the car is over the horizon. A car that is away now comes back at the next return, or not at all."""
    n, edges = horizon.n, horizon.slots.edges
    plugged = np.full(n, connected)
    trips = np.zeros(n)
    leaves: list[tuple[datetime, datetime | None, float, float]] = []
    for i, departure in enumerate(departures):
        clock = parse_clock(departure.time, f"{path}.departures[{i}].time")
        for at in daily(clock, horizon.zone, edges[0] - timedelta(days=2), edges[-1]):
            day = at.astimezone(horizon.zone).date()
            if day.weekday() in departure.weekdays:
                back = _back(departure, day, horizon, f"{path}.departures[{i}].returns")
                leaves.append((at, back, departure.soc / 100 * capacity_kwh, departure.trip_kwh))
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
    return Stay(plugged=plugged, trip_kwh=trips, targets=tuple(targets))


def _back(departure: Departure, day: date, horizon: Horizon, path: str) -> datetime | None:
    if departure.returns is None:
        return None
    clock = parse_clock(departure.returns, path)
    later = clock <= parse_clock(departure.time, path)
    return instant(day + timedelta(days=later), clock, horizon.zone)
