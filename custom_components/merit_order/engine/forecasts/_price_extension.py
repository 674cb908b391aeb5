"""What power will cost after the published prices end, learned from the tariff's own past. Always marked as a forecast.

The mean of the same times of day on the last days of the same sort (workdays, or weekends), moved part of the way to
the level of the last day. What it is worth is small (docs/performance.md): it keeps the end of the horizon sensible.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from ..model.series import FloatArray, Quality, Series
from ._record import DAY_S, HOUR_S, Record, wall_clock, weekday

LEARN_DAYS = 15
SATURDAY = 5
LEVEL_SHARE = 0.4
"""How much of the last day's distance from the mean goes on (day-ahead prices: lag-one correlation 0.4 to 0.7)."""


def extend_prices(known: Record, start: int, count: int, zone: ZoneInfo) -> FloatArray:
    """Prices for `count` steps from `start` on (seconds since the epoch), shape (count,), in currency/kWh.

    `known` may reach up to `start`: published prices are known ahead of their time. NaN where nothing was ever known.
    """
    seen = known.before(start, LEARN_DAYS)
    if not np.isfinite(seen.values).any():
        return np.full(count, np.nan)
    bins = DAY_S // known.step
    wall = wall_clock(seen.starts, zone)
    future = wall_clock(start + known.step * np.arange(count, dtype=np.int64), zone)
    into, ahead = wall % DAY_S // known.step, future % DAY_S // known.step
    everything = _by_bin(seen.values, into, bins, np.full(bins, float(np.nanmean(seen.values))))
    result = np.empty(count)
    for rest in (False, True):
        same = np.where((weekday(wall) >= SATURDAY) == rest, seen.values, np.nan)
        profile = _by_bin(same, into, bins, everything)
        chosen = (weekday(future) >= SATURDAY) == rest
        result[chosen] = profile[ahead[chosen]]
    last = seen.values[-bins:]
    usual = everything[into[-bins:]]
    off = last - usual
    return result + (LEVEL_SHARE * float(np.nanmean(off)) if np.isfinite(off).any() else 0.0)


def expected_prices(known: Series, until: datetime, zone: ZoneInfo) -> Series:
    """What comes after the last published price, up to `until`, in the tariff's own steps, of quality `forecast`.

    Empty where nothing is known, or where the published prices reach that far.
    """
    if known.end is None or known.end >= until:
        return Series((), known.origin)
    step = min(HOUR_S, *(int((span.end - span.start).total_seconds()) for span in known.spans))
    if step <= 0 or DAY_S % step:
        step = HOUR_S // 4
    record = Record.of(known, known.spans[0].start, known.end, step)
    count = -(-int((until - known.end).total_seconds()) // step)
    values = extend_prices(record, record.end, count, zone)
    return Series.regular(known.end, step / 60, values, Quality.FORECAST, known.origin, known.issued)


def _by_bin(values: FloatArray, into: np.ndarray, bins: int, otherwise: FloatArray) -> FloatArray:
    known = np.isfinite(values)
    total = np.bincount(into[known], weights=values[known], minlength=bins)
    n = np.bincount(into[known], minlength=bins)
    return np.where(n > 0, total / np.maximum(n, 1), otherwise)
