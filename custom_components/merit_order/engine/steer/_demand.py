"""The running metering window of a charge on demand: what it has had, where it heads, what it may end with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from ..capacity import allowed_kw, heading_kw
from ..model.plan import Plan
from ..model.snapshot import CapacityCharge, demand_share
from ._view import View, Window

QUARTER_MINUTES = 15
TURN_S = 10.0
"""So shortly before a window ends nothing can be done about it; what is told now is of the next one."""
MOST_OF_LIMIT = 2.0
"""What was spared early is not all drawn in the last minute, on into the next window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """`so_far_kwh` was drawn in the running window; it may end at a mean of `limit_kw`."""

    so_far_kwh: float
    limit_kw: float
    minutes: int

    def heading(self, at: datetime, grid_kw: float) -> float:
        """The demand it ends with while `grid_kw` is drawn."""
        return heading_kw(at, self.so_far_kwh, grid_kw, self.minutes)

    def room(self, at: datetime) -> float:
        """What may be drawn until it ends, in kW."""
        limit, length = self.limit_kw, self.minutes * 60
        if length - at.timestamp() % length < TURN_S:
            return limit
        return min(allowed_kw(at, self.so_far_kwh, limit, self.minutes), MOST_OF_LIMIT * limit)


def demand(view: View, kept: Window | None) -> tuple[Demand | None, Window | None]:
    """The demand of the running window; None without a charge, or while none of it counts."""
    charge, grid = view.capacity, view.grid
    if charge is None or grid is None or view.grid_at is None or charge.price_per_kw <= 0:
        return None, None
    start = _start(view.at, charge.window_minutes)
    share = demand_share(charge.hours, start.astimezone(view.zone))
    if share <= 0:
        return None, kept
    planned = planned_kw(view.plan, start, start + timedelta(minutes=charge.window_minutes))
    limit = max(charge.floor_kw, charge.month_peak_kw, planned * share) / share
    so_far, window = _so_far(view, charge, start, kept)
    return Demand(so_far_kwh=so_far, limit_kw=limit, minutes=charge.window_minutes), window


def planned_kw(plan: Plan | None, start: datetime, end: datetime) -> float:
    """The mean import the plan means to have from `start` to `end`, as far as it reaches: it weighed that peak."""
    if plan is None or plan.home is None:
        return 0.0
    energy = hours = 0.0
    for (first, last), power in zip(pairwise(plan.edges), plan.home.grid_kw, strict=True):
        length = (min(last, end) - max(first, start)).total_seconds() / 3600
        if length > 0:
            energy += max(power, 0.0) * length
            hours += length
    return energy / hours if hours > 0 else 0.0


def _so_far(
    view: View, charge: CapacityCharge, start: datetime, kept: Window | None
) -> tuple[float, Window | None]:
    """What was drawn in the running window, in kWh: by the meter's own count, else by its total."""
    grid, said = view.grid, view.grid_at
    assert grid is not None
    assert said is not None
    if charge.window_minutes == QUARTER_MINUTES and grid.quarter_demand_kw is not None:
        # What it said before the turn of the quarter is of the quarter before.
        return (grid.quarter_demand_kw * QUARTER_MINUTES / 60 if said >= start else 0.0), kept
    if grid.import_kwh is None:
        return charge.quarter_so_far_kwh, kept
    if kept is None or kept.start != start:
        elapsed_h = max((said - start).total_seconds(), 0.0) / 3600
        # Begun in the middle of a window: the power of now stands in for what was missed.
        before = max(grid.power_kw or 0.0, 0.0) * elapsed_h if kept is None else 0.0
        kept = Window(start=start, import_kwh=grid.import_kwh, before_kwh=before)
    return max(grid.import_kwh - kept.import_kwh, 0.0) + kept.before_kwh, kept


def _start(at: datetime, minutes: int) -> datetime:
    length = minutes * 60
    return at - timedelta(seconds=at.timestamp() % length)
