"""Forecasts are kept as they were made and compared with what the recorder measured; a bad one is named in words."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.model.series import Forecast, Quality, Series
from custom_components.merit_order.sensor_scorecard import SCORE_SENSORS, scorecard_sensors
from custom_components.merit_order.sources import Source
from custom_components.merit_order.stored import ForecastConfig, PlugIn, TariffConfig

from .homes import CONTRACT, ROOF, entity_devices, entity_home, respond, set_house, state_of, subentry

type Advance = Callable[[float], Awaitable[None]]

HOUR = timedelta(hours=1)
# Midnight in Paris, as the clock of these tests stands at 10:02 there.
MIDNIGHT = datetime(2026, 11, 21, 23, tzinfo=UTC)
FORMULA = {"factor": 1.0, "supplier": 0.0, "grid_fee": 0.0, "levy": 0.0, "vat": 0.0}
LOAD_QUALITY = "sensor.home_load_forecast_quality"


@pytest.fixture(autouse=True)
def _our_integration(
    recorder_mock: Recorder, enable_custom_integrations: None, hass_storage: dict[str, Any]
) -> None:
    """The recorder comes first, as its fixture wants it."""


async def remember(hass: HomeAssistant, statistic: str, kw: float, hours: int) -> None:
    """A counter that rises by `kw` in each hour from an hour before midnight on."""
    rows: list[StatisticData] = [
        {"start": MIDNIGHT + (i - 2) * HOUR, "state": i * kw, "sum": i * kw} for i in range(hours + 2)
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
    await async_wait_recording_done(hass)


def says(source: Source[Any], kw: float) -> None:
    """From now on the source forecasts so much, for four days."""
    mid = Series.regular(MIDNIGHT - HOUR, 60, [kw] * 96, Quality.FORECAST)
    source.value = Forecast(mid)


async def until(hass: HomeAssistant, clock: Advance, at: datetime) -> None:
    await clock((at - dt_util.utcnow()).total_seconds())


async def set_up(hass: HomeAssistant) -> MockConfigEntry:
    hass.config.currency = "EUR"
    await set_house(hass)
    entry = entity_home()
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


async def judged(hass: HomeAssistant, clock: Advance, entry: MockConfigEntry, days: int) -> None:
    """So many days of a home that draws 1 kW from the grid and for which 1.5 kW was said."""
    load = entry.runtime_data.home.sources.find("load")
    await remember(hass, "sensor.meter_grid_import", 1.0, 24 * days)
    await remember(hass, "sensor.meter_grid_export", 0.0, 24 * days)
    await remember(hass, "sensor.roof_solar_energy", 0.0, 24 * days)
    for day in range(days):
        says(load, 1.5)
        await until(hass, clock, MIDNIGHT + timedelta(days=day))
        says(load, 7.0)  # too late to count for the day ahead
        await until(hass, clock, MIDNIGHT + timedelta(days=day + 1, minutes=-30))
    await until(hass, clock, MIDNIGHT + timedelta(days=days, minutes=20))


async def test_a_bad_forecast_is_named_in_words_also_after_a_restart(
    hass: HomeAssistant, clock: Advance
) -> None:
    entry = await set_up(hass)
    assert state_of(hass, LOAD_QUALITY) == "learning"
    await judged(hass, clock, entry, 3)
    assert state_of(hass, LOAD_QUALITY) == "too_high"
    answer = await respond(hass, DOMAIN, "get_scorecard", {})
    row = next(row for row in answer["forecasts"] if (row["forecast"], row["lead"]) == ("load", "day_ahead"))
    assert row.pop("text") == ("Load forecast: too high, it said 50 % more than was measured over 3 days")
    assert row == {
        "forecast": "load",
        "lead": "day_ahead",
        "name": None,
        "mae": 0.5,
        "unit": "kW",
        "relative": True,
        "bias": 0.5,
        "daily_error": 0.5,
        "days": 3,
        "verdict": "too_high",
    }
    assert row in entry.runtime_data.scorecard.json()
    before = entry.runtime_data.scorecard.data
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.runtime_data.scorecard.data == before
    await hass.config_entries.async_unload(entry.entry_id)


async def test_panels_are_judged_by_their_own_counter_and_prices_by_what_was_published(
    hass: HomeAssistant, clock: Advance
) -> None:
    """1 kW was measured of 0.8 kW said; 0.40, and 0.15 for feeding in, was expected before 0.20 was published."""
    hass.config.currency = "EUR"
    await set_house(hass)
    provider = ForecastConfig(
        source=PlugIn(kind="energy_platform", options={"provider": "gone"}), asset=f"{ROOF}_solar"
    )
    market = PlugIn(kind="entity", options={"entity": "sensor.price", **FORMULA})
    contract = TariffConfig(supply=market, export=market)
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        entry_id="home",
        subentries_data=[
            *entity_devices(),
            subentry(CONTRACT, "tariff", "Contract", contract),
            subentry("sun", "forecast", "Sun", provider),
        ],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    sources = entry.runtime_data.home.sources
    sources.stop()
    await remember(hass, "sensor.roof_solar_energy", 1.0, 24)
    says(sources.find(f"solar:{ROOF}_solar"), 0.8)
    price = sources.find("price")
    paid = sources.find("export_price")
    for source, expected in ((price, 0.40), (paid, 0.15)):
        source.value = Series.regular(MIDNIGHT - HOUR, 60, [0.30], Quality.KNOWN)
        source.expected = Series.regular(MIDNIGHT, 60, [expected] * 24, Quality.FORECAST)
    await until(hass, clock, MIDNIGHT)
    for source in (price, paid):
        source.value = Series.regular(MIDNIGHT, 60, [0.20] * 24, Quality.KNOWN)
        source.expected = None
    await until(hass, clock, MIDNIGHT + timedelta(days=1, minutes=20))
    rows = {row["forecast"]: row for row in entry.runtime_data.scorecard.json()}
    sun = rows[f"solar:{ROOF}_solar"]
    assert (sun["name"], sun["unit"], sun["days"]) == ("Panels", "kW", 1)
    assert (sun["mae"], sun["bias"], sun["daily_error"]) == pytest.approx((0.2, -0.2, 0.2))
    assert (rows["price"]["unit"], rows["price"]["mae"]) == ("EUR/kWh", 0.2)
    assert rows["price"]["bias"] == pytest.approx(1.0)
    assert rows["export_price"]["bias"] == pytest.approx(-0.25)
    assert state_of(hass, "sensor.home_expected_feed_in_prices_quality") == "learning"
    assert state_of(hass, "sensor.home_solar_forecast_panels_quality") == "learning"
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_cold_forecast_is_named_in_degrees_by_what_the_weather_came_to_be(
    hass: HomeAssistant, clock: Advance
) -> None:
    """Each day 2.5 degrees too cold was said as it began; once it was over the service knew better."""

    def sky(midnight: datetime) -> list[tuple[datetime, float]]:
        return [(midnight + i * HOUR, -6.0 if i < 0 else -8.5) for i in range(-25, 25)]

    async def hourly(call: ServiceCall) -> ServiceResponse:
        rows: list[JsonValueType] = [
            {"datetime": at.isoformat(), "temperature": value} for at, value in sky(MIDNIGHT)
        ]
        return {"weather.home": {"forecast": rows}}

    hass.states.async_set("weather.home", "snowy", {"temperature_unit": "°C"})
    hass.services.async_register("weather", "get_forecasts", hourly, supports_response=SupportsResponse.ONLY)
    await set_house(hass)
    weather = ForecastConfig(source=PlugIn(kind="weather_entity", options={"entity": "weather.home"}))
    entry = entity_home(subentry("sky", "forecast", "Sky", weather))
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    sources = entry.runtime_data.home.sources
    sources.stop()
    source = sources.find("temperature")
    for day in range(4):
        midnight = MIDNIGHT + timedelta(days=day)
        values = [value for _, value in sky(midnight)]
        source.value = Forecast(Series.regular(midnight - 25 * HOUR, 60, values, Quality.FORECAST))
        await until(hass, clock, midnight)
        await until(hass, clock, midnight + timedelta(minutes=20))
    assert state_of(hass, "sensor.home_temperature_forecast_quality") == "too_low"
    row = next(row for row in entry.runtime_data.scorecard.json() if row["forecast"] == "temperature")
    assert (row["unit"], row["relative"], row["days"]) == ("°C", False, 3)
    assert (row["mae"], row["bias"], row["daily_error"]) == (2.5, -2.5, 2.5)
    sensors = scorecard_sensors(entry.runtime_data.scorecard)
    figures = {
        each.entity_description.key: (each.native_value, each.native_unit_of_measurement)
        for each in sensors
        if each.device_class == "temperature_delta"
    }
    assert figures == {"mae": (2.5, "°C"), "bias": (-2.5, "°C"), "daily_error": (2.5, "°C")}
    answer = await respond(hass, DOMAIN, "get_scorecard", {})
    said = {row["lead"]: row["text"] for row in answer["forecasts"] if row["forecast"] == "temperature"}
    assert said["day_ahead"] == "Temperature forecast: too cold, on average by 2.5 °C over 3 days"
    hass.config.units = US_CUSTOMARY_SYSTEM
    answer = await respond(hass, DOMAIN, "get_scorecard", {})
    assert "on average by 4.5 °F" in next(
        r["text"] for r in answer["forecasts"] if r["text"].startswith("Temp")
    )
    await hass.config_entries.async_unload(entry.entry_id)


async def test_one_sensor_per_forecast_is_shown_and_its_figures_on_request(
    hass: HomeAssistant,
    clock: Advance,
    entity_registry: er.EntityRegistry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    entry = await set_up(hass)
    found = {
        each.unique_id.removeprefix("home_"): (each.disabled, each.entity_category)
        for each in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
        if each.unique_id.endswith(tuple(f"_{row.key}" for row in SCORE_SENSORS))
    }
    assert found == {
        "load_quality": (False, "diagnostic"),
        "load_mae": (True, "diagnostic"),
        "load_bias": (True, "diagnostic"),
        "load_daily_error": (True, "diagnostic"),
    }, "a price that a contract fixes needs no forecast"
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "merit_order/subscribe"})
    assert (await client.receive_json())["success"]
    rows = (await client.receive_json())["event"]["scorecard"]
    assert {row["forecast"]: row["verdict"] for row in rows} == {"load": "learning"}
    await hass.config_entries.async_unload(entry.entry_id)
