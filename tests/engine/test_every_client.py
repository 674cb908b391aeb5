"""Every question we ask of a web service, asked of the virtual home, and every way its answer can be wrong.

Each fault is a named error without a key in it, and passes with its cause. A client that is added is added to CLIENTS.
What Home Assistant asks for us (Nord Pool's action, weather, the Energy dashboard's forecasts, price entities) has no
wire of ours: tests/ha/test_ports_answers.py and the files of each.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.merit_order.engine.forecasts import FORECASTS, forecast_kind, quartz
from custom_components.merit_order.engine.model import web as our_web
from custom_components.merit_order.engine.model.errors import (
    BadData,
    CannotConnect,
    InvalidAuth,
    RateLimited,
    SilentPeer,
    SourceError,
)
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.series import Series, Span
from custom_components.merit_order.engine.tariffs import TARIFFS, tariff_kind
from custom_components.merit_order.engine.tariffs._clean import WrongCurrency
from custom_components.merit_order.engine.tariffs._octopus_api import Api
from custom_components.merit_order.engine.tariffs._octopus_dispatches import Dispatches
from demo import prices, weather
from demo.clock import ManualClock
from demo.faces import amber, entsoe
from demo.faces._http import HttpFace
from demo.faces.octopus import AGILE
from demo.faces.octopus_account import ACCOUNT, API_KEY, MPANS
from demo.faults import Fault
from demo.home import SERVICES, VirtualHome
from demo.past import counted_kwh
from demo.series import slot_means
from tests.apis import at, json_, ports, service

pytestmark = pytest.mark.usefixtures("loopback")

NOW = at("2026-06-15T12:00")
MIDNIGHT = at("2026-06-16T00:00")
HOUR = NOW, at("2026-06-15T13:00")
AFTERNOON = at("2026-06-15T15:00"), at("2026-06-15T16:00")
DAY = at("2026-06-12T23:00"), at("2026-06-13T23:00")
SEED = 1

type Place = Mapping[str, Any]
type Ask = Callable[[Ports, Place], Awaitable[Any]]


@dataclass(frozen=True)
class Client:
    """One question: `ask` it where the virtual home's `service` is. `truth` is the answer, or that of a span by its
    start, `within` this share; `none` is what comes of an answer with nothing in it: nothing, or an error.
    """

    service: str
    ask: Ask
    truth: Any
    within: float = 1e-4
    none: type[Exception] | None = None


def tariff(key: str, part: str, window: tuple[datetime, datetime] = HOUR, **options: Any) -> Ask:
    """Ask for a part of the tariff `key` with these options and else those of its place."""

    async def ask(home: Ports, place: Place) -> Any:
        kind = tariff_kind(key)
        own = {option.key for option in kind.options}
        given = settle(kind.options, {k: v for k, v in {**place, **options}.items() if k in own and v})
        if part == "prices":
            return (await kind.build(given, home, "import").prices(*window)).spans
        if part == "history":
            assert kind.history is not None
            return (await kind.history(given, home, "import", *window)).power.spans
        step = kind.check if part == "check" else kind.offer
        assert step is not None
        return await step(given, home, "import")

    return ask


def octopus(part: str, window: tuple[datetime, datetime] = HOUR, **options: Any) -> Ask:
    """As `tariff`, but no more of the place than is given here: the key goes with the account alone."""
    unsaid = dict.fromkeys(
        ("postcode", "region") if "account" in options else ("postcode", "region", "account", "api_key")
    )
    return tariff("octopus", part, window, **(unsaid | options))


async def dispatches(home: Ports, place: Place) -> Any:
    """The rates of a day at 27 p and a night at 7 p, cheap where the supplier means to charge the car."""
    asked = Dispatches(Api(ports=home, url=place["url"], key=place["api_key"]), place["account"])
    if error := await asked.refresh():
        raise error
    rates = Span(NOW, MIDNIGHT, 0.27), Span(MIDNIGHT, MIDNIGHT + timedelta(hours=6), 0.07)
    return asked.cheap(Series.of(rates)).spans


def of_the_car(moment: datetime) -> float:
    """From 14:00 to 15:10 UK time, billed by the half-hour."""
    return 0.07 if at("2026-06-15T13:00") <= moment < at("2026-06-15T14:30") or moment >= MIDNIGHT else 0.27


def forecast(key: str) -> Ask:
    async def ask(home: Ports, place: Place) -> Any:
        kind = forecast_kind(key)
        panels = {**place, "azimuth": place["azimuth"] + 180}
        own = {option.key for option in kind.options}
        options = settle(kind.options, {k: v for k, v in panels.items() if k in own})
        return (await kind.build(options, home).forecast(*AFTERNOON)).mid.spans

    return ask


def slot(moment: datetime) -> int:
    return int(moment.timestamp() // 1800)


def counted_kw(moment: datetime) -> float:
    return counted_kwh(slot(moment))[0] * 2


def pv_kw(moment: datetime) -> float:
    return slot_means(slot(moment))[1] / 1000


FOUND = {"region": "c", "product": AGILE}
CLIENTS = {
    "octopus rates": Client(
        "octopus", octopus("prices", region="c"), lambda when: prices.import_rate(slot(when)).inc_vat / 100
    ),
    "octopus products": Client("octopus", octopus("offer"), {"product": {AGILE: "Agile Octopus"}}),
    "octopus region": Client("octopus", octopus("check", postcode="SW1A 1AA"), FOUND, none=BadData),
    "octopus meter point": Client(
        "octopus", octopus("check", postcode=next(iter(MPANS))), FOUND, none=BadData
    ),
    "octopus account": Client("octopus", octopus("check", account=ACCOUNT), FOUND, none=BadData),
    "octopus history": Client("octopus", octopus("history", DAY, account=ACCOUNT), counted_kw, none=BadData),
    "octopus dispatches": Client("octopus", dispatches, of_the_car, none=BadData),
    "amber prices": Client(
        "amber", tariff("amber", "prices"), lambda when: prices.australian_cents(when)[1] / 100
    ),
    "amber history": Client("amber", tariff("amber", "history", DAY), counted_kw),
    "amber sites": Client("amber", tariff("amber", "offer"), {"site": {amber.SITE: "Jemena …2872"}}),
    "entsoe": Client("entsoe", tariff("entsoe", "prices"), lambda when: prices.market_eur_mwh(when) / 1000),
    # The sky is forecast with an error, and each model has losses of its own. Later the sun tells west from south.
    "open_meteo": Client("open_meteo", forecast("open_meteo"), pv_kw, 0.1, BadData),
    "open_meteo_temperature": Client(
        "open_meteo",
        forecast("open_meteo_temperature"),
        lambda when: weather.temperature_c(when.timestamp(), NOW.timestamp(), SEED),
        0.01,
        BadData,
    ),
    "quartz": Client("quartz", forecast("quartz"), pv_kw, 0.25, BadData),
}

FAULTS: dict[str, tuple[Fault, int, type[Exception]]] = {
    "429": (Fault.HTTP_STATUS, 429, RateLimited),
    "500": (Fault.HTTP_STATUS, 500, CannotConnect),
    "silent": (Fault.SILENT, 0, SilentPeer),
    "closed": (Fault.CLOSED, 0, CannotConnect),
    "garbage": (Fault.GARBAGE, 0, CannotConnect),
    "truncated": (Fault.TRUNCATED, 0, BadData),
    "page": (Fault.HTML, 0, BadData),
}


@asynccontextmanager
async def served(
    client: Client, given: Place | None = None, **home: Any
) -> AsyncIterator[tuple[HttpFace, Callable[[], Awaitable[Any]]]]:
    """The service's face, and the client's question to it, with what is `given`. Ports' waits cost nothing."""
    virtual = VirtualHome(ManualClock(NOW), seed=SEED, services=tuple(SERVICES))
    face = virtual.faces[client.service]
    assert isinstance(face, HttpFace)
    await face.start()
    array = weather.ARRAY
    where = {"latitude": array.latitude, "longitude": array.longitude}
    try:
        async with ports(NOW.isoformat(), **where, **home) as made:
            place = virtual.addresses()[client.service]
            yield face, lambda: client.ask(made, {**place, **(given or {})})
    finally:
        await face.stop()


