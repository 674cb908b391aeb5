"""The running metering window of a charge on demand: what it has had, where it heads, what it may end with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from ..capacity import allowed_kw, heading_kw
from ..model.plan import Plan
from ..model.snapshot import demand_share
from ._view import View

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


def demand(view: View) -> Demand | None:
    """The demand of the running window; None without a charge, or while none of it counts."""
    charge, grid = view.capacity, view.grid
    if charge is None or grid is None or view.grid_at is None or charge.price_per_kw <= 0:
        return None
    length = timedelta(minutes=charge.window_minutes)
    start = view.at - timedelta(seconds=view.at.timestamp() % length.total_seconds())
    share = demand_share(charge.hours, start.astimezone(view.zone))
    if share <= 0:
        return None
    # What a meter that counts by itself said before the turn of the quarter is of the quarter before.
    before = grid.quarter_demand_kw is not None and view.grid_at < start
    return Demand(
        so_far_kwh=0.0 if before else charge.quarter_so_far_kwh,
        limit_kw=max(
            charge.floor_kw, charge.month_peak_kw, planned_kw(view.plan, start, start + length) * share
        )
        / share,
        minutes=charge.window_minutes,
    )


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
