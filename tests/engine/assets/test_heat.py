"""Tanks and rooms: the model against its differential equation, and hand-solved plans."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from custom_components.merit_order.engine.assets import asset_kind
from custom_components.merit_order.engine.assets._thermal import cop_at, one_mass, step, two_masses
from custom_components.merit_order.engine.model.codec import from_json
from custom_components.merit_order.engine.model.plan import Health
from custom_components.merit_order.engine.model.series import Forecast, Series
from custom_components.merit_order.engine.model.snapshot import AssetSpec, Need, Override, OverrideMode
from tests.engine.homes import MIDNIGHT, asset, home, of, plan, powers

HOUR = timedelta(hours=1)


def tank(celsius: float | None = 50.0, **params: Any) -> AssetSpec:
    """100 l (0.1163 kWh/K), nothing drawn, no loss, 2 kW, never below 40 °C."""
    given: dict[str, Any] = {
        "volume_l": 100.0, "power_kw": 2.0, "draw_kwh_day": 0.0, "loss_kwh_day": 0.0, "min_c": 40.0,
        "hot_at": [], "legionella_days": 0.0, "modulating": True,
    }  # fmt: skip
    more = {key: params.pop(key) for key in ("needs", "overrides", "controlled") if key in params}
    state = {} if celsius is None else {"temperature_c": celsius, "disinfected": MIDNIGHT.isoformat()}
    return asset("hot_water", given | params, state, **more)


def room(celsius: float | None = 20.0, **params: Any) -> AssetSpec:
    """1 kWh/K, 0.1 kW/K, direct heating of 2 kW, 20 to 22 °C, no gains."""
    given: dict[str, Any] = {
        "capacity_kwh_k": 1.0, "loss_kw_k": 0.1, "power_kw": 2.0, "cop": 1.0, "gains_kw": 0.0, "low_c": 20.0,
        "high_c": 22.0,
    }  # fmt: skip
    more = {key: params.pop(key) for key in ("needs", "overrides", "controlled") if key in params}
    return asset("heating", given | params, {} if celsius is None else {"room_c": celsius}, **more)


def outdoors(celsius: float, hours: int) -> dict[str, Any]:
    return {"outdoor_c": Series.regular(MIDNIGHT, 60, np.full(hours, celsius))}


def test_a_step_is_the_exact_solution_of_one_mass() -> None:
    """exp(−t / RC) for the state, its integral for the input."""
    ad, bd = step(one_mass(2.0, 0.5, np.zeros(1), 0.0), 3.0)
    assert ad[0, 0] == pytest.approx(np.exp(-0.75))
    assert bd[0, 0] == pytest.approx((1 - np.exp(-0.75)) / 0.25)


def test_a_step_of_two_masses_agrees_with_small_ones() -> None:
    """Proves: one step of 2 h equals 4,000 Euler steps within their error."""
    dynamics = two_masses(2.0, 0.3, 5.0, 1.0, np.full(1, 4.0), 0.2)
    ad, bd = step(dynamics, 2.0)
    x = np.array([20.0, 24.0])
    exact = ad @ x + bd @ (dynamics.drift[0] + dynamics.heat * 1.5)
    for _ in range(4000):
        x = x + (dynamics.a @ x + dynamics.drift[0] + dynamics.heat * 1.5) * 2.0 / 4000
    assert exact == pytest.approx(x, abs=1e-3)


def test_a_stiff_model_stays_stable() -> None:
    ad, _ = step(one_mass(0.001, 5.0, np.zeros(1), 0.0), 1.0)
    assert 0 <= ad[0, 0] < 1e-9


def test_the_cop_falls_with_the_cold_and_the_flow() -> None:
    at = cop_at(3.5, np.array([7.0, -10.0, 15.0]), 35.0)
    assert at[0] == pytest.approx(3.5)
    assert at[1] < 3.5 < at[2]
    assert cop_at(3.5, np.array([7.0]), 55.0)[0] < 3.5


def test_water_is_heated_in_the_cheap_hour_before_it_must_be_hot() -> None:
    """Proves: 10 K × 0.1163 = 1.163 kWh at 0.1. Sensitivity: with nothing to be hot for it buys nothing."""
    need = Need(amount=60, unit="celsius", by=MIDNIGHT + 3 * HOUR)
    found = plan(home([0.5, 0.1, 0.5], tank(needs=(need,))))
    assert powers(found, "hot_water") == [0, pytest.approx(1.163), 0]
    assert sum(powers(plan(home([0.5, 0.5, 0.5], tank(hot_c=40.0))), "hot_water")) == pytest.approx(0)


def test_what_is_drawn_and_lost_is_made_up() -> None:
    """Proves: 24 kWh a day drawn is 1 kW on average; the tank at its least stays there."""
    drawn = tank(40.0, draw_kwh_day=4.0, hot_c=40.0)
    found = plan(home([0.3] * 24, drawn))
    assert sum(powers(found, "hot_water")) == pytest.approx(4, abs=0.1)
    assert min(of(found, "hot_water").level or ()) >= 40 - 1e-6
    lossy = plan(home([0.3] * 24, tank(40.0, loss_kwh_day=1.5, hot_c=40.0)))
    assert sum(powers(lossy, "hot_water")) == pytest.approx(1.5 * 22 / 45, abs=0.05)


def test_it_is_hot_at_the_wished_times() -> None:
    """Proves: 55 °C at 02:00. Sensitivity: without the time it stays at 50."""
    found = of(plan(home([0.3, 0.3, 0.3], tank(hot_at=["02:00"], hot_c=55.0))), "hot_water")
    assert (found.level or ())[1] == pytest.approx(55)


def test_a_heat_pump_needs_less() -> None:
    """Proves: with a COP the same water takes less than half the power."""
    need = Need(amount=60, unit="celsius", by=MIDNIGHT + 3 * HOUR)
    pump = plan(home([0.3] * 3, tank(needs=(need,), cop=3.5, hot_c=50.0), **outdoors(7, 3)))
    assert 0 < sum(powers(pump, "hot_water")) < 0.6


def test_hygiene_once_a_week_in_the_cheapest_hour() -> None:
    """Proves: overdue, it is brought to 60 °C where that is cheapest. Sensitivity: done today, it is not."""
    prices = [0.5] * 10 + [0.1] + [0.5] * 15
    overdue = asset(
        "hot_water", dict(tank().params) | {"legionella_days": 7.0, "hot_c": 50.0}, {"temperature_c": 50.0}
    )
    found = plan(home(prices, overdue))
    assert max(of(found, "hot_water").level or ()) == pytest.approx(60, abs=0.01)
    assert powers(found, "hot_water")[10] == pytest.approx(1.163, abs=0.01)
    done = plan(home(prices, tank(legionella_days=7.0, hot_c=50.0)))
    assert max(of(done, "hot_water").level or ()) < 55


def test_hygiene_is_not_put_off_from_night_to_night() -> None:
    """Proves: overdue since yesterday it is done within hours. Sensitivity: due in ten hours it waits for the cheap
    one.
    """
    prices = [0.5] * 8 + [0.1] + [0.5] * 15
    given = dict(tank().params) | {"legionella_days": 7.0, "hot_c": 50.0}

    def heated(days_ago: float) -> int:
        state = {"temperature_c": 50.0, "disinfected": (MIDNIGHT - timedelta(days=days_ago)).isoformat()}
        level = of(plan(home(prices, asset("hot_water", given, state))), "hot_water").level or ()
        return next(t for t, celsius in enumerate(level) if celsius > 59.9)

    assert heated(8) < 6
    assert heated(7 - 10 / 24) == 8


def test_more_drawn_than_can_be_heated_leaves_it_no_colder_than_the_main() -> None:
    """100 kWh a day through 2 kW: a wish that cannot be met is named, and there is a plan all the same."""
    found = plan(home([0.2] * 24, tank(draw_kwh_day=100.0)))
    water = of(found, "hot_water").level or ()
    assert min(water) >= 10.0 - 1e-6
    # Not overheated for it either: 65 °C is the most, and its thermostat leaves 3 °C.
    assert max(water) <= 68.0 + 1e-6
    assert "temperature" in {short.need for short in found.shortfalls}


def test_draws_that_are_given_are_planned_for() -> None:
    """Proves: 1 kW drawn in the third hour is heated before. Sensitivity: drawn by nobody nothing is heated."""
    draw = Forecast(Series.regular(MIDNIGHT, 60, np.array([0.0, 0.0, 1.0])))
    spec = tank(40.0, hot_c=40.0)
    assert sum(
        powers(plan(home([0.3] * 3, replace(spec, series={"draw": draw}))), "hot_water")
    ) == pytest.approx(1)
    assert sum(powers(plan(home([0.3] * 3, spec)), "hot_water")) == pytest.approx(0)


def test_water_is_never_hotter_than_it_may_be() -> None:
    """Proves: a free hour fills it to 55 °C. Sensitivity: to 65 °C where it may."""
    for most in (55.0, 65.0):
        found = of(plan(home([-0.1, 0.5], tank(max_c=most, power_kw=4.0))), "hot_water")
        assert max(found.level or ()) == pytest.approx(most, abs=0.01)


def test_a_least_running_time_keeps_a_heat_pump_from_toggling() -> None:
    """Proves: two hours at a time, two hours of rest. Sensitivity: without them it follows each cheap hour."""
    prices = [0.1, 0.5] * 6
    mild = outdoors(14, 12)

    def starts(**times: float) -> list[int]:
        found = powers(plan(home(prices, room(21.0, min_power_kw=1.5, **times), **mild)), "heating")
        on = [p > 0.01 for p in found]
        ends = [t for t in range(1, 12) if on[t] != on[t - 1]]
        return [b - a for a, b in pairwise(ends)]

    assert min(starts(), default=9) == 1
    assert min(starts(min_on_minutes=120.0, min_off_minutes=120.0), default=9) >= 2


def test_a_heat_pump_prefers_the_warm_hours() -> None:
    """Proves: at one price it heats ahead in the mild hours, when it gets more out of a kWh. Sensitivity: directly
    heated it does not.
    """
    outside: dict[str, Any] = {"outdoor_c": Series.regular(MIDNIGHT, 60, np.array([10.0] * 3 + [-5.0] * 3))}
    ahead = powers(plan(home([0.3] * 6, room(cop=3.5), **outside)), "heating")
    direct = powers(plan(home([0.3] * 6, room(cop=1.0, power_kw=4.0), **outside)), "heating")
    held = of(plan(home([0.3] * 6, room(cop=3.5), **outside)), "heating").level or ()
    assert held[2] > 20.1
    assert (of(plan(home([0.3] * 6, room(cop=1.0, power_kw=4.0), **outside)), "heating").level or ())[
        2
    ] < 20.1
    assert sum(ahead) < sum(direct)


def test_on_off_heaters_run_whole_slots() -> None:
    """Proves: all or nothing, and the wish is kept."""
    need = Need(amount=60, unit="celsius", by=MIDNIGHT + 3 * HOUR)
    found = plan(home([0.3, 0.1, 0.2], tank(needs=(need,), modulating=False, max_c=80)))
    assert set(powers(found, "hot_water")) <= {0.0, 2.0}
    assert (of(found, "hot_water").level or ())[2] >= 60 - 1e-6


def test_rooms_are_kept_warm_and_no_warmer_than_pays() -> None:
    """Proves: steady 20 °C at 0 °C outside takes 0.1 × 20 = 2 kW. Sensitivity: at 10 °C outside 1 kW."""
    cold = powers(plan(home([0.3] * 3, room(), **outdoors(0, 3))), "heating")
    assert cold == pytest.approx([2, 2, 2], abs=0.01)
    mild = powers(plan(home([0.3] * 3, room(), **outdoors(10, 3))), "heating")
    assert mild[0] == pytest.approx(1, abs=0.01)


def test_rooms_are_warmed_ahead_when_that_is_cheap() -> None:
    """Proves: before a dear hour it heats above the band's foot. Sensitivity: at one price it does not."""
    ahead = of(plan(home([0.05, 0.9, 0.9], room(), **outdoors(10, 3))), "heating")
    assert (ahead.level or ())[0] > 20.5
    flat = of(plan(home([0.3, 0.3, 0.3], room(), **outdoors(10, 3))), "heating")
    assert (flat.level or ())[0] == pytest.approx(20, abs=0.01)


