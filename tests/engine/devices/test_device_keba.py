"""The KEBA driver against the virtual wallbox."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from custom_components.merit_order.engine.devices import keba
from custom_components.merit_order.engine.model.errors import (
    BadData,
    CannotConnect,
    SilentPeer,
    WriteRefused,
    WrongDevice,
)
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.roles import Action, Command, Role
from demo.clock import ManualClock
from demo.faces.keba import KebaFace
from demo.faults import Fault
from demo.home import VirtualHome
from demo.physics.car import Trip

from .conftest import NOON, MemoryStore, TestClock
from .modbus_peer import Peer, words


class Wallbox:
    """The virtual wallbox with a car before it, on the drivers' clock: what a driver waits passes for it too."""

    def __init__(self, clock: TestClock) -> None:
        self.hands = ManualClock(NOON)
        self.home = VirtualHome(self.hands, appliances=("charger",))
        self.charger = self.home.chargers["charger"]
        self.charger.car.trips = ()
        face = self.home.faces["charger"]
        assert isinstance(face, KebaFace)
        self.face = face
        self._clock = clock
        self.wait(1)
        clock.pass_time = self.wait

    def wait(self, seconds: float) -> None:
        """Let time pass for the house and the driver."""
        self.hands.advance(seconds)
        self._clock.fixed = self.hands.now()
        self.home.catch_up()


@pytest.fixture
async def wallbox(clock: TestClock, loopback: None) -> AsyncIterator[Wallbox]:
    wallbox = Wallbox(clock)
    await wallbox.face.start()
    try:
        yield wallbox
    finally:
        await wallbox.home.stop()


def options(wallbox: Wallbox, **changed: Any) -> dict[str, Any]:
    given = {
        "host": "127.0.0.1",
        "port": wallbox.face.port,
        "unit": 255,
        "timeout": 0.4,
        "energy_in_wh": False,
    }
    return {**given, **changed}


@pytest.fixture
async def device(wallbox: Wallbox, ports: Ports) -> AsyncIterator[Any]:
    device = await keba.KIND.connect(options(wallbox), ports)
    yield device
    await device.close()


@pytest.fixture
async def switching(wallbox: Wallbox, ports: Ports) -> AsyncIterator[Any]:
    """One with a contactor for the phases."""
    device = await keba.KIND.connect(options(wallbox, phase_switching=True), ports)
    yield device
    await device.close()


def order(action: Action, current_a: float | None = None, phases: int | None = None) -> Command:
    expires = NOON + timedelta(hours=1)
    return Command(role=Role.CHARGER, action=action, expires=expires, current_a=current_a, phases=phases)


async def test_who_it_is(device: Any) -> None:
    assert device.identity.unique_id == "keba_17619300"
    assert device.identity.model == "KeContact P30"
    assert device.identity.roles == device.identity.writable == (Role.CHARGER,)


async def test_what_it_says(device: Any, wallbox: Wallbox) -> None:
    wallbox.wait(600)
    said = (await device.read()).charger
    assert said.connected is True
    assert said.power_kw == pytest.approx(wallbox.charger.power_w / 1000, abs=0.001)
    assert said.energy_kwh == pytest.approx(wallbox.charger.energy_wh / 1000, abs=0.02)
    assert said.current_a == 16.0
    assert said.soc_percent is None


async def test_firmware_that_counts_in_watt_hours(wallbox: Wallbox, ports: Ports) -> None:
    wallbox.wait(600)
    right = await keba.KIND.connect(options(wallbox), ports)
    wrong = await keba.KIND.connect(options(wallbox, energy_in_wh=True), ports)
    one, ten = (await right.read()).charger, (await wrong.read()).charger
    assert one is not None
    assert ten is not None
    assert ten.energy_kwh == pytest.approx(10 * (one.energy_kwh or 0), rel=0.02)
    await right.close()
    await wrong.close()


async def test_current_off_on_and_back(device: Any, wallbox: Wallbox, store: MemoryStore) -> None:
    await device.write(order(Action.CURRENT, 10))
    wallbox.wait(10)
    assert wallbox.charger.offered_ma == 10_000
    assert (await device.read()).charger.power_kw == pytest.approx(6.9)
    await device.write(order(Action.CURRENT, 3))
    assert wallbox.charger.offered_ma == 0, "less than 6 A is nothing"
    wallbox.wait(10)
    await device.write(order(Action.CURRENT, 99))
    assert wallbox.charger.offered_ma == 16_000, "no more than the wallbox has"
    wallbox.wait(10)
    await device.write(order(Action.OFF))
    wallbox.wait(10)
    assert wallbox.charger.power_w == 0
    await device.write(order(Action.ON))
    wallbox.wait(10)
    assert wallbox.charger.offered_ma == 16_000
    await device.write(order(Action.CURRENT, 8))
    await device.write(order(Action.RELEASE))
    assert wallbox.charger.offered_ma == 16_000
    assert not any(store.values.values())
    assert wallbox.face.hasty == 0, "five seconds between writes"


