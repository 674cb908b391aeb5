"""Huawei SUN2000 inverter with LUNA2000 battery and its meter, by Modbus TCP (SDongle or the inverter's own Wi-Fi).

The dongle serves one client and drops the old one when another connects, wants a second of rest after connecting
and 50 ms between requests. Old dongles take 1.3 s to answer.

Control is the inverter's forced charge and discharge by time: its own timer gives the battery back, also when we are
gone. Holding still is a forced *discharge* of 0 W (register 47249 = 0), the way it is known to work in the field; it
reverts by the same timer. A lease is armed for at most MOST_MINUTES and is meant to be renewed every 60 to 120 s.
"""

import math
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ..model.errors import BadData, SilentPeer, SourceError, WriteRefused, WrongDevice, WrongUnit
from ..model.ports import Ports
from ..model.roles import (
    Action,
    BatteryReading,
    Command,
    GridReading,
    Identity,
    Readings,
    Role,
    SolarReading,
)
from . import huawei_registers as reg
from ._base import Conduct, Device, DeviceKind
from ._modbus import ModbusLink, Pace, Refused
from ._modbus_options import FIELD_OF_ERROR, modbus_options
from ._registers import Block, Register, Words, text

MOST_MINUTES = 5
POLL_S = 5.0
SLOW_S = 60.0
"""Energy totals and limits are read that often: they move slowly and an old dongle takes 1.3 s a read."""
SETTLE_S, GAP_S = 1.0, 0.05
READ_BACK_TRIES, READ_BACK_PAUSE_S = 4, 0.5
OTHER_UNITS = (1, 0)
"""1 through the dongle, 0 on the inverter's own access point."""
OTHER_UNIT_TIMEOUT_S = 4.0
LIVE_VOLTS = 80.0
MODELS = ("SUN", "EDF ESS")
MODES = {reg.STOP: "automatic", reg.CHARGE: "forced_charge", reg.DISCHARGE: "forced_discharge"}


