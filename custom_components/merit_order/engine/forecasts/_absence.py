"""People beside the meter: when the home was left alone, and which days are lived like a Sunday.

A home that is left alone for long uses what never sleeps: nearly the same at any hour. That level is learned from the
absences themselves, the running one too; until they are a few hours long the quiet hours of the usual day stand in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..model.program import BoolArray
from ..model.series import FloatArray
from ._record import DAY_S, HOUR_S, IntArray, Record, weekday

LEAST_AWAY_S = 18 * HOUR_S
"""Longer than a day's work and an evening out: only then is it no part of the usual day."""
PRIOR_HOURS = 6.0
"""The quiet hours count as much as so many hours of absence."""
LEAST_PRESENT_DAYS = 7.0
"""With less than a week of presence an absence is better than nothing: it is then learned from like any day."""
SOON_S = DAY_S
"""Nobody knows when they come back. So far ahead it is planned without them, after that half and half."""
STILL_AWAY = 2**40
SUNDAY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """`absences` are pairs of seconds since the epoch (left, back) in which nobody was at home; of one that is not over
    `back` is `STILL_AWAY`. `holidays` are local days (since 1970-01-01) lived like a Sunday.
    """

    absences: Sequence[tuple[int, int]] = ()
    holidays: frozenset[int] = frozenset()

    def away(self, record: Record) -> BoolArray:
        """(n,) steps that lie wholly in a long absence which had begun by then."""
        alone = np.zeros(len(record.values), dtype=np.bool_)
        for left, came in self.absences:
            back = min(came, record.end)
            if back - left >= LEAST_AWAY_S:
                alone |= (record.starts >= left) & (record.starts + record.step <= back)
        return alone

    def gone(self, now: int) -> bool:
        """Whether at `now` a long absence is under way."""
        return any(left + LEAST_AWAY_S <= now < back for left, back in self.absences)

    def weekday(self, wall: IntArray) -> IntArray:
        """Monday 0 … Sunday 6 of wall-clock seconds, holidays as Sundays."""
        days = weekday(wall)
        if not self.holidays:
            return days
        return np.where(np.isin(wall // DAY_S, list(self.holidays)), SUNDAY, days)


NOBODY_TELLS = People()
"""A home that knows nothing of its people."""


def without(record: Record, alone: BoolArray) -> Record:
    """The record with the hours of absence as gaps, if enough of it is left."""
    present = np.isfinite(record.values) & ~alone
    if not alone.any() or present.sum() * record.step < LEAST_PRESENT_DAYS * DAY_S:
        return record
    return Record(record.start, record.step, np.where(alone, np.nan, record.values))


def left_alone(mid: FloatArray, profile: FloatArray, alone_kw: FloatArray, step: int) -> FloatArray:
    """`mid` (n,) as it is when nobody comes back soon; `alone_kw` was measured alone, `profile` (bins,) is usual."""
    known = alone_kw[np.isfinite(alone_kw)]
    quiet = float(np.sort(profile)[: max(len(profile) // 4, 1)].mean())
    prior = PRIOR_HOURS * HOUR_S / step
    level = (float(known.sum()) + prior * quiet) / (len(known) + prior)
    share = np.where(np.arange(len(mid)) * step < SOON_S, 1.0, 0.5)
    return np.asarray(share * level + (1 - share) * mid, dtype=float)
