"""Any home gets a plan or a clear InputError: random ones, and ones that mean harm."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custom_components.merit_order.engine.model.codec import from_json, to_json
from custom_components.merit_order.engine.model.errors import InputError
from custom_components.merit_order.engine.model.plan import Health, Plan, PlanStatus
from custom_components.merit_order.engine.model.series import Forecast
from custom_components.merit_order.engine.model.snapshot import (
    AssetSpec,
    CapacityCharge,
    Need,
    Override,
    OverrideMode,
    Snapshot,
)
from custom_components.merit_order.engine.pipeline import think
from tests.engine.homes import MIDNIGHT, home, series

HOURS = 12
CALM = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)

sane = st.floats(0, 20, allow_nan=False)
price = st.one_of(st.floats(-0.6, 1.0), st.sampled_from([0.0, 0.25, -0.5, 15.0, -2.0]))
hostile = st.one_of(sane, st.sampled_from([float("nan"), float("inf"), -1.0, 1e9, 0.0, 1e-9]))
clock = st.sampled_from(["00:00", "06:30", "07:00", "12:00", "23:59", "03:17:20"])


def prices() -> st.SearchStrategy[list[float]]:
    return st.lists(price, min_size=HOURS, max_size=HOURS)


def hourly(values: st.SearchStrategy[float]) -> st.SearchStrategy[list[float]]:
    return st.lists(values, min_size=HOURS, max_size=HOURS)


def maybe(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


type Table = dict[str, dict[str, st.SearchStrategy[Any]]]


def _power_params(number: st.SearchStrategy[float], percent: st.SearchStrategy[float]) -> Table:
    share = st.one_of(st.floats(0.5, 1.0), number)
    return {
        "grid": {
            "import_limit_kw": number,
            "export_limit_kw": number,
            "phase_limit_a": number,
            "export_when_negative": st.booleans(),
        },
        "solar": {"curtailable": st.booleans(), "inverter_kw": number},
        "battery": {
            "capacity_kwh": number,
            "max_charge_kw": number,
            "max_discharge_kw": number,
            "min_soc": percent,
            "max_soc": percent,
            "reserve_soc": percent,
            "charge_efficiency": share,
            "charge_efficiency_at": st.lists(st.tuples(percent, share), max_size=3),
            "discharge_efficiency_at": st.lists(st.tuples(percent, share), max_size=2),
            "wear_cost": number,
            "taper_soc": percent,
            "ramp_kw_per_h": number,
            "inverter": st.sampled_from(["solar0", "solar1", "nobody"]),
            "grid_charge": st.booleans(),
            "export": st.booleans(),
        },
        "load": {
            "mode": st.sampled_from(["needed", "optional"]),
            "phase": st.integers(1, 3),
            "power_kw": number,
            "energy_kwh": number,
            "run_minutes": number,
            "runs_per_day": st.integers(0, 3),
            "deadline": clock,
            "earliest": clock,
            "contiguous": st.booleans(),
            "variable_power": st.booleans(),
            "priority": st.integers(1, 9),
            "min_on_minutes": number,
            "min_off_minutes": number,
            "max_starts": st.integers(0, 2),
            "windows": st.lists(st.tuples(clock, clock), max_size=2),
            "profile_kw": st.lists(number, max_size=4),
            "worth": number,
            "from_grid": st.booleans(),
            "from_battery": st.booleans(),
            "after": st.sampled_from(["load0", "load1", "load2", "nobody"]),
        },
    }


def _need_params(number: st.SearchStrategy[float], percent: st.SearchStrategy[float]) -> Table:
    return {
        "vehicle": {
            "capacity_kwh": number,
            "phases": st.integers(1, 3),
            "phase_switching": st.booleans(),
            "min_current_a": number,
            "max_current_a": number,
            "current_step_a": number,
            "max_kw": number,
            "mode": st.sampled_from(["cheapest", "solar", "asap"]),
            "max_discharge_kw": number,
            "floor_soc": percent,
            "min_soc": percent,
            "max_soc": percent,
            "v2g": st.booleans(),
            "min_on_minutes": number,
            "min_off_minutes": number,
            "priority": st.integers(1, 9),
            "departures": st.lists(
                maybe(time=clock, soc=percent, trip_kwh=number, returns=clock), max_size=2
            ),
        },
        "hot_water": {
            "volume_l": number,
            "power_kw": number,
            "cop": number,
            "modulating": st.booleans(),
            "min_c": percent,
            "hot_c": percent,
            "hot_at": st.lists(clock, max_size=2),
            "draw_kwh_day": number,
            "legionella_days": number,
        },
        "heating": {
            "emitter": st.sampled_from(["radiators", "underfloor"]),
            "power_kw": number,
            "min_power_kw": number,
            "modulating": st.booleans(),
            "capacity_kwh_k": number,
            "loss_kw_k": number,
            "low_c": percent,
            "floor_kwh_k": number,
            "floor_kw_k": number,
            "gains_kw": number,
        },
    }


def params_of(kind: str, number: st.SearchStrategy[float]) -> st.SearchStrategy[dict[str, Any]]:
    percent = st.one_of(st.floats(0, 100), number)
    return maybe(**(_power_params(number, percent) | _need_params(number, percent))[kind])


STATES: dict[str, dict[str, Any]] = {
    "grid": {"power_kw": hostile},
    "solar": {"power_kw": hostile},
    "battery": {
        "soc_percent": st.one_of(st.floats(-20, 120), hostile),
        "capacity_kwh": hostile,
        "max_charge_kw": hostile,
    },
    "load": {"done_kwh": hostile, "done_runs": st.integers(0, 5), "on": st.booleans(), "typical_kw": hostile},
    "vehicle": {
        "soc_percent": st.one_of(st.floats(-20, 120), hostile),
        "connected": st.booleans(),
        "power_kw": hostile,
    },
    "hot_water": {"temperature_c": st.one_of(st.floats(-20, 120), hostile), "power_kw": hostile},
    "heating": {"room_c": st.one_of(st.floats(-20, 50), hostile), "floor_c": hostile, "power_kw": hostile},
}


@st.composite
def assets(draw: st.DrawFn, number: st.SearchStrategy[float]) -> tuple[AssetSpec, ...]:
    found = []
    kinds = draw(st.lists(st.sampled_from(sorted(STATES)), min_size=1, max_size=5))
    for i, kind in enumerate(kinds):
        if kind == "grid" and "grid" in kinds[:i]:
            continue
        start = MIDNIGHT + timedelta(hours=draw(st.integers(-3, 14)))
        needs = draw(
            st.lists(
                st.builds(
                    Need,
                    amount=number,
                    unit=st.sampled_from(["percent", "kwh", "celsius", "runs"]),
                    by=st.just(start + timedelta(hours=draw(st.integers(0, 6)))),
                    start=st.sampled_from([None, start]),
                ),
                max_size=1,
            )
        )
        orders = draw(
            st.lists(
                st.builds(
                    Override,
                    mode=st.sampled_from(OverrideMode),
                    start=st.just(start),
                    end=st.just(start + timedelta(minutes=draw(st.integers(0, 200)))),
                    power_kw=st.one_of(st.none(), number),
                ),
                max_size=1,
            )
        )
        power = draw(hourly(number))
        found.append(
            AssetSpec(
                id=f"{kind}{i}",
                kind=kind,
                name=kind,
                params=draw(params_of(kind, number)),
                state=draw(maybe(**STATES[kind])),
                series={"power": Forecast(series(power, HOURS))} if kind == "solar" else {},
                needs=tuple(needs),
                overrides=tuple(orders),
                controlled=draw(st.booleans()),
            )
        )
    return tuple(found)


@st.composite
def homes(draw: st.DrawFn, number: st.SearchStrategy[float]) -> Snapshot:
    capacity = draw(st.one_of(st.none(), st.builds(CapacityCharge, price_per_kw=sane, floor_kw=sane)))
    return home(
        draw(prices()),
        *draw(assets(number)),
        export=draw(st.one_of(st.none(), prices())),
        load=draw(hourly(number)),
        minutes=draw(st.sampled_from([15, 30, 60])),
        at=MIDNIGHT + timedelta(minutes=draw(st.integers(0, 130))),
        timezone=draw(st.sampled_from(["UTC", "Europe/Amsterdam", "Australia/Lord_Howe"])),
        capacity=capacity,
        settings={"time_limit_s": 0.05, "explain": draw(st.booleans()), "stay_gain": 0.02},
    )


def check(snapshot: Snapshot, plan: Plan) -> None:
    """The laws of any plan: it balances in every slot, every level stays within its store, every number is one."""
    if plan.status is PlanStatus.NONE:
        # Prices that cannot be true are not planned by, and the plan says so.
        assert any(status.key == "price" and status.health is not Health.FRESH for status in plan.inputs)
        return
    assert plan.home is not None
    assert np.isfinite([plan.cost, plan.baseline_cost, plan.gap]).all()
    net = np.array(plan.home.load_kw)
    for asset in plan.assets:
        power = np.array(asset.power_kw)
        assert np.isfinite(power).all()
        if asset.kind != "grid":
            net = net + (-power if asset.kind == "solar" else power)
        if asset.kind in ("battery", "vehicle") and asset.level is not None:
            assert asset.level_max is not None
            assert min(asset.level) >= -1e-4
            assert max(asset.level) <= max(asset.level_max, asset.level_start or 0.0) + 1e-4
    grid = np.array(plan.home.grid_kw)
    limits = [spec.params for spec in snapshot.assets if spec.kind == "grid"]
    kept = {"import_limit_kw", "export_limit_kw", "export_when_negative"}
    unlimited = not limits or not kept & set(limits[0])
    if unlimited:
        assert np.allclose(grid, net, atol=1e-3)
    for short in plan.shortfalls:
        assert np.isfinite(short.amount)
        assert short.amount > 0
    assert from_json(Plan, to_json(plan)).shortfalls == plan.shortfalls


@CALM
@given(homes(sane))
def test_a_random_home_gets_a_plan_and_the_next_one(snapshot: Snapshot) -> None:
    with suppress(InputError):
        plan = think(snapshot).plan
        check(snapshot, plan)
        later = replace(snapshot, at=snapshot.at + timedelta(minutes=7), previous=plan)
        check(later, think(later).plan)


@CALM
@given(homes(hostile))
def test_a_hostile_home_gets_a_plan_or_is_told_what_is_wrong(snapshot: Snapshot) -> None:
    with suppress(InputError):
        check(snapshot, think(snapshot).plan)


@pytest.mark.parametrize("field", ["timezone", "settings.slot_minutes"])
def test_a_snapshot_that_is_wrong_names_its_field(field: str) -> None:
    wrong: dict[str, Any] = (
        {"timezone": "Mars/Olympus"} if field == "timezone" else {"settings": {"slot_minutes": 7}}
    )
    with pytest.raises(InputError) as err:
        think(home([0.2] * HOURS, **wrong))
    assert err.value.field == field
