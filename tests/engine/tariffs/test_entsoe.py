"""ENTSO-E by its wire: forward fill, the right auction, 15 minutes, both clock changes, and all that can go wrong."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.merit_order.engine.model.errors import BadData
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.series import Slots
from custom_components.merit_order.engine.tariffs import Tariff, tariff_kind
from tests.apis import Answer, at, fixture, ports, service, xml

pytestmark = pytest.mark.usefixtures("loopback")
KIND = tariff_kind("entsoe")
BRUSSELS = ZoneInfo("Europe/Brussels")
DAY = (at("2026-06-14T22:00"), at("2026-06-15T22:00"))


def build(home: Ports, url: str, **options: Any) -> Tariff:
    given = {"token": "hush", "area": "be", "url": url, **options}
    return KIND.build(settle(KIND.options, given), home, "import")


async def test_points_that_repeat_are_filled_and_the_other_auction_is_not_read() -> None:
    async with service() as entsoe, ports(timezone="Europe/Brussels", currency="EUR") as home:
        entsoe.says(xml(fixture("entsoe/be_quarters.xml")))
        series = await build(home, entsoe.url).prices(*DAY)
        assert len(series.spans) == 96
        values = [round(span.value, 5) for span in series.spans]
        assert values == [0.08] * 4 + [0.0645] + [-0.0123] * 43 + [0.12] * 44 + [0.09999] * 4
        query = entsoe.requests[0].query
        assert (query["in_Domain"], query["periodStart"], query["periodEnd"]) == (
            "10YBE----------2",
            "202606142200",
            "202606152200",
        )


async def test_the_bill_is_made_by_the_formula() -> None:
    async with service() as entsoe, ports(timezone="Europe/Brussels") as home:
        entsoe.says(xml(fixture("entsoe/be_quarters.xml")))
        tariff = build(home, entsoe.url, factor=1.02, supplier=0.004, grid_fee=0.05, levy=0.05, vat=6)
        series = await tariff.prices(*DAY)
        # (0.08 × 1.02 + 0.004 + 0.05 + 0.05) × 1.06
        assert series.spans[0].value == pytest.approx(0.196736)


async def test_the_finer_resolution_wins_and_a_point_curve_is_not_filled() -> None:
    async with service() as entsoe, ports() as home:
        entsoe.says(xml(fixture("entsoe/mixed.xml")))
        series = await build(home, entsoe.url).prices(at("2026-06-15T10:00"), at("2026-06-15T12:00"))
        found = [series.value_at(at("2026-06-15T10:00") + timedelta(minutes=15 * i)) for i in range(8)]
        assert found == [0.01, 0.02, None, 0.04, 0.05, 0.05, 0.05, 0.05]


def document(start: datetime, end: datetime) -> str:
    """A day by quarters, the price of each its number in EUR/MWh."""
    count = round((end - start) / timedelta(minutes=15))
    points = "".join(
        f"<Point><position>{i}</position><price.amount>{i}</price.amount></Point>"
        for i in range(1, count + 1)
    )
    return (
        "<Publication_MarketDocument><TimeSeries><currency_Unit.name>EUR</currency_Unit.name>"
        "<price_Measure_Unit.name>MWH</price_Measure_Unit.name><curveType>A03</curveType><Period><timeInterval>"
        f"<start>{start:%Y-%m-%dT%H:%MZ}</start><end>{end:%Y-%m-%dT%H:%MZ}</end></timeInterval>"
        f"<resolution>PT15M</resolution>{points}</Period></TimeSeries></Publication_MarketDocument>"
    )


@pytest.mark.parametrize(
    ("day", "quarters"), [("2026-03-29", 92), ("2026-10-25", 100)], ids=["spring", "autumn"]
)
async def test_a_market_day_on_which_the_clock_changes(day: str, quarters: int) -> None:
    midnight = datetime.fromisoformat(day).replace(tzinfo=BRUSSELS)
    start, end = midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC)
    async with service() as entsoe, ports(timezone="Europe/Brussels") as home:
        entsoe.says(xml(document(start, end)))
        tariff = build(home, entsoe.url, grid_fee=0.02, vat=21)
        series = await tariff.prices(start, end)
        axis = Slots.regular(start, 15, quarters)
        values, _ = series.onto(axis)
        assert axis.edges[-1] == end
        # One kW all day: the mean of 1 … n EUR/MWh and 2 ct grid fee, with VAT, to the cent.
        hours, mean = quarters / 4, (quarters + 1) / 2 / 1000
        assert round(float((values * axis.hours).sum()), 2) == round(hours * (mean + 0.02) * 1.21, 2)


async def test_no_data_is_a_gap_with_both_codes_and_tomorrow_is_asked_for_soon() -> None:
    async with service() as entsoe, ports("2026-06-15T12:00Z") as home:
        tariff = build(home, entsoe.url)
        for status in (200, 400):
            entsoe.says(xml(fixture("entsoe/no_data.xml"), status))
            assert (await tariff.prices(*DAY)).spans == ()
        assert tariff.next_publication(at("2026-06-15T10:00")) == at("2026-06-15T10:50")
        assert tariff.next_publication(at("2026-06-15T11:00")) == at("2026-06-15T11:10")
        tomorrow = at("2026-06-15T22:00"), at("2026-06-16T22:00")
        entsoe.says(xml(document(*tomorrow)))
        await tariff.prices(*tomorrow)
        assert tariff.next_publication(at("2026-06-15T11:00")) == at("2026-06-16T10:50")


BILLION_LAUGHS = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
SOUND = fixture("entsoe/be_quarters.xml")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (xml(""), BadData),
        (xml(BILLION_LAUGHS), BadData),
        (xml("<GL_MarketDocument/>"), BadData),
        (xml(fixture("entsoe/refused.xml")), BadData),
        (xml(SOUND.replace(">MWH<", ">KWH<")), BadData),
        (xml(SOUND.replace("<position>93<", "<position>97<")), BadData),
        (xml(SOUND.replace("PT15M", "P1Y")), BadData),
        (xml(SOUND.replace(">80.00<", ">n/a<")), BadData),
    ],
    ids=[
        *("empty", "entities", "other", "refused"),
        *("unit", "position", "resolution", "number"),
    ],
)
async def test_a_wrong_answer_is_a_named_error(answer: Answer, kind: type[Exception]) -> None:
    async with service() as entsoe, ports(currency="EUR") as home:
        entsoe.says(answer)
        with pytest.raises(kind) as raised:
            await build(home, entsoe.url).prices(*DAY)
        assert "hush" not in str(raised.value)


async def test_check_wants_prices_now() -> None:
    assert KIND.check is not None
    options = {"token": "hush", "area": "be"}
    async with service() as entsoe, ports("2026-06-15T12:00Z") as home:
        given = settle(KIND.options, options | {"url": entsoe.url})
        entsoe.says(xml(fixture("entsoe/be_quarters.xml")))
        assert await KIND.check(given, home, "import") == {}
        entsoe.says(xml(fixture("entsoe/no_data.xml")))
        with pytest.raises(BadData):
            await KIND.check(given, home, "import")
