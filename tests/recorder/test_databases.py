"""Importing history and learning from it give the same numbers on each of the recorder's databases."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.energy.data import EnergyManager, async_get_manager
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    async_import_statistics,
)
from homeassistant.core import HomeAssistant, valid_entity_id
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_recorder_block_till_done,
    async_wait_recording_done,
    do_adhoc_statistics,
)

from custom_components.merit_order.engine.forecasts import Record, forecast_load
from custom_components.merit_order.engine.model.series import Forecast
from custom_components.merit_order.ports import HassHistory
from tests.ha.homes import START, entity_home, set_house

HOUR = timedelta(hours=1)
THIS_HOUR = START.replace(minute=0)
DAYS = 10
FIRST = THIS_HOUR - timedelta(days=DAYS)

type Powers = np.ndarray[tuple[int], np.dtype[np.float64]]


async def remember(
    hass: HomeAssistant,
    statistic: str,
    kwh: Sequence[float | None],
    unit: str = "kWh",
    first: datetime = FIRST,
) -> None:
    """Import a counter that rose by so much in each hour from `first` on; hours with None were not recorded."""
    total = 5000.0
    rows: list[StatisticData] = []
    for i, change in enumerate(kwh):
        if change is not None:
            total += change
            rows.append(StatisticData(start=first + i * HOUR, state=total, sum=total))
    own = valid_entity_id(statistic)
    metadata = StatisticMetaData(
        statistic_id=statistic,
        source="recorder" if own else statistic.partition(":")[0],
        name=None,
        unit_of_measurement=unit,
        unit_class="energy",
        has_sum=True,
        mean_type=StatisticMeanType.NONE,
    )
    (async_import_statistics if own else async_add_external_statistics)(hass, metadata, rows)
    await async_wait_recording_done(hass)


async def powers(hass: HomeAssistant, statistic: str, first: datetime = FIRST) -> Mapping[datetime, float]:
    """What the integration reads back from `first` on, in kW by hour."""
    series = await HassHistory(hass).mean_power_kw(statistic, first, START)
    return {span.start: span.value for span in series.spans}


async def dashboard(hass: HomeAssistant) -> None:
    """The Energy dashboard of a home whose supplier's import stands in an external statistic."""
    assert await async_setup_component(hass, "energy", {})
    manager: EnergyManager = await async_get_manager(hass)
    await manager.async_update(
        {
            "energy_sources": [
                {
                    "type": "grid",
                    "stat_energy_from": "supplier:grid_import",
                    "stat_energy_to": "sensor.grid_export",
                },  # type: ignore[typeddict-item] # prices play no part
                {
                    "type": "solar",
                    "stat_energy_from": "sensor.solar_energy",
                    "config_entry_solar_forecast": None,
                },
                {"type": "battery", "stat_energy_from": "sensor.out", "stat_energy_to": "sensor.in"},
            ]
        }
    )


async def learned(hass: HomeAssistant) -> Forecast:
    """The load forecast of the home once it has been asked for, as the plan was made with it."""
    await set_house(hass)
    entry = entity_home()
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await hass.services.async_call("merit_order", "replan", {"fetch": True}, blocking=True)
    value: Forecast = entry.runtime_data.home.sources.find("load").value
    assert entry.runtime_data.planner.data.snapshot.load == value
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return value


def test_each_database_is_the_one_it_is_called(
    recorder_mock: Recorder, request: pytest.FixtureRequest
) -> None:
    assert recorder_mock.dialect_name == request.node.callspec.params["recorder_db_url"]


