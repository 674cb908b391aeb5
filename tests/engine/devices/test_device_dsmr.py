"""P1 telegrams: recorded ones give the right numbers, broken ones are counted, and the line is kept."""

import asyncio
import contextlib
import os
import pty
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.merit_order.engine.devices import _line, dsmr
from custom_components.merit_order.engine.devices.dsmr_telegram import LONGEST, Stream, Telegram, WrongKey
from custom_components.merit_order.engine.model.errors import (
    CannotConnect,
    InputError,
    InvalidAuth,
    MeritOrderError,
    SilentPeer,
    WriteRefused,
)
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.roles import Action, Command, GridReading, Role
from demo.clock import ScaledClock
from demo.faults import Fault
from demo.home import VirtualHome

from .conftest import FIXTURES, TestClock


def crc16(data: bytes) -> int:
    """The meter's checksum, written from its definition (CRC-16, reflected polynomial 0xA001, start 0)."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def sealed(telegram: bytes) -> bytes:
    """The telegram with the checksum that fits it."""
    body = telegram[: telegram.rindex(b"!") + 1]
    return body + b"%04X\r\n" % crc16(body)


def recorded(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def only(version: str, raw: bytes) -> Telegram:
    telegrams = list(Stream(version).feed(raw))
    assert len(telegrams) == 1
    return telegrams[0]


def test_a_belgian_meter() -> None:
    telegram = only("5b", recorded("fluvius_v171/telegram.txt"))
    assert (telegram.maker, telegram.serial) == ("Fluvius", "1SAG3101021605")
    assert telegram.grid == GridReading(
        power_kw=0.0,
        import_kwh=15.792,
        export_kwh=0.011,
        quarter_demand_kw=2.351,
        month_peak_kw=2.589,
        month_peak_at=datetime(2020, 5, 9, 11, 45, 58, tzinfo=UTC),
        peak_history_kw=(3.695, 5.98, 4.318),
        phase_current_a=(0.0, 0.0, 0.0),
        phase_voltage_v=(234.7, 234.7, 234.7),
    )


def test_a_belgian_meter_with_a_month_that_had_no_peak() -> None:
    grid = only("5b", recorded("fluvius_v171/telegram_empty_month.txt")).grid
    assert grid.power_kw == pytest.approx(0.338)
    assert grid.import_kwh == 571.562
    assert grid.quarter_demand_kw == 0.052
    assert grid.month_peak_at == datetime(2023, 11, 2, 10, 45, tzinfo=UTC)
    assert grid.peak_history_kw == (4.927, 4.229, 1.862), "newest first, the impossible date left out"
    assert grid.phase_current_a == (0.27, 0.88, 0.52)


@pytest.mark.parametrize(
    ("version", "name", "maker", "power", "imported", "exported", "amps"),
    [
        ("4", "kaifa_meter/telegram.txt", "Kaifa", 2.027, 3016.829, 0.0, (0.0, 6.0, 2.0)),
        ("5", "iskra_mt382/telegram_v5.txt", "Iskra", 0.244, 6.825, 2.444, (0.48, 0.44, 0.86)),
        ("5", "iskra_am550/telegram.txt", "Iskra", 0.111, 2375.582, 0.0, (0.0, 0.0, 1.0)),
        ("2_2", "iskra_mt382/telegram_v2_2.txt", "Iskra", 1.01, 2.002, 2.002, ()),
        ("2_2", "iskra_mt382/telegram_v3.txt", "Iskra", 1.19, 24691.356, 24691.356, ()),
        ("5l", "luxmetering_smarty/telegram.txt", "Luxmetering", 0.005, 25.653, 0.04, None),
        ("5h", "sagemcom_hu/telegram.txt", "Sagemcom", -2.601, 173.64, 627.177, (3.0, 4.0, 3.0)),
    ],
)
def test_recorded_meters(
    version: str,
    name: str,
    maker: str,
    power: float,
    imported: float,
    exported: float,
    amps: tuple[float, ...] | None,
) -> None:
    telegram = only(version, recorded(name))
    assert telegram.maker == maker
    assert telegram.serial
    assert telegram.grid.power_kw == pytest.approx(power)
    assert telegram.grid.import_kwh == pytest.approx(imported)
    assert telegram.grid.export_kwh == pytest.approx(exported)
    if amps is not None:
        assert telegram.grid.phase_current_a == amps


def test_currents_take_the_sign_of_their_phase() -> None:
    raw = recorded("iskra_mt382/telegram_v5.txt")
    raw = raw.replace(b"1-0:41.7.0(00.032*kW)", b"1-0:41.7.0(00.000*kW)")
    raw = raw.replace(b"1-0:42.7.0(00.000*kW)", b"1-0:42.7.0(00.101*kW)")
    assert only("5", sealed(raw)).grid.phase_current_a == (0.48, -0.44, 0.86)


KEY = "0123456789abcdef0123456789abcdef"


def encrypted(telegram: bytes, count: int = 1) -> bytes:
    """A DLMS general-global-cipher frame as Luxembourg's meters send it: AES-GCM, 12-byte tag, the public AAD key."""
    title, counter = b"SYSTITLE", count.to_bytes(4)
    security = b"\x30"
    cipher = Cipher(algorithms.AES(bytes.fromhex(KEY)), modes.GCM(title + counter)).encryptor()
    cipher.authenticate_additional_data(security + bytes.fromhex("00112233445566778899aabbccddeeff"))
    secret = cipher.update(telegram) + cipher.finalize() + cipher.tag[:12]
    body = security + counter + secret
    return b"\xdb\x08" + title + b"\x82" + len(body).to_bytes(2) + body


