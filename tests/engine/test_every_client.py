"""Every question we ask of a web service, and every way its answer can be wrong: a named error, no key in it, no harm.

A client that is added is added to CLIENTS. What Home Assistant asks for us (Nord Pool's action, weather, the Energy
dashboard's forecasts, price entities) has no wire of ours: tests/ha/test_ports_answers.py and the files of each.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from custom_components.merit_order.engine.forecasts import forecast_kind
from custom_components.merit_order.engine.model import web as our_web
from custom_components.merit_order.engine.model.errors import (
    BadData,
    CannotConnect,
    RateLimited,
    SilentPeer,
    SourceError,
)
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.tariffs import tariff_kind
from custom_components.merit_order.engine.tariffs._clean import WrongCurrency
from tests.apis import Answer, at, cut_off, error, fixture, html, json_, ports, service, xml

pytestmark = pytest.mark.usefixtures("loopback")

NOW = at("2026-06-15T12:00")
DAY = at("2026-06-14T22:00"), at("2026-06-15T22:00")
HOUR = at("2026-06-15T12:00"), at("2026-06-15T13:00")
KEYS = {"account": "A-1B2C3D4E", "api_key": "sk_hush"}
AMBER = {"token": "psk_hush", "site": "01F"}


@dataclass(frozen=True)
class Client:
    """One question: `ask` it at an address, the text of a `good` answer, and its answer to a service that has `none`:
    an error, or nothing that could be mistaken for something.
    """

    ask: Callable[[Ports, str], Awaitable[Any]]
    good: str
    none: str
    none_is: type[Exception] | None = None
    text: Callable[[str], Answer] = json_


async def octopus_rates(home: Ports, url: str) -> Any:
    kind = tariff_kind("octopus")
    return (
        await kind.build(settle(kind.options, {"region": "c", "url": url}), home, "import").prices(*HOUR)
    ).spans


async def octopus_products(home: Ports, url: str) -> Any:
    kind = tariff_kind("octopus")
    assert kind.offer is not None
    return (await kind.offer(settle(kind.options, {"url": url}), home, "import"))["product"]


async def octopus_region(home: Ports, url: str) -> Any:
    kind = tariff_kind("octopus")
    assert kind.check is not None
    return await kind.check(
        settle(kind.options, {"postcode": "SW1A 1AA", "product": "X-1", "url": url}), home, "import"
    )


async def octopus_history(home: Ports, url: str) -> Any:
    kind = tariff_kind("octopus")
    assert kind.history is not None
    return await kind.history(settle(kind.options, {"url": url, **KEYS}), home, "import", *DAY)


async def amber_prices(home: Ports, url: str) -> Any:
    kind = tariff_kind("amber")
    return (await kind.build(settle(kind.options, {**AMBER, "url": url}), home, "import").prices(*HOUR)).spans


async def amber_usage(home: Ports, url: str) -> Any:
    kind = tariff_kind("amber")
    assert kind.history is not None
    return (await kind.history(settle(kind.options, {**AMBER, "url": url}), home, "import", *DAY)).power.spans


async def amber_sites(home: Ports, url: str) -> Any:
    kind = tariff_kind("amber")
    assert kind.offer is not None
    return (await kind.offer(settle(kind.options, {**AMBER, "url": url}), home, "import"))["site"]


async def entsoe(home: Ports, url: str) -> Any:
    kind = tariff_kind("entsoe")
    options = settle(kind.options, {"token": "hush", "area": "be", "url": url})
    return (await kind.build(options, home, "import").prices(*DAY)).spans


def forecast(key: str, **options: Any) -> Callable[[Ports, str], Awaitable[Any]]:
    async def ask(home: Ports, url: str) -> Any:
        kind = forecast_kind(key)
        return (
            await kind.build(settle(kind.options, {**options, "url": url}), home).forecast(*HOUR)
        ).mid.spans

    return ask


def meteo(count: int = 192) -> str:
    labels = [at("2026-06-15T00:00") + timedelta(minutes=15 * i) for i in range(count)]
    names = ("global_tilted_irradiance", "shortwave_radiation", "temperature_2m", "wind_speed_10m")
    units = {"time": "iso8601"} | dict(zip(names, ("W/m²", "W/m²", "°C", "m/s"), strict=True))
    block = {"time": [t.strftime("%Y-%m-%dT%H:%M") for t in labels]} | {
        name: [20.0] * count for name in names
    }
    return json.dumps(
        {
            "latitude": 51.5,
            "longitude": -0.1,
            "utc_offset_seconds": 0,
            "minutely_15_units": units,
            "minutely_15": block,
        }
    )


def quartz(count: int = 192) -> str:
    times = [(NOW + timedelta(minutes=15 * i)).replace(tzinfo=None).isoformat() for i in range(count)]
    return json.dumps({"timestamp": NOW.isoformat(), "predictions": {"power_kw": dict.fromkeys(times, 2.0)}})


AMBER_ROW = {
    "type": "CurrentInterval",
    "duration": 60,
    "endTime": "2026-06-15T13:00:00Z",
    "perKwh": 30.0,
    "kwh": 0.5,
    "channelType": "general",
    "spikeStatus": "none",
}
RATE = {"value_inc_vat": 20.0, "valid_from": "2026-01-01T00:00:00Z", "valid_to": None, "payment_method": None}
EMPTY_PAGE = json.dumps({"count": 0, "next": None, "results": []})
SITES = json.dumps([{"id": "01F", "nmi": "3052282872", "network": "Jemena", "status": "active"}])
PLANE = {"kwp": 5.0, "tilt": 35, "azimuth": 180}

CLIENTS = {
    "octopus rates": Client(octopus_rates, json.dumps({"results": [RATE], "next": None}), EMPTY_PAGE),
    "octopus products": Client(octopus_products, fixture("octopus/products.json"), EMPTY_PAGE),
    "octopus region": Client(octopus_region, fixture("octopus/grid_supply_points.json"), EMPTY_PAGE, BadData),
    "octopus history": Client(
        octopus_history, fixture("octopus/account.json"), '{"number": "A", "properties": []}', BadData
    ),
    "amber prices": Client(amber_prices, json.dumps([AMBER_ROW]), "[]"),
    "amber usage": Client(amber_usage, json.dumps([AMBER_ROW]), "[]"),
    "amber sites": Client(amber_sites, SITES, "[]"),
    "entsoe": Client(entsoe, fixture("entsoe/be_quarters.xml"), fixture("entsoe/no_data.xml"), text=xml),
    "open_meteo": Client(forecast("open_meteo", **PLANE), meteo(), meteo(0), BadData),
    "open_meteo_temperature": Client(forecast("open_meteo_temperature"), meteo(), meteo(0), BadData),
    "quartz": Client(forecast("quartz", **PLANE), quartz(), quartz(0), BadData),
}


async def silent(request: web.Request) -> web.StreamResponse:
    """Takes the question and answers long after the asker's patience has ended."""
    await asyncio.sleep(5)
    return web.Response()


