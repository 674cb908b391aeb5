"""The configured charge on demand, with what was measured, as the plan needs it."""

from collections.abc import Iterable
from datetime import date, datetime

from .engine.capacity import Terms, capacity_charge
from .engine.demand import DemandBook
from .engine.model.roles import GridReading
from .engine.model.snapshot import CapacityCharge, DemandHours
from .stored import CapacityConfig

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = 12
DAY_HOURS = 24


def charge(config: CapacityConfig, book: DemandBook, grid: GridReading, now: datetime) -> CapacityCharge:
    """What one more kW of this month's peak costs, from which peak on, and what the running window has already had."""
    return capacity_charge(
        book.terms,
        month_peak_kw=book.free_kw(now, grid),
        so_far_kwh=book.so_far_kwh(now, grid) or 0.0,
        history_kw=grid.peak_history_kw,
        yearly_import_kwh=config.yearly_import_kwh,
    )


def terms(config: CapacityConfig, holidays: Iterable[date] = ()) -> Terms:
    """The charge as it was configured; `holidays` are the days on which its hours do not count."""
    return Terms(
        price_per_kw_year=config.price_per_kw_year,
        floor_kw=config.floor_kw,
        months=config.months,
        days=config.days,
        window_minutes=config.window_minutes,
        hours=_hours(config, tuple(sorted(holidays))),
        max_per_kwh=config.max_per_kwh,
        grid_fee_per_kwh=config.grid_fee_per_kwh,
    )


def _hours(config: CapacityConfig, holidays: tuple[date, ...]) -> tuple[DemandHours, ...]:
    """Rows of when demand counts; none when it always does."""
    days = tuple(WEEKDAYS.index(day) for day in config.weekdays) or tuple(range(len(WEEKDAYS)))
    season = _season(config.from_month, config.to_month)
    start, end = config.from_hour, config.to_hour
    whole_day = (start, end) == (0, DAY_HOURS)
    always = whole_day and len(days) == len(WEEKDAYS) and len(season) == MONTHS
    if always and config.holidays_entity is None:
        return ()
    spans = [(start, end)] if start < end else [(start, DAY_HOURS), (0, end)]
    rows = [
        DemandHours(weekdays=days, months=season, start=a, end=b, except_dates=holidays)
        for a, b in spans
        if a < b
    ]
    if config.outside_percent > 0:
        rows.append(DemandHours(share=config.outside_percent / 100, months=season))
    return tuple(rows)


def _season(first: int, last: int) -> tuple[int, ...]:
    """Months from `first` to `last`, over the turn of the year where that is earlier."""
    if first <= last:
        return tuple(range(first, last + 1))
    return (*range(1, last + 1), *range(first, MONTHS + 1))
