"""KEBA P30 and P40 wallboxes by Modbus TCP (unit 255, functions 3 and 6, one value a read).

The wallbox wants half a second between reads and five between writes. It has no timer of its own that would end a
command: what it did before the first one is kept on the shelf and put back by `Action.RELEASE`, also after a crash.
With a contactor for it (KeContact S10) a P30 charges on one phase or on three.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from ..model.errors import WriteRefused, WrongDevice
from ..model.options import Option, OptionType
from ..model.ports import Ports
from ..model.roles import Action, ChargerReading, Command, Identity, Readings, Role
from ._base import Conduct, Device, DeviceKind
from ._modbus import ModbusLink, Pace, Refused
from ._modbus_options import FIELD_OF_ERROR, modbus_options
from ._registers import Block, Register, Words, u32

POLL_S = 10.0
READ_GAP_S, WRITE_GAP_S = 0.5, 5.0
READ_BACK_TRIES, READ_BACK_PAUSE_S = 6, 1.0
QUIET_KW = 0.2
"""Less is the car's own electronics, not charging."""
LEAST_A = 6.0
"""IEC 61851: a car is offered 6 A or nothing."""

STATE = u32(1000, 1, 0, 5)
CABLE = u32(1004, 1, 0, 7)
SERIAL = u32(1014, 1, 1, 0xFFFF_FFFE)
PRODUCT = u32(1016, 1, 0, 0xFFFF_FFFE)
POWER = u32(1020, 1e6, 0, 50, "kW")
ENERGY = u32(1036, 1e4, 0, 2e5, "kWh")
OFFERED = u32(1100, 1000, 0, 80, "A")
MOST = u32(1110, 1000, 6, 80, "A")
PHASES_FROM = u32(1550, 1, 0, 4)
PHASES = u32(1552, 1, 0, 1)
CHARGING, INTERRUPTED = 3, 5
CAR_PLUGGED = (5, 7)
BY_MODBUS = 3
PHASES_REST = timedelta(minutes=5)
"""What KEBA asks for between two changes of phases."""

SET_CURRENT_MA, SET_ENABLED, SET_PHASES = 5004, 5014, 5052
WRITES = {(6, SET_CURRENT_MA): 1, (6, SET_ENABLED): 1}
WRITES_PHASES = {**WRITES, (6, SET_PHASES): 1}
"""All that is ever written. Failsafe (5016, 5018) is left alone: a P40 reads its timeout 0 as "continue with the
highest possible value", and persisting it wears the EEPROM. So is who may switch the phases (5050)."""


