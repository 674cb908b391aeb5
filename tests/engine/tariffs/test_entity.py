"""Prices from entities: the shapes integrations write, units, wall clocks, and what cannot be read."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.merit_order.engine.model.errors import BadData, InputError, SourceError
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import EntityState, Ports
from custom_components.merit_order.engine.model.series import Series
from custom_components.merit_order.engine.tariffs import Tariff, tariff_kind
from custom_components.merit_order.engine.tariffs._clean import WrongCurrency
from custom_components.merit_order.engine.tariffs.entity import NoPrices
from tests.apis import House, at, ports

KIND = tariff_kind("entity")
NOW = "2026-06-15T10:20Z"
BRUSSELS = ZoneInfo("Europe/Brussels")


def state(
    attributes: dict[str, Any], value: str | None = "0.20", unit: str | None = "EUR/kWh"
) -> EntityState:
    return EntityState(value, unit, at("2026-06-15T10:00"), attributes)


def build(home: Ports, **options: Any) -> Tariff:
    return KIND.build(settle(KIND.options, {"entity": "sensor.price", **options}), home, "import")


async def read(entity: EntityState, moment: str = NOW, **changes: Any) -> Series:
    """Two days of what one entity holds, in Brussels."""
    house = House({"sensor.price": entity})
    given = {"timezone": "Europe/Brussels", "currency": "EUR", **changes}
    async with ports(moment, entities=house, **given) as home:
        start = at(moment).astimezone(BRUSSELS).replace(hour=0, minute=0)
        return await build(home).prices(start.astimezone(at(moment).tzinfo), at(moment) + timedelta(days=2))


# What each of them writes, in little: two hours from 12:00 local (10:00 UTC) at 0.20 and 0.25 EUR/kWh.
SHAPES: dict[str, tuple[dict[str, Any], str | None]] = {
    "nordpool_hacs": (
        {
            "today": [None] * 12 + [0.20, 0.25] + [None] * 10,
            "raw_today": [
                {"start": "2026-06-15T12:00:00+02:00", "end": "2026-06-15T13:00:00+02:00", "value": 0.20},
                {"start": "2026-06-15T13:00:00+02:00", "end": "2026-06-15T14:00:00+02:00", "value": 0.25},
                {"start": "2026-06-15T14:00:00+02:00", "end": "2026-06-15T15:00:00+02:00", "value": None},
            ],
            "raw_tomorrow": [],
        },
        "EUR/kWh",
    ),
    "entsoe_hacs": (
        {
            "prices_today": [{"time": "2026-06-15 12:00:00+02:00", "price": 0.20}],
            "prices_tomorrow": [],
            "prices": [
                {"time": "2026-06-15 12:00:00+02:00", "price": 0.20},
                {"time": "2026-06-15 13:00:00+02:00", "price": 0.25},
            ],
        },
        "EUR/kWh",
    ),
    "epex_spot_hacs": (
        {
            "data": [
                {
                    "start_time": "2026-06-15T12:00:00+02:00",
                    "end_time": "2026-06-15T13:00:00+02:00",
                    "price_per_kwh": 0.20,
                },
                {
                    "start_time": "2026-06-15T13:00:00+02:00",
                    "end_time": "2026-06-15T14:00:00+02:00",
                    "price_per_kwh": 0.25,
                },
            ]
        },
        "€/kWh",
    ),
    "epex_spot_old": (
        {
            "data": [
                {
                    "start_time": "2026-06-15T10:00:00+00:00",
                    "end_time": "2026-06-15T11:00:00+00:00",
                    "price_eur_per_mwh": 200,
                },
                {
                    "start_time": "2026-06-15T11:00:00+00:00",
                    "end_time": "2026-06-15T12:00:00+00:00",
                    "price_eur_per_mwh": 250,
                },
            ]
        },
        "EUR/kWh",
    ),
    "tibber": (
        {
            "today": [
                {"startsAt": "2026-06-15T12:00:00.000+02:00", "total": 0.20},
                {"startsAt": "2026-06-15T13:00:00.000+02:00", "total": 0.25},
            ],
            "tomorrow": [],
        },
        "EUR/kWh",
    ),
    "amber_core": (
        {
            "forecasts": [
                {"start_time": "2026-06-15T10:00:00Z", "end_time": "2026-06-15T11:00:00Z", "per_kwh": 0.20},
                {"start_time": "2026-06-15T11:00:00Z", "end_time": "2026-06-15T12:00:00Z", "per_kwh": 0.25},
            ]
        },
        "EUR/kWh",
    ),
    "octopus_event": (
        {
            "rates": [
                {
                    "start": datetime.fromisoformat("2026-06-15T11:00:00+01:00"),
                    "end": datetime.fromisoformat("2026-06-15T12:00:00+01:00"),
                    "value_inc_vat": 0.20,
                },
                {
                    "start": datetime.fromisoformat("2026-06-15T12:00:00+01:00"),
                    "end": datetime.fromisoformat("2026-06-15T13:00:00+01:00"),
                    "value_inc_vat": 0.25,
                },
            ]
        },
        None,
    ),
    "frank_energie_hacs": (
        {
            "prices": [
                {"from": "2026-06-15T12:00:00+02:00", "till": "2026-06-15T13:00:00+02:00", "price": 0.20},
                {"from": "2026-06-15T13:00:00+02:00", "till": "2026-06-15T14:00:00+02:00", "price": 0.25},
            ]
        },
        "EUR/kWh",
    ),
    "zonneplan_hacs": (
        {
            "forecast": [
                {"datetime": "2026-06-15T10:00:00.000000Z", "electricity_price": 0.20},
                {"datetime": "2026-06-15T11:00:00.000000Z", "electricity_price": 0.25},
            ]
        },
        "EUR/kWh",
    ),
    "object": ({"prices": {"2026-06-15T12:00:00": 0.20, "2026-06-15T13:00:00": 0.25}}, "EUR/kWh"),
    "cents": (
        {"prices": [{"start": "2026-06-15T12:00", "value": 20}, {"start": "2026-06-15T13:00", "value": 25}]},
        "ct/kWh",
    ),
    "per_mwh": (
        {
            "prices": [
                {"start": "2026-06-15T12:00", "value": 200},
                {"start": "2026-06-15T13:00", "value": 250},
            ]
        },
        "EUR/MWh",
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
async def test_every_shape_reads_as_the_same_prices(shape: str) -> None:
    attributes, unit = SHAPES[shape]
    series = await read(state(attributes, unit=unit))
    assert [(span.start, span.end, round(span.value, 6)) for span in series.spans] == [
        (at("2026-06-15T10:00"), at("2026-06-15T11:00"), 0.20),
        (at("2026-06-15T11:00"), at("2026-06-15T12:00"), 0.25),
    ]


@pytest.mark.parametrize(
    ("day", "count", "minutes"),
    [
        ("2026-06-15", 24, 60),
        ("2026-06-15", 96, 15),
        ("2026-03-29", 23, 60),
        ("2026-03-29", 92, 15),
        ("2026-10-25", 25, 60),
        ("2026-10-25", 100, 15),
    ],
)
async def test_a_list_of_numbers_is_a_local_day(day: str, count: int, minutes: int) -> None:
    attributes = {"today": [i / 1000 for i in range(count)], "tomorrow": [0.5] * 24}
    series = await read(state(attributes), f"{day}T06:00Z")
    midnight = datetime.fromisoformat(day).replace(tzinfo=BRUSSELS)
    today = [span for span in series.spans if span.value < 0.5]
    assert [round(span.value * 1000) for span in today] == list(range(count))
    assert {span.end - span.start for span in today} == {timedelta(minutes=minutes)}
    assert today[0].start == midnight
    assert series.value_at(midnight.replace(hour=12) + timedelta(days=1)) == 0.5


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
async def test_24_values_on_a_day_of_23_or_25_hours_are_refused(day: str) -> None:
    with pytest.raises(BadData):
        await read(state({"today": [0.1] * 24}), f"{day}T06:00Z")


async def test_a_wall_clock_that_says_the_same_hour_twice_means_two_hours() -> None:
    hours = ["00:00", "01:00", "02:00", "02:00", "03:00"]
    rows = [{"start": f"2026-10-25T{hour}", "value": i / 10} for i, hour in enumerate(hours)]
    series = await read(state({"prices": rows}), "2026-10-25T06:00Z")
    assert [(span.start, round(span.value, 1)) for span in series.spans] == [
        (at("2026-10-24T22:00") + timedelta(hours=i), i / 10) for i in range(5)
    ]


async def test_an_entity_with_nothing_but_a_state_tells_the_running_hour() -> None:
    series = await read(state({}))
    assert [(span.start, span.end, span.value) for span in series.spans] == [
        (at("2026-06-15T10:00"), at("2026-06-15T11:00"), 0.20)
    ]


async def test_tomorrow_may_be_another_entity_and_the_formula_is_applied() -> None:
    later = {"rates": [{"start": "2026-06-16T10:00Z", "end": "2026-06-16T10:30Z", "value_inc_vat": 0.10}]}
    house = House({"sensor.price": state({}), "event.tomorrow": state(later, None, None)})
    async with ports(NOW, entities=house, timezone="Europe/Brussels", currency="EUR") as home:
        tariff = build(home, entity_tomorrow="event.tomorrow", supplier=0.01, vat=10)
        series = await tariff.prices(at("2026-06-15T00:00"), at("2026-06-17T00:00"))
        assert [round(span.value, 4) for span in series.spans] == [0.231, 0.121]
        house.states["event.tomorrow"] = state({"rates": []}, None, None)
        assert len((await tariff.prices(at("2026-06-15T00:00"), at("2026-06-17T00:00"))).spans) == 1
        assert KIND.check is not None
        assert await KIND.check(settle(KIND.options, {"entity": "sensor.price"}), home, "import") == {}


@pytest.mark.parametrize(
    ("entity", "kind"),
    [
        (state({}, "unknown text"), BadData),
        (state({}, None), NoPrices),
        (state({"prices": [{"start": "soon", "value": 1}]}), BadData),
        (state({"prices": [{"start": "2026-06-15T10:00", "cost": 1}]}), BadData),
        (state({"prices": [{"value": 1}]}), BadData),
        (state({}, unit="SEK/kWh"), WrongCurrency),
        (state({}, unit="W"), BadData),
    ],
    ids=["text", "unavailable", "no_time", "no_value", "no_start", "other_money", "power"],
)
async def test_what_cannot_be_read_is_a_named_error(entity: EntityState, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        await read(entity)


async def test_an_entity_that_is_not_there() -> None:
    async with ports(NOW) as home:
        with pytest.raises(SourceError):
            await build(home).prices(at("2026-06-15T00:00"), at("2026-06-17T00:00"))
    with pytest.raises(InputError):
        settle(KIND.options, {})
