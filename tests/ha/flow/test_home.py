"""From "Add integration" to a configured home."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

from aiohttp import ClientConnectionError
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
    mock_platform,
)

from custom_components.merit_order import stored
from custom_components.merit_order.const import DOMAIN, MODE_ADVISE

from .conftest import BATTERY, GRID, SOLAR, Dashboard, go_on, start, suggested

BOILER = {"stat_consumption": "sensor.boiler_energy"}


def by_kind(entry: ConfigEntry) -> dict[str, stored.DeviceConfig]:
    return {config.kind: config for _, config in stored.devices(entry)}


async def test_what_the_energy_dashboard_knows_is_offered_and_accepted(
    hass: HomeAssistant, dashboard: Dashboard, entries: Callable[[], ConfigEntry]
) -> None:
    await dashboard(GRID, SOLAR, BATTERY, devices=(BOILER,))

    result = await start(hass)
    assert result["step_id"] == "dashboard"
    offered = suggested(result)
    assert len(offered["grid"]) == len(offered["solar"]) == len(offered["battery"]) == 1
    assert offered["load"] == [], "what may be switched is never ticked for the person"
    assert (offered["import_price"], offered["export_price"]) == (0.31, 0.08)

    result = await go_on(hass, result, offered)
    assert result["step_id"] == "details_battery", "no limits of the battery are known"
    assert suggested(result)["capacity_kwh"] == 10.0, "the dashboard knows the capacity"
    result = await go_on(hass, result, {**suggested(result), "max_charge_kw": 4.0})
    assert result["step_id"] == "panels"
    result = await go_on(hass, result, {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Villa"
    assert "next_flow" not in result

    entry = entries()
    assert stored.settings(entry).mode == MODE_ADVISE
    devices = by_kind(entry)
    assert devices["entities_grid"].options["power"] == "sensor.grid_power"
    assert devices["entities_grid"].options["power_sign"] == "import_positive"
    assert devices["entities_solar"].assets[0].name == "Roof"
    assert devices["entities_grid"].assets[0].name == "Grid", "nobody gave the meter a name"
    battery = devices["entities_battery"]
    assert battery.options["power_sign"] == "discharge_positive", "the dashboard counts discharge as positive"
    assert (battery.options["charge_energy"], battery.options["discharge_energy"]) == (
        "sensor.battery_in",
        "sensor.battery_out",
    )
    assert battery.assets[0].params["capacity_kwh"] == 10.0
    assert battery.assets[0].params["max_charge_kw"] == 4.0
    ((_, tariff),) = stored.tariffs(entry)
    assert tariff.supply.options == {"price": 0.31}
    assert tariff.export is not None
    assert tariff.export.options == {"price": 0.08}
    assert stored.forecasts(entry) == []


async def test_a_load_that_is_ticked_is_asked_about(
    hass: HomeAssistant, dashboard: Dashboard, entries: Callable[[], ConfigEntry]
) -> None:
    await dashboard(GRID, devices=(BOILER,))
    result = await start(hass)
    (field,) = [field for marker, field in result["data_schema"].schema.items() if marker.schema == "load"]
    (boiler,) = field.config["options"]
    assert boiler["label"] == "Kitchen boiler"

    result = await go_on(hass, result, {**suggested(result), "load": [boiler["value"]]})
    assert result["step_id"] == "details_load"
    assert result["description_placeholders"] == {"name": "Kitchen boiler"}
    answers = {"mode": "needed", "energy_kwh": 3.0, "deadline": "18:00:00"}
    result = await go_on(hass, result, answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY

    load = by_kind(entries())["entities_switch"]
    assert load.options == {
        "switch": "switch.boiler",
        "power": "sensor.boiler_power",
        "energy": "sensor.boiler_energy",
    }
    assert load.assets[0].params["energy_kwh"] == 3.0
    assert "power_kw" not in load.assets[0].params, (
        "what it uses at the moment is not what it uses when it runs"
    )


async def test_what_is_unticked_stays_out(
    hass: HomeAssistant, dashboard: Dashboard, entries: Callable[[], ConfigEntry]
) -> None:
    await dashboard(GRID, SOLAR, BATTERY)
    result = await start(hass)
    result = await go_on(hass, result, {**suggested(result), "solar": [], "battery": []})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert set(by_kind(entries())) == {"entities_grid"}


def counter(hass: HomeAssistant, name: str) -> dict[str, Any]:
    """A grid source of the dashboard that is one counter only."""
    hass.states.async_set(f"sensor.{name}", "12", {"unit_of_measurement": "kWh", "device_class": "energy"})
    source = {**GRID, "stat_energy_from": f"sensor.{name}", "stat_energy_to": None}
    source.pop("stat_rate")
    return source


async def test_day_and_night_counters_make_one_meter(
    hass: HomeAssistant, dashboard: Dashboard, entries: Callable[[], ConfigEntry]
) -> None:
    await dashboard(counter(hass, "night"), GRID)
    result = await start(hass)
    assert len(suggested(result)["grid"]) == 1
    await go_on(hass, result, suggested(result))
    ((_, meter),) = stored.devices(entries())
    assert meter.options["power"] == "sensor.grid_power"
    assert (meter.options["import_energy"], meter.options["import_energy_2"]) == (
        "sensor.grid_import",
        "sensor.night",
    )
    assert "export_energy_2" not in meter.options


async def test_more_counters_make_one_grid(
    hass: HomeAssistant, dashboard: Dashboard, entries: Callable[[], ConfigEntry]
) -> None:
    await dashboard(GRID, counter(hass, "night"), counter(hass, "sunday"))
    result = await start(hass)
    assert len(suggested(result)["grid"]) == 1
    (field,) = [field for marker, field in result["data_schema"].schema.items() if marker.schema == "grid"]
    everything = [option["value"] for option in field.config["options"]]
    await go_on(hass, result, {**suggested(result), "grid": everything})
    devices = [config for _, config in stored.devices(entries())]
    assert [len(config.assets) for config in devices] == [1, 0, 0]


async def test_a_battery_without_a_state_of_charge_is_asked_for_it(
    hass: HomeAssistant, dashboard: Dashboard, entries: Callable[[], ConfigEntry]
) -> None:
    await dashboard(GRID, {key: value for key, value in BATTERY.items() if key != "stat_soc"})
    result = await start(hass)
    result = await go_on(hass, result, suggested(result))
    assert result["step_id"] == "soc"
    assert result["description_placeholders"] == {"name": "LUNA"}
    result = await go_on(hass, result, {"soc": "sensor.battery_soc"})
    assert result["step_id"] == "details_battery"
    await go_on(hass, result, suggested(result))
    assert by_kind(entries())["entities_battery"].options["soc"] == "sensor.battery_soc"


async def test_an_entity_that_does_not_fit_is_named_on_its_field(
    hass: HomeAssistant, dashboard: Dashboard
) -> None:
    hass.states.async_set("sensor.grid_power", "3", {"unit_of_measurement": "°C"})
    await dashboard(GRID, SOLAR)
    result = await start(hass)
    result = await go_on(hass, result, suggested(result))
    assert result["step_id"] == "dashboard"
    assert result["errors"] == {"grid": "entity_unit"}
    assert result["description_placeholders"]["entity"] == "sensor.grid_power"
    result = await go_on(hass, result, {"solar": []})
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_the_dashboards_own_forecast_is_used(
    hass: HomeAssistant, dashboard: Dashboard, entries: Callable[[], ConfigEntry]
) -> None:
    async def forecast(hass: HomeAssistant, config_entry_id: str) -> dict[str, dict[str, float]]:
        return {"wh_hours": {dt_util.utcnow().isoformat(): 500.0}}

    mock_integration(hass, MockModule("sunny"))
    mock_platform(hass, "sunny.energy", Mock(async_get_solar_forecast=forecast))
    MockConfigEntry(domain="sunny", entry_id="sunny", state=ConfigEntryState.LOADED).add_to_hass(hass)
    await dashboard(GRID, {**SOLAR, "config_entry_solar_forecast": ["gone", "sunny"]})
    result = await start(hass)
    result = await go_on(hass, result, suggested(result))
    assert result["type"] is FlowResultType.CREATE_ENTRY, "nothing more has to be asked"
    ((_, forecast_config),) = stored.forecasts(entries())
    assert forecast_config.asset is None, "there is only one roof"
    assert forecast_config.source == stored.PlugIn(kind="energy_platform", options={"provider": "sunny"})


async def test_the_dashboards_price_entities_are_used(
    hass: HomeAssistant, dashboard: Dashboard, entries: Callable[[], ConfigEntry]
) -> None:
    hass.states.async_set("sensor.earns", "0.07", {"unit_of_measurement": "EUR/kWh"})
    by_entity = {"entity_energy_price": "sensor.price", "entity_energy_price_export": "sensor.earns"}
    await dashboard({**GRID, "number_energy_price": None, "number_energy_price_export": None, **by_entity})
    result = await start(hass)
    assert suggested(result)["import_entity"] == "sensor.price"

    hass.states.async_set("sensor.price", "unknown", {"unit_of_measurement": "EUR/kWh"})
    result = await go_on(hass, result, suggested(result))
    assert result["errors"] == {"import_entity": "no_prices"}
    hass.states.async_set("sensor.price", "31", {"unit_of_measurement": "ct/kWh"})
    result = await go_on(hass, result, suggested(result))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    ((_, tariff),) = stored.tariffs(entries())
    assert (tariff.supply.kind, tariff.supply.options["entity"]) == ("entity", "sensor.price")
    assert tariff.export is not None
    assert tariff.export.options["entity"] == "sensor.earns"


async def test_a_nord_pool_sensor_stands_for_its_integration(
    hass: HomeAssistant, dashboard: Dashboard, entries: Callable[[], ConfigEntry]
) -> None:
    async def prices(call: ServiceCall) -> ServiceResponse:
        day = dt_util.parse_datetime(f"{call.data['date']}T00:00:00+01:00", raise_on_error=True)
        hours = [day + timedelta(hours=hour) for hour in range(24)]
        rows: list[JsonValueType] = [
            {"start": hour.isoformat(), "end": (hour + timedelta(hours=1)).isoformat(), "price": 80.0}
            for hour in hours
        ]
        return dict.fromkeys(call.data["areas"], rows)

    hass.services.async_register(
        "nordpool", "get_prices_for_date", prices, supports_response=SupportsResponse.ONLY
    )
    pool = MockConfigEntry(domain="nordpool", entry_id="pool")
    pool.add_to_hass(hass)
    sensor = er.async_get(hass).async_get_or_create(
        "sensor", "nordpool", "BE-current_price", suggested_object_id="spot", config_entry=pool
    )
    await dashboard({**GRID, "number_energy_price": None, "entity_energy_price": sensor.entity_id})
    result = await start(hass)
    result = await go_on(hass, result, suggested(result))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    ((_, tariff),) = stored.tariffs(entries())
    assert tariff.supply.kind == "nordpool"
    assert tariff.supply.options["config_entry"] == "pool"
    assert tariff.supply.options["area"] == "BE"


async def test_panels_are_tried_out_with_the_service(
    hass: HomeAssistant,
    dashboard: Dashboard,
    entries: Callable[[], ConfigEntry],
    aioclient_mock: Any,
) -> None:
    await dashboard(GRID, SOLAR)
    result = await start(hass)
    result = await go_on(hass, result, suggested(result))
    assert result["step_id"] == "panels"
    assert result["description_placeholders"]["name"] == "Roof"

    panels = {"kwp": 5.0, "tilt": 40.0, "azimuth": 170.0}
    aioclient_mock.get("https://api.open-meteo.com/v1/forecast", exc=ClientConnectionError())
    result = await go_on(hass, result, panels)
    assert result["step_id"] == "panels"
    assert result["errors"] == {"base": "cannot_connect"}

    aioclient_mock.clear_requests()
    aioclient_mock.get("https://api.open-meteo.com/v1/forecast", text=weather())
    result = await go_on(hass, result, panels)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    ((_, forecast),) = stored.forecasts(entries())
    assert forecast.source.kind == "open_meteo"
    assert {key: forecast.source.options[key] for key in panels} == panels


def weather() -> str:
    """Open-Meteo's answer for two days from today, dark and mild."""
    midnight = dt_util.utcnow().replace(hour=0, minute=0, second=0, microsecond=0)
    labels = [f"{midnight + i * timedelta(minutes=15):%Y-%m-%dT%H:%M}" for i in range(288)]
    units = {
        "global_tilted_irradiance": "W/m²",
        "shortwave_radiation": "W/m²",
        "temperature_2m": "°C",
        "wind_speed_10m": "m/s",
    }
    values = {name: [8.0 if name == "temperature_2m" else 0.0] * len(labels) for name in units}
    return json.dumps(
        {
            "utc_offset_seconds": 0,
            "minutely_15_units": {"time": "iso8601", **units},
            "minutely_15": {"time": labels, **values},
        }
    )


