"""Devices bound to entities: numbers in the house's units, and borrowing that gives back what it found."""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.devices import device_kind
from custom_components.merit_order.engine.model.errors import InputError, MeritOrderError, WriteRefused
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.roles import Action, Command, Role

from .conftest import NOON, House, MemoryStore, TestClock


@pytest.fixture(autouse=True)
def noon(clock: TestClock) -> None:
    clock.fixed = NOON


async def opened(ports: Ports, role: str, **given: Any) -> Any:
    kind = device_kind(f"entities_{role}")
    return await kind.connect(settle(kind.options, given), ports)


async def read(ports: Ports, role: str, **given: Any) -> Any:
    return await (await opened(ports, role, **given)).read()


def order(role: Role, action: Action, **values: Any) -> Command:
    return Command(role=role, action=action, expires=NOON + timedelta(minutes=5), **values)


async def test_grid_in_watts_counting_export_up(ports: Ports, house: House) -> None:
    house.put("sensor.net", "1500", "W")
    house.put("sensor.total_in", "12.5", "MWh")
    house.put("sensor.total_out", "900000", "Wh")
    house.put("sensor.i1", "3.1", "A")
    house.put("sensor.i2", "-0.4", "A")
    said = await read(
        ports,
        "grid",
        power="sensor.net",
        power_sign="export_positive",
        import_energy="sensor.total_in",
        export_energy="sensor.total_out",
        current_l1="sensor.i1",
        current_l2="sensor.i2",
    )
    assert said.grid is not None
    assert said.grid.power_kw == -1.5
    assert (said.grid.import_kwh, said.grid.export_kwh) == (12500.0, 900.0)
    assert said.grid.phase_current_a == (3.1, -0.4)
    assert said.solar is None
    assert said.battery is None


async def test_grid_from_two_one_way_meters(ports: Ports, house: House) -> None:
    house.put("sensor.in", "0", "W")
    house.put("sensor.out", "2.4", "kW")
    said = await read(ports, "grid", import_power="sensor.in", export_power="sensor.out")
    assert said.grid.power_kw == -2.4
    house.put("sensor.out", None, "kW")
    with pytest.raises(MeritOrderError, match="no chosen entity"):
        # Half a meter is not a meter: import alone would look like a house that exports nothing.
        await read(ports, "grid", import_power="sensor.in", export_power="sensor.out")


async def test_day_and_night_counters_are_one_total(ports: Ports, house: House) -> None:
    house.put("sensor.day", "100", "kWh")
    house.put("sensor.night", "250000", "Wh")
    given = {"import_energy": "sensor.day", "import_energy_2": "sensor.night"}
    assert (await read(ports, "grid", **given)).grid.import_kwh == 350.0
    house.put("sensor.night", None, "Wh")
    house.put("sensor.p", "1", "W")
    assert (await read(ports, "grid", power="sensor.p", **given)).grid.import_kwh is None


@pytest.mark.parametrize("state", [None, "nan", "inf", "on", ""])
async def test_unknown_and_unreadable_are_none_never_zero(
    ports: Ports, house: House, state: str | None
) -> None:
    house.put("sensor.p", state, "W")
    house.put("sensor.e", "5", "kWh")
    device = await opened(ports, "solar", power="sensor.p", energy="sensor.e")
    said = await device.read()
    assert said.solar.power_kw is None
    assert said.solar.energy_kwh == 5.0
    assert said.counters["unreadable"] == (0 if state is None else 1)


async def test_solar_below_zero_at_night_is_zero(ports: Ports, house: House) -> None:
    house.put("sensor.p", "-4", "W")
    assert (await read(ports, "solar", power="sensor.p")).solar.power_kw == 0.0


@pytest.mark.parametrize("unit", [None, "A", "kWh"])
async def test_a_unit_that_does_not_fit_names_the_field(ports: Ports, house: House, unit: str | None) -> None:
    house.put("sensor.p", "5", unit)
    kind = device_kind("entities_solar")
    with pytest.raises(MeritOrderError) as raised:
        await kind.probe(settle(kind.options, {"power": "sensor.p"}), ports)
    assert raised.value.key == "entity_unit"
    assert raised.value.placeholders["field"] == "power"
    assert raised.value.placeholders["entity"] == "sensor.p"


