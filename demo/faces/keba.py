"""The face of a KEBA P30 wallbox: Modbus TCP, unit 255, one value a read, one register a write.

Addresses and units after KEBA's Modbus TCP programmers guide. It wants 5 s between writes; a write that does
not wait is counted in `hasty`, and done all the same.
"""

from collections.abc import Callable
from typing import ClassVar, Final, override

from demo.faces._base import World
from demo.faces._modbus import READ, WRITE_ONE, ModbusFace
from demo.faces._registers import Kind, Register
from demo.physics.charger import VOLTAGE, Charger

Row = Register[Charger]
Get = Callable[[Charger], float]
Write = Callable[[Charger, int], None]
BETWEEN_WRITES_S = 5.0
BY_MODBUS = 3


def _measured(address: int, get: Get, scale: float = 1) -> Row:
    return Row(address, Kind.U32, get, scale, measured=True)


def _fixed(address: int, value: float, scale: float = 1) -> Row:
    return Row(address, Kind.U32, lambda _: value, scale)


def _state(charger: Charger) -> float:
    if not charger.car.home:
        return 1
    if charger.power_w > 0:
        return 3
    return 2 if charger.offered_ma else 5


def _phase_current(phase: int) -> Get:
    return lambda charger: charger.power_w * charger.shares[phase] / VOLTAGE


def _set_energy(charger: Charger, number: int) -> None:
    charger.session_limit_wh = number * 10.0


def _enable(charger: Charger, number: int) -> None:
    charger.enabled = bool(number)


def _set_current(charger: Charger, number: int) -> None:
    charger.set_ma = number


def _failsafe_current(charger: Charger, number: int) -> None:
    charger.failsafe_ma = number


def _failsafe_timeout(charger: Charger, number: int) -> None:
    charger.failsafe_s = number
    charger.heard()


def _switch_phases(charger: Charger, number: int) -> None:
    if charger.phases_from == BY_MODBUS:
        charger.switch_phases(3 if number else 1)


def _write(address: int, write: Write, most: int) -> Row:
    return Row(address, Kind.U16, None, write=write, most=most)


REGISTERS: Final = (
    _measured(1000, _state),
    _measured(1004, lambda c: 7 if c.car.home else 1),
    _fixed(1006, 0),
    *(_measured(1008 + 2 * n, _phase_current(n), 1_000) for n in range(3)),
    _fixed(1014, 17_619_300),
    _fixed(1016, 3_110_200),
    _fixed(1018, 3_010_1004),
    _measured(1020, lambda c: c.power_w, 1_000),
    _measured(1036, lambda c: c.energy_wh, 10),
    *(_fixed(1040 + 2 * n, VOLTAGE) for n in range(3)),
    _fixed(1046, 1_000),
    _measured(1100, lambda c: c.offered_ma),
    _fixed(1110, 16_000),
    _fixed(1500, 0),
    _measured(1502, lambda c: c.session_wh, 10),
    _measured(1550, lambda c: c.phases_from),
    _measured(1552, lambda c: c.phases == 3),
    _measured(1600, lambda c: c.failsafe_ma),
    _measured(1602, lambda c: c.failsafe_s),
    _write(5004, _set_current, 63_000),
    _write(5010, _set_energy, 65_535),
    _write(5014, _enable, 1),
    _write(5016, _failsafe_current, 63_000),
    _write(5018, _failsafe_timeout, 600),
    _write(5052, _switch_phases, 1),
)


class KebaFace(ModbusFace[Charger]):
    """A P30 with Modbus TCP switched on."""

    unit: ClassVar[int] = 255
    functions: ClassVar[frozenset[int]] = frozenset({READ, WRITE_ONE})
    most_registers: ClassVar[int] = 2
    single_client: ClassVar[bool] = False

    def __init__(self, key: str, world: World, charger: Charger) -> None:
        super().__init__(key, world, REGISTERS)
        self.charger = charger
        self.hasty = 0
        self._wrote_at = float("-inf")

    @override
    def device(self) -> Charger:
        self.world.catch_up()
        return self.charger

    @override
    def heard(self) -> None:
        self.world.catch_up()
        self.charger.heard()

    @override
    def wrote(self, address: int) -> None:
        super().wrote(address)
        now = self.world.clock.now().timestamp()
        if now - self._wrote_at < BETWEEN_WRITES_S:
            self.hasty += 1
        self._wrote_at = now

    @override
    def forget(self) -> None:
        self.world.catch_up()
        self.charger.reboot()
