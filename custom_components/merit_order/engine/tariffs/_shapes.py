"""How integrations write prices into the attributes of an entity.

Read are, under any of the names in LISTS (today and tomorrow may be apart):

- a list of objects with a start, perhaps an end, and a value, under any of the names in STARTS, ENDS and VALUES
- an object {time: value}
- a list of plain numbers for a local day, beginning at midnight (the day's length says the step)

A time without an offset is the home's wall clock; where autumn's hour comes twice, the second is the later one. A row
without an end holds until the next one begins, the last one as long as the one before it.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from ..model.series import Span

LISTS = (
    "raw_today",
    "raw_tomorrow",
    "prices_today",
    "prices_tomorrow",
    "today",
    "tomorrow",
    "prices",
    "forecasts",
    "forecast",
    "rates",
    "data",
)
TOMORROW = ("tomorrow", "prices_tomorrow", "raw_tomorrow")
STARTS = ("start", "start_time", "startsAt", "time", "datetime", "from", "valid_from", "hour")
ENDS = ("end", "end_time", "endsAt", "till", "to", "valid_to")
# With what one must divide by to have it per kWh in the entity's own coin.
VALUES = {
    "value": 1.0,
    "price": 1.0,
    "total": 1.0,
    "per_kwh": 1.0,
    "price_per_kwh": 1.0,
    "value_inc_vat": 1.0,
    "electricity_price": 1.0,
    "price_ct_per_kwh": 100.0,
    "price_eur_per_mwh": 1000.0,
}


def read_shapes(attributes: Mapping[str, Any], today: date, zone: ZoneInfo) -> list[Span]:
    """All prices found, in the entity's own unit (but for names that carry theirs), in rising order without overlap.

    Raises KeyError, TypeError or ValueError when a list that looks like prices does not read as such.
    """
    rows: list[tuple[datetime, datetime | None, float]] = []
    for name in LISTS:
        found = attributes.get(name)
        if not found:
            continue
        if isinstance(found, Mapping):
            rows += _timed(((time, None, value) for time, value in found.items()), zone)
        elif isinstance(found[0], Mapping):
            rows += _timed((_row(item) for item in found), zone)
        elif isinstance(found[0], int | float):
            rows += _day(found, today + timedelta(days=name in TOMORROW), zone)
    return _spans(rows)


def _row(item: Mapping[str, Any]) -> tuple[Any, Any, float | None]:
    value = _first(item, VALUES)
    end = next((name for name in ENDS if name in item), None)
    price = None if item[value] is None else float(item[value]) / VALUES[value]
    return item[_first(item, STARTS)], item[end] if end else None, price


def _first(item: Mapping[str, Any], names: Iterable[str]) -> str:
    for name in names:
        if name in item:
            return name
    raise KeyError(" or ".join(names))


def _timed(
    items: Iterable[tuple[Any, Any, Any]], zone: ZoneInfo
) -> list[tuple[datetime, datetime | None, float]]:
    rows: list[tuple[datetime, datetime | None, float]] = []
    last: datetime | None = None
    for start, end, value in items:
        begins = _instant(start, zone, last)
        last = begins
        if value is not None:
            rows.append((begins, _instant(end, zone, begins) if end else None, float(value)))
    return rows


def _instant(value: Any, zone: ZoneInfo, after: datetime | None) -> datetime:
    """An instant from text or datetime; of two that a wall clock may mean, the one that comes after `after`."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    first, second = (moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return second if after is not None and first <= after else first


def _day(values: list[Any], day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime | None, float]]:
    start, end = (
        datetime(each.year, each.month, each.day, tzinfo=zone).astimezone(UTC)
        for each in (day, day + timedelta(days=1))
    )
    step = (end - start) / len(values)
    if timedelta(hours=1) % step:
        # 24 values on a day of 23 or 25 hours: nobody can say which hour is which.
        raise ValueError(
            f"{len(values)} values do not fit a day of {(end - start) / timedelta(hours=1):g} hours"
        )
    return [
        (start + i * step, start + (i + 1) * step, float(value))
        for i, value in enumerate(values)
        if value is not None
    ]


def _spans(rows: list[tuple[datetime, datetime | None, float]]) -> list[Span]:
    # The same prices often stand twice (raw_today and today, prices and prices_today): the first reading wins.
    by_start: dict[datetime, tuple[datetime | None, float]] = {}
    for start, end, value in rows:
        by_start.setdefault(start, (end, value))
    starts = sorted(by_start)
    spans: list[Span] = []
    for start, following in zip_longest(starts, starts[1:]):
        end, value = by_start[start]
        if end is None and following is not None:
            end = following
        if end is None:
            end = start + (spans[-1].end - spans[-1].start if spans else timedelta(hours=1))
        if following is not None:
            end = min(end, following)
        spans.append(Span(start, end, value))
    return spans
