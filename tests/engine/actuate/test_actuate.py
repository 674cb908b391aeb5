"""Commands: within what the device can, for a short time, and written only when something changed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.actuate import (
    LEASE,
    RENEW_AFTER,
    charging_current,
    charging_phases,
    command_for,
    needs_write,
)
from custom_components.merit_order.engine.model.plan import Intent
from custom_components.merit_order.engine.model.roles import (
    Action,
    BatteryReading,
    Command,
    HeatReading,
    Readings,
    Role,
    SwitchReading,
    TankReading,
)
from custom_components.merit_order.engine.model.snapshot import AssetSpec

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
BATTERY = AssetSpec(
    id="b",
    kind="battery",
    name="Battery",
    params={"max_charge_kw": 5.0, "max_discharge_kw": 4.0, "min_soc": 10.0, "max_soc": 95.0},
)
BOILER = AssetSpec(id="l", kind="load", name="Boiler")
CAR = AssetSpec(id="v", kind="vehicle", name="Car", params={"phases": 1})


def battery(soc: float | None = 50.0) -> Readings:
    return Readings(at=NOW, battery=BatteryReading(soc_percent=soc))


def relay(on: bool) -> Readings:
    return Readings(at=NOW, switch=SwitchReading(on=on))


def intent(mode: str, power_kw: float = 0.0, asset: str = "b", until: timedelta = HOUR) -> Intent:
    return Intent(asset=asset, mode=mode, power_kw=power_kw, until=NOW + until)


def tell(wanted: Intent, readings: Readings | None) -> Command:
    return command_for(wanted, BATTERY, Role.BATTERY, readings, NOW)


def test_self_consumption_is_the_batterys_own_business() -> None:
    assert tell(intent("self", 2.0), battery()).action is Action.RELEASE


def test_holding_still_is_power_zero() -> None:
    command = tell(intent("hold", 3.0), battery())
    assert (command.action, command.power_kw) == (Action.POWER, 0.0)


def test_without_a_state_of_charge_nothing_is_forced() -> None:
    assert tell(intent("charge", 3.0), battery(None)).action is Action.RELEASE
    assert tell(intent("charge", 3.0), None).action is Action.RELEASE


def test_a_full_battery_is_not_charged_and_an_empty_one_not_discharged() -> None:
    assert tell(intent("charge", 3.0), battery(95.0)).power_kw == 0.0
    assert tell(intent("charge", 3.0), battery(94.9)).power_kw == 3.0
    assert tell(intent("discharge", -3.0), battery(10.0)).power_kw == 0.0
    assert tell(intent("discharge", -3.0), battery(10.1)).power_kw == -3.0


@given(
    power=st.floats(-50, 50),
    soc=st.floats(0, 100),
    charge=st.none() | st.floats(0.1, 20),
    discharge=st.none() | st.floats(0.1, 20),
)
def test_never_beyond_what_the_battery_says_or_was_set(
    power: float, soc: float, charge: float | None, discharge: float | None
) -> None:
    reading = Readings(
        at=NOW, battery=BatteryReading(soc_percent=soc, max_charge_kw=charge, max_discharge_kw=discharge)
    )
    command = tell(intent("charge" if power > 0 else "discharge", power), reading)
    assert command.power_kw is not None
    assert command.power_kw <= min(5.0, charge or 5.0)
    assert command.power_kw >= -min(4.0, discharge or 4.0)
    assert command.power_kw * power >= 0


@given(until=st.timedeltas(timedelta(0), timedelta(days=1)))
def test_a_lease_is_short_and_not_over_on_arrival(until: timedelta) -> None:
    command = tell(intent("charge", 3.0, until=until), battery())
    assert timedelta(minutes=1) <= command.expires - NOW <= LEASE


def test_a_lease_is_renewed_before_it_ends_and_not_all_the_time() -> None:
    running = tell(intent("charge", 3.0), battery())
    soon, later = NOW + RENEW_AFTER - timedelta(seconds=1), NOW + RENEW_AFTER
    for at, due in ((soon, False), (later, True)):
        again = command_for(intent("charge", 3.0), BATTERY, Role.BATTERY, battery(), at)
        assert needs_write(again, running, battery(), at) is due


def test_noise_in_the_plan_is_no_reason_to_write() -> None:
    running = tell(intent("charge", 3.0), battery())
    assert not needs_write(tell(intent("charge", 3.1), battery()), running, battery(), NOW)
    assert needs_write(tell(intent("charge", 3.5), battery()), running, battery(), NOW)
    assert needs_write(tell(intent("hold"), battery()), running, battery(), NOW)
    assert needs_write(tell(intent("self"), battery()), running, battery(), NOW)


def test_nothing_is_given_back_that_is_not_held() -> None:
    assert not needs_write(tell(intent("self"), battery()), None, battery(), NOW)


def test_a_relay_is_written_only_when_it_stands_otherwise() -> None:
    on = command_for(intent("on", 2.0, "l"), BOILER, Role.SWITCH, relay(False), NOW)
    off = command_for(intent("off", 0.0, "l"), BOILER, Role.SWITCH, relay(True), NOW)
    assert (on.action, off.action) == (Action.ON, Action.OFF)
    assert needs_write(on, None, relay(False), NOW)
    assert not needs_write(on, None, relay(True), NOW)
    assert not needs_write(on, on, relay(True), NOW + HOUR)
    assert not needs_write(on, on, None, NOW + HOUR)  # told, and nothing says it was undone
    assert needs_write(off, on, relay(True), NOW)


def test_a_car_is_offered_whole_amperes_below_the_plan() -> None:
    command = command_for(intent("charge", 3.0, "v"), CAR, Role.CHARGER, None, NOW)
    assert (command.action, command.current_a) == (Action.CURRENT, 13.0)
    assert command.phases is None


def test_the_current_is_what_the_plan_means() -> None:
    """At the car's own voltage, in its steps, and no more than it may."""
    assert charging_current(11.04, {"phases": 3}) == 16.0
    assert charging_current(2.4, {"phases": 1, "voltage": 240.0}) == 10.0
    assert charging_current(2.99, {"phases": 1, "current_step_a": 0.5}) == 13.0
    assert charging_current(3.5, {"phases": 1, "current_step_a": 0.5}) == 15.0
    assert charging_current(9.0, {"phases": 1, "max_current_a": 32.0}) == 32.0