async def test_probe_names_a_missing_entity(ports: Ports, house: House) -> None:
    house.put("sensor.p", "5", "W")
    kind = device_kind("entities_solar")
    with pytest.raises(MeritOrderError) as raised:
        await kind.probe({"power": "sensor.p", "energy": "sensor.gone"}, ports)
    assert (raised.value.key, raised.value.placeholders["field"]) == ("entity_missing", "energy")


async def test_probe_wants_at_least_one_entity(ports: Ports) -> None:
    with pytest.raises(MeritOrderError) as raised:
        await device_kind("entities_grid").probe(settle(device_kind("entities_grid").options, {}), ports)
    assert raised.value.key == "nothing_chosen"


async def test_probe_accepts_what_is_unavailable_now(ports: Ports, house: House) -> None:
    house.put("switch.boiler", None)
    identity = await device_kind("entities_switch").probe({"switch": "switch.boiler"}, ports)
    assert identity.unique_id == "entities_switch:switch.boiler"
    assert identity.writable == (Role.SWITCH,)


async def test_battery_signs_and_limits(ports: Ports, house: House) -> None:
    house.put("sensor.b", "800", "W")
    house.put("sensor.soc", "101", "%")
    house.put("sensor.in", "10", "kWh")
    said = await read(
        ports,
        "battery",
        power="sensor.b",
        power_sign="discharge_positive",
        soc="sensor.soc",
        charge_energy="sensor.in",
        capacity_kwh=10,
    )
    assert said.battery.power_kw == -0.8
    assert said.battery.soc_percent is None, "101 % is no state of charge"
    assert (said.battery.charge_kwh, said.battery.capacity_kwh) == (10.0, 10.0)
    assert said.battery.max_charge_kw is None


async def test_battery_without_control_is_read_only(ports: Ports, house: House) -> None:
    house.put("sensor.soc", "50", "%")
    device = await opened(ports, "battery", soc="sensor.soc")
    assert device.identity.writable == ()
    with pytest.raises(WriteRefused):
        await device.write(order(Role.BATTERY, Action.POWER, power_kw=1.0))


async def test_battery_by_one_signed_number(ports: Ports, house: House, store: MemoryStore) -> None:
    house.put("sensor.soc", "50", "%")
    house.put("number.setpoint", "0", "W", min=-3000, max=3000)
    options = {
        "soc": "sensor.soc",
        "control_power": "number.setpoint",
        "control_sign": "discharge_positive",
        "max_charge_kw": 2.5,
    }
    device = await opened(ports, "battery", **options)
    await device.write(order(Role.BATTERY, Action.POWER, power_kw=9.0))
    assert float(house.now("number.setpoint").state) == -2500.0, "clamped to the battery's own limit"
    await device.write(order(Role.BATTERY, Action.POWER, power_kw=-9.0))
    assert float(house.now("number.setpoint").state) == 3000.0, "clamped to the entity's limit"
    # A restart in the middle of a lease: another object, the same shelf.
    await (await opened(ports, "battery", **options)).write(order(Role.BATTERY, Action.RELEASE))
    assert float(house.now("number.setpoint").state) == 0.0
    assert not any(store.values.values())


async def test_battery_by_mode_and_number(ports: Ports, house: House) -> None:
    house.put("sensor.soc", "50", "%")
    house.put("select.mode", "self", None)
    house.put("number.power", "1.5", "kW", min=0, max=5)
    device = await opened(
        ports,
        "battery",
        soc="sensor.soc",
        control_mode="select.mode",
        control_power="number.power",
        charge_option="charge",
        discharge_option="discharge",
        hold_option="standby",
        release_option="auto",
    )
    await device.write(order(Role.BATTERY, Action.POWER, power_kw=-2.0))
    assert (house.now("select.mode").state, house.now("number.power").state) == ("discharge", "2.0")
    await device.write(order(Role.BATTERY, Action.POWER, power_kw=0.0))
    assert (house.now("select.mode").state, house.now("number.power").state) == ("standby", "2.0")
    await device.write(order(Role.BATTERY, Action.RELEASE))
    assert (house.now("select.mode").state, house.now("number.power").state) == ("auto", "1.5")


