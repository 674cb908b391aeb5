"""Holidays that someone else knows, and meters that keep winter time: what a kilowatt-hour costs then, to the cent."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.merit_order.engine.model.errors import BadData, SourceError
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.series import Slots
from custom_components.merit_order.engine.tariffs import Tariff, tariff_kind
from tests.apis import ActionAnswers, ports

KIND = tariff_kind("time_of_use")
CALENDAR, WORKDAY = "calendar.holidays", "binary_sensor.workday"
# The Dutch double tariff: low at night, at the weekend and on holidays.
DOUBLE = [{"price": 0.24, "weekdays": ["sat", "sun"]}, {"price": 0.24, "start": "23:00", "end": "07:00"}]
FEASTS = (date(2026, 4, 6), date(2026, 4, 27))


def build(home: Ports, **options: Any) -> Tariff:
    return KIND.build(settle(KIND.options, {"price": 0.31, "periods": DOUBLE, **options}), home, "import")


def in_calendar(data: dict[str, Any]) -> dict[str, Any]:
    begin, end = (datetime.fromisoformat(data[key]) for key in ("start_date_time", "end_date_time"))
    feasts = [
        {"start": day.isoformat(), "end": (day + timedelta(days=1)).isoformat(), "summary": "A feast"}
        for day in FEASTS
        if begin.date() <= day < end.date()
    ]
    dentist = {"start": "2026-04-07T12:00:00+02:00", "end": "2026-04-07T13:00:00+02:00", "summary": "Dentist"}
    return {CALENDAR: {"events": [*feasts, dentist]}}


def of_workday(data: dict[str, Any]) -> dict[str, Any]:
    return {WORKDAY: {"workday": date.fromisoformat(data["check_date"]) not in FEASTS}}


ANSWERS = {"calendar.get_events": in_calendar, "workday.check_date": of_workday}


async def cost(tariff: Tariff, day: str, zone: str) -> float:
    """Of one kilowatt all the local day."""
    first = date.fromisoformat(day)
    start, end = (
        datetime.combine(d, datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
        for d in (first, first + timedelta(days=1))
    )
    axis = Slots.regular(start, 15, int((end - start) / timedelta(minutes=15)))
    values, _ = (await tariff.prices(start, end)).onto(axis)
    return round(float((values * axis.hours).sum()), 2)


@pytest.mark.parametrize("entity", [CALENDAR, WORKDAY])
@pytest.mark.parametrize(
    ("day", "euros"),
    [
        ("2026-04-06", 24 * 0.24),  # Easter Monday
        ("2026-04-07", 8 * 0.24 + 16 * 0.31),  # an appointment is no holiday
        ("2026-04-05", 24 * 0.24),  # a Sunday
    ],
)
async def test_on_a_holiday_that_an_entity_knows_sundays_prices_hold(
    entity: str, day: str, euros: float
) -> None:
    """Sensitivity: without the entity Easter Monday costs what a Tuesday does."""
    async with ports(
        "2026-04-04T08:00Z", timezone="Europe/Amsterdam", actions=ActionAnswers(ANSWERS)
    ) as home:
        assert await cost(build(home, holidays_entity=entity), day, "Europe/Amsterdam") == round(euros, 2)
        if day == "2026-04-06":
            assert await cost(build(home), day, "Europe/Amsterdam") == round(8 * 0.24 + 16 * 0.31, 2)


async def test_dates_that_were_typed_hold_beside_those_of_the_entity() -> None:
    async with ports(
        "2026-04-04T08:00Z", timezone="Europe/Amsterdam", actions=ActionAnswers(ANSWERS)
    ) as home:
        tariff = build(home, holidays_entity=CALENDAR, holidays="2026-04-07")
        assert await cost(tariff, "2026-04-07", "Europe/Amsterdam") == round(24 * 0.24, 2)


async def test_a_night_that_began_on_a_holiday_ends_as_one() -> None:
    rows = [{"price": 0.1, "weekdays": ["sun"], "start": "22:00", "end": "06:00"}]
    async with ports(
        "2026-04-07T01:00Z", timezone="Europe/Amsterdam", actions=ActionAnswers(ANSWERS)
    ) as home:
        tariff = build(home, holidays_entity=CALENDAR, periods=rows)
        assert await cost(tariff, "2026-04-07", "Europe/Amsterdam") == round(6 * 0.1 + 18 * 0.31, 2)


async def test_days_that_are_over_are_not_asked_for_again() -> None:
    house = ActionAnswers(ANSWERS)
    start = datetime(2026, 4, 7, tzinfo=UTC)
    async with ports("2026-04-07T08:00Z", timezone="Europe/Amsterdam", actions=house) as home:
        tariff = build(home, holidays_entity=WORKDAY)
        for _ in range(2):
            await tariff.prices(start - timedelta(days=2), start + timedelta(days=1))
    days = [data["check_date"] for _, data in house.asked]
    assert days == ["2026-04-06", "2026-04-07", "2026-04-08", "2026-04-07", "2026-04-08"]


@pytest.mark.parametrize(
    ("entity", "answer", "error"),
    [
        (CALENDAR, SourceError("gone"), SourceError),
        (CALENDAR, {CALENDAR: {}}, BadData),
        (CALENDAR, {CALENDAR: {"events": [{"start": "2026-99-99", "end": "2026-04-08"}]}}, BadData),
        (WORKDAY, {WORKDAY: {"workday": "perhaps"}}, BadData),
        (WORKDAY, {"binary_sensor.other": {"workday": True}}, BadData),
    ],
)
async def test_who_does_not_tell_of_holidays_makes_no_price(
    entity: str, answer: Any, error: type[SourceError]
) -> None:
    house = ActionAnswers({"calendar.get_events": answer, "workday.check_date": answer})
    async with ports("2026-04-07T08:00Z", timezone="Europe/Amsterdam", actions=house) as home:
        options = settle(KIND.options, {"price": 0.31, "periods": DOUBLE, "holidays_entity": entity})
        assert KIND.check is not None
        with pytest.raises(error) as wrong:
            await KIND.check(options, home, "import")
    assert KIND.field_of_error is not None
    assert KIND.field_of_error[wrong.value.key] == "holidays_entity"


@pytest.mark.parametrize(
    ("zone", "day", "cheap_from", "pounds"),
    [
        # Economy 7, 00:30 to 07:30 by a clock that stays: 01:30 to 08:30 in summer, seven hours every day.
        ("Europe/London", "2026-01-15", "00:30", 7 * 0.14 + 17 * 0.29),
        ("Europe/London", "2026-07-15", "01:30", 7 * 0.14 + 17 * 0.29),
        ("Europe/London", "2026-03-29", "00:30", 7 * 0.14 + 16 * 0.29),
        ("Europe/London", "2026-10-25", "01:30", 7 * 0.14 + 18 * 0.29),
        ("Australia/Sydney", "2026-07-15", "00:30", 7 * 0.14 + 17 * 0.29),
        ("Australia/Sydney", "2026-01-15", "01:30", 7 * 0.14 + 17 * 0.29),
    ],
)
async def test_a_meter_that_keeps_winter_time(zone: str, day: str, cheap_from: str, pounds: float) -> None:
    """Sensitivity: by the wall clock seven hours on the days the clock changes would be six or eight."""
    rows = [{"price": 0.14, "start": "00:30", "end": "07:30"}]
    async with ports("2026-06-01T08:00Z", timezone=zone) as home:
        tariff = build(home, price=0.29, periods=rows, winter_time=True)
        assert await cost(tariff, day, zone) == round(pounds, 2)
        wall = datetime.fromisoformat(f"{day}T{cheap_from}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        prices = await tariff.prices(wall - timedelta(minutes=1), wall + timedelta(minutes=1))
        assert [span.value for span in prices.spans] == [0.29, 0.14]
        follows = build(home, price=0.29, periods=rows)
        changes = {"2026-03-29": 6, "2026-10-25": 8}
        if day in changes:
            assert await cost(follows, day, zone) == round(changes[day] * 0.14 + 17 * 0.29, 2)
