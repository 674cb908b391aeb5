"""Another controller of the same device: it is found where it can be, and consent is asked for once."""

from collections.abc import Awaitable, Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from homeassistant.components.modbus import async_get_unit
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from modbus_connection import ModbusTcpParams
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.devices import device_kind
from custom_components.merit_order.engine.model.roles import BatteryReading, Identity, Readings, Role
from custom_components.merit_order.rivals import OWN_SCHEDULE, rivals

from .battery_house import NUMBER, move_in
from .homes import BATTERY_ID, START, STORE, state_of

type Advance = Callable[[float], Awaitable[None]]

ISSUE = f"exclusive_{STORE}_evcc"


def issue(hass: HomeAssistant, key: str = ISSUE) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, key)


async def test_automatic_waits_for_consent_and_asks_once(hass: HomeAssistant, clock: Advance) -> None:
    assert await async_setup_component(hass, "repairs", {})
    MockConfigEntry(domain="evcc_intg", title="evcc", data={}).add_to_hass(hass)
    entry, house = await move_in(hass, clock)
    await house.run(60)
    assert house.written == []
    withheld = entry.runtime_data.home.withheld
    assert {key: held.why for key, held in withheld.items()} == {BATTERY_ID: "no_consent"}
    asked = issue(hass)
    assert asked is not None
    assert asked.is_fixable
    assert asked.translation_placeholders == {"device": "Store", "others": "evcc"}
    flows = repairs_flow_manager(hass)
    assert flows is not None
    form: Any = await flows.async_init(DOMAIN, data={"issue_id": ISSUE})
    done: Any = await flows.async_configure(form["flow_id"], {})
    assert done["type"] == "create_entry"
    await house.run(60)
    assert float(state_of(hass, NUMBER)) == 3000.0
    assert issue(hass) is None
    assert await hass.config_entries.async_reload(entry.entry_id)
    await house.run(60)
    assert float(state_of(hass, NUMBER)) == 3000.0, "asked once, not at each start"
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_advise_touches_nothing_and_so_asks_nothing(hass: HomeAssistant, clock: Advance) -> None:
    MockConfigEntry(domain="evcc_intg", title="evcc", data={}).add_to_hass(hass)
    entry, house = await move_in(hass, clock, "advise")
    await house.run(60)
    assert issue(hass) is None
    assert entry.runtime_data.home.withheld == {}
    assert await hass.config_entries.async_unload(entry.entry_id)


def device(kind: str, readings: Readings | None = None, **options: Any) -> Any:
    """What a device coordinator shows of itself."""
    identity = Identity(
        unique_id="x", manufacturer="x", model="x", name="x", writable=(Role.BATTERY,), roles=(Role.BATTERY,)
    )
    config = SimpleNamespace(options=options, identity=identity)
    return SimpleNamespace(kind=device_kind(kind), config=config, readings=readings)


HUAWEI: dict[str, Any] = {"host": "10.0.0.5", "port": 502, "unit": 1}


@pytest.mark.parametrize(
    ("domain", "data", "found"),
    [
        ("huawei_solar", {"host": "10.0.0.5"}, ["Other"]),
        ("huawei_solar", {"port": "/dev/ttyUSB0"}, ["Other"]),  # who knows where that leads
        ("huawei_solar", {"host": "10.0.0.6"}, []),
        ("sungrow_modbus", {"host": "10.0.0.5"}, ["Other"]),
        ("shelly", {"host": "10.0.0.7"}, []),
        ("emhass", {}, ["EMHASS"]),
    ],
)
async def test_who_is_found(hass: HomeAssistant, domain: str, data: dict[str, Any], found: list[str]) -> None:
    MockConfigEntry(domain=domain, title="Other", data=data).add_to_hass(hass)
    assert rivals(hass, device("huawei", **HUAWEI)) == found


async def test_bound_entities_share_no_line_with_the_integration_that_gives_them(hass: HomeAssistant) -> None:
    MockConfigEntry(domain="huawei_solar", title="Other", data={"host": "10.0.0.5"}).add_to_hass(hass)
    assert rivals(hass, device("entities_battery", soc="sensor.soc")) == []


@pytest.mark.parametrize(("active", "found"), [(True, [OWN_SCHEDULE]), (False, []), (None, [])])
async def test_a_schedule_of_the_inverters_own(
    hass: HomeAssistant, active: bool | None, found: list[str]
) -> None:
    readings = Readings(at=START, battery=BatteryReading(own_schedule=active))
    assert rivals(hass, device("huawei", readings, **HUAWEI)) == found


@pytest.mark.parametrize("expected_lingering_timers", [True])  # the hub's own, which is to wait ten minutes
async def test_a_modbus_hub_of_the_configuration_file(hass: HomeAssistant, loopback: None) -> None:
    sensor = {"name": "power", "address": 32080}
    hub = {"name": "roof", "type": "tcp", "host": "127.0.0.1", "port": 1, "delay": 600, "sensors": [sensor]}
    assert await async_setup_component(hass, "modbus", {"modbus": [hub]})
    assert rivals(hass, device("huawei", **{**HUAWEI, "host": "127.0.0.1"})) == ["modbus: roof"]
    assert rivals(hass, device("huawei", **HUAWEI)) == []


async def test_an_integration_that_shares_home_assistants_connection(hass: HomeAssistant) -> None:
    """Its entry names the device by its name, so only the connection tells where it leads."""
    assert await async_setup_component(hass, "modbus", {})
    entry = MockConfigEntry(domain="new_brand", title="New brand", data={"device": "roof"})
    entry.add_to_hass(hass)
    async_get_unit(hass, entry, ModbusTcpParams(host="10.0.0.5", port=502), 1)
    assert rivals(hass, device("huawei", **HUAWEI)) == ["New brand"]
    assert rivals(hass, device("huawei", **{**HUAWEI, "host": "10.0.0.6"})) == []


async def test_a_modbus_that_tells_nothing_hides_nobody_else_and_breaks_nothing(hass: HomeAssistant) -> None:
    hass.config.components.add("modbus")
    serial = SimpleNamespace(endpoint=("serial", "10.0.0.5"))
    hass.data["modbus"] = {"changed": object(), "serial": serial}
    MockConfigEntry(domain="sungrow_modbus", title="Other", data={"host": "10.0.0.5"}).add_to_hass(hass)
    assert rivals(hass, device("huawei", **HUAWEI)) == ["Other"]


async def test_an_energy_manager_that_runs_as_an_app(hass: HomeAssistant) -> None:
    emhass, evcc = ({"slug": f"a0d7b954_{name}", "state": name} for name in ("emhass", "evcc"))
    running = {**emhass, "state": "started"}
    hass.config.components.add("hassio")
    assert rivals(hass, device("huawei", **HUAWEI)) == [], "the Supervisor has not answered yet"
    hass.data["hassio_addons_list"] = [SimpleNamespace(to_dict=partial(dict, app)) for app in (running, evcc)]
    assert rivals(hass, device("huawei", **HUAWEI)) == ["EMHASS"], "what is stopped commands nothing"
