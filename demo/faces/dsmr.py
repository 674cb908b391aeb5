"""The face of the Fluvius meter's P1 port behind a serial-to-TCP bridge: a telegram a second to every client."""

import asyncio
import contextlib
import random
from datetime import UTC, datetime
from functools import lru_cache
from typing import ClassVar, override

from demo.faces._base import HOST, Face, World
from demo.faults import Fault
from demo.physics.house import LOCAL, House
from demo.physics.meter import Peak

VOLTAGE = 230.0
HEADER = "/FLU5\\253769484_A"
SERIAL = "3153414733313031303231363035"


def _shifted(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ 0xA001 if byte & 1 else byte >> 1
    return byte


CRC_TABLE = tuple(_shifted(byte) for byte in range(256))


def crc16(data: bytes) -> int:
    """Return the checksum of a telegram: CRC-16 with polynomial 0xA001, from the slash to the exclamation mark."""
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc


def stamp(epoch: float) -> str:
    """Return `epoch` as the meter writes time: local, with S for summer and W for winter."""
    local = datetime.fromtimestamp(epoch, UTC).astimezone(LOCAL)
    return f"{local:%y%m%d%H%M%S}{'S' if local.dst() else 'W'}"


def month_start(year: int, month: int) -> float:
    """Return the Unix second at which a local month begins."""
    return datetime(year, month, 1, tzinfo=LOCAL).timestamp()


@lru_cache(maxsize=8)
def _history(peaks: tuple[tuple[tuple[int, int], Peak], ...]) -> str:
    """The month's peaks, which change once a month and are told every second."""
    rows = "".join(
        f"({stamp(month_start(year + month // 12, month % 12 + 1))})({stamp(peak.ended)})({peak.watts / 1000:06.3f}*kW)"
        for (year, month), peak in peaks
    )
    return f"0-0:98.1.0({len(peaks)})(1-0:1.6.0)(1-0:1.6.0){rows}"


def telegram(house: House, stamp_as: str | None = None) -> bytes:
    """Return the meter's telegram for the present moment, with its checksum; `stamp_as` replaces the time stamp."""
    meter = house.meter
    phases = [(code, power) for code, power in zip((20, 40, 60), meter.phase_w, strict=True)]
    lines = [
        HEADER,
        "",
        "0-0:96.1.4(50217)",
        f"0-0:96.1.1({SERIAL})",
        f"0-0:1.0.0({stamp_as or stamp(house.epoch)})",
        *(f"1-0:1.8.{n + 1}({wh / 1000:010.3f}*kWh)" for n, wh in enumerate(meter.import_wh)),
        *(f"1-0:2.8.{n + 1}({wh / 1000:010.3f}*kWh)" for n, wh in enumerate(meter.export_wh)),
        f"0-0:96.14.0({meter.tariff:04d})",
        f"1-0:1.4.0({meter.demand_w / 1000:06.3f}*kW)",
        f"1-0:1.6.0({stamp(meter.month_peak.ended)})({meter.month_peak.watts / 1000:06.3f}*kW)",
        _history(tuple(meter.history)),
        f"1-0:1.7.0({max(0.0, meter.power_w) / 1000:06.3f}*kW)",
        f"1-0:2.7.0({max(0.0, -meter.power_w) / 1000:06.3f}*kW)",
        *(f"1-0:{code + 1}.7.0({max(0.0, power) / 1000:06.3f}*kW)" for code, power in phases),
        *(f"1-0:{code + 2}.7.0({max(0.0, -power) / 1000:06.3f}*kW)" for code, power in phases),
        *(f"1-0:{code + 12}.7.0({VOLTAGE:05.1f}*V)" for code, _ in phases),
        *(f"1-0:{code + 11}.7.0({abs(power) / VOLTAGE:06.2f}*A)" for code, power in phases),
        "0-0:96.3.10(1)",
        "0-0:17.0.0(999.9*kW)",
        "1-0:31.4.0(999*A)",
        "0-0:96.13.0()",
        "!",
    ]
    body = "\r\n".join(lines).encode()
    return body + f"{crc16(body):04X}\r\n".encode()


class DsmrFace(Face):
    """P1 telegrams over TCP, the same for every client."""

    supported: ClassVar[frozenset[Fault]] = frozenset(
        {
            Fault.CLOSED,
            Fault.SILENT,
            Fault.GARBAGE,
            Fault.LATENCY,
            Fault.WRONG_CRC,
            Fault.TRUNCATED,
            Fault.INVALID,
        }
    )

    def __init__(self, key: str, world: World) -> None:
        super().__init__(key, world)
        self.sent = 0
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()
        self._talking: asyncio.Task[None] | None = None
        self._noise = random.Random(key)

    @override
    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._client, HOST, self.port, reuse_address=True)
        self.port = self._server.sockets[0].getsockname()[1]
        self._talking = asyncio.create_task(self._talk(), name=f"{self.key} telegrams")

    @override
    async def _close(self) -> None:
        if self._talking is not None:
            self._talking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._talking
        if self._server is not None:
            self._server.close()
            self._server.abort_clients()
            await self._server.wait_closed()
        self._clients.clear()
        self._server = self._talking = None

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Keep a client until it hangs up; what it says is ignored, as a meter does."""
        self._clients.add(writer)
        try:
            while await reader.read(1024):
                pass
        except ConnectionError:
            pass
        finally:
            self._clients.discard(writer)
            writer.close()

    async def _talk(self) -> None:
        while True:
            await self.world.clock.sleep(1.0)
            if self._clients and Fault.SILENT not in self.faults:
                data = self._spoilt()
                if Fault.LATENCY in self.faults:
                    await asyncio.sleep(self.faults.value(Fault.LATENCY))
                self._send(data)

    def _send(self, data: bytes) -> None:
        self.sent += 1
        for writer in self._clients:
            # A client that does not read must not make the house hoard telegrams: the bridge's buffer is small.
            if not writer.is_closing() and writer.transport.get_write_buffer_size() < 65_536:
                writer.write(data)

    def _spoilt(self) -> bytes:
        house, faults = self.world.catch_up(), self.faults
        if Fault.GARBAGE in faults:
            return self._noise.randbytes(600)
        # A date that was seen in the field, with a right checksum.
        data = telegram(house, "632525252525W" if Fault.INVALID in faults else None)
        if Fault.WRONG_CRC in faults:
            wrong = int(data[-6:-2], 16) ^ 0x5A5A
            return data[:-6] + f"{wrong:04X}\r\n".encode()
        if Fault.TRUNCATED in faults:
            return data[: len(data) // 2]
        return data
