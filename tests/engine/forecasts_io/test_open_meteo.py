"""Open-Meteo by its wire: planes, units, gaps, errors; and the panel model against numbers worked out by
hand.
"""

import math
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.forecasts import Forecaster, forecast_kind
from custom_components.merit_order.engine.forecasts._pv import Array, Plane, band
from custom_components.merit_order.engine.forecasts._sun import clear_sky_w_m2, sun_position
from custom_components.merit_order.engine.model.errors import (
    BadData,
    CannotConnect,
    InputError,
)
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.series import Quality
from tests.apis import Answer, at, error, json_, ports, service

pytestmark = pytest.mark.usefixtures("loopback")
KIND = forecast_kind("open_meteo")
UNITS = {
    "time": "iso8601",
    "global_tilted_irradiance": "W/m²",
    "shortwave_radiation": "W/m²",
    "temperature_2m": "°C",
    "wind_speed_10m": "m/s",
}


def build(home: Ports, url: str, **options: Any) -> Forecaster:
    given_ = {"kwp": 5.0, "tilt": 35, "azimuth": 180, "url": url, **options}
    return KIND.build(settle(KIND.options, given_), home)


def body(day: str = "2026-06-15", count: int = 192, **changes: Any) -> dict[str, Any]:
    """Two days as the service writes them: 800 W/m² on the panels from 06:00 to 18:00 UTC, 20 °C, wind 2 m/s."""
    labels = [at(day) + timedelta(minutes=15 * i) for i in range(count)]
    light = [800.0 if 6 * 60 < t.hour * 60 + t.minute <= 18 * 60 else 0.0 for t in labels]
    block: dict[str, Any] = {
        "time": [t.strftime("%Y-%m-%dT%H:%M") for t in labels],
        "global_tilted_irradiance": light,
        "shortwave_radiation": light,
        "temperature_2m": [20.0] * count,
        "wind_speed_10m": [2.0] * count,
    }
    return {
        "latitude": 51.5,
        "longitude": -0.1,
        "generationtime_ms": 0.3,
        "utc_offset_seconds": 0,
        "timezone": "GMT",
        "timezone_abbreviation": "GMT",
        "elevation": 23.0,
        "minutely_15_units": dict(UNITS),
        "minutely_15": block | changes,
    }


def by_plane(request: web.Request) -> web.Response:
    """Full light on the plane that faces south, half of it elsewhere."""
    answer = body()
    if request.query["azimuth"] != "0":
        light = answer["minutely_15"]["global_tilted_irradiance"]
        answer["minutely_15"]["global_tilted_irradiance"] = [value / 2 for value in light]
    return web.json_response(answer)


# By hand: cell = 20 + 800/(25 + 6.84·2) = 40.68 °C; 1 − 0.0035·15.68 = 0.9451; 5 kWp·0.8·0.9451·0.86·0.96.
FULL_KW = 5 * 0.8 * (1 - 0.0035 * (20 + 800 / 38.68 - 25)) * 0.86 * 0.96


async def test_light_becomes_power_by_the_documented_model() -> None:
    assert round(FULL_KW, 3) == 3.121
    async with service() as meteo, ports("2026-06-15T04:00Z") as home:
        meteo.says(json_(body()))
        forecast = await build(home, meteo.url).forecast(at("2026-06-15T04:00"), at("2026-06-16T04:00"))
        assert forecast.mid.value_at(at("2026-06-15T12:00")) == pytest.approx(FULL_KW)
        # Radiation is the mean of the quarter before its label: light labelled 06:15 begins at 06:00.
        assert forecast.mid.value_at(at("2026-06-15T06:00")) == pytest.approx(FULL_KW)
        assert forecast.mid.value_at(at("2026-06-15T05:59")) == 0
        assert forecast.mid.value_at(at("2026-06-15T18:00")) == 0
        assert forecast.mid.spans[0].start <= at("2026-06-15T04:00")
        assert forecast.mid.end is not None
        assert forecast.mid.end >= at("2026-06-16T04:00")
        assert {span.quality for span in forecast.mid.spans} == {Quality.FORECAST}
        assert forecast.low is not None
        assert forecast.high is not None
        for low, mid, high in zip(forecast.low.spans, forecast.mid.spans, forecast.high.spans, strict=True):
            assert 0 <= low.value <= mid.value <= high.value
        query = meteo.requests[0].query
        assert (query["tilt"], query["azimuth"], query["timezone"]) == ("35", "0", "UTC")
        assert (query["past_days"], query["forecast_days"]) == ("0", "2")


async def test_planes_add_up_and_share_the_inverters_limit() -> None:
    east_west = {"kwp_2": 5.0, "tilt_2": 35, "azimuth_2": 90}
    async with service() as meteo, ports("2026-06-15T04:00Z") as home:
        meteo.says(by_plane)
        start, end = at("2026-06-15T12:00"), at("2026-06-15T13:00")
        both = await build(home, meteo.url, **east_west).forecast(start, end)
        assert [request.query["azimuth"] for request in meteo.requests] == ["0", "-90"]
        alone = FULL_KW + 5 * 0.4 * (1 - 0.0035 * (20 + 400 / 38.68 - 25)) * 0.86 * 0.96
        assert both.mid.spans[0].value == pytest.approx(alone)
        cut = await build(home, meteo.url, inverter_kw=3.0, **east_west).forecast(start, end)
        assert {span.value for span in cut.mid.spans} == {3.0}
        assert cut.high is not None
        assert {span.value for span in cut.high.spans} == {3.0}


