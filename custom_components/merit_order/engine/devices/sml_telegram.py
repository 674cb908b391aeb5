"""Smart Message Language, the binary talk of German meters: found in a stream of bytes, checked, read as a meter.

Facts from the public specifications: transport and encoding BSI TR-03109-1 (SML 1.04), object numbers IEC 62056-61
(OBIS), units DLMS. A file of messages stands between escape sequences and ends in a CRC-16/X-25.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..model.roles import GridReading

START = b"\x1b\x1b\x1b\x1b\x01\x01\x01\x01"
ESCAPE = b"\x1b\x1b\x1b\x1b"
LONGEST = 8_192
"""Bytes without a whole file before they are thrown away; meters send 200 to 600."""
DEEPEST = 16
GET_LIST = 0x0701

IMPORT, EXPORT = b"\x01\x00\x01\x08\x00\xff", b"\x01\x00\x02\x08\x00\xff"
POWER = b"\x01\x00\x10\x07\x00\xff"
POWER_ALSO = b"\x01\x00\x01\x07\x00\xff"
PHASE_CURRENT = tuple(bytes([1, 0, n, 7, 0, 255]) for n in (31, 51, 71))
PHASE_VOLTAGE = tuple(bytes([1, 0, n, 7, 0, 255]) for n in (32, 52, 72))
MAKER = (b"\x01\x00\x60\x32\x01\x01", b"\x81\x81\xc7\x82\x03\xff")
SERIAL = (b"\x01\x00\x60\x01\x00\xff", b"\x01\x00\x00\x00\x09\xff")

UNITS = {27: 1e-3, 30: 1e-3, 33: 1.0, 35: 1.0}
"""DLMS units to the house's: W and Wh to kW and kWh; A and V stay."""
MOST = {27: 1_000.0, 30: 1e7, 33: 1_000.0, 35: 1_000.0}


class Broken(Exception):
    """The bytes are no SML."""


@dataclass(frozen=True, slots=True)
class Telegram:
    """One good file: who sent it, and what the meter says. Some meters keep their power to themselves."""

    maker: str
    serial: str
    grid: GridReading


@dataclass(frozen=True, slots=True)
class Number:
    """An integer as it lay in the message: its value, its width in bytes, whether it was signed."""

    value: int
    width: int
    signed: bool


class Stream:
    """Finds files in bytes as they come. `counters` tell what was thrown away, by reason."""

    def __init__(self) -> None:
        self.counters = {"telegrams": 0, "wrong_crc": 0, "corrupt": 0, "overflow": 0}
        self._buffer = b""

    def feed(self, data: bytes) -> Iterator[Telegram]:
        """The good files that `data` completes."""
        self._buffer += data
        while (start := self._buffer.find(START)) >= 0:
            self._buffer = self._buffer[start:]
            end = _end(self._buffer)
            again = self._buffer.find(START, len(START))
            if again >= 0 and (end is None or again < end):
                # It was cut off, and the next one has begun.
                self.counters["corrupt"] += 1
                self._buffer = self._buffer[again:]
                continue
            if end is None:
                break
            raw, self._buffer = self._buffer[:end], self._buffer[end:]
            yield from self._file(raw)
        if len(self._buffer) > LONGEST:
            self.counters["overflow"] += 1
            self._buffer = b""

    def _file(self, raw: bytes) -> Iterator[Telegram]:
        if crc16(raw[:-2]) != int.from_bytes(raw[-2:], "little"):
            self.counters["wrong_crc"] += 1
            return
        padding = raw[-3]
        body = raw[len(START) : len(raw) - 8 - padding].replace(ESCAPE + ESCAPE, ESCAPE)
        try:
            telegram = _telegram(list(_messages(body)))
        except Broken, IndexError, struct.error:
            self.counters["corrupt"] += 1
            return
        if telegram is None:
            self.counters["corrupt"] += 1
            return
        self.counters["telegrams"] += 1
        yield telegram


