"""Outdoor temperatures that are over are kept hour by hour; a source that knows the past is asked for it once. The load
is foreseen by them.
"""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.energy.data import async_get_manager
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.model.errors import BadData
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.series import Forecast, Series
from custom_components.merit_order.load_history import LoadForecaster
from custom_components.merit_order.outdoor_past import ASK_AGAIN, KEEP, OutdoorPast
from custom_components.merit_order.ports import Shelf, build_ports
from custom_components.merit_order.sources import Source, Sources

from .homes import START

HOUR = timedelta(hours=1)
NOW = START.replace(minute=0)


class Weather:
    """A service of which each hour's temperature is the hour of the day; perhaps it knows no past."""

    def __init__(self, *, past: bool) -> None:
        self.past = past
        self.asked = 0

    async def fetch(self, start: datetime, end: datetime) -> Forecast:
        self.asked += 1
        if not self.past and start < NOW - 24 * HOUR:
            raise BadData("no past")
        return self.says(start, end)

    def says(self, start: datetime, end: datetime) -> Forecast:
        hours = [float((start + i * HOUR).hour) for i in range(int((end - start) / HOUR))]
        return Forecast(Series.regular(start, 60, hours, origin="weather", issued=NOW))


def kept(hass: HomeAssistant, weather: Weather, ports: Ports) -> OutdoorPast:
    sources = Sources(hass, MockConfigEntry(domain=DOMAIN), ports)
    midnight = NOW.replace(hour=0)
    source = Source(
        key="temperature",
        kind="weather",
        type=Forecast,
        fetch=weather.fetch,
        next_after=lambda now: now + HOUR,
        shelf_key="x",
        value=weather.says(midnight, midnight + 48 * HOUR),
    )
    sources.items = [source]
    return sources.outdoor


@pytest.fixture(autouse=True)
def _now(freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to(NOW)


async def test_hours_that_are_over_are_kept_and_hours_to_come_are_not(hass: HomeAssistant) -> None:
    shelf = Shelf()
    outdoor = kept(hass, Weather(past=False), build_ports(hass, shelf))
    outdoor.note()
    midnight = NOW.replace(hour=0)
    assert (await outdoor.hourly(midnight, NOW)).tolist() == [float(hour) for hour in range(NOW.hour)]
    assert max(int(at) for at in shelf.load("outdoor")) == int((NOW - HOUR).timestamp())
    again = kept(hass, Weather(past=False), build_ports(hass, shelf))
    assert (await again.hourly(midnight, NOW)).tolist() == [float(hour) for hour in range(NOW.hour)]


async def test_a_source_that_knows_the_past_fills_it(hass: HomeAssistant) -> None:
    weather = Weather(past=True)
    outdoor = kept(hass, weather, build_ports(hass, Shelf()))
    start = NOW - timedelta(days=50)
    assert np.isfinite(await outdoor.hourly(start, NOW)).all()
    await outdoor.hourly(start, NOW)
    assert weather.asked == 1


async def test_a_source_without_a_past_leaves_gaps(hass: HomeAssistant) -> None:
    outdoor = kept(hass, Weather(past=False), build_ports(hass, Shelf()))
    assert np.isnan(await outdoor.hourly(NOW - timedelta(days=50), NOW)).all()


async def test_a_source_without_a_past_is_not_asked_for_it_all_the_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    weather = Weather(past=False)
    outdoor = kept(hass, weather, build_ports(hass, Shelf()))
    for _ in range(3):
        await outdoor.hourly(NOW - timedelta(days=50), NOW)
    assert weather.asked == 1
    freezer.move_to(NOW + ASK_AGAIN)
    await outdoor.hourly(NOW - timedelta(days=50), NOW)
    assert weather.asked == 2


async def test_what_was_is_followed_by_what_is_forecast(hass: HomeAssistant) -> None:
    outdoor = kept(hass, Weather(past=True), build_ports(hass, Shelf()))
    around = await outdoor.around(NOW - 30 * HOUR, NOW + 12 * HOUR)
    assert around.values.tolist() == [float((NOW + i * HOUR).hour) for i in range(-30, 12)]


async def test_what_is_too_old_goes(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    shelf = Shelf()
    outdoor = kept(hass, Weather(past=False), build_ports(hass, shelf))
    outdoor.note()
    before = set(shelf.load("outdoor"))
    freezer.move_to(NOW + KEEP)
    outdoor._add(Weather(past=True).says(NOW, NOW + KEEP).mid, NOW + KEEP - 2 * HOUR, NOW + KEEP)
    assert not before & set(shelf.load("outdoor"))


class Seasons(Weather):
    """Days that differ, and a frost from NOW on."""

    def says(self, start: datetime, end: datetime) -> Forecast:
        hours = [
            degrees(start + i * HOUR) if start + i * HOUR < NOW else -10.0
            for i in range(int((end - start) / HOUR))
        ]
        return Forecast(Series.regular(start, 60, hours, origin="weather", issued=NOW))


def degrees(at: datetime) -> float:
    return 5.0 + 4.0 * float(np.sin(at.timestamp() / 86_400 * 2.1))


class Meter:
    """A home's counter: 0.1 kW for each degree that the day before was below 15 °C."""

    async def mean_power_kw(self, statistic_id: str, start: datetime, end: datetime) -> Series:
        begin = start.replace(minute=0, second=0, microsecond=0)
        hours = [begin + i * HOUR for i in range(int((end - begin) / HOUR))]
        felt = [np.mean([degrees(at - i * HOUR) for i in range(24)]) for at in hours]
        return Series.regular(begin, 60, [0.3 + 0.1 * (15.0 - float(kelvin)) for kelvin in felt])


async def test_the_load_is_foreseen_by_what_the_weather_was_and_is_forecast_to_be(
    hass: HomeAssistant,
) -> None:
    """Sensitivity: without the weather a frost to come is not seen."""
    manager = await async_get_manager(hass)
    await manager.async_update({"energy_sources": [{"type": "grid", "stat_energy_from": "sensor.import"}]})  # type: ignore[typeddict-item]  # prices play no part
    ports = replace(build_ports(hass, Shelf()), history=Meter())
    tomorrow = NOW + 24 * HOUR

    async def said(outdoor: OutdoorPast | None) -> float:
        forecast = await LoadForecaster(hass, ports, (), outdoor).forecast(NOW, NOW + 48 * HOUR)
        assert not forecast.provisional
        return float(np.mean([span.value for span in forecast.mid.spans if span.start >= tomorrow]))

    blind, aware = await said(None), await said(kept(hass, Seasons(past=True), ports))
    assert blind < 1.6
    assert aware == pytest.approx(0.3 + 0.1 * 25.0, rel=0.1)
