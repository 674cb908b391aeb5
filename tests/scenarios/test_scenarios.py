"""Named homes, each a snapshot file: what a person would expect of the plan. Any of them can be planned by hand with
`script/engine plan tests/scenarios/NAME.json`.
"""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from custom_components.merit_order.engine.model.codec import from_json, to_json
from custom_components.merit_order.engine.model.plan import AssetPlan, Decision, Plan, PlanStatus
from custom_components.merit_order.engine.model.snapshot import Snapshot
from custom_components.merit_order.engine.pipeline import think

HERE = Path(__file__).parent


def load(name: str) -> Snapshot:
    return from_json(Snapshot, json.loads((HERE / f"{name}.json").read_text()))


@pytest.fixture(scope="module")
def full() -> Decision:
    return think(load("full_home"))


def asset(plan: Plan, asset_id: str) -> AssetPlan:
    found = plan.asset(asset_id)
    assert found is not None
    return found


def test_a_full_home_is_planned_whole(full: Decision) -> None:
    """Every asset has a place, nothing is short, and it beats the home without us."""
    plan = full.plan
    assert {a.id for a in plan.assets} == {spec.id for spec in load("full_home").assets}
    assert plan.status in (PlanStatus.OPTIMAL, PlanStatus.FEASIBLE)
    assert plan.shortfalls == ()
    assert plan.cost < plan.baseline_cost
    assert plan.gap < 0.1
    assert {intent.asset for intent in full.intents} == {
        a.id for a in plan.assets if a.kind not in ("grid", "solar")
    }


def test_a_full_home_balances_in_every_slot(full: Decision) -> None:
    plan = full.plan
    assert plan.home is not None
    net = np.array(plan.home.load_kw)
    for found in plan.assets:
        if found.kind != "grid":
            net = net + np.array(found.power_kw) * (-1 if found.kind == "solar" else 1)
    assert np.allclose(net, plan.home.grid_kw, atol=1e-4)


def test_the_dryer_waits_for_the_washer(full: Decision) -> None:
    washer, dryer = asset(full.plan, "washer"), asset(full.plan, "dryer")
    assert all(any(w.end <= d.start for w in washer.blocks) for d in dryer.blocks)


def test_the_car_is_ready_when_it_leaves(full: Decision) -> None:
    """70 % of 64 kWh by 07:15 Brussels time; then it is away until 17:30."""
    plan, car = full.plan, asset(full.plan, "car")
    leaves = plan.at.replace(hour=6, minute=15) + timedelta(days=1)
    slot = plan.slot_at(leaves)
    assert slot is not None
    assert car.level is not None
    assert car.level[slot - 1] >= 0.7 * 64 - 1e-3
    assert not any(car.active[slot : slot + 40])


def test_the_peak_of_the_month_is_not_raised(full: Decision) -> None:
    """4.1 kW are due anyway; at 4.20 a kW nothing here is worth more. (The running quarter has only begun to count.)"""
    assert full.plan.home is not None
    assert max(full.plan.home.grid_kw[1:]) <= 4.1 + 1e-3


def test_the_same_home_planned_again_and_again_gets_no_dearer_and_settles() -> None:
    """Nothing changed. Each plan begins where the last one stood and may find a better one; soon it finds none, and
    from then on all stays as it is: nothing flips.
    """
    home = load("full_home")
    home = replace(home, settings=replace(home.settings, time_limit_s=0.0, explain=False))
    plans = [think(home).plan]
    while not plans[-1].kept and len(plans) < 8:
        plans.append(think(replace(home, previous=plans[-1])).plan)
        assert plans[-1].cost <= plans[-2].cost + home.settings.stay_gain
    settled = plans[-1]
    assert settled.kept
    again = think(replace(home, previous=settled)).plan
    assert again.kept
    for name in ("dishwasher", "dryer", "washer"):
        starts = [block.start for block in asset(settled, name).blocks]
        assert [block.start for block in asset(again, name).blocks] == starts


def test_a_plan_survives_the_file_it_is_written_to(full: Decision) -> None:
    assert from_json(Decision, json.loads(json.dumps(to_json(full)))).plan.assets == full.plan.assets


def test_the_engine_runs_without_home_assistant(tmp_path: Path) -> None:
    """A process that plans never imports Home Assistant."""
    engine = HERE.parents[1] / "custom_components" / "merit_order" / "engine"
    (tmp_path / "engine").symlink_to(engine, target_is_directory=True)
    code = (
        "import sys; from engine.__main__ import main; code = main(['plan', sys.argv[1]]);"
        "sys.exit(code or any(name.startswith('homeassistant') for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(HERE / "full_home.json")],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["plan"]["status"] in ("optimal", "feasible")


def test_a_boiler_in_the_morning_is_not_said_to_have_no_other_time() -> None:
    """It runs seven hours of the ten to 18:00, from eight in the morning because that is cheapest. It cannot wait till
    those seven have passed, but it can wait: so what waiting costs is said, and not that later is too late.
    """
    plan = think(load("boiler_in_the_morning")).plan
    boiler = asset(plan, "boiler")
    assert boiler.active[0]
    assert [reason.code for reason in boiler.reasons] == ["runs_now"]
    cost = boiler.reasons[0].cost_of_opposite
    assert cost is not None
    assert 0 < cost < 1
