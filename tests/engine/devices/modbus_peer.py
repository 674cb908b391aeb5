"""A Modbus TCP device in a test: registers in dictionaries, function 3, 4, 6 and 16, and a log of what was written."""

import asyncio
import struct
from collections.abc import Callable
from typing import Self

READ_HOLDING, READ_INPUT, WRITE_ONE, WRITE_MANY = 3, 4, 6, 16
ILLEGAL_FUNCTION, ILLEGAL_ADDRESS = 1, 2


def words(number: int, *, low_first: bool = False) -> list[int]:
    """A 32-bit number as two registers."""
    pair = [number >> 16 & 0xFFFF, number & 0xFFFF]
    return pair[::-1] if low_first else pair


def text(value: str, count: int) -> list[int]:
    """ASCII in `count` registers."""
    raw = value.encode().ljust(2 * count, b"\0")
    return list(struct.unpack(f">{count}H", raw))


class Peer:
    """Answers one unit. `on_write` is told (function, address, values) and does what the device would."""

    def __init__(self, unit: int, functions: set[int]) -> None:
        self.unit, self.functions = unit, functions
        self.holding: dict[int, int] = {}
        self.input: dict[int, int] = {}
        self.writes: list[tuple[int, int, list[int]]] = []
        self.longest_read = 0
        self.refuse: int | None = None
        self.on_write: Callable[[int, int, list[int]], None] = lambda function, address, values: None
        self.port = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._client, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self._server.abort_clients()
        await self._server.wait_closed()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readexactly(7)
                transaction, _, length, unit = struct.unpack(">HHHB", head)
                body = await reader.readexactly(length - 1)
                if unit != self.unit:
                    continue
                answer = self._answer(body[0], body[1:])
                writer.write(struct.pack(">HHHB", transaction, 0, len(answer) + 1, unit) + answer)
        except asyncio.IncompleteReadError, ConnectionError:
            pass
        finally:
            writer.close()

    def _answer(self, function: int, rest: bytes) -> bytes:
        if function not in self.functions:
            return bytes([function | 0x80, ILLEGAL_FUNCTION])
        address, second = struct.unpack(">HH", rest[:4])
        if function in (READ_HOLDING, READ_INPUT):
            table = self.holding if function == READ_HOLDING else self.input
            self.longest_read = max(self.longest_read, second)
            if any(place not in table for place in range(address, address + second)):
                return bytes([function | 0x80, ILLEGAL_ADDRESS])
            values = [table[place] & 0xFFFF for place in range(address, address + second)]
            return struct.pack(f">BB{second}H", function, 2 * second, *values)
        if self.refuse is not None:
            return bytes([function | 0x80, self.refuse])
        written = [second] if function == WRITE_ONE else list(struct.unpack(f">{second}H", rest[5:]))
        self.writes.append((function, address, written))
        self.on_write(function, address, written)
        return bytes([function]) + rest[:4]
