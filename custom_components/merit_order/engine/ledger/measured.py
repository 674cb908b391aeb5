"""What was measured of the home in one slot: only what the bill of the baseline depends on."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from ..assets._habit import HOURS, habitual_kwh
from ..assets._load import OPTIONAL, LoadParams
from ..model.clock_times import last_before, next_after, parse_clock


@dataclass(frozen=True, slots=True, kw_only=True)
class BatterySlot:
    """A battery: energy in and out (AC, kWh), and what it held at both ends (kWh).

    `steered`: it was ours. Otherwise it followed the meter by itself, and so did what we ran at another time.
    """

    charge_kwh: float
    discharge_kwh: float
    before_kwh: float
    after_kwh: float
    steered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSlot:
    """A load that was ours to steer. Without us it had run from `since` on; an optional one (None) not at all.

    Where its habit is known, it had used so much (`habit_kwh`) in this slot and `after_kwh` from then on until its next
    deadline, and not all as soon as it may. `keeps_warm`: it is a store of heat, which loses less while it holds less.
    """

    kwh: float
    since: datetime | None = None
    habit_kwh: float | None = None
    after_kwh: float = 0.0
    keeps_warm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredSlot:
    """One slot in which everything needed was measured. Energy in kWh >= 0, prices in currency/kWh, aware UTC.

    What is not in `batteries` and `loads` is the same with and without us. Solar and base load
    need no figures of their own: they are what remains of the meter when the steered things are taken off.
    """

    start: datetime
    end: datetime
    import_kwh: float
    export_kwh: float
    import_price: float
    export_price: float
    batteries: Mapping[str, BatterySlot] = field(default_factory=dict)
    loads: Mapping[str, LoadSlot] = field(default_factory=dict)

    @property
    def hours(self) -> float:
        """Its length."""
        return (self.end - self.start) / timedelta(hours=1)

    @property
    def rest_kwh(self) -> float:
        """Base load less solar, from the meter: what no steered thing used or gave."""
        batteries = sum(b.charge_kwh - b.discharge_kwh for b in self.batteries.values())
        return self.import_kwh - self.export_kwh - batteries - sum(load.kwh for load in self.loads.values())

    @property
    def whole(self) -> bool:
        """Whether every figure is a number that can be: else the slot must not count."""
        energies = [self.import_kwh, self.export_kwh, *(load.kwh for load in self.loads.values())]
        energies += [each for load in self.loads.values() for each in (load.habit_kwh or 0.0, load.after_kwh)]
        for b in self.batteries.values():
            energies += [b.charge_kwh, b.discharge_kwh, b.before_kwh, b.after_kwh]
        prices = (self.import_price, self.export_price)
        return (
            self.end > self.start
            and all(math.isfinite(e) and e >= 0.0 for e in energies)
            and all(math.isfinite(p) for p in prices)
        )


def load_slot(
    params: LoadParams,
    kwh: float,
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
    *,
    keeps_warm: bool = False,
) -> LoadSlot:
    """What a load used from `start` to `end` (aware UTC), and what is known of when it had done so without us."""
    if params.mode == OPTIONAL:
        return LoadSlot(kwh=kwh)
    since = load_since(params, start, zone)
    if params.contiguous or len(params.alone_kw) != HOURS:
        return LoadSlot(kwh=kwh, since=since)
    until = next_after(parse_clock(params.deadline or "00:00", "deadline"), zone, start)
    edges = np.array([each.timestamp() for each in (start, end, max(until, end))])
    habit, after = habitual_kwh(params.alone_kw, edges, zone)
    return LoadSlot(
        kwh=kwh,
        since=since,
        habit_kwh=round(float(habit), 6),
        after_kwh=round(float(after), 6),
        keeps_warm=keeps_warm,
    )


def load_since(params: LoadParams, at: datetime, zone: ZoneInfo) -> datetime:
    """From when on a needed load that runs at `at` could have run: after the last deadline, not before `earliest`."""
    since = last_before(parse_clock(params.deadline or "00:00", "deadline"), zone, at)
    if params.earliest is not None:
        earliest = last_before(parse_clock(params.earliest, "earliest"), zone, at)
        since = max(since, earliest)
    return since