class Huawei:
    """An open connection to one inverter."""

    def __init__(self, link: ModbusLink, ports: Ports) -> None:
        self.link = link
        self._ports = ports
        self._words = Words()
        self._identity: Identity | None = None
        self._parts: tuple[Role, ...] = ()
        self._absent: set[int] = set()
        self._slow_at: datetime | None = None
        self._took_s = 0.0
        self._told: tuple[int, datetime] | None = None

    @property
    def identity(self) -> Identity:
        """Who it is; known after `meet`."""
        assert self._identity is not None
        return self._identity

    @property
    def poll_s(self) -> float:
        """Five seconds, more with a dongle that takes long to answer."""
        return max(POLL_S, 2 * self._took_s)

    async def meet(self) -> None:
        """Find out who answers and which parts it has. Raises WrongDevice."""
        try:
            words = await self.link.read_holding(reg.IDENTITY.address, reg.IDENTITY.count)
        except Refused as err:
            raise WrongDevice(f"{self.link.host} is no Huawei inverter: {err}", host=self.link.host) from err
        model, serial = text(words[: reg.MODEL_WORDS]), text(words[reg.MODEL_WORDS :])
        if not model.startswith(MODELS) or not serial:
            raise WrongDevice(f"{self.link.host} is {model or 'nameless'}", host=self.link.host, model=model)
        software = text(await self._block(reg.SOFTWARE) or [])
        await self._block(reg.METER)
        await self._block(reg.STORAGE)
        await self._block(reg.STORAGE_LIMITS)
        await self._block(reg.RATING)
        self._parts = self._seen()
        self._identity = Identity(
            unique_id=f"huawei_{serial}",
            manufacturer="Huawei",
            model=model,
            name=model.partition("-")[0],
            sw_version=software or None,
            serial_number=serial,
            roles=self._parts,
            writable=(Role.BATTERY,) if Role.BATTERY in self._parts else (),
        )

    def _seen(self) -> tuple[Role, ...]:
        """The parts that ever answered. A battery may be asleep when we come, and may fall silent later."""
        there = {
            Role.GRID: bool(self._words.number(reg.METER_STATUS)),
            Role.SOLAR: True,
            Role.BATTERY: self._words.number(reg.CAPACITY) is not None,
        }
        return tuple(role for role, here in there.items() if here or role in self._parts)

    async def read(self) -> Readings:
        """What it says now; a part it does not have or refuses to tell is None."""
        started, now = time.monotonic(), self._ports.clock.now()
        slow = self._slow_at is None or abs((now - self._slow_at).total_seconds()) >= SLOW_S
        blocks = [reg.INVERTER]
        if slow or Role.GRID in self._parts:
            blocks.append(reg.METER)
        if slow or Role.BATTERY in self._parts:
            blocks += [reg.STORAGE, reg.STORAGE_NOW, reg.FORCED_STATE]
        if slow:
            blocks += [reg.YIELD, reg.STORAGE_TOTALS, reg.STORAGE_LIMITS, reg.WORKING, reg.RATING]
        if not [block for block in blocks if await self._block(block) is not None]:
            raise BadData(f"{self.link.host} refuses every register", host=self.link.host)
        if slow:
            self._slow_at, self._parts = now, self._seen()
        self._took_s = time.monotonic() - started
        return Readings(
            at=self._ports.clock.now(),
            solar=self._solar(),
            grid=self._grid() if Role.GRID in self._parts else None,
            battery=self._battery() if Role.BATTERY in self._parts else None,
            stands=self._stands(),
            counters={
                **self.link.counters,
                "invalid": self._words.invalid,
                "implausible": self._words.implausible,
            },
        )

    async def _block(self, block: Block) -> list[int] | None:
        """The block's registers, also kept; None when this model does not have them (which is asked once)."""
        if block.address in self._absent:
            return None
        self._words.drop(block)
        try:
            words = await self.link.read_holding(block.address, block.count)
        except Refused as err:
            if err.illegal_address:
                self._absent.add(block.address)
            return None
        self._words.put(block, words)
        return words

    def _solar(self) -> SolarReading:
        power = self._words.number(reg.PV_POWER)
        return SolarReading(
            # At night the measurement trembles below zero.
            power_kw=None if power is None else max(power, 0.0),
            energy_kwh=self._words.number(reg.PV_ENERGY),
            inverter_kw=self._words.number(reg.RATED_POWER),
        )

    def _grid(self) -> GridReading:
        number = self._words.number
        if not number(reg.METER_STATUS):
            return GridReading()
        export = number(reg.EXPORT_POWER)
        phases = [
            (volts, amps)
            for volts, amps in zip(
                map(number, reg.PHASE_VOLTAGE), map(number, reg.PHASE_CURRENT), strict=True
            )
            # A home on one phase has zeros on the other two.
            if volts is not None and amps is not None and volts >= LIVE_VOLTS
        ]
        return GridReading(
            power_kw=None if export is None else -export,
            import_kwh=number(reg.IMPORTED),
            export_kwh=number(reg.EXPORTED),
            phase_current_a=tuple(-amps for _, amps in phases),
            phase_voltage_v=tuple(volts for volts, _ in phases),
        )

    def _battery(self) -> BatteryReading:
        number = self._words.number
        forced, working = number(reg.FORCED_COMMAND), number(reg.WORKING_MODE)
        return BatteryReading(
            power_kw=number(reg.STORAGE_POWER),
            soc_percent=number(reg.SOC),
            charge_kwh=number(reg.CHARGED),
            discharge_kwh=number(reg.DISCHARGED),
            capacity_kwh=number(reg.CAPACITY),
            max_charge_kw=number(reg.MAX_CHARGE),
            max_discharge_kw=number(reg.MAX_DISCHARGE),
            mode=None if forced is None else MODES.get(int(forced)),
            own_schedule=None if working is None else working == reg.TIME_OF_USE,
        )

    def _stands(self) -> Mapping[Role, bool]:
        """Whether the battery is forced as told, and not when nobody told it. The timer ends on a whole minute."""
        forced = self._words.number(reg.FORCED_COMMAND)
        if forced is None:
            return {}
        if self._told is None:
            return {Role.BATTERY: forced == reg.STOP}
        way, until = self._told
        left = until - self._ports.clock.now()
        if left > timedelta():
            return {Role.BATTERY: forced == way}
        if left > -timedelta(minutes=1):
            return {Role.BATTERY: forced in (way, reg.STOP)}
        return {Role.BATTERY: forced == reg.STOP}

    async def write(self, command: Command) -> None:
        """Arm or renew the inverter's timer, or stop it. Raises WriteRefused."""
        if command.role is not Role.BATTERY or Role.BATTERY not in self._parts:
            raise WriteRefused(f"a Huawei inverter takes no {command.role} command")
        if command.action is Action.LEAVE:
            self._told = None
            return
        if command.action is Action.RELEASE:
            await self.link.write_many(reg.FORCED, [reg.STOP])
            await self._read_back({reg.FORCED: reg.STOP})
            self._told = None
        elif command.action is Action.POWER and command.power_kw is not None:
            await self._force(command.power_kw, command)
        else:
            raise WriteRefused(f"the battery cannot {command.action}", action=command.action)

    async def _force(self, power_kw: float, command: Command) -> None:
        left_s = (command.expires - self._ports.clock.now()).total_seconds()
        if left_s <= 0:
            raise WriteRefused("the lease is over already")
        minutes = min(max(math.ceil(left_s / 60), 1), MOST_MINUTES)
        way, register, limit = (
            (reg.CHARGE, reg.FORCED_CHARGE_W, reg.MAX_CHARGE)
            if power_kw > 0
            else (reg.DISCHARGE, reg.FORCED_DISCHARGE_W, reg.MAX_DISCHARGE)
        )
        most = await self._limit(limit)
        if power_kw and not most:
            # A battery that sleeps says so: a command of 0 W would look like one that was obeyed.
            raise WriteRefused("the battery takes and gives nothing now")
        watts = round(min(abs(power_kw), most) * 1000)
        await self.link.write_many(register, [watts >> 16, watts & 0xFFFF])
        await self.link.write_many(reg.FORCED_MINUTES, [minutes])
        await self.link.write_many(reg.FORCED_TO_SOC, [0])
        await self._read_back(
            {
                register: watts >> 16,
                register + 1: watts & 0xFFFF,
                reg.FORCED_MINUTES: minutes,
                reg.FORCED_TO_SOC: 0,
            }
        )
        # Last: from here on the battery obeys, with what was just seen to stand in the registers.
        await self.link.write_many(reg.FORCED, [way])
        self._told = way, command.expires
        await self._read_back({reg.FORCED: way})

    async def _limit(self, register: Register) -> float:
        """What the battery can take or give in kW, as it says itself."""
        limit = self._words.number(register)
        if limit is None:
            await self._block(reg.STORAGE_LIMITS)
            limit = self._words.number(register)
        if limit is None:
            raise WriteRefused("the battery does not tell its limits")
        return limit

    async def _read_back(self, expected: Mapping[int, int]) -> None:
        """See that the registers hold what was written. Raises WriteRefused."""
        missing = dict(expected)
        for turn in range(READ_BACK_TRIES):
            if turn:
                await self._ports.clock.sleep(READ_BACK_PAUSE_S)
            for block in reg.FORCED_BLOCKS:
                wanted = [a for a in missing if block.address <= a < block.address + block.count]
                if not wanted:
                    continue
                words = await self.link.read_holding(block.address, block.count)
                for address in wanted:
                    if words[address - block.address] == expected[address]:
                        del missing[address]
            if not missing:
                return
        raise WriteRefused(f"registers {sorted(missing)} do not hold what was written", register=min(missing))

    async def close(self) -> None:
        """Let go of the connection; a forced command runs on until its timer ends."""
        await self.link.close()