async def test_without_a_fixed_price_the_tariff_is_asked_next(
    hass: HomeAssistant, dashboard: Dashboard, entries: Callable[[], ConfigEntry]
) -> None:
    await dashboard({**GRID, "number_energy_price": None})
    result = await start(hass)
    assert "import_price" not in suggested(result)
    result = await go_on(hass, result, {"grid": suggested(result)["grid"]})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    _, flow_id = result["next_flow"]
    following = hass.config_entries.subentries.async_get(flow_id)
    assert following["handler"] == (entries().entry_id, "tariff")
    assert following["step_id"] == "supply"


async def test_without_an_energy_dashboard_entities_are_asked(
    hass: HomeAssistant, entries: Callable[[], ConfigEntry]
) -> None:
    result = await start(hass)
    assert result["step_id"] == "guided"
    answers = {
        "entities_grid": {"power": "sensor.grid_power", "power_sign": "import_positive"},
        "entities_solar": {},
        "entities_battery": {
            "soc": "sensor.battery_soc",
            "power_sign": "charge_positive",
            "capacity_kwh": 5.0,
        },
        "import_price": 0.25,
    }
    result = await go_on(hass, result, answers)
    assert result["step_id"] == "details_battery"
    assert suggested(result)["capacity_kwh"] == 5.0
    result = await go_on(hass, result, suggested(result))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert set(by_kind(entries())) == {"entities_grid", "entities_battery"}


