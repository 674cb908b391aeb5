"""One Modbus TCP connection that keeps to a device's manners: paced, alone, reopened with patience.

pymodbus speaks the protocol; this adds what the field taught: a settling time after connecting, gaps between
requests, writes only to a list of (function, address) pairs, and errors that tell a dead port from a silent one,
a wrong unit and a mix-up of answers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ExceptionResponse, ModbusPDU

from ..model.errors import BadData, CannotConnect, SilentPeer, SourceError, WriteRefused, WrongUnit
from ..model.ports import Clock

READ_HOLDING, READ_INPUT, WRITE_ONE, WRITE_MANY = 3, 4, 6, 16
HEADER = 8
WRITE_ANSWER_BYTES, EXCEPTION_BYTES = 5, 2
ILLEGAL_ADDRESS = 2
GATEWAY_CODES = (10, 11)
"""Modbus exceptions "gateway path unavailable" and "target failed to respond": the unit id leads nowhere."""

type Ask = Callable[[AsyncModbusTcpClient], Awaitable[ModbusPDU]]

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
STEADY_S = 60.0
"""A connection that lived so long was a good one: the next loss starts with no waiting again. A shorter one means
that another client takes turns with us, and reconnecting at once would only kick it back."""


class Refused(BadData):
    """The device answered with a Modbus exception; `code` is its number."""

    key = "modbus_refused"

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message, code=code)
        self.code = code

    @property
    def illegal_address(self) -> bool:
        """Whether the device has no such register."""
        return self.code == ILLEGAL_ADDRESS


class WriteForbidden(WriteRefused):
    """The device lets this login or this connection read but not write."""

    key = "write_forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """A device's manners, in seconds: rest after connecting, between requests, between writes; patience; read size."""

    settle_s: float = 0.0
    gap_s: float = 0.0
    write_gap_s: float = 0.0
    timeout_s: float = 10.0
    most_registers: int = 64