def crc16(data: bytes) -> int:
    """CRC-16/X-25."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return crc ^ 0xFFFF


def _end(buffer: bytes) -> int | None:
    """Where the file ends that begins `buffer`: behind escape, 1a, number of filling bytes, CRC."""
    place = len(START)
    while (place := buffer.find(ESCAPE, place)) >= 0:
        what = buffer[place + 4 : place + 8]
        if len(what) < 4:
            return None
        if what[0] == 0x1A:
            return place + 8
        # An escaped escape, or four bytes that only look like one.
        place += 8 if what == ESCAPE else 1
    return None


def _messages(body: bytes) -> Iterator[Any]:
    place = 0
    while place < len(body):
        if body[place] == 0:
            place += 1
            continue
        message, place = _value(body, place, 0)
        yield message


def _value(body: bytes, place: int, depth: int) -> tuple[Any, int]:
    """The value at `place` and where the next one begins. Raises Broken, IndexError."""
    if depth > DEEPEST:
        raise Broken("too deep")
    kind, length, behind = _head(body, place)
    if kind == 7:
        values = []
        for _ in range(length):
            value, behind = _value(body, behind, depth + 1)
            values.append(value)
        return values, behind
    size = length - (behind - place)
    raw = body[behind : behind + size]
    if size < 0 or len(raw) < size:
        raise Broken("cut off")
    end = behind + size
    if kind == 0:
        # End of message stands as a lone zero; an optional value left out as 01.
        return (None if length <= 1 else raw), max(end, place + 1)
    if kind == 4:
        return raw != b"\0", end
    if kind in (5, 6):
        return Number(int.from_bytes(raw, signed=kind == 5), size, kind == 5), end
    raise Broken(f"type {kind}")


def _head(body: bytes, place: int) -> tuple[int, int, int]:
    """Type, length (in bytes with the head; of a list: its members), and where the head ends."""
    kind, length = body[place] >> 4 & 7, body[place] & 0x0F
    while body[place] & 0x80:
        place += 1
        length = length << 4 | body[place] & 0x0F
        if length > LONGEST:
            raise Broken("too long")
    return kind, length, place + 1


def _telegram(messages: list[Any]) -> Telegram | None:
    for message in messages:
        match message:
            case [_, _, _, [Number(value=kind), [_, server, _, _, [*entries], *_]], *_] if kind == GET_LIST:
                return _meter(server, entries)
    return None


def _meter(server: Any, entries: list[Any]) -> Telegram | None:
    found = {entry[0]: entry for entry in entries if isinstance(entry, list) and len(entry) >= 6 and entry[0]}
    maker = next((_text(found[name][5]) for name in MAKER if name in found), "")
    serial = next((found[name][5] for name in SERIAL if name in found), server)
    serial_hex = serial.hex() if isinstance(serial, bytes) else ""
    maker = maker or _maker_of(serial)
    imported, exported = _number(found.get(IMPORT), maker), _number(found.get(EXPORT), maker)
    power = _number(found.get(POWER), maker)
    if power is None:
        power = _number(found.get(POWER_ALSO), maker)
    if imported is None and power is None:
        return None
    return Telegram(
        maker=maker or "SML",
        serial=serial_hex or "unknown",
        grid=GridReading(
            power_kw=power,
            import_kwh=imported,
            export_kwh=exported,
            phase_current_a=_phases(found, PHASE_CURRENT, maker),
            phase_voltage_v=_phases(found, PHASE_VOLTAGE, maker),
        ),
    )


def _phases(found: dict[bytes, list[Any]], names: tuple[bytes, ...], maker: str) -> tuple[float, ...]:
    values = [_number(found[name], maker) for name in names if name in found]
    told = tuple(value for value in values if value is not None)
    return told if len(told) == len(values) else ()


def _number(entry: list[Any] | None, maker: str) -> float | None:
    """An entry (name, status, time, unit, scaler, value, signature) in the house's unit; None if it makes no sense."""
    if entry is None:
        return None
    unit, scaler, value = entry[3], entry[4], entry[5]
    if not isinstance(unit, Number) or not isinstance(value, Number) or unit.value not in UNITS:
        return None
    power = scaler.value if isinstance(scaler, Number) else 0
    raw = value.value
    if maker == "DZG" and value.signed and value.width < 4 and raw < 0:
        # DZG meters cut a positive number to so few bytes that its first bit reads as a sign: 356 W come as −299 W.
        raw += 1 << (8 * value.width)
    if not -6 <= power <= 6:
        return None
    number: float = raw * 10.0**power * UNITS[unit.value]
    return number if abs(number) <= MOST[unit.value] else None


def _text(value: Any) -> str:
    if not isinstance(value, bytes) or not value.isascii():
        return ""
    return "".join(letter for letter in value.decode("ascii") if letter.isprintable()).strip()


def _maker_of(serial: Any) -> str:
    """The three letters that name the maker in a server id (0a 01 D Z G …)."""
    letters = serial[2:5] if isinstance(serial, bytes) and len(serial) >= 5 else b""
    return letters.decode("ascii") if letters.isalpha() and letters.isupper() else ""
