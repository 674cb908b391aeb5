"""Smart meters with a P1 port (DSMR and its national kin), over a TCP bridge or a serial cable.

The meter talks by itself, every 1 to 10 s.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from serialx import Parity

from ..model.errors import InputError, InvalidAuth, WriteRefused
from ..model.options import Option, OptionType
from ..model.ports import Ports
from ..model.roles import Command, Identity, Readings, Role
from . import _line
from ._base import Device, DeviceKind
from .dsmr_telegram import VERSIONS, Stream, Telegram, WrongKey

POLL_S = 2.0
CABLES = {
    "2_2": _line.Cable(9_600, 7, Parity.EVEN),
    "4": _line.Cable(115_200, 7, Parity.EVEN),
}
USUAL_CABLE = _line.Cable(115_200)


class Dsmr:
    """A meter that is listened to."""

    def __init__(self, options: Mapping[str, Any], ports: Ports) -> None:
        version, key = options["version"], options.get("encryption_key") or ""
        _check_key(key)
        self.stream = Stream(version, key)
        self.line = _line.Line(options, ports, self._feed, CABLES.get(version, USUAL_CABLE))

    def _feed(self, data: bytes) -> Iterator[Telegram]:
        try:
            yield from self.stream.feed(data)
        except WrongKey as err:
            self.stream.counters["corrupt"] += 1
            raise InvalidAuth(f"{self.line.where}: the telegrams have another key") from err

    @property
    def identity(self) -> Identity:
        """Who it is; known once a telegram came."""
        assert self.line.last is not None
        telegram = self.line.last[1]
        return Identity(
            unique_id=f"dsmr_{telegram.serial}",
            manufacturer=telegram.maker,
            model=telegram.model,
            name="P1",
            serial_number=telegram.serial,
            roles=(Role.GRID,),
        )

    @property
    def poll_s(self) -> float:
        """Taking the last telegram costs nothing."""
        return POLL_S

    async def read(self) -> Readings:
        """The last good telegram."""
        at, telegram = self.line.latest()
        return Readings(at=at, grid=telegram.grid, counters={**self.stream.counters, **self.line.counters})

    async def write(self, command: Command) -> None:
        """A meter takes no commands."""
        raise WriteRefused(f"a meter takes no {command.role} command")

    async def close(self) -> None:
        """Let go of the line."""
        await self.line.close()


def _check_key(key: str) -> None:
    try:
        fits = len(bytes.fromhex(key)) in {0, 16}
    except ValueError:
        fits = False
    if not fits:
        raise InputError("encryption_key", "is 32 hexadecimal digits")


async def _connect(options: Mapping[str, Any], ports: Ports) -> Device:
    device = Dsmr(options, ports)
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
    key="dsmr",
    options=(
        *_line.OPTIONS,
        Option(key="version", type=OptionType.CHOICE, default="5b", choices=tuple(VERSIONS)),
        Option(key="encryption_key", type=OptionType.SECRET, advanced=True),
    ),
    brings=(Role.GRID,),
    probe=_probe,
    connect=_connect,
    assets={Role.GRID: "grid"},
    field_of_error={
        "cannot_connect": "host",
        "silent_peer": "port",
        "no_telegram": "version",
        "invalid_auth": "encryption_key",
    },
    discovery=("dsmr",),
)
