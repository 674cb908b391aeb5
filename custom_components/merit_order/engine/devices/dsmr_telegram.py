"""Telegrams of the P1 port: found in a stream of bytes, checked, and read as a grid meter.

dsmr-parser knows the lines of each country. It leaks whatever a broken line provokes (IndexError, InvalidOperation,
ValueError, …), so everything it raises counts as a corrupt telegram.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dsmr_parser import telegram_specifications as specifications
from dsmr_parser.clients.telegram_buffer import EncryptedTelegramBuffer
from dsmr_parser.exceptions import DecryptionError, InvalidChecksumError, ParseError
from dsmr_parser.parsers import TelegramParser

from ..model.errors import InputError
from ..model.roles import GridReading
from ..model.units import energy_kwh, power_kw

VERSIONS = {
    "5b": specifications.BELGIUM_FLUVIUS,
    "5": specifications.V5,
    "4": specifications.V4,
    "2_2": specifications.V2_2,
    "5l": specifications.LUXEMBOURG_SMARTY,
    "5s": specifications.SWEDEN,
    "5h": specifications.EON_HUNGARY,
}
"""Belgium; the Netherlands since 2014 (5), 2011 (4) and before; Luxembourg; Sweden and Switzerland; Hungary."""

LONGEST = 16_384
"""Bytes without a whole telegram before they are thrown away; the longest telegrams seen have about 5,000."""
END = re.compile(rb"![0-9A-Fa-f]{0,4}\0?\r?\n")
BROKEN = (ParseError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

MAKERS = {
    "FLU": "Fluvius",
    "KFM": "Kaifa",
    "KMP": "Kamstrup",
    "KAM": "Kamstrup",
    "ISK": "Iskra",
    "XMX": "Xemex",
    "ENE": "Sagemcom",
    "SAG": "Sagemcom",
    "LUX": "Luxmetering",
}


class WrongKey(Exception):
    """The telegram was encrypted with another key."""


@dataclass(frozen=True, slots=True)
class Telegram:
    """One good telegram: who sent it, and what the grid meter says."""

    maker: str
    model: str
    serial: str
    grid: GridReading


class Stream:
    """Finds telegrams in bytes as they come. `counters` tell what was thrown away, by reason."""

    def __init__(self, version: str, encryption_key: str = "") -> None:
        self.counters = {"telegrams": 0, "wrong_crc": 0, "corrupt": 0, "overflow": 0}
        self._key = encryption_key
        self._checked = bool(VERSIONS[version]["checksum_support"])
        self._parser = TelegramParser(specifications.MSN if encryption_key else VERSIONS[version])
        self._frames = EncryptedTelegramBuffer()
        self._buffer = b""

    def feed(self, data: bytes) -> Iterator[Telegram]:
        """The good telegrams that `data` completes. Raises WrongKey."""
        if self._key:
            self._frames.append(data)
            for frame in self._frames.get_all():
                yield from self._parsed(frame)
            return
        self._buffer += data
        while end := END.search(self._buffer):
            raw, self._buffer = self._buffer[: end.end()], self._buffer[end.end() :]
            start = raw.rfind(b"/")
            if start < 0:
                # The first bytes after connecting are the tail of a telegram: nothing is wrong with that.
                continue
            if raw.find(b"/") != start:
                self.counters["corrupt"] += 1
            try:
                text = raw[start:].decode("ascii")
            except UnicodeDecodeError:
                self.counters["corrupt"] += 1
                continue
            yield from self._parsed(text)
        if len(self._buffer) > LONGEST:
            self.counters["overflow"] += 1
            self._buffer = b""

    def _parsed(self, raw: str) -> Iterator[Telegram]:
        try:
            parsed = self._parser.parse(raw, encryption_key=self._key, authentication_key=None)
            telegram = _telegram(parsed, "" if self._key else raw)
        except DecryptionError as err:
            raise WrongKey(str(err)) from err
        except InvalidChecksumError:
            self.counters["wrong_crc"] += 1
        except BROKEN:
            self.counters["corrupt"] += 1
        else:
            if telegram.grid.power_kw is None and telegram.grid.import_kwh is None:
                # Parsed, but nothing of a grid meter in it: another country's telegram, or a heat meter's.
                self.counters["corrupt"] += 1
                return
            self.counters["telegrams"] += 1
            yield telegram


def _telegram(parsed: Any, raw: str) -> Telegram:
    # Only Luxembourg encrypts, and what dsmr-parser decrypts it does not show.
    header = raw.partition("\n")[0].strip().lstrip("/") or "Luxmetering"
    serial = next(
        (
            str(value)
            for name in (
                "EQUIPMENT_IDENTIFIER",
                "BELGIUM_EQUIPMENT_IDENTIFIER",
                "LUXEMBOURG_EQUIPMENT_IDENTIFIER",
            )
            if (value := _value(parsed, name))
        ),
        header,
    )
    return Telegram(
        maker=MAKERS.get(header[:3].upper(), header[:3]),
        model=header,
        serial=_readable(serial),
        grid=_grid(parsed),
    )


def _grid(parsed: Any) -> GridReading:
    used, delivered = (
        _power(parsed, "CURRENT_ELECTRICITY_USAGE"),
        _power(parsed, "CURRENT_ELECTRICITY_DELIVERY"),
    )
    peak = getattr(parsed, "BELGIUM_MAXIMUM_DEMAND_MONTH", None)
    phases = [_phase(parsed, n) for n in (1, 2, 3)]
    return GridReading(
        power_kw=None if used is None or delivered is None else used - delivered,
        import_kwh=_total(parsed, "USED", "IMPORTED"),
        export_kwh=_total(parsed, "DELIVERED", "EXPORTED"),
        quarter_demand_kw=_power(parsed, "BELGIUM_CURRENT_AVERAGE_DEMAND"),
        month_peak_kw=_power(parsed, "BELGIUM_MAXIMUM_DEMAND_MONTH"),
        month_peak_at=_moment(getattr(peak, "datetime", None)),
        peak_history_kw=_history(parsed),
        phase_current_a=tuple(amps for amps, _ in phases if amps is not None),
        phase_voltage_v=tuple(volts for _, volts in phases if volts is not None),
    )


def _value(parsed: Any, name: str) -> Any:
    line = getattr(parsed, name, None)
    return None if line is None else line.value


def _power(parsed: Any, name: str) -> float | None:
    line = getattr(parsed, name, None)
    if line is None or line.value is None:
        return None
    try:
        return power_kw(float(line.value), line.unit)
    except InputError as err:
        raise ValueError(str(err)) from err


def _energy(parsed: Any, name: str) -> float | None:
    line = getattr(parsed, name, None)
    if line is None or line.value is None:
        return None
    try:
        return energy_kwh(float(line.value), line.unit)
    except InputError as err:
        raise ValueError(str(err)) from err


def _total(parsed: Any, by_tariff: str, overall: str) -> float | None:
    """The meter's own total, or the sum over its tariffs; half a sum is none."""
    if (total := _energy(parsed, f"ELECTRICITY_{overall}_TOTAL")) is not None:
        return total
    parts = [_energy(parsed, f"ELECTRICITY_{by_tariff}_TARIFF_{n}") for n in (1, 2, 3, 4)]
    if parts[0] is None or parts[1] is None:
        return None
    return round(sum(part for part in parts if part is not None), 6)


