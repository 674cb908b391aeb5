"""A battery gives or keeps by what a kWh is worth on the mean of what may come, not only by what is likeliest."""

from dataclasses import replace

import pytest

from custom_components.merit_order.engine.model.plan import Decision, Intent
from custom_components.merit_order.engine.model.series import Forecast
from custom_components.merit_order.engine.model.snapshot import AssetSpec, Snapshot
from custom_components.merit_order.engine.pipeline import think
from tests.engine.homes import battery, home, of, powers, series, solar

SUN = [0.0, 4.0, 0.0, 0.0]


def sun(least: float) -> AssetSpec:
    """4 kWh before noon most likely and at most, `least` of it if there are clouds."""
    low = [kw * least for kw in SUN]
    forecast = Forecast(mid=series(SUN, 4), low=series(low, 4), high=series(SUN, 4))
    return replace(solar(SUN, 4), series={"power": forecast})


def unsure(now: float, least: float = 0.0, soc: float = 10.0, wear_cost: float = 0.0) -> Snapshot:
    """1 kWh is stored and lacks now at the price `now`; 3 kWh lack in the evening at 0.40, which the sun may bring.

    The battery charges from the sun alone: what is bought now for the evening would be worth no more than now.
    """
    store = battery(soc, grid_charge=False, wear_cost=wear_cost)
    return home([now, 0.50, 0.50, 0.40], store, sun(least), export=0.05, load=[1, 0, 0, 3])


def intent(decision: Decision) -> Intent:
    return next(each for each in decision.intents if each.asset == "battery")


def test_a_battery_keeps_for_the_evening_what_clouds_might_not_refill() -> None:
    """0.05 with sun, 0.40 with clouds: on the mean of five courses more than the 0.15 of now."""
    decision = think(unsure(0.15))
    assert intent(decision).mode == "hold"
    assert powers(decision.plan, "battery")[0] == 0
    assert of(decision.plan, "battery").blocks[0].mode == "hold"


def test_the_reason_for_keeping_names_what_a_kwh_is_worth_later_and_now() -> None:
    found = unsure(0.15)
    plan = think(replace(found, settings=replace(found.settings, explain=True))).plan
    (reason, *_) = of(plan, "battery").reasons
    assert reason.code == "worth_later"
    assert reason.values["price_now"] == 0.15
    assert 0.15 < float(reason.values["worth"]) < 0.40


def test_a_forecast_that_is_sure_is_planned_by_alone() -> None:
    """Without the doubt the sun refills it, and it gives now."""
    decision = think(unsure(0.15, least=1.0))
    assert intent(decision).mode == "self"
    assert powers(decision.plan, "battery")[0] == pytest.approx(-1)


def test_a_battery_gives_where_now_is_worth_more_than_the_mean_of_what_may_come() -> None:
    decision = think(unsure(0.25))
    assert intent(decision).mode == "self"
    assert powers(decision.plan, "battery")[0] == pytest.approx(-1)


def test_wear_counts_where_giving_is_weighed_against_keeping() -> None:
    """Each kWh given wears by 0.20: the evening's 0.40 is then worth 0.20, and 0.15 now nothing."""
    assert intent(think(unsure(0.19, wear_cost=0.20))).mode == "hold"


def test_an_empty_battery_is_left_as_planned() -> None:
    first, sure = think(unsure(0.15, soc=0.0)), think(unsure(0.15, least=1.0, soc=0.0))
    assert intent(first).mode == intent(sure).mode == "self"


def test_what_was_begun_goes_on_while_both_are_as_good() -> None:
    """About 0.23 either way: held before it holds on, and gave it before it gives on."""
    held, gave = think(unsure(0.15)).plan, think(unsure(0.25)).plan
    even = unsure(0.23)
    assert intent(think(replace(even, previous=held))).mode == "hold"
    assert intent(think(replace(even, previous=gave))).mode == "self"