class ModbusLink:
    """A connection to one unit. Methods raise SourceError; requests queue, never overlap.

    `allowed` maps (function, address) to the number of registers that a write there must have; `tally` is told of each.
    """

    def __init__(
        self,
        address: tuple[str, int],
        unit: int,
        clock: Clock,
        pace: Pace,
        allowed: Mapping[tuple[int, int], int],
        tally: Callable[[str], None] = lambda what: None,
    ) -> None:
        self.host, self.port = address
        self.unit = unit
        self.counters = {"reconnects": 0, "lost": 0, "timeouts": 0, "mixed_up": 0, "refused": 0}
        self._clock, self._pace, self._allowed, self._tally = clock, pace, allowed, tally
        self._lock = asyncio.Lock()
        self._client: AsyncModbusTcpClient | None = None
        self._lost: asyncio.Future[None] | None = None
        self._strange: asyncio.Future[None] | None = None
        self._opened_at = self._not_before = clock.now()
        self._asked_at: datetime | None = None
        self._wrote_at: datetime | None = None
        self._wait_s = 0.0
        self._expected = (0, 0)

    async def read_holding(self, address: int, count: int) -> list[int]:
        """`count` holding registers from `address`."""
        return await self._read(
            READ_HOLDING,
            address,
            count,
            lambda c: c.read_holding_registers(address, count=count, device_id=self.unit),
        )

    async def read_input(self, address: int, count: int) -> list[int]:
        """`count` input registers from `address`."""
        return await self._read(
            READ_INPUT,
            address,
            count,
            lambda c: c.read_input_registers(address, count=count, device_id=self.unit),
        )

    async def write_one(self, address: int, value: int) -> None:
        """Function 6. Raises WriteRefused."""
        await self._write(
            WRITE_ONE, address, 1, lambda c: c.write_register(address, value, device_id=self.unit)
        )

    async def write_many(self, address: int, values: list[int]) -> None:
        """Function 16. Raises WriteRefused."""
        await self._write(
            WRITE_MANY,
            address,
            len(values),
            lambda c: c.write_registers(address, values, device_id=self.unit),
        )

    async def close(self) -> None:
        """Hang up. Never raises."""
        self._drop()

    async def _read(self, function: int, address: int, count: int, ask: Ask) -> list[int]:
        if not 0 < count <= self._pace.most_registers:
            raise ValueError(f"{count} registers in one read")
        answer = await self._request((function, 2 + 2 * count), ask)
        if isinstance(answer, ExceptionResponse):
            raise self._refused(address, answer)
        return list(answer.registers)

    async def _write(self, function: int, address: int, count: int, ask: Ask) -> None:
        if self._allowed.get((function, address)) != count:
            raise WriteRefused(f"function {function} to register {address} ({count} long) is not on the list")
        self._tally(f"register {address}")
        answer = await self._request((function, WRITE_ANSWER_BYTES), ask)
        if isinstance(answer, ExceptionResponse):
            err = self._refused(address, answer)
            if not isinstance(err, Refused):
                raise err
            # 128 is Huawei's own "no permission"; 1 is a function that this interface does not offer.
            kind = WriteForbidden if err.code in (1, 128) else WriteRefused
            raise kind(str(err), register=address, code=err.code)

    def _refused(self, address: int, answer: ExceptionResponse) -> SourceError:
        self.counters["refused"] += 1
        code = answer.exception_code
        if code in GATEWAY_CODES:
            return WrongUnit(f"no unit {self.unit} behind {self.host}", unit=self.unit)
        return Refused(f"register {address} was refused with code {code}", code)

    async def _request(self, expected: tuple[int, int], ask: Ask) -> ModbusPDU:
        writes = expected[0] in (WRITE_ONE, WRITE_MANY)
        async with self._lock:
            client = await self._opened()
            if writes:
                await self._rest(self._wrote_at, self._pace.write_gap_s)
            await self._rest(self._asked_at, self._pace.gap_s)
            self._expected = expected
            try:
                return await self._answer(client, ask)
            except SourceError:
                self._drop()
                raise
            finally:
                self._asked_at = self._clock.now()
                if writes:
                    self._wrote_at = self._asked_at

    async def _rest(self, since: datetime | None, gap_s: float) -> None:
        """Wait until `gap_s` have passed `since` then; a clock that was set back makes us wait no longer than that."""
        if since is None:
            return
        idle = (self._clock.now() - since).total_seconds()
        if not 0 <= idle >= gap_s:
            await self._clock.sleep(gap_s - max(idle, 0.0))

    async def _answer(self, client: AsyncModbusTcpClient, ask: Ask) -> ModbusPDU:
        assert self._lost is not None
        strange = self._strange = asyncio.get_running_loop().create_future()
        asked = asyncio.ensure_future(_asked(client, ask))
        try:
            events: set[asyncio.Future[Any]] = {asked, self._lost, strange}
            await asyncio.wait(events, timeout=self._pace.timeout_s, return_when=asyncio.FIRST_COMPLETED)
            if asked.done() and asked.exception() is None:
                return asked.result()
        finally:
            # pymodbus waits for an answer even when the line is gone, and turns a cancellation into its own error.
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
        if strange.done():
            self.counters["mixed_up"] += 1
            raise BadData(f"{self.host} answered something else than was asked")
        if self._lost.done():
            self.counters["lost"] += 1
            raise CannotConnect(f"{self.host} hung up", host=self.host, port=self.port)
        self.counters["timeouts"] += 1
        raise SilentPeer(
            f"no answer from unit {self.unit} at {self.host}:{self.port}", host=self.host, port=self.port
        )

    async def _opened(self) -> AsyncModbusTcpClient:
        if self._client is not None and self._client.connected:
            return self._client
        if self._client is not None:
            self.counters["lost"] += 1
            self._drop()
        now = self._clock.now()
        left = (self._not_before - now).total_seconds()
        if 0 < left <= LONGEST_WAIT_S:
            raise CannotConnect(f"{self.host}: trying again in {left:.0f} s", host=self.host, port=self.port)
        client = self._dial()
        try:
            async with asyncio.timeout(self._pace.timeout_s):
                connected = await client.connect()
        except ModbusException, UnicodeError, TimeoutError:
            connected = False
        if not connected:
            client.close()
            self._be_patient()
            raise CannotConnect(f"nothing listens at {self.host}:{self.port}", host=self.host, port=self.port)
        self.counters["reconnects"] += 1
        self._client = client
        self._opened_at = self._clock.now()
        await self._clock.sleep(self._pace.settle_s)
        return client

    def _dial(self) -> AsyncModbusTcpClient:
        lost = self._lost = asyncio.get_running_loop().create_future()

        def on_connect(connected: bool) -> None:
            if not connected and not lost.done():
                lost.set_result(None)

        client = AsyncModbusTcpClient(
            self.host,
            port=self.port,
            # Ours comes first: pymodbus calls a slow answer an error in the log.
            timeout=2 * self._pace.timeout_s,
            retries=0,
            reconnect_delay=0,
            trace_connect=on_connect,
            trace_packet=lambda sending, data: data if sending else self._look(client, data),
        )
        return client

    def _look(self, client: AsyncModbusTcpClient, data: bytes) -> bytes:
        """Keep from pymodbus what is no answer to the question: it would wait on, or break the connection."""
        if len(data) < HEADER:
            return data
        function, size = self._expected
        length = int.from_bytes(data[4:6]) - 1
        right = data[:4] == client.ctx.request_transaction_id.to_bytes(2) + b"\0\0" and data[6] == self.unit
        if function in (READ_HOLDING, READ_INPUT) and data[7] == function and len(data) > HEADER:
            right = right and data[HEADER] == size - 2
        if right and (data[7], length) in ((function, size), (function | 0x80, EXCEPTION_BYTES)):
            return data
        if self._strange is not None and not self._strange.done():
            self._strange.set_result(None)
        return b""

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        client.close()
        if (self._clock.now() - self._opened_at).total_seconds() >= STEADY_S:
            self._wait_s = 0.0
            self._not_before = self._clock.now()
        else:
            self._be_patient()

    def _be_patient(self) -> None:
        """Let the first retry come at once, the following ones after a wait that doubles."""
        self._not_before = self._clock.now() + timedelta(seconds=self._wait_s)
        self._wait_s = min(max(FIRST_WAIT_S, 2 * self._wait_s), LONGEST_WAIT_S)


async def _asked(client: AsyncModbusTcpClient, ask: Ask) -> ModbusPDU:
    """Ask within a task: pymodbus raises at the call itself when the line has just gone."""
    return await ask(client)