class Keba:
    """An open connection to one wallbox."""

    def __init__(self, link: ModbusLink, ports: Ports, *, energy_in_wh: bool, phase_switching: bool) -> None:
        self.link = link
        self._ports = ports
        self._words = Words()
        self._energy_factor = 10.0 if energy_in_wh else 1.0
        self._identity: Identity | None = None
        self._took_s = 0.0
        self._told_a: float | None = None
        self._switches_phases = phase_switching
        self._switched_at: datetime | None = None

    @property
    def identity(self) -> Identity:
        """Who it is; known after `meet`."""
        assert self._identity is not None
        return self._identity

    @property
    def poll_s(self) -> float:
        """Ten seconds: five values, half a second apart."""
        return max(POLL_S, 2 * self._took_s)

    async def meet(self) -> None:
        """Find out who answers. Raises WrongDevice."""
        try:
            serial, product = await self._number(SERIAL), await self._number(PRODUCT)
        except Refused as err:
            raise WrongDevice(f"{self.link.host} is no KEBA wallbox: {err}", host=self.link.host) from err
        # 3110200: P30 …; the first digit is the series.
        series = f"{int(product or 0)}"[:1]
        if serial is None or series not in {"3", "4"}:
            raise WrongDevice(f"{self.link.host} is no KEBA P30 or P40", host=self.link.host)
        self._identity = Identity(
            unique_id=f"keba_{int(serial)}",
            manufacturer="KEBA",
            model=f"KeContact P{series}0",
            name="Wallbox",
            serial_number=f"{int(serial)}",
            roles=(Role.CHARGER,),
            writable=(Role.CHARGER,),
        )

    async def read(self) -> Readings:
        """What it says now; a value this model does not have is None."""
        started = time.monotonic()
        values = [await self._tolerant(register) for register in (STATE, CABLE, POWER, ENERGY, OFFERED)]
        state, cable, power, energy, offered = values
        self._took_s = time.monotonic() - started
        charger = ChargerReading(
            power_kw=power,
            energy_kwh=None if energy is None else energy * self._energy_factor,
            connected=None if cable is None else int(cable) in CAR_PLUGGED,
            current_a=offered,
        )
        return Readings(
            at=self._ports.clock.now(),
            charger=charger,
            stands=self._stands(charger, state),
            counters={
                **self.link.counters,
                "invalid": self._words.invalid,
                "implausible": self._words.implausible,
            },
        )

    def _stands(self, charger: ChargerReading, state: float | None) -> Mapping[Role, bool]:
        """Whether the current told last is still offered. Without a car, or told on, that says nothing."""
        if self._told_a is None or charger.current_a is None or not charger.connected:
            return {}
        if self._told_a == 0.0:
            return {Role.CHARGER: charger.current_a == 0.0 or (charger.power_kw or 0.0) < QUIET_KW}
        if charger.current_a == 0.0:
            # Interrupted it was stopped by someone, or is too hot: either way it is not ours to start again. Otherwise
            # it is not authorised, or the car is full. Nobody can tell.
            return {Role.CHARGER: False} if state == INTERRUPTED else {}
        return {Role.CHARGER: abs(charger.current_a - self._told_a) < 0.1}

    async def _number(self, register: Register) -> float | None:
        block = Block(register.address, register.width)
        self._words.drop(block)
        self._words.put(block, await self.link.read_holding(block.address, block.count))
        return self._words.number(register)

    async def _tolerant(self, register: Register) -> float | None:
        """The number, or None when this model does not have it."""
        try:
            return await self._number(register)
        except Refused:
            return None

    async def write(self, command: Command) -> None:
        """Offer a current, switch charging on or off, or give back. Raises WriteRefused."""
        if command.role is not Role.CHARGER:
            raise WriteRefused(f"a wallbox takes no {command.role} command")
        if command.action in (Action.RELEASE, Action.LEAVE):
            self._told_a = None
            if command.action is Action.RELEASE:
                await self._give_back()
            if self._ports.store.load(self._shelf) is not None:
                self._ports.store.save(self._shelf, None)
            return
        current = command.current_a
        if command.action not in {Action.ON, Action.OFF} and (
            command.action is not Action.CURRENT or current is None
        ):
            raise WriteRefused(f"a wallbox cannot {command.action}", action=command.action)
        if command.expires > self._ports.clock.now():
            await self._remember()
        self._told_a = None
        if command.action is Action.ON:
            await self._enable()
        elif command.action is Action.OFF or current is None or current < LEAST_A:
            await self._disable()
            self._told_a = 0.0
        else:
            await self._use_phases(command.phases)
            self._told_a = await self._offer(current)

    @property
    def _shelf(self) -> str:
        return f"devices/{self.identity.unique_id}/before"

    async def _remember(self) -> None:
        """Keep what it does by itself, before the first command."""
        if self._ports.store.load(self._shelf) is not None:
            return
        state, offered = await self._number(STATE), await self._number(OFFERED)
        most = await self._tolerant(MOST)
        amps = offered or most
        if state is None or amps is None:
            raise WriteRefused("the wallbox does not tell its state")
        kept = {"amps": amps, "enabled": int(state) != INTERRUPTED}
        if self._switches_phases:
            kept["phases"] = await self._phases()
        await self._ports.store.keep(self._shelf, kept)

    async def _give_back(self) -> None:
        before = self._ports.store.load(self._shelf)
        if not isinstance(before, Mapping):
            return
        try:
            await self._use_phases(before.get("phases"))
        finally:
            # The current goes back also when the phases cannot yet.
            if before["enabled"]:
                await self._offer(float(before["amps"]))
            else:
                await self.link.write_one(SET_CURRENT_MA, round(1000 * float(before["amps"])))
                await self._disable()

    async def _offer(self, amps: float) -> float:
        """Offer a current, at most what the wallbox can; says which."""
        most = await self._tolerant(MOST)
        milliamps = round(1000 * (amps if most is None else min(amps, most)))
        if round(1000 * (await self._number(OFFERED) or 0)) == milliamps:
            # Said once is enough: each write may move the contactor.
            return milliamps / 1000
        await self.link.write_one(SET_CURRENT_MA, milliamps)
        if await self._number(STATE) == INTERRUPTED:
            await self.link.write_one(SET_ENABLED, 1)
        await self._see(lambda state, offered: offered is not None and round(1000 * offered) == milliamps)
        return milliamps / 1000

    async def _phases(self) -> int:
        """On how many phases it charges. Raises WriteRefused when it does not tell."""
        many = await self._number(PHASES)
        if many is None:
            raise WriteRefused(f"{self.link.host} does not tell on how many phases it charges")
        return 3 if many else 1

    async def _use_phases(self, phases: int | None) -> None:
        """Charge on one phase or on three from now on; the contactor changes without a load. Raises WriteRefused."""
        if phases is None or not self._switches_phases or phases == await self._phases():
            return
        host, now = self.link.host, self._ports.clock.now()
        if await self._number(PHASES_FROM) != BY_MODBUS:
            raise WriteRefused(f"{host} does not take the number of phases by Modbus", host=host)
        if self._switched_at is not None and now - self._switched_at < PHASES_REST:
            raise WriteRefused(f"{host} changed its phases less than five minutes ago", host=host)
        await self._disable()
        self._switched_at = now
        await self.link.write_one(SET_PHASES, int(phases > 1))

        async def changed() -> bool:
            return await self._phases() == phases

        await self._until(changed)

    async def _enable(self) -> None:
        if await self._number(STATE) == INTERRUPTED:
            await self.link.write_one(SET_ENABLED, 1)
            await self._see(lambda state, offered: state != INTERRUPTED)

    async def _disable(self) -> None:
        if await self._number(STATE) == INTERRUPTED:
            return
        await self.link.write_one(SET_ENABLED, 0)
        await self._see(lambda state, offered: offered == 0 or (state is not None and state != CHARGING))

    async def _see(self, done: Callable[[float | None, float | None], bool]) -> None:
        """Read back until `done(state, offered)`. Raises WriteRefused."""

        async def seen() -> bool:
            return done(await self._number(STATE), await self._number(OFFERED))

        await self._until(seen)

    async def _until(self, seen: Callable[[], Awaitable[bool]]) -> None:
        for turn in range(READ_BACK_TRIES):
            if turn:
                await self._ports.clock.sleep(READ_BACK_PAUSE_S)
            if await seen():
                return
        raise WriteRefused(f"{self.link.host} did not take the command", host=self.link.host)

    async def close(self) -> None:
        """Let go of the connection."""
        await self.link.close()


