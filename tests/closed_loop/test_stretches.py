"""Stretches of simulated time with the real integration in Home Assistant, against the virtual home's servers.

Each is `script/chaos` itself in a process of its own, which has no other time than the simulated one.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
# Midnight in Brussels of a day in May, long before the day's prices end.
MAY = "2026-05-14T22:00:00+00:00"
# Three hours and a half, and three of the homes whose history nobody knows.
DAYS = {"native": "0.15", "car": "0.12", "heat": "0.12"}


def lived(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.closed_loop.chaos", "--start", MAY, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_day_in_automatic_costs_less_meets_the_need_and_breaks_no_limit() -> None:
    day = lived("--part", "calm", "--days", "1")
    assert day["invariants_broken"] == []
    assert day["needs"] == {"hot_water_met": 1}
    assert day["saved_truth"] > 0
    assert abs(day["saved_ledger"] - day["saved_truth"]) < day["ledger_uncertainty"]
    assert day["bill"] < day["bill_baseline"]
    known, hours = day["load_known_h"]
    assert known >= hours - 1, "what is lived through is not learned from"
    for kind, (before, after) in day["after_reload"].items():
        assert after <= before, f"{kind} grow with each reload"


def test_hours_in_advise_touch_nothing() -> None:
    hours = lived("--part", "calm", "--days", "0.08", "--mode", "advise")
    assert hours["invariants_broken"] == []
    assert hours["writes"] == {}
    assert hours["loads"]["boiler"]["switched"] == 0


@pytest.mark.parametrize(
    ("home", "seed", "least"), [("native", "84", 7), ("car", "64", 6), ("heat", "29", 6)]
)
def test_hours_full_of_faults_break_no_promise(home: str, seed: str, least: int) -> None:
    hours = lived("--part", "faults", "--home", home, "--days", DAYS[home], "--a-day", "28", "--seed", seed)
    assert sum(hours["faults"].values()) >= least
    assert hours["invariants_broken"] == []
    assert hours["stopped_still_held"] == 0, "a Home Assistant that has ended stays in memory"


def test_a_home_assistant_killed_in_a_forced_charge_leaves_no_battery_forced() -> None:
    killed = lived("--kills", "2", "--seed", "2")
    assert killed["invariants_broken"] == []
    assert killed["given_back_by_own_timer"] == killed["given_back_at_next_start"] == 1