async def test_the_load_learned_is_the_one_learned_from_the_numbers_themselves(hass: HomeAssistant) -> None:
    """Sensitivity: leaving one of the six statistics out changes the forecast by far more than the tolerance."""
    random = np.random.default_rng(4)
    hours = DAYS * 24
    base, boiler = random.uniform(0.2, 2.0, hours), random.uniform(0.0, 1.0, hours)
    solar, battery = random.uniform(0.0, 3.0, hours), random.uniform(-2.0, 2.0, hours)
    grid = base + boiler - solar + battery
    await dashboard(hass)
    await remember(hass, "supplier:grid_import", np.maximum(grid, 0).tolist())
    await remember(hass, "sensor.grid_export", np.maximum(-grid, 0).tolist())
    await remember(hass, "sensor.solar_energy", (1000 * solar).tolist(), "Wh")
    await remember(hass, "sensor.in", np.maximum(battery, 0).tolist())
    await remember(hass, "sensor.out", np.maximum(-battery, 0).tolist())
    await remember(hass, "sensor.boiler_socket_energy", boiler.tolist())

    forecast = await learned(hass)

    now, count = int(THIS_HOUR.timestamp()), len(forecast.mid.spans)
    # The first hour of a history is not to be known; what the forecaster knows of 57 days is gaps before it.
    known = np.concatenate([np.full(57 * 24 - hours + 1, np.nan), base[1:]])
    expected = forecast_load(Record(now - 57 * 86_400, 3600, known), now, count, ZoneInfo("Europe/Paris"))
    assert not forecast.provisional
    assert count > 24
    for series, values in (
        (forecast.low, expected.low),
        (forecast.mid, expected.mid),
        (forecast.high, expected.high),
    ):
        assert series is not None
        assert [span.value for span in series.spans] == pytest.approx(values.tolist(), rel=1e-6)


async def test_a_home_without_history_gets_a_provisional_load(hass: HomeAssistant) -> None:
    assert (await learned(hass)).provisional


async def test_imported_history_comes_back_hour_by_hour(hass: HomeAssistant) -> None:
    kwh = [0.5, 0.25, 0.0, 1.5]
    await remember(hass, "sensor.counter", kwh)
    # Nobody knows in what time the first one came about: the counter may have been 5000 kWh old.
    assert await powers(hass, "sensor.counter") == pytest.approx(
        {FIRST + i * HOUR: kwh[i] for i in (1, 2, 3)}
    )


async def test_what_piled_up_while_nothing_was_recorded_is_no_hour_of_its_own(hass: HomeAssistant) -> None:
    await remember(hass, "sensor.counter", [0.5, 0.5, None, None, 1.5, 0.5])
    assert await powers(hass, "sensor.counter") == pytest.approx({FIRST + HOUR: 0.5, FIRST + 5 * HOUR: 0.5})


async def test_both_hours_of_the_night_the_clocks_go_back_are_there(hass: HomeAssistant) -> None:
    first = datetime(2026, 10, 24, 23, tzinfo=UTC)
    await remember(hass, "sensor.counter", [0.1, 0.2, 0.3, 0.4], first=first)
    assert await powers(hass, "sensor.counter", first) == pytest.approx(
        {first + HOUR: 0.2, first + 2 * HOUR: 0.3, first + 3 * HOUR: 0.4}
    )


async def test_what_the_recorder_counts_itself_is_read_too(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    assert await async_setup_component(hass, "sensor", {})
    energy = {"unit_of_measurement": "kWh", "device_class": "energy", "state_class": "total_increasing"}
    five_minutes = timedelta(minutes=5)
    reading = 100.0
    for i in range(36):
        start = THIS_HOUR - 3 * HOUR + i * five_minutes
        # 1.2 kW in the first hour, 2.4 kW in the second, 3.6 kW in the third.
        reading += 0.1 * (1 + i // 12)
        freezer.move_to(start + five_minutes - timedelta(seconds=1))
        hass.states.async_set("sensor.counter", f"{reading:.1f}", energy)
        await async_wait_recording_done(hass)
        freezer.move_to(start + five_minutes)
        do_adhoc_statistics(hass, start=start)
        await async_recorder_block_till_done(hass)
    freezer.move_to(START)
    assert await powers(hass, "sensor.counter") == pytest.approx(
        {THIS_HOUR - 2 * HOUR: 2.4, THIS_HOUR - HOUR: 3.6}
    )