async def _connect(options: Mapping[str, Any], ports: Ports) -> Device:
    # Wallboxes that were added before there was this option do not have it.
    phase_switching = bool(options.get("phase_switching"))
    link = ModbusLink(
        (options["host"], int(options["port"])),
        int(options["unit"]),
        ports.clock,
        Pace(
            gap_s=READ_GAP_S, write_gap_s=WRITE_GAP_S, timeout_s=float(options["timeout"]), most_registers=2
        ),
        WRITES_PHASES if phase_switching else WRITES,
        ports.tally,
    )
    device = Keba(link, ports, energy_in_wh=bool(options["energy_in_wh"]), phase_switching=phase_switching)
    try:
        await device.meet()
    except BaseException:
        await device.close()
        raise
    return device


async def _probe(options: Mapping[str, Any], ports: Ports) -> Identity:
    device = await _connect(options, ports)
    await device.close()
    return device.identity


KIND = DeviceKind(
    key="keba",
    options=(
        *modbus_options(unit=255, timeout_s=5, advanced=True),
        Option(key="energy_in_wh", type=OptionType.BOOLEAN, default=False, advanced=True),
        Option(key="phase_switching", type=OptionType.BOOLEAN, default=False, advanced=True),
    ),
    brings=(Role.CHARGER,),
    probe=_probe,
    connect=_connect,
    assets={Role.CHARGER: "vehicle"},
    field_of_error=FIELD_OF_ERROR,
    discovery=("keba",),
    # A change of current each minute of a sunny day; cars take up to a minute to follow.
    conduct=Conduct(
        writes_per_day={"": 600},
        shows_within_s=90.0,
        switches_phases=lambda options: bool(options.get("phase_switching")),
    ),
)
