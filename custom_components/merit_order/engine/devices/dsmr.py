"""Smart meters with a P1 port (DSMR and its national kin), over a TCP bridge or a serial cable.

The meter talks by itself, every 1 to 10 s. What is read is the last good telegram; an old one is no reading.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, override

import serialx

from ..model.errors import (
    BadData,
    CannotConnect,
    InputError,
    InvalidAuth,
    SilentPeer,
    SourceError,
    WriteRefused,
)
from ..model.options import Option, OptionType
from ..model.ports import Ports
from ..model.roles import Command, Identity, Readings, Role
from ._base import Device, DeviceKind
from .dsmr_telegram import VERSIONS, Stream, Telegram, WrongKey

POLL_S = 2.0
STALE_S = 30.0
"""Three telegrams missed at the slowest pace (10 s) that meters have."""
PATIENCE_S = 15.0
"""How long the first telegram is waited for."""
CONNECT_S = 10.0
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0


class NoTelegram(BadData):
    """Something talks there, but no telegram of this version comes out of it."""

    key = "no_telegram"


class _Line(asyncio.Protocol):
    """The meter's end of the line."""

    def __init__(self, on_data: Callable[[bytes], None], on_lost: Callable[[], None]) -> None:
        self._on_data, self._on_lost = on_data, on_lost

    @override
    def data_received(self, data: bytes) -> None:
        self._on_data(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._on_lost()


class Dsmr:
    """A meter that is listened to; the line is taken up again whenever it falls."""

    def __init__(self, options: Mapping[str, Any], ports: Ports) -> None:
        self._options, self._ports = options, ports
        self._where = _where(options)
        _check_key(options.get("encryption_key") or "")
        self._stream = Stream(options["version"], options.get("encryption_key") or "")
        self._counters = {"reconnects": 0, "silent": 0}
        self._heard = False
        self._problem: SourceError | None = None
        self._last: tuple[datetime, Telegram] | None = None
        self._news = asyncio.Event()
        self._transport: asyncio.BaseTransport | None = None
        self._linked_at = ports.clock.now()
        self._task: asyncio.Task[None] | None = None

    @property
    def identity(self) -> Identity:
        """Who it is; known once a telegram came."""
        assert self._last is not None
        telegram = self._last[1]
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

    async def start(self) -> None:
        """Take up the line and wait for the first good telegram. Raises the error that says why there is none."""
        self._task = asyncio.create_task(self._listen(), name=f"dsmr {self._where}")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await self._news.wait()
        if self._last is not None:
            return
        if self._problem is not None:
            raise self._problem
        if not self._heard:
            raise SilentPeer(f"no telegram from {self._where}", where=self._where)
        raise NoTelegram(f"no valid telegram among what {self._where} sends", where=self._where)

    async def read(self) -> Readings:
        """The last good telegram. Raises when it is older than STALE_S."""
        now = self._ports.clock.now()
        counters = {**self._stream.counters, **self._counters}
        if self._last is not None and _age(now, self._last[0]) <= STALE_S:
            return Readings(at=self._last[0], grid=self._last[1].grid, counters=counters)
        if self._problem is not None:
            raise self._problem
        if self._transport is not None and _age(now, self._linked_at) > STALE_S:
            # A half-open line looks alive for ever: hang up, and dial again.
            self._counters["silent"] += 1
            self._linked_at = now
            self._transport.close()
        raise SilentPeer(f"no good telegram from {self._where} for {STALE_S:.0f} s", where=self._where)

    async def write(self, command: Command) -> None:
        """A meter takes no commands."""
        raise WriteRefused(f"a meter takes no {command.role} command")

    async def close(self) -> None:
        """Let go of the line."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _listen(self) -> None:
        wait_s = 0.0
        while True:
            lost = asyncio.Event()
            try:
                async with asyncio.timeout(CONNECT_S):
                    transport = await self._dial(lost)
            except (OSError, TimeoutError, ValueError) as err:
                self._fail(CannotConnect(f"{self._where}: {err}", where=self._where))
                await self._ports.clock.sleep(wait_s := min(max(FIRST_WAIT_S, 2 * wait_s), LONGEST_WAIT_S))
                continue
            self._transport, self._linked_at = transport, self._ports.clock.now()
            self._problem = None if isinstance(self._problem, CannotConnect) else self._problem
            self._counters["reconnects"] += 1
            before = self._stream.counters["telegrams"]
            try:
                await lost.wait()
            finally:
                self._transport = None
                transport.close()
            if self._stream.counters["telegrams"] > before:
                wait_s = 0.0
            if self._problem is None:
                self._fail(CannotConnect(f"{self._where} hung up", where=self._where))
            await self._ports.clock.sleep(wait_s := min(max(FIRST_WAIT_S, 2 * wait_s), LONGEST_WAIT_S))

    async def _dial(self, lost: asyncio.Event) -> asyncio.BaseTransport:
        def line() -> _Line:
            return _Line(self._received, lost.set)

        loop = asyncio.get_running_loop()
        if self._options["connection"] == "tcp":
            tcp, _ = await loop.create_connection(line, self._options["host"], int(self._options["port"]))
            return tcp
        version = self._options["version"]
        slow, seven_bits = version == "2_2", version in {"2_2", "4"}
        serial, _ = await serialx.create_serial_connection(
            loop,
            line,
            self._options["serial_port"],
            baudrate=9_600 if slow else 115_200,
            byte_size=7 if seven_bits else 8,
            parity=serialx.Parity.EVEN if seven_bits else serialx.Parity.NONE,
        )
        return serial

    def _received(self, data: bytes) -> None:
        self._heard = True
        try:
            for telegram in self._stream.feed(data):
                self._last, self._problem = (self._ports.clock.now(), telegram), None
                self._news.set()
        except WrongKey:
            # A key that fitted once still fits: then the frame was spoilt on the way.
            self._stream.counters["corrupt"] += 1
            if self._last is None:
                self._fail(InvalidAuth(f"{self._where}: the telegrams have another key", where=self._where))

    def _fail(self, problem: SourceError) -> None:
        self._problem = problem
        if self._last is None:
            self._news.set()


def _age(now: datetime, then: datetime) -> float:
    """Seconds since `then`; a clock that was set back makes it no younger."""
    return abs((now - then).total_seconds())


def _where(options: Mapping[str, Any]) -> str:
    """The address, for people. Raises InputError naming the option that the chosen connection needs."""
    needed = ("host", "port") if options["connection"] == "tcp" else ("serial_port",)
    for key in needed:
        if not options.get(key):
            raise InputError(key, "is required")
    if options["connection"] == "tcp":
        return f"{options['host']}:{int(options['port'])}"
    return str(options["serial_port"])


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
        await device.start()
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
        Option(key="connection", type=OptionType.CHOICE, default="tcp", choices=("tcp", "serial")),
        Option(key="host", type=OptionType.TEXT),
        Option(key="port", type=OptionType.NUMBER, minimum=1, maximum=65535, step=1),
        Option(key="serial_port", type=OptionType.TEXT),
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
    conflicts=("dsmr",),
)
