"""What loaded integrations have is offered on the first screen, and completes what the Energy dashboard knows."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import homeassistant.components
import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order import stored
from custom_components.merit_order.engine.devices import device_kind
from custom_components.merit_order.found import PATTERNS, Pattern

from .conftest import GRID, Dashboard, go_on, start, suggested

COMPONENTS = Path(next(iter(homeassistant.components.__path__)))


def add_device(
    hass: HomeAssistant,
    platform: str,
    name: str,
    entities: Mapping[str, str],
    model_id: str | None = None,
) -> None:
    """A device of an integration with sensors by key; the class of each sensor."""
    entry = MockConfigEntry(domain=platform, title=name)
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(platform, name)}, name=name, model_id=model_id
    )
    for key, device_class in entities.items():
        made = er.async_get(hass).async_get_or_create(
            "sensor",
            platform,
            f"{name}_{key}",
            suggested_object_id=key,
            config_entry=entry,
            device_id=device.id,
            original_device_class=device_class,
        )
        unit = {"power": "W", "energy": "kWh", "battery": "%"}.get(device_class)
        hass.states.async_set(made.entity_id, "1", {"unit_of_measurement": unit})


def add_p1(hass: HomeAssistant) -> None:
    keys = {"active_power_w": "power", "active_power_l1_w": "power", "monthly_power_peak_w": "power"}
    energy = {"total_power_import_kwh": "energy", "total_power_export_kwh": "energy"}
    add_device(hass, "homewizard", "P1 meter", keys | energy, model_id="HWE-P1")


async def test_a_p1_meter_alone_is_enough_to_begin(
    hass: HomeAssistant, entries: Callable[[], ConfigEntry]
) -> None:
    add_p1(hass)
    result = await start(hass)
    assert result["step_id"] == "dashboard"
    offered = suggested(result)
    assert len(offered["grid"]) == 1
    assert offered["load"] == [], "the boiler's socket is offered, not ticked"
    await go_on(hass, result, {**offered, "import_price": 0.3})
    ((_, meter),) = stored.devices(entries())
    assert meter.options == {
        "power": "sensor.active_power_w",
        "power_sign": "import_positive",
        "import_energy": "sensor.total_power_import_kwh",
        "export_energy": "sensor.total_power_export_kwh",
        "month_peak": "sensor.monthly_power_peak_w",
    }
    assert meter.assets[0].name == "P1 meter"


async def test_the_dashboards_meter_is_completed_not_doubled(
    hass: HomeAssistant, dashboard: Dashboard, entries: Callable[[], ConfigEntry]
) -> None:
    add_p1(hass)
    source = {
        **GRID,
        "stat_energy_from": "sensor.total_power_import_kwh",
        "stat_energy_to": "sensor.total_power_export_kwh",
        "power_config": {"stat_rate_inverted": "sensor.grid_power"},
    }
    await dashboard(source)
    result = await start(hass)
    assert len(suggested(result)["grid"]) == 1
    await go_on(hass, result, suggested(result))
    ((_, meter),) = stored.devices(entries())
    assert (meter.options["power"], meter.options["power_sign"]) == (
        "sensor.grid_power",
        "export_positive",
    ), "what the person told the dashboard stays"
    assert meter.options["month_peak"] == "sensor.monthly_power_peak_w"


async def test_an_inverter_of_another_integration_is_adopted(
    hass: HomeAssistant, entries: Callable[[], ConfigEntry]
) -> None:
    keys = {
        "power_meter_active_power": "power",
        "input_power": "power",
        "accumulated_yield_energy": "energy",
        "storage_state_of_capacity": "battery",
        "storage_charge_discharge_power": "power",
    }
    add_device(hass, "huawei_solar", "SUN2000", keys)
    result = await start(hass)
    result = await go_on(hass, result, suggested(result))
    assert result["step_id"] == "details_battery"
    result = await go_on(hass, result, suggested(result))
    await go_on(hass, result, {})
    kinds = {config.kind: config for _, config in stored.devices(entries())}
    assert kinds["entities_grid"].options["power_sign"] == "export_positive"
    assert kinds["entities_battery"].options["soc"] == "sensor.storage_state_of_capacity"
    assert kinds["entities_battery"].options["power_sign"] == "charge_positive"


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: f"{pattern.platform}-{pattern.kind}")
def test_patterns_fit_their_kind_and_integration(pattern: Pattern) -> None:
    options = {option.key for option in device_kind(pattern.kind).options}
    assert set(pattern.keys) | set(pattern.also) <= options
    source = COMPONENTS / pattern.platform / "sensor.py"
    if source.exists():
        described = set(re.findall(r'key="(\w+)"', source.read_text(encoding="utf-8")))
        assert set(pattern.keys.values()) <= described
    else:
        manifest = COMPONENTS / pattern.platform / "manifest.json"
        assert not manifest.exists(), json.loads(manifest.read_text(encoding="utf-8"))
