"""The neutral path against the optimum of a plain MILP, on problems of the benchmark's form that are made here."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.judge import judge
from custom_components.merit_order.engine.__main__ import main
from custom_components.merit_order.engine.commands.neutral import schedule
from tests.engine.optimise.direct import optimum

BENCH = Path(__file__).parents[3] / "bench"


def made(seed: int) -> dict[str, Any]:
    """A home of 40 half-hours; every fourth has negative prices, every third sells dear, every other may curtail."""
    rng = np.random.default_rng(seed)
    n = 40
    t = np.arange(n)
    price = 0.22 + 0.08 * np.sin(t / 6 + seed) + rng.normal(0, 0.03, n)
    if seed % 4 == 0:
        price = price - 0.25
    sell = price + 0.05 * rng.normal(0, 1, n) if seed % 3 == 0 else np.full(n, 0.05)
    sun = np.maximum(np.sin((t - 10) / 16 * np.pi), 0) * (t >= 10) * (t < 26) * 4
    return {
        "dt_min": 30,
        "n": n,
        "import_price": np.round(price, 4).tolist(),
        "export_price": np.round(sell, 4).tolist(),
        "pv_kw": np.round(sun, 3).tolist(),
        "load_kw": np.round(rng.uniform(0.2, 1.5, n), 3).tolist(),
        "pv_curtailable": seed % 2 == 0,
        "grid": {"import_limit_kw": 14.0, "export_limit_kw": 6.0},
        "battery": {
            "capacity_kwh": 9.5,
            "max_charge_kw": 3.6,
            "max_discharge_kw": 3.6,
            "eta_c": 0.95,
            "eta_d": 0.94,
            "soc_init_kwh": 3.0,
            "soc_min_kwh": 0.95,
            "soc_max_kwh": 9.5,
            "terminal_value": 0.12,
        },
        "ev": {"start": 4, "deadline": 24, "energy_kwh": 15.0, "max_kw": 7.4} if seed % 5 else None,
        "loads": [
            {"name": "washer", "power_kw": 1.2, "duration": 4, "window_start": 2, "window_end": 30},
            {"name": "tank", "power_kw": 2.0, "duration": 3, "window_start": 10, "window_end": 40},
        ],
    }


@pytest.mark.parametrize("seed", range(16))
def test_the_schedule_is_at_the_optimum(seed: int) -> None:
    """Proves: within 0.1 ct and 0.01 % of the optimum, and physics agrees."""
    problem = made(seed)
    verdict = judge(problem, schedule(problem, 3.0))
    assert not verdict.broken
    best = optimum(problem)
    assert verdict.cost <= best + 1e-3 + 1e-4 * abs(best)
    assert verdict.cost >= best - 1e-4


@pytest.mark.parametrize(("name", "most"), [("S", -0.96702), ("M", 1.08105)])
def test_the_benchmark_is_at_its_known_optimum(name: str, most: float) -> None:
    problem = json.loads((BENCH / f"{name}.json").read_text())
    verdict = judge(problem, schedule(problem, 3.0))
    assert not verdict.broken
    assert verdict.cost <= most


def test_the_command_prints_a_schedule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--neutral", str(BENCH / "M.json")]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert set(printed) == {"batt_kw", "ev_kw", "load_kw", "curt_kw", "dt_min", "solve_s", "total_s"}
    assert len(printed["batt_kw"]) == 144


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"battery": None}, "battery"),
        ({"pv_kw": [1.0]}, "pv_kw: has 1 values"),
        ({"dt_min": 0}, "dt_min"),
        ({"dt_min": "30"}, "dt_min: expected int"),
        ({"import_price": [0.2] * 39 + ["?"]}, "import_price[39]"),
        (
            {"loads": [{"power_kw": 1.0, "duration": 2, "window_start": 0, "window_end": 1e9}]},
            "loads[0].window_end",
        ),
        ({"loads": 3}, "loads: expected a list"),
    ],
)
def test_a_wrong_problem_is_told_by_field(
    change: dict[str, Any], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = {key: value for key, value in (made(1) | change).items() if value is not None}
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(problem))
    assert main(["plan", "--neutral", str(path)]) == 2
    assert said in capsys.readouterr().err


def test_a_benchmark_is_not_doubted() -> None:
    """Prices no home has, in slots none is planned by, are what the problem says."""
    problem = made(1) | {"dt_min": 7, "import_price": [9.0] * 40, "export_price": [0.0] * 40}
    assert schedule(problem, 0.1)["batt_kw"] is not None


def test_a_file_that_is_no_json_is_told_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "snapshot.json"
    path.write_text('{\n "at": nonsense}')
    assert main(["plan", str(path)]) == 2
    assert f"{path}:2" in capsys.readouterr().err
