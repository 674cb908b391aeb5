"""Replay: published results reproduced on the recorded home, nothing known before its time, bills that add up."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.merit_order.engine.__main__ import main
from custom_components.merit_order.engine.commands.forecast import evaluate
from custom_components.merit_order.engine.commands.replay import captured
from custom_components.merit_order.engine.model.errors import InputError
from custom_components.merit_order.engine.replay.home import Home, HomeAsset, HomeFile, check_home, read_home
from custom_components.merit_order.engine.replay.knowledge import Knowledge
from custom_components.merit_order.engine.replay.perfect import perfect
from custom_components.merit_order.engine.replay.recording import Recording, read_recording
from custom_components.merit_order.engine.replay.run import Planner, Truth, alone, simulate, window
from demo.recording import write

HOMES = Path(__file__).parents[3] / "demo" / "homes"
NEEDED = ("import_price", "export_price", "load_kw")
BATTERY = HomeAsset(
    id="battery",
    kind="battery",
    params={"capacity_kwh": 10.0, "min_soc": 0.0, "charge_efficiency": 1.0, "discharge_efficiency": 1.0},
    start={"soc_percent": 0.0},
)


@pytest.fixture(scope="session")
def series(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recorded home of demo/data as a series."""
    path = tmp_path_factory.mktemp("replay") / "home_fr.csv"
    write(path)
    return path


@pytest.fixture(scope="session")
def recorded(series: Path) -> Recording:
    return read_recording(series, NEEDED)


@pytest.fixture(scope="session")
def battery_home(recorded: Recording) -> Home:
    return read_home(HOMES / "battery.yaml", recorded)


def small(prices: list[float], load: list[float], sun: list[float] | None = None) -> Recording:
    """Hourly, from midnight UTC; nothing is paid for feeding in."""
    columns = {"import_price": prices, "export_price": [0.0] * len(prices), "load_kw": load}
    if sun is not None:
        columns["pv_kw"] = sun
    start = int(datetime(2026, 6, 15, tzinfo=UTC).timestamp())
    return Recording(
        path=Path("small"),
        start=start,
        step=3600,
        columns={name: np.array(values) for name, values in columns.items()},
        notes={},
    )


def small_home(recording: Recording, *assets: HomeAsset) -> Home:
    return check_home(HomeFile(timezone="UTC", assets=assets), recording, "home.yaml")


def test_published_bills_of_the_recorded_home(recorded: Recording, battery_home: Home) -> None:
    # The figures for 2024-04-01 … 2024-12-31 stand in docs/performance.md.
    first, count = window(recorded, datetime(2024, 4, 1, tzinfo=UTC), 275)
    truth = Truth.of(recorded, first, count)
    none = simulate(truth, battery_home, alone, without=frozenset({"battery"}))
    followed = simulate(truth, battery_home, alone)
    best = perfect(truth, battery_home)
    assert none.bill == pytest.approx(678.1, abs=0.5)
    assert followed.bill == pytest.approx(379.1, abs=0.5)
    assert best.bill == pytest.approx(196.6, abs=0.5)


def test_forecasts_of_the_recorded_home_reach_their_goals(recorded: Recording) -> None:
    result = json.loads(json.dumps(evaluate(recorded, ZoneInfo("Europe/Paris"), 28, quiet=True)))
    assert result["load"]["daily_nmae"] <= 0.20
    assert result["load"]["nmae"] <= 0.51
    assert abs(result["load"]["bias"]) <= 0.03
    assert result["naive"]["solar_as_given"]["daytime_nmae"] >= 0.40
    assert result["solar"]["daytime_nmae"] <= 0.35
    assert abs(result["solar"]["bias"]) <= 0.05
    assert result["solar_day_ahead"]["daytime_nmae"] < result["naive"]["solar_as_given"]["daytime_nmae"]


def test_arbitrage_by_hand() -> None:
    # A cheap and a dear half of the day: 12 kWh are needed while it is dear, the battery holds 10.
    recording = small([0.1] * 12 + [0.5] * 12, [0.0] * 12 + [1.0] * 12)
    home = small_home(recording, BATTERY)
    truth = Truth.of(recording, *window(recording, None, None))
    assert simulate(truth, home, alone).bill == pytest.approx(6.0)
    assert perfect(truth, home).bill == pytest.approx(10 * 0.1 + 2 * 0.5)


