"""Optional loads: whole runs on spare power, and nothing that is not spare."""

from typing import Any

import pytest

from custom_components.merit_order.engine.model.snapshot import AssetSpec
from tests.engine.homes import MIDNIGHT, asset, battery, home, plan, powers, solar


def pump(state: dict[str, Any] | None = None, **params: Any) -> AssetSpec:
    given = {"mode": "optional", "power_kw": 1.0, "run_minutes": 120.0}
    return asset("load", given | params, state, id="pump")


def test_an_optional_run_is_not_interrupted() -> None:
    """Proves: two hours of sun in one go. Sensitivity: interruptible it takes the single hours too."""
    sun = solar([2, 0, 2, 2, 0, 2], 6)
    assert powers(plan(home([0.3] * 6, pump(), sun)), "pump") == [0, 0, 1, 1, 0, 0]
    parts = pump(contiguous=False)
    assert powers(plan(home([0.3] * 6, parts, sun)), "pump") == [1, 0, 1, 1, 0, 1]


def test_an_optional_run_needs_all_of_it_to_be_spare() -> None:
    """Proves: one hour of sun is no run, and no battery helps. Sensitivity: where it may buy and that is worth it, it
    runs.
    """
    sun = solar([0, 2, 0, 0], 4)
    assert powers(plan(home([0.3] * 4, pump(), sun)), "pump") == [0, 0, 0, 0]
    assert powers(plan(home([0.3] * 4, pump(), sun, battery(100))), "pump") == [0, 0, 0, 0]
    buys = pump(from_grid=True, from_battery=True, worth=0.2)
    assert sum(powers(plan(home([0.3] * 4, buys, sun)), "pump")) == pytest.approx(2)


def test_a_profile_must_be_spare_from_end_to_end() -> None:
    """Proves: 0.5 then 2 kW fit the sun of 1 and 2 kW; the other way round they do not."""
    sun = solar([0, 1, 2, 0], 4)
    rises = pump(profile_kw=[0.5, 2.0], profile_minutes=60.0)
    assert powers(plan(home([0.3] * 4, rises, sun)), "pump") == [0, pytest.approx(0.5), 2, 0]
    falls = pump(profile_kw=[2.0, 0.5], profile_minutes=60.0)
    assert powers(plan(home([0.3] * 4, falls, sun)), "pump") == [0, 0, 0, 0]


def test_only_so_many_optional_runs_a_day() -> None:
    """Proves: one of two, unless two are wished for; what ran today counts."""
    sun = solar(2, 6)
    assert sum(powers(plan(home([0.3] * 6, pump(), sun)), "pump")) == 2
    assert sum(powers(plan(home([0.3] * 6, pump(runs_per_day=2), sun)), "pump")) == 4
    assert sum(powers(plan(home([0.3] * 6, pump({"done_runs": 1}), sun)), "pump")) == 0


def test_an_optional_run_that_has_begun_goes_on() -> None:
    """Proves: sun or not, what began is finished."""
    begun = pump({"on": True, "on_since": MIDNIGHT.isoformat()})
    assert powers(plan(home([0.3] * 3, begun)), "pump") == [1, 1, 0]


def test_nothing_is_missed_when_an_optional_run_finds_no_sun() -> None:
    assert plan(home([0.3] * 4, pump())).shortfalls == ()


def test_sun_is_sold_rather_than_used_where_that_is_worth_more() -> None:
    """Proves: worth 0.05 it does not run where feeding in earns 0.10. Sensitivity: by default it is worth just more."""
    sun = solar(2, 3)
    cheap = pump(worth=0.05)
    assert sum(powers(plan(home([0.3] * 3, cheap, sun, export=0.1)), "pump")) == 0
    assert sum(powers(plan(home([0.3] * 3, pump(), sun, export=0.1)), "pump")) == 2
