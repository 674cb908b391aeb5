"""A supplier that does not say when it charges the car: the rates hold, and a person hears why they know no more."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.plan import Health
from custom_components.merit_order.engine.tariffs import tariff_kind
from tests.apis import Service

from .homes import supplied_home

type Advance = Callable[[float], Awaitable[None]]

DISPATCHES = "dispatches_failed"


def rates(request: web.Request) -> web.Response:
    begin = dt_util.utcnow() - timedelta(days=2)
    row = {"value_inc_vat": 28.0, "valid_from": begin.isoformat(), "valid_to": None, "payment_method": None}
    return web.json_response({"results": [row], "next": None})


def broken(request: web.Request) -> web.Response:
    return rates(request) if "standard-unit-rates" in request.path else web.Response(status=500)


def well(request: web.Request) -> web.Response:
    if "standard-unit-rates" in request.path:
        return rates(request)
    return web.json_response({"data": {"obtainKrakenToken": {"token": "t"}, "devices": []}})


async def test_dispatches_that_cannot_be_had_are_named_and_cost_no_prices(
    hass: HomeAssistant, clock: Advance, supplier: Service
) -> None:
    hass.config.currency = "GBP"
    given = {
        "product": "INTELLI-VAR-24-10-29",
        "region": "c",
        "account": "A-1B2C3D4E",
        "api_key": "sk_hush",
        "url": supplier.url,
    }
    options = settle(tariff_kind("octopus").options, given)
    entry = supplied_home("octopus", options)
    entry.add_to_hass(hass)
    supplier.says(broken)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await clock(5)

    def health() -> dict[str, Health]:
        thought = entry.runtime_data.planner.data
        assert thought is not None
        return {each.key: each.health for each in thought.decision.plan.inputs}

    assert (health()["price"], health()["dispatches"]) == (Health.FRESH, Health.STALE)
    for _ in range(6):
        await clock(330)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, DISPATCHES)
    assert issue is not None
    assert "sk_" not in str(issue.translation_placeholders)
    supplier.says(well)
    await clock(330)
    await clock(330)
    assert "dispatches" not in health()
    assert ir.async_get(hass).async_get_issue(DOMAIN, DISPATCHES) is None
    assert await hass.config_entries.async_unload(entry.entry_id)
