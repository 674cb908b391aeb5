"""Why a wish is missed, and what would let it be met: each limit alone is what binds, and its remedy is enough."""

from datetime import timedelta
from typing import Any

import pytest

from custom_components.merit_order.engine.model.codec import to_json
from custom_components.merit_order.engine.model.plan import Shortfall
from custom_components.merit_order.engine.model.series import Series
from custom_components.merit_order.engine.model.snapshot import (
    AssetSpec,
    CapacityCharge,
    Need,
    Override,
    OverrideMode,
)
from tests.engine.homes import MIDNIGHT, asset, battery, grid, home, of, plan

HOUR = timedelta(hours=1)
type Told = dict[str, dict[str, float | str]]


def car(soc: float = 50.0, **params: Any) -> AssetSpec:
    """20 kWh at 4 kW without losses."""
    given: dict[str, Any] = {"capacity_kwh": 20.0, "max_kw": 4.0, "min_kw": 0.0, "charge_efficiency": 1.0}
    more = {key: params.pop(key) for key in ("needs", "overrides", "id") if key in params}
    state = {"connected": params.pop("connected", True), "soc_percent": soc}
    return asset("vehicle", given | params, state, **more)


def load(**params: Any) -> AssetSpec:
    more = {key: params.pop(key) for key in ("needs", "overrides", "id") if key in params}
    return asset("load", {"power_kw": 1.0} | params, **more)


def at(hours: float) -> str:
    return str(to_json(MIDNIGHT + hours * HOUR))


def missed(hours: int, *assets: AssetSpec, **more: Any) -> tuple[Shortfall, Told]:
    """The one shortfall of a home of one price, and its remedies."""
    found = plan(home([0.3] * hours, *assets, settings={"explain": True}, **more))
    [short] = found.shortfalls
    return short, {remedy.code: dict(remedy.values) for remedy in short.remedies}


def met(hours: int, *assets: AssetSpec, **more: Any) -> bool:
    return plan(home([0.3] * hours, *assets, **more)).shortfalls == ()


def test_too_little_time_is_told_with_how_much_more_or_how_much_power() -> None:
    """10 kWh in two hours at 4 kW: 2 short. Another hour would do, so would the next bigger charger."""
    leaves = [{"time": "02:00", "soc": 100.0}]
    short, told = missed(6, car(departures=leaves))
    assert short.limit == "time"
    assert short.amount == pytest.approx(10)
    assert told == {"more_time": {"by": at(3)}, "more_power": {"kw": 7.4}}
    assert met(6, car(departures=[{"time": "03:00", "soc": 100.0}]))
    assert met(6, car(departures=leaves, max_kw=7.4))


def test_too_weak_a_charger_is_the_cause_where_the_plan_has_no_more_time() -> None:
    """The horizon ends with the departure."""
    short, told = missed(2, car(departures=[{"time": "02:00", "soc": 100.0}]))
    assert (short.limit, told) == ("power", {"more_power": {"kw": 7.4}})


def test_a_car_that_is_away_is_told_when_it_would_have_to_be_back() -> None:
    """8 kWh by 06:00 take two hours: at 04:00 at the latest, and it is back at 05:00."""
    trip = {"time": "22:00", "soc": 50.0, "returns": "05:00"}
    spec = car(connected=False, departures=[trip, {"time": "06:00", "soc": 90.0}])
    short, told = missed(6, spec)
    assert (short.limit, told["plug_in"]) == ("away", {"by": at(4)})


def test_a_level_the_car_may_not_exceed() -> None:
    short, told = missed(
        6, car(max_soc=80.0, needs=(Need(amount=90, unit="percent", by=MIDNIGHT + 5 * HOUR),))
    )
    assert short.limit == "max_level"
    assert short.amount == pytest.approx(10)
    assert told == {"raise_max_level": {}}


def test_an_order_to_stay_off() -> None:
    order = Override(mode=OverrideMode.OFF, start=MIDNIGHT, end=MIDNIGHT + 5 * HOUR)
    short, told = missed(6, car(departures=[{"time": "05:00", "soc": 60.0}], overrides=(order,)))
    assert short.limit == "order"
    assert "lift_order" in told


def test_the_connection_and_how_big_it_would_have_to_be() -> None:
    """4 kWh within the hour beside 1 kW of the home: 5 kW."""
    spec = car(departures=[{"time": "01:00", "soc": 70.0}])
    short, told = missed(2, spec, grid(import_limit_kw=2.0), load=1.0)
    assert (short.limit, told) == ("import_limit", {"raise_import_limit": {"kw": 5.0}})
    assert met(2, spec, grid(import_limit_kw=5.0), load=1.0)


def test_the_fuse_of_a_phase() -> None:
    """4 kW on one phase are 17.4 A."""
    spec = car(departures=[{"time": "01:00", "soc": 70.0}], phase=1, phases=1)
    short, told = missed(1, spec, grid(phase_limit_a=10.0))
    assert (short.limit, told) == ("phase_limit", {"raise_phase_limit": {"ampere": 20.0}})


