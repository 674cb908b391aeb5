"""Intelligent Go by its wire: what is planned for the car is cheap for the home, and nothing else depends on it."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from custom_components.merit_order.engine.model.errors import BadData, InvalidAuth
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.series import Quality
from custom_components.merit_order.engine.tariffs import tariff_kind
from custom_components.merit_order.engine.tariffs.octopus import Octopus
from tests.apis import Answer, Service, StoppedClock, at, error, json_, ports, service

pytestmark = pytest.mark.usefixtures("loopback")
KIND = tariff_kind("octopus")
NOW = at("2026-06-15T12:10")
START, END = at("2026-06-15T00:00"), at("2026-06-16T00:00")
DAY, NIGHT = 0.28, 0.07


class Kraken:
    """The account's side: one car, with these dispatches; rates are cheap from 22:30 to 04:30 UTC."""

    def __init__(self) -> None:
        self.dispatches: list[dict[str, Any]] = []
        self.devices: list[str] = ["car-1"]
        self.broken: Answer | None = None
        self.asked: list[str] = []

    def __call__(self, request: web.Request) -> Any:
        if "standard-unit-rates" in request.path:
            return web.json_response({"results": self._rates(), "next": None})
        return self._graph(request)

    async def _graph(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        variables = body["variables"]
        if self.broken is not None:
            found = self.broken(request)
            return found if isinstance(found, web.StreamResponse) else await found
        if "obtainKrakenToken" in body["query"]:
            self.asked.append("token")
            if variables["key"] != "sk_live_hush":
                return self._refused("KT-CT-1139")
            return self._data({"obtainKrakenToken": {"token": "ey.token"}})
        assert request.headers["Authorization"] == "ey.token"
        if "devices" in body["query"]:
            self.asked.append("devices")
            assert variables == {"account": "A-1B2C3D4E"}
            return self._data({"devices": [{"id": device} for device in self.devices]})
        self.asked.append("planned")
        assert variables["device"] in self.devices
        return self._data({"flexPlannedDispatches": self.dispatches})

    def plans(self, start: str, end: str, sort: str = "SMART") -> None:
        times = {key: f"2026-06-15T{clock}:00+00:00" for key, clock in (("start", start), ("end", end))}
        self.dispatches.append({**times, "type": sort})

    def _data(self, data: dict[str, Any]) -> web.Response:
        return web.json_response({"data": data})

    def _refused(self, code: str) -> web.Response:
        row = {"message": "Invalid data: sk_live_hush", "extensions": {"errorCode": code}}
        return web.json_response({"errors": [row], "data": None})

    def _rates(self) -> list[dict[str, Any]]:
        edges = ["2026-06-14T22:30Z", "2026-06-15T04:30Z", "2026-06-15T22:30Z", "2026-06-16T04:30Z"]
        return [
            {"value_inc_vat": pence, "valid_from": a, "valid_to": b, "payment_method": None}
            for a, b, pence in zip(edges, edges[1:], (7.0, 28.0, 7.0), strict=False)
        ]


@pytest.fixture
def kraken() -> Kraken:
    return Kraken()


@pytest.fixture
async def octopus(kraken: Kraken) -> AsyncIterator[Service]:
    async with service() as served:
        served.says(kraken)
        yield served


@pytest.fixture
async def home() -> AsyncIterator[Ports]:
    async with ports(NOW.isoformat()) as found:
        yield found


def build(home: Ports, octopus: Service, direction: str = "import", **more: str) -> Octopus:
    given = {
        "url": octopus.url,
        "region": "c",
        "product": "INTELLI-VAR-24-10-29",
        "account": "a-1b2c3d4e",
        "api_key": "sk_live_hush",
        **more,
    }
    tariff = KIND.build(settle(KIND.options, given), home, direction)
    assert isinstance(tariff, Octopus)
    return tariff


async def price(tariff: Octopus, *clock: str) -> list[float | None]:
    series = await tariff.prices(START, END)
    return [series.value_at(at(f"2026-06-15T{each}")) for each in clock]


async def test_half_hours_of_a_dispatch_are_cheap_as_a_whole_and_a_boost_is_not(
    home: Ports, octopus: Service, kraken: Kraken
) -> None:
    kraken.plans("14:10", "15:05")
    kraken.plans("17:00", "18:00", "BOOST")
    tariff = build(home, octopus)
    found = await price(tariff, "13:59", "14:00", "14:30", "15:29", "15:30", "17:15", "23:00")
    assert found == pytest.approx([DAY, NIGHT, NIGHT, NIGHT, DAY, DAY, NIGHT])
    series = await tariff.prices(START, END)
    expected = [span for span in series.spans if span.quality is Quality.FORECAST]
    assert (expected[0].start, expected[-1].end) == (at("2026-06-15T14:00"), at("2026-06-15T15:30"))
    covered = sum((span.end - span.start for span in series.spans), timedelta(0))
    assert covered == timedelta(hours=24)
    due = tariff.next_publication(NOW)
    assert due is not None
    assert due <= NOW + timedelta(minutes=5)


async def test_a_dispatch_that_was_cancelled_is_dear_again_and_one_that_began_stays_cheap(
    home: Ports, octopus: Service, kraken: Kraken
) -> None:
    kraken.plans("12:00", "13:00")
    kraken.plans("15:00", "16:00")
    tariff = build(home, octopus)
    assert await price(tariff, "12:30", "15:30") == pytest.approx([NIGHT, NIGHT])
    kraken.dispatches.clear()
    clock = home.clock
    assert isinstance(clock, StoppedClock)
    clock.moment += timedelta(hours=2)
    assert await price(tariff, "12:30", "15:30") == pytest.approx([NIGHT, DAY])
    assert kraken.asked == ["token", "devices", "planned", "token", "planned"], "a token is good for an hour"


async def test_without_a_key_without_a_car_on_another_product_or_for_export_nothing_changes(
    home: Ports, octopus: Service, kraken: Kraken
) -> None:
    kraken.plans("14:00", "15:00")
    for tariff in (
        build(home, octopus, api_key=""),
        build(home, octopus, product="GO-VAR-22-10-14"),
        build(home, octopus, product="INTELLI-FLUX-IMPORT-23-07-14"),
        build(home, octopus, "export"),
    ):
        assert await price(tariff, "14:30") == pytest.approx([DAY])
    assert kraken.asked == []
    kraken.devices = []
    assert await price(build(home, octopus), "14:30") == pytest.approx([DAY])


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(401), InvalidAuth),
        (json_({"data": {}}), BadData),
        (json_({"data": None}), BadData),
        (json_([]), BadData),
        (json_({"errors": [{"message": "sk_live_hush"}]}), BadData),
    ],
    ids=["401", "empty", "null", "list", "errors"],
)
async def test_the_rates_hold_whatever_becomes_of_the_dispatches(
    home: Ports, octopus: Service, kraken: Kraken, answer: Answer, kind: type[Exception]
) -> None:
    kraken.plans("14:00", "15:00")
    tariff = build(home, octopus)
    await tariff.prices(START, END)
    kraken.broken = answer
    assert await price(tariff, "13:00", "14:30", "23:00") == pytest.approx([DAY, NIGHT, NIGHT])
    assert isinstance(tariff.dispatch_error, kind)
    assert "hush" not in json.dumps(str(tariff.dispatch_error))
    fresh = build(home, octopus)
    assert await price(fresh, "13:00", "14:30", "23:00") == pytest.approx([DAY, DAY, NIGHT])
    kraken.broken = None
    assert await price(tariff, "14:30") == pytest.approx([NIGHT])
    assert tariff.dispatch_error is None


async def test_a_wrong_key_is_named_and_not_told(home: Ports, octopus: Service, kraken: Kraken) -> None:
    tariff = build(home, octopus, api_key="sk_wrong")
    assert await price(tariff, "14:30") == pytest.approx([DAY])
    assert isinstance(tariff.dispatch_error, InvalidAuth)
    assert "sk_" not in str(tariff.dispatch_error)
