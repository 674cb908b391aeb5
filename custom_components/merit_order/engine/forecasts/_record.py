"""Measured values on a regular grid of time, and the home's wall clock on it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from ..model.series import FloatArray, Series, Slots

DAY_S = 86_400
HOUR_S = 3_600

type IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Record:
    """Means of equal steps: `values[i]` holds from `start + i * step` for `step` seconds; NaN is a gap.

    `start` and `step` are whole seconds (since the epoch, in length); `step` divides a day.
    """

    start: int
    step: int
    values: FloatArray

    @classmethod
    def of(cls, series: Series, start: datetime, end: datetime, step_s: int) -> Self:
        """`series` on the grid of `step_s` that covers [start, end)."""
        first = int(start.timestamp()) // step_s * step_s
        count = max(int(end.timestamp() - first) // step_s, 0)
        if not count:
            return cls(first, step_s, np.empty(0))
        edges = tuple(datetime.fromtimestamp(first + i * step_s, UTC) for i in range(count + 1))
        values, _ = series.onto(Slots(edges))
        return cls(first, step_s, values)

    @property
    def end(self) -> int:
        """Where the last step ends, in seconds since the epoch."""
        return self.start + self.step * len(self.values)

    @property
    def starts(self) -> IntArray:
        """Start of each step in seconds since the epoch, shape (n,)."""
        return self.start + self.step * np.arange(len(self.values), dtype=np.int64)

    def before(self, now: int, days: float) -> Self:
        """What had ended by `now`, at most `days` long: the only part of a record a forecast may look at."""
        last = min(max((now - self.start) // self.step, 0), len(self.values))
        first = max(last - int(days * DAY_S / self.step), 0)
        return type(self)(self.start + first * self.step, self.step, self.values[first:last])

    def between(self, start: int, count: int) -> FloatArray:
        """`count` values from `start` on, NaN where the record has none."""
        out = np.full(count, np.nan)
        offset = (start - self.start) // self.step
        low, high = max(offset, 0), min(offset + count, len(self.values))
        if low < high:
            out[low - offset : high - offset] = self.values[low:high]
        return out


@lru_cache(maxsize=50_000)
def _offset_s(zone: ZoneInfo, hour: int) -> int:
    offset = datetime.fromtimestamp(hour * HOUR_S, UTC).astimezone(zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def wall_clock(starts: IntArray, zone: ZoneInfo) -> IntArray:
    """Seconds on the home's wall clock since 1970-01-01 00:00 there (a Thursday), shape as `starts`.

    Offsets change on whole UTC hours everywhere but on Lord Howe, where one half hour a year is misplaced.
    """
    hours, inverse = np.unique(starts // HOUR_S, return_inverse=True)
    offsets = np.array([_offset_s(zone, int(hour)) for hour in hours], dtype=np.int64)
    return starts + offsets[inverse]


def weekday(wall: IntArray) -> IntArray:
    """Monday 0 … Sunday 6 of wall-clock seconds."""
    return (wall // DAY_S + 3) % 7