@settings(max_examples=25)
@given(data=st.data(), capacity=st.floats(1, 20))
def test_nobody_beats_perfect_foresight_and_more_battery_never_costs(
    data: st.DataObject, capacity: float
) -> None:
    numbers = st.lists(st.floats(0.0, 3.0), min_size=48, max_size=48)
    prices = data.draw(st.lists(st.floats(0.02, 0.6), min_size=48, max_size=48))
    recording = small(prices, data.draw(numbers), data.draw(numbers))
    truth = Truth.of(recording, *window(recording, None, None))
    bills = []
    for size in (capacity, 2 * capacity):
        asset = replace(BATTERY, params={**BATTERY.params, "capacity_kwh": size, "terminal_value": 0.0})
        home = small_home(recording, asset)
        bills.append(perfect(truth, home).bill)
        assert bills[-1] <= simulate(truth, home, alone).bill + 1e-6
    assert bills[1] <= bills[0] + 1e-6


@settings(max_examples=15)
@given(hours=st.integers(0, 24 * 20), seed=st.integers(0, 99))
def test_nothing_is_known_before_its_time(
    recorded: Recording, battery_home: Home, hours: int, seed: int
) -> None:
    now = int(datetime(2024, 5, 1, tzinfo=UTC).timestamp()) + hours * 3600
    published = Knowledge(recorded, battery_home).published_until(now)
    random = np.random.default_rng(seed)
    starts = recorded.start + recorded.step * np.arange(len(recorded))
    columns = {}
    for name, values in recorded.columns.items():
        known_until = published if name.endswith("price") else now
        # The forecast sensor is what somebody said before: it may reach ahead.
        later = starts >= (starts[-1] + 1 if name == "pv_forecast_kw" else known_until)
        columns[name] = np.where(later, random.random(len(values)), values)
    other = replace(recorded, columns=columns)
    one, two = (Knowledge(r, battery_home).snapshot(now, battery_home.assets) for r in (recorded, other))
    assert one == two


def test_tomorrows_prices_appear_at_their_hour(recorded: Recording, battery_home: Home) -> None:
    paris = ZoneInfo("Europe/Paris")
    knowledge = Knowledge(recorded, battery_home)

    def until(clock: str, knowledge: Knowledge = knowledge) -> datetime:
        now = datetime.fromisoformat(f"2024-06-03T{clock}").replace(tzinfo=paris)
        return datetime.fromtimestamp(knowledge.published_until(int(now.timestamp())), paris)

    assert until("12:30") == datetime(2024, 6, 4, tzinfo=paris)
    assert until("13:00") == datetime(2024, 6, 5, tzinfo=paris)
    foreseen = Knowledge(recorded, battery_home, frozenset({"price"}))
    assert until("12:30", foreseen).timestamp() == recorded.start + recorded.step * len(recorded)


def test_a_planned_week_is_better_than_following_and_adds_up(recorded: Recording, battery_home: Home) -> None:
    truth = Truth.of(recorded, *window(recorded, datetime(2024, 7, 8, tzinfo=UTC), 3))
    planner = Planner(Knowledge(recorded, battery_home), battery_home)
    ours = simulate(truth, battery_home, planner)
    followed, best = simulate(truth, battery_home, alone), perfect(truth, battery_home)

    def whole(bill: float, stored: float) -> float:
        return bill - best.stored_value * stored

    assert planner.plans == len(truth)
    assert whole(ours.bill, ours.stored_kwh) < whole(followed.bill, followed.stored_kwh)
    assert whole(best.bill, best.stored_kwh) <= whole(ours.bill, ours.stored_kwh) + 1e-6
    known = Knowledge(recorded, battery_home, frozenset({"load", "solar"}))
    foreseen = simulate(truth, battery_home, Planner(known, battery_home))
    assert whole(foreseen.bill, foreseen.stored_kwh) < whole(ours.bill, ours.stored_kwh)
    paid = np.where(ours.grid_kw > 0, truth.buy, truth.sell) @ ours.grid_kw * truth.hours
    assert ours.bill == pytest.approx(paid)


