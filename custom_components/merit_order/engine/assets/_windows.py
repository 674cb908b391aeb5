"""When a need may be met: daily deadlines of the wall clock and one-off needs, as ranges of slots."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import numpy as np

from ..model.clock_times import daily, instant, last_before, parse_clock
from ..model.horizon import Horizon
from ..model.program import BoolArray
from ..model.snapshot import Need

MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From `start` to `by` an `amount` is wanted; `first` … `last` (exclusive) are the slots that lie inside it.

    `running` says that `start` has passed, so what was done since counts.
    """

    start: datetime
    by: datetime
    first: int
    last: int
    amount: float = 0.0
    running: bool = False


def daily_windows(
    horizon: Horizon, earliest: str | None, deadline: str | None, path: str, *, cut: bool = False
) -> tuple[Window, ...]:
    """One window for each deadline within the horizon, the running one first; if wished, the one `cut` off too."""
    by_clock = MIDNIGHT if deadline is None else parse_clock(deadline, f"{path}.deadline")
    from_clock = None if earliest is None else parse_clock(earliest, f"{path}.earliest")
    end = horizon.slots.edges[-1]
    last = end + timedelta(days=1) - timedelta(seconds=1) if cut else end
    found = []
    for by in daily(by_clock, horizon.zone, horizon.at, last):
        before = by.astimezone(horizon.zone)
        start = instant(before.date() - timedelta(days=1), by_clock, horizon.zone)
        if from_clock is not None:
            start = max(start, last_before(from_clock, horizon.zone, by))
        found.append(window(horizon, start, by))
    return tuple(found)


def one_off(horizon: Horizon, needs: Iterable[Need], unit: str) -> tuple[Window, ...]:
    """The one-off needs in `unit` that are still ahead."""
    return tuple(
        window(horizon, need.start or horizon.at, need.by, need.amount)
        for need in needs
        if need.unit == unit and need.by > horizon.at
    )


def window(horizon: Horizon, start: datetime, by: datetime, amount: float = 0.0) -> Window:
    """A window cut to the slots that lie wholly inside it (the running slot counts when `start` has passed)."""
    slots = horizon.slots
    first = 0 if start <= slots.edges[0] else int(np.searchsorted(slots.seconds, start.timestamp() - 1e-6))
    last = slots.count_before(by)
    return Window(
        start=start,
        by=by,
        first=min(first, len(slots)),
        last=last,
        amount=amount,
        running=start <= horizon.at,
    )


def allowed_slots(horizon: Horizon, periods: Iterable[tuple[str, str]], path: str) -> BoolArray:
    """Shape (n,): which slots lie wholly in one of the daily `periods` ("HH:MM" to "HH:MM", may cross midnight)."""
    slots, zone = horizon.slots, horizon.zone
    spans = [(parse_clock(a, path), parse_clock(b, path)) for a, b in periods]
    if not spans:
        return np.ones(len(slots), dtype=bool)
    allowed = np.zeros(len(slots), dtype=bool)
    first, end = slots.edges[0], slots.edges[-1]
    for begin, until in spans:
        for start in daily(begin, zone, first - timedelta(days=2), end):
            local = start.astimezone(zone)
            stop = instant(local.date() + timedelta(days=until <= begin), until, zone)
            inside = (slots.seconds[:-1] >= start.timestamp() - 1e-6) & (
                slots.seconds[1:] <= stop.timestamp() + 1e-6
            )
            allowed |= inside
    return allowed
