"""Replayed with a charge on the month's peak: a plan that knows of it pays less in total than one that does not."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from custom_components.merit_order.engine.commands.replay import replay
from custom_components.merit_order.engine.replay.home import Home, HomeAsset, HomeFile, check_home
from custom_components.merit_order.engine.replay.knowledge import Knowledge
from custom_components.merit_order.engine.replay.peaks import demand_bill
from custom_components.merit_order.engine.replay.perfect import perfect
from custom_components.merit_order.engine.replay.recording import Recording
from custom_components.merit_order.engine.replay.run import Planner, Truth, alone, simulate

QUARTERS = 96
START = int(datetime(2026, 6, 15, tzinfo=UTC).timestamp())
BATTERY = HomeAsset(
    id="battery",
    kind="battery",
    params={"capacity_kwh": 10.0, "max_charge_kw": 8.0, "max_discharge_kw": 8.0, "min_soc": 0.0},
    start={"soc_percent": 0.0},
)


@pytest.fixture(scope="module")
def recording() -> Recording:
    """A day in quarter-hours: one hour at 0.10 in the night, an evening at 0.45 in which 2.2 kW are used."""
    hours = np.arange(QUARTERS) // 4
    prices = np.where(hours == 3, 0.10, np.where((hours >= 17) & (hours < 21), 0.45, 0.25))
    load = np.where((hours >= 17) & (hours < 21), 2.2, 0.4)
    columns = {"import_price": prices, "export_price": np.zeros(QUARTERS), "load_kw": load}
    return Recording(path=Path("flanders"), start=START, step=900, columns=columns, notes={})


@pytest.fixture(scope="module")
def home(recording: Recording) -> Home:
    file = HomeFile(
        timezone="Europe/Brussels",
        horizon_hours=24,
        capacity={"price_per_kw_year": 54.0},
        assets=(BATTERY,),
    )
    return check_home(file, recording, "flanders.yaml")


def test_the_bill_of_the_peaks_by_hand(home: Home) -> None:
    """Four quarters: 6 kW for two of them in June; then July begins (Brussels) with 1 kW, which the floor lifts."""
    assert home.capacity is not None
    start = int(datetime(2026, 6, 30, 21, 30, tzinfo=UTC).timestamp())
    found = demand_bill(home.capacity, home.zone, start, 900, np.array([6.0, 6.0, 1.0, -3.0]))
    assert found == pytest.approx((6.0 + 2.5) * 54 / 12)


def test_with_the_charge_in_the_plan_the_whole_bill_is_lower(recording: Recording, home: Home) -> None:
    truth = Truth.of(recording, START, QUARTERS)
    knowledge = Knowledge(recording, home, frozenset({"load"}))
    seeing = Planner(knowledge, home)
    seen = simulate(truth, home, seeing, meter=seeing.look)
    blind = simulate(truth, home, Planner(knowledge, replace(home, capacity=None)))
    assert blind.capacity > 6 * 54 / 12, "it fills the battery in the cheapest hour"
    assert seen.capacity == pytest.approx(2.5 * 54 / 12, rel=0.02)
    assert seen.bill < blind.bill - 10
    best = perfect(truth, home)
    assert best.bill <= seen.bill + 1e-6
    idle = simulate(truth, home, alone, without=frozenset({"battery"}))
    assert seen.bill < idle.bill, "the battery still earns its part"


def test_the_command_tells_what_the_peaks_cost(recording: Recording, home: Home) -> None:
    short = Truth.of(recording, START, 8)
    found = replay(short, home, Knowledge(recording, home, frozenset({"load"})), quiet=True)
    assert found["peak_charge_none"] == found["peak_charge_ours"] == 11.25
    without = replace(home, capacity=None)
    assert "peak_charge_ours" not in replay(short, without, Knowledge(recording, without), quiet=True)
