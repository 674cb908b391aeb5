"""The connection, the sun and the capacity charge on hand-solved homes."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from custom_components.merit_order.engine.model.series import Forecast, Series
from custom_components.merit_order.engine.model.snapshot import AssetSpec, CapacityCharge
from tests.engine.homes import MIDNIGHT, asset, battery, grid, home, of, plan, powers, solar

HOUR = timedelta(hours=1)


def test_what_is_left_is_sold() -> None:
    """Proves: 2 kWh of sun beyond the load earn 0.10 each. Sensitivity: without a contract they earn nothing."""
    assert plan(home([0.3], solar([3], 1), load=[1], export=0.1)).cost == pytest.approx(-0.2)
    assert plan(home([0.3], solar([3], 1), load=[1], export=None)).cost == pytest.approx(0.0)


def test_the_import_limit_holds() -> None:
    """Proves: 3 kW of connection leave 1 kW beside the load. Sensitivity: without it 5 kW charge."""
    assert powers(plan(home([0.1, 0.5], battery(), grid(import_limit_kw=3), load=[2, 8])), "battery")[
        0
    ] == pytest.approx(1)
    assert powers(plan(home([0.1, 0.5], battery(), load=[2, 8])), "battery")[0] == pytest.approx(5)


def test_a_load_beyond_the_fuse_still_gets_a_plan() -> None:
    """The home does what it must; the battery helps as far as it can."""
    found = plan(home([0.1], battery(100), grid(import_limit_kw=3), load=[20]))
    assert powers(found, "battery") == [pytest.approx(-5)]
    assert powers(found, "grid") == [pytest.approx(15)]
    assert found.cost == pytest.approx(1.5)


def test_sun_that_cannot_be_held_back_flows_beyond_the_limit() -> None:
    """Proves: 5 kW flow where 2 may. Sensitivity: held back, 2 do."""
    assert powers(plan(home([0.3], solar([5], 1), grid(export_limit_kw=2))), "grid") == [pytest.approx(-5)]
    held = plan(home([0.3], solar([5], 1, curtailable=True), grid(export_limit_kw=2), export=0.1))
    assert powers(held, "grid") == [pytest.approx(-2)]


def test_the_export_limit_holds_and_the_sun_is_curtailed() -> None:
    """Proves: 2 kW may go out of 5. Sensitivity: without the limit all 5 earn."""
    limited = plan(home([0.3], solar([5], 1, curtailable=True), grid(export_limit_kw=2), export=0.1))
    assert limited.cost == pytest.approx(-0.2)
    assert of(limited, "solar").blocks[0].mode == "curtail"
    assert plan(home([0.3], solar([5], 1, curtailable=True), export=0.1)).cost == pytest.approx(-0.5)


def test_at_a_negative_export_price_the_sun_is_curtailed_if_it_can_be() -> None:
    """Proves: nothing is paid. Sensitivity: panels that cannot be held back cost 0.5."""
    assert plan(home([0.3], solar([5], 1, curtailable=True), export=-0.1)).cost == pytest.approx(0)
    assert plan(home([0.3], solar([5], 1), export=-0.1)).cost == pytest.approx(0.5)


def test_no_export_at_a_negative_price_as_an_option() -> None:
    """Proves: the battery takes the sun so that nothing goes out. Sensitivity: else it sells what pays later."""
    kept = plan(home([0.3], solar([5], 1), battery(), grid(export_when_negative=False), export=-0.1))
    assert powers(kept, "grid") == [pytest.approx(0)]


def test_it_does_not_buy_to_sell_in_the_same_slot() -> None:
    """Proves: at 0.10 in and 0.30 out nothing turns round in the wire. (With a battery it takes two slots.)"""
    assert plan(home([0.1], battery(), export=0.3)).cost == pytest.approx(0)
    assert plan(home([0.1, 0.1], battery(), export=[0, 0.3])).cost == pytest.approx(-1.0)


def test_the_limit_of_a_phase_holds() -> None:
    """Proves: on one phase of 10 A × 230 V = 2.3 kW two loads of 1.5 kW take turns; the dear hour is used. Sensitivity:
    on different phases, or without the limit, both run in the cheap hour.
    """

    def pump(name: str, phase: int) -> AssetSpec:
        given = {"power_kw": 1.5, "run_minutes": 60, "deadline": "02:00", "phase": phase}
        return asset("load", given, id=name)

    prices, limit = [0.1, 0.5], grid(phase_limit_a=10.0)
    assert plan(home(prices, pump("a", 1), pump("b", 1), limit)).cost == pytest.approx(0.9)
    assert plan(home(prices, pump("a", 1), pump("b", 2), limit)).cost == pytest.approx(0.3)
    assert plan(home(prices, pump("a", 1), pump("b", 1))).cost == pytest.approx(0.3)


def test_a_capacity_charge_spreads_the_charging() -> None:
    """Proves: at 1 per kW it charges 4 kWh over four hours. Sensitivity: without it one cheapest hour."""
    prices, need = [0.10, 0.11, 0.12, 0.13, 0.9], [0, 0, 0, 0, 4]
    charge = CapacityCharge(price_per_kw=1.0)
    found = powers(plan(home(prices, battery(), load=need, capacity=charge)), "battery")
    assert found[:4] == pytest.approx([1, 1, 1, 1])
    assert max(powers(plan(home(prices, battery(), load=need)), "battery")[:4]) == pytest.approx(4)


def test_the_peak_of_the_month_so_far_is_free() -> None:
    """Proves: up to the 4 kW reached already nothing is spread. Sensitivity: the test above."""
    charge = CapacityCharge(price_per_kw=1.0, month_peak_kw=4.0)
    found = plan(home([0.10, 0.11, 0.12, 0.13, 0.9], battery(), load=[0, 0, 0, 0, 4], capacity=charge))
    assert powers(found, "battery")[0] == pytest.approx(4)
    assert found.cost == pytest.approx(0.4)


def test_a_new_month_starts_anew() -> None:
    """Proves: last month's 4 kW do not cover tomorrow's. Sensitivity: without the change of month they do."""
    charge = CapacityCharge(price_per_kw=1.0, month_peak_kw=4.0)
    at = MIDNIGHT.replace(month=6, day=30, hour=22)
    hours = 4
    base = home([0.1] * hours, load=0, capacity=charge)
    flat = Series.regular(at, 60, np.full(hours, 0.1))
    four = Series.regular(at, 60, np.full(hours, 4.0))
    moved = replace(
        base, at=at, tariff=replace(base.tariff, import_price=flat, export_price=None), load=Forecast(four)
    )
    assert plan(moved).cost == pytest.approx(1.6 + 4.0)
    assert plan(replace(moved, timezone="America/New_York")).cost == pytest.approx(1.6)


def test_what_was_imported_in_the_running_quarter_counts() -> None:
    """Proves: 0.5 kWh in the first ten minutes leave little for the last five: load of 2 kW makes 2.67 kW."""
    charge = CapacityCharge(price_per_kw=1.0, quarter_so_far_kwh=0.5)
    at = MIDNIGHT + timedelta(minutes=10)
    found = plan(home([0.0], load=[2], minutes=5, at=at, capacity=charge, settings={"horizon_hours": 1 / 12}))
    assert found.cost == pytest.approx((0.5 + 2 / 12) * 4)


def test_the_baseline_is_the_home_without_us() -> None:
    """Proves: loads at once at 0.50, the battery on self-consumption; the plan waits for 0.10."""
    washer = asset("load", {"power_kw": 1.0, "run_minutes": 60, "deadline": "03:00", "earliest": "00:00"})
    found = plan(home([0.5, 0.1, 0.2], washer, battery(20), load=[1, 0, 0]))
    # Alone: 2 kWh in the first hour from the battery's 2 kWh, nothing bought.
    assert found.baseline_cost == pytest.approx(0.0)
    assert found.cost == pytest.approx(0.0)
    bare = plan(home([0.5, 0.1, 0.2], washer, load=[1, 0, 0]))
    assert bare.baseline_cost == pytest.approx(1.0)
    assert bare.cost == pytest.approx(0.6)


def test_coarser_slots_later_cover_the_same_hours() -> None:
    """Five minutes for an hour, half hours after: the same energy is bought."""
    found = plan(home([0.2] * 6, load=1, minutes=5, settings={"fine_hours": 1.0, "coarse_minutes": 30}))
    assert len(found.edges) - 1 == 12 + 10
    assert found.cost == pytest.approx(1.2)
