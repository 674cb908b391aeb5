"""Lending entities to a lease: what stood there comes back, what someone else set stays, each write is counted."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from custom_components.merit_order.engine.model.errors import MeritOrderError, WriteRefused
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.roles import Action, Command, Role

from .conftest import NOON, House, MemoryStore, TestClock
from .test_device_entities import opened, order


@pytest.fixture(autouse=True)
def noon(clock: TestClock) -> None:
    clock.fixed = NOON


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