def test_a_charger_that_switches_phases_is_told_how_many() -> None:
    """Below 6 A on three phases it is one; between 16 A on one and 6 A on three it is one, at its most."""
    params = {"phases": 3, "phase_switching": True}
    assert [charging_phases(kw, params) for kw in (1.38, 3.68, 3.9, 4.14, 11.04)] == [1, 1, 1, 3, 3]
    assert [charging_current(kw, params) for kw in (1.38, 3.68, 3.9, 4.14, 11.04)] == [6, 16, 16, 6, 16]
    car = replace(CAR, params=params)
    one = command_for(intent("charge", 3.68, "v"), car, Role.CHARGER, None, NOW)
    three = command_for(intent("charge", 11.04, "v"), car, Role.CHARGER, None, NOW)
    assert (one.phases, three.phases) == (1, 3)
    assert one.current_a == three.current_a
    assert needs_write(three, one, None, NOW)


def heat(target_c: float | None) -> Readings:
    return Readings(at=NOW, heat=HeatReading(room_c=20.0, target_c=target_c))


ROOM = AssetSpec(
    id="h",
    kind="heating",
    name="Living room",
    params={"low_c": 20.0, "high_c": 22.0, "periods": [{"start": "22:00", "end": "06:00", "low": 17.0}]},
)
TANK = AssetSpec(id="t", kind="hot_water", name="Tank", params={"min_c": 42.0, "max_c": 60.0})


def test_a_thermostat_is_given_a_set_point_and_guards_what_is_wished_at_least_by_itself() -> None:
    warm = command_for(intent("heat", 2.0, "h"), ROOM, Role.HEAT, heat(19.0), NOW)
    assert (warm.action, warm.target_c) == (Action.TARGET, 22.0)
    rest = command_for(intent("off", asset="h"), ROOM, Role.HEAT, heat(19.0), NOW)
    assert (rest.action, rest.target_c) == (Action.TARGET, 17.0)
    reading = Readings(at=NOW, tank=TankReading(temperature_c=45.0, target_c=50.0))
    told = [command_for(intent(mode, 2.0, "t"), TANK, Role.TANK, reading, NOW) for mode in ("heat", "off")]
    assert [command.target_c for command in told] == [60.0, 42.0]


def test_what_has_no_set_point_is_switched() -> None:
    assert command_for(intent("heat", 2.0, "h"), ROOM, Role.HEAT, heat(None), NOW).action is Action.ON
    relay_tank = Readings(at=NOW, tank=TankReading(temperature_c=45.0))
    assert command_for(intent("off", asset="t"), TANK, Role.TANK, relay_tank, NOW).action is Action.OFF


def test_a_set_point_is_written_once_and_when_it_changes() -> None:
    warm = command_for(intent("heat", 2.0, "h"), ROOM, Role.HEAT, heat(19.0), NOW)
    rest = command_for(intent("off", asset="h"), ROOM, Role.HEAT, heat(19.0), NOW)
    assert needs_write(warm, None, heat(19.0), NOW)
    assert not needs_write(warm, warm, heat(22.0), NOW + timedelta(minutes=4))
    assert needs_write(rest, warm, heat(22.0), NOW)
