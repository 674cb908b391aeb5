"""The SolaX driver against a Modbus server with the vendor's register map and remote control."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from custom_components.merit_order.engine.devices import solax
from custom_components.merit_order.engine.devices import solax_registers as reg
from custom_components.merit_order.engine.devices._modbus import WriteForbidden
from custom_components.merit_order.engine.model.errors import SilentPeer, WriteRefused, WrongDevice
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.roles import Action, Command, Role

from .conftest import NOON, TestClock
from .modbus_peer import Peer, text, words


class Inverter(Peer):
    """An X1-Hybrid-G4: PV 1,200 W, battery as remote control says, house 500 W."""

    def __init__(self) -> None:
        super().__init__(unit=1, functions={3, 4, 6, 16})
        names = text("H43A0012345678", 7) + text("SolaX", 7) + text("X1-Hybrid-G4", 7)
        self.holding.update(enumerate(names))
        self.input.update(dict.fromkeys(range(0x28), 0))
        self.input.update({0x0A: 700, 0x0B: 500, 0x14: 2500, 0x17: 1, 0x1C: 64, 0x24: 200, 0x25: 160})
        self.long(0x1D, 12_345)
        self.long(0x21, 70_000)
        self.long(0x26, 9_000)
        self.long(0x46, 2_000)
        self.long(0x48, 123_456)
        self.long(0x4A, 98_765_4)
        self.input[0x54] = 0
        self.long(0x94, 250_001)
        self.input.update(dict.fromkeys(range(0x100, 0x110), 0))
        self.long(0x10A, 6_000)
        self.long(0x10C, -6_000)
        self.on_write = self._obey

    def long(self, address: int, number: int) -> None:
        """Set a 32-bit input register, low word first."""
        self.input.update(zip((address, address + 1), words(number, low_first=True), strict=True))

    def _obey(self, function: int, address: int, values: list[int]) -> None:
        if (function, address) == (6, 0) and values == [2014]:
            self.input[0x54] = 1
        if (function, address) == (16, 0x7C) and self.input[0x54]:
            self.input[0x100] = values[0]
            self.input[0x102], self.input[0x103] = values[2], values[3]

    @property
    def asked(self) -> tuple[int, int, int]:
        """Mode, active power in W and duration of the last remote control command."""
        values = next(values for function, _, values in reversed(self.writes) if function == 16)
        power = values[3] << 16 | values[2]
        return values[0], power - (1 << 32) if power >= 1 << 31 else power, values[6]


@pytest.fixture
async def inverter(loopback: None) -> AsyncIterator[Inverter]:
    async with Inverter() as inverter:
        yield inverter


def options(inverter: Inverter, **changed: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": inverter.port, "unit": 1, "timeout": 0.3, **changed}


@pytest.fixture
async def device(inverter: Inverter, ports: Ports, clock: TestClock) -> AsyncIterator[Any]:
    clock.fixed = NOON
    device = await solax.KIND.connect(options(inverter), ports)
    yield device
    await device.close()


def order(power_kw: float, minutes: float = 15) -> Command:
    expires = NOON + timedelta(minutes=minutes)
    return Command(role=Role.BATTERY, action=Action.POWER, expires=expires, power_kw=power_kw)


RELEASE = Command(role=Role.BATTERY, action=Action.RELEASE, expires=NOON)


async def test_who_it_is(device: Any) -> None:
    assert device.identity.unique_id == "solax_H43A0012345678"
    assert device.identity.model == "X1-Hybrid-G4"
    assert device.identity.writable == (Role.BATTERY,)


async def test_what_it_says(device: Any, inverter: Inverter) -> None:
    inverter.input[0x16] = 0x10000 - 800
    said = await device.read()
    assert said.grid.power_kw == -2.0, "feed-in is export"
    assert (said.grid.export_kwh, said.grid.import_kwh) == (1234.56, 9876.54)
    assert (said.solar.power_kw, said.solar.energy_kwh) == (1.2, 25000.1)
    assert (said.battery.power_kw, said.battery.soc_percent) == (-0.8, 64)
    assert (said.battery.discharge_kwh, said.battery.charge_kwh) == (1234.5, 7000.0)
    assert said.battery.capacity_kwh == 9.0
    assert (said.battery.max_charge_kw, said.battery.max_discharge_kw) == (5.0, 4.0)
    assert said.battery.mode == "automatic"


async def test_a_second_between_instructions(device: Any, clock: TestClock) -> None:
    clock.slept.clear()
    await device.read()
    assert len(clock.slept) == 4
    assert min(clock.slept) == 1.0


@pytest.mark.parametrize(
    ("asked", "active"), [(2.0, 800), (0.0, -1200), (-1.0, -2200), (50.0, 3800), (-50.0, -5200)]
)
async def test_the_panels_are_taken_off_and_limits_kept(
    device: Any, inverter: Inverter, asked: float, active: int
) -> None:
    await device.write(order(asked))
    mode, power, seconds = inverter.asked
    assert (mode, power) == (1, active)
    assert 0 < seconds <= solax.ARMED_S
    assert (await device.read()).battery.mode == "remote_power"


async def test_the_inverters_own_bounds_are_kept(device: Any, inverter: Inverter) -> None:
    inverter.long(0x10A, 500)
    await device.write(order(4.0))
    assert inverter.asked[1] == 500


async def test_each_reading_renews_with_the_panels_of_the_moment(device: Any, inverter: Inverter) -> None:
    await device.write(order(2.0))
    inverter.input[0x0A] = 2_700
    await device.read()
    assert inverter.asked[1] == -1_200


async def test_a_lease_that_ended_is_not_renewed(device: Any, inverter: Inverter, clock: TestClock) -> None:
    await device.write(order(2.0, minutes=1))
    clock.fixed = NOON + timedelta(seconds=50)
    await device.read()
    assert inverter.asked[2] == 10, "never armed beyond the lease"
    written = len(inverter.writes)
    clock.fixed = NOON + timedelta(seconds=61)
    await device.read()
    assert len(inverter.writes) == written


async def test_release_switches_remote_control_off(device: Any, inverter: Inverter) -> None:
    await device.write(order(2.0))
    await device.write(RELEASE)
    assert inverter.asked == (0, 0, 0)
    written = len(inverter.writes)
    assert (await device.read()).battery.mode == "automatic"
    assert len(inverter.writes) == written


async def test_it_unlocks_once_and_only_for_users(device: Any, inverter: Inverter) -> None:
    await device.write(order(1.0))
    await device.write(order(2.0))
    assert [write for write in inverter.writes if write[0] == 6] == [(6, 0, [2014])]


async def test_only_the_two_listed_writes_are_ever_made(device: Any, inverter: Inverter) -> None:
    for power in (3.0, 0.0, -3.0):
        await device.write(order(power))
        await device.read()
    await device.write(RELEASE)
    assert {(function, address) for function, address, _ in inverter.writes} == {(6, 0), (16, 0x7C)}
    assert all(len(values) == 13 for function, _, values in inverter.writes if function == 16)
    # The right address with the other function is a grid-code or meter setting.
    for wrong in (
        (device.link.write_one, 0x7C, 1),
        (device.link.write_one, 0xA0, 1),
        (device.link.write_one, 0x1F, 1),
    ):
        write, address, value = wrong
        with pytest.raises(WriteRefused, match="not on the list"):
            await write(address, value)
    with pytest.raises(WriteRefused, match="not on the list"):
        await device.link.write_many(0x7C, [1, 1])


async def test_a_command_that_is_ignored_is_refused(device: Any, inverter: Inverter) -> None:
    inverter.on_write = lambda function, address, values: None
    with pytest.raises(WriteRefused, match="did not take"):
        await device.write(order(1.0))
    written = len(inverter.writes)
    await device.read()
    assert len(inverter.writes) == written, "and is not renewed"


async def test_a_renewal_that_fails_does_not_spoil_the_reading(device: Any, inverter: Inverter) -> None:
    await device.write(order(1.0))
    inverter.refuse = 4
    said = await device.read()
    assert said.battery.soc_percent == 64
    assert said.counters["renewals_missed"] == 1
    inverter.refuse = None
    written = len(inverter.writes)
    await device.read()
    assert len(inverter.writes) == written + 1


async def test_a_forbidden_write_says_so(device: Any, inverter: Inverter) -> None:
    inverter.refuse = 1
    with pytest.raises(WriteForbidden):
        await device.write(order(1.0))


async def test_no_limits_no_command(device: Any, inverter: Inverter) -> None:
    inverter.input[0x24] = 0xFFFF
    with pytest.raises(WriteRefused, match="limits"):
        await device.write(order(1.0))


async def test_a_lease_in_the_past(device: Any, inverter: Inverter) -> None:
    with pytest.raises(WriteRefused):
        await device.write(order(1.0, minutes=-1))
    assert inverter.writes == []


async def test_an_older_generation_is_read_only(inverter: Inverter, ports: Ports) -> None:
    for address in range(0x100, 0x110):
        del inverter.input[address]
    device = await solax.KIND.connect(options(inverter), ports)
    assert device.identity.writable == ()
    assert (await device.read()).battery is not None
    with pytest.raises(WriteRefused):
        await device.write(order(1.0))
    await device.close()


async def test_no_battery(inverter: Inverter, ports: Ports) -> None:
    inverter.input[0x17] = 0
    identity = await solax.KIND.probe(options(inverter), ports)
    assert identity.roles == (Role.GRID, Role.SOLAR)


async def test_another_maker(inverter: Inverter, ports: Ports) -> None:
    inverter.holding.update(zip(range(7, 14), text("Other", 7), strict=True))
    with pytest.raises(WrongDevice):
        await solax.KIND.probe(options(inverter), ports)


async def test_not_an_inverter(inverter: Inverter, ports: Ports) -> None:
    inverter.holding.clear()
    with pytest.raises(WrongDevice):
        await solax.KIND.probe(options(inverter), ports)


async def test_a_wrong_unit_is_silence(inverter: Inverter, ports: Ports) -> None:
    with pytest.raises(SilentPeer):
        await solax.KIND.probe(options(inverter, unit=9), ports)


def test_negative_power_in_words() -> None:
    assert reg.remote_control(1, -1200, 60) == [1, 1, 0xFB50, 0xFFFF, 0, 0, 60, 0, 0, 0, 0, 0, 0]


async def test_it_tells_whether_remote_control_stands_as_told(
    device: Any, inverter: Inverter, clock: TestClock
) -> None:
    assert (await device.read()).stands == {Role.BATTERY: True}
    await device.write(order(2.0, minutes=1))
    assert (await device.read()).stands == {Role.BATTERY: True}
    inverter.input[0x100] = 0  # as the maker's app would
    inverter.on_write = lambda *_: None
    assert (await device.read()).stands == {Role.BATTERY: False}
    inverter.input[0x100] = 1
    clock.fixed = NOON + timedelta(seconds=65)
    await device.read()
    assert (await device.read()).stands == {Role.BATTERY: True}, "ours, and lapsing"
    clock.fixed = NOON + timedelta(minutes=5)
    assert (await device.read()).stands == {Role.BATTERY: False}, "someone else's"
