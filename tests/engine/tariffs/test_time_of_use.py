"""Prices by wall clock: rows, midnight, seasons, holidays, and both clock changes of 2026 in three cities."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.model.errors import InputError
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.series import Quality, Slots
from custom_components.merit_order.engine.tariffs import Tariff, tariff_kind
from custom_components.merit_order.engine.tariffs._schedule import TimeOfUse, parse_period
from tests.apis import at, ports

DAY_NIGHT: list[dict[str, Any]] = [{"price": 0.20, "start": "22:00", "end": "07:00"}]


async def build(zone: str, periods: list[dict[str, Any]], price: float = 0.30, **more: Any) -> Tariff:
    kind = tariff_kind("time_of_use")
    async with ports(timezone=zone) as home:
        return kind.build(settle(kind.options, {"price": price, "periods": periods, **more}), home, "import")


def local(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


async def price(tariff: Tariff, moment: datetime) -> float:
    series = await tariff.prices(moment, moment + timedelta(minutes=1))
    return series.spans[0].value


async def test_a_fixed_price_covers_all_that_is_asked() -> None:
    kind = tariff_kind("fixed")
    async with ports() as home:
        tariff = kind.build(settle(kind.options, {"price": 0.31}), home, "export")
    series = await tariff.prices(at("2026-01-01"), at("2026-01-03"))
    values, quality = series.onto(Slots.regular(at("2026-01-01"), 15, 192))
    assert set(values) == {0.31}
    assert set(quality) == {Quality.KNOWN}
    assert tariff.next_publication(at("2026-01-01")) is None
    with pytest.raises(InputError, match="price"):
        settle(kind.options, {})


async def test_the_first_row_that_fits_wins_and_the_base_price_fills_the_rest() -> None:
    rows = [
        {"price": 0.50, "weekdays": ["mon"], "start": "17:00", "end": "20:00"},
        {"price": 0.40, "start": "16:00", "end": "21:00"},
    ]
    tariff = await build("Europe/Brussels", rows)
    expected = {"15:59": 0.30, "16:00": 0.40, "17:00": 0.50, "20:00": 0.40, "21:00": 0.30}
    for clock, value in expected.items():
        assert await price(tariff, local(f"2026-06-15T{clock}", "Europe/Brussels")) == value, clock
    assert await price(tariff, local("2026-06-16T18:00", "Europe/Brussels")) == 0.40


async def test_a_row_over_midnight_belongs_to_the_day_it_starts_on() -> None:
    rows = [{"price": 0.10, "weekdays": ["fri"], "start": "22:00", "end": "06:00"}]
    tariff = await build("Europe/Brussels", rows)
    for moment, expected in (
        ("2026-06-19T05:00", 0.30),  # Friday morning: Thursday's night
        ("2026-06-19T23:00", 0.10),
        ("2026-06-20T05:59", 0.10),
        ("2026-06-20T06:00", 0.30),
        ("2026-06-20T23:00", 0.30),
    ):
        assert await price(tariff, local(moment, "Europe/Brussels")) == expected, moment


async def test_seasons_and_holidays() -> None:
    rows = [
        {"price": 0.15, "weekdays": ["sat", "sun"]},
        {"price": 0.45, "months": [11, 12, 1, 2, 3], "start": "07:00", "end": "22:00"},
    ]
    tariff = await build("Europe/Brussels", rows, holidays="2026-12-25, 2026-05-01")
    for moment, expected in (
        ("2026-12-24T12:00", 0.45),
        ("2026-12-25T12:00", 0.15),  # a Friday, but Christmas
        ("2026-05-01T12:00", 0.15),
        ("2026-05-04T12:00", 0.30),
        ("2026-05-02T12:00", 0.15),
    ):
        assert await price(tariff, local(moment, "Europe/Brussels")) == expected, moment


# Hours of the local day, and how many of them are night (22:00–07:00), counted by hand.
CHANGES = [
    ("Europe/London", "2026-03-29", 23, 8),  # 01:00 → 02:00
    ("Europe/London", "2026-10-25", 25, 10),
    ("Europe/Brussels", "2026-03-29", 23, 8),  # 02:00 → 03:00
    ("Europe/Brussels", "2026-10-25", 25, 10),
    ("Australia/Sydney", "2026-04-05", 25, 10),  # 03:00 → 02:00
    ("Australia/Sydney", "2026-10-04", 23, 8),
]


@pytest.mark.parametrize(("zone", "day", "hours", "night"), CHANGES)
async def test_the_days_on_which_the_clock_changes(zone: str, day: str, hours: int, night: int) -> None:
    start = local(f"{day}T00:00", zone)
    end = local(f"{date.fromisoformat(day) + timedelta(days=1)}T00:00", zone)
    assert end - start == timedelta(hours=hours)
    tariff = await build(zone, DAY_NIGHT)
    axis = Slots.regular(start, 15, hours * 4)
    values, _ = (await tariff.prices(start, end)).onto(axis)
    assert len(axis) == hours * 4
    assert list(values).count(0.20) == night * 4
    # One kW all day, to the cent.
    assert round(float((values * axis.hours).sum()), 2) == round(night * 0.20 + (hours - night) * 0.30, 2)


@pytest.mark.parametrize(
    ("zone", "day", "cheap"),
    [
        ("Europe/London", "2026-10-25", 1.5),  # 01:00–02:00 comes twice: 01:30–02:00 twice, 02:00–02:30 once
        ("Europe/Brussels", "2026-10-25", 1.5),  # 02:00–03:00 comes twice
        ("Australia/Sydney", "2026-04-05", 1.5),  # 02:00–03:00 comes twice
        ("Europe/London", "2026-03-29", 0.5),  # 01:00–02:00 is skipped
        ("Europe/Brussels", "2026-03-29", 0.5),  # 02:00–03:00 is skipped
        ("Australia/Sydney", "2026-10-04", 0.5),  # 02:00–03:00 is skipped
    ],
)
async def test_a_price_in_the_hour_that_comes_twice_or_never(zone: str, day: str, cheap: float) -> None:
    start = local(f"{day}T00:00", zone)
    tariff = await build(zone, [{"price": 0.10, "start": "01:30", "end": "02:30"}])
    series = await tariff.prices(start, start + timedelta(hours=12))
    seconds = sum((span.end - span.start).total_seconds() for span in series.spans if span.value == 0.10)
    assert seconds / 3600 == cheap


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"start": "07:00"}, "periods[0]"),
        ({"price": "dear"}, "periods[0].price"),
        ({"price": 0.1, "weekdays": ["noday"]}, "periods[0].weekdays"),
        ({"price": 0.1, "months": [13]}, "periods[0].months"),
        ({"price": 0.1, "end": "25:00"}, "periods[0].end"),
    ],
)
def test_a_wrong_row_names_its_field(row: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as wrong:
        parse_period(row, "periods[0]")
    assert wrong.value.field == field


CLOCKS = st.builds(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}", st.integers(0, 95))
ROWS = st.lists(
    st.builds(
        lambda price_, start, end, days: {"price": price_, "start": start, "end": end, "weekdays": days},
        st.sampled_from([0.1, 0.2, 0.4]),
        CLOCKS,
        CLOCKS,
        st.lists(st.integers(0, 6), min_size=1, max_size=7),
    ),
    max_size=4,
)


@given(rows=ROWS, zone=st.sampled_from([row[0] for row in CHANGES]), hours=st.integers(0, 24 * 365))
def test_law_every_instant_has_one_price_and_it_is_the_wall_clocks(
    rows: list[dict[str, Any]], zone: str, hours: int
) -> None:
    periods = tuple(parse_period(row, "periods") for row in rows)
    tariff = TimeOfUse(0.3, periods, ZoneInfo(zone))
    start = at("2026-01-01") + timedelta(hours=hours, minutes=7)
    series = tariff.schedule(start, start + timedelta(hours=30))
    assert series.spans[0].start == start
    assert series.end == start + timedelta(hours=30)
    for a, b in zip(series.spans, series.spans[1:], strict=False):
        assert a.end == b.start
    for minutes in range(0, 1800, 5):
        moment = start + timedelta(minutes=minutes)
        assert series.value_at(moment) == tariff.price_at(moment)