def _phase(parsed: Any, n: int) -> tuple[float | None, float | None]:
    """Current (+ = import; the meter itself gives no sign) and voltage of phase `n`."""
    amps, volts = _value(parsed, f"INSTANTANEOUS_CURRENT_L{n}"), _value(parsed, f"INSTANTANEOUS_VOLTAGE_L{n}")
    taken = _power(parsed, f"INSTANTANEOUS_ACTIVE_POWER_L{n}_POSITIVE") or 0.0
    given = _power(parsed, f"INSTANTANEOUS_ACTIVE_POWER_L{n}_NEGATIVE") or 0.0
    sign = -1.0 if given > taken else 1.0
    return None if amps is None else sign * float(amps), None if volts is None else float(volts)


def _history(parsed: Any) -> tuple[float, ...]:
    """Peaks of past months, newest first. A month without a peak carries a date that cannot be (632525252525W)."""
    rows = getattr(parsed, "BELGIUM_MAXIMUM_DEMAND_13_MONTHS", None) or []
    months = [
        (month, power_kw(float(row.value), row.unit))
        for row in rows
        if (month := _moment(row.datetime)) is not None and _moment(row.occurred) is not None
    ]
    return tuple(peak for _, peak in sorted(months, reverse=True))


def _moment(value: Any) -> datetime | None:
    return value if isinstance(value, datetime) else None


def _readable(serial: str) -> str:
    """Meters write their serial number as the hexadecimal codes of its letters."""
    try:
        text = bytes.fromhex(serial).decode("ascii")
    except ValueError:
        return serial
    return text if text.isprintable() and text.strip() else serial