def test_the_reserve_of_a_battery_that_could_help_a_small_connection() -> None:
    """2 kW from the grid and 2 from a battery that keeps them for an outage."""
    spec = car(departures=[{"time": "01:00", "soc": 70.0}])
    short, told = missed(1, spec, grid(import_limit_kw=2.0), battery(50, reserve_soc=50))
    assert short.limit in ("reserve", "import_limit")
    assert told["lower_reserve"] == {"asset": "battery"}
    assert met(1, spec, grid(import_limit_kw=2.0), battery(50, reserve_soc=0))


def test_what_comes_first_and_what_both_would_need() -> None:
    """Two cars of which the connection can serve one."""
    leaves: dict[str, Any] = {"departures": [{"time": "01:00", "soc": 70.0}]}
    first, second = car(id="first", priority=1, **leaves), car(id="second", priority=9, **leaves)
    short, told = missed(1, first, second, grid(import_limit_kw=4.0))
    assert (short.asset, short.limit) == ("second", "others")
    assert told == {"raise_priority": {}, "raise_import_limit": {"kw": 8.0}}


def test_allowed_windows_of_a_load() -> None:
    spec = load(energy_kwh=2.0, contiguous=False, deadline="06:00", windows=[["00:00", "01:00"]])
    short, told = missed(6, spec)
    assert (short.limit, short.unit) == ("windows", "kWh")
    assert short.amount == pytest.approx(1)
    assert told["wider_windows"] == {}


def test_the_earliest_time_of_a_load() -> None:
    short, told = missed(3, load(run_minutes=120, earliest="02:00", deadline="03:00"))
    assert short.limit == "earliest"
    assert told == {"start_earlier": {}}


def test_the_most_starts_of_a_load() -> None:
    """Two allowed hours apart, and only one start."""
    spec = load(
        energy_kwh=2.0,
        contiguous=False,
        deadline="04:00",
        windows=[["00:00", "01:00"], ["03:00", "04:00"]],
        max_starts=1,
    )
    short, told = missed(4, spec)
    assert "more_starts" in told
    assert told["more_starts"] == {"starts": 2.0}
    assert short.limit in ("windows", "max_starts")


def test_the_least_times_of_a_load() -> None:
    """It must run three hours and may run one."""
    spec = load(
        energy_kwh=1.0, contiguous=False, deadline="04:00", windows=[["01:00", "02:00"]], min_on_minutes=180
    )
    told = missed(4, spec)[1]
    assert told["shorter_rests"] == {}


def test_a_load_that_waits_for_another() -> None:
    washer = load(id="washer", run_minutes=60, earliest="01:00", deadline="02:00")
    dryer = load(id="dryer", run_minutes=60, deadline="02:00", after="washer")
    short, told = missed(4, washer, dryer)
    assert (short.asset, short.limit) == ("dryer", "after")
    assert told["not_after"] == {"asset": "washer"}
    assert told["more_time"] == {"by": at(3)}


def test_the_power_of_a_heater_and_when_it_will_be_warm_after_all() -> None:
    """1 kW takes 3.5 hours for 30 K in 100 l: at 02:00 it is cold, before 05:00 it is not."""
    tank = asset(
        "hot_water",
        {
            "volume_l": 100.0, "power_kw": 1.0, "draw_kwh_day": 0.0, "loss_kwh_day": 0.0, "min_c": 20.0,
            "hot_at": ["02:00"], "hot_c": 50.0, "legionella_days": 0.0, "modulating": True,
        },
        {"temperature_c": 20.0},
    )  # fmt: skip
    short, told = missed(8, tank)
    assert (short.need, short.limit) == ("temperature", "power")
    assert told["more_power"] == {"kw": 2.0}
    found = of(plan(home([0.3] * 8, tank)), "hot_water").level or ()
    warm = next((t for t, celsius in enumerate(found) if celsius >= 49.9), None)
    assert told.get("more_time") == (None if warm is None else {"by": at(warm + 1)})


def test_a_room_that_cannot_be_warm_yet() -> None:
    outside = {"outdoor_c": Series.regular(MIDNIGHT, 60, [0.0] * 6)}
    room = asset(
        "heating",
        {
            "capacity_kwh_k": 2.0,
            "loss_kw_k": 0.1,
            "power_kw": 4.0,
            "cop": 1.0,
            "gains_kw": 0.0,
            "low_c": 20.0,
        },
        {"room_c": 17.0},
    )
    short, told = missed(6, room, **outside)
    assert (short.unit, short.limit) == ("celsius", "power")
    assert "more_time" in told


def test_a_need_is_worth_more_than_any_peak() -> None:
    """4 kWh in an hour raise the peak by 4 kW, each 50 EUR: it is paid, not missed."""
    charge = CapacityCharge(price_per_kw=50.0)
    assert met(1, car(departures=[{"time": "01:00", "soc": 70.0}], priority=9), capacity=charge)


def test_without_time_to_look_nothing_is_claimed() -> None:
    found = plan(home([0.3] * 2, car(departures=[{"time": "02:00", "soc": 100.0}])))
    assert [(short.limit, short.remedies) for short in found.shortfalls] == [(None, ())]
