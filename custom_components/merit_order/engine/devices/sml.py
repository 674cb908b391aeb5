"""German meters with an optical head that talk SML, over a TCP bridge or a serial cable.

Many keep the power to themselves until they are given a PIN: then it is worked out from the energy.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..model.errors import WriteRefused
from ..model.ports import Ports
from ..model.roles import Command, GridReading, Identity, Readings, Role
from . import _line
from ._base import Device, DeviceKind
from .sml_telegram import Stream, Telegram

POLL_S = 2.0
CABLE = _line.Cable(9_600)
LEAST_S, MOST_S = 30.0, 120.0
"""Energy is told in steps of 0.1 Wh at best, of 100 Wh at worst: a mean over less than half a minute is noise."""


class Derived:
    """Power from two energy readings some time apart."""

    def __init__(self) -> None:
        self._seen: deque[tuple[datetime, float]] = deque()

    def add(self, at: datetime, grid: GridReading) -> None:
        """Take note of the meter's energy."""
        if grid.import_kwh is None:
            return
        net = grid.import_kwh - (grid.export_kwh or 0.0)
        if self._seen and not 0 <= (at - self._seen[-1][0]).total_seconds() <= MOST_S:
            self._seen.clear()
        self._seen.append((at, net))
        while (at - self._seen[0][0]).total_seconds() > MOST_S:
            self._seen.popleft()

    @property
    def power_kw(self) -> float | None:
        """The mean over up to MOST_S; None until LEAST_S have been seen."""
        if not self._seen:
            return None
        (then, was), (now, says) = self._seen[0], self._seen[-1]
        seconds = (now - then).total_seconds()
        return (says - was) * 3600 / seconds if seconds >= LEAST_S else None


class Sml:
    """A meter that is listened to."""

    def __init__(self, options: Mapping[str, Any], ports: Ports) -> None:
        self.stream = Stream()
        self.line = _line.Line(options, ports, self._feed, CABLE)
        self._clock = ports.clock
        self._derived = Derived()

    def _feed(self, data: bytes) -> Iterator[Telegram]:
        for telegram in self.stream.feed(data):
            self._derived.add(self._clock.now(), telegram.grid)
            yield telegram

    @property
    def identity(self) -> Identity:
        """Who it is; known once a message came."""
        assert self.line.last is not None
        telegram = self.line.last[1]
        return Identity(
            unique_id=f"sml_{telegram.serial}",
            manufacturer=telegram.maker,
            model="SML",
            name="Grid meter",
            serial_number=telegram.serial,
            roles=(Role.GRID,),
        )

    @property
    def poll_s(self) -> float:
        """Taking the last message costs nothing."""
        return POLL_S

    async def read(self) -> Readings:
        """The last good message."""
        at, telegram = self.line.latest()
        grid = telegram.grid
        if grid.power_kw is None:
            grid = replace(grid, power_kw=self._derived.power_kw)
        return Readings(at=at, grid=grid, counters={**self.stream.counters, **self.line.counters})

    async def write(self, command: Command) -> None:
        """A meter takes no commands."""
        raise WriteRefused(f"a meter takes no {command.role} command")

    async def close(self) -> None:
        """Let go of the line."""
        await self.line.close()


async def _connect(options: Mapping[str, Any], ports: Ports) -> Device:
    device = Sml(options, ports)
    try:
        await device.line.open()
    except BaseException:
        await device.close()
        raise
    return device


async def _probe(options: Mapping[str, Any], ports: Ports) -> Identity:
    device = await _connect(options, ports)
    await device.close()
    return device.identity


KIND = DeviceKind(
    key="sml",
    options=_line.OPTIONS,
    brings=(Role.GRID,),
    probe=_probe,
    connect=_connect,
    assets={Role.GRID: "grid"},
    field_of_error={"cannot_connect": "host", "silent_peer": "port", "no_telegram": "port"},
    discovery=("edl21",),
)