def test_an_encrypted_telegram_from_luxembourg() -> None:
    frame = encrypted(recorded("luxmetering_smarty/telegram.txt"))
    stream = Stream("5l", KEY)
    telegrams = [t for n in range(0, len(frame), 100) for t in stream.feed(frame[n : n + 100])]
    assert [t.grid.import_kwh for t in telegrams] == [25.653]


def test_a_serial_number_anonymised_without_its_checksum_is_counted() -> None:
    stream = Stream("5")
    assert list(stream.feed(recorded("sagemcom_t210/telegram.txt"))) == []
    assert stream.counters["wrong_crc"] == 1
    # With a right checksum it reads: the numbers were not touched.
    telegram = only("5", sealed(recorded("sagemcom_t210/telegram.txt")))
    assert telegram.grid.export_kwh == pytest.approx(7321.088)
    assert telegram.grid.power_kw == pytest.approx(-0.566)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"1-0:1.8.1(000000.034*kWh)", b"1-0:1.8.1(00000x.034*kWh)"),
        (b"1-0:1.7.0(00.000*kW)", b"1-0:1.7.0(00.000)"),
        (b"1-0:1.6.0(200509134558S)(02.589*kW)", b"1-0:1.6.0()"),
        (b"0-0:98.1.0(3)", b"0-0:98.1.0(9)"),
        (b"0-0:98.1.0(3)", b"0-0:98.1.0()"),
        (b"1-0:31.7.0(000.00*A)", b"1-0:31.7.0(*A)"),
        (b"/FLU5", b"/FL\xdc5"),
    ],
)
def test_a_broken_line_under_a_right_checksum_never_raises(old: bytes, new: bytes) -> None:
    stream = Stream("5b")
    broken = recorded("fluvius_v171/telegram.txt").replace(old, new)
    assert broken != recorded("fluvius_v171/telegram.txt")
    first = list(stream.feed(sealed(broken)))
    assert len(first) + stream.counters["corrupt"] == 1
    assert list(stream.feed(recorded("fluvius_v171/telegram.txt"))), "and the next one is read"


def test_half_a_total_is_none() -> None:
    raw = recorded("iskra_mt382/telegram_v2_2.txt").replace(b"1-0:1.8.2(00001.001*kWh)\r\n", b"")
    grid = only("2_2", raw).grid
    assert (grid.import_kwh, grid.export_kwh) == (None, 2.002)


def test_one_wrong_bit_is_caught() -> None:
    raw = recorded("fluvius_v171/telegram.txt")
    stream = Stream("5b")
    for place in range(1, raw.rindex(b"!"), 37):
        spoilt = bytearray(raw)
        spoilt[place] ^= 0x01
        assert list(stream.feed(bytes(spoilt))) == []
    assert stream.counters["telegrams"] == 0


def test_a_telegram_that_was_cut_off_costs_only_itself() -> None:
    raw = recorded("fluvius_v171/telegram.txt")
    stream = Stream("5b")
    assert len(list(stream.feed(raw[300:] + raw[:500] + raw + raw))) == 2
    assert stream.counters["corrupt"] == 1


def test_endless_noise_does_not_fill_the_memory() -> None:
    stream = Stream("5b")
    for _ in range(100):
        assert list(stream.feed(b"/" + b"x" * 1000)) == []
    assert len(stream._buffer) <= LONGEST
    assert stream.counters["overflow"] > 0
    assert list(stream.feed(b"\r\n!\r\n" + recorded("fluvius_v171/telegram.txt")))


def test_another_countrys_telegram_is_no_reading() -> None:
    stream = Stream("5s")
    assert list(stream.feed(recorded("sagemcom_t210/telegram.txt"))) == []