async def test_battery_by_scripts(ports: Ports, house: House) -> None:
    house.put("sensor.soc", "50", "%")
    device = await opened(
        ports, "battery", soc="sensor.soc", charge_script="script.charge", release_script="script.free"
    )
    await device.write(order(Role.BATTERY, Action.POWER, power_kw=1.25))
    with pytest.raises(WriteRefused):
        await device.write(order(Role.BATTERY, Action.POWER, power_kw=-1.0))
    await device.write(order(Role.BATTERY, Action.RELEASE))
    variables = {"power_kw": 1.25, "power_w": 1250, "minutes": 5.0}
    assert house.calls == [
        ("script", "turn_on", "script.charge", {"variables": variables}),
        ("script", "turn_on", "script.free", {"variables": {}}),
    ]


async def test_switch_is_put_back_as_it_was(ports: Ports, house: House) -> None:
    house.put("switch.boiler", "on")
    house.put("sensor.boiler", "2000", "W")
    device = await opened(ports, "switch", switch="switch.boiler", power="sensor.boiler")
    assert (await device.read()).switch.power_kw == 2.0
    await device.write(order(Role.SWITCH, Action.OFF))
    assert (await device.read()).switch.on is False
    await device.write(order(Role.SWITCH, Action.OFF))
    assert len(house.calls) == 1, "what is so already is not written again"
    await device.write(order(Role.SWITCH, Action.RELEASE))
    assert (await device.read()).switch.on is True
    await device.write(order(Role.SWITCH, Action.RELEASE))
    assert len(house.calls) == 2


async def test_a_command_that_is_over_at_once_leaves_nothing_to_give_back(
    ports: Ports, house: House, store: MemoryStore
) -> None:
    house.put("switch.boiler", "off")
    device = await opened(ports, "switch", switch="switch.boiler")
    await device.write(Command(role=Role.SWITCH, action=Action.ON, expires=NOON))
    assert house.now("switch.boiler").state == "on"
    assert not store.values
    await device.write(order(Role.SWITCH, Action.RELEASE))
    assert house.now("switch.boiler").state == "on"


async def test_a_deaf_switch_is_reported(ports: Ports, house: House) -> None:
    house.put("switch.boiler", "off")
    house.deaf.add("switch.boiler")
    device = await opened(ports, "switch", switch="switch.boiler")
    with pytest.raises(WriteRefused, match="says off"):
        await device.write(order(Role.SWITCH, Action.ON))
    assert (await device.read()).counters["refused"] == 1


async def test_what_cannot_be_given_back_stays_on_the_shelf(
    ports: Ports, house: House, store: MemoryStore
) -> None:
    house.put("switch.boiler", "off")
    device = await opened(ports, "switch", switch="switch.boiler")
    await device.write(order(Role.SWITCH, Action.ON))
    house.broken.add("switch.boiler")
    with pytest.raises(WriteRefused):
        await device.write(order(Role.SWITCH, Action.RELEASE))
    house.broken.clear()
    await device.write(order(Role.SWITCH, Action.RELEASE))
    assert house.now("switch.boiler").state == "off"
    assert not any(store.values.values())


async def test_an_unavailable_switch_refuses(ports: Ports, house: House) -> None:
    house.put("switch.boiler", None)
    device = await opened(ports, "switch", switch="switch.boiler")
    with pytest.raises(WriteRefused, match="not available"):
        await device.write(order(Role.SWITCH, Action.ON))
    with pytest.raises(MeritOrderError) as raised:
        await device.read()
    assert raised.value.key == "entities_unavailable"


