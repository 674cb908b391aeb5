"""The Open-Meteo face: shape of the answer, and weather that belongs to the recorded PV."""

import math
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import aiohttp
import pytest

from demo.clock import ManualClock
from demo.faults import Fault
from demo.home import VirtualHome
from demo.series import slot_means
from demo.sun import on_plane, sky, sun_at
from demo.weather import ARRAY

Get = Callable[..., Awaitable[Any]]
HERE = {"latitude": str(ARRAY.latitude), "longitude": str(ARRAY.longitude)}
PLANE = {"tilt": str(ARRAY.tilt), "azimuth": str(ARRAY.azimuth)}


@pytest.fixture
async def home(clock: ManualClock, loopback: None) -> AsyncIterator[VirtualHome]:
    # The weather does not mind coarse steps, and a test goes through a month of it.
    async with VirtualHome(clock, step=300) as home:
        yield home


@pytest.fixture
async def get(home: VirtualHome) -> AsyncIterator[Get]:
    async with aiohttp.ClientSession() as session:

        async def get(status: int = 200, **query: str) -> Any:
            async with session.get(f"{home.open_meteo.url}/v1/forecast", params={**HERE, **query}) as answer:
                assert answer.status == status, await answer.text()
                return await answer.json()

        yield get


async def test_hours_and_quarters_from_local_midnight(get: Get) -> None:
    names = "shortwave_radiation,direct_normal_irradiance,diffuse_radiation,temperature_2m,cloud_cover"
    answer = await get(
        hourly=names,
        minutely_15="global_tilted_irradiance",
        timezone="Europe/Brussels",
        forecast_days="2",
        past_days="1",
    )
    assert answer["utc_offset_seconds"] == 7_200
    assert len(answer["hourly"]["time"]) == 72
    assert answer["hourly"]["time"][0] == "2026-06-11T00:00"
    assert answer["hourly_units"]["shortwave_radiation"] == "W/m²"
    assert set(answer["hourly"]) == {"time", *names.split(",")}
    assert answer["minutely_15"]["time"][:2] == ["2026-06-11T00:00", "2026-06-11T00:15"]
    assert len(answer["minutely_15"]["global_tilted_irradiance"]) == 3 * 96
    assert max(answer["hourly"]["cloud_cover"]) <= 100


async def test_unix_times_are_utc(get: Get) -> None:
    answer = await get(hourly="temperature_2m", timeformat="unixtime", forecast_days="1")
    times = answer["hourly"]["time"]
    assert times[0] == datetime(2026, 6, 12, tzinfo=UTC).timestamp()
    assert {later - earlier for earlier, later in pairwise(times)} == {3_600}
    assert answer["hourly_units"]["time"] == "unixtime"