@settings(max_examples=60)
@given(
    st.lists(st.binary(max_size=200), max_size=10), st.sampled_from(["5b", "5", "4", "2_2", "5l", "5s", "5h"])
)
def test_no_bytes_break_the_reader(chunks: list[bytes], version: str) -> None:
    stream = Stream(version)
    for chunk in chunks:
        list(stream.feed(chunk))
    list(stream.feed(b"\n!\r\n/"))
    raw = recorded("fluvius_v171/telegram.txt")
    if version == "5b":
        assert list(stream.feed(raw[1:])) or list(stream.feed(raw))


@settings(max_examples=100)
@given(st.data())
def test_no_mutation_of_a_telegram_breaks_the_reader(data: st.DataObject) -> None:
    raw = bytearray(recorded("fluvius_v171/telegram.txt"))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(raw) - 10))
        raw[place : place + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=5))
    if b"!" not in raw:
        return
    for telegram in Stream("5b").feed(sealed(bytes(raw))):
        assert isinstance(telegram.grid, GridReading)


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=300), max_size=6))
def test_no_bytes_break_the_encrypted_reader(chunks: list[bytes]) -> None:
    stream = Stream("5l", "0123456789abcdef0123456789abcdef")
    for chunk in chunks:
        with contextlib.suppress(WrongKey):
            list(stream.feed(b"\xdb" + chunk))


# The line, against the virtual home. Twenty seconds of the house pass in one.


@pytest.fixture
async def home(loopback: None) -> AsyncIterator[VirtualHome]:
    home = VirtualHome(ScaledClock(speed=20))
    await home.dsmr.start()
    try:
        yield home
    finally:
        await home.stop()


def options(home: VirtualHome, **changed: Any) -> dict[str, Any]:
    given = {"connection": "tcp", "host": "127.0.0.1", "port": home.dsmr.port, "version": "5b", **changed}
    return settle(dsmr.KIND.options, given)


@pytest.fixture
async def device(home: VirtualHome, ports: Ports) -> AsyncIterator[Any]:
    device = await dsmr.KIND.connect(options(home), ports)
    yield device
    await device.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_line, "PATIENCE_S", 0.5)


async def until(device: Any, counter: str, above: int = 0) -> None:
    """Wait until a counter is above `above`."""
    for _ in range(500):
        if {**device.stream.counters, **device.line.counters}[counter] > above:
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"{counter} never rose above {above}")


async def test_the_virtual_meter(device: Any, home: VirtualHome) -> None:
    assert device.identity.unique_id == "dsmr_1SAG3101021605"
    assert device.identity.roles == (Role.GRID,)
    said = await device.read()
    truth = home.truth()
    meter = home.house.meter
    assert said.grid.power_kw == pytest.approx(truth["grid_w"] / 1000, abs=0.5)
    assert said.grid.import_kwh == pytest.approx(sum(meter.import_wh) / 1000, abs=0.02)
    assert said.grid.month_peak_kw == pytest.approx(meter.month_peak.watts / 1000, abs=0.001)
    assert len(said.grid.peak_history_kw) == len(meter.history)
    assert said.counters["telegrams"] >= 1
    assert said.counters["wrong_crc"] == 0


async def test_the_quarter_hour_counts_up_from_zero(device: Any, home: VirtualHome) -> None:
    said = await device.read()
    assert said.grid.quarter_demand_kw == pytest.approx(home.truth()["demand_w"] / 1000, abs=0.05)


async def test_an_old_telegram_is_no_reading(device: Any, home: VirtualHome, clock: TestClock) -> None:
    await home.break_("dsmr", Fault.SILENT)
    await device.read()
    clock.fixed = datetime.now(UTC) + timedelta(seconds=60)
    with pytest.raises(SilentPeer):
        await device.read()
    await home.mend()
    clock.fixed = None
    await asyncio.sleep(0.2)
    assert (await device.read()).grid.power_kw is not None


async def test_a_half_open_line_is_dialled_again(device: Any, home: VirtualHome, clock: TestClock) -> None:
    await home.break_("dsmr", Fault.SILENT)
    clock.fixed = datetime.now(UTC) + timedelta(seconds=60)
    with pytest.raises(MeritOrderError):
        await device.read()
    clock.fixed = None
    await home.mend()
    await until(device, "reconnects", 1)
    assert device.line.counters["silent"] == 1


@pytest.mark.parametrize(
    ("fault", "counter"),
    [(Fault.WRONG_CRC, "wrong_crc"), (Fault.TRUNCATED, "corrupt"), (Fault.GARBAGE, "overflow")],
)
async def test_faults_are_counted_and_the_last_good_one_serves(
    device: Any, home: VirtualHome, fault: Fault, counter: str
) -> None:
    before = (await device.read()).grid
    await home.break_("dsmr", fault)
    if fault is Fault.TRUNCATED:
        await asyncio.sleep(0.3)
        await home.mend()
    await until(device, counter)
    assert (await device.read()).grid.import_kwh >= before.import_kwh
    await home.mend()
    await until(device, "telegrams", device.stream.counters["telegrams"])


