"""A house whose Energy dashboard is set up, and ways to walk a flow."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import probatio
import pytest
from homeassistant.components.energy.data import EnergyPreferencesUpdate, async_get_manager
from homeassistant.config_entries import SOURCE_USER, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.const import DOMAIN

type Result = dict[str, Any]
type Dashboard = Callable[..., Awaitable[None]]

WATT = {"unit_of_measurement": "W", "device_class": "power"}
KWH = {"unit_of_measurement": "kWh", "device_class": "energy"}
STATES: dict[str, tuple[str, dict[str, str]]] = {
    "sensor.grid_power": ("800", WATT),
    "sensor.grid_import": ("1000.0", KWH),
    "sensor.grid_export": ("500.0", KWH),
    "sensor.solar_power": ("0", WATT),
    "sensor.solar_energy": ("2000.0", KWH),
    "sensor.battery_power": ("-200", WATT),
    "sensor.battery_soc": ("50", {"unit_of_measurement": "%", "device_class": "battery"}),
    "sensor.battery_in": ("100", KWH),
    "sensor.battery_out": ("90", KWH),
    "switch.boiler": ("off", {}),
    "sensor.boiler_power": ("0", WATT),
    "sensor.boiler_energy": ("300.0", KWH),
}
GRID = {
    "type": "grid",
    "stat_energy_from": "sensor.grid_import",
    "stat_energy_to": "sensor.grid_export",
    "stat_cost": None,
    "entity_energy_price": None,
    "number_energy_price": 0.31,
    "stat_compensation": None,
    "entity_energy_price_export": None,
    "number_energy_price_export": 0.08,
    "stat_rate": "sensor.grid_power",
    "cost_adjustment_day": 0,
}
SOLAR = {
    "type": "solar",
    "stat_energy_from": "sensor.solar_energy",
    "stat_rate": "sensor.solar_power",
    "config_entry_solar_forecast": None,
    "name": "Roof",
}
BATTERY = {
    "type": "battery",
    "stat_energy_from": "sensor.battery_out",
    "stat_energy_to": "sensor.battery_in",
    "stat_rate": "sensor.battery_power",
    "stat_soc": "sensor.battery_soc",
    "capacity": 10.0,
    "name": "LUNA",
}


@pytest.fixture(autouse=True)
def house(hass: HomeAssistant) -> None:
    """A house with a meter, panels, a battery and a boiler on a socket that HA knows as one device."""
    hass.config.currency = "EUR"
    hass.config.location_name = "Villa"
    socket = MockConfigEntry(domain="homewizard", title="Socket")
    socket.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=socket.entry_id, identifiers={("homewizard", "socket")}, name="Kitchen boiler"
    )
    entities = er.async_get(hass)
    for domain, suffix, device_class in (
        ("switch", "boiler", None),
        ("sensor", "boiler_power", "power"),
        ("sensor", "boiler_energy", "energy"),
    ):
        entry = entities.async_get_or_create(
            domain,
            "homewizard",
            suffix,
            suggested_object_id=suffix,
            config_entry=socket,
            device_id=device.id,
            original_device_class=device_class,
        )
        assert entry.entity_id == f"{domain}.{suffix}"
    for entity_id, (state, attributes) in STATES.items():
        hass.states.async_set(entity_id, state, attributes)


@pytest.fixture
def dashboard(hass: HomeAssistant) -> Dashboard:
    """Set up the Energy dashboard with these sources and devices."""

    async def set_up(*sources: dict[str, Any], devices: tuple[dict[str, Any], ...] = ()) -> None:
        manager = await async_get_manager(hass)
        await manager.async_update(
            EnergyPreferencesUpdate(energy_sources=list(sources), device_consumption=list(devices))  # type: ignore[arg-type]  # plain dicts, as stored
        )

    return set_up


@pytest.fixture
async def entries(hass: HomeAssistant) -> AsyncIterator[Callable[[], ConfigEntry]]:
    """The home that a flow made; unloaded after the test."""

    def only() -> ConfigEntry:
        (entry,) = hass.config_entries.async_entries(DOMAIN)
        return entry

    yield only
    for entry in hass.config_entries.async_entries(DOMAIN):
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def start(hass: HomeAssistant) -> Result:
    """The first screen of "Add integration"."""
    return dict(await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER}))


async def go_on(hass: HomeAssistant, result: Result, answers: dict[str, Any]) -> Result:
    """Submit a screen of the config flow."""
    found = await hass.config_entries.flow.async_configure(result["flow_id"], answers)
    await hass.async_block_till_done()
    return dict(found)


def suggested(result: Result) -> dict[str, Any]:
    """What stands in the fields of a screen, section by section."""
    return _filled(result["data_schema"].schema)


def _filled(fields: dict[Any, Any]) -> dict[str, Any]:
    found = {}
    for marker, field in fields.items():
        if (inside := getattr(field, "schema", None)) is not None and hasattr(field, "options"):
            found[marker.schema] = _filled(inside.schema)
        elif marker.default is not probatio.UNDEFINED:
            found[marker.schema] = marker.default()
        elif marker.description and marker.description.get("suggested_value") is not None:
            found[marker.schema] = marker.description["suggested_value"]
    return found