async def test_a_restart_in_the_middle_of_a_lease(device: Any, wallbox: Wallbox, ports: Ports) -> None:
    await device.write(order(Action.OFF))
    again = await keba.KIND.connect(options(wallbox), ports)
    await again.write(order(Action.RELEASE))
    assert wallbox.charger.offered_ma == 16_000
    await again.close()


async def test_a_wallbox_that_was_off_is_left_off(device: Any, wallbox: Wallbox) -> None:
    wallbox.charger.enabled = False
    wallbox.wait(10)
    await device.write(order(Action.CURRENT, 10))
    assert wallbox.charger.offered_ma == 10_000
    wallbox.wait(10)
    await device.write(order(Action.RELEASE))
    assert wallbox.charger.enabled is False


async def test_repeating_a_command_writes_nothing(device: Any, wallbox: Wallbox) -> None:
    for action in (Action.OFF, Action.ON):
        await device.write(order(action))
        wallbox.wait(10)
        written = sum(wallbox.face.writes.values())
        await device.write(order(action))
        assert sum(wallbox.face.writes.values()) == written
    await device.write(order(Action.CURRENT, 10))
    wallbox.wait(10)
    written = sum(wallbox.face.writes.values())
    await device.write(order(Action.CURRENT, 10))
    assert sum(wallbox.face.writes.values()) == written


async def test_release_without_a_lease_touches_nothing(device: Any, wallbox: Wallbox) -> None:
    await device.write(order(Action.RELEASE))
    assert not wallbox.face.writes


async def test_only_two_registers_are_ever_written(device: Any, wallbox: Wallbox) -> None:
    for command in (order(Action.CURRENT, 7), order(Action.OFF), order(Action.ON), order(Action.RELEASE)):
        await device.write(command)
        wallbox.wait(10)
    assert set(wallbox.face.writes) == {5004, 5014}
    for address in (5016, 5018, 5010, 5050, 5052):
        with pytest.raises(WriteRefused, match="not on the list"):
            await device.link.write_one(address, 1)


async def test_no_car(device: Any, wallbox: Wallbox) -> None:
    wallbox.charger.car.trips = (Trip(frozenset(range(7)), 0.0, 24.0, 1.0),)
    wallbox.wait(10)
    assert (await device.read()).charger.connected is False


async def test_what_it_cannot_do(device: Any) -> None:
    for command in (
        order(Action.POWER),
        order(Action.CURRENT),
        Command(role=Role.BATTERY, action=Action.ON, expires=NOON),
    ):
        with pytest.raises(WriteRefused):
            await device.write(command)


async def test_invalid_and_impossible(device: Any, wallbox: Wallbox) -> None:
    await wallbox.face.break_(Fault.INVALID)
    said = (await device.read()).charger
    assert (said.power_kw, said.energy_kwh, said.connected, said.current_a) == (None, None, None, None)
    with pytest.raises(WriteRefused):
        await device.write(order(Action.OFF))
    assert not wallbox.face.writes, "what it did before could not be kept, so nothing is touched"
    await wallbox.face.mend()
    await wallbox.face.break_(Fault.OUT_OF_RANGE)
    assert (await device.read()).counters["implausible"] == 5


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault.CLOSED, CannotConnect), (Fault.SILENT, SilentPeer), (Fault.MIXED_UP, BadData)],
)
async def test_faults_have_names(
    device: Any, wallbox: Wallbox, ports: Ports, fault: Fault, error: type[Exception]
) -> None:
    await wallbox.face.break_(fault)
    with pytest.raises(error):
        await device.read()
    with pytest.raises(error):
        await keba.KIND.probe(options(wallbox), ports)
    await wallbox.face.mend()
    wallbox.wait(120)
    assert (await device.read()).charger.connected is True


