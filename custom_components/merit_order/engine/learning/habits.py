"""What a load does by itself: its day by the hour before anybody steered it, and what a day of it usually takes."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from ..forecasts._record import DAY_S, HOUR_S, IntArray, wall_clock
from ..model.series import FloatArray

LEAST_DAYS = 7.0
"""Of every weekday one."""
WHOLE_HOURS = 23
"""A day with so many hours known is whole: that is what is left of it when the clocks go forward."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """`kw` (24,) is mean power by hour of the wall clock, learned from so many `days`."""

    kw: FloatArray
    days: float


def learn_habit(starts: IntArray, kw: FloatArray, zone: ZoneInfo) -> Habit | None:
    """The mean day of hourly means `kw` (n,), NaN being gaps, of hours that begin at `starts` (seconds, epoch).

    None with less than a week of measurements, with an hour of the day never seen, or when it was never used.
    """
    known = np.isfinite(kw)
    hour = wall_clock(starts[known], zone) % DAY_S // HOUR_S
    count = np.bincount(hour, minlength=24)
    days = float(known.sum()) / 24
    if days < LEAST_DAYS or count.min() == 0 or not float(kw[known].sum()) > 0:
        return None
    mean = np.bincount(hour, weights=np.maximum(kw[known], 0.0), minlength=24) / count
    return Habit(kw=mean, days=days)


def usual_day(starts: IntArray, kw: FloatArray, zone: ZoneInfo) -> float | None:
    """Median kWh of the whole days on which it was used; None with less than a week of them."""
    known = np.isfinite(kw)
    _, index, hours = np.unique(
        wall_clock(starts[known], zone) // DAY_S, return_inverse=True, return_counts=True
    )
    sums = np.bincount(index, weights=kw[known], minlength=len(hours))
    used = sums[(hours >= WHOLE_HOURS) & (sums > 0)]
    return float(np.median(used)) if len(used) >= LEAST_DAYS else None