async def test_an_empty_house_goes_on_to_its_first_device(
    hass: HomeAssistant, entries: Callable[[], ConfigEntry]
) -> None:
    result = await start(hass)
    nothing: dict[str, Any] = {"entities_grid": {}, "entities_solar": {}, "entities_battery": {}}
    result = await go_on(hass, result, nothing)
    _, flow_id = result["next_flow"]
    assert hass.config_entries.subentries.async_get(flow_id)["handler"] == (entries().entry_id, "device")


async def test_guided_entities_that_do_not_fit_are_named(hass: HomeAssistant) -> None:
    result = await start(hass)
    answers = {
        "entities_grid": {"power": "sensor.nowhere"},
        "entities_solar": {},
        "entities_battery": {},
    }
    result = await go_on(hass, result, answers)
    assert result["errors"] == {"base": "entity_missing"}
    assert result["description_placeholders"]["entity"] == "sensor.nowhere"
    battery = {"power": "sensor.battery_power", "power_sign": "charge_positive"}
    result = await go_on(hass, result, {**answers, "entities_grid": {}, "entities_battery": battery})
    assert result["errors"] == {"base": "invalid_input"}, "a battery needs its state of charge"


async def test_there_is_one_home(hass: HomeAssistant) -> None:
    MockConfigEntry(domain=DOMAIN).add_to_hass(hass)
    result = await start(hass)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "single_instance_allowed"
