"""Recorded series: what is read, how gaps are filled, and errors that name file, line and field."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from custom_components.merit_order.engine.model.errors import InputError
from custom_components.merit_order.engine.replay.recording import Recording, read_recording

HEADER = "time,import_price,export_price,load_kw,pv_kw\n"
NEEDED = ("import_price", "export_price", "load_kw")


def read(folder: Path, text: str, needed: tuple[str, ...] = NEEDED) -> Recording:
    path = folder / "home.csv"
    path.write_text(text)
    return read_recording(path, needed)


def rows(*lines: str) -> str:
    return HEADER + "".join(f"{line}\n" for line in lines)


def test_columns_notes_and_gaps_are_read(tmp_path: Path) -> None:
    text = "# timezone: Europe/Brussels\n# published: 14:15\n" + rows(
        "2026-06-01T00:00:00Z,0.3,0.1,0.5,",
        "2026-06-01T00:30:00Z,0.3,0.1,,1.5",
        "2026-06-01T02:30:00+01:00,0.2,0.1,0.7,-0.002",
    )
    recording = read(tmp_path, text)
    assert recording.notes == {"timezone": "Europe/Brussels", "published": "14:15"}
    assert (recording.step, len(recording)) == (1800, 4)
    np.testing.assert_array_equal(recording.columns["load_kw"], [0.5, np.nan, np.nan, 0.7])
    np.testing.assert_array_equal(recording.columns["pv_kw"], [np.nan, 1.5, np.nan, 0.0])


def test_a_compressed_file_is_the_same_file(tmp_path: Path) -> None:
    text = rows("2026-06-01T00:00:00Z,0.3,0.1,0.5,0", "2026-06-01T01:00:00Z,0.3,0.1,0.6,0")
    path = tmp_path / "home.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    assert read_recording(path, NEEDED).columns["load_kw"].tolist() == [0.5, 0.6]


@pytest.mark.parametrize(
    ("lines", "needle"),
    [
        (("2026-06-01T00:00:00Z,0.3,0.1,x,0",), "home.csv:2: load_kw: 'x' is no number"),
        (("2026-06-01T00:00:00Z,0.3,0.1,-1,0",), "home.csv:2: load_kw: -1 is below zero"),
        (("2026-06-01T00:00:00Z,inf,0.1,1,0",), "home.csv:2: import_price: 'inf' is not finite"),
        (("2026-06-01T00:00:00Z,0.3,0.1,1",), "home.csv:2: has 4 cells, the header 5"),
        (("1 June,0.3,0.1,1,0",), "home.csv:2: time: '1 June' is no ISO 8601 time"),
        (("2026-06-01T00:00:00Z,0,0,1,0", "2026-06-01T00:00:00Z,0,0,1,0"), "home.csv:3: time:"),
        (("2026-06-01T00:00:00Z,0,0,1,0", "2026-06-01T00:07:00Z,0,0,1,0"), "steps of 7 minutes"),
        (
            (
                "2026-06-01T00:00:00Z,0,0,1,0",
                "2026-06-01T00:30:00Z,0,0,1,0",
                "2026-06-01T01:10:00Z,0,0,1,0",
            ),
            "2026-06-01T01:10:00+00:00 is not on the grid of 30 minutes",
        ),
        (("2026-06-01T00:00:00Z,0,0,1,0",), "has fewer than two rows"),
        (
            ("2026-06-01T00:00:00Z,,0,1,0", "2026-06-01T00:30:00Z,,0,1,0"),
            "import_price: has no value in any line",
        ),
    ],
)
def test_errors_name_file_line_and_column(tmp_path: Path, lines: tuple[str, ...], needle: str) -> None:
    with pytest.raises(InputError, match=needle.replace("(", r"\(").replace("+", r"\+")):
        read(tmp_path, rows(*lines))


def test_a_missing_column_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"home\.csv:1: import_price: column is missing"):
        read(tmp_path, "time,load_kw\n2026-06-01T00:00:00Z,1\n")
    with pytest.raises(InputError, match=r"nowhere\.csv: is no file"):
        read_recording(tmp_path / "nowhere.csv", NEEDED)
    path = tmp_path / "home.csv.gz"
    path.write_text("plain")
    with pytest.raises(InputError, match="is not a CSV file"):
        read_recording(path, NEEDED)


def test_power_may_be_in_watts_and_the_time_may_be_called_utc(tmp_path: Path) -> None:
    text = "time_utc,load_w,pv_w,pv_forecast_w\n2026-06-01T00:00:00Z,500,,-1.5\n2026-06-01T00:30:00Z,,250,\n"
    columns = read(tmp_path, text, ("load_kw",)).columns
    np.testing.assert_array_equal(columns["load_kw"], [0.5, np.nan])
    np.testing.assert_array_equal(columns["pv_kw"], [np.nan, 0.25])
    np.testing.assert_array_equal(columns["pv_forecast_kw"], [0.0, np.nan])
    with pytest.raises(InputError, match=r"home\.csv:1: load_kw: column stands there twice"):
        read(tmp_path, "time,load_w,load_kw\n", ("load_kw",))


def test_the_weather_is_what_was_until_now_and_then_what_was_forecast(tmp_path: Path) -> None:
    text = "time,load_kw,temperature,temperature_forecast\n" + "".join(
        f"2026-06-01T0{hour}:00:00Z,1,{hour},{hour + 10}\n" for hour in range(4)
    )
    recording = read(tmp_path, text, ("load_kw",))
    assert (outdoor := recording.outdoor(recording.start + 2 * 3600)) is not None
    assert outdoor.values.tolist() == [0, 1, 12, 13]
    plain = read(tmp_path, text.replace("_forecast", "_elsewhere"), ("load_kw",))
    assert (outdoor := plain.outdoor(plain.start)) is not None
    assert outdoor.values.tolist() == [0, 1, 2, 3]
    assert read(tmp_path, "time,load_kw\n2026-06-01T00:00Z,1\n2026-06-01T01:00Z,1\n", ()).outdoor(0) is None


def test_a_column_by_the_hour_beside_finer_ones_holds_for_the_hour(tmp_path: Path) -> None:
    lines = ["00:30,1,", "01:00,2,7", "01:30,3,", "02:00,4,", "02:30,5,", "03:00,6,8"]
    text = "time,load_kw,temperature\n" + "".join(f"2026-06-01T{line}\n" for line in lines)
    columns = read(tmp_path, text, ("load_kw",)).columns
    np.testing.assert_array_equal(columns["temperature"], [np.nan, 7, 7, np.nan, np.nan, 8])
    np.testing.assert_array_equal(columns["load_kw"], [1, 2, 3, 4, 5, 6])


def hourly(values: list[float], name: str) -> Recording:
    return Recording(
        path=Path("x"), start=0, step=3600, columns={name: np.array(values, dtype=float)}, notes={}
    )


def test_a_gap_in_the_load_is_the_week_before_and_one_in_the_sun_is_dark() -> None:
    week = [float(i) for i in range(168)]
    load = hourly([*week, *week], "load_kw")
    load.columns["load_kw"][200] = np.nan
    assert load.happened("load_kw").values[200] == 200 - 168
    assert hourly([1.0, np.nan, 2.0], "pv_kw").happened("pv_kw").values.tolist() == [1.0, 0.0, 2.0]


def test_a_dark_hour_without_a_value_is_zero_and_a_bright_one_a_gap() -> None:
    day = [0.0] * 8 + [3.0] * 8 + [0.0] * 8
    values = [*day, *day]
    values[24 + 2] = np.nan
    values[24 + 10] = np.nan
    seen = hourly(values, "pv_kw").measured_solar().values
    assert seen[24 + 2] == 0.0
    assert np.isnan(seen[24 + 10])


def test_hourly_prices_hold_for_the_hour_and_no_longer() -> None:
    half = Recording(
        path=Path("x"),
        start=0,
        step=1800,
        columns={"import_price": np.array([0.3, np.nan, 0.2, np.nan, np.nan, 0.1])},
        notes={},
    )
    held = half.held("import_price").values
    np.testing.assert_array_equal(held, [0.3, 0.3, 0.2, 0.2, np.nan, 0.1])
