"""The home's load, learned from long-term statistics in a real recorder."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from homeassistant.components.energy.data import EnergyManager, async_get_manager
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.merit_order.engine.model.series import Forecast
from custom_components.merit_order.load_history import LoadForecaster

from .homes import START, entity_home, set_house

type Advance = Callable[[float], Awaitable[None]]

HOUR = timedelta(hours=1)
FIRST = START.replace(minute=0) - timedelta(days=10)


@pytest.fixture(autouse=True)
def _our_integration(
    recorder_mock: Recorder, enable_custom_integrations: None, hass_storage: dict[str, Any]
) -> None:
    """The recorder comes first, as its fixture wants it."""


def remember(hass: HomeAssistant, statistic: str, kw: Callable[[datetime], float], days: int = 10) -> None:
    """The last days (of ten) of an energy counter that rises by `kw` of each hour."""
    total = 0.0
    rows: list[StatisticData] = []
    for i in range((10 - days) * 24, 10 * 24):
        start = FIRST + i * HOUR
        total += kw(start)
        rows.append({"start": start, "state": total, "sum": total})
    async_import_statistics(
        hass,
        {
            "statistic_id": statistic,
            "source": "recorder",
            "name": None,
            "unit_of_measurement": "kWh",
            "unit_class": "energy",
            "has_sum": True,
            "mean_type": StatisticMeanType.NONE,
        },
        rows,
    )


async def learned(hass: HomeAssistant, clock: Advance) -> Forecast:
    await set_house(hass)
    entry = entity_home()
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await entry.runtime_data.home.sources.refresh()
    value: Forecast = entry.runtime_data.home.sources.find("load").value
    await entry.runtime_data.planner.async_refresh()
    assert entry.runtime_data.planner.data.snapshot.load == value
    assert await hass.config_entries.async_unload(entry.entry_id)
    return value


def evening(at: datetime) -> bool:
    return 17 <= at.hour < 21


async def test_a_new_home_gets_a_provisional_load(hass: HomeAssistant, clock: Advance) -> None:
    forecast = await learned(hass, clock)
    assert forecast.provisional
    assert 0.2 < sum(span.value for span in forecast.mid.spans) / len(forecast.mid.spans) < 0.6


async def test_the_past_is_read_when_there_is_another_hour_of_it(hass: HomeAssistant, clock: Advance) -> None:
    assert await async_setup_component(hass, "energy", {})
    manager: EnergyManager = await async_get_manager(hass)
    grid = {"type": "grid", "stat_energy_from": "sensor.grid_import", "stat_energy_to": None}
    preferences: Any = {"energy_sources": [grid]}
    await manager.async_update(preferences)
    entry = entity_home()
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    home = entry.runtime_data.home
    forecaster = LoadForecaster(hass, home.ports, home.assets)

    async def kw() -> float:
        now = home.ports.clock.now()
        return (await forecaster.forecast(now, now + 6 * HOUR)).mid.spans[2].value

    async def used(power: float) -> None:
        remember(hass, "sensor.grid_import", lambda at: power)
        await async_wait_recording_done(hass)

    await used(0.5)
    assert await kw() == pytest.approx(0.5)
    await used(1.0)
    await clock(1800)
    assert await kw() == pytest.approx(0.5)
    await clock(1800)
    assert await kw() == pytest.approx(1.0)
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_the_load_is_what_flows_in_less_what_is_planned_for(
    hass: HomeAssistant, clock: Advance
) -> None:
    """1 kW in the evening and 0.3 kW else, behind a meter, panels, a battery and a boiler we plan for."""
    assert await async_setup_component(hass, "energy", {})
    manager: EnergyManager = await async_get_manager(hass)
    await manager.async_update(
        {
            "energy_sources": [
                {
                    "type": "grid",
                    "stat_energy_from": "sensor.grid_import",
                    "stat_energy_to": "sensor.grid_export",
                },  # type: ignore[typeddict-item]  # prices play no part
                {
                    "type": "solar",
                    "stat_energy_from": "sensor.solar_energy",
                    "config_entry_solar_forecast": None,
                },
                {"type": "battery", "stat_energy_from": "sensor.out", "stat_energy_to": "sensor.in"},
            ]
        }
    )

    def load(at: datetime) -> float:
        return 1.0 if evening(at) else 0.3

    def boiler(at: datetime) -> float:
        return 2.0 if at.hour == 12 else 0.0

    remember(hass, "sensor.solar_energy", lambda at: 1.5 if 10 <= at.hour < 14 else 0.0)
    remember(hass, "sensor.out", lambda at: 0.4 if evening(at) else 0.0)
    remember(hass, "sensor.in", lambda at: 0.5 if at.hour == 11 else 0.0)
    # Added to us two days ago; the entity it is bound to counted before.
    remember(hass, "sensor.boiler_socket_energy", boiler, days=2)
    remember(hass, "sensor.boiler_energy", boiler)

    def grid(at: datetime) -> float:
        solar = 1.5 if 10 <= at.hour < 14 else 0.0
        out, into = (0.4 if evening(at) else 0.0), (0.5 if at.hour == 11 else 0.0)
        return load(at) + boiler(at) - solar - out + into

    remember(hass, "sensor.grid_import", lambda at: max(grid(at), 0.0))
    remember(hass, "sensor.grid_export", lambda at: max(-grid(at), 0.0))
    await async_wait_recording_done(hass)
    await get_instance(hass).async_block_till_done()
    forecast = await learned(hass, clock)
    assert not forecast.provisional
    tomorrow = START + timedelta(days=1)
    by_hour = {span.start: span.value for span in forecast.mid.spans}
    day = {at: kw for at, kw in by_hour.items() if at.date() == tomorrow.date()}
    assert len(day) == 24
    energy = sum(day.values())
    assert energy == pytest.approx(4 * 1.0 + 20 * 0.3, rel=0.08)
    assert min(kw for at, kw in day.items() if 18 <= at.hour < 20) > 2 * max(
        kw for at, kw in day.items() if at.hour in (11, 12)
    )
