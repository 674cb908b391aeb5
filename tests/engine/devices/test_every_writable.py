"""What every part that takes commands owes a person, kind by kind, at the wire.

What stood before is on disk before the first write, and comes back, also from a driver that knows nothing but the
disk; each write is counted against a budget; what it was told is read back; a hand on it is seen, and left alone.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.merit_order.engine.devices import DEVICES, device_kind
from custom_components.merit_order.engine.model.errors import SourceError
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.roles import Action, Command, Role
from custom_components.merit_order.writes import budget

from . import test_device_homewizard_battery as plug_in
from . import test_device_huawei as inverter_of_huawei
from . import test_device_keba as wallboxes
from . import test_device_solax as inverters
from .conftest import NOON, Home, House, MemoryStore, TestClock
from .test_device_homewizard_battery import certificate
from .test_device_homewizard_battery import home as batteries
from .test_device_keba import wallbox
from .test_device_solax import inverter

__all__ = ["batteries", "certificate", "inverter", "wallbox"]

CHARGE = {"action": Action.POWER, "power_kw": 2.0}
AMPERES = {"action": Action.CURRENT, "current_a": 10.0}


@dataclass(kw_only=True)
class Scene:
    """A device of one kind: how it stands, what it is told, and how someone else would change it.

    `timer`: it ends by itself, so nothing need be kept. `start` lets it be reached.
    """

    kind: str
    role: Role
    options: Callable[[], dict[str, Any]]
    told: dict[str, Any]
    stands: Callable[[], Any]
    hand: Callable[[], object]
    timer: bool = False
    start: Callable[[], Awaitable[None]] | None = None
    wait: Callable[[float], None] = lambda seconds: None

    async def open(self, ports: Ports) -> Any:
        if self.start is not None:
            await self.start()
            self.start = None
        kind = device_kind(self.kind)
        return await kind.connect(settle(kind.options, self.options()), ports)

    def command(self, ports: Ports) -> Command:
        return Command(role=self.role, expires=ports.clock.now() + timedelta(minutes=5), **self.told)

    def say(self, ports: Ports, action: Action) -> Command:
        return Command(role=self.role, action=action, expires=ports.clock.now())


def bound(
    role: str,
    house: House,
    options: dict[str, Any],
    told: dict[str, Any],
    put: Callable[[], object],
    **more: Any,
) -> Scene:
    """A device bound to entities: how it stands is how all of them stand."""
    return Scene(
        kind=f"entities_{role}",
        role=Role(role),
        options=lambda: options,
        told=told,
        stands=lambda: {
            key: (one.state, one.attributes.get("temperature")) for key, one in house.states.items()
        },
        hand=put,
        **more,
    )


def _relay(house: House) -> Scene:
    house.put("switch.pump", "off")
    return bound(
        "switch",
        house,
        {"switch": "switch.pump"},
        {"action": Action.ON},
        lambda: house.put("switch.pump", "off"),
    )


def _charger(house: House) -> Scene:
    house.put("switch.box", "off")
    house.put("number.amps", "16.0", "A", min=6, max=32)
    house.put("select.phases", "3", options=["1", "3"])
    options = {"switch": "switch.box", "current": "number.amps", "phases": "select.phases"}
    return bound(
        "charger",
        house,
        options,
        {**AMPERES, "phases": 1},
        lambda: house.put("select.phases", "3", options=["1", "3"]),
    )


def _stopped_charger(house: House) -> Scene:
    house.put("switch.box", "on")
    house.put("number.amps", "16.0", "A", min=6, max=32)
    options = {"switch": "switch.box", "current": "number.amps"}
    return bound("charger", house, options, AMPERES, lambda: house.put("switch.box", "off"))


def _thermostat(house: House) -> Scene:
    house.put("climate.den", "heat", temperature=19.0, current_temperature=18.0)
    return bound(
        "heat",
        house,
        {"climate": "climate.den"},
        {"action": Action.TARGET, "target_c": 21.0},
        lambda: house.put("climate.den", "off", temperature=21.0, current_temperature=18.0),
    )


def _boiler(house: House) -> Scene:
    house.put("water_heater.tank", "eco", temperature=50.0, current_temperature=45.0)
    return bound(
        "tank",
        house,
        {"tank": "water_heater.tank"},
        {"action": Action.TARGET, "target_c": 60.0},
        lambda: house.put("water_heater.tank", "eco", temperature=55.0, current_temperature=45.0),
    )


def _tank_relay(house: House) -> Scene:
    house.put("switch.tank", "on")
    return bound(
        "tank", house, {"tank": "switch.tank"}, {"action": Action.OFF}, lambda: house.put("switch.tank", "on")
    )


def _battery(house: House) -> Scene:
    house.put("sensor.soc", "50", "%")
    house.put("number.watts", "0.0", "W", min=-5000, max=5000)
    house.put("select.mode", "self", options=["self", "forced"])
    options = {
        "soc": "sensor.soc",
        "control_power": "number.watts",
        "control_mode": "select.mode",
        "charge_option": "forced",
        "discharge_option": "forced",
    }
    return bound(
        "battery",
        house,
        options,
        CHARGE,
        lambda: house.put("select.mode", "self", options=["self", "forced"]),
    )


def _battery_number(house: House) -> Scene:
    house.put("sensor.soc", "50", "%")
    house.put("number.watts", "0.0", "W", min=-5000, max=5000)
    options = {"soc": "sensor.soc", "control_power": "number.watts"}
    hand = lambda: house.put("number.watts", "500", "W", min=-5000, max=5000)  # noqa: E731 # one line
    return bound("battery", house, options, CHARGE, hand)


ENTITIES: dict[str, Callable[[House], Scene]] = {
    "entities_switch": _relay,
    "entities_charger": _charger,
    "entities_charger, stopped": _stopped_charger,
    "entities_heat": _thermostat,
    "entities_tank": _boiler,
    "entities_tank, relay": _tank_relay,
    "entities_battery": _battery,
    "entities_battery, number": _battery_number,
}


def _huawei(request: pytest.FixtureRequest) -> Scene:
    home: Home = request.getfixturevalue("home")
    running = home.virtual.house.inverter

    def stop() -> None:
        home.virtual.catch_up()
        running.running = type(running.running)()

    return Scene(
        kind="huawei",
        role=Role.BATTERY,
        options=lambda: inverter_of_huawei.options(home, timeout=2),
        start=home.virtual.huawei.start,
        told=CHARGE,
        stands=lambda: running.running.kind.name,
        hand=stop,
        timer=True,
        wait=home.wait,
    )


def _solax(request: pytest.FixtureRequest) -> Scene:
    peer = request.getfixturevalue("inverter")

    def stop() -> None:
        peer.input[0x100] = 0
        peer.on_write = lambda *_: None

    return Scene(
        kind="solax",
        role=Role.BATTERY,
        options=lambda: inverters.options(peer, timeout=2),
        told=CHARGE,
        stands=lambda: peer.input[0x100],
        hand=stop,
        timer=True,
    )


def _keba(request: pytest.FixtureRequest) -> Scene:
    box = request.getfixturevalue("wallbox")

    def stop() -> None:
        box.charger.enabled = False
        box.wait(10)

    return Scene(
        kind="keba",
        role=Role.CHARGER,
        options=lambda: wallboxes.options(box, timeout=2),
        told=AMPERES,
        stands=lambda: (box.charger.enabled, box.charger.set_ma),
        hand=stop,
        wait=box.wait,
    )


def _homewizard(request: pytest.FixtureRequest) -> Scene:
    home: Home = request.getfixturevalue("home")
    face = home.virtual.faces["boiler"]
    socket = home.virtual.sockets["boiler"]
    return Scene(
        kind="homewizard",
        role=Role.SWITCH,
        options=lambda: {"host": f"127.0.0.1:{face.port}"},
        start=face.start,
        told={"action": Action.OFF if socket.relay else Action.ON},
        stands=lambda: socket.relay,
        hand=lambda: socket.switch(not socket.relay),
    )


def _plug_in(request: pytest.FixtureRequest) -> Scene:
    products = request.getfixturevalue("batteries")
    group = products["meter"].batteries

    def choose() -> None:
        group["mode"] = "standby"

    return Scene(
        kind="homewizard_battery",
        role=Role.BATTERY,
        options=lambda: plug_in.options(products),
        told=CHARGE,
        stands=lambda: group["mode"],
        hand=choose,
    )


NATIVE = {
    "huawei": _huawei,
    "solax": _solax,
    "keba": _keba,
    "homewizard": _homewizard,
    "homewizard_battery": _plug_in,
}


@pytest.fixture(params=[*ENTITIES, *NATIVE])
def scene(request: pytest.FixtureRequest, house: House, clock: TestClock, loopback: None) -> Scene:
    clock.fixed = NOON
    made: str = request.param
    return ENTITIES[made](house) if made in ENTITIES else NATIVE[made](request)


def test_no_kind_is_left_out() -> None:
    here = {name.partition(",")[0] for name in (*ENTITIES, *NATIVE)}
    assert here == {kind.key for kind in DEVICES if kind.conduct is not None}


async def test_it_is_given_back_from_what_is_on_disk_alone(
    scene: Scene, ports: Ports, store: MemoryStore
) -> None:
    before = scene.stands()
    counted: list[str] = []
    device = await scene.open(replace(ports, tally=counted.append))
    await device.write(scene.command(ports))
    scene.wait(10)
    assert scene.stands() != before
    assert scene.timer or (store.values and not store.unwritten)
    conduct = device_kind(scene.kind).conduct
    assert conduct is not None
    assert counted
    assert all(budget(conduct, what) > 0 for what in counted)
    await device.close()
    again = await scene.open(ports)
    await again.write(scene.say(ports, Action.RELEASE))
    scene.wait(10)
    assert scene.stands() == before
    assert not any(store.values.values()), "nothing is left to give back"
    await again.close()


async def test_a_hand_on_it_is_seen_and_nothing_of_it_undone(scene: Scene, ports: Ports) -> None:
    device = await scene.open(ports)
    await device.read()
    await device.write(scene.command(ports))
    scene.wait(10)
    assert (await device.read()).stands == {scene.role: True}
    scene.hand()
    left = scene.stands()
    assert (await device.read()).stands == {scene.role: False}
    await device.write(scene.say(ports, Action.LEAVE))
    if not scene.timer:
        await device.write(scene.say(ports, Action.RELEASE))
    assert scene.stands() == left
    await device.close()


async def test_nothing_is_told_while_the_disk_takes_nothing(
    scene: Scene, ports: Ports, store: MemoryStore
) -> None:
    if scene.timer:
        # Its own timer gives it back; that it is held stands in the lease.
        return
    before = scene.stands()
    counted: list[str] = []
    store.full = True
    device = await scene.open(replace(ports, tally=counted.append))
    for _ in range(2):
        with pytest.raises(SourceError):
            await device.write(scene.command(ports))
    assert (scene.stands(), counted) == (before, [])
    store.full = False
    await device.write(scene.command(ports))
    scene.wait(10)
    await device.write(scene.say(ports, Action.RELEASE))
    scene.wait(10)
    assert scene.stands() == before
    await device.close()