def test_a_setback_by_time_saves() -> None:
    """Proves: cooler until 02:00 costs less, and it is warm again by then."""
    night = [{"start": "00:00", "end": "02:00", "low": 17.0, "high": 22.0}]
    prices = [0.3] * 4
    lower = plan(home(prices, room(periods=night, power_kw=4.0), **outdoors(5, 4)))
    assert lower.cost < plan(home(prices, room(power_kw=4.0), **outdoors(5, 4))).cost
    assert (of(lower, "heating").level or ())[2] >= 20 - 1e-6


def test_warm_by_a_time() -> None:
    need = Need(amount=21.5, unit="celsius", by=MIDNIGHT + 2 * HOUR)
    found = of(plan(home([0.3] * 3, room(needs=(need,), power_kw=4.0), **outdoors(10, 3))), "heating")
    assert (found.level or ())[1] == pytest.approx(21.5)


def test_too_weak_a_heater_is_named() -> None:
    """Proves: 1 kW cannot hold 20 °C at −10 °C; how cold it gets is told."""
    found = plan(home([0.3] * 4, room(power_kw=1.0), **outdoors(-10, 4)))
    [short] = found.shortfalls
    assert (short.asset, short.unit) == ("heating", "celsius")
    assert short.amount > 1


def test_underfloor_heating_reacts_late() -> None:
    """Proves: heat put into the slab now warms the room later: it starts before the radiators would."""
    slow: dict[str, Any] = {"emitter": "underfloor", "floor_kwh_k": 5.0, "floor_kw_k": 0.5, "power_kw": 6.0}
    need = Need(amount=21.0, unit="celsius", by=MIDNIGHT + 4 * HOUR)
    floor = powers(plan(home([0.3] * 5, room(needs=(need,), **slow), **outdoors(10, 5))), "heating")
    radiators = powers(plan(home([0.3] * 5, room(needs=(need,), power_kw=6.0), **outdoors(10, 5))), "heating")
    assert sum(floor[:3]) > sum(radiators[:3]) + 1


