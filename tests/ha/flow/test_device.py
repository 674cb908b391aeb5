"""Adding and changing devices; native ones against the virtual home's servers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order import stored
from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.devices import DEVICES
from custom_components.merit_order.engine.model.roles import Role
from demo.clock import RealClock
from demo.faults import Fault
from demo.home import VirtualHome

from .conftest import Result, suggested

type Submit = Callable[[Result, dict[str, Any]], Awaitable[Result]]

POWER = {"power": "sensor.grid_power", "power_sign": "import_positive"}


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A home with nothing in it yet, not running."""
    made = MockConfigEntry(domain=DOMAIN, title="Home")
    made.add_to_hass(hass)
    return made


@pytest.fixture
async def virtual_home(loopback: None, socket_enabled: None) -> AsyncIterator[VirtualHome]:
    async with VirtualHome(RealClock()) as home:
        yield home


async def submit(hass: HomeAssistant, result: Result, answers: dict[str, Any]) -> Result:
    return dict(await hass.config_entries.subentries.async_configure(result["flow_id"], answers))


async def add(hass: HomeAssistant, entry: MockConfigEntry, kind: str) -> Result:
    """The form of one kind of device, chosen from the menu."""
    flows = hass.config_entries.subentries
    menu = await flows.async_init((entry.entry_id, "device"), context={"source": SOURCE_USER})
    assert menu["type"] is FlowResultType.MENU
    assert menu["menu_options"] == [kind.key for kind in DEVICES]
    result = dict(await flows.async_configure(menu["flow_id"], {"next_step_id": kind}))
    assert result["step_id"] == kind
    return result


def the_device(entry: MockConfigEntry) -> tuple[str, stored.DeviceConfig]:
    ((subentry, config),) = stored.devices(entry)
    return subentry.title, config


