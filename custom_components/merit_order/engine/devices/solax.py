"""SolaX hybrid inverters (G4) with battery and meter, by Modbus TCP.

The inverter wants a second between two instructions. Control is remote control mode 1: volatile, and over by itself
after ARMED_S. Its active power counts at the inverter's grid side: what the battery takes minus what the panels give.
So the command is renewed at each reading, with the panels' present power; when we stop reading, it lapses.
"""

import math
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ..model.errors import BadData, WriteRefused, WrongDevice
from ..model.ports import Ports
from ..model.roles import Action, BatteryReading, Command, GridReading, Identity, Readings, Role, SolarReading
from . import solax_registers as reg
from ._base import Conduct, Device, DeviceKind
from ._modbus import ModbusLink, Pace, Refused
from ._modbus_options import FIELD_OF_ERROR, modbus_options
from ._registers import Block, Words, text

POLL_S = 10.0
GAP_S = 1.0
SLOW_S = 120.0
ARMED_S = 60
"""Six missed readings; after them the battery is free, at most a minute past its lease."""
READ_BACK_TRIES = 3
OFF, POWER_CONTROL = 0, 1
MODES = {0: "automatic", 1: "remote_power", 2: "remote_energy", 3: "remote_soc"}


class Solax:
    """An open connection to one inverter."""

    def __init__(self, link: ModbusLink, ports: Ports) -> None:
        self.link = link
        self._ports = ports
        self._words = Words()
        self._identity: Identity | None = None
        self._absent: set[int] = set()
        self._slow_at: datetime | None = None
        self._held: Command | None = None
        self._lapses: datetime | None = None
        self._took_s = 0.0
        self._missed = 0

    @property
    def identity(self) -> Identity:
        """Who it is; known after `meet`."""
        assert self._identity is not None
        return self._identity

    @property
    def poll_s(self) -> float:
        """Ten seconds: four requests, a second apart, leave time for a write."""
        return max(POLL_S, 2 * self._took_s)

    async def meet(self) -> None:
        """Find out who answers and which parts it has. Raises WrongDevice."""
        try:
            words = await self.link.read_holding(reg.IDENTITY.address, reg.IDENTITY.count)
        except Refused as err:
            raise WrongDevice(f"{self.link.host} is no SolaX inverter: {err}", host=self.link.host) from err
        n = reg.NAME_WORDS
        serial, factory, module = text(words[:n]), text(words[n : 2 * n]), text(words[2 * n :])
        if "solax" not in factory.casefold() or not serial:
            raise WrongDevice(
                f"{self.link.host} is {factory or 'nameless'}", host=self.link.host, model=factory or module
            )
        for block in (reg.INVERTER, reg.METER, reg.REMOTE):
            await self._block(block)
        battery = bool(self._words.number(reg.BMS_CONNECTED))
        roles = [Role.GRID, Role.SOLAR, *([Role.BATTERY] if battery else [])]
        # Older generations have no remote control registers, and another map of what may be written.
        remote = self._words.number(reg.REMOTE_UPPER) is not None
        self._identity = Identity(
            unique_id=f"solax_{serial}",
            manufacturer="SolaX",
            model=module or "Hybrid",
            name="SolaX",
            serial_number=serial,
            roles=tuple(roles),
            writable=(Role.BATTERY,) if battery and remote else (),
        )

    async def read(self) -> Readings:
        """What it says now; renews the lease that is held."""
        started, now = time.monotonic(), self._ports.clock.now()
        blocks = [reg.INVERTER, reg.METER]
        if self.identity.writable:
            blocks.append(reg.REMOTE)
        slow = self._slow_at is None or abs((now - self._slow_at).total_seconds()) >= SLOW_S
        if slow:
            blocks.append(reg.SOLAR_TOTAL)
        if not [block for block in blocks if await self._block(block) is not None]:
            raise BadData(f"{self.link.host} refuses every register", host=self.link.host)
        if slow:
            self._slow_at = now
        await self._renew()
        self._took_s = time.monotonic() - started
        return Readings(
            at=self._ports.clock.now(),
            grid=self._grid(),
            solar=SolarReading(power_kw=self._pv(), energy_kwh=self._words.number(reg.PV_ENERGY)),
            battery=self._battery() if Role.BATTERY in self.identity.roles else None,
            stands=self._stands(),
            counters={
                **self.link.counters,
                "invalid": self._words.invalid,
                "implausible": self._words.implausible,
                "renewals_missed": self._missed,
            },
        )

    async def _block(self, block: Block) -> list[int] | None:
        """Input registers, also kept; None when this model does not have them (which is asked once)."""
        if block.address in self._absent:
            return None
        self._words.drop(block)
        try:
            words = await self.link.read_input(block.address, block.count)
        except Refused as err:
            if err.illegal_address:
                self._absent.add(block.address)
            return None
        self._words.put(block, words)
        return words

    def _pv(self) -> float | None:
        one, two = (self._words.number(register) for register in reg.PV_POWER)
        return None if one is None or two is None else one + two

    def _grid(self) -> GridReading:
        export = self._words.number(reg.EXPORT_POWER)
        return GridReading(
            power_kw=None if export is None else -export,
            import_kwh=self._words.number(reg.IMPORTED),
            export_kwh=self._words.number(reg.EXPORTED),
        )

    def _battery(self) -> BatteryReading:
        number = self._words.number
        mode = number(reg.REMOTE_MODE)
        return BatteryReading(
            power_kw=number(reg.BATTERY_POWER),
            soc_percent=number(reg.SOC),
            charge_kwh=number(reg.CHARGED),
            discharge_kwh=number(reg.DISCHARGED),
            capacity_kwh=number(reg.CAPACITY),
            max_charge_kw=self._limit(charge=True),
            max_discharge_kw=self._limit(charge=False),
            mode=None if mode is None else MODES.get(int(mode)),
        )

    def _limit(self, *, charge: bool) -> float | None:
        """What the battery's own management allows now, in kW."""
        amps = self._words.number(reg.MAX_CHARGE_AMPS if charge else reg.MAX_DISCHARGE_AMPS)
        volts = self._words.number(reg.BATTERY_VOLTS)
        return None if amps is None or volts is None else amps * volts / 1000

    def _stands(self) -> Mapping[Role, bool]:
        """Whether remote control is on as told, and off when nobody told it; what lapses is ours for a while yet."""
        mode = self._words.number(reg.REMOTE_MODE)
        if mode is None or Role.BATTERY not in self.identity.writable:
            return {}
        if self._held is not None:
            return {Role.BATTERY: mode == POWER_CONTROL}
        lapsing = self._lapses is not None and self._ports.clock.now() < self._lapses
        return {Role.BATTERY: mode == OFF or (lapsing and mode == POWER_CONTROL)}

    async def write(self, command: Command) -> None:
        """Hold a power, or let go. Raises WriteRefused."""
        if command.role is not Role.BATTERY or Role.BATTERY not in self.identity.writable:
            raise WriteRefused(f"this SolaX inverter takes no {command.role} command")
        if command.action is Action.LEAVE:
            self._held = None
            return
        if command.action is Action.RELEASE:
            self._held = None
            await self.link.write_many(reg.REMOTE_CONTROL, reg.remote_control(OFF, 0, 0))
            await self._read_back(OFF, None)
        elif command.action is Action.POWER and command.power_kw is not None:
            if command.expires <= self._ports.clock.now():
                raise WriteRefused("the lease is over already")
            await self._unlock()
            for block in (reg.INVERTER, reg.REMOTE):
                await self._block(block)
            await self._read_back(POWER_CONTROL, await self._arm(command))
            self._held = command
        else:
            raise WriteRefused(f"the battery cannot {command.action}", action=command.action)

    async def _unlock(self) -> None:
        await self._block(reg.LOCK)
        if self._words.number(reg.LOCKED) == 0:
            await self.link.write_one(reg.UNLOCK, reg.PASSWORD)

    async def _renew(self) -> None:
        command = self._held
        if command is None:
            return
        if command.expires <= self._ports.clock.now():
            # Not stopped but left to lapse: the next lease usually follows at once.
            self._held = None
            return
        try:
            await self._arm(command)
        except WriteRefused:
            # The reading is good all the same; what is held lapses if the next ones are refused too.
            self._missed += 1

    async def _arm(self, command: Command) -> float:
        """Send the command for the panels' present power; returns the active power asked for, in kW."""
        assert command.power_kw is not None
        limit, pv = self._limit(charge=command.power_kw > 0), self._pv()
        upper, lower = self._words.number(reg.REMOTE_UPPER), self._words.number(reg.REMOTE_LOWER)
        if limit is None or pv is None or upper is None or lower is None:
            raise WriteRefused("the inverter does not tell its limits")
        active = max(-limit, min(command.power_kw, limit)) - pv
        active = round(max(lower, min(active, upper)), 3)
        left_s = (command.expires - self._ports.clock.now()).total_seconds()
        seconds = max(1, min(math.ceil(left_s), ARMED_S))
        words = reg.remote_control(POWER_CONTROL, round(active * 1000), seconds)
        await self.link.write_many(reg.REMOTE_CONTROL, words)
        self._lapses = self._ports.clock.now() + timedelta(seconds=seconds + POLL_S)
        return active

    async def _read_back(self, mode: int, active: float | None) -> None:
        for _ in range(READ_BACK_TRIES):
            await self._block(reg.REMOTE)
            says = self._words.number(reg.REMOTE_POWER)
            power_fits = active is None or (says is not None and abs(says - active) < 0.01)
            if self._words.number(reg.REMOTE_MODE) == mode and power_fits:
                return
        raise WriteRefused(f"{self.link.host} did not take remote control mode {mode}", host=self.link.host)

    async def close(self) -> None:
        """Let go of the connection; what is held lapses within ARMED_S."""
        await self.link.close()


async def _connect(options: Mapping[str, Any], ports: Ports) -> Device:
    link = ModbusLink(
        (options["host"], int(options["port"])),
        int(options["unit"]),
        ports.clock,
        Pace(settle_s=GAP_S, gap_s=GAP_S, timeout_s=float(options["timeout"])),
        reg.WRITES,
        ports.tally,
    )
    device = Solax(link, ports)
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
    key="solax",
    options=modbus_options(unit=1, timeout_s=5),
    brings=(Role.GRID, Role.SOLAR, Role.BATTERY),
    probe=_probe,
    connect=_connect,
    assets={Role.GRID: "grid", Role.SOLAR: "solar", Role.BATTERY: "battery"},
    field_of_error=FIELD_OF_ERROR,
    discovery=("solax", "solax_modbus"),
    conflicts=("solax_modbus",),
    # Remote control is volatile by the vendor's document and armed anew at each reading; the unlock word is not.
    conduct=Conduct(writes_per_day={"": 12000, f"register {reg.UNLOCK}": 100}, shows_within_s=60.0),
)
