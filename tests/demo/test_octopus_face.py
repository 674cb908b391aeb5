"""The Octopus face: paths, paging, filters, and when tomorrow's prices appear."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from demo import prices
from demo.clock import ManualClock
from demo.faces.octopus import AGILE, OUTGOING
from demo.faults import Fault
from demo.home import VirtualHome

RATES = f"/v1/products/{AGILE}/electricity-tariffs/E-1R-{AGILE}-C/standard-unit-rates/"
Get = Callable[..., Awaitable[Any]]


@pytest.fixture
async def get(home: VirtualHome) -> AsyncIterator[Get]:
    async with aiohttp.ClientSession() as session:

        async def get(path: str, status: int = 200, **query: str) -> Any:
            url = path if path.startswith("http") else home.octopus.url + path
            async with session.get(url, params=query) as answer:
                assert answer.status == status, await answer.text()
                return await answer.json()

        yield get


async def test_products_and_their_tariffs(get: Get) -> None:
    products = await get("/v1/products/")
    assert {row["code"]: row["direction"] for row in products["results"]} == {
        AGILE: "IMPORT",
        OUTGOING: "EXPORT",
    }
    product = await get(f"/v1/products/{AGILE}/")
    tariff = product["single_register_electricity_tariffs"]["_C"]["direct_debit_monthly"]
    assert tariff["code"] == f"E-1R-{AGILE}-C"
    links = {link["rel"]: link["href"] for link in tariff["links"]}
    assert (await get(links["standard_unit_rates"]))["count"] > 1_000
    charge = (await get(links["standing_charges"]))["results"][0]
    assert charge["value_inc_vat"] == pytest.approx(1.05 * charge["value_exc_vat"], abs=1e-3)


async def test_the_region_of_a_postcode(get: Get) -> None:
    found = await get("/v1/industry/grid-supply-points/", postcode="SW1A 1AA")
    assert found["results"] == [{"group_id": "_C"}]
    assert (await get("/v1/industry/grid-supply-points/", postcode="ZZ9 9ZZ"))["count"] == 0


async def test_one_day_of_rates_is_the_price_of_the_day(get: Get) -> None:
    answer = await get(RATES, period_from="2026-06-10T22:00:00Z", period_to="2026-06-11T22:00:00Z")
    rows = answer["results"]
    assert answer["count"] == len(rows) == 48
    assert rows[0]["valid_from"] == "2026-06-11T21:30:00Z"
    assert rows[-1]["valid_from"] == "2026-06-10T22:00:00Z"
    assert all(
        set(row) == {"value_exc_vat", "value_inc_vat", "valid_from", "valid_to", "payment_method"}
        for row in rows
    )
    for row in rows:
        rate = prices.import_rate(int(datetime.fromisoformat(row["valid_from"]).timestamp() // 1800))
        assert (row["value_exc_vat"], row["value_inc_vat"]) == (rate.exc_vat, rate.inc_vat)
    assert all(newer["valid_from"] == older["valid_to"] for older, newer in zip(rows[1:], rows, strict=False))


async def test_tomorrow_appears_at_four_in_the_afternoon(get: Get, clock: ManualClock) -> None:
    async def newest() -> datetime:
        return datetime.fromisoformat((await get(RATES))["results"][0]["valid_to"])

    clock.set(datetime(2026, 6, 12, 14, 59, tzinfo=UTC))
    assert await newest() == datetime(2026, 6, 12, 22, tzinfo=UTC)
    clock.advance(60)
    assert await newest() == datetime(2026, 6, 13, 22, tzinfo=UTC)


async def test_pages_join_without_gap_or_repeat(get: Get) -> None:
    page = await get(RATES, period_from="2026-06-09T00:00Z", period_to="2026-06-11T00:00Z", page_size="40")
    starts = [row["valid_from"] for row in page["results"]]
    assert page["previous"] is None
    while page["next"]:
        page = await get(page["next"])
        starts += [row["valid_from"] for row in page["results"]]
    assert len(starts) == len(set(starts)) == 96
    assert page["previous"]
    assert starts == sorted(starts, reverse=True)


async def test_export_rates_differ_and_carry_no_vat(get: Get) -> None:
    path = RATES.replace(AGILE, OUTGOING)
    rows = (await get(path, period_from="2026-06-11T00:00Z", period_to="2026-06-12T00:00Z"))["results"]
    assert len(rows) == 48
    assert all(row["value_inc_vat"] == row["value_exc_vat"] >= 0 for row in rows)


async def test_times_without_a_zone_are_uk_times(get: Get) -> None:
    rows = (await get(RATES, period_from="2026-06-11T10:00", period_to="2026-06-11T11:00"))["results"]
    assert [row["valid_from"] for row in rows] == ["2026-06-11T09:30:00Z", "2026-06-11T09:00:00Z"]


async def test_a_path_without_its_slash_is_redirected(get: Get) -> None:
    assert (await get(RATES.rstrip("/"), period_from="2026-06-11T10:00Z", period_to="2026-06-11T10:30Z"))[
        "count"
    ] == 1


async def test_what_does_not_exist_is_not_found(get: Get) -> None:
    await get("/v1/products/NONSENSE/", status=404)
    await get(RATES.replace("-C/", "-Z/"), status=404)
    await get(RATES, status=404, page="9999")
    await get(RATES, status=400, period_from="yesterday")


async def test_empty_results(home: VirtualHome, get: Get) -> None:
    await home.break_("octopus", Fault.EMPTY)
    assert await get(RATES) == {"count": 0, "next": None, "previous": None, "results": []}


async def test_the_bill_uses_the_published_rate(home: VirtualHome, get: Get, clock: ManualClock) -> None:
    home.house.inverter.settings.max_discharge_w = home.house.inverter.settings.max_charge_w = 0
    clock.set(datetime(2026, 6, 12, 20, 0, tzinfo=UTC))
    home.catch_up()
    before = home.truth()
    clock.advance(1_800)
    home.catch_up()
    after = home.truth()
    row = (await get(RATES, period_from="2026-06-12T20:00Z", period_to="2026-06-12T20:30Z"))["results"][0]
    bought = after["import_kwh"] - before["import_kwh"]
    assert bought > 0.05
    assert after["import_cost"] - before["import_cost"] == pytest.approx(bought * row["value_inc_vat"] / 100)
    assert timedelta(minutes=30) == datetime.fromisoformat(row["valid_to"]) - datetime.fromisoformat(
        row["valid_from"]
    )