def _link(options: Mapping[str, Any], ports: Ports, unit: int, timeout_s: float) -> ModbusLink:
    return ModbusLink(
        (options["host"], int(options["port"])),
        unit,
        ports.clock,
        Pace(settle_s=SETTLE_S, gap_s=GAP_S, timeout_s=timeout_s, most_registers=64),
        reg.WRITES,
        ports.tally,
    )


async def _connect(options: Mapping[str, Any], ports: Ports) -> Device:
    device = Huawei(_link(options, ports, int(options["unit"]), float(options["timeout"])), ports)
    try:
        await device.meet()
    except BaseException:
        await device.close()
        raise
    return device


async def _probe(options: Mapping[str, Any], ports: Ports) -> Identity:
    try:
        device = await _connect(options, ports)
    except SilentPeer as err:
        # An inverter does not answer for a unit that it is not: ask for the usual ones before blaming the port.
        unit = int(options["unit"])
        for other in OTHER_UNITS:
            if other != unit and await _answers(options, ports, other):
                raise WrongUnit(
                    f"unit {unit} is silent, unit {other} answers", unit=unit, found=other
                ) from err
        raise
    await device.close()
    return device.identity


async def _answers(options: Mapping[str, Any], ports: Ports, unit: int) -> bool:
    link = _link(options, ports, unit, min(float(options["timeout"]), OTHER_UNIT_TIMEOUT_S))
    try:
        await link.read_holding(reg.IDENTITY.address, reg.IDENTITY.count)
    except SourceError:
        return False
    finally:
        await link.close()
    return True


KIND = DeviceKind(
    key="huawei",
    options=modbus_options(unit=1, timeout_s=10),
    brings=(Role.GRID, Role.SOLAR, Role.BATTERY),
    probe=_probe,
    connect=_connect,
    assets={Role.GRID: "grid", Role.SOLAR: "solar", Role.BATTERY: "battery"},
    field_of_error=FIELD_OF_ERROR,
    discovery=("huawei_solar",),
    conflicts=("huawei_solar",),
    # Renewed each 90 to 120 s the lease needs 960; the rest is for changes of power. The inverter follows within 30 s.
    conduct=Conduct(writes_per_day={"": 2400}, shows_within_s=60.0),
)
