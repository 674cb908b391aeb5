"""Reasons are answers to questions that were really asked: each figure here can be worked out by hand."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.merit_order.engine.model.plan import Reason
from custom_components.merit_order.engine.model.snapshot import AssetSpec, Snapshot
from tests.engine.homes import MIDNIGHT, asset, battery, grid, home, of, plan, solar


def reasons(snapshot: Snapshot, asset_id: str) -> tuple[Reason, ...]:
    return of(plan(snapshot), asset_id).reasons


def asking(prices: list[float], *assets: AssetSpec, **more: Any) -> Snapshot:
    return home(prices, *assets, settings={"explain": True}, **more)


def test_charging_now_is_worth_what_it_saves_later() -> None:
    """Not charging 5 kWh at 0.1 means buying them at 0.5: 2.00 more. Nothing is said once it gains nothing."""
    [reason] = reasons(asking([0.1, 0.5], battery(), load=[0, 5]), "battery")
    assert reason.code == "charges_now"
    assert reason.cost_of_opposite == pytest.approx(2.0)
    assert reason.values["price_now"] == 0.1
    assert reasons(asking([0.3, 0.3], battery(), load=[0, 5]), "battery") == ()


def test_discharging_now_is_worth_the_price_now() -> None:
    """Holding 2 kWh back at 0.5 lets them serve at 0.2 later: 0.60 more."""
    [reason] = reasons(asking([0.5, 0.2], battery(20), load=[2, 2]), "battery")
    assert reason.code == "discharges_now"
    assert reason.cost_of_opposite == pytest.approx(0.6)


def test_holding_is_keeping_for_later() -> None:
    """The 2 kWh wait for 0.5; giving them at 0.2 would cost 0.60 more."""
    [reason] = reasons(asking([0.2, 0.5], battery(20, max_soc=20), load=[2, 2]), "battery")
    assert reason.code == "keeps_for_later"
    assert reason.cost_of_opposite == pytest.approx(0.6)


def test_a_need_that_would_be_missed_has_no_price() -> None:
    """The last possible start: later means not at all, and no sum of money is claimed for that."""
    must = asset("load", {"power_kw": 1.0, "energy_kwh": 2.0, "contiguous": False, "deadline": "02:00"})
    [reason] = reasons(asking([0.5, 0.4], must), "load")
    assert reason.code == "only_now"
    assert reason.cost_of_opposite is None
    assert reason.values["planned"] == "runs_now"


def test_a_car_that_waits_says_what_now_would_cost() -> None:
    """4 kWh now at 0.5 instead of at 0.1: 1.60 more."""
    car = {"capacity_kwh": 20.0, "max_kw": 4.0, "min_kw": 0.0, "charge_efficiency": 1.0}
    spec = asset("vehicle", car | {"departures": [{"time": "02:00", "soc": 70.0}]}, {"soc_percent": 50.0})
    [reason] = reasons(asking([0.5, 0.1], spec), "vehicle")
    assert reason.code == "waits"
    assert reason.cost_of_opposite == pytest.approx(1.6)


def test_the_sun_gets_no_reason() -> None:
    assert reasons(asking([0.3], solar([2], 1)), "solar") == ()


def test_without_questions_there_are_no_reasons() -> None:
    assert of(plan(home([0.1, 0.5], battery(), load=[0, 5])), "battery").reasons == ()


def test_a_need_that_others_can_make_room_for_is_not_only_now() -> None:
    """3 kW of connection hold the boiler or the car. Later is still possible if the car takes the hour now: that is
    what the answer has to see, though its car stood elsewhere. Sensitivity: with one hour to go it is only now.
    """
    boiler = asset("load", {"power_kw": 2.0, "energy_kwh": 2.0, "contiguous": False, "deadline": "02:00"})
    car = {
        "capacity_kwh": 20.0,
        "max_kw": 1.5,
        "min_kw": 1.5,
        "charge_efficiency": 1.0,
        "current_step_a": 0.0,
    }
    leaves = asset("vehicle", car | {"departures": [{"time": "02:00", "soc": 57.5}]}, {"soc_percent": 50.0})
    small = grid(import_limit_kw=3.0)
    [reason] = reasons(asking([0.1, 0.3], boiler, leaves, small), "load")
    assert reason.code == "runs_now"
    assert reason.cost_of_opposite == pytest.approx((2 - 1.5) * 0.2)
    [last] = reasons(
        asking([0.1, 0.3], replace(boiler, params={**boiler.params, "deadline": "01:00"}), small), "load"
    )
    assert last.code == "only_now"


def test_what_can_wait_an_hour_is_not_only_now() -> None:
    """A boiler that is to run for three of the four hours to its deadline, now because that is cheapest: it cannot wait
    till all of that has passed, but for an hour it can, and that costs 0.3 more. Sensitivity: without the hour to
    spare it is only now.
    """
    boiler = asset("load", {"power_kw": 1.0, "energy_kwh": 3.0, "contiguous": False, "deadline": "04:00"})
    [reason] = reasons(asking([0.1, 0.2, 0.3, 0.4], boiler), "load")
    assert (reason.code, reason.end) == ("runs_now", MIDNIGHT + timedelta(hours=1))
    assert reason.cost_of_opposite == pytest.approx(0.3)
    tight = replace(boiler, params={**boiler.params, "energy_kwh": 4.0})
    assert [reason.code for reason in reasons(asking([0.1, 0.2, 0.3, 0.4], tight), "load")] == ["only_now"]
