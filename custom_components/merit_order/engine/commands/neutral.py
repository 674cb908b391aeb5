"""A benchmark problem as a snapshot and the plan as a schedule: the same path as any home.

Problem: `n` slots of `dt_min` minutes with import_price, export_price, pv_kw, load_kw; pv_curtailable; grid limits;
one battery; an optional car {start, deadline (slots), energy_kwh (AC), max_kw}; contiguous loads {power_kw, duration,
window_start, window_end (slots)}.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from ..model.errors import InputError
from ..model.plan import Plan
from ..model.series import Forecast, Series
from ..model.snapshot import AssetSpec, Need, Settings, Snapshot, TariffView
from ..pipeline import think

START = datetime(2026, 1, 1, tzinfo=UTC)
"""The problem names no date; any instant on a slot edge will do."""


def schedule(problem: Mapping[str, Any], time_limit_s: float) -> dict[str, Any]:
    """Plan a neutral problem. Raises InputError naming the field that is missing or wrong."""
    began = time.perf_counter()
    try:
        snapshot = as_snapshot(problem, time_limit_s)
    except KeyError as err:
        raise InputError(str(err.args[0]), "is missing") from err
    plan = think(snapshot).plan
    return {
        "batt_kw": _power(plan, "battery"),
        "ev_kw": _power(plan, "car"),
        "load_kw": [_power(plan, f"load{i}") for i in range(len(problem["loads"]))] or None,
        "curt_kw": _curtailed(problem, plan),
        "dt_min": problem["dt_min"],
        "solve_s": plan.solve_ms / 1000,
        "total_s": time.perf_counter() - began,
    }


def as_snapshot(problem: Mapping[str, Any], time_limit_s: float) -> Snapshot:
    """The problem as a home of our own assets."""
    minutes, n = problem["dt_min"], problem["n"]

    def series(key: str) -> Series:
        values = problem[key]
        if len(values) != n:
            raise InputError(key, f"has {len(values)} values, expected {n}")
        return Series.regular(START, minutes, np.asarray(values, dtype=float))

    return Snapshot(
        at=START,
        timezone="UTC",
        currency=problem.get("currency", "EUR"),
        tariff=TariffView(import_price=series("import_price"), export_price=series("export_price")),
        load=Forecast(series("load_kw")),
        assets=(*_assets(problem), _solar(problem, series("pv_kw"))),
        settings=Settings(
            slot_minutes=minutes,
            horizon_hours=n * minutes / 60,
            time_limit_s=time_limit_s,
            explain=False,
        ),
    )


def _assets(problem: Mapping[str, Any]) -> list[AssetSpec]:
    minutes = problem["dt_min"]
    assets = [
        AssetSpec(id="grid", kind="grid", name="grid", params=dict(problem["grid"])),
        _battery(problem["battery"]),
    ]
    if car := problem.get("ev"):
        need = Need(
            amount=car["energy_kwh"],
            unit="kwh",
            by=_edge(car["deadline"], minutes),
            start=_edge(car["start"], minutes),
        )
        params = {"max_kw": car["max_kw"], "min_kw": 0.0}
        assets.append(AssetSpec(id="car", kind="vehicle", name="car", params=params, needs=(need,)))
    for i, load in enumerate(problem["loads"]):
        need = Need(
            amount=1,
            unit="runs",
            start=_edge(load["window_start"], minutes),
            by=_edge(load["window_end"], minutes),
        )
        params = {"power_kw": load["power_kw"], "run_minutes": load["duration"] * minutes, "runs_per_day": 0}
        assets.append(AssetSpec(id=f"load{i}", kind="load", name=load["name"], params=params, needs=(need,)))
    return assets


def _battery(battery: Mapping[str, Any]) -> AssetSpec:
    capacity = battery["capacity_kwh"]
    return AssetSpec(
        id="battery",
        kind="battery",
        name="battery",
        params={
            "capacity_kwh": capacity,
            "max_charge_kw": battery["max_charge_kw"],
            "max_discharge_kw": battery["max_discharge_kw"],
            "charge_efficiency": battery["eta_c"],
            "discharge_efficiency": battery["eta_d"],
            "min_soc": battery["soc_min_kwh"] / capacity * 100,
            "max_soc": battery["soc_max_kwh"] / capacity * 100,
            "terminal_value": battery["terminal_value"],
        },
        state={"soc_percent": battery["soc_init_kwh"] / capacity * 100},
    )


def _solar(problem: Mapping[str, Any], power: Series) -> AssetSpec:
    params = {"curtailable": bool(problem["pv_curtailable"])}
    return AssetSpec(id="solar", kind="solar", name="solar", params=params, series={"power": Forecast(power)})


def _edge(slot: int, minutes: int) -> datetime:
    return START + timedelta(minutes=slot * minutes)


def _power(plan: Plan, asset: str) -> list[float] | None:
    found = plan.asset(asset)
    return None if found is None else list(found.power_kw)


def _curtailed(problem: Mapping[str, Any], plan: Plan) -> list[float] | None:
    given = _power(plan, "solar")
    if given is None:
        return None
    return [round(max(pv, 0.0) - kw, 6) for pv, kw in zip(problem["pv_kw"], given, strict=True)]
