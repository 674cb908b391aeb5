"""Homes to test with: what stands in the config entry, and the entities of the house around it."""

from datetime import UTC, datetime
from typing import Any

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.model.codec import to_json
from custom_components.merit_order.engine.model.roles import Identity, Role
from custom_components.merit_order.stored import AssetConfig, DeviceConfig, PlugIn, TariffConfig

START = datetime(2026, 11, 21, 9, 2, tzinfo=UTC)

METER, ROOF, STORE, SOCKET, CONTRACT = "meter", "roof", "store", "socket", "contract"
BOILER = "input_boolean.boiler_relay"
BATTERY_ID, BOILER_ID = f"{STORE}_battery", f"{SOCKET}_load"


WATT = {"unit_of_measurement": "W", "device_class": "power"}


def _states(soc: float = 50.0) -> dict[str, tuple[str, dict[str, str]]]:
    kwh = {"unit_of_measurement": "kWh", "device_class": "energy"}
    return {
        "sensor.grid_power": ("800", WATT),
        "sensor.grid_import": ("1000.0", kwh),
        "sensor.grid_export": ("500.0", kwh),
        "sensor.solar_power": ("0", WATT),
        "sensor.solar_energy": ("2000.0", kwh),
        "sensor.battery_power": ("-200", WATT),
        "sensor.battery_soc": (str(soc), {"unit_of_measurement": "%", "device_class": "battery"}),
        "sensor.boiler_power": ("0", WATT),
        "sensor.boiler_energy": ("300.0", kwh),
    }


def supplied_home(kind: str, options: dict[str, Any]) -> MockConfigEntry:
    """A home of which nothing is set up but the contract with one supplier."""
    tariff = TariffConfig(supply=PlugIn(kind=kind, options=options))
    return MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        entry_id="home",
        subentries_data=[subentry(CONTRACT, "tariff", kind, tariff)],
    )


def state_of(hass: HomeAssistant, entity_id: str) -> str:
    """The state of an entity that must be there."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state.state


async def respond(hass: HomeAssistant, domain: str, action: str, data: dict[str, Any]) -> Any:
    """What an action answers."""
    return await hass.services.async_call(domain, action, data, blocking=True, return_response=True)


async def set_house(hass: HomeAssistant, soc: float = 50.0) -> None:
    """Give the house its entities; the boiler draws 2 kW while its relay is on."""
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"boiler_relay": {}}})
    _boiler_draws(hass)
    for entity_id, (state, attributes) in _states(soc).items():
        hass.states.async_set(entity_id, state, attributes)


@callback
def _boiler_draws(hass: HomeAssistant) -> None:
    @callback
    def draw(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        watts = "2000" if state is not None and state.state == "on" else "0"
        hass.states.async_set("sensor.boiler_power", watts, WATT)

    async_track_state_change_event(hass, BOILER, draw)


def device(
    subentry_id: str,
    title: str,
    kind: str,
    options: dict[str, Any],
    roles: tuple[Role, ...],
    assets: tuple[AssetConfig, ...],
    writable: tuple[Role, ...] = (),
) -> ConfigSubentryDataWithId:
    """A device subentry."""
    identity = Identity(
        unique_id=subentry_id, manufacturer="Test", model=kind, name=title, roles=roles, writable=writable
    )
    config = DeviceConfig(kind=kind, options=options, identity=identity, assets=assets)
    return subentry(subentry_id, "device", title, config)


def subentry(subentry_id: str, kind: str, title: str, config: object) -> ConfigSubentryDataWithId:
    """A subentry whose data is the JSON of a stored config."""
    return ConfigSubentryDataWithId(
        data=to_json(config),
        subentry_type=kind,
        title=title,
        unique_id=subentry_id,
        subentry_id=subentry_id,
    )


def entity_devices() -> list[ConfigSubentryDataWithId]:
    """Meter, panels, battery and boiler, all bound to entities."""
    return [
        device(
            METER,
            "Meter",
            "entities_grid",
            {
                "power": "sensor.grid_power",
                "import_energy": "sensor.grid_import",
                "export_energy": "sensor.grid_export",
            },
            (Role.GRID,),
            (AssetConfig(key="grid", kind="grid", name="Grid"),),
        ),
        device(
            ROOF,
            "Roof",
            "entities_solar",
            {"power": "sensor.solar_power", "energy": "sensor.solar_energy"},
            (Role.SOLAR,),
            (AssetConfig(key="solar", kind="solar", name="Panels"),),
        ),
        device(
            STORE,
            "Store",
            "entities_battery",
            {"power": "sensor.battery_power", "soc": "sensor.battery_soc", "capacity_kwh": 10.0},
            (Role.BATTERY,),
            (AssetConfig(key="battery", kind="battery", name="Battery", params={"capacity_kwh": 10.0}),),
            (Role.BATTERY,),
        ),
        device(
            SOCKET,
            "Boiler socket",
            "entities_switch",
            {"switch": BOILER, "power": "sensor.boiler_power", "energy": "sensor.boiler_energy"},
            (Role.SWITCH,),
            (
                AssetConfig(
                    key="load",
                    kind="load",
                    name="Boiler",
                    params={"power_kw": 2.0, "run_minutes": 90, "deadline": "19:00"},
                ),
            ),
            (Role.SWITCH,),
        ),
    ]


NIGHT = {"weekdays": [0, 1, 2, 3, 4, 5, 6], "start": "22:00", "end": "06:00", "price": 0.15}


def entity_home(*more: ConfigSubentryDataWithId, options: dict[str, Any] | None = None) -> MockConfigEntry:
    """A home of entity-bound devices with a flat import price and a lower export price."""
    tariff = TariffConfig(
        supply=PlugIn(kind="fixed", options={"price": 0.30}),
        export=PlugIn(kind="fixed", options={"price": 0.08}),
    )
    return MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        entry_id="home",
        data={},
        options=options or {},
        subentries_data=[*entity_devices(), subentry(CONTRACT, "tariff", "Contract", tariff), *more],
    )
