"""A meter that talks by itself, over a TCP bridge or a serial cable: listened to, and dialled again when it falls.

What is read is the last good message; an old one is no reading.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

import serialx

from ..model.errors import BadData, CannotConnect, InputError, InvalidAuth, SilentPeer, SourceError
from ..model.options import Option, OptionType
from ..model.ports import Ports

STALE_S = 30.0
"""Three messages missed at the slowest pace (10 s) that meters have."""
PATIENCE_S = 15.0
"""How long the first message is waited for."""
CONNECT_S = 10.0
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0

OPTIONS = (
    Option(key="connection", type=OptionType.CHOICE, default="tcp", choices=("tcp", "serial")),
    Option(key="host", type=OptionType.TEXT),
    Option(key="port", type=OptionType.NUMBER, minimum=1, maximum=65535, step=1),
    Option(key="serial_port", type=OptionType.TEXT),
)


class NoTelegram(BadData):
    """Something talks there, but nothing that can be understood comes out of it."""

    key = "no_telegram"


@dataclass(frozen=True, slots=True)
class Cable:
    """How a serial cable talks."""

    baudrate: int
    byte_size: int = 8
    parity: serialx.Parity = serialx.Parity.NONE


class _Ear(asyncio.Protocol):
    """Our end of the line."""

    def __init__(self, on_data: Callable[[bytes], None], on_lost: Callable[[], None]) -> None:
        self._on_data, self._on_lost = on_data, on_lost

    @override
    def data_received(self, data: bytes) -> None:
        self._on_data(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._on_lost()


class Line[T]:
    """The line to one meter. `feed` turns bytes into messages; it may raise InvalidAuth.

    `counters` tell how often the line was taken up, and how often it was alive but silent.
    """

    def __init__(
        self, options: Mapping[str, Any], ports: Ports, feed: Callable[[bytes], Iterator[T]], cable: Cable
    ) -> None:
        self.where = _where(options)
        # A form points at the field that is wrong; which one that is depends on the kind of line.
        self._blame = {"where": self.where} | (
            {"field": "serial_port"} if options["connection"] == "serial" else {}
        )
        self.counters = {"reconnects": 0, "silent": 0}
        self.last: tuple[datetime, T] | None = None
        self._options, self._ports, self._feed, self._cable = options, ports, feed, cable
        self._heard = False
        self._problem: SourceError | None = None
        self._news = asyncio.Event()
        self._transport: asyncio.BaseTransport | None = None
        self._linked_at = ports.clock.now()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Take up the line and wait for the first good message. Raises the error that says why there is none."""
        self._task = asyncio.create_task(self._listen(), name=f"line to {self.where}")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await self._news.wait()
        if self.last is not None:
            return
        if self._problem is not None:
            raise self._problem
        if not self._heard:
            raise SilentPeer(f"nothing comes from {self.where}", **self._blame)
        raise NoTelegram(f"nothing valid is among what {self.where} sends", **self._blame)

    def latest(self) -> tuple[datetime, T]:
        """The last good message and when it came. Raises when it is older than STALE_S."""
        now = self._ports.clock.now()
        if self.last is not None and _age(now, self.last[0]) <= STALE_S:
            return self.last
        if self._problem is not None:
            raise self._problem
        if self._transport is not None and _age(now, self._linked_at) > STALE_S:
            # A half-open line looks alive for ever: hang up, and dial again.
            self.counters["silent"] += 1
            self._linked_at = now
            self._transport.close()
        raise SilentPeer(f"nothing good came from {self.where} for {STALE_S:.0f} s", **self._blame)

    async def close(self) -> None:
        """Let go of the line. Never raises."""
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
                self._fail(CannotConnect(f"{self.where}: {err}", **self._blame))
                await self._ports.clock.sleep(wait_s := min(max(FIRST_WAIT_S, 2 * wait_s), LONGEST_WAIT_S))
                continue
            self._transport, self._linked_at = transport, self._ports.clock.now()
            self._problem = None if isinstance(self._problem, CannotConnect) else self._problem
            self.counters["reconnects"] += 1
            before = self.last
            try:
                await lost.wait()
            finally:
                self._transport = None
                transport.close()
            if self.last is not before:
                wait_s = 0.0
            if self._problem is None:
                self._fail(CannotConnect(f"{self.where} hung up", **self._blame))
            await self._ports.clock.sleep(wait_s := min(max(FIRST_WAIT_S, 2 * wait_s), LONGEST_WAIT_S))

    async def _dial(self, lost: asyncio.Event) -> asyncio.BaseTransport:
        def ear() -> _Ear:
            return _Ear(self._received, lost.set)

        loop = asyncio.get_running_loop()
        if self._options["connection"] == "tcp":
            tcp, _ = await loop.create_connection(ear, self._options["host"], int(self._options["port"]))
            return tcp
        serial, _ = await serialx.create_serial_connection(
            loop,
            ear,
            self._options["serial_port"],
            baudrate=self._cable.baudrate,
            byte_size=self._cable.byte_size,
            parity=self._cable.parity,
        )
        return serial

    def _received(self, data: bytes) -> None:
        self._heard = True
        try:
            for message in self._feed(data):
                self.last, self._problem = (self._ports.clock.now(), message), None
                self._news.set()
        except InvalidAuth as err:
            # A key that fitted once still fits: then the message was spoilt on the way.
            if self.last is None:
                self._fail(err)

    def _fail(self, problem: SourceError) -> None:
        self._problem = problem
        if self.last is None:
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
