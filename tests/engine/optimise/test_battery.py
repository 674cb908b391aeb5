"""Hand-solved homes: what each rule of the battery does, and what the same home costs without it."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from custom_components.merit_order.engine.model.plan import Health, PlanStatus
from custom_components.merit_order.engine.model.snapshot import Override, OverrideMode
from custom_components.merit_order.engine.pipeline import think
from tests.engine.homes import MIDNIGHT, asset, battery, grid, home, of, plan, powers, solar


def test_storage_moves_use_to_the_cheap_hour() -> None:
    """Proves: 2 kWh at 0.10 serve the hour at 0.50. Sensitivity: without the battery it costs 1.00."""
    assert plan(home([0.1, 0.5], battery(), load=[0, 2])).cost == pytest.approx(0.2)
    assert plan(home([0.1, 0.5], load=[0, 2])).cost == pytest.approx(1.0)


def test_losses_decide_whether_it_pays() -> None:
    """Proves: at 0.5 each way a kWh costs 4 × 0.10 = 0.40 < 0.50. Sensitivity: at 0.45 nothing is stored."""
    pays = battery(charge_efficiency=0.5, discharge_efficiency=0.5)
    assert plan(home([0.1, 0.5], pays, load=[0, 1])).cost == pytest.approx(0.4)
    dear = plan(home([0.1, 0.39], pays, load=[0, 1]))
    assert dear.cost == pytest.approx(0.39)
    assert powers(dear, "battery") == [0, 0]


def test_wear_is_paid_per_kwh_taken_out() -> None:
    """Proves: 0.10 + 0.05 wear. Sensitivity: with 0.45 of wear storing does not pay."""
    assert plan(home([0.1, 0.5], battery(wear_cost=0.05), load=[0, 2])).cost == pytest.approx(0.3)
    assert plan(home([0.1, 0.5], battery(wear_cost=0.45), load=[0, 2])).cost == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("limit", "cost"),
    [
        ({}, 0.1 * 4),
        ({"max_charge_kw": 1.0}, 0.1 * 1 + 0.5 * 3),
        ({"max_discharge_kw": 1.0}, 0.1 * 1 + 0.5 * 3),
        ({"capacity_kwh": 2.0}, 0.1 * 2 + 0.5 * 2),
        ({"max_soc": 30.0}, 0.1 * 3 + 0.5 * 1),
    ],
)
def test_each_limit_binds(limit: dict[str, Any], cost: float) -> None:
    """Proves: 4 kWh are wanted at 0.50, only as many come through as the limit lets. Sensitivity: the first row."""
    assert plan(home([0.1, 0.5], battery(**limit), load=[0, 4])).cost == pytest.approx(cost)


def test_the_least_level_is_kept() -> None:
    """Proves: of 50 % only 30 % may go. Sensitivity: without it 4 kWh come from the battery."""
    assert plan(home([0.5], battery(50, min_soc=20), load=[4])).cost == pytest.approx(0.5)
    assert plan(home([0.5], battery(50), load=[4])).cost == pytest.approx(0.0)


def test_a_reserve_is_kept_like_the_least_level() -> None:
    """Proves: 40 % stay for an outage. Sensitivity: the same home without reserve pays nothing."""
    assert plan(home([0.5], battery(50, reserve_soc=40), load=[4])).cost == pytest.approx(1.5)


def test_below_the_least_level_it_comes_back_up_when_that_is_cheap() -> None:
    """Proves: 2 kWh below the limit are charged in the cheap hour, and it is never discharged before."""
    found = plan(home([0.5, 0.1, 0.5], battery(10, min_soc=30), load=[1, 0, 0]))
    assert powers(found, "battery")[0] >= 0
    assert of(found, "battery").level is not None
    assert (of(found, "battery").level or ())[-1] >= 3.0 - 1e-6


def test_energy_left_is_worth_what_it_says() -> None:
    """Proves: at 0.30 a kWh at the end it buys at 0.10 until full. Sensitivity: worth 0.05 it buys nothing."""
    assert sum(powers(plan(home([0.1], battery(terminal_value=0.3))), "battery")) == pytest.approx(5)
    assert sum(powers(plan(home([0.1], battery(terminal_value=0.05))), "battery")) == pytest.approx(0)


def test_without_a_given_worth_the_end_is_not_a_cliff() -> None:
    """Proves: at one price all day a full battery is not poured into the grid. Sensitivity: at worth 0 it is."""
    kept = plan(home([0.3] * 6, battery(100, terminal_value=None), export=0.2))
    assert sum(powers(kept, "battery")) == pytest.approx(0)
    assert sum(powers(plan(home([0.3] * 6, battery(100), export=0.2)), "battery")) == pytest.approx(-10)


def test_it_does_not_charge_and_discharge_at_once_at_negative_prices() -> None:
    """Proves: with 0.5 each way, burning would earn; the binary forbids it, and it ends full at the physical pace."""
    lossy = battery(0, charge_efficiency=0.5, discharge_efficiency=0.5, capacity_kwh=2.5)
    found = plan(home([-1.0, -1.0], lossy))
    assert sum(powers(found, "battery")) == pytest.approx(5)
    assert found.cost == pytest.approx(-5)


def test_a_battery_that_may_not_charge_from_the_grid() -> None:
    """Proves: it only takes the sun's 1 kWh. Sensitivity: else 2 kWh move to the dear hour."""
    sun = solar([1, 0], 2)
    assert plan(home([0.1, 0.5], battery(grid_charge=False), sun, load=[0, 2])).cost == pytest.approx(0.5)
    assert plan(home([0.1, 0.5], battery(), sun, load=[0, 2])).cost == pytest.approx(0.1)


