"""Cars on hand-solved homes: 20 kWh, 4 kW, no losses unless told otherwise."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.merit_order.engine.assets import asset_kind
from custom_components.merit_order.engine.model.codec import from_json
from custom_components.merit_order.engine.model.plan import PlanStatus
from custom_components.merit_order.engine.model.snapshot import AssetSpec, Need, Override, OverrideMode
from tests.engine.homes import MIDNIGHT, asset, grid, home, of, plan, powers, solar

HOUR = timedelta(hours=1)


def car(soc: float | None = 50.0, *, connected: bool = True, **params: Any) -> AssetSpec:
    given: dict[str, Any] = {
        "capacity_kwh": 20.0,
        "max_kw": 4.0,
        "min_kw": 0.0,
        "charge_efficiency": 1.0,
        "discharge_efficiency": 1.0,
    }
    more = {key: params.pop(key) for key in ("needs", "overrides", "controlled") if key in params}
    state: dict[str, Any] = {"connected": connected} | ({} if soc is None else {"soc_percent": soc})
    return asset("vehicle", given | params, state, **more)


def leaves(time: str, soc: float, **more: Any) -> dict[str, Any]:
    return {"time": time, "soc": soc} | more


def test_it_is_ready_by_departure_at_the_cheapest_hours() -> None:
    """Proves: 6 kWh by 03:00 in the two cheapest hours. Sensitivity: without a departure it buys nothing."""
    prices = [0.5, 0.1, 0.2, 0.05]
    found = plan(home(prices, car(departures=[leaves("03:00", 80)])))
    assert powers(found, "vehicle") == [0, pytest.approx(4), pytest.approx(2), 0]
    assert powers(plan(home(prices, car())), "vehicle") == [0, 0, 0, 0]


def test_losses_are_bought_too() -> None:
    """Proves: 3.6 kWh in the battery are 4 kWh from the wall at 0.9."""
    found = plan(home([0.1, 0.1], car(charge_efficiency=0.9, departures=[leaves("02:00", 68)])))
    assert sum(powers(found, "vehicle")) == pytest.approx(4)


def test_it_charges_at_its_least_current_or_not_at_all() -> None:
    """Proves: 1 kW of sun is below the least 2 kW, so it buys 1. Sensitivity: without a least power it does not."""
    sun, need = solar([1, 1], 2), [leaves("02:00", 60)]
    assert plan(home([0.3, 0.3], car(departures=need), sun)).cost == pytest.approx(0)
    assert plan(home([0.3, 0.3], car(min_kw=2.0, departures=need), sun)).cost == pytest.approx(0.3)


def test_currents_and_phases_make_its_powers() -> None:
    """3 × 230 V × 16 A = 11.04 kW; 6 A on one phase = 1.38 kW."""
    given = {"capacity_kwh": 100.0, "mode": "asap", "charge_efficiency": 1.0}
    quick = asset("vehicle", given, {"soc_percent": 10})
    assert powers(plan(home([0.3], quick)), "vehicle") == [pytest.approx(11.04)]
    slow = asset("vehicle", given | {"phases": 1, "max_current_a": 6.0}, {"soc_percent": 10})
    assert powers(plan(home([0.3], slow)), "vehicle") == [pytest.approx(1.38)]


def by_current(soc: float = 50.0, **params: Any) -> AssetSpec:
    """40 kWh, 6 to 16 A on one phase: 1.38 to 3.68 kW."""
    given: dict[str, Any] = {"capacity_kwh": 40.0, "phases": 1, "charge_efficiency": 1.0}
    return asset("vehicle", given | params, {"connected": True, "soc_percent": soc})


def test_it_charges_in_whole_amperes() -> None:
    """Proves: behind 2.5 kW of sun it is offered 10 or 11 A, and has what it needs to the watt-hour. Sensitivity:
    without steps it follows the sun exactly.
    """
    need, sun = [leaves("04:00", 75)], solar(2.5, 4)
    stepped = powers(plan(home([0.3] * 4, by_current(departures=need), sun)), "vehicle")
    amperes = [kw / 0.23 for kw in stepped]
    assert all(abs(a - round(a)) < 1e-6 for a in amperes[:-1])
    assert {round(a) for a in amperes[:-1]} <= {10, 11}
    assert sum(stepped) == pytest.approx(10)
    exact = powers(plan(home([0.3] * 4, by_current(departures=need, current_step_a=0.0), sun)), "vehicle")
    assert exact == pytest.approx([2.5] * 4)


def test_steps_never_cost_a_need_or_break_a_limit() -> None:
    """Proves: where the connection allows 2.5 kW and the need takes all of it, 2.5 kW it is."""
    found = plan(home([0.3] * 4, by_current(departures=[leaves("04:00", 75)]), grid(import_limit_kw=2.5)))
    assert powers(found, "vehicle") == pytest.approx([2.5] * 4)
    assert found.shortfalls == ()


def test_on_one_phase_it_follows_less_sun() -> None:
    """Proves: with phases that switch it takes 2 kW of sun and, when it must, 11 kW. Sensitivity: on three phases it
    takes 4.14 kW or nothing.
    """
    sun = solar([2, 2, 0], 3)
    free: dict[str, Any] = {"current_step_a": 0.0, "phases": 3, "departures": [leaves("02:00", 60)]}
    assert plan(home([0.3] * 3, by_current(phase_switching=True, **free), sun)).cost == pytest.approx(0)
    assert plan(home([0.3] * 3, by_current(**free), sun)).cost == pytest.approx((4 - 2) * 0.3, abs=0.05)
    quick: dict[str, Any] = {"phase_switching": True, "phases": 3, "mode": "asap"}
    assert powers(plan(home([0.3], by_current(**quick))), "vehicle") == [pytest.approx(11.04)]


def test_between_one_phase_and_three_there_is_nothing() -> None:
    """Proves: 3.9 kW of sun are 16 A on one phase or 6 A on three."""
    params: dict[str, Any] = {"phase_switching": True, "phases": 3, "departures": [leaves("04:00", 89)]}
    found = powers(plan(home([0.3] * 4, by_current(**params), solar(3.9, 4))), "vehicle")
    assert all(kw == pytest.approx(3.68) or kw >= 4.14 - 1e-6 for kw in found[:-1])


def test_least_times_keep_it_from_toggling() -> None:
    """Proves: two hours at a time. Sensitivity: without them the two cheapest single hours."""
    prices, need = [0.1, 0.5, 0.1, 0.3, 0.6], [leaves("05:00", 90)]
    assert powers(plan(home(prices, car(departures=need))), "vehicle") == [4, 0, 4, 0, 0]
    steady = car(departures=need, min_kw=4.0, min_on_minutes=120)
    assert powers(plan(home(prices, steady)), "vehicle") == [0, 0, 4, 4, 0]
    rests = car(departures=need, min_kw=4.0, min_off_minutes=120)
    assert powers(plan(home([0.05, *prices[1:]], rests)), "vehicle") == [4, 0, 0, 4, 0]


def test_away_it_does_not_charge_and_the_trip_is_paid_for_after() -> None:
    """Proves: gone from 01:00 to 03:00, back with 4 kWh less: 04:00 wants them. The free hours away do not count."""
    trip = [leaves("01:00", 50, trip_kwh=4.0, returns="03:00"), leaves("04:00", 50)]
    found = plan(home([0.6, 0.0, 0.0, 0.5], car(departures=trip)))
    assert powers(found, "vehicle") == [0, 0, 0, pytest.approx(4)]
    assert of(found, "vehicle").level == pytest.approx((10, 6, 6, 10))


def test_unplugged_it_waits_for_its_return() -> None:
    """Proves: away now, back at 02:00. Sensitivity: plugged in it would take the free hour."""
    weekly = [leaves("23:00", 50, returns="02:00"), leaves("04:00", 70)]
    away = plan(home([0.0, 0.0, 0.3, 0.3], car(connected=False, departures=weekly)))
    assert powers(away, "vehicle")[:2] == [0, 0]
    assert sum(powers(away, "vehicle")) == pytest.approx(4)
    assert plan(home([0.0, 0.0, 0.3, 0.3], car(departures=weekly[1:]))).cost == pytest.approx(0)


def test_away_without_a_known_return_it_is_taken_to_be_back_in_the_evening() -> None:
    """Proves: away, wanted at 07:00 tomorrow: charged from 18:00 on, said to be assumed, and nothing is short.
    Sensitivity: wanted by nobody it stays away, free hours or not.
    """
    prices = [0.0] * 18 + [0.3] * 14
    away = plan(home(prices, car(connected=False, departures=[leaves("07:00", 90, weekdays=[1])])))
    kw = powers(away, "vehicle")
    assert sum(kw[:18]) == 0
    assert sum(kw[18:31]) == pytest.approx(8)
    assert away.shortfalls == ()
    assert [s.reason for s in away.inputs if s.key == "vehicle:vehicle"] == ["no_return"]
    assert sum(powers(plan(home(prices, car(connected=False, max_discharge_kw=2.0))), "vehicle")) == 0


def test_late_or_wanted_before_the_evening_it_is_taken_to_be_back_soon() -> None:
    """Proves: in an hour, when it should have been back an hour ago, and when it is wanted at noon."""
    late = [leaves("10:00", 50, returns="23:00"), leaves("07:00", 70)]
    kw = powers(plan(home([0.3] * 8, car(connected=False, departures=late))), "vehicle")
    assert kw[0] == 0
    assert sum(kw) == pytest.approx(4)
    noon = powers(plan(home([0.3] * 13, car(connected=False, departures=[leaves("12:00", 70)]))), "vehicle")
    assert noon[0] == 0
    assert sum(noon) == pytest.approx(4)


def test_departures_by_weekday() -> None:
    """Proves: Tuesday's departure asks nothing of a Monday. Sensitivity: Monday's does."""
    assert (
        sum(powers(plan(home([0.3] * 4, car(departures=[leaves("03:00", 80, weekdays=[1])]))), "vehicle"))
        == 0
    )
    monday = plan(home([0.3] * 4, car(departures=[leaves("03:00", 80, weekdays=[0])])))
    assert sum(powers(monday, "vehicle")) == pytest.approx(6)


def test_one_off_needs_in_percent_and_kwh() -> None:
    percent = Need(amount=70, unit="percent", by=MIDNIGHT + 2 * HOUR)
    assert powers(plan(home([0.5, 0.1, 0.0], car(needs=(percent,)))), "vehicle") == [0, pytest.approx(4), 0]
    kwh = Need(amount=3, unit="kwh", by=MIDNIGHT + 2 * HOUR)
    unknown = car(None, capacity_kwh=None, needs=(kwh,))
    assert powers(plan(home([0.5, 0.1, 0.0], unknown)), "vehicle") == [0, pytest.approx(3), 0]


def test_a_departure_that_cannot_be_met_is_named() -> None:
    """Proves: 4 of 10 kWh in the hour left: 30 % short."""
    found = plan(home([0.3, 0.3], car(departures=[leaves("01:00", 100)]), settings={"explain": True}))
    [short] = found.shortfalls
    assert (short.need, short.unit, short.limit) == ("departure", "percent", "power")
    assert short.amount == pytest.approx(30)
    assert short.by == MIDNIGHT + HOUR


def test_below_its_least_level_it_charges_at_once() -> None:
    """Proves: up to 30 % whatever it costs. Sensitivity: without a least level it waits for nothing."""
    assert powers(plan(home([0.9, 0.1], car(10, min_soc=30))), "vehicle") == [pytest.approx(4), 0]
    assert powers(plan(home([0.9, 0.1], car(10))), "vehicle") == [0, 0]


def test_as_soon_as_possible() -> None:
    """Proves: the dear hour first. Sensitivity: cheapest waits."""
    need = [leaves("03:00", 80)]
    assert powers(plan(home([0.9, 0.5, 0.1], car(mode="asap", departures=need))), "vehicle") == [4, 2, 0]
    assert powers(plan(home([0.9, 0.5, 0.1], car(departures=need))), "vehicle") == pytest.approx([0, 2, 4])


def test_solar_only_takes_nothing_from_the_grid() -> None:
    """Proves: 3 kWh of sun and no more, though the departure asks 6."""
    spec = car(mode="solar", departures=[leaves("03:00", 80)])
    assert powers(plan(home([0.1, 0.1, 0.1], spec, solar([0, 3, 0], 3))), "vehicle") == [
        0,
        pytest.approx(3),
        0,
    ]


def test_it_feeds_the_house_down_to_its_floor() -> None:
    """Proves: 4 kWh above the floor of 30 % serve the house. Sensitivity: a car that cannot gives nothing."""
    v2h = car(max_discharge_kw=4.0, floor_soc=30)
    found = plan(home([0.9, 0.9], v2h, load=[4, 4]))
    assert sum(powers(found, "vehicle")) == pytest.approx(-4)
    assert min(of(found, "vehicle").level or ()) >= 6 - 1e-6
    assert found.cost < 7.2 - 0.1
    assert plan(home([0.9, 0.9], car(), load=[4, 4])).cost == pytest.approx(7.2)


def test_two_cars_share_a_connection() -> None:
    """Proves: 4 kW serve both by 03:00, the one that leaves at 01:00 first."""
    first = replace(car(departures=[leaves("01:00", 70)]), id="first")
    second = replace(car(departures=[leaves("03:00", 90)]), id="second")
    found = plan(home([0.3] * 3, first, second, grid(import_limit_kw=4.0)))
    assert found.shortfalls == ()
    assert powers(found, "first") == pytest.approx([4, 0, 0])
    assert powers(found, "second") == pytest.approx([0, 4, 4])


def test_it_does_not_charge_and_feed_at_once_when_power_costs_less_than_nothing() -> None:
    """Proves: it takes 4 kW and burns none of them in its own losses."""
    v2h = car(max_discharge_kw=4.0, floor_soc=0, v2g=True, discharge_efficiency=0.8)
    found = plan(home([-0.5], v2h, export=-0.5))
    assert powers(found, "vehicle") == [pytest.approx(4)]
    assert of(found, "vehicle").level == pytest.approx((14,))


def test_a_trip_may_go_below_the_floor_that_feeding_the_house_keeps() -> None:
    """Proves: the house gets nothing below 40 %, the trip takes it to 20 %."""
    trip = leaves("01:00", 0, trip_kwh=4.0, returns="02:00")
    found = plan(home([0.9] * 3, car(40, max_discharge_kw=4.0, floor_soc=40, departures=[trip]), load=1.0))
    assert of(found, "vehicle").level == pytest.approx((8, 4, 4))


def test_it_feeds_the_grid_only_if_it_may() -> None:
    """Proves: at 0.9 out it sells with v2g. Sensitivity: without it nothing goes out."""
    prices, out = [0.1, 0.1, 0.1, 0.1], [0.9, 0, 0, 0]
    sells = plan(home(prices, car(max_discharge_kw=4.0, floor_soc=0, v2g=True), export=out))
    assert powers(sells, "grid")[0] == pytest.approx(-4)
    keeps = plan(home(prices, car(max_discharge_kw=4.0, floor_soc=0), export=out))
    assert powers(keeps, "grid")[0] == pytest.approx(0)


def test_wear_makes_feeding_the_house_dearer() -> None:
    """Proves: 0.6 of wear and 0.3 for the kWh anew are more than 0.5."""
    spec = car(max_discharge_kw=4.0, floor_soc=0, wear_cost=0.6)
    assert powers(plan(home([0.5, 0.3], spec, load=[4, 0])), "vehicle")[0] == pytest.approx(0)


def test_an_order_wins() -> None:
    on = Override(mode=OverrideMode.ON, start=MIDNIGHT, end=MIDNIGHT + HOUR, power_kw=3.0)
    assert powers(plan(home([0.9, 0.1], car(overrides=(on,)))), "vehicle")[0] == pytest.approx(3)
    off = Override(mode=OverrideMode.OFF, start=MIDNIGHT, end=MIDNIGHT + HOUR)
    spec = car(overrides=(off,), departures=[leaves("02:00", 60)])
    assert powers(plan(home([0.1, 0.9], spec)), "vehicle") == [0, pytest.approx(2)]


def test_an_unknown_level_is_assumed_and_said() -> None:
    found = plan(home([0.3] * 3, car(None, departures=[leaves("03:00", 60)])))
    assert found.status is PlanStatus.PROVISIONAL
    assert sum(powers(found, "vehicle")) == pytest.approx(2)


def test_what_a_person_answers_becomes_a_weekly_pattern() -> None:
    kind = asset_kind("vehicle")
    made = kind.from_options(
        {
            "capacity_kwh": 60.0,
            "phases": 3.0,
            "departure": "07:30:00",
            "departure_soc": 70.0,
            "departure_weekdays": ["mon"],
        }
    )
    params: Any = from_json(kind.params, made)
    assert params.departures[0].weekdays == (0,)
    assert params.departures[0].soc == 70.0
