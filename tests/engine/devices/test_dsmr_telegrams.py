"""P1 telegrams: recorded ones give the right numbers, broken ones are counted."""

import contextlib
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.merit_order.engine.devices.dsmr_telegram import LONGEST, Stream, WrongKey
from custom_components.merit_order.engine.model.roles import GridReading

from .conftest import FIXTURES
from .telegrams import KEY, encrypted, only, recorded, sealed


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


def test_fixtures_name_their_source() -> None:
    for folder in FIXTURES.iterdir():
        if folder.is_dir():
            assert re.search(r"MIT|ISC|Apache", (folder / "SOURCE.md").read_text()), folder