async def pv_from(get: Get, past_days: int, forecast_days: int) -> list[tuple[float, float]]:
    """Pairs of PV power by the answer's irradiance and as recorded, W, by half-hour in the sun."""
    answer = await get(
        minutely_15="global_tilted_irradiance",
        timeformat="unixtime",
        past_days=str(past_days),
        forecast_days=str(forecast_days),
        **PLANE,
    )
    block = answer["minutely_15"]
    # A value is the mean of the quarter-hour before its time.
    by_end = dict(zip(block["time"], block["global_tilted_irradiance"], strict=True))
    pairs = []
    for time in block["time"][2::2]:
        made = (by_end[time] + by_end[time - 900]) / 2 * ARRAY.kwp * ARRAY.performance
        recorded = slot_means(int(time // 1800) - 1)[1]
        if made > 100 or recorded > 100:
            pairs.append((made, recorded))
    return pairs


async def test_the_past_is_the_recorded_sun(get: Get) -> None:
    pairs = await pv_from(get, past_days=14, forecast_days=0)
    made, recorded = (statistics.fmean(column) for column in zip(*pairs, strict=True))
    assert made == pytest.approx(recorded, rel=0.08)
    assert statistics.correlation(*zip(*pairs, strict=True)) > 0.95


async def test_the_forecast_is_wrong_in_an_honest_way(get: Get, clock: ManualClock) -> None:
    errors, biases = [], []
    for day in range(1, 29, 2):
        clock.set(datetime(2026, 6, day, 0, 0, tzinfo=UTC))
        pairs = await pv_from(get, past_days=0, forecast_days=2)
        recorded = sum(pair[1] for pair in pairs)
        errors.append(sum(abs(pair[0] - pair[1]) for pair in pairs) / recorded)
        biases.append(sum(pair[0] - pair[1] for pair in pairs) / recorded)
    # Day-ahead PV forecasts miss by 10 to 35 % of the mean; without bias over a month.
    assert 0.08 < statistics.fmean(errors) < 0.35
    assert abs(statistics.fmean(biases)) < 0.08


async def test_the_same_question_gets_the_same_answer(get: Get, clock: ManualClock) -> None:
    query = {"hourly": "shortwave_radiation,temperature_2m", "forecast_days": "3"}
    first = await get(**query)
    assert (await get(**query))["hourly"] == first["hourly"]
    clock.advance(6 * 3_600)
    assert (await get(**query))["hourly"] != first["hourly"]


async def test_a_flat_plane_sees_the_global_radiation(get: Get) -> None:
    block = (await get(hourly="shortwave_radiation,global_tilted_irradiance", forecast_days="1"))["hourly"]
    assert block["global_tilted_irradiance"] == pytest.approx(block["shortwave_radiation"], abs=20)


async def test_east_sees_the_morning_and_west_the_evening(get: Get) -> None:
    async def noon_share(azimuth: str) -> float:
        query = {"hourly": "global_tilted_irradiance", "tilt": "60", "azimuth": azimuth, "past_days": "1"}
        values = (await get(**query))["hourly"]["global_tilted_irradiance"][:24]
        return float(sum(values[:12]) / sum(values))

    assert await noon_share("-90") > await noon_share("0") > await noon_share("90")


@pytest.mark.parametrize(
    "query",
    [
        {"hourly": "nonsense"},
        {"hourly": "temperature_2m", "latitude": "100"},
        {"hourly": "temperature_2m", "latitude": "north"},
        {"hourly": "temperature_2m", "forecast_days": "17"},
        {"hourly": "temperature_2m", "timezone": "Mars/Olympus"},
    ],
)
async def test_nonsense_is_refused_with_a_reason(get: Get, query: dict[str, str]) -> None:
    answer = await get(status=400, **query)
    assert answer["error"] is True
    assert answer["reason"]


async def test_an_empty_answer(home: VirtualHome, get: Get) -> None:
    await home.break_("open_meteo", Fault.EMPTY)
    assert await get(hourly="temperature_2m") == {}


@pytest.mark.parametrize(
    ("moment", "height", "azimuth"),
    [
        # Brussels at solar noon of the solstices (63.0° and 16.1° high), and the equinox sunrise in the east.
        (datetime(2026, 6, 21, 11, 44, tzinfo=UTC), 62.6, 0.0),
        (datetime(2026, 12, 21, 11, 41, tzinfo=UTC), 15.7, 0.0),
        (datetime(2026, 3, 20, 5, 50, tzinfo=UTC), 0.0, -90.0),
    ],
)
def test_the_sun_stands_where_it_should(moment: datetime, height: float, azimuth: float) -> None:
    sun = sun_at(moment.timestamp(), 50.85, 4.35)
    assert math.degrees(math.asin(sun.sin_height)) == pytest.approx(height, abs=1.0)
    assert sun.azimuth == pytest.approx(azimuth, abs=2.0)


def test_a_clear_summer_noon_gives_about_a_kilowatt() -> None:
    sun = sun_at(datetime(2026, 6, 21, 11, 40, tzinfo=UTC).timestamp(), 46, 5)
    light = sky(sun, 1.0)
    assert 850 < light.ghi < 1_000
    assert light.ghi == pytest.approx(light.dhi + light.dni * sun.sin_height, rel=0.01)
    assert on_plane(sun, light, 30, 0) > light.ghi
