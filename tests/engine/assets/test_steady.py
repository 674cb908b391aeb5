"""Thought over every five minutes, a load that runs is not switched off and on again for nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.merit_order.engine.model.plan import Plan
from custom_components.merit_order.engine.pipeline import think
from tests.engine.homes import MIDNIGHT, asset, home

PAID = [0.20] * 12 + [-0.0195] + [-0.0219] * 3 + [0.20] * 8
PRICES = [0.20] * 11 + [0.24, 0.23, 0.235, 0.24, 0.27, 0.30, 0.45] + [0.30] * 6
STEP = timedelta(minutes=5)


def lived(
    power_kw: float, need_kwh: float = 5.5, prices: Sequence[float] = tuple(PRICES)
) -> tuple[int, float]:
    """How often it was switched from noon to its deadline at six, and kWh it had; it draws `power_kw` in place of 2."""
    now, done, on, switches = MIDNIGHT.replace(hour=12), 0.0, False, 0
    plan: Plan | None = None
    while now < MIDNIGHT.replace(hour=18):
        boiler = asset(
            "load",
            {"power_kw": 2.0, "energy_kwh": need_kwh, "deadline": "18:00", "contiguous": False},
            {"on": on, "done_kwh": done},
        )
        thought = think(replace(home(prices, boiler, minutes=15, at=now), previous=plan))
        plan = thought.plan
        wanted = any(each.asset == "load" and each.mode == "on" for each in thought.intents)
        switches, on = switches + (wanted is not on), wanted
        now += STEP
        done += power_kw / 12 if on else 0.0
    return switches, done


@pytest.mark.parametrize("power_kw", [2.0, 1.98, 1.9, 2.05])
def test_it_runs_on_until_it_is_done_though_the_slot_is_half_gone(power_kw: float) -> None:
    switches, done = lived(power_kw)
    assert switches <= 2
    assert done == pytest.approx(5.5, abs=0.2)


def test_a_slot_that_has_half_gone_is_not_begun_for_nothing() -> None:
    """Eleven whole slots are needed: a third of one more saves none of them."""
    boiler = asset(
        "load", {"power_kw": 2.0, "energy_kwh": 5.5, "deadline": "18:00", "contiguous": False}, {"on": False}
    )
    at = MIDNIGHT.replace(hour=12, minute=10)
    plan = think(home(PRICES, boiler, minutes=15, at=at)).plan
    assert plan.assets[0].power_kw[:2] == (0.0, 2.0)


@pytest.mark.parametrize(("deadline", "begins"), [("18:00", False), ("14:15", True)])
def test_the_rest_of_a_dear_slot_fills_up_no_cheap_one(deadline: str, begins: bool) -> None:
    """Proves: 8.3 slots are needed, and the last is half used for nothing, as it ends by itself. Sensitivity: with
    no more than eight whole ones before the deadline, the third of one that is left is begun.
    """
    need = {"power_kw": 2.0, "energy_kwh": 4.15, "deadline": deadline, "contiguous": False}
    dear = [0.20] * 12 + [0.45] + [0.10] * 11
    at = MIDNIGHT.replace(hour=12, minute=10)
    plan = think(home(dear, asset("load", need, {"on": False}), minutes=15, at=at)).plan
    assert (plan.assets[0].power_kw[0] > 0) == begins


def test_a_negative_price_switches_nothing_on_and_off() -> None:
    """While it is paid for each minute it runs through; the rest of a slot that saves none is not begun for that."""
    switches, done = lived(2.0, 3.8, PAID)
    assert switches <= 3
    assert done >= 3.7
    off = asset(
        "load", {"power_kw": 2.0, "energy_kwh": 3.8, "deadline": "18:00", "contiguous": False}, {"on": False}
    )
    at = MIDNIGHT.replace(hour=12, minute=40)
    assert think(home(PAID, off, minutes=15, at=at)).plan.assets[0].power_kw[0] == 0.0