async def test_a_meter_of_entities(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await add(hass, entry, "entities_grid")
    result = await submit(hass, result, POWER)
    assert result["step_id"] == "assets"
    result = await submit(hass, result, {"name": "Meter", "grid": {"import_limit_kw": 9.2}})
    assert result["type"] is FlowResultType.CREATE_ENTRY

    title, config = the_device(entry)
    assert title == "Meter"
    assert config.options == POWER
    assert config.identity.roles == (Role.GRID,)
    (grid,) = config.assets
    assert (grid.kind, grid.name, grid.role) == ("grid", "Meter", Role.GRID)
    assert grid.params["import_limit_kw"] == 9.2


async def test_what_a_device_says_is_not_asked(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await add(hass, entry, "entities_battery")
    answers = {"soc": "sensor.battery_soc", "power_sign": "charge_positive", "capacity_kwh": 7.5}
    result = await submit(hass, result, answers)
    assert suggested(result)["battery"]["capacity_kwh"] == 7.5


@pytest.mark.parametrize(
    ("kind", "answers", "errors"),
    [
        ("entities_grid", {"power_sign": "import_positive"}, {"power": "nothing_chosen"}),
        ("entities_grid", {**POWER, "power": "sensor.nowhere"}, {"power": "entity_missing"}),
        ("entities_grid", {**POWER, "power": "sensor.battery_soc"}, {"power": "entity_unit"}),
        ("entities_grid", {**POWER, "import_energy": "sensor.battery_soc"}, {"import_energy": "entity_unit"}),
        (
            "entities_grid",
            {**POWER, "advanced": {"quarter_demand": "sensor.battery_soc"}},
            {"base": "entity_unit"},
        ),
    ],
    ids=["nothing", "missing", "unit", "unit-of-second", "unit-in-fold"],
)
async def test_an_entity_that_does_not_fit_is_named(
    hass: HomeAssistant, entry: MockConfigEntry, kind: str, answers: dict[str, Any], errors: dict[str, str]
) -> None:
    result = await add(hass, entry, kind)
    result = await submit(hass, result, answers)
    assert result["step_id"] == kind
    assert result["errors"] == errors
    assert the_answers_are_still_there(result, answers)
    result = await submit(hass, result, POWER)
    assert result["step_id"] == "assets"


def the_answers_are_still_there(result: Result, answers: dict[str, Any]) -> bool:
    return all(suggested(result)[key] == value for key, value in answers.items() if key != "advanced")


async def test_the_same_entities_twice(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await submit(hass, await add(hass, entry, "entities_grid"), POWER)
    await submit(hass, result, {"name": "Meter", "grid": {}})
    result = await submit(hass, await add(hass, entry, "entities_grid"), POWER)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_a_surprise_is_logged_and_said(
    hass: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    hass.states.async_set("sensor.grid_power", "1", {"unit_of_measurement": ["W"]})
    result = await submit(hass, await add(hass, entry, "entities_grid"), POWER)
    assert result["errors"] == {"base": "unknown"}
    assert "Unexpected error while testing a connection" in caplog.text


async def test_entities_can_be_exchanged(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await submit(hass, await add(hass, entry, "entities_switch"), {"switch": "switch.boiler"})
    assert result["step_id"] == "assets", result
    needed = {"mode": "needed", "energy_kwh": 3.0, "deadline": "18:00:00"}
    odd = {"priority": 2, "profile": "0.7 much"}
    result = await submit(hass, result, {"name": "Boiler", "load": needed, "load_advanced": odd})
    assert result["errors"] == {"base": "invalid_option"}
    assert result["description_placeholders"]["option"] == "Power during a run"
    assert suggested(result)["load_advanced"]["profile"] == "0.7 much"
    steps = {"priority": 2, "profile": "0,7 1,8"}
    await submit(hass, result, {"name": "Boiler", "load": needed, "load_advanced": steps})
    assert the_device(entry)[1].assets[0].params["profile_kw"] == [0.7, 1.8]
    (subentry,) = entry.subentries.values()
    hass.states.async_set("switch.pump", "off")

    result = dict(await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id))
    assert result["step_id"] == "entities_switch"
    assert suggested(result)["switch"] == "switch.boiler"
    result = await submit(hass, result, {"switch": "switch.pump"})
    assert result["step_id"] == "assets"
    offered = suggested(result)
    assert offered["name"] == "Boiler"
    assert {key: offered["load"][key] for key in needed} == needed
    assert offered["load_advanced"]["priority"] == 2
    result = await submit(hass, result, {"name": "Pump", "load": {**needed, "mode": "optional"}})
    assert result["reason"] == "reconfigure_successful"

    title, config = the_device(entry)
    assert title == "Pump"
    assert config.options == {"switch": "switch.pump"}
    assert config.assets[0].params["mode"] == "optional"
    assert entry.subentries[subentry.subentry_id].unique_id == "entities_switch:switch.pump"


def huawei_at(home: VirtualHome, **other: Any) -> dict[str, Any]:
    address = home.addresses()["huawei"]
    return {"host": address["host"], "port": address["port"], "unit": address["unit"], **other}


async def test_an_inverter_brings_panels_battery_and_meter_in_one_flow(
    hass: HomeAssistant, entry: MockConfigEntry, virtual_home: VirtualHome
) -> None:
    result = await submit(hass, await add(hass, entry, "entities_grid"), POWER)
    await submit(hass, result, {"name": "Meter", "grid": {}})

    result = await submit(hass, await add(hass, entry, "huawei"), huawei_at(virtual_home))
    assert result["step_id"] == "assets", result
    assert result["description_placeholders"]["model"].startswith("Huawei SUN2000")
    offered = suggested(result)
    assert offered["battery"]["capacity_kwh"] == pytest.approx(10.0), "the battery tells its size itself"
    assert offered["battery"]["name"] == "Battery"
    assert [offered[key]["use"] for key in ("grid", "solar", "battery")] == [False, True, True], (
        "a home has one grid, and it has a meter already"
    )
    answers = {
        "name": "Inverter",
        "solar": {"use": True, "name": "Roof"},
        "battery": offered["battery"],
        "battery_advanced": {"wear_cost": 0.02},
    }
    result = await submit(hass, result, answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    subentry, config = stored.devices(entry)[1]
    assert subentry.title == "Inverter"
    assert config.identity.serial_number
    assert {asset.kind: asset.name for asset in config.assets} == {"solar": "Roof", "battery": "Battery"}
    battery = next(asset for asset in config.assets if asset.kind == "battery")
    assert battery.params["wear_cost"] == 0.02

    await another_one_does_not_slip_in(hass, entry, subentry)


async def another_one_does_not_slip_in(
    hass: HomeAssistant, entry: MockConfigEntry, subentry: ConfigSubentry
) -> None:
    """Reconfiguring may move a device to another address, but not make another one of it."""
    data = {**subentry.data, "identity": {**subentry.data["identity"], "unique_id": "huawei_of_before"}}
    hass.config_entries.async_update_subentry(entry, subentry, data=data, unique_id="huawei_of_before")
    result: Result = dict(await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id))
    result = await submit(hass, result, suggested(result))
    assert result["errors"] == {"base": "other_device"}
    assert result["description_placeholders"]["device"] == "SUN2000"


def dsmr_at(home: VirtualHome, **other: Any) -> dict[str, Any]:
    address = home.addresses()["dsmr"]
    where = {"host": address["host"], "port": address["port"], "version": "5b"}
    return {"connection": "tcp", **where, **other}


def homewizard_at(home: VirtualHome, **other: Any) -> dict[str, Any]:
    return {"host": home.addresses()["boiler"]["host"], **other}


async def test_a_socket_brings_a_load(
    hass: HomeAssistant, entry: MockConfigEntry, virtual_home: VirtualHome
) -> None:
    result = await submit(hass, await add(hass, entry, "homewizard"), homewizard_at(virtual_home))
    assert result["step_id"] == "assets", result
    answers = {"name": "Boiler", "load": {"mode": "needed", "energy_kwh": 3.0}}
    await submit(hass, result, answers)
    _, config = the_device(entry)
    assert config.identity.manufacturer == "HomeWizard"
    assert [(asset.kind, asset.role) for asset in config.assets] == [("load", Role.SWITCH)]

    result = await submit(hass, await add(hass, entry, "homewizard"), homewizard_at(virtual_home))
    assert result["reason"] == "already_configured"


@pytest.mark.parametrize(
    ("kind", "fault", "other", "errors"),
    [
        ("homewizard", Fault.CLOSED, {}, {"host": "cannot_connect"}),
        ("homewizard", Fault.HTML, {}, {"host": "wrong_device"}),
        ("homewizard", Fault.HTTP_STATUS, {}, {"host": "api_disabled"}),
        ("huawei", Fault.CLOSED, {}, {"host": "cannot_connect"}),
        ("huawei", Fault.SILENT, {}, {"port": "silent_peer"}),
        ("huawei", None, {"unit": 7}, {"unit": "wrong_unit"}),
        ("dsmr", Fault.CLOSED, {}, {"host": "cannot_connect"}),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else None,
)
async def test_each_fault_has_its_own_message(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    virtual_home: VirtualHome,
    kind: str,
    fault: Fault | None,
    other: dict[str, Any],
    errors: dict[str, str],
) -> None:
    if fault is not None:
        face = {"homewizard": "boiler"}.get(kind, kind)
        await virtual_home.break_(face, fault, 403 if fault is Fault.HTTP_STATUS else 0)
    reach = {"huawei": huawei_at, "dsmr": dsmr_at, "homewizard": homewizard_at}[kind]
    answers = reach(virtual_home, **other) | ({"advanced": {"timeout": 2}} if kind == "huawei" else {})
    result = await submit(hass, await add(hass, entry, kind), answers)
    assert result["step_id"] == kind
    assert result["errors"] == errors
    assert not entry.subentries


async def test_another_integration_holds_the_only_connection(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    MockConfigEntry(domain="huawei_solar", title="SUN2000").add_to_hass(hass)
    flows = hass.config_entries.subentries
    menu = await flows.async_init((entry.entry_id, "device"), context={"source": SOURCE_USER})
    result: Result = dict(await flows.async_configure(menu["flow_id"], {"next_step_id": "huawei"}))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "conflict"
    assert result["description_placeholders"] == {"integration": "SUN2000"}


async def test_removing_a_device_removes_what_it_showed(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await submit(hass, await add(hass, entry, "entities_grid"), POWER)
    await submit(hass, result, {"name": "Meter", "grid": {}})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    (subentry,) = entry.subentries.values()
    registry = dr.async_get(hass)

    def shown() -> list[dr.DeviceEntry]:
        return [
            device
            for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
            if device.config_subentry_id == subentry.subentry_id
        ]

    assert shown()
    hass.config_entries.async_remove_subentry(entry, subentry.subentry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not shown()
    assert entry.state is ConfigEntryState.LOADED
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await asyncio.sleep(0)
