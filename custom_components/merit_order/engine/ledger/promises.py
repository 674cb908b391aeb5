"""How much of what plans promised was kept: what a plan says it will save is told with that taken off.

A plan is the best of many by forecasts that are wrong now and then, so it looks better than it turns out. By how much
is seen day by day, and known soon.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

MEMORY_DAYS: Final = 14.0
DOUBT_DAYS: Final = 3.0
"""What was kept at the beginning weighs as much as so many days."""
AT_FIRST: Final = 0.85
A_DAY: Final = timedelta(days=1)
LEAST: Final = 0.3
"""A fortnight of bad luck does not make a plan worthless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What was promised for a `day` as it began, beside the book's total (`saved`) then."""

    day: date
    promised: float
    saved: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """Money promised and kept, lately, over so many `days` (each weighs less as it gets older)."""

    promised: float = 0.0
    kept: float = 0.0
    days: float = 0.0
    open: Promise | None = None

    @property
    def share(self) -> float:
        """The share of a promise that is kept, from LEAST to 1."""
        if self.promised <= 0:
            return AT_FIRST
        doubt = DOUBT_DAYS * self.promised / self.days
        share = (self.kept + AT_FIRST * doubt) / (self.promised + doubt)
        return min(max(share, LEAST), 1.0)

    def turned(self, day: date, promised: float | None, saved: float) -> Promises:
        """At the first moment of `day`, with what is promised for it, and the book's total now (both in currency).

        None is promised where there is no plan, or it is not carried out: then the days around teach nothing.
        """
        past = self
        if self.open is not None and promised is not None and self.open.day + A_DAY == day:
            fade = 1 - 1 / MEMORY_DAYS
            past = replace(
                self,
                promised=self.promised * fade + self.open.promised,
                kept=self.kept * fade + saved - self.open.saved,
                days=self.days * fade + 1,
            )
        opened = Promise(day=day, promised=promised, saved=saved) if promised is not None else None
        return replace(past, open=opened)