async def test_charger_current_and_switch(ports: Ports, house: House) -> None:
    house.put("switch.charger", "off")
    house.put("number.amps", "32", "A", min=6, max=16)
    house.put("sensor.state", "Connected")
    device = await opened(
        ports,
        "charger",
        switch="switch.charger",
        current="number.amps",
        connected="sensor.state",
        connected_states="connected, charging",
    )
    assert (await device.read()).charger.connected is True
    await device.write(order(Role.CHARGER, Action.CURRENT, current_a=20))
    assert (house.now("switch.charger").state, float(house.now("number.amps").state)) == ("on", 16.0)
    await device.write(order(Role.CHARGER, Action.CURRENT, current_a=3))
    assert house.now("switch.charger").state == "off", "below 6 A a car is offered nothing"
    await device.write(order(Role.CHARGER, Action.RELEASE))
    assert (house.now("switch.charger").state, house.now("number.amps").state) == ("off", "16.0")


async def test_heating_holds_a_target_and_gives_it_back(ports: Ports, house: House) -> None:
    house.put(
        "climate.living", "auto", None, temperature=20.0, current_temperature=19.2, min_temp=7, max_temp=25
    )
    house.put("sensor.flow", "95", "°F")
    device = await opened(ports, "heat", climate="climate.living", flow_temperature="sensor.flow")
    said = (await device.read()).heat
    assert (said.room_c, said.target_c, round(said.flow_c, 3)) == (19.2, 20.0, 35.0)
    await device.write(order(Role.HEAT, Action.TARGET, target_c=30))
    assert house.now("climate.living").attributes["temperature"] == 25
    await device.write(order(Role.HEAT, Action.OFF))
    assert (await device.read()).heat.target_c == 25
    await device.write(order(Role.HEAT, Action.RELEASE))
    assert house.now("climate.living").attributes["temperature"] == 20.0
    assert house.now("climate.living").state == "auto", "the mode it was in, not just any that heats"


async def test_a_heating_that_was_off_goes_off_again(ports: Ports, house: House) -> None:
    house.put("climate.den", "off", None, temperature=17.0, current_temperature=16.0)
    device = await opened(ports, "heat", climate="climate.den")
    await device.write(order(Role.HEAT, Action.ON))
    await device.write(order(Role.HEAT, Action.TARGET, target_c=21.0))
    assert house.now("climate.den").state == "heat"
    await device.write(order(Role.HEAT, Action.RELEASE))
    assert house.now("climate.den").state == "off"
    assert house.now("climate.den").attributes["temperature"] == 17.0


async def test_a_heating_in_fahrenheit(ports: Ports, house: House) -> None:
    house.put("climate.den", "heat", "°F", temperature=68.0, current_temperature=50.0)
    device = await opened(ports, "heat", climate="climate.den")
    assert (await device.read()).heat.room_c == pytest.approx(10.0)
    await device.write(order(Role.HEAT, Action.TARGET, target_c=21.0))
    assert house.now("climate.den").attributes["temperature"] == pytest.approx(69.8)


async def test_tank_on_a_relay_takes_no_target(ports: Ports, house: House) -> None:
    house.put("switch.tank", "off")
    house.put("sensor.water", "48.5", "°C")
    device = await opened(ports, "tank", tank="switch.tank", temperature="sensor.water")
    assert (await device.read()).tank.temperature_c == 48.5
    with pytest.raises(WriteRefused):
        await device.write(order(Role.TANK, Action.TARGET, target_c=60))
    await device.write(order(Role.TANK, Action.ON))
    assert house.now("switch.tank").state == "on"


async def test_a_command_for_another_part_is_refused(ports: Ports, house: House) -> None:
    house.put("switch.boiler", "off")
    device = await opened(ports, "switch", switch="switch.boiler")
    with pytest.raises(WriteRefused):
        await device.write(order(Role.BATTERY, Action.POWER, power_kw=1))


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(InputError, match="no device kind"):
        device_kind("nothing")


@given(
    state=st.text(max_size=8) | st.floats().map(str),
    unit=st.sampled_from(["W", "kW", "kWh", "%", None, "bad"]),
)
async def test_whatever_an_entity_says_is_a_number_none_or_a_named_error(
    ports: Ports, house: House, state: str, unit: str | None
) -> None:
    house.put("sensor.any", state, unit)
    house.put("sensor.soc", "50", "%")
    device = await opened(ports, "battery", soc="sensor.soc", power="sensor.any")
    try:
        power = (await device.read()).battery.power_kw
    except MeritOrderError as err:
        assert err.placeholders["field"] == "power"  # noqa: PT017 - both outcomes are right
        assert unit not in ("W", "kW")
    else:
        assert power is None or math.isfinite(power)


