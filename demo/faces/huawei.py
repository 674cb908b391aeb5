"""The face of the Huawei inverter: a Modbus TCP server for one client, unit 1, holding registers.

A new connection kicks the old one, as the SDongle does. A wrong unit id is never answered. Reads of more than 64
registers, of registers that do not exist, or of half a 32-bit value are refused with the Modbus exception.
"""

import asyncio
import random
from collections import Counter
from typing import ClassVar, cast, override

from pymodbus.constants import ExcCodes
from pymodbus.pdu import ExceptionResponse, ModbusPDU
from pymodbus.server import ModbusTcpServer
from pymodbus.server.requesthandler import ServerRequestHandler
from pymodbus.simulator import DataType, SimData, SimDevice
from pymodbus.simulator.simcore import SimCore

from demo.faces._base import HOST, Face, World
from demo.faces.huawei_registers import REGISTERS, Register
from demo.faults import Fault

UNIT = 1
MOST_REGISTERS = 64
READ, WRITE_ONE, WRITE_MANY = 3, 6, 16


class Memory(SimCore):
    """The registers of one inverter, answered from the physics."""

    def __init__(self, world: World, face: HuaweiFace) -> None:
        super().__init__(SimDevice(UNIT, SimData(0, values=0, datatype=DataType.REGISTERS)))
        self._world = world
        self._face = face
        self._rows = {row.address: row for row in REGISTERS}

    @override
    async def async_getValues(
        self, device_id: int, func_code: int, address: int, count: int = 1
    ) -> list[int] | list[bool] | ExcCodes:
        """Return `count` registers from `address`, or the exception code."""
        if func_code != READ:
            return ExcCodes.ILLEGAL_FUNCTION
        if count > MOST_REGISTERS:
            return ExcCodes.ILLEGAL_VALUE
        house = self._world.catch_up()
        values: list[int] = []
        while len(values) < count:
            row = self._rows.get(address + len(values))
            if row is None:
                return ExcCodes.ILLEGAL_ADDRESS
            values += self._spoilt(row) or row.read(house)
        return values if len(values) == count else ExcCodes.ILLEGAL_ADDRESS

    def _spoilt(self, row: Register) -> list[int] | None:
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
        if func_code not in (WRITE_ONE, WRITE_MANY):
            return ExcCodes.ILLEGAL_FUNCTION
        rows: list[tuple[Register, int]] = []
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
        house = self._world.catch_up()
        for row, value in rows:
            self._face.writes[row.address] += 1
            if row.write is not None:
                row.write(house, value)
        return None


class Connection(ServerRequestHandler):
    """One client; answers each request under its own transaction id, however late."""

    face: HuaweiFace

    @override
    async def handle_request(self) -> None:
        """Answer the request that has just arrived."""
        request, address = self.last_pdu, self.last_addr
        faults = self.face.faults
        if request is None or request.dev_id != UNIT or Fault.SILENT in faults:
            return
        if Fault.LATENCY in faults:
            await asyncio.sleep(faults.value(Fault.LATENCY))
        response: ModbusPDU = await request.datastore_update(self.server.context, request.dev_id)
        if request.function_code not in (READ, WRITE_ONE, WRITE_MANY):
            response = ExceptionResponse(request.function_code, ExcCodes.ILLEGAL_FUNCTION)
        response.transaction_id = request.transaction_id
        response.dev_id = request.dev_id
        if Fault.MIXED_UP in faults:
            response.transaction_id = (request.transaction_id + 1) % 65_536
        if Fault.GARBAGE in faults:
            self.send(self.face.noise.randbytes(12), address)
        elif self.transport is not None:
            self.server_send(response, address)  # type: ignore[no-untyped-call]  # pymodbus leaves it untyped


class Server(ModbusTcpServer):
    """Lets the newest client in and the others go."""

    face: HuaweiFace

    @override
    def callback_new_connection(self) -> Connection:
        """Accept a client; whoever was connected is dropped."""
        for old in list(self.active_connections.values()):
            self.face.kicked += 1
            old.close()
        connection = Connection(self, None, None, None)  # type: ignore[no-untyped-call]  # likewise
        connection.face = self.face
        return connection


class HuaweiFace(Face):
    """Modbus TCP of a SUN2000 behind its SDongle."""

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

    def __init__(self, key: str, world: World) -> None:
        super().__init__(key, world)
        self.writes: Counter[int] = Counter()
        self.kicked = 0
        self.noise = random.Random(key)
        self._server: Server | None = None

    @override
    def forget(self) -> None:
        self.world.catch_up().inverter.reboot()

    @override
    async def _open(self) -> None:
        server = Server(
            SimDevice(UNIT, SimData(0, values=0, datatype=DataType.REGISTERS)), address=(HOST, self.port)
        )
        server.face = self
        server.context = Memory(self.world, self)
        await server.serve_forever(background=True)
        self._server = server
        # pymodbus keeps asyncio's server object in `transport`; a listener has no public way to tell its port.
        self.port = cast("asyncio.Server", server.transport).sockets[0].getsockname()[1]

    @override
    async def _close(self) -> None:
        if self._server is not None:
            await self._server.shutdown()  # type: ignore[no-untyped-call]  # likewise
            self._server = None
