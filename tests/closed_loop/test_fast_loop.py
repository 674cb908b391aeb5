"""The fast loop at the wire: a kettle in a costly quarter hour, the sun, a cloud; each beside the same without it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PEAK_W = 4_200
KETTLE_S, SUN_S, CLOUD_S, DARK_S = 240, 1020, 1260, 1500


def lived(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.closed_loop.fast_loop", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def steered() -> dict[str, Any]:
    return lived()


@pytest.fixture(scope="module")
def left() -> dict[str, Any]:
    return lived("--without")


def at(found: dict[str, Any], second: float) -> dict[str, Any]:
    row: dict[str, Any] = min(found["seen"], key=lambda each: abs(each["s"] - second))
    return row


def told(found: dict[str, Any], asset: str) -> list[tuple[str, str]]:
    return [(does, reason) for each, does, reason in found["reasons"] if each == asset]


def test_a_kettle_does_not_raise_the_months_peak(steered: dict[str, Any], left: dict[str, Any]) -> None:
    assert left["demand_w"] > PEAK_W + 1000
    assert steered["demand_w"] <= PEAK_W
    before, during = at(steered, KETTLE_S - 10), at(steered, KETTLE_S + 60)
    assert before["car_a"] == 16.0
    assert 6.0 <= during["car_a"] < 10.0
    assert (before["guard"], during["guard"]) == (None, "quarter_guard")
    assert ("current", "quarter_guard") in told(steered, "charger_vehicle")


def test_a_boiler_planned_for_the_cheap_night_starts_when_the_sun_is_to_spare(
    steered: dict[str, Any], left: dict[str, Any]
) -> None:
    for found in (steered, left):
        assert at(found, SUN_S - 10)["boiler_w"] == 0
    assert at(steered, SUN_S + 120)["boiler_w"] == 2000
    assert told(steered, "boiler_load") == [("on", "spare")]
    assert at(left, SUN_S + 230)["boiler_w"] == 0
    assert at(left, SUN_S + 230)["grid_w"] < -5000


def test_a_cloud_slows_the_car_step_by_step_and_then_pauses_it(
    steered: dict[str, Any], left: dict[str, Any]
) -> None:
    sunny, cloudy = at(steered, CLOUD_S - 10), at(steered, DARK_S - 10)
    assert sunny["car_a"] > cloudy["car_a"] >= 6.0
    assert at(steered, DARK_S + 90)["car_a"] >= 6.0, "a small cloud is waited for"
    assert at(steered, DARK_S + 235)["car_a"] == 0.0
    assert at(left, SUN_S + 230)["car_a"] == 0.0


def test_contactor_and_wallbox_are_spared(steered: dict[str, Any]) -> None:
    # On and off with the plan, on with the sun, off with the cloud.
    assert steered["contactor"] <= 4
    assert steered["switched"] <= 2  # off before we came, on by us
    assert max(steered["writes"]["charger"].values()) <= 15
