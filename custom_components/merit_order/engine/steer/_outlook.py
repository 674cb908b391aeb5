"""What the plan holds for an asset after now: its cost later, its deadline, how long it can wait."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from ..assets._departures import Departure
from ..assets._load import NEEDED, LoadParams
from ..model.clock_times import daily, instant, last_before, parse_clock
from ..model.codec import from_json
from ..model.plan import AssetPlan, Plan
from ..model.snapshot import AssetSpec

# A tank that is warm takes no more; it cools by this much before more fits in.
TANK_ROOM_C = 3.0
# What has no deadline of its own (a tank, rooms) can be put off for a quarter hour or two: that cools it by tenths.
ROOMY = timedelta(hours=1)
A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """`later_cost` is the cost of a kWh (currency) it is planned to take later; None: nothing is planned later, or it
    may not run now. `cheapest` is the lowest import price left until its deadline. `slack` is how long it can stand
    still and still be done in time; negative: it is late already.
    """

    later_cost: float | None
    by: datetime | None
    slack: timedelta
    sunny: bool
    may_run: bool
    cheapest: float = math.inf


def outlook(plan: Plan, spec: AssetSpec, at: datetime, zone: ZoneInfo, most_kw: float) -> Outlook:
    """The outlook of one asset that uses power."""
    mine = plan.asset(spec.id)
    if mine is None:
        return Outlook(later_cost=None, by=None, slack=ROOMY, sunny=False, may_run=False)
    running = next((block for block in mine.blocks if block.start <= at < block.end), None)
    by = deadline(spec, at, zone)
    later = [
        block
        for block in mine.blocks
        if block.start > at and block.energy_kwh > 0 and (by is None or block.start < by)
    ]
    may_run = may_run_now(spec, at, zone)
    cost = None
    if later and may_run:
        cost = sum(block.cost for block in later) / sum(block.energy_kwh for block in later)
    return Outlook(
        later_cost=cost,
        by=by,
        slack=_slack(plan, mine, at, by, most_kw),
        sunny=running is not None and running.source == "solar",
        may_run=may_run,
        cheapest=_cheapest(plan, at, by),
    )


def _cheapest(plan: Plan, at: datetime, by: datetime | None) -> float:
    if plan.home is None:
        return math.inf
    ahead = zip(plan.edges, plan.home.import_price, strict=False)
    return min(
        (
            price
            for start, price in ahead
            if start > at and (by is None or start < by) and math.isfinite(price)
        ),
        default=math.inf,
    )


def _slack(plan: Plan, mine: AssetPlan, at: datetime, by: datetime | None, most_kw: float) -> timedelta:
    if by is None:
        return ROOMY
    left = 0.0
    for (start, end), power in zip(pairwise(plan.edges), mine.power_kw, strict=True):
        if end > at and start < by and power > 0:
            left += power * (end - max(start, at)).total_seconds() / 3600
    return (by - at) - timedelta(hours=left / max(most_kw, 1e-3))


def deadline(spec: AssetSpec, at: datetime, zone: ZoneInfo) -> datetime | None:
    """When its next need is due; None when it has none that stands by the clock."""
    found = [need.by for need in spec.needs if need.by > at]
    if spec.kind == "load" and spec.params.get("mode", NEEDED) == NEEDED:
        text = spec.params.get("deadline")
        clock = time(0) if text is None else parse_clock(text, "deadline")
        found.append(daily(clock, zone, at, at + timedelta(days=2))[0])
    if spec.kind == "vehicle":
        departures = spec.params.get("departures") or ()
        found.extend(_leaves((_departure(item) for item in departures), at, zone))
    return min(found, default=None)


def _departure(item: Any) -> Departure:
    return item if isinstance(item, Departure) else from_json(Departure, item)


def _leaves(departures: Iterable[Departure], at: datetime, zone: ZoneInfo) -> list[datetime]:
    return [
        leave
        for departure in departures
        for leave in daily(parse_clock(departure.time, "departures"), zone, at, at + A_WEEK)
        if leave.astimezone(zone).weekday() in departure.weekdays
    ]


def may_run_now(spec: AssetSpec, at: datetime, zone: ZoneInfo) -> bool:
    """Whether it may take now what is planned for later: within its hours, and with room for it."""
    if spec.kind == "load":
        params = from_json(LoadParams, dict(spec.params))
        length = run_length(spec) if params.contiguous else timedelta(0)
        return _within_hours(params, at, at + length, zone) and _begun(params, at, zone)
    if spec.kind == "hot_water":
        now_c, most_c = spec.state.get("temperature_c"), float(spec.params.get("max_c", 65.0))
        return now_c is not None and now_c < most_c - TANK_ROOM_C
    return spec.kind == "vehicle"


def run_length(spec: AssetSpec) -> timedelta:
    """How long one run of a load takes."""
    params = from_json(LoadParams, dict(spec.params))
    if params.profile_kw:
        return timedelta(minutes=len(params.profile_kw) * params.profile_minutes)
    if params.run_minutes is None and params.energy_kwh is not None and params.power_kw:
        return timedelta(hours=params.energy_kwh / params.power_kw)
    return timedelta(minutes=params.run_minutes or 60.0)


def _begun(params: LoadParams, at: datetime, zone: ZoneInfo) -> bool:
    """Whether the window of the running deadline is open already."""
    if params.mode != NEEDED or params.after is not None:
        return params.mode != NEEDED
    if params.earliest is None:
        return True
    by_clock = time(0) if params.deadline is None else parse_clock(params.deadline, "deadline")
    by = daily(by_clock, zone, at, at + timedelta(days=2))[0]
    return last_before(parse_clock(params.earliest, "earliest"), zone, by) <= at


def _within_hours(params: LoadParams, start: datetime, end: datetime, zone: ZoneInfo) -> bool:
    """Whether `start` … `end` lies in one of the hours it may run."""
    if not params.windows:
        return True
    for first, last in params.windows:
        opens, closes = parse_clock(first, "windows"), parse_clock(last, "windows")
        begin = last_before(opens, zone, start)
        day = begin.astimezone(zone).date() + timedelta(days=closes <= opens)
        if begin <= start and end <= instant(day, closes, zone):
            return True
    return False
