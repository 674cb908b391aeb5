"""A snapshot that is wrong says which field; one that is only strange gets a plan."""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from custom_components.merit_order.engine.__main__ import main
from custom_components.merit_order.engine.model.codec import from_json, to_json
from custom_components.merit_order.engine.model.errors import InputError
from custom_components.merit_order.engine.model.plan import PlanStatus
from custom_components.merit_order.engine.model.snapshot import CapacityCharge, Snapshot
from custom_components.merit_order.engine.optimise.solver import Solver, SolverError
from custom_components.merit_order.engine.pipeline import think
from tests.engine.homes import asset, battery, home, solar

HUGE = 10**400


def written() -> dict[str, Any]:
    """A small home as it stands in a file."""
    load = asset("load", {"power_kw": 1.0, "run_minutes": 60.0, "max_starts": 1, "profile_kw": [1.0, 0.5]})
    tank = asset("hot_water", {}, {"temperature_c": 50.0, "disinfected": "2026-06-14T00:00:00Z"})
    car = asset("vehicle", {"capacity_kwh": 50.0, "departures": [{"time": "07:00"}]}, {"soc_percent": 50.0})
    assets = battery(50.0), solar(1.0, 12, peak_kw=5.0), load, tank, car
    snapshot = home(
        [0.2] * 12, *assets, capacity=CapacityCharge(price_per_kw=4.0), settings={"fine_hours": 2.0}
    )
    return json.loads(json.dumps(to_json(snapshot)))  # type: ignore[no-any-return]  # it is an object


def changed(path: str, value: object) -> dict[str, Any]:
    raw = written()
    *way, last = (int(key) if key.isdigit() else key for key in path.split("."))
    inner: Any = raw
    for key in way:
        inner = inner[key]
    inner[last] = value
    return raw


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("at", "9999-12-31T23:59:59Z", "snapshot.at"),
        ("at", "0001-01-01T00:00:00Z", "snapshot.at"),
        ("assets.3.state.disinfected", "9999-12-31T23:59:59Z", "assets.hot_water.state.disinfected"),
        ("assets.2.params.max_starts", 1e300, "assets.load.params.max_starts"),
        ("assets.2.params.max_starts", HUGE, "assets.load.params.max_starts"),
        ("assets.2.params.power_kw", HUGE, "assets.load.params.power_kw"),
        ("assets.2.params.profile_kw", [1.0, None], "assets.load.params.profile_kw[1]"),
        ("assets.2.params.after", ["a"], "assets.load.params.after"),
        ("assets.2.kind", "toaster", "assets.load.kind"),
        ("assets.0.params.charge_efficiency_at", [[0.0, math.nan]], "charge_efficiency_at[0][1]"),
        ("assets.1.params.peak_kw", "12:00", "assets.solar.params.peak_kw"),
        ("assets.4.params.departures", [{"soc": math.nan}], "departures[0].soc"),
        ("settings.fine_hours", math.nan, "settings.fine_hours"),
        ("settings.coarse_minutes", 0, "settings.coarse_minutes"),
        ("settings.time_limit_s", -1, "settings.time_limit_s"),
        ("tariff.capacity.month_peak_kw", math.inf, "tariff.capacity.month_peak_kw"),
        ("tariff.capacity.window_minutes", 0, "tariff.capacity.window_minutes"),
        ("tariff.capacity.hours", [{"share": math.nan}], "tariff.capacity.hours[0].share"),
    ],
)
def test_the_wrong_field_of_a_snapshot_is_named(path: str, value: object, field: str) -> None:
    with pytest.raises(InputError) as err:
        think(from_json(Snapshot, changed(path, value)))
    assert err.value.field.endswith(field)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("assets.0.params.terminal_value", -math.inf),
        ("assets.0.state.soc_percent", math.inf),
        (
            "load.high",
            {"spans": [{"start": "2026-06-15T00:00:00Z", "end": "2026-06-16T00:00:00Z", "value": math.inf}]},
        ),
    ],
)
def test_a_number_that_says_nothing_is_not_known(path: str, value: object) -> None:
    plan = think(from_json(Snapshot, changed(path, value))).plan
    assert plan.status in (PlanStatus.OPTIMAL, PlanStatus.FEASIBLE, PlanStatus.PROVISIONAL)


def test_a_question_the_solver_cannot_answer_costs_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Explanations are asked of a plan that stands: without an answer nothing is said, and the plan stays."""
    plain = think(home([0.3, 0.1, 0.3, 0.3], battery(50.0), load=1.0)).plan
    run, asked = Solver.run, 0

    def fails_later(solver: Solver) -> Any:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise SolverError("Not Set")
        return run(solver)

    monkeypatch.setattr(Solver, "run", fails_later)
    plan = think(home([0.3, 0.1, 0.3, 0.3], battery(50.0), load=1.0, settings={"explain": True})).plan
    assert asked > 1
    assert plan.cost == plain.cost
    assert all(asset.reasons == () for asset in plan.assets)


def test_a_file_that_is_no_text_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "snapshot.json"
    path.write_bytes(b"\xff\xfe")
    assert main(["plan", str(path)]) == 2
    assert str(path) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("right", "wrong", "field"),
    [
        ('"kind": "battery"', '"kind": "rocket"', "assets"),
        ('"soc_percent": 50.0', '"soc_percent": "half"', "soc_percent"),
        ('"timezone": "UTC"', '"timezone": "Mars"', "timezone"),
        ('"slot_minutes": 60', '"slot_minutes": 7', "slot_minutes"),
    ],
)
def test_the_command_names_file_line_and_field(
    right: str, wrong: str, field: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = json.dumps(to_json(home([0.3] * 4, battery(50.0))), indent=1)
    assert text.count(right) == 1
    file = tmp_path / "home.json"
    file.write_text(text)
    assert main(["plan", str(file)]) == 0
    capsys.readouterr()
    file.write_text(text.replace(right, wrong))
    assert main(["plan", str(file)]) == 2
    error = capsys.readouterr().err
    line = text[: text.index(right)].count("\n") + 1
    told = re.search(rf"error: {re.escape(str(file))}:(\d+): (.*)", error)
    assert told is not None, error
    assert field in told[2]
    # Of an asset as a whole its first line.
    assert line - 4 <= int(told[1]) <= line
