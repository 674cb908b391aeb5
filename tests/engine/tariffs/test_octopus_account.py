"""What an Octopus account tells: the home's own product and region, and its half-hours."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from custom_components.merit_order.engine.model.errors import BadData, InputError, InvalidAuth
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.tariffs import tariff_kind
from custom_components.merit_order.engine.tariffs._octopus_account import TwoRegisters, UnknownAccount
from tests.apis import at, error, fixture, json_, ports, service

pytestmark = pytest.mark.usefixtures("loopback")
KIND = tariff_kind("octopus")
ACCOUNT = {"account": "a-1b2c3d4e", "api_key": "sk_live_hush"}
GO = json_(fixture("octopus/go_rates.json"))
HOME = json_(fixture("octopus/account.json"))


def options(url: str, **more: Any) -> dict[str, Any]:
    return settle(KIND.options, {"url": url, **ACCOUNT, **more})


async def test_the_homes_own_product_and_region_are_found() -> None:
    assert KIND.check is not None
    async with service() as octopus, ports("2026-06-15T12:00Z") as home:
        octopus.says(HOME, GO)
        found = await KIND.check(options(octopus.url), home, "import")
        assert found == {"region": "c", "product": "GO-VAR-22-10-14"}
        first, second = octopus.requests
        assert first.path == "/v1/accounts/A-1B2C3D4E/"
        key = base64.b64decode(first.headers["Authorization"].removeprefix("Basic ")).decode()
        assert key == "sk_live_hush:"
        # Prices are public: the key goes only where it is needed.
        assert "Authorization" not in second.headers
        octopus.says(HOME, GO)
        found = await KIND.check(options(octopus.url), home, "export")
        assert found == {"region": "c", "product": "OUTGOING-VAR-24-10-26"}


async def test_what_was_chosen_by_hand_wins_over_the_account() -> None:
    assert KIND.check is not None
    async with service() as octopus, ports("2026-06-15T12:00Z") as home:
        octopus.says(GO)
        chosen = options(octopus.url, region="a", product="GO-VAR-22-10-14")
        assert await KIND.check(chosen, home, "import") == {"region": "a", "product": "GO-VAR-22-10-14"}
        assert len(octopus.requests) == 1


async def test_wrong_key_wrong_account_and_half_a_login() -> None:
    assert KIND.check is not None
    assert KIND.field_of_error is not None
    async with service() as octopus, ports("2026-06-15T12:00Z") as home:
        for answer, kind, field in (
            (error(401), InvalidAuth, "api_key"),
            (error(404), UnknownAccount, "account"),
            (json_({"number": "A", "properties": []}), UnknownAccount, "account"),
        ):
            octopus.says(answer)
            with pytest.raises(kind) as raised:
                await KIND.check(options(octopus.url), home, "import")
            assert KIND.field_of_error[raised.value.key] == field
            assert "hush" not in str(raised.value)
        octopus.says(json_({"number": "A"}))
        with pytest.raises(BadData):
            await KIND.check(options(octopus.url), home, "import")
        with pytest.raises(InputError, match="api_key"):
            await KIND.check(options(octopus.url, api_key=""), home, "import")


async def test_economy_7_is_not_taken_for_a_single_rate() -> None:
    assert KIND.check is not None
    two = json.loads(fixture("octopus/account.json").replace("E-1R-GO", "E-2R-GO"))
    async with service() as octopus, ports("2026-06-15T12:00Z") as home:
        octopus.says(json_(two))
        with pytest.raises(TwoRegisters) as raised:
            await KIND.check(options(octopus.url), home, "import")
    assert KIND.field_of_error is not None
    assert KIND.field_of_error[raised.value.key] == "account"


async def test_half_hours_of_both_meters_over_the_clock_change() -> None:
    """One kWh each half-hour; the old meter has the first day of October's last weekend, the new one the rest."""
    change = at("2026-10-25T00:00")

    def consumption(request: web.Request) -> web.StreamResponse:
        if "/accounts/" in request.path:
            return web.json_response(json.loads(fixture("octopus/account.json")))
        start, end = at(request.query["period_from"]), at(request.query["period_to"])
        old = "19L000001" in request.path
        rows = []
        while start < end:
            if (start < change) == old:
                rows.append(row(start))
            start += timedelta(minutes=30)
        return web.json_response({"count": len(rows), "next": None, "previous": None, "results": rows})

    def row(start: datetime) -> dict[str, Any]:
        end = start + timedelta(minutes=30)
        return {"consumption": 1.0, "interval_start": start.isoformat(), "interval_end": end.isoformat()}

    assert KIND.history is not None
    async with service() as octopus, ports("2026-10-27T12:00Z") as home:
        octopus.says(consumption)
        start, end = at("2026-10-23T23:00"), at("2026-10-26T00:00")
        series = (await KIND.history(options(octopus.url), home, "import", start, end)).power
        assert len(series.spans) == 49 * 2
        assert {span.value for span in series.spans} == {2.0}
        assert (series.spans[0].start, series.end) == (start, end)
        paths = {request.path.split("/")[3] for request in octopus.requests[1:]}
        assert paths == {"1200000000002"}
