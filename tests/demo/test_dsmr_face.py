"""The P1 face through dsmr-parser: telegrams that are right, and telegrams that are not."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from dsmr_parser import telegram_specifications
from dsmr_parser.exceptions import InvalidChecksumError, ParseError
from dsmr_parser.parsers import TelegramParser

from demo.clock import ManualClock
from demo.faces.dsmr import crc16, stamp, telegram
from demo.faults import Fault
from demo.home import VirtualHome


def parse(data: bytes) -> Any:
    return TelegramParser(telegram_specifications.BELGIUM_FLUVIUS).parse(data.decode())


class Line:
    """One connection to the face."""

    def __init__(self, home: VirtualHome, clock: ManualClock) -> None:
        self.home = home
        self.clock = clock

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.home.ports["dsmr"])
        own = self.writer.get_extra_info("sockname")
        # The server must have taken the client in before it talks.
        for _ in range(1_000):
            if own in {client.get_extra_info("peername") for client in self.home.dsmr._clients}:
                return
            await asyncio.sleep(0.001)
        pytest.fail("the meter did not take the client")

    async def telegram(self) -> bytes:
        """Step the clock by a second and return what comes up to the checksum."""
        self.clock.advance(1)
        body = await asyncio.wait_for(self.reader.readuntil(b"!"), 1)
        return body + await asyncio.wait_for(self.reader.readline(), 1)

    def close(self) -> None:
        self.writer.close()


@pytest.fixture
async def line(home: VirtualHome, clock: ManualClock) -> AsyncIterator[Line]:
    line = Line(home, clock)
    await line.open()
    yield line
    line.close()


async def test_a_telegram_a_second_says_what_is_true(
    home: VirtualHome, line: Line, clock: ManualClock
) -> None:
    home.sockets["pump"].switch(True)
    home.house.inverter.settings.max_charge_w = 0
    first = parse(await line.telegram())
    second = parse(await line.telegram())
    assert second.P1_MESSAGE_TIMESTAMP.value - first.P1_MESSAGE_TIMESTAMP.value == timedelta(seconds=1)
    assert second.P1_MESSAGE_TIMESTAMP.value == clock.now()
    grid = home.truth()["grid_w"]
    assert grid < 0
    assert float(second.CURRENT_ELECTRICITY_DELIVERY.value) == pytest.approx(-grid / 1000, abs=0.001)
    assert second.CURRENT_ELECTRICITY_USAGE.value == Decimal(0)
    assert second.BELGIUM_VERSION_INFORMATION.value == "50217"
    assert float(second.ELECTRICITY_USED_TARIFF_1.value) == pytest.approx(
        home.house.meter.import_wh[0] / 1000, abs=0.001
    )
    assert second.INSTANTANEOUS_VOLTAGE_L1.value == Decimal("230.0")


async def test_demand_grows_within_the_quarter_hour(
    home: VirtualHome, line: Line, clock: ManualClock
) -> None:
    home.house.inverter.settings.max_discharge_w = 0
    clock.set(datetime(2026, 6, 12, 21, 59, 59, tzinfo=UTC))
    assert parse(await line.telegram()).BELGIUM_CURRENT_AVERAGE_DEMAND.value >= 0
    clock.advance(299)
    early = parse(await line.telegram()).BELGIUM_CURRENT_AVERAGE_DEMAND.value
    clock.advance(599)
    late = parse(await line.telegram()).BELGIUM_CURRENT_AVERAGE_DEMAND.value
    assert 0 < early < late or late == 0
    peak = parse(await line.telegram()).BELGIUM_MAXIMUM_DEMAND_MONTH
    assert float(peak.value) == pytest.approx(home.truth()["month_peak_w"] / 1000, abs=0.001)


async def test_history_holds_thirteen_months(home: VirtualHome) -> None:
    history = parse(telegram(home.house)).BELGIUM_MAXIMUM_DEMAND_13_MONTHS
    assert len(history) == 13
    values = [float(month.value) for month in history]
    assert all(0.5 < value < 10 for value in values)
    assert [month.datetime for month in history] == sorted(month.datetime for month in history)
    # The last month in the history closed when the present one began (22:00 UTC is midnight here).
    assert history[-1].datetime == datetime(2026, 5, 31, 22, tzinfo=UTC)


async def test_several_clients_hear_the_same(home: VirtualHome, line: Line, clock: ManualClock) -> None:
    other = Line(home, clock)
    await other.open()
    data = await line.telegram()
    assert await asyncio.wait_for(other.reader.readexactly(len(data)), 1) == data
    other.close()


async def test_a_jump_of_the_clock_is_one_telegram(home: VirtualHome, line: Line, clock: ManualClock) -> None:
    clock.advance(3_600)
    await line.telegram()
    assert home.dsmr.sent <= 2


async def test_wrong_checksum(home: VirtualHome, line: Line) -> None:
    await home.break_("dsmr", Fault.WRONG_CRC)
    with pytest.raises(InvalidChecksumError):
        parse(await line.telegram())
    await home.mend("dsmr")
    parse(await line.telegram())


async def test_a_garbage_date_comes_with_a_right_checksum(home: VirtualHome, line: Line) -> None:
    await home.break_("dsmr", Fault.INVALID)
    data = await line.telegram()
    assert b"632525252525W" in data
    TelegramParser.validate_checksum(data.decode())


async def test_half_a_telegram_does_not_parse(home: VirtualHome, line: Line, clock: ManualClock) -> None:
    await home.break_("dsmr", Fault.TRUNCATED)
    clock.advance(1)
    half = await asyncio.wait_for(line.reader.read(4096), 1)
    with pytest.raises(ParseError):
        parse(half)


async def test_garbage_and_silence(home: VirtualHome, line: Line, clock: ManualClock) -> None:
    await home.break_("dsmr", Fault.GARBAGE)
    clock.advance(1)
    assert b"1-0:1.8.1" not in await asyncio.wait_for(line.reader.read(4096), 1)
    await home.mend("dsmr")
    await home.break_("dsmr", Fault.SILENT)
    for _ in range(5):
        clock.advance(1)
        await asyncio.sleep(0)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(line.reader.read(1), 0.05)


async def test_closing_drops_the_client(home: VirtualHome, line: Line) -> None:
    await home.break_("dsmr", Fault.CLOSED)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(line.reader.readexactly(1), 1)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", home.ports["dsmr"])
    line.close()
    await home.mend("dsmr")
    await line.open()
    parse(await line.telegram())


def test_checksum_of_a_published_string() -> None:
    # CRC-16/ARC of "123456789" is the catalogue's check value.
    assert crc16(b"123456789") == 0xBB3D


def test_stamps_say_summer_and_winter() -> None:
    # The hour that comes twice in the night of 2026-10-25.
    assert stamp(datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()) == "261025023000S"
    assert stamp(datetime(2026, 10, 25, 1, 30, tzinfo=UTC).timestamp()) == "261025023000W"
