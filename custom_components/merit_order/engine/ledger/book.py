"""The book of what was saved: it takes slot after slot, and gives sums of today, of the month and of all."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from ..assets._battery import BatteryParams
from .baseline import Standing, replay, stored_money
from .measured import MeasuredSlot
from .promises import Promises
from .shares import Bounds, Part, bounds, joined, settle

METHOD = "simulated_self_consumption"
"""Measured slots against the same slots with every battery on self-consumption (one that is not steered: with what it
does, and what it would do otherwise as the loads do) and every needed load by its habit, or where that is not known at
its earliest time. Energy still stored, and what a load had before its time, counts at the mean import price. Charges on
peaks and comfort are not in it."""

OPEN = timedelta(hours=36)
"""Slots younger than this may still change: a load that runs now may be one the baseline ran a day ago."""

AT_ONCE = timedelta(hours=6)
"""So much is settled in one go."""

MODEL_ERROR = 0.02
"""Share of the energy through the batteries by which efficiencies and limits as configured may be wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What the book said when a period (`key`: "2026-11-21", "2026-11", "2026") began."""

    key: str
    saved: float = 0.0
    paid: float = 0.0
    turned_kwh: float = 0.0
    counted: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Everything to be kept, from `since` to `until`. `settled` is where it stood before the slots still `open`;
    `parts` tell the steered things apart, by asset id.
    """

    since: datetime
    until: datetime
    settled: Standing = field(default_factory=Standing)
    open: tuple[MeasuredSlot, ...] = ()
    counted: int = 0
    left_out: int = 0
    day: Mark = field(default_factory=lambda: Mark(key=""))
    month: Mark = field(default_factory=lambda: Mark(key=""))
    year: Mark = field(default_factory=lambda: Mark(key=""))
    parts: Mapping[str, Part] = field(default_factory=dict)
    promises: Promises = field(default_factory=Promises)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Money saved in a period (negative: lost) ± `uncertainty`, and what was `paid` for energy in the slots that
    counted; how many those were, and how many were left out.
    """

    saved: float
    uncertainty: float
    paid: float
    counted: int
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """`today`, `month` and `year` by the home's wall clock, `total` from `since` on; all of it as of `at`."""

    today: Sum
    month: Sum
    year: Sum
    total: Sum
    since: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one steered thing contributed in each period of Sums: the truth lies within the bounds, in currency."""

    today: Bounds
    month: Bounds
    year: Bounds
    total: Bounds


@dataclass(frozen=True, slots=True)
class _Total:
    saved: float
    paid: float
    turned_kwh: float
    price: float
    stored_doubt: float


def record(
    book: Book | None,
    start: datetime,
    end: datetime,
    slot: MeasuredSlot | None,
    params: Mapping[str, BatteryParams],
    zone: ZoneInfo,
) -> Book | None:
    """The book after the slot from `start` to `end`, later than all before; it begins with the first that is whole.

    None, or a slot that is not whole, is left out; so is the time since the last one, in slots of the same length.
    """
    whole = slot if slot is not None and slot.whole else None
    if book is None:
        if whole is None:
            return None
        book = Book(since=start, until=start)
    book = _turn(book, start, params, zone)
    missed = max(round((start - book.until) / (end - start)), 0)
    book = replace(book, until=end, left_out=book.left_out + missed + (whole is None))
    if whole is None:
        return book
    parts = joined(book.parts, whole, book.settled)
    return _settle(replace(book, open=(*book.open, whole), counted=book.counted + 1, parts=parts), params)


def sums(book: Book, params: Mapping[str, BatteryParams], now: datetime, zone: ZoneInfo) -> Sums:
    """What was saved up to `now` (aware UTC)."""
    book = _turn(book, now, params, zone)
    total = _total(book, params)
    return Sums(
        today=_sum(book, total, book.day),
        month=_sum(book, total, book.month),
        year=_sum(book, total, book.year),
        total=_sum(book, total, Mark(key="")),
        since=book.since,
        at=now,
    )


def shares(
    book: Book, params: Mapping[str, BatteryParams], now: datetime, zone: ZoneInfo
) -> dict[str, Share]:
    """What each steered thing contributed up to `now` (aware UTC), by asset id; dearer to work out than the sums."""
    book = _turn(book, now, params, zone)
    return {
        key: Share(
            today=whole.since(book.parts[key].day),
            month=whole.since(book.parts[key].month),
            year=whole.since(book.parts[key].year),
            total=whole,
        )
        for key, whole in _bounds(book, params, _total(book, params)).items()
    }


def _bounds(book: Book, params: Mapping[str, BatteryParams], total: _Total) -> dict[str, Bounds]:
    return bounds(book.parts, book.open, params, _worth(book.open), total.saved)


def _sum(book: Book, total: _Total, mark: Mark) -> Sum:
    saved, counted = total.saved - mark.saved, book.counted - mark.counted
    left_out = book.left_out - mark.left_out
    gaps = abs(saved) * left_out / max(counted, 1)
    model = MODEL_ERROR * (total.turned_kwh - mark.turned_kwh) * abs(total.price)
    return Sum(
        saved=saved,
        uncertainty=gaps + model + total.stored_doubt,
        paid=total.paid - mark.paid,
        counted=counted,
        left_out=left_out,
    )


def _turn(book: Book, at: datetime, params: Mapping[str, BatteryParams], zone: ZoneInfo) -> Book:
    """Begin a new day or month when `at` is the first moment in it."""
    local = at.astimezone(zone)
    day, month, year = local.strftime("%Y-%m-%d"), local.strftime("%Y-%m"), local.strftime("%Y")
    if book.day.key >= day:
        return book
    total = _total(book, params)
    mark = Mark(
        key=day,
        saved=total.saved,
        paid=total.paid,
        turned_kwh=total.turned_kwh,
        counted=book.counted,
        left_out=book.left_out,
    )
    new_month, new_year = book.month.key < month, book.year.key < year
    if new_year and not book.year.key and book.since.astimezone(zone).strftime("%Y") == year:
        # A book from before there were years: all that is in it is of this one.
        book, new_year = replace(book, year=Mark(key=year)), False
    now = _bounds(book, params, total)
    return replace(
        book,
        day=mark,
        month=replace(mark, key=month) if new_month else book.month,
        year=replace(mark, key=year) if new_year else book.year,
        parts={
            key: replace(
                part,
                day=now[key],
                month=now[key] if new_month else part.month,
                year=now[key] if new_year else part.year,
            )
            for key, part in book.parts.items()
        },
    )


def _total(book: Book, params: Mapping[str, BatteryParams]) -> _Total:
    worth = _worth(book.open)
    standing = replay(book.settled, book.open, params, worth)
    lowest = min((min(s.import_price, s.export_price) for s in book.open), default=worth)
    highest = max((max(s.import_price, s.export_price) for s in book.open), default=worth)
    ahead = sum(abs(kwh) for kwh in (*standing.ahead.values(), *standing.owed.values()))
    return _Total(
        standing.money + stored_money(standing, params, worth),
        standing.paid,
        standing.turned_kwh,
        worth,
        ahead * (highest - lowest) / 2,
    )


def _worth(slots: tuple[MeasuredSlot, ...]) -> float:
    """Mean import price of the slots that are open: what a stored kWh will spare, to the best of knowledge."""
    return float(np.mean([slot.import_price for slot in slots])) if slots else 0.0


def _settle(book: Book, params: Mapping[str, BatteryParams]) -> Book:
    """Put away the slots that can no longer change."""
    oldest = book.open[-1].end - OPEN
    done = next((i for i, slot in enumerate(book.open) if slot.end > oldest), 0)
    if done * (book.open[0].end - book.open[0].start) < AT_ONCE:
        return book
    worth = _worth(book.open)
    settled = replay(book.settled, book.open, params, worth, done)
    parts = settle(book.parts, book.open, params, worth, done)
    return replace(book, settled=settled, open=book.open[done:], parts=parts)