def is_true(answer: Any, client: Client) -> bool:
    """Whether the answer is what the virtual home knows."""
    if not isinstance(answer, tuple):
        return bool(answer == client.truth)
    values = [span.value for span in answer]
    truth = [client.truth(span.start) for span in answer]
    return bool(values) and values == pytest.approx(truth, rel=client.within, abs=1e-4)


def test_every_kind_that_has_an_address_is_asked_here() -> None:
    kinds = {kind.key: kind.options for kind in TARIFFS} | {kind.key: kind.options for kind in FORECASTS}
    asked = {name.partition(" ")[0] for name in CLIENTS}
    assert asked == {key for key, options in kinds.items() if any(option.key == "url" for option in options)}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", CLIENTS)
async def test_each_fault_is_a_named_error_without_a_key_and_passes_with_its_cause(
    name: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = CLIENTS[name]
    trouble, value, kind = FAULTS[fault]
    async with served(client) as (face, ask):
        whole = await ask()
        assert is_true(whole, client), whole
        await face.break_(trouble, value)
        with monkeypatch.context() as impatient:
            if trouble is Fault.SILENT:
                impatient.setattr(our_web, "TIMEOUT_S", 0.05)
                impatient.setattr(quartz, "TIMEOUT_S", 0.05)
            with pytest.raises(kind) as raised:
                await ask()
        assert isinstance(raised.value, SourceError)
        assert raised.value.placeholders["service"]
        secrets = amber.TOKEN, entsoe.TOKEN, API_KEY, ACCOUNT, "SW1A", face.url
        assert not [secret for secret in secrets if secret in str(raised.value)]
        await face.mend()
        assert await ask() == whole


@pytest.mark.parametrize("name", CLIENTS)
async def test_a_service_that_has_nothing_gives_nothing_or_says_so(name: str) -> None:
    client = CLIENTS[name]
    async with served(client) as (face, ask):
        await face.break_(Fault.EMPTY)
        if client.none is not None:
            with pytest.raises(client.none):
                await ask()
        else:
            found = await ask()
            assert not (found if isinstance(found, tuple) else any(found.values()))
        await face.mend()
        assert is_true(await ask(), client)


@pytest.mark.parametrize(
    ("name", "currency"), [("octopus rates", "CHF"), ("amber prices", "CHF"), ("entsoe", "EUR")]
)
async def test_prices_in_other_money_are_refused(name: str, currency: str) -> None:
    """Octopus and Amber name none in their answers, ENTSO-E does."""
    async with served(CLIENTS[name], currency=currency) as (face, ask):
        if Fault.WRONG_CURRENCY in face.supported:
            assert is_true(await ask(), CLIENTS[name])
            await face.break_(Fault.WRONG_CURRENCY)
        with pytest.raises(WrongCurrency) as raised:
            await ask()
        assert raised.value.placeholders["home"] == currency


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("octopus account", "api_key"),
        ("octopus dispatches", "api_key"),
        ("amber sites", "token"),
        ("entsoe", "token"),
    ],
)
async def test_a_key_the_service_does_not_know_is_refused_and_not_told(name: str, key: str) -> None:
    async with served(CLIENTS[name], {key: "hush"}) as (_, ask):
        with pytest.raises(InvalidAuth) as raised:
            await ask()
        assert "hush" not in str(raised.value)


@pytest.mark.parametrize("name", CLIENTS)
async def test_json_or_xml_of_another_shape_is_a_named_error(name: str) -> None:
    client = CLIENTS[name]
    async with service() as odd, ports(NOW.isoformat()) as home:
        odd.says(json_("null"))
        place = VirtualHome(ManualClock(NOW), services=tuple(SERVICES)).addresses()[client.service]
        with pytest.raises(BadData):
            await client.ask(home, {**place, "url": odd.url})
