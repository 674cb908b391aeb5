"""A Modbus TCP face: one unit, holding registers from a table, on pymodbus' server.

A wrong unit id is never answered. Registers that do not exist, half a value and too long a read are refused with the
Modbus exception; a write is done whole or not at all.
"""

import asyncio
import random
from abc import abstractmethod
from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar, cast, override

from pymodbus.constants import ExcCodes
from pymodbus.pdu import ExceptionResponse, ModbusPDU
from pymodbus.server import ModbusTcpServer
from pymodbus.server.requesthandler import ServerRequestHandler
from pymodbus.simulator import DataType, SimData, SimDevice
from pymodbus.simulator.simcore import SimCore

from demo.faces._base import HOST, Face, World
from demo.faces._registers import Register
from demo.faults import Fault

READ, WRITE_ONE, WRITE_MANY = 3, 6, 16


def _placeholder() -> SimDevice:
    """Return the device pymodbus insists on; its registers are never asked."""
    return SimDevice(1, SimData(0, values=0, datatype=DataType.REGISTERS))


class Memory[T](SimCore):
    """The registers of one device, answered from the physics."""

    def __init__(self, face: ModbusFace[T], rows: Sequence[Register[T]]) -> None:
        super().__init__(_placeholder())
        self._face = face
        self._rows = {row.address: row for row in rows}
        self._echo: list[int] = []

    @override
    async def async_getValues(
        self, device_id: int, func_code: int, address: int, count: int = 1
    ) -> list[int] | list[bool] | ExcCodes:
        """Return `count` registers from `address`, or the exception code."""
        if func_code == WRITE_ONE:
            # pymodbus asks for what it has just written, to echo it; some registers can only be written.
            return self._echo
        if count > self._face.most_registers:
            return ExcCodes.ILLEGAL_VALUE
        device = self._face.device()
        values: list[int] = []
        while len(values) < count:
            row = self._rows.get(address + len(values))
            if row is None or row.get is None:
                return ExcCodes.ILLEGAL_ADDRESS
            values += self._spoilt(row) or row.read(device)
        return values if len(values) == count else ExcCodes.ILLEGAL_ADDRESS

    def _spoilt(self, row: Register[T]) -> list[int] | None:
        if row.measured and Fault.INVALID in self._face.faults:
            return row.invalid()
        if row.measured and Fault.OUT_OF_RANGE in self._face.faults:
            return row.out_of_range()
        return None

    @override
    async def async_setValues(
        self, device_id: int, func_code: int, address: int, values: list[int] | list[bool]
    ) -> ExcCodes | None:
        """Write registers; all of them or, if one is refused, none."""
        rows: list[tuple[Register[T], int]] = []
        done = 0
        while done < len(values):
            row = self._rows.get(address + done)
            if row is None or row.write is None or done + row.length > len(values):
                return ExcCodes.ILLEGAL_ADDRESS
            value = row.decode([int(word) for word in values[done : done + row.length]])
            if not row.least <= value <= row.most:
                return ExcCodes.ILLEGAL_VALUE
            rows.append((row, value))
            done += row.length
        self._echo = [int(word) for word in values]
        device = self._face.device()
        for row, value in rows:
            self._face.wrote(row.address)
            if row.write is not None:
                row.write(device, value)
        return None


class Connection(ServerRequestHandler):
    """One client; answers each request under its own transaction id, however late."""

    face: ModbusFace[Any]

    @override
    async def handle_request(self) -> None:
        """Answer the request that has just arrived."""
        request, address, face = self.last_pdu, self.last_addr, self.face
        faults = face.faults
        if request is None or request.dev_id != face.unit or Fault.SILENT in faults:
            return
        face.heard()
        if Fault.LATENCY in faults:
            await asyncio.sleep(faults.value(Fault.LATENCY))
        response: ModbusPDU = ExceptionResponse(request.function_code, ExcCodes.ILLEGAL_FUNCTION)
        if request.function_code in face.functions:
            response = await request.datastore_update(self.server.context, request.dev_id)
        response.transaction_id = request.transaction_id
        response.dev_id = request.dev_id
        if Fault.MIXED_UP in faults:
            response.transaction_id = (request.transaction_id + 1) % 65_536
        if Fault.GARBAGE in faults:
            self.send(face.noise.randbytes(12), address)
        elif self.transport is not None:
            self.server_send(response, address)  # type: ignore[no-untyped-call]  # pymodbus leaves it untyped


class Server(ModbusTcpServer):
    """Lets clients in; where the device serves one at a time, the newest stays."""

    face: ModbusFace[Any]

    @override
    def callback_new_connection(self) -> Connection:
        """Accept a client."""
        if self.face.single_client:
            for old in list(self.active_connections.values()):
                self.face.kicked += 1
                old.close()
        connection = Connection(self, None, None, None)  # type: ignore[no-untyped-call]  # likewise
        connection.face = self.face
        return connection


class ModbusFace[T](Face):
    """One device of type `T` behind Modbus TCP. `writes` counts accepted writes by address."""

    supported: ClassVar[frozenset[Fault]] = frozenset(
        {
            Fault.CLOSED,
            Fault.SILENT,
            Fault.GARBAGE,
            Fault.LATENCY,
            Fault.MIXED_UP,
            Fault.INVALID,
            Fault.OUT_OF_RANGE,
        }
    )
    unit: ClassVar[int]
    functions: ClassVar[frozenset[int]]
    most_registers: ClassVar[int]
    single_client: ClassVar[bool]

    def __init__(self, key: str, world: World, rows: Sequence[Register[T]]) -> None:
        super().__init__(key, world)
        self.writes: Counter[int] = Counter()
        self.kicked = 0
        self.noise = random.Random(key)
        self._rows = rows
        self._server: Server | None = None

    @abstractmethod
    def device(self) -> T:
        """Return the device as it is now, with the physics caught up."""

    def heard(self) -> None:
        """Take note that a client spoke to this unit."""

    def wrote(self, address: int) -> None:
        """Count an accepted write."""
        self.writes[address] += 1

    @override
    async def _open(self) -> None:
        server = Server(_placeholder(), address=(HOST, self.port))
        server.face = self
        server.context = Memory(self, self._rows)
        await server.serve_forever(background=True)
        self._server = server
        # pymodbus keeps asyncio's server object in `transport`; a listener has no public way to tell its port.
        self.port = cast("asyncio.Server", server.transport).sockets[0].getsockname()[1]

    @override
    async def _close(self) -> None:
        if self._server is not None:
            await self._server.shutdown()  # type: ignore[no-untyped-call]  # likewise
            self._server = None
