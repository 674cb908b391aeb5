"""SML: files built by hand after the specification give the right numbers; broken ones are counted."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.merit_order.engine.devices import _line, sml
from custom_components.merit_order.engine.devices.sml_telegram import LONGEST, START, Stream, Telegram, crc16
from custom_components.merit_order.engine.model.errors import SilentPeer, WriteRefused
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.roles import Action, Command, GridReading, Role

from .conftest import NOON, TestClock

WH, W, V, A = 30, 27, 35, 33


def head(kind: int, length: int) -> bytes:
    """A type-length field, in two bytes where four bits are too few."""
    if length < 16:
        return bytes([kind << 4 | length])
    return bytes([0x80 | kind << 4 | length >> 4, length & 0x0F])


def octets(value: bytes) -> bytes:
    size = len(value) + 1 if len(value) < 15 else len(value) + 2
    return head(0, size) + value


def number(value: int, width: int, *, signed: bool = False) -> bytes:
    return head(5 if signed else 6, width + 1) + value.to_bytes(width, signed=signed)


def items(*members: bytes) -> bytes:
    return head(7, len(members)) + b"".join(members)


NOTHING = b"\x01"


def entry(obis: str, unit: int, scaler: int, value: bytes) -> bytes:
    a, rest = obis.split("-")
    b, rest = rest.split(":")
    c, d, e = rest.split(".")
    name = bytes([int(a), int(b), int(c), int(d), int(e), 255])
    return items(
        octets(name), NOTHING, NOTHING, number(unit, 1), number(scaler, 1, signed=True), value, NOTHING
    )


def file(*entries: bytes, server: bytes = b"\x0a\x01ISK\x00\x04\x32\x10\x00") -> bytes:
    """A whole file: open, list of values, close, between escapes, with its checksum."""

    def message(kind: int, body: bytes) -> bytes:
        return (
            items(octets(b"\x01"), number(0, 1), number(0, 1), items(number(kind, 2), body), number(0, 2))
            + b"\x00"
        )

    values = items(NOTHING, octets(server), NOTHING, NOTHING, items(*entries), NOTHING, NOTHING)
    opened = message(0x0101, items(NOTHING, NOTHING, octets(b"\x01"), octets(server), NOTHING, NOTHING))
    body = opened + message(0x0701, values) + message(0x0201, items(NOTHING))
    body = body.replace(b"\x1b\x1b\x1b\x1b", b"\x1b" * 8)
    padding = -len(body) % 4
    raw = START + body + b"\0" * padding + b"\x1b\x1b\x1b\x1b\x1a" + bytes([padding])
    return raw + crc16(raw).to_bytes(2, "little")


USUAL = file(
    entry("1-0:1.8.0", WH, -1, number(123_456_789, 8)),
    entry("1-0:2.8.0", WH, -1, number(1_000, 4)),
    entry("1-0:16.7.0", W, 0, number(-1_530, 4, signed=True)),
    entry("1-0:32.7.0", V, -1, number(2_312, 2)),
    entry("1-0:52.7.0", V, -1, number(2_298, 2)),
    entry("1-0:72.7.0", V, -1, number(2_305, 2)),
    entry("1-0:31.7.0", A, -2, number(150, 2)),
    entry("1-0:51.7.0", A, -2, number(20, 2)),
    entry("1-0:71.7.0", A, -2, number(7, 2)),
)


def only(raw: bytes) -> Telegram:
    telegrams = list(Stream().feed(raw))
    assert len(telegrams) == 1
    return telegrams[0]


def test_the_checksum_is_the_published_one() -> None:
    assert crc16(b"123456789") == 0x906E


def test_a_meter() -> None:
    telegram = only(USUAL)
    assert (telegram.maker, telegram.serial) == ("ISK", "0a0149534b0004321000")
    grid = telegram.grid
    assert (grid.power_kw, grid.import_kwh, grid.export_kwh) == pytest.approx((-1.53, 12345.6789, 0.1))
    assert grid.phase_current_a == pytest.approx((1.5, 0.2, 0.07))
    assert grid.phase_voltage_v == pytest.approx((231.2, 229.8, 230.5))


@pytest.mark.parametrize(
    ("value", "watts"),
    [
        (number(35_636 - 65_536, 2, signed=True), 356.36),
        (number(-100_000, 4, signed=True), -1000.0),
        (number(20_000, 2, signed=True), 200.0),
    ],
)
def test_a_dzg_meter_that_cuts_its_numbers_short(value: bytes, watts: float) -> None:
    power = entry("1-0:16.7.0", W, -2, value)
    assert only(file(power, server=b"\x0a\x01DZG\x00\x01\x02\x03\x04")).grid.power_kw == pytest.approx(
        watts / 1000
    )


def test_another_makers_short_negative_number_is_negative() -> None:
    power = entry("1-0:16.7.0", W, 0, number(-200, 2, signed=True))
    assert only(file(power)).grid.power_kw == pytest.approx(-0.2)


def test_escapes_inside_are_undone() -> None:
    telegram = only(file(entry("1-0:1.8.0", WH, 0, number(0x1B1B1B1B, 4))))
    assert telegram.grid.import_kwh == pytest.approx(0x1B1B1B1B / 1000)


@pytest.mark.parametrize(
    "bad",
    [
        entry("1-0:1.8.0", WH, 20, number(1, 4)),
        entry("1-0:1.8.0", WH, 0, number(2**63, 8)),
        entry("1-0:1.8.0", 99, 0, number(1, 4)),
        entry("1-0:1.8.0", WH, 0, octets(b"text")),
        items(octets(b"\x01\x00\x01\x08\x00\xff")),
    ],
)
def test_a_number_that_cannot_be_is_no_reading(bad: bytes) -> None:
    stream = Stream()
    assert list(stream.feed(file(bad))) == []
    assert stream.counters["corrupt"] == 1


def test_broken_files_are_counted_and_the_next_is_read() -> None:
    stream = Stream()
    spoilt = bytearray(USUAL)
    spoilt[40] ^= 1
    assert list(stream.feed(bytes(spoilt))) == []
    assert stream.counters["wrong_crc"] == 1
    assert len(list(stream.feed(USUAL[:100] + USUAL + USUAL))) == 2
    assert stream.counters["corrupt"] == 1


def test_in_any_pieces() -> None:
    stream = Stream()
    raw = b"noise" + USUAL * 3
    assert sum(len(list(stream.feed(raw[n : n + 7]))) for n in range(0, len(raw), 7)) == 3


def test_endless_noise_does_not_fill_the_memory() -> None:
    stream = Stream()
    list(stream.feed(START))
    for _ in range(40):
        list(stream.feed(b"x" * 1000))
    assert len(stream._buffer) <= LONGEST
    assert stream.counters["overflow"]
    assert list(stream.feed(USUAL))


@settings(max_examples=100)
@given(st.lists(st.binary(max_size=300), max_size=6))
def test_no_bytes_break_the_reader(chunks: list[bytes]) -> None:
    stream = Stream()
    for chunk in chunks:
        list(stream.feed(chunk))
        sealed = START + chunk + b"\x1b\x1b\x1b\x1b\x1a\x00"
        list(stream.feed(sealed + crc16(sealed).to_bytes(2, "little")))


@settings(max_examples=150)
@given(st.data())
def test_no_mutation_under_a_right_checksum_breaks_the_reader(data: st.DataObject) -> None:
    raw = bytearray(USUAL)
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(8, len(raw) - 9))] = data.draw(st.integers(0, 255))
    raw[-2:] = crc16(bytes(raw[:-2])).to_bytes(2, "little")
    for telegram in Stream().feed(bytes(raw)):
        assert isinstance(telegram.grid, GridReading)


def test_power_is_worked_out_where_the_meter_keeps_it() -> None:
    derived = sml.Derived()
    assert derived.power_kw is None
    for second in range(0, 100, 10):
        derived.add(
            NOON + timedelta(seconds=second), GridReading(import_kwh=5.0 + second / 3600, export_kwh=1.0)
        )
        assert (derived.power_kw is None) == (second < 30)
    assert derived.power_kw == pytest.approx(1.0)
    for second in range(100, 400, 10):
        derived.add(
            NOON + timedelta(seconds=second),
            GridReading(import_kwh=5.0 + 100 / 3600, export_kwh=1.0 + (second - 100) * 2 / 3600),
        )
    assert derived.power_kw == pytest.approx(-2.0)
    derived.add(NOON - timedelta(hours=1), GridReading(import_kwh=9.0))
    assert derived.power_kw is None, "a clock that was set back begins anew"


class Meter:
    """A bridge that sends what it is given, again and again."""

    def __init__(self) -> None:
        self.raw = USUAL
        self.port = 0
        self.talking: set[asyncio.Task[None]] = set()

    async def talk(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task: asyncio.Task[None] | None = asyncio.current_task()
        assert task is not None
        self.talking.add(task)
        try:
            while not writer.is_closing():
                writer.write(self.raw)
                await writer.drain()
                await asyncio.sleep(0.02)
        except ConnectionError:
            pass
        finally:
            writer.close()


@pytest.fixture
async def meter(loopback: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Meter]:
    monkeypatch.setattr(_line, "PATIENCE_S", 0.4)
    meter = Meter()
    server = await asyncio.start_server(meter.talk, "127.0.0.1", 0)
    meter.port = server.sockets[0].getsockname()[1]
    yield meter
    server.close()
    server.abort_clients()
    await asyncio.gather(*meter.talking)
    await server.wait_closed()


def options(meter: Meter) -> dict[str, Any]:
    return settle(sml.KIND.options, {"host": "127.0.0.1", "port": meter.port})


async def test_over_a_bridge(meter: Meter, ports: Ports, clock: TestClock) -> None:
    device: Any = await sml.KIND.connect(options(meter), ports)
    assert device.identity.unique_id == "sml_0a0149534b0004321000"
    said = await device.read()
    assert said.grid.power_kw == pytest.approx(-1.53)
    assert said.counters["telegrams"] >= 1
    with pytest.raises(WriteRefused):
        await device.write(Command(role=Role.GRID, action=Action.ON, expires=NOON))
    meter.raw = b""
    clock.fixed = clock.now() + timedelta(seconds=60)
    await asyncio.sleep(0.05)
    with pytest.raises(SilentPeer):
        await device.read()
    await device.close()


async def test_a_meter_without_power(meter: Meter, ports: Ports, clock: TestClock) -> None:
    clock.fixed = NOON
    meter.raw = file(entry("1-0:1.8.0", WH, 0, number(5_000, 4)))
    device: Any = await sml.KIND.connect(options(meter), ports)
    assert (await device.read()).grid.power_kw is None
    meter.raw = file(entry("1-0:1.8.0", WH, 0, number(5_010, 4)))
    clock.fixed = NOON + timedelta(seconds=36)
    await asyncio.sleep(0.1)
    assert (await device.read()).grid.power_kw == pytest.approx(1.0)
    await device.close()


async def test_something_else_talks(meter: Meter, ports: Ports) -> None:
    meter.raw = b"hello\r\n"
    with pytest.raises(_line.NoTelegram):
        await sml.KIND.probe(options(meter), ports)
