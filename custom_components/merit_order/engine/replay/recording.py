"""A recorded series from a CSV file: columns of numbers on a regular grid of time.

`time` (ISO 8601 with an offset; without one it is UTC) and, in any order, `import_price`, `export_price`
(currency/kWh), `load_kw`, `pv_kw`, `pv_forecast_kw`, `temperature` (outdoors, °C) and `temperature_forecast`;
power also in watts (`load_w`, …), time also as `time_utc`. An empty cell or a missing row is a gap, but in a
column that has values on full hours only (a forecast beside finer meters) each holds for its hour.
Lines that begin with `#` may set `timezone` (IANA) and `published` (the local time at which the next day's prices
appear): `# published: 13:00`. A name that ends in .gz is read compressed.
"""

import csv
import gzip
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ..forecasts import Record
from ..model.errors import InputError
from ..model.series import FloatArray

COLUMNS = (
    "import_price",
    "export_price",
    "load_kw",
    "pv_kw",
    "pv_forecast_kw",
    "temperature",
    "temperature_forecast",
)
OTHER_NAMES = {"time_utc": "time"} | {
    name.removesuffix("_kw") + "_w": name for name in COLUMNS if name.endswith("_kw")
}
FORMAT = (
    "time, load_kw; optional pv_kw, pv_forecast_kw, temperature, temperature_forecast, import_price, export_price. "
    "Watts as load_w, …; steps of 5 to 60 minutes; an empty cell is a gap"
)
HOUR_S = 3600
STEPS_MIN = (5, 10, 15, 20, 30, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """The series of one file, all of the same length; NaN where nothing was recorded."""

    path: Path
    start: int
    """Seconds since the epoch."""
    step: int
    """Seconds."""
    columns: Mapping[str, FloatArray]
    notes: Mapping[str, str]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def record(self, name: str) -> Record:
        """One column as a record. Raises InputError when the file has no such column."""
        if name not in self.columns:
            raise InputError(str(self.path), f"has no column {name!r}")
        return Record(self.start, self.step, self.columns[name])

    def happened(self, name: str) -> Record:
        """The column without gaps, for what is billed.

        A gap in the load takes the same time a week earlier, else some other day's. Solar that was not recorded counts
        as none. Prices hold on for up to an hour, then as the load. What was never seen at that time is the mean.
        """
        record = self.record(name)
        values = self.held(name).values if name.endswith("price") else record.values.copy()
        if name.startswith("pv"):
            return Record(record.start, record.step, np.nan_to_num(values))
        day = 86_400 // self.step
        for days in (7, 14, *range(1, 7), -7, -14, *range(-1, -7, -1)):
            for i in np.flatnonzero(np.isnan(values)):
                j = i - days * day
                if 0 <= j < len(values):
                    values[i] = values[j]
        known = values[np.isfinite(values)]
        mean = float(known.mean()) if len(known) else 0.0
        return Record(record.start, record.step, np.where(np.isnan(values), mean, values))

    def held(self, name: str) -> Record:
        """A column of prices in which a value holds on for up to an hour: hourly prices beside finer power."""
        record = self.record(name)
        values = record.values.copy()
        most, gap = 3600 // self.step - 1, 0
        for i in range(1, len(values)):
            gap = gap + 1 if math.isnan(values[i]) else 0
            if 0 < gap <= most:
                values[i] = values[i - 1]
        return Record(record.start, record.step, values)

    def outdoor(self, now: int) -> Record | None:
        """The outdoor temperature as it was up to `now`, then as it was forecast, or as it came where no forecast is
        recorded; None when the file has none.
        """
        if "temperature" not in self.columns:
            return None
        values = self.columns["temperature"]
        if "temperature_forecast" in self.columns:
            known = max((now - self.start) // self.step, 0)
            values = np.concatenate([values[:known], self.columns["temperature_forecast"][known:]])
        return Record(self.start, self.step, values)

    def measured_solar(self) -> Record:
        """The solar column as a meter would know it: dark hours without a value are 0, bright ones stay gaps.

        Bright is a time of day at which one of the three days before gave something; nothing later is looked at.
        """
        record = self.record("pv_kw")
        values, day = record.values.copy(), 86_400 // self.step
        gaps = np.flatnonzero(np.isnan(record.values))
        bright = np.zeros(len(gaps), dtype=bool)
        for days in (1, 2, 3):
            before = gaps - days * day
            seen = np.where(before >= 0, record.values[np.maximum(before, 0)], 0.0)
            bright |= np.nan_to_num(seen) > 0
        values[gaps[~bright]] = 0.0
        return Record(record.start, record.step, values)


def read_recording(path: Path, needed: tuple[str, ...]) -> Recording:
    """Read a file. Raises InputError naming file, line and column of what cannot be used."""
    notes: dict[str, str] = {}
    names: list[str] | None = None
    times: list[int] = []
    rows: list[list[float]] = []
    for line, cells in _lines(path):
        if cells and cells[0].startswith("#"):
            key, colon, value = ",".join(cells).lstrip("# ").partition(":")
            if colon:
                notes[key.strip()] = value.strip()
        elif not any(cell.strip() for cell in cells):
            continue
        elif names is None:
            names = _header(path, line, cells, needed)
        else:
            at, values = _row(path, line, names, cells)
            if times and at <= times[-1]:
                raise InputError(
                    f"{path}:{line}: time",
                    f"{datetime.fromtimestamp(at, UTC).isoformat()} does not come after the line before",
                )
            times.append(at)
            rows.append(values)
    if names is None or len(rows) < 2:
        raise InputError(str(path), "has fewer than two rows")
    recording = _on_grid(path, names, times, np.array(rows), notes)
    for name in needed:
        if not np.any(np.isfinite(recording.columns[name])):
            raise InputError(f"{path}: {name}", "has no value in any line")
    return recording


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    if not path.is_file():
        raise InputError(str(path), "is no file")
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            for cells in reader:
                yield reader.line_num, cells
    except (UnicodeDecodeError, gzip.BadGzipFile, csv.Error) as err:
        raise InputError(str(path), f"is not a CSV file ({err})") from err


def _header(path: Path, line: int, cells: list[str], needed: tuple[str, ...]) -> list[str]:
    names = [cell.strip() for cell in cells]
    known = [OTHER_NAMES.get(name, name) for name in names]
    for name in ("time", *needed):
        if name not in known:
            raise InputError(f"{path}:{line}: {name}", f"column is missing (there are {', '.join(names)})")
    for place, name in enumerate(names):
        if known[place] in known[:place]:
            raise InputError(f"{path}:{line}: {name}", "column stands there twice")
    return names


def _row(path: Path, line: int, names: list[str], cells: list[str]) -> tuple[int, list[float]]:
    if len(cells) != len(names):
        raise InputError(f"{path}:{line}", f"has {len(cells)} cells, the header {len(names)}")
    at, values = 0, []
    for name, cell in zip(names, cells, strict=True):
        text, column = cell.strip(), OTHER_NAMES.get(name, name)
        if column == "time":
            at = _instant(path, line, text)
        elif column in COLUMNS:
            value = _number(path, line, name, text)
            values.append(value if column == name else value / 1000)
    return at, values


def _instant(path: Path, line: int, text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as err:
        raise InputError(f"{path}:{line}: time", f"{text!r} is no ISO 8601 time") from err
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _number(path: Path, line: int, name: str, text: str) -> float:
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError as err:
        raise InputError(f"{path}:{line}: {name}", f"{text!r} is no number") from err
    if math.isinf(value):
        raise InputError(f"{path}:{line}: {name}", f"{text!r} is not finite")
    if name.startswith("load") and value < 0:
        raise InputError(f"{path}:{line}: {name}", f"{text} is below zero")
    # Inverters use a few watts at night and say so; that is not generation.
    return max(value, 0.0) if name.startswith("pv") else value


def _on_grid(
    path: Path, names: list[str], times: list[int], rows: FloatArray, notes: dict[str, str]
) -> Recording:
    at = np.array(times)
    gaps = np.diff(at)
    step = int(gaps.min())
    if step not in [minutes * 60 for minutes in STEPS_MIN]:
        raise InputError(f"{path}: time", f"steps of {step / 60:g} minutes are none of {STEPS_MIN}")
    if np.any((at - at[0]) % step) or at[0] % step:
        bad = int(np.flatnonzero((at - at[0]) % step)[0]) if np.any((at - at[0]) % step) else 0
        moment = datetime.fromtimestamp(int(at[bad]), UTC).isoformat()
        raise InputError(f"{path}: time", f"{moment} is not on the grid of {step // 60} minutes")
    index = (at - at[0]) // step
    used = [known for name in names if (known := OTHER_NAMES.get(name, name)) in COLUMNS]
    columns = {}
    for i, name in enumerate(used):
        values = np.full(int(index[-1]) + 1, np.nan)
        values[index] = rows[:, i]
        columns[name] = _by_the_hour(values, int(at[0]), step)
    return Recording(path=path, start=int(at[0]), step=step, columns=columns, notes=notes)


def _by_the_hour(values: FloatArray, start: int, step: int) -> FloatArray:
    """Hourly values among finer rows, each for its whole hour; any other column as it is."""
    starts = start + step * np.arange(len(values), dtype=np.int64)
    whole = starts % HOUR_S == 0
    if step == HOUR_S or np.isfinite(values[whole]).sum() < 2 or np.isfinite(values[~whole]).any():
        return values
    hour = (starts // HOUR_S * HOUR_S - start) // step
    return np.where(hour >= 0, values[np.maximum(hour, 0)], np.nan)
