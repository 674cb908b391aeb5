"""Outdoor temperatures that are over are kept hour by hour; a source that knows the past is asked for it once."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.model.errors import BadData
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.series import Forecast, Series
from custom_components.merit_order.outdoor_past import KEEP, OutdoorPast
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
    return OutdoorPast(ports, sources)


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


async def test_what_is_too_old_goes(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    shelf = Shelf()
    outdoor = kept(hass, Weather(past=False), build_ports(hass, shelf))
    outdoor.note()
    before = set(shelf.load("outdoor"))
    freezer.move_to(NOW + KEEP)
    outdoor._add(Weather(past=True).says(NOW, NOW + KEEP).mid, NOW + KEEP - 2 * HOUR, NOW + KEEP)
    assert not before & set(shelf.load("outdoor"))