FAULTS: dict[str, tuple[Callable[[Client], Answer], type[Exception]]] = {
    "429": (lambda client: error(429, Retry_After="600"), RateLimited),
    "500": (lambda client: error(500), CannotConnect),
    "503 page": (lambda client: html(503), CannotConnect),
    "hung up": (lambda client: cut_off(client.good), BadData),
    "truncated": (lambda client: client.text(client.good[: len(client.good) // 2]), BadData),
    "no text": (lambda client: client.text(""), BadData),
    "page": (lambda client: html(), BadData),
    "null": (lambda client: client.text("null"), BadData),
    "bytes": (lambda client: lambda request: web.Response(body=b"\xff\xfe\x00\x01"), BadData),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", CLIENTS)
async def test_each_fault_of_each_service_is_a_named_error_without_a_key(name: str, fault: str) -> None:
    client = CLIENTS[name]
    answer, kind = FAULTS[fault]
    async with service() as served, ports(NOW.isoformat()) as home:
        served.says(answer(client))
        with pytest.raises(kind) as raised:
            await client.ask(home, served.url)
        assert isinstance(raised.value, SourceError)
        assert raised.value.placeholders["service"]
        for secret in ("hush", "SW1A", "1B2C", served.url):
            assert secret not in str(raised.value)


@pytest.mark.parametrize("name", CLIENTS)
async def test_a_service_that_has_nothing_gives_nothing_or_says_so(name: str) -> None:
    client = CLIENTS[name]
    async with service() as served, ports(NOW.isoformat()) as home:
        served.says(client.text(client.none))
        if client.none_is is None:
            assert not await client.ask(home, served.url)
        else:
            with pytest.raises(client.none_is):
                await client.ask(home, served.url)


@pytest.mark.parametrize(
    "name", [name for name in CLIENTS if name not in ("octopus region", "octopus history")]
)
async def test_the_good_answers_of_these_tests_are_good(name: str) -> None:
    """Else the faults above would prove nothing. (Region and history ask several questions: tests of their own.)"""
    client = CLIENTS[name]
    async with service() as served, ports(NOW.isoformat()) as home:
        served.says(client.text(client.good))
        assert await client.ask(home, served.url)


@pytest.mark.parametrize("name", [name for name in CLIENTS if name != "quartz"])
async def test_a_service_that_never_answers_is_given_up(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(our_web, "TIMEOUT_S", 0.05)
    async with service() as served, ports(NOW.isoformat()) as home:
        served.says(silent)
        with pytest.raises(SilentPeer):
            await CLIENTS[name].ask(home, served.url)


@pytest.mark.parametrize("name", ["octopus rates", "amber prices", "entsoe"])
async def test_prices_in_other_money_are_refused(name: str) -> None:
    client = CLIENTS[name]
    async with service() as served, ports(NOW.isoformat(), currency="CHF") as home:
        served.says(client.text(client.good))
        with pytest.raises(WrongCurrency) as raised:
            await client.ask(home, served.url)
        assert raised.value.placeholders["home"] == "CHF"