async def test_another_device(ports: Ports, loopback: None) -> None:
    async with Peer(unit=255, functions={3, 6}) as peer:
        given = {"host": "127.0.0.1", "port": peer.port, "unit": 255, "timeout": 0.4, "energy_in_wh": False}
        with pytest.raises(WrongDevice):
            await keba.KIND.probe(given, ports)
        peer.holding.update(zip((1014, 1015, 1016, 1017), words(4711) + words(9_000_000), strict=True))
        with pytest.raises(WrongDevice):
            await keba.KIND.probe(given, ports)
        peer.holding.update(zip((1016, 1017), words(4_110_200), strict=True))
        assert (await keba.KIND.probe(given, ports)).model == "KeContact P40"


async def test_an_ignored_command_is_refused(ports: Ports, loopback: None) -> None:
    async with Peer(unit=255, functions={3, 6}) as peer:
        for address, number in ((1000, 3), (1014, 1), (1016, 3_000_000), (1100, 16_000), (1110, 16_000)):
            peer.holding.update(zip((address, address + 1), words(number), strict=True))
        given = {"host": "127.0.0.1", "port": peer.port, "unit": 255, "timeout": 0.4, "energy_in_wh": False}
        device = await keba.KIND.connect(given, ports)
        with pytest.raises(WriteRefused, match="did not take"):
            await device.write(order(Action.OFF))
        await device.close()


async def test_it_tells_whether_the_current_stands_as_told(device: Any, wallbox: Wallbox) -> None:
    assert (await device.read()).stands == {}, "told nothing"
    await device.write(order(Action.CURRENT, current_a=10.0))
    assert (await device.read()).stands == {Role.CHARGER: True}
    await device.link.write_one(keba.SET_CURRENT_MA, 16000)  # as the maker's app would
    assert (await device.read()).stands == {Role.CHARGER: False}
    await device.write(order(Action.LEAVE))
    await device.write(order(Action.RELEASE))
    assert (await device.read()).charger.current_a == 16.0, "what someone else set stays"


async def test_on_one_phase_and_on_three_and_back(
    switching: Any, wallbox: Wallbox, store: MemoryStore
) -> None:
    charger = wallbox.charger
    await switching.write(order(Action.CURRENT, 10, 1))
    wallbox.wait(10)
    assert (charger.phases, charger.power_w) == (1, 2300.0)
    wallbox.wait(300)
    await switching.write(order(Action.CURRENT, 8, 3))
    wallbox.wait(10)
    assert (charger.phases, charger.power_w) == (3, 5520.0)
    wallbox.wait(300)
    await switching.write(order(Action.CURRENT, 6, 1))
    wallbox.wait(300)
    await switching.write(order(Action.RELEASE))
    assert (charger.phases, charger.offered_ma) == (3, 16_000)
    assert not any(store.values.values())
    assert charger.burnt == 0, "no change under load"
    assert wallbox.face.hasty == 0, "five seconds between writes"


async def test_phases_rest_for_five_minutes_and_the_current_goes_back_without_them(
    switching: Any, wallbox: Wallbox, store: MemoryStore
) -> None:
    await switching.write(order(Action.CURRENT, 10, 1))
    wallbox.wait(10)
    written = dict(wallbox.face.writes)
    with pytest.raises(WriteRefused, match="less than five minutes ago"):
        await switching.write(order(Action.CURRENT, 8, 3))
    assert wallbox.face.writes == written
    with pytest.raises(WriteRefused, match="less than five minutes ago"):
        await switching.write(order(Action.RELEASE))
    assert (wallbox.charger.phases, wallbox.charger.offered_ma) == (1, 16_000)
    assert any(store.values.values()), "still to be given back"
    wallbox.wait(300)
    await switching.write(order(Action.RELEASE))
    assert wallbox.charger.phases == 3
    assert not any(store.values.values())


async def test_a_wallbox_that_is_told_its_phases_by_another_is_left_alone(
    switching: Any, wallbox: Wallbox
) -> None:
    wallbox.charger.phases_from = 1
    wallbox.wait(10)
    with pytest.raises(WriteRefused, match="does not take the number of phases by Modbus"):
        await switching.write(order(Action.CURRENT, 10, 1))
    assert not wallbox.face.writes


def test_only_a_wallbox_with_a_contactor_for_it_is_planned_on_one_phase() -> None:
    assert keba.KIND.conduct is not None
    able = keba.KIND.conduct.switches_phases
    assert (able({"phase_switching": True}), able({"phase_switching": False}), able({})) == (
        True,
        False,
        False,
    )