def test_a_least_power_is_kept() -> None:
    """Proves: 1.5 kW or nothing, where 1 kW would do."""
    found = powers(plan(home([0.3] * 4, room(min_power_kw=1.5), **outdoors(10, 4))), "heating")
    assert all(p < 1e-6 or p >= 1.5 - 1e-6 for p in found)


@pytest.mark.parametrize("spec", [tank(None), room(None), tank(1e6), room(-300)])
def test_without_a_believable_temperature_it_is_left_out_and_said(spec: AssetSpec) -> None:
    found = plan(home([0.3], spec, **outdoors(5, 1)))
    assert found.asset(spec.id) is None
    assert [s.health for s in found.inputs if s.key == f"{spec.kind}:{spec.id}"] == [Health.MISSING]


def test_an_order_wins() -> None:
    on = Override(mode=OverrideMode.ON, start=MIDNIGHT, end=MIDNIGHT + HOUR)
    assert powers(plan(home([0.9, 0.1], tank(overrides=(on,), max_c=90))), "hot_water")[0] == pytest.approx(2)
    off = Override(mode=OverrideMode.OFF, start=MIDNIGHT, end=MIDNIGHT + HOUR)
    assert powers(plan(home([0.1, 0.3], room(overrides=(off,)), **outdoors(5, 2))), "heating")[0] == 0


