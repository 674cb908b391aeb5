"""Octopus by its wire: rates, paging, Agile's day, late publication, both directions, and all that can go
wrong.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web

from custom_components.merit_order.engine.model.errors import (
    BadData,
    InputError,
)
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.series import Slots
from custom_components.merit_order.engine.tariffs import Tariff, tariff_kind
from custom_components.merit_order.engine.tariffs._octopus_region import UnknownPostcode
from custom_components.merit_order.engine.tariffs.octopus import UnknownProduct
from tests.apis import Answer, StoppedClock, at, error, fixture, json_, ports, service

pytestmark = pytest.mark.usefixtures("loopback")
KIND = tariff_kind("octopus")
LONDON = ZoneInfo("Europe/London")


def build(home: Ports, url: str, direction: str = "import", **options: Any) -> Tariff:
    return KIND.build(settle(KIND.options, {"region": "c", "url": url, **options}), home, direction)


def agile(published_until: datetime) -> Answer:
    """An Agile price list up to an instant, newest first, paged: pence = half-hours since midnight UTC + 0.5."""

    def answer(request: web.Request) -> web.Response:
        start, end = at(request.query["period_from"]), at(request.query["period_to"])
        rows: list[dict[str, Any]] = []
        step = timedelta(minutes=30)
        moment = start.replace(minute=start.minute // 30 * 30, second=0)
        while moment < min(end, published_until):
            pence = moment.hour * 2 + moment.minute // 30 + 0.5
            rows.insert(
                0,
                {
                    "value_exc_vat": pence / 1.05,
                    "value_inc_vat": pence,
                    "valid_from": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "valid_to": (moment + step).strftime("%Y-%m-%dT%H:%M:%SZ"),
                    "payment_method": None,
                },
            )
            moment += step
        page, size = int(request.query.get("page", "1")), min(int(request.query["page_size"]), 20)
        here = rows[(page - 1) * size : page * size]
        more = f"https://elsewhere.example/?page={page + 1}" if page * size < len(rows) else None
        body = {"count": len(rows), "next": more, "previous": None, "results": here}
        return web.json_response(body)

    return answer


async def test_an_agile_day_is_read_over_all_its_pages_in_pounds() -> None:
    async with service() as octopus, ports("2026-06-15T17:00Z") as home:
        octopus.says(agile(at("2026-06-16T22:00Z")))
        series = await build(home, octopus.url).prices(at("2026-06-15T12:00"), at("2026-06-17T12:00"))
        assert [len(octopus.requests), len(series.spans)] == [4, 68]
        assert series.value_at(at("2026-06-15T12:10")) == pytest.approx(0.245)
        assert series.value_at(at("2026-06-16T21:59")) == pytest.approx(0.435)
        # The hour after Agile's day (23:00 UK time = 22:00 UTC in summer) is a gap, not a zero.
        assert series.value_at(at("2026-06-16T22:00")) is None
        first = octopus.requests[0]
        assert first.path == (
            "/v1/products/AGILE-24-10-01/electricity-tariffs/E-1R-AGILE-24-10-01-C/standard-unit-rates/"
        )
        assert first.query["period_from"] == "2026-06-15T12:00:00Z"
        # The `next` link points elsewhere; only the service that was chosen is ever asked.
        assert {request.host for request in octopus.requests} == {octopus.url.removeprefix("http://")}


async def test_export_reads_the_outgoing_product() -> None:
    async with service() as octopus, ports() as home:
        octopus.says(agile(at("2026-06-15T22:00Z")))
        series = await build(home, octopus.url, "export").prices(
            at("2026-06-15T12:00"), at("2026-06-15T13:00")
        )
        assert [span.value for span in series.spans] == pytest.approx([0.245, 0.255])
        assert "E-1R-AGILE-OUTGOING-19-05-13-C" in octopus.requests[0].path


async def test_late_publication_is_asked_for_again_soon_and_a_day_that_is_there_is_not() -> None:
    async with service() as octopus, ports("2026-06-15T12:00Z") as home:
        tariff = build(home, octopus.url)
        clock = home.clock
        assert isinstance(clock, StoppedClock)
        assert tariff.next_publication(clock.now()) == at("2026-06-15T15:00")  # 16:00 BST
        clock.moment = at("2026-06-15T15:20")
        octopus.says(agile(at("2026-06-15T22:00Z")))
        await tariff.prices(at("2026-06-15T12:00"), at("2026-06-17T12:00"))
        soon = tariff.next_publication(clock.now())
        assert soon is not None
        assert timedelta(0) < soon - clock.now() <= timedelta(minutes=15)
        octopus.says(agile(at("2026-06-16T22:00Z")))
        await tariff.prices(at("2026-06-15T12:00"), at("2026-06-17T12:00"))
        assert tariff.next_publication(clock.now()) == at("2026-06-16T15:00")


@pytest.mark.parametrize(
    ("day", "slots"),
    [("2026-03-29", 46), ("2026-10-25", 50), ("2026-06-15", 48)],
    ids=["spring", "autumn", "plain"],
)
async def test_an_agile_day_has_the_half_hours_of_the_london_clock(day: str, slots: int) -> None:
    midnight = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=LONDON)
    start, end = midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC)
    async with service() as octopus, ports() as home:
        octopus.says(agile(end))
        series = await build(home, octopus.url).prices(start, end)
        assert len(series.spans) == slots
        axis = Slots.regular(start, 30, slots)
        assert axis.edges[-1] == end
        values, _ = series.onto(axis)
        expected = sum((at_.hour * 2 + at_.minute // 30 + 0.5) / 100 for at_ in axis.starts)
        assert round(float(values.sum()), 2) == round(expected, 2)


async def test_go_has_two_rates_and_flexible_takes_the_way_of_paying() -> None:
    async with service() as octopus, ports() as home:
        octopus.says(json_(fixture("octopus/go_rates.json")))
        go = await build(home, octopus.url, product="GO-VAR-22-10-14").prices(
            at("2026-06-15T00:00"), at("2026-06-16T00:00")
        )
        assert [(span.start, round(span.value, 6)) for span in go.spans] == [
            (at("2026-06-15T00:00"), 0.085),
            (at("2026-06-15T04:30"), 0.2625),
            (at("2026-06-15T23:30"), 0.085),
        ]
        octopus.says(json_(fixture("octopus/flexible_rates.json")))
        for payment, price in (("direct_debit", 0.2415), ("non_direct_debit", 0.2625)):
            tariff = build(home, octopus.url, product="VAR-22-11-01", payment=payment)
            series = await tariff.prices(at("2026-06-15T00:00"), at("2026-06-16T00:00"))
            assert [span.value for span in series.spans] == pytest.approx([price])
            assert series.end == at("2026-06-16T00:00")


async def test_check_finds_the_region_of_a_postcode_and_the_newest_agile() -> None:
    async with service() as octopus, ports() as home:
        octopus.says(
            json_(fixture("octopus/grid_supply_points.json")),
            json_(fixture("octopus/products.json")),
            agile(at("2026-06-16T22:00Z")),
        )
        assert KIND.check is not None
        found = await KIND.check(
            settle(KIND.options, {"postcode": "sw1a 1aa", "url": octopus.url}), home, "import"
        )
        assert found == {"region": "c", "product": "AGILE-24-10-01"}
        assert octopus.requests[0].query["postcode"] == "SW1A1AA"


@pytest.mark.parametrize(
    ("mpan", "region"),
    [
        ("12 0000 0000 002", "c"),
        ("1000000000009", "a"),
        ("1700000000009", "p"),
        ("2000000000009", "h"),
        ("2300000000009", "m"),
    ],
    ids=["London", "Eastern", "North Scotland", "Southern", "Yorkshire"],
)
async def test_a_meter_point_number_says_the_region_by_itself(mpan: str, region: str) -> None:
    assert KIND.check is not None
    async with service() as octopus, ports("2026-06-15T12:00Z") as home:
        octopus.says(agile(at("2026-06-16T22:00Z")))
        options = settle(KIND.options, {"postcode": mpan, "product": "AGILE-24-10-01", "url": octopus.url})
        assert (await KIND.check(options, home, "import"))["region"] == region
        assert all("standard-unit-rates" in request.path for request in octopus.requests)


async def test_a_meter_point_of_an_independent_network_is_asked_for() -> None:
    assert KIND.check is not None
    async with service() as octopus, ports("2026-06-15T12:00Z") as home:
        options = settle(
            KIND.options, {"postcode": "2600000000009", "product": "AGILE-24-10-01", "url": octopus.url}
        )
        octopus.says(json_({"gsp": "_F", "mpan": "2600000000009"}), agile(at("2026-06-16T22:00Z")))
        assert (await KIND.check(options, home, "import"))["region"] == "f"
        assert octopus.requests[0].path == "/v1/electricity-meter-points/2600000000009/"
        for answer in (error(404), json_({"gsp": "_Z"})):
            octopus.says(answer)
            with pytest.raises(UnknownPostcode):
                await KIND.check(options, home, "import")
        octopus.says(json_({"mpan": "2600000000009"}))
        with pytest.raises(BadData):
            await KIND.check(options, home, "import")


def rate(pence: float, start: str, end: str | None) -> dict[str, Any]:
    return {"value_inc_vat": pence, "valid_from": start, "valid_to": end, "payment_method": None}


@pytest.mark.parametrize(
    ("product", "rows", "expected"),
    [
        (
            "COSY-22-12-08",  # three cheap windows and an evening peak; local time, here summer
            [
                rate(26.0, "2026-06-15T18:00Z", "2026-06-15T21:00Z"),
                rate(39.0, "2026-06-15T15:00Z", "2026-06-15T18:00Z"),
                rate(13.0, "2026-06-15T12:00Z", "2026-06-15T15:00Z"),
                rate(26.0, "2026-06-15T06:00Z", "2026-06-15T12:00Z"),
                rate(13.0, "2026-06-15T03:00Z", "2026-06-15T06:00Z"),
            ],
            {"04:00": 0.13, "10:00": 0.26, "13:00": 0.13, "16:00": 0.39},
        ),
        (
            "FLUX-IMPORT-23-02-14",
            [
                rate(36.0, "2026-06-15T15:00Z", "2026-06-15T18:00Z"),
                rate(26.0, "2026-06-15T04:00Z", "2026-06-15T15:00Z"),
                rate(15.0, "2026-06-15T01:00Z", "2026-06-15T04:00Z"),
            ],
            {"02:00": 0.15, "12:00": 0.26, "17:59": 0.36},
        ),
        (
            "SILVER-25-04-11",  # Tracker: one price a day
            [
                rate(21.5, "2026-06-15T23:00Z", "2026-06-16T23:00Z"),
                rate(19.25, "2026-06-14T23:00Z", "2026-06-15T23:00Z"),
            ],
            {"01:00": 0.1925, "22:59": 0.1925, "23:00": 0.215},
        ),
        ("OE-FIX-12M-25-09-01", [rate(24.0, "2025-09-01T00:00Z", None)], {"00:00": 0.24, "23:30": 0.24}),
    ],
    ids=["Cosy", "Flux", "Tracker", "fixed"],
)
async def test_each_product_is_read_by_its_own_rates(
    product: str, rows: list[dict[str, Any]], expected: dict[str, float]
) -> None:
    async with service() as octopus, ports("2026-06-15T12:00Z") as home:
        octopus.says(json_({"results": rows, "next": None}))
        series = await build(home, octopus.url, product=product).prices(
            at("2026-06-15T00:00"), at("2026-06-16T12:00")
        )
        for clock, value in expected.items():
            assert series.value_at(at(f"2026-06-15T{clock}")) == pytest.approx(value), clock
        assert f"/products/{product}/" in octopus.requests[0].path


async def test_products_on_sale_are_offered_by_direction() -> None:
    async with service() as octopus, ports() as home:
        octopus.says(json_(fixture("octopus/products.json")))
        assert KIND.offer is not None
        options = settle(KIND.options, {"url": octopus.url})
        assert await KIND.offer(options, home, "import") == {
            "product": {
                "AGILE-23-12-06": "Agile Octopus",
                "AGILE-24-10-01": "Agile Octopus",
                "GO-VAR-22-10-14": "Octopus Go",
            }
        }
        assert list((await KIND.offer(options, home, "export"))["product"]) == ["AGILE-OUTGOING-19-05-13"]


async def test_wrong_postcode_and_wrong_product_are_told_apart() -> None:
    assert KIND.check is not None
    assert KIND.field_of_error is not None
    async with service() as octopus, ports() as home:
        octopus.says(json_({"count": 0, "next": None, "results": []}))
        options = settle(KIND.options, {"postcode": "ZZ99 9ZZ", "url": octopus.url})
        with pytest.raises(UnknownPostcode) as postcode:
            await KIND.check(options, home, "import")
        assert KIND.field_of_error[postcode.value.key] == "postcode"
        octopus.says(json_({"detail": "Not found."}, 404))
        options = settle(KIND.options, {"region": "c", "product": "NO-SUCH-1", "url": octopus.url})
        with pytest.raises(UnknownProduct) as product:
            await KIND.check(options, home, "import")
        assert KIND.field_of_error[product.value.key] == "product"
        with pytest.raises(InputError, match="postcode"):
            await KIND.check(settle(KIND.options, {"url": octopus.url}), home, "import")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (json_("[]"), BadData),
        (json_({"results": [{"valid_from": "2026-06-15T00:00:00", "valid_to": None}]}), BadData),
        (json_({"results": [{"valid_from": "2026-06-15T00:00:00", "value_inc_vat": 1.0}]}), BadData),
    ],
    ids=["list", "no_value", "no_offset"],
)
async def test_a_wrong_answer_is_a_named_error(answer: Answer, kind: type[Exception]) -> None:
    async with service() as octopus, ports() as home:
        octopus.says(answer)
        with pytest.raises(kind):
            await build(home, octopus.url).prices(at("2026-06-15T12:00"), at("2026-06-16T12:00"))