async def test_an_impossible_date_does_not_matter(device: Any, home: VirtualHome) -> None:
    await home.break_("dsmr", Fault.INVALID)
    await asyncio.sleep(0.2)
    assert (await device.read()).counters["corrupt"] == 0


async def test_the_line_is_taken_up_again(device: Any, home: VirtualHome, clock: TestClock) -> None:
    await home.break_("dsmr", Fault.CLOSED)
    await asyncio.sleep(0.1)
    assert (await device.read()).grid.power_kw is not None, "a telegram of a moment ago still serves"
    clock.fixed = datetime.now(UTC) + timedelta(seconds=60)
    with pytest.raises(CannotConnect):
        await device.read()
    clock.fixed = None
    await home.mend()
    await until(device, "reconnects", 1)


async def test_nothing_listens(home: VirtualHome, ports: Ports) -> None:
    await home.break_("dsmr", Fault.CLOSED)
    with pytest.raises(CannotConnect):
        await dsmr.KIND.probe(options(home), ports)


async def test_a_silent_port(home: VirtualHome, ports: Ports) -> None:
    await home.break_("dsmr", Fault.SILENT)
    with pytest.raises(SilentPeer):
        await dsmr.KIND.probe(options(home), ports)


@pytest.mark.parametrize("fault", [Fault.GARBAGE, Fault.WRONG_CRC])
async def test_nothing_valid_comes(home: VirtualHome, ports: Ports, fault: Fault) -> None:
    await home.break_("dsmr", fault)
    with pytest.raises(_line.NoTelegram) as raised:
        await dsmr.KIND.probe(options(home), ports)
    assert dsmr.KIND.field_of_error[raised.value.key] == "version"


async def test_a_key_that_does_not_fit(ports: Ports, loopback: None) -> None:
    frame = encrypted(recorded("luxmetering_smarty/telegram.txt"))

    async def meter(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame)
        writer.close()

    server = await asyncio.start_server(meter, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    given = {"connection": "tcp", "host": "127.0.0.1", "port": port, "version": "5l"}
    with pytest.raises(InvalidAuth):
        await dsmr.KIND.probe({**given, "encryption_key": "ff" * 16}, ports)
    identity = await dsmr.KIND.probe({**given, "encryption_key": "0123456789abcdef" * 2}, ports)
    assert identity.manufacturer == "Luxmetering"
    server.close()
    server.abort_clients()
    await server.wait_closed()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"connection": "tcp", "port": 1}, "host"),
        ({"connection": "tcp", "host": "x"}, "port"),
        ({"connection": "serial"}, "serial_port"),
        ({"connection": "tcp", "host": "x", "port": 1, "encryption_key": "0123"}, "encryption_key"),
        ({"connection": "tcp", "host": "x", "port": 1, "encryption_key": "xyz"}, "encryption_key"),
    ],
)
async def test_what_the_connection_needs_is_named(ports: Ports, given: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as raised:
        await dsmr.KIND.probe(settle(dsmr.KIND.options, given), ports)
    assert raised.value.field == field


async def test_a_serial_port_that_is_not_there(ports: Ports) -> None:
    given = {"connection": "serial", "serial_port": "/dev/nothing", "version": "5b"}
    with pytest.raises(CannotConnect) as raised:
        await dsmr.KIND.probe(given, ports)
    assert raised.value.placeholders["field"] == "serial_port"


@pytest.mark.parametrize("version", ["5b", "4", "2_2"])
async def test_a_serial_cable(ports: Ports, version: str, tmp_path: Path) -> None:
    """A pseudo-terminal stands in for the USB cable; it carries eight bits whatever is asked for."""
    name = {
        "5b": "fluvius_v171/telegram.txt",
        "4": "kaifa_meter/telegram.txt",
        "2_2": "iskra_mt382/telegram_v2_2.txt",
    }
    ours, theirs = pty.openpty()
    given = {"connection": "serial", "serial_port": os.ttyname(theirs), "version": version}
    connecting = asyncio.ensure_future(dsmr.KIND.connect(given, ports))
    for _ in range(20):
        await asyncio.sleep(0.05)
        os.write(ours, recorded(name[version]))
        if connecting.done():
            break
    device = await connecting
    said = (await device.read()).grid
    assert said is not None
    assert said.import_kwh is not None
    await device.close()
    os.close(ours)
    os.close(theirs)


async def test_a_meter_takes_no_commands(device: Any) -> None:
    with pytest.raises(WriteRefused):
        await device.write(Command(role=Role.GRID, action=Action.ON, expires=datetime.now(UTC)))


def test_fixtures_name_their_source() -> None:
    for folder in FIXTURES.iterdir():
        if folder.is_dir():
            assert re.search(r"MIT|ISC|Apache", (folder / "SOURCE.md").read_text()), folder