def test_what_is_not_ours_is_foreseen_as_its_thermostat() -> None:
    """Proves: it holds the foot of the band all the time, cheap hour or not."""
    found = powers(plan(home([0.05, 0.9, 0.9], room(controlled=False), **outdoors(10, 3))), "heating")
    assert found == pytest.approx([1, 1, 1], abs=0.01)


def test_what_a_person_answers_becomes_times_of_day() -> None:
    """Twice the same time is once; a cooler time needs both its ends."""
    tank_kind, rooms = asset_kind("hot_water"), asset_kind("heating")
    assert tank_kind.from_options({"hot_at": "06:00", "hot_again_at": "19:30"})["hot_at"] == [
        "06:00",
        "19:30",
    ]
    assert tank_kind.from_options({"hot_at": "07:00", "hot_again_at": "07:00"})["hot_at"] == ["07:00"]
    night = {"cooler_from": "22:00:00", "cooler_until": "06:00:00", "cooler_c": 16.0, "priority": 3.0}
    made = rooms.from_options(night)
    assert made == {"periods": [{"start": "22:00:00", "end": "06:00:00", "low": 16.0}], "priority": 3}
    params: Any = from_json(rooms.params, made)
    assert params.periods[0].low == 16.0
    assert "periods" not in rooms.from_options({"cooler_from": "22:00"})