def test_every_need_of_the_full_home_is_met(series: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = str(HOMES / "full.yaml")
    assert (
        main(["replay", str(series), "--home", home, "--from", "2024-06-03", "--days", "1.5", "--json"]) == 0
    )
    result = json.loads(capsys.readouterr().out)
    assert result["missed_needs"] == 0
    assert result["bill_perfect"] <= result["bill_ours"] <= result["bill_none"]
    assert result["plans"] == 72


def test_a_battery_left_out_of_the_home_saves_nothing(series: Path, tmp_path: Path) -> None:
    home = tmp_path / "home.yaml"
    home.write_text("timezone: Europe/Paris\n")
    assert main(["replay", str(series), "--home", str(home), "--from", "2024-06-03", "--days", "1"]) == 0


@pytest.mark.parametrize(
    ("text", "needle"),
    [
        ("timezone: Mars/Olympus\n", "home.yaml.timezone: 'Mars/Olympus' is not a time zone"),
        ("timezone: UTC\nasets: []\n", "home.yaml.asets: is not a known field"),
        ("timezone: UTC\nassets:\n  - id: a\n    kind: windmill\n", "assets[0].kind: 'windmill' is none of"),
        (
            "timezone: UTC\nassets:\n  - id: a\n    kind: battery\n    params: {capacity_kwh: big}\n",
            "assets[0].params.capacity_kwh: expected float",
        ),
        ("timezone: UTC\npublished: noon\n", "home.yaml.published: 'noon' is not a time of day"),
        ("timezone: UTC\nslot_minutes: 45\n", "slot_minutes: 45 is no multiple of the recording's 30"),
        ("timezone: [\n", "home.yaml:2: "),
        ("timezone: UTC\nhorizon_hours: -3\n", "home.yaml.settings.horizon_hours: -3.0 is not between"),
        (
            "timezone: UTC\ncapacity: {price_per_kw_year: 9, window_minutes: 0}\n",
            "capacity.window_minutes: 0 is below 1",
        ),
        (
            "timezone: UTC\nassets:\n  - {id: a, kind: battery, start: {soc_percent: .nan}}\n",
            "assets[0].start.soc_percent: is not a number",
        ),
        (
            "timezone: UTC\nassets:\n  - {id: a, kind: battery, params: {capacity_kwh: -3}}\n",
            "home.yaml.assets[0].params.capacity_kwh: -3.0 is outside",
        ),
    ],
)
def test_errors_in_a_home_name_file_and_field(
    recorded: Recording, tmp_path: Path, text: str, needle: str
) -> None:
    path = tmp_path / "home.yaml"
    path.write_text(text)
    if text.startswith("timezone: Mars"):
        recorded = replace(recorded, notes={})
    if text.startswith("timezone: UTC\npublished"):
        recorded = replace(recorded, notes={})
    with pytest.raises(InputError) as caught:
        read_home(path, recorded)
    assert needle in str(caught.value)


def test_no_more_is_captured_than_there_is() -> None:
    """Knowing everything spares wear too, which no bill holds: ours may be a cent lower, and is then all of it."""
    assert captured(4.0, 8.0) == 0.5
    assert captured(4.04, 4.0) == 1.0
    assert captured(-1.0, 4.0) == -0.25
    assert captured(0.001, 0.005) is None


def test_the_command_names_what_is_wrong(series: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = str(HOMES / "battery.yaml")
    assert main(["replay", str(series), "--home", home, "--from", "2030-01-01", "--json"]) == 2
    assert "has nothing there" in capsys.readouterr().err
    assert main(["replay", str(series), "--home", home, "--days", "nan", "--json"]) == 2
    assert "--days: nan is not between" in capsys.readouterr().err
    assert main(["replay", "nowhere.csv", "--home", home]) == 2
    assert "nowhere.csv: is no file" in capsys.readouterr().err


def test_a_wrong_field_of_the_home_file_is_told_with_its_line(
    series: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (HOMES / "battery.yaml").read_text()
    path = tmp_path / "home.yaml"
    path.write_text(text.replace("capacity_kwh: 13.5", "capacity_kwh: much"))
    line = text[: text.index("capacity_kwh")].count("\n") + 1
    assert main(["replay", str(series), "--home", str(path), "--json"]) == 2
    assert f"{path}:{line}: assets[0].params.capacity_kwh: " in capsys.readouterr().err


def test_a_short_recording_is_scored_after_its_first_third(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "short.csv"
    start = datetime(2026, 6, 1, tzinfo=UTC)
    lines = [f"{(start + timedelta(hours=i)).isoformat()},1.0" for i in range(12 * 24)]
    path.write_text("time,load_kw\n" + "\n".join(lines) + "\n")
    assert main(["forecast", str(path), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["days"], result["load"]["daily_nmae"]) == (8, 0.0)
    assert main(["forecast", str(path), "--json", "--warm-up", "28"]) == 2
    assert "no whole day after the first 28 days" in capsys.readouterr().err
