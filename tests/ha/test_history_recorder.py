"""What nobody saw of the last day is read from a real recorder's statistics."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.merit_order.engine.model.codec import from_json, to_json
from custom_components.merit_order.stored import DeviceConfig

from .homes import BATTERY_ID, BOILER_ID, START, STORE, entity_home, set_house

type Advance = Callable[[float], Awaitable[None]]

HOUR = timedelta(hours=1)
FIRST = START.replace(minute=0) - timedelta(hours=6)
# What each of our counters rises by in an hour.
KWH = {
    "sensor.meter_grid_import": 1.5,
    "sensor.meter_grid_export": 0.25,
    "sensor.roof_solar_energy": 1.0,
    "sensor.store_energy_charged": 0.0,
    "sensor.store_energy_discharged": 0.5,
    "sensor.boiler_socket_energy": 2.0,
}


@pytest.fixture(autouse=True)
def _our_integration(
    recorder_mock: Recorder, enable_custom_integrations: None, hass_storage: dict[str, Any]
) -> None:
    """The recorder comes first, as its fixture wants it."""


def remember(hass: HomeAssistant, statistic: str, kwh: float) -> None:
    """Six hours of a counter that rises evenly, up to the hour that runs."""
    rows: list[StatisticData] = [
        {"start": FIRST + i * HOUR, "state": i * kwh, "sum": i * kwh} for i in range(7)
    ]
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


def remember_charge(hass: HomeAssistant) -> None:
    """A battery that goes from 20 % by ten a hour, on the mean of each."""
    async_import_statistics(
        hass,
        {
            "statistic_id": "sensor.store_state_of_charge",
            "source": "recorder",
            "name": None,
            "unit_of_measurement": "%",
            "unit_class": None,
            "has_sum": False,
            "mean_type": StatisticMeanType.ARITHMETIC,
        },
        [{"start": FIRST + i * HOUR, "mean": 20.0 + 10 * i} for i in range(6)],
    )


def counted_home(battery_counts: bool) -> MockConfigEntry:
    """The home of entities; its battery has counters for what it took and gave, or none."""
    entry = entity_home()
    if battery_counts:
        store = entry.subentries[STORE]
        config = from_json(DeviceConfig, dict(store.data))
        counters = {"charge_energy": "sensor.battery_in", "discharge_energy": "sensor.battery_out"}
        data = to_json(replace(config, options={**config.options, **counters}))
        changed = replace(store, data=MappingProxyType(data))
        entry.subentries = MappingProxyType({**entry.subentries, STORE: changed})
    return entry


async def past_of(hass: HomeAssistant, clock: Advance, entry: MockConfigEntry) -> dict[str, Any]:
    """What the home knows of the day before it was set up."""
    await set_house(hass)
    for counter in ("sensor.battery_in", "sensor.battery_out"):
        hass.states.async_set(counter, "100", {"unit_of_measurement": "kWh", "device_class": "energy"})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.runtime_data.history.past.to_json() is None
    for statistic, kwh in KWH.items():
        remember(hass, statistic, kwh)
    remember_charge(hass)
    await async_wait_recording_done(hass)
    await clock(60)
    entry.runtime_data.history.complete()
    await hass.async_block_till_done(wait_background_tasks=True)
    past: dict[str, Any] = entry.runtime_data.history.past.to_json()
    assert await hass.config_entries.async_unload(entry.entry_id)
    return past


async def test_what_nobody_saw_is_read_from_statistics_by_the_hour(
    hass: HomeAssistant, clock: Advance
) -> None:
    past = await past_of(hass, clock, counted_home(battery_counts=True))
    # The first hour's rise is not known, and of the running hour (it is 9:03) nothing yet.
    assert past["start"] == "2026-11-21T04:00:00Z"
    assert datetime.fromisoformat(past["start"]) + len(past["price"]) * timedelta(minutes=15) == datetime(
        2026, 11, 21, 9, 0, tzinfo=UTC
    )
    assert {key: values[0] for key, values in past["measured"].items()} == {
        "grid": 1.25,
        "solar": 1.0,
        BATTERY_ID: -0.5,
        BOILER_ID: 2.0,
        # 1.25 from the grid, 1.0 from the sun and 0.5 out of the battery, of which the boiler had 2.0.
        "load": 0.75,
    }
    # The store holds 10 kWh. Means stand at the middles of their hours; behind the last one nothing is known.
    levels = past["measured_level"][BATTERY_ID]
    assert levels[:4] == [2.75, 3.0, 3.25, 3.5]
    assert levels[-3:] == [None, None, None]
    assert past["planned"] == {}
    assert past["price"][0] == 0.3


async def test_what_a_store_without_counters_gave_the_home_is_not_made_up(
    hass: HomeAssistant, clock: Advance
) -> None:
    past = await past_of(hass, clock, counted_home(battery_counts=False))
    assert past["measured"].keys() == {"grid", "solar", BOILER_ID}
