"""Rounding finds a plan in every home: what was rounded badly is soft, or given less."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest

from custom_components.merit_order.engine.model.program import Choice, Program
from custom_components.merit_order.engine.model.snapshot import Need, Snapshot
from custom_components.merit_order.engine.normalise import normalise
from custom_components.merit_order.engine.optimise.dive import Dive, rounded
from custom_components.merit_order.engine.optimise.problem import pose
from custom_components.merit_order.engine.optimise.search import Search
from tests.engine.homes import MIDNIGHT, asset, home

PRICES = [0.38, 0.31, -0.22, -0.01, 0.11, 0.02, 0.33, -0.06]


def car_that_gives_before_it_takes() -> Snapshot:
    """Nearly full: what is rounded to charging needs room that feeding in has not made yet."""
    params = {"capacity_kwh": 30.0, "max_discharge_kw": 7.0, "v2g": True, "floor_soc": 20.0}
    leaves = {"departures": [{"time": "07:00", "soc": 100.0}]}
    car = asset("vehicle", params | leaves, {"soc_percent": 99.0})
    return home(PRICES, car, export=[price - 0.01 for price in PRICES], load=0.5, minutes=30)


def car_with_less_time_than_it_may_stop_after() -> Snapshot:
    need = Need(amount=10.0, unit="kwh", by=MIDNIGHT + timedelta(minutes=95))
    return home(PRICES, asset("vehicle", {"min_on_minutes": 60.0}, needs=(need,)), minutes=15)


def dryer_after_a_pump_that_may_be_interrupted() -> Snapshot:
    pump = {
        "power_kw": 1.0,
        "energy_kwh": 1.0,
        "contiguous": False,
        "min_on_minutes": 30.0,
        "deadline": "08:00",
    }
    dryer = {"power_kw": 1.0, "run_minutes": 30.0, "after": "pump", "deadline": "07:30"}
    loads = asset("load", pump, id="pump"), asset("load", dryer, id="dryer")
    return home(PRICES, *loads, minutes=20, at=MIDNIGHT + timedelta(minutes=7))


def load_that_needs_less_than_it_must_run() -> Snapshot:
    params = {"power_kw": 1.0, "energy_kwh": 0.5, "contiguous": False, "min_on_minutes": 60.0}
    load = asset("load", params | {"max_starts": 1, "deadline": "07:00"}, {"on": True})
    return home(PRICES, load, minutes=15, at=MIDNIGHT + timedelta(minutes=10))


@pytest.mark.parametrize(
    "of",
    [
        car_that_gives_before_it_takes,
        car_with_less_time_than_it_may_stop_after,
        dryer_after_a_pump_that_may_be_interrupted,
        load_that_needs_less_than_it_must_run,
    ],
)
def test_rounding_ends_in_a_plan(of: Callable[[], Snapshot]) -> None:
    """Else a large home would be left without one whenever time is short."""
    snapshot = of()
    horizon = normalise(snapshot)
    assert not isinstance(horizon, tuple)
    program = pose(snapshot, horizon).program
    search = Search(program, 0.0)
    relaxed = search.solver.run()
    assert relaxed is not None
    assert Dive(program, search.solver).run(relaxed[1]) is not None


def test_runs_are_rounded_to_starts_that_leave_each_other_room() -> None:
    """Of four starts that are liked alike, each running into the next, two can be; rounded one by one none would be."""
    program = Program()
    columns = program.columns(4, upper=1.0, integer=True)
    program.choices.append(Choice(columns, 2, np.array([2, 3, 4, 4])))
    whole = rounded(program, np.full(4, 0.5), np.zeros(4))
    assert np.sum(whole) == 2
    assert not np.any(whole[:-1] + whole[1:] > 1)
