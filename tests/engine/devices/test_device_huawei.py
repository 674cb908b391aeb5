"""The Huawei driver against the virtual home's Modbus server, healthy and broken."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from custom_components.merit_order.engine.devices import huawei
from custom_components.merit_order.engine.devices import huawei_registers as reg
from custom_components.merit_order.engine.devices._registers import Words
from custom_components.merit_order.engine.model.errors import (
    BadData,
    CannotConnect,
    MeritOrderError,
    SilentPeer,
    WriteRefused,
    WrongDevice,
    WrongUnit,
)
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.roles import Action, Command, Role
from demo.faults import Fault

from .conftest import Home, TestClock


def options(home: Home, **changed: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": home.virtual.huawei.port, "unit": 1, "timeout": 0.4, **changed}


@pytest.fixture
async def device(home: Home, ports: Ports) -> AsyncIterator[huawei.Huawei]:
    await home.virtual.huawei.start()
    device = await huawei.KIND.connect(options(home), ports)
    assert isinstance(device, huawei.Huawei)
    yield device
    await device.close()


def order(clock: TestClock, power_kw: float, minutes: float = 5) -> Command:
    expires = clock.now() + timedelta(minutes=minutes)
    return Command(role=Role.BATTERY, action=Action.POWER, expires=expires, power_kw=power_kw)


def release(clock: TestClock) -> Command:
    return Command(role=Role.BATTERY, action=Action.RELEASE, expires=clock.now())


async def test_probe_tells_who_it_is(home: Home, ports: Ports) -> None:
    await home.virtual.huawei.start()
    identity = await huawei.KIND.probe(options(home), ports)
    assert identity.unique_id == "huawei_VH2410000001"
    assert (identity.manufacturer, identity.model, identity.name) == ("Huawei", "SUN2000-6KTL-M1", "SUN2000")
    assert identity.roles == (Role.GRID, Role.SOLAR, Role.BATTERY)
    assert identity.writable == (Role.BATTERY,)
    assert identity.sw_version == "V100R001C00SPC200"


async def test_it_keeps_the_dongles_manners(device: huawei.Huawei, clock: TestClock) -> None:
    assert clock.slept[0] == 1.0, "a second of rest after connecting"
    assert all(pause <= 0.05 for pause in clock.slept[1:])
    await device.read()
    assert clock.slept.count(0.05) >= 8, "a gap before each request (the clock stands still)"


async def test_reading_is_what_the_house_does(device: huawei.Huawei, home: Home) -> None:
    home.wait(600)
    said, truth = await device.read(), home.truth()
    assert said.grid is not None
    assert said.solar is not None
    assert said.battery is not None
    assert said.grid.power_kw == pytest.approx(truth["grid_w"] / 1000, abs=0.002)
    assert said.solar.power_kw == pytest.approx(truth["solar_w"] / 1000, abs=0.002)
    assert said.solar.inverter_kw == 6.0
    assert said.battery.power_kw == pytest.approx(truth["battery_w"] / 1000, abs=0.002)
    assert said.battery.soc_percent == pytest.approx(truth["soc"] * 100, abs=0.06)
    assert said.battery.capacity_kwh == 10.0
    assert said.battery.max_charge_kw == 5.0
    assert said.battery.mode == "automatic"
    assert said.battery.charge_kwh == pytest.approx(truth["charge_kwh"], abs=0.01)
    assert len(said.grid.phase_current_a) == 3
    assert sum(said.grid.phase_current_a) * 0.23 == pytest.approx(said.grid.power_kw, abs=0.05)
    assert said.grid.phase_voltage_v == (230.0, 230.0, 230.0)
    assert said.at == home.virtual.clock.now()
    assert said.counters["invalid"] == 0


async def test_energy_is_the_right_way_round(device: huawei.Huawei, home: Home, clock: TestClock) -> None:
    before, truth_before = await device.read(), home.truth()
    await device.write(order(clock, 4.0))
    home.wait(299)
    after, truth = await device.read(), home.truth()
    assert before.grid is not None
    assert after.grid is not None
    assert after.battery is not None
    assert before.battery is not None
    for key in ("import", "export"):
        was, now = getattr(before.grid, f"{key}_kwh"), getattr(after.grid, f"{key}_kwh")
        assert now - was == pytest.approx(truth[f"{key}_kwh"] - truth_before[f"{key}_kwh"], abs=0.011)
    assert truth["import_kwh"] > truth_before["import_kwh"] + 0.1, "the house did draw"
    assert (after.battery.charge_kwh or 0) - (before.battery.charge_kwh or 0) == pytest.approx(
        4 * 299 / 3600, abs=0.011
    )
    assert after.battery.discharge_kwh == before.battery.discharge_kwh


@pytest.mark.parametrize(("asked", "got"), [(2.5, 2500), (-1.5, -1500), (0.0, 0), (99.0, 5000)])
async def test_power_is_held_and_ends_by_itself(
    device: huawei.Huawei, home: Home, clock: TestClock, asked: float, got: float
) -> None:
    home.wait(60)
    await device.write(order(clock, asked, minutes=3))
    home.wait(60)
    assert home.truth()["battery_w"] == pytest.approx(got, abs=1)
    assert home.truth()["forced"] != "stop"
    said = await device.read()
    assert said.battery is not None
    assert said.battery.mode == ("forced_charge" if asked > 0 else "forced_discharge")
    home.wait(121)
    assert home.truth()["forced"] == "stop", "the inverter's own timer gave the battery back"


async def test_a_lease_is_never_armed_for_longer_than_five_minutes(
    device: huawei.Huawei, home: Home, clock: TestClock
) -> None:
    await device.write(order(clock, 1.0, minutes=240))
    assert home.truth()["forced_remaining_s"] <= 300


async def test_renewing_starts_the_timer_again(device: huawei.Huawei, home: Home, clock: TestClock) -> None:
    await device.write(order(clock, 1.0))
    home.wait(120)
    await device.write(order(clock, -2.0))
    assert home.truth()["forced_remaining_s"] == pytest.approx(300, abs=2)
    home.wait(10)
    assert home.truth()["battery_w"] == pytest.approx(-2000, abs=1)


async def test_release_stops_at_once(device: huawei.Huawei, home: Home, clock: TestClock) -> None:
    await device.write(order(clock, 1.0))
    await device.write(release(clock))
    assert home.truth()["forced"] == "stop"
    await device.write(release(clock))


async def test_only_listed_registers_are_ever_written(
    device: huawei.Huawei, home: Home, clock: TestClock
) -> None:
    for power in (3.0, 0.0, -3.0):
        await device.write(order(clock, power))
    await device.write(release(clock))
    written = set(home.truth()["huawei_writes"])
    assert written == {47083, 47100, 47246, 47247, 47249}
    assert not {47075, 47077} & {address for _, address in reg.WRITES}
    with pytest.raises(WriteRefused, match="not on the list"):
        await device.link.write_one(47075, 0)
    with pytest.raises(WriteRefused, match="not on the list"):
        await device.link.write_one(47100, 0)
    with pytest.raises(WriteRefused, match="not on the list"):
        await device.link.write_many(47083, [1, 1])
    assert set(home.truth()["huawei_writes"]) == written


async def test_a_lease_that_is_over_is_refused(device: huawei.Huawei, home: Home, clock: TestClock) -> None:
    with pytest.raises(WriteRefused):
        await device.write(order(clock, 1.0, minutes=-1))
    assert home.truth()["forced"] == "stop"


@pytest.mark.parametrize("role", [Role.GRID, Role.SWITCH])
async def test_other_parts_take_no_commands(device: huawei.Huawei, clock: TestClock, role: Role) -> None:
    with pytest.raises(WriteRefused):
        await device.write(Command(role=role, action=Action.ON, expires=clock.now()))


async def test_nothing_listens(home: Home, ports: Ports) -> None:
    await home.virtual.huawei.start()
    await home.virtual.break_("huawei", Fault.CLOSED)
    with pytest.raises(CannotConnect) as raised:
        await huawei.KIND.probe(options(home), ports)
    assert huawei.KIND.field_of_error[raised.value.key] == "host"


async def test_a_port_that_never_answers(home: Home, ports: Ports) -> None:
    await home.virtual.huawei.start()
    await home.virtual.break_("huawei", Fault.SILENT)
    with pytest.raises(SilentPeer):
        await huawei.KIND.probe(options(home), ports)


async def test_the_wrong_unit_names_the_right_one(home: Home, ports: Ports) -> None:
    await home.virtual.huawei.start()
    with pytest.raises(WrongUnit) as raised:
        await huawei.KIND.probe(options(home, unit=7), ports)
    assert raised.value.placeholders == {"unit": "7", "found": "1"}


async def test_another_kind_of_device(home: Home, ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    await home.virtual.huawei.start()
    monkeypatch.setattr(huawei, "MODELS", ("SOMETHING",))
    with pytest.raises(WrongDevice) as raised:
        await huawei.KIND.probe(options(home), ports)
    assert raised.value.placeholders["model"] == "SUN2000-6KTL-M1"


async def test_invalid_marks_are_none_and_counted(device: huawei.Huawei, home: Home) -> None:
    await home.virtual.break_("huawei", Fault.INVALID)
    said = await device.read()
    assert said.solar is not None
    assert said.battery is not None
    assert (said.solar.power_kw, said.solar.energy_kwh) == (None, None)
    assert (said.battery.power_kw, said.battery.soc_percent) == (None, None)
    assert said.counters["invalid"] >= 8
    await home.virtual.mend()
    said = await device.read()
    assert said.battery is not None
    assert said.battery.power_kw is not None


async def test_a_battery_that_slept_when_we_came_is_seen_when_it_wakes(home: Home, ports: Ports) -> None:
    await home.virtual.huawei.start()
    await home.virtual.break_("huawei", Fault.INVALID)
    device = await huawei.KIND.connect(options(home), ports)
    assert Role.BATTERY not in device.identity.roles
    assert (await device.read()).battery is None
    await home.virtual.mend()
    home.wait(61)
    assert (await device.read()).battery is not None
    await device.close()


async def test_impossible_numbers_are_none_and_counted(device: huawei.Huawei, home: Home) -> None:
    await home.virtual.break_("huawei", Fault.OUT_OF_RANGE)
    said = await device.read()
    assert said.battery is not None
    assert said.solar is not None
    assert (said.battery.soc_percent, said.battery.power_kw, said.solar.power_kw) == (None, None, None)
    assert said.counters["implausible"] >= 4


async def test_no_limits_no_command(home: Home, ports: Ports, clock: TestClock) -> None:
    await home.virtual.huawei.start()
    device: Any = await huawei.KIND.connect(options(home), ports)
    await home.virtual.break_("huawei", Fault.OUT_OF_RANGE)
    device._parts = (Role.BATTERY,)
    device._words = Words()
    with pytest.raises(WriteRefused, match="limits"):
        await device.write(order(clock, 1.0))
    assert home.truth()["forced"] == "stop"
    await device.close()


async def test_a_battery_that_sleeps_takes_no_command(
    device: huawei.Huawei, home: Home, clock: TestClock
) -> None:
    home.virtual.house.inverter.battery.max_charge_w = 0
    home.wait(61)
    await device.read()
    with pytest.raises(WriteRefused, match="nothing now"):
        await device.write(order(clock, 1.0))
    assert home.truth()["forced"] == "stop"
    await device.write(order(clock, -1.0))
    assert home.truth()["forced"] == "discharge"


async def test_a_mix_up_of_answers_is_never_taken_for_a_value(device: huawei.Huawei, home: Home) -> None:
    await home.virtual.break_("huawei", Fault.MIXED_UP)
    with pytest.raises(BadData):
        await device.read()
    await home.virtual.mend()
    assert (await device.read()).counters["mixed_up"] == 1


async def test_garbage_is_survived(device: huawei.Huawei, home: Home, clock: TestClock) -> None:
    await home.virtual.break_("huawei", Fault.GARBAGE)
    for _ in range(3):
        with pytest.raises(MeritOrderError):
            await device.read()
    await home.virtual.mend()
    clock.fixed = clock.now() + timedelta(minutes=2)
    assert (await device.read()).solar is not None


async def test_latency_is_waited_for(home: Home, ports: Ports) -> None:
    await home.virtual.huawei.start()
    await home.virtual.break_("huawei", Fault.LATENCY, 0.04)
    device = await huawei.KIND.connect(options(home), ports)
    said = await device.read()
    assert said.counters["timeouts"] == 0
    device._took_s = 7.0  # type: ignore[attr-defined]  # as if each answer had taken 1.3 s
    assert device.poll_s == 14.0, "a slow dongle is asked less often"
    await device.close()


async def test_a_second_client_kicks_us_and_we_come_back(
    device: huawei.Huawei, home: Home, ports: Ports, clock: TestClock
) -> None:
    await device.read()
    rival = await huawei.KIND.connect(options(home), ports)
    await asyncio.sleep(0.05)
    assert (await device.read()).counters["lost"] == 1
    await rival.close()
    assert home.virtual.huawei.kicked == 2


async def test_two_clients_do_not_fight_without_end(
    device: huawei.Huawei, home: Home, ports: Ports, clock: TestClock
) -> None:
    async def bout() -> None:
        rival = await huawei.KIND.connect(options(home), ports)
        await asyncio.sleep(0.05)
        try:
            await device.read()
        finally:
            await rival.close()

    await bout()
    with pytest.raises(CannotConnect, match="trying again"):
        await bout()
    clock.fixed = clock.now() + timedelta(minutes=2)
    assert (await device.read()).solar is not None


async def test_losing_the_line_in_the_middle_is_noticed_at_once(
    home: Home, ports: Ports, clock: TestClock
) -> None:
    await home.virtual.huawei.start()
    device = await huawei.KIND.connect(options(home, timeout=20), ports)
    await home.virtual.break_("huawei", Fault.SILENT)
    reading = asyncio.create_task(device.read())
    await asyncio.sleep(0.1)
    await home.virtual.break_("huawei", Fault.CLOSED)
    with pytest.raises(CannotConnect):
        await asyncio.wait_for(reading, 2)
    await device.close()


async def test_a_closed_port_is_found_again_with_patience(
    device: huawei.Huawei, home: Home, clock: TestClock
) -> None:
    await home.virtual.break_("huawei", Fault.CLOSED)
    for _ in range(6):
        with pytest.raises(CannotConnect):
            await device.read()
        clock.fixed = clock.now() + timedelta(seconds=1)
    await home.virtual.mend()
    clock.fixed = clock.now() + timedelta(seconds=61)
    said = await device.read()
    assert said.solar is not None


async def test_a_reboot_in_the_middle_of_a_lease(device: huawei.Huawei, home: Home, clock: TestClock) -> None:
    await device.write(order(clock, 1.0))
    await home.virtual.huawei.reboot(30)
    with pytest.raises(CannotConnect):
        await device.read()
    home.wait(31)
    await asyncio.sleep(0.05)
    home.wait(61)
    said = await device.read()
    assert said.battery is not None
    assert said.battery.mode == "automatic"


async def test_cancelling_a_read_leaves_a_usable_device(home: Home, ports: Ports) -> None:
    await home.virtual.huawei.start()
    device = await huawei.KIND.connect(options(home, timeout=20), ports)
    await home.virtual.break_("huawei", Fault.SILENT)
    reading = asyncio.create_task(device.read())
    await asyncio.sleep(0.05)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await home.virtual.mend()
    assert (await device.read()).solar is not None
    await device.close()
