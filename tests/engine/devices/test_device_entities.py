"""Devices bound to entities: numbers in the house's units, and borrowing that gives back what it found."""

import math
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


async def test_watts_that_are_called_kilowatts_and_a_reading_that_jumps_are_not_believed(
    ports: Ports, house: House
) -> None:
    """Sensitivity: 17 kW is a home with a car."""
    meter = await opened(ports, "grid", power="sensor.net", import_energy="sensor.in")
    house.put("sensor.in", "1000", "kWh")
    for state, unit, power, dropped in (
        ("800", "kW", None, 1),
        ("-4e6", "W", None, 2),
        ("17", "kW", 17.0, 2),
    ):
        house.put("sensor.net", state, unit)
        said = await meter.read()
        assert (said.grid.power_kw, said.grid.import_kwh) == (power, 1000.0)
        assert said.counters["unreadable"] == dropped


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


async def test_a_battery_with_one_mode_for_all_stands_still_when_it_holds(ports: Ports, house: House) -> None:
    """The mode alone would leave the last power running."""
    house.put("sensor.soc", "50", "%")
    house.put("select.mode", "auto", None)
    house.put("number.power", "0", "W", min=-5000, max=5000)
    ways = ("charge", "discharge", "hold")
    options = {f"{way}_option": "remote" for way in ways} | {"release_option": "auto"}
    device = await opened(
        ports,
        "battery",
        soc="sensor.soc",
        control_mode="select.mode",
        control_power="number.power",
        **options,
    )
    for power_kw, number in ((3.0, 3000.0), (0.0, 0.0), (-2.0, -2000.0)):
        await device.write(order(Role.BATTERY, Action.POWER, power_kw=power_kw))
        assert (house.now("select.mode").state, float(house.now("number.power").state)) == ("remote", number)


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