def test_a_battery_that_may_not_feed_in() -> None:
    """Proves: it serves the home only. Sensitivity: else it sells 5 kWh at 0.40."""
    assert plan(home([0.5], battery(100, export=False), export=0.4, load=[1])).cost == pytest.approx(0.0)
    assert plan(home([0.5], battery(100), export=0.4, load=[1])).cost == pytest.approx(-1.6)


def test_behind_a_hybrid_inverter_sun_and_battery_share_its_limit() -> None:
    """Proves: 4 kW of sun leave 1 kW of a 5 kW inverter. Sensitivity: on its own inverter it gives 3 kW."""
    shared = battery(100, inverter="solar")
    assert powers(plan(home([0.5], shared, solar([4], 1, inverter_kw=5.0), load=[7])), "battery") == [
        pytest.approx(-1)
    ]
    assert powers(plan(home([0.5], battery(100), solar([4], 1), load=[7])), "battery") == [pytest.approx(-3)]


def test_sun_beyond_the_inverter_goes_into_the_battery_or_is_lost() -> None:
    """Proves: of 8 kW at DC 5 go out and 3 in. Sensitivity: with a full battery 3 kW are lost."""
    empty = plan(home([0.3], battery(0, inverter="solar"), solar([8], 1, inverter_kw=5.0), export=0.1))
    assert powers(empty, "grid") == [pytest.approx(-5)]
    full = plan(home([0.3], battery(100, inverter="solar"), solar([8], 1, inverter_kw=5.0), export=0.1))
    assert powers(full, "solar") == [pytest.approx(5)]


def test_charging_slows_down_towards_full() -> None:
    """Proves: above 80 % the power falls, so the last hour takes less. Sensitivity: without taper it is full."""
    tapered = of(plan(home([0.1], battery(80, terminal_value=1.0, taper_soc=80))), "battery")
    assert 0 < tapered.power_kw[0] < 2
    assert powers(plan(home([0.1], battery(80, terminal_value=1.0))), "battery") == [pytest.approx(2)]


def test_a_ramp_limits_the_change_from_slot_to_slot() -> None:
    """Proves: 1 kW per hour at most. Sensitivity: without it 5 kW come at once."""
    slow = powers(plan(home([0.1, 0.5], battery(40, ramp_kw_per_h=1.0), load=[0, 4])), "battery")
    assert slow[1] - slow[0] >= -1 - 1e-6
    quick = powers(plan(home([0.1, 0.5], battery(40), load=[0, 4])), "battery")
    assert quick[1] - quick[0] < -3


@pytest.mark.parametrize(("soc", "level"), [(130.0, 10.0), (-20.0, 0.0)])
def test_a_level_outside_its_bounds_is_clamped(soc: float, level: float) -> None:
    assert of(plan(home([0.3], battery(soc))), "battery").level_start == level


@pytest.mark.parametrize("soc", [None, float("nan")])
def test_without_a_level_it_is_left_out_and_said(soc: float | None) -> None:
    found = plan(home([0.3], battery(soc), load=[1]))
    assert found.asset("battery") is None
    assert found.status is PlanStatus.PROVISIONAL
    assert [(s.key, s.health, s.rule) for s in found.inputs] == [
        ("battery:battery", Health.MISSING, "left_out")
    ]


def test_measured_limits_win_over_configured_ones() -> None:
    """Proves: the battery says 1 kW. Sensitivity: 5 kW as configured serve all 4."""
    spec = asset(
        "battery",
        {"capacity_kwh": 10.0, "min_soc": 0.0, "terminal_value": 0.0},
        {"soc_percent": 100, "max_discharge_kw": 1.0},
    )
    assert powers(plan(home([0.5], spec, load=[4])), "battery") == [pytest.approx(-1)]


