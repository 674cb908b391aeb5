"""Prices by wall clock: a base price, and periods in which another holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Any

from ..model.errors import InputError
from ..model.series import Series, Span

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SUNDAY = 6
MIDNIGHT = time(0)
# Every daylight-saving change of the world falls on a quarter of an hour in UTC.
GRID = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """When a price holds: on these weekdays (0 = Monday), in these months, from `start` to `end` of the wall
    clock.
    """

    price: float
    weekdays: frozenset[int] = frozenset(range(7))
    months: frozenset[int] = frozenset(range(1, 13))
    start: time = MIDNIGHT
    end: time = MIDNIGHT

    def holds(self, local: datetime, holidays: frozenset[date]) -> bool:
        """Whether this period covers the wall-clock moment `local`."""
        clock = local.time().replace(fold=0)
        if self.start < self.end or self.end == MIDNIGHT:
            inside = self.start <= clock and (clock < self.end or self.end == MIDNIGHT)
            return inside and self._on(local.date(), holidays)
        if clock >= self.start:
            return self._on(local.date(), holidays)
        return clock < self.end and self._on(local.date() - timedelta(days=1), holidays)

    def _on(self, day: date, holidays: frozenset[date]) -> bool:
        weekday = SUNDAY if day in holidays else day.weekday()
        return weekday in self.weekdays and day.month in self.months


@dataclass(frozen=True, slots=True)
class TimeOfUse:
    """`periods` in order of precedence; `base` (currency/kWh) holds where none does. `zone` is the meter's clock."""

    base: float
    periods: tuple[Period, ...]
    zone: tzinfo
    holidays: frozenset[date] = frozenset()

    def price_at(self, at: datetime) -> float:
        """The price at the instant `at`, by the meter's clock."""
        local = at.astimezone(self.zone)
        return next(
            (period.price for period in self.periods if period.holds(local, self.holidays)), self.base
        )

    async def prices(self, start: datetime, end: datetime) -> Series:
        """Every instant of [start, end) is known."""
        return self.schedule(start, end)

    def schedule(self, start: datetime, end: datetime) -> Series:
        """The prices of [start, end), a span for as long as one holds."""
        spans: list[Span] = []
        edges = sorted({start, end, *self._edges(start, end)})
        for a, b in pairwise(edges):
            value = self.price_at(a)
            if spans and spans[-1].value == value:
                spans[-1] = Span(spans[-1].start, b, value)
            else:
                spans.append(Span(a, b, value))
        return Series(tuple(spans), origin="time_of_use")

    def next_publication(self, now: datetime) -> datetime | None:
        """Never: the prices are what the person typed."""
        return None

    def _edges(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """All instants at which the price may change."""
        at = start.replace(minute=start.minute - start.minute % 15, second=0, microsecond=0) + GRID
        while at < end:
            yield at
            at += GRID
        clocks = {clock for period in self.periods for clock in (period.start, period.end)}
        day = start.astimezone(self.zone).date()
        while day <= end.astimezone(self.zone).date():
            for clock in clocks:
                for fold in (0, 1):
                    local = datetime.combine(day, clock.replace(fold=fold), self.zone)
                    if start < (edge := local.astimezone(UTC)) < end:
                        yield edge
            day += timedelta(days=1)


def parse_period(row: Any, field: str) -> Period:
    """One row of the option `periods`. Raises InputError with the path of what is wrong."""
    if not isinstance(row, Mapping) or "price" not in row:
        raise InputError(field, "needs a price")
    try:
        price = float(row["price"])
    except (TypeError, ValueError) as err:
        raise InputError(f"{field}.price", f"{row['price']!r} is not a number") from err
    return Period(
        price=price,
        weekdays=frozenset(_weekday(item, field) for item in row.get("weekdays") or range(7)),
        months=frozenset(_month(item, field) for item in row.get("months") or range(1, 13)),
        start=_clock(row.get("start"), f"{field}.start"),
        end=_clock(row.get("end"), f"{field}.end"),
    )


def _weekday(item: Any, field: str) -> int:
    if item in WEEKDAYS:
        return WEEKDAYS.index(item)
    if isinstance(item, int) and 0 <= item <= SUNDAY:
        return item
    raise InputError(f"{field}.weekdays", f"{item!r} is not a weekday")


def _month(item: Any, field: str) -> int:
    try:
        month = int(item)
    except (TypeError, ValueError) as err:
        raise InputError(f"{field}.months", f"{item!r} is not a month") from err
    if not 1 <= month <= 12:
        raise InputError(f"{field}.months", f"{item!r} is not a month")
    return month


def _clock(item: Any, field: str) -> time:
    if item in (None, "", "24:00", "24:00:00"):
        return MIDNIGHT
    if isinstance(item, time):
        return item
    try:
        return time.fromisoformat(str(item))
    except ValueError as err:
        raise InputError(field, f"{item!r} is not a time of day") from err