async def test_a_missing_value_is_a_gap_and_a_negative_one_is_night() -> None:
    async with service() as meteo, ports() as home:
        light: list[float | None] = [100.0] * 192
        light[49] = None  # 12:15, the quarter from 12:00
        light[50] = -84.0
        meteo.says(json_(body(global_tilted_irradiance=light)))
        forecast = await build(home, meteo.url).forecast(at("2026-06-15T11:00"), at("2026-06-15T14:00"))
        assert forecast.mid.value_at(at("2026-06-15T12:05")) is None
        assert forecast.mid.value_at(at("2026-06-15T12:20")) == 0


def _kw(answer: dict[str, Any]) -> dict[str, Any]:
    answer["minutely_15_units"]["global_tilted_irradiance"] = "kW/m²"
    return answer


def _hourly(answer: dict[str, Any]) -> dict[str, Any]:
    answer["minutely_15"] = {name: values[::4] for name, values in answer["minutely_15"].items()}
    return answer


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (json_({"error": True, "reason": "Latitude must be in range"}, 400), BadData),
        (json_(body(count=0)), BadData),
        (json_(body(global_tilted_irradiance=[1.0])), BadData),
        (json_(_kw(body())), BadData),
        (json_(_hourly(body())), BadData),
        (json_(body() | {"utc_offset_seconds": 3600}), BadData),
        (json_(body(global_tilted_irradiance=[None] * 192)), BadData),
        (json_(body(day="2026-01-01")), BadData),
    ],
    ids=[
        "400",
        "no_rows",
        "short",
        "unit",
        "hourly",
        "local_time",
        "all_null",
        "other_day",
    ],
)
async def test_a_wrong_answer_is_a_named_error(answer: Answer, kind: type[Exception]) -> None:
    async with service() as meteo, ports() as home:
        meteo.says(answer)
        with pytest.raises(kind):
            await build(home, meteo.url).forecast(at("2026-06-15T11:00"), at("2026-06-15T14:00"))


async def test_temperature_holds_from_its_label_on() -> None:
    kind = forecast_kind("open_meteo_temperature")
    async with service() as meteo, ports() as home:
        meteo.says(json_(body(temperature_2m=[i / 4 for i in range(192)])))
        forecaster = kind.build(settle(kind.options, {"url": meteo.url}), home)
        forecast = await forecaster.forecast(at("2026-06-15T11:00"), at("2026-06-15T14:00"))
        assert forecast.mid.value_at(at("2026-06-15T12:00")) == 12.0
        assert (forecast.mid.spans[0].start, forecast.mid.end) == (
            at("2026-06-15T11:00"),
            at("2026-06-15T14:00"),
        )
        meteo.says(error(500))
        with pytest.raises(CannotConnect):
            await forecaster.forecast(at("2026-06-15T11:00"), at("2026-06-15T14:00"))


def test_without_panels_there_is_nothing_to_build() -> None:
    with pytest.raises(InputError, match="kwp"):
        settle(KIND.options, {})


# Solar noon and elevation: 90° − |latitude − declination| at a solstice (declination ±23.44°) and an equinox
# (0°).
@pytest.mark.parametrize(
    ("latitude", "longitude", "moment", "elevation", "azimuth"),
    [
        (51.4779, 0.0, "2026-06-21T12:01:50", 61.96, 180),  # equation of time −1 min 50 s
        (51.4779, 0.0, "2026-12-21T11:58:00", 15.09, 180),
        (-33.87, 151.21, "2026-12-22T01:53:20", 79.57, 0),
        (0.0, 0.0, "2026-03-20T06:07:30", 0.0, 90),
    ],
)
def test_the_sun_stands_where_the_almanac_puts_it(
    latitude: float, longitude: float, moment: str, elevation: float, azimuth: float
) -> None:
    height, direction = sun_position([at(moment)], latitude, longitude)
    assert float(height[0]) == pytest.approx(elevation, abs=0.1)
    assert math.cos(math.radians(float(direction[0]) - azimuth)) > 0.9995


def test_a_clear_sky_is_dark_at_night_and_about_a_kilowatt_at_the_zenith() -> None:
    values = clear_sky_w_m2(np.array([-5.0, 0.0, 30.0, 90.0]))
    assert values[0] == values[1] == pytest.approx(0, abs=1e-6)
    assert 440 < values[2] < 510
    assert 1000 < values[3] < 1060


@given(
    light=st.floats(0, 1400),
    air=st.floats(-40, 50),
    wind=st.floats(0, 40),
    horizontal=st.floats(0, 1400),
    clear=st.floats(0, 1100),
)
def test_law_power_is_never_negative_and_the_band_holds_it(
    light: float, air: float, wind: float, horizontal: float, clear: float
) -> None:
    array, plane = Array(inverter_kw=4.0), Plane(kwp=6.0, tilt=30, azimuth=180)
    low, high = band(np.array([horizontal]), np.array([clear]))
    assert 0 <= low[0] <= 1 <= high[0]
    power = array.dc_kw(plane, np.array([light]), np.array([air]), np.array([wind]))
    powers = [float(array.ac_kw(power * factor)[0]) for factor in (low, np.ones(1), high)]
    assert 0 <= powers[0] <= powers[1] <= powers[2] <= 4.0
