"""Quartz by its wire: what is asked, planes, its odd seconds, and all that can go wrong."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from custom_components.merit_order.engine.forecasts import Forecaster, forecast_kind
from custom_components.merit_order.engine.model.errors import BadData
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from tests.apis import Answer, at, json_, ports, service

pytestmark = pytest.mark.usefixtures("loopback")
KIND = forecast_kind("quartz")
NOW = at("2026-06-15T04:07:31Z")


def build(home: Ports, url: str, **options: Any) -> Forecaster:
    return KIND.build(
        settle(KIND.options, {"kwp": 5.0, "tilt": 35, "azimuth": 180, "url": url, **options}), home
    )


def predictions(start: datetime = NOW, count: int = 192, kw: float = 2.0) -> dict[str, Any]:
    """As the service writes them: from the second it was asked on, UTC without an offset."""
    times = [(start + timedelta(minutes=15 * i)).replace(tzinfo=None).isoformat() for i in range(count)]
    return {"timestamp": times[0] if times else "", "predictions": {"power_kw": dict.fromkeys(times, kw)}}


async def test_the_odd_seconds_become_quarters_and_the_site_is_told() -> None:
    async with service() as quartz, ports(NOW.isoformat()) as home:
        quartz.says(json_(predictions()))
        forecast = await build(home, quartz.url).forecast(NOW, NOW + timedelta(hours=24))
        assert forecast.mid.spans[0].start == at("2026-06-15T04:00")
        assert len(forecast.mid.spans) == 97
        assert {span.value for span in forecast.mid.spans} == {2.0}
        assert quartz.requests[0].method == "POST"
        assert quartz.requests[0].path == "/forecast/"
        assert json.loads(quartz.bodies[0]) == {
            "site": {
                "latitude": 51.5,
                "longitude": -0.1,
                "capacity_kwp": 5.0,
                "tilt": 35.0,
                "orientation": 180.0,
            }
        }


async def test_planes_add_up_and_share_the_inverter() -> None:
    def by_plane(request: web.Request) -> web.Response:
        return web.json_response(predictions(kw=2.0 if len(quartz.bodies) % 2 else 1.5))

    async with service() as quartz, ports(NOW.isoformat()) as home:
        quartz.says(by_plane)
        second = {"kwp_2": 3.0, "tilt_2": 20, "azimuth_2": 90}
        forecast = await build(home, quartz.url, **second).forecast(NOW, NOW + timedelta(hours=1))
        assert {span.value for span in forecast.mid.spans} == {3.5}
        assert json.loads(quartz.bodies[1])["site"]["orientation"] == 90
        cut = await build(home, quartz.url, inverter_kw=3.0, **second).forecast(NOW, NOW + timedelta(hours=1))
        assert {span.value for span in cut.mid.spans} == {3.0}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (json_({"detail": [{"msg": "field required"}]}, 422), BadData),
        (json_({"predictions": {}}), BadData),
        (json_(predictions(kw=2000.0)), BadData),
        (json_(predictions(start=NOW - timedelta(days=9))), BadData),
    ],
    ids=[
        "422",
        "no_power",
        "watts",
        "other_days",
    ],
)
async def test_a_wrong_answer_is_a_named_error(answer: Answer, kind: type[Exception]) -> None:
    async with service() as quartz, ports(NOW.isoformat()) as home:
        quartz.says(answer)
        with pytest.raises(kind):
            await build(home, quartz.url).forecast(NOW, NOW + timedelta(hours=24))


async def test_hourly_values_are_not_read_as_quarters() -> None:
    body = predictions()
    power = body["predictions"]["power_kw"]
    body["predictions"]["power_kw"] = dict(list(power.items())[::4])
    async with service() as quartz, ports(NOW.isoformat()) as home:
        quartz.says(json_(body))
        with pytest.raises(BadData, match="quarter"):
            await build(home, quartz.url).forecast(NOW, NOW + timedelta(hours=24))