async def test_it_tells_whether_what_it_borrowed_stands_as_set(ports: Ports, house: House) -> None:
    house.put("number.current", "10", "A", min=6, max=16)
    house.put("switch.charger", "on")
    house.put("sensor.charger", "0", "W")
    given = {"current": "number.current", "switch": "switch.charger", "power": "sensor.charger"}
    device = await opened(ports, "charger", **given)
    assert (await device.read()).stands == {}, "nothing is borrowed"
    await device.write(order(Role.CHARGER, Action.CURRENT, current_a=32.0))
    assert (await device.read()).stands == {Role.CHARGER: True}, "at the most it can be set to"
    house.put("number.current", "8", "A", min=6, max=16)
    assert (await device.read()).stands == {Role.CHARGER: False}
    house.put("number.current", None, "A")
    assert (await device.read()).stands == {}, "what says nothing is not taken for a hand"


async def test_what_someone_else_set_is_left_as_it_stands(ports: Ports, house: House) -> None:
    house.put("climate.living", "heat", temperature=19.0, min_temp=5, max_temp=30)
    device = await opened(ports, "heat", climate="climate.living")
    await device.write(order(Role.HEAT, Action.TARGET, target_c=21.5))
    assert (await device.read()).stands == {Role.HEAT: True}
    house.put("climate.living", "heat", temperature=23.0, min_temp=5, max_temp=30)
    assert (await device.read()).stands == {Role.HEAT: False}
    await device.write(order(Role.HEAT, Action.LEAVE))
    await device.write(order(Role.HEAT, Action.RELEASE))
    assert house.now("climate.living").attributes["temperature"] == 23.0


async def test_what_stood_before_is_on_disk_before_the_first_write_and_writes_are_counted(
    ports: Ports, house: House, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    safe: list[bool] = []
    house.put("switch.boiler", "off")
    obey = house.call

    async def call(domain: str, action: str, entity_id: str, data: Mapping[str, Any]) -> None:
        safe.append(bool(store.values) and not store.unwritten)
        await obey(domain, action, entity_id, data)

    monkeypatch.setattr(house, "call", call)
    device = await opened(replace(ports, tally=counted.append), "switch", switch="switch.boiler")
    await device.write(order(Role.SWITCH, Action.ON))
    await device.write(order(Role.SWITCH, Action.ON))
    assert (safe, counted) == ([True], ["switch.boiler"])


async def test_a_charger_with_a_switch_alone_is_on_from_six_ampere(ports: Ports, house: House) -> None:
    house.put("switch.wallbox", "off")
    device = await opened(ports, "charger", switch="switch.wallbox")
    for amps, state in ((10.0, "on"), (16.0, "on"), (0.0, "off")):
        await device.write(order(Role.CHARGER, Action.CURRENT, current_a=amps))
        assert house.now("switch.wallbox").state == state
    assert len(house.calls) == 2


async def test_a_charger_by_scripts_the_person_picked(ports: Ports, house: House) -> None:
    house.put("sensor.car", "0", "W")
    scripts = {f"{wish}_script": f"script.{wish}" for wish in ("charge", "stop", "release")}
    device = await opened(ports, "charger", power="sensor.car", **scripts)
    assert device.identity.writable == (Role.CHARGER,)
    await device.write(order(Role.CHARGER, Action.CURRENT, current_a=10.0, phases=1))
    await device.write(order(Role.CHARGER, Action.CURRENT, current_a=0.0))
    await device.write(order(Role.CHARGER, Action.RELEASE))
    assert house.calls == [
        ("script", "turn_on", "script.charge", {"variables": {"current_a": 10.0, "phases": 1}}),
        ("script", "turn_on", "script.stop", {"variables": {}}),
        ("script", "turn_on", "script.release", {"variables": {}}),
    ]
    with pytest.raises(WriteRefused):
        await device.write(order(Role.CHARGER, Action.TARGET, target_c=20.0))