def test_a_battery_that_was_filled_as_ordered_stays_full() -> None:
    """Proves: 5 kWh at 3 kW from the first hour on, then rest. Without its end the battery is used as ever."""
    for hours, rests in ((6, True), (2, False)):
        order = Override(
            mode=OverrideMode.ON, start=MIDNIGHT, end=MIDNIGHT + timedelta(hours=hours), power_kw=3.0
        )
        found = plan(home([0.3] * 6, battery(50, capacity_kwh=10.0, overrides=(order,)), load=[0.4] * 6))
        kw = powers(found, "battery")
        assert kw[0] == pytest.approx(3.0)
        assert 0 < kw[1] < 3.0
        assert (min(kw) >= 0) is rests
        assert found.gap == 0


def test_an_order_wins_over_the_plan() -> None:
    """Proves: ordered to charge 2 kW in the dear hour it does. Sensitivity: by itself it discharges."""
    order = Override(mode=OverrideMode.ON, start=MIDNIGHT, end=MIDNIGHT + timedelta(hours=1), power_kw=2.0)
    assert powers(plan(home([0.5, 0.1], battery(50, overrides=(order,)), load=[1, 0])), "battery")[
        0
    ] == pytest.approx(2)
    assert powers(plan(home([0.5, 0.1], battery(50), load=[1, 0])), "battery")[0] == pytest.approx(-1)


def test_a_battery_that_is_not_ours_is_foreseen_as_following_the_home() -> None:
    """Proves: it takes the sun and gives it back, though waiting would earn more. It gets no intent."""
    decision = think(home([0.1, 0.1, 0.9], battery(controlled=False), solar([2, 0, 0], 3), load=[0, 2, 2]))
    assert powers(decision.plan, "battery") == [2, -2, 0]
    assert not decision.intents
    ours = plan(home([0.1, 0.1, 0.9], battery(), solar([2, 0, 0], 3), load=[0, 2, 2]))
    assert ours.cost < decision.plan.cost


def test_two_batteries_share_what_there_is() -> None:
    """Proves: 2 × 5 kW serve 8 kW."""
    found = plan(home([0.5], battery(100), battery(100, "second"), load=[8]))
    assert found.cost == pytest.approx(0)


def test_the_worth_of_a_stored_kwh_is_the_price_it_saves() -> None:
    """Proves: 1 kWh more in the battery saves a kWh at 0.50."""
    found = plan(home([0.1, 0.5], battery(10, max_charge_kw=1.0), load=[0, 5]))
    assert (of(found, "battery").value or ())[0] == pytest.approx(0.5, abs=1e-5)


def test_modes_say_what_a_person_would_see() -> None:
    """Charge from the grid, hold while buying, follow the home, feed in."""
    found = plan(
        home(
            [0.3, 0.1, 0.5, 0.5],
            battery(0),
            grid(export_limit_kw=1.0),
            load=[1, 0, 2, 0],
            export=[0, 0, 0, 0.4],
        )
    )
    assert [block.mode for block in of(found, "battery").blocks] == ["self", "charge", "self", "discharge"]
    held = plan(home([0.1, 0.5], battery(20, max_charge_kw=0.05), load=[2, 2]))
    assert of(held, "battery").blocks[0].mode in ("hold", "charge")


def test_nothing_is_burned_to_make_room_for_what_is_paid_for() -> None:
    """Taking and giving at once in the hour before would empty it by its losses, and earn 0.10 a kWh then; a battery
    cannot. What the plan says it does is what its level does.
    """
    efficient: dict[str, Any] = {"charge_efficiency": 0.9, "discharge_efficiency": 0.9}
    full = battery(100.0, **efficient)
    found = plan(home([0.2, 0.2, -0.4], full, grid(export_limit_kw=0.0), export=0.0))
    power, level = np.array(powers(found, "battery")), np.array(of(found, "battery").level)
    moved = np.where(power > 0, power * 0.9, power / 0.9)
    assert np.allclose(10.0 + np.cumsum(moved), level, atol=1e-4)


def test_a_car_that_is_not_ours_costs_the_same_without_us() -> None:
    """Proves: 2 kWh at 0.20 in the plan and in the baseline."""
    params = {"capacity_kwh": 10.0, "charge_efficiency": 1.0}
    state = {"soc_percent": 80.0, "power_kw": 2.0}
    found = plan(home([0.2, 0.2], asset("vehicle", params, state, controlled=False)))
    assert found.cost == pytest.approx(0.4)
    assert found.baseline_cost == pytest.approx(0.4)


def test_the_home_without_us_has_the_same_inverter() -> None:
    """Proves: of 5 kW it passes 2 on, with us and without."""
    found = plan(home([0.3], solar([5], 1, inverter_kw=2.0), export=0.1))
    assert found.baseline_cost == pytest.approx(-0.2)
    assert found.cost == pytest.approx(-0.2)
