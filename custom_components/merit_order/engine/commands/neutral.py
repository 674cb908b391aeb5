"""A benchmark problem as a snapshot and the plan as a schedule: the same path as any home.

Problem: `n` slots of `dt_min` minutes with import_price, export_price, pv_kw, load_kw; pv_curtailable; grid limits;
one battery; an optional car {start, deadline (slots), energy_kwh (AC), max_kw}; contiguous loads {power_kw, duration,
window_start, window_end (slots)}.
"""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from ..model.codec import from_json
from ..model.errors import InputError
from ..model.horizon import Band, Horizon
from ..model.plan import Plan
from ..model.series import Forecast, Quality, Series, Slots
from ..model.snapshot import AssetSpec, Need, Settings, Snapshot, TariffView
from ..pipeline import decide

START = datetime(2026, 1, 1, tzinfo=UTC)
"""The problem names no date; any instant on a slot edge will do."""
MOST_SLOTS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Limits in kW."""

    import_limit_kw: float | None = None
    export_limit_kw: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """Powers on the AC side in kW, one-way efficiencies, levels in kWh, `terminal_value` per stored kWh."""

    capacity_kwh: float
    max_charge_kw: float
    max_discharge_kw: float
    eta_c: float
    eta_d: float
    soc_init_kwh: float
    soc_min_kwh: float
    soc_max_kwh: float
    terminal_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Car:
    """`energy_kwh` (AC) from the slot `start` up to the slot `deadline`."""

    start: int
    deadline: int
    energy_kwh: float
    max_kw: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Appliance:
    """A run of `duration` slots from `window_start` up to `window_end`."""

    name: str = ""
    power_kw: float
    duration: int
    window_start: int
    window_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Neutral:
    """A problem as it is written; prices in currency/kWh and powers in kW, (n,)."""

    n: int
    dt_min: int
    import_price: tuple[float, ...]
    export_price: tuple[float, ...]
    pv_kw: tuple[float, ...]
    load_kw: tuple[float, ...]
    battery: Battery
    pv_curtailable: bool = False
    grid: Grid = Grid()
    ev: Car | None = None
    loads: tuple[Appliance, ...] = ()
    currency: str = "EUR"


def schedule(raw: Mapping[str, Any], time_limit_s: float) -> dict[str, Any]:
    """Plan a neutral problem. Raises InputError naming the field that is missing or wrong."""
    began = time.perf_counter()
    problem = read_problem(raw)
    plan = decide(as_snapshot(problem, time_limit_s), as_horizon(problem), began).plan
    return {
        "batt_kw": _power(plan, "battery"),
        "ev_kw": _power(plan, "car"),
        "load_kw": [_power(plan, f"load{i}") for i in range(len(problem.loads))] or None,
        "curt_kw": _curtailed(problem, plan),
        "dt_min": problem.dt_min,
        "solve_s": plan.solve_ms / 1000,
        "total_s": time.perf_counter() - began,
    }


def read_problem(raw: Mapping[str, Any]) -> Neutral:
    """The problem, checked; what else stands in the file (its name, its date) is passed over."""
    known = _known(Neutral, raw)
    for key, kind in (("grid", Grid), ("battery", Battery), ("ev", Car)):
        if key in known:
            known[key] = _known(kind, known[key])
    if isinstance(loads := known.get("loads"), list):
        known["loads"] = [_known(Appliance, load) for load in loads]
    problem = from_json(Neutral, known, "problem")
    for key, most in (("n", MOST_SLOTS), ("dt_min", 24 * 60)):
        if not 1 <= getattr(problem, key) <= most:
            raise InputError(f"problem.{key}", f"{getattr(problem, key)} is not between 1 and {most}")
    _check_series(problem)
    if not 0 < problem.battery.capacity_kwh < np.inf:
        raise InputError("problem.battery.capacity_kwh", f"{problem.battery.capacity_kwh} is no capacity")
    edges = [("ev.start", problem.ev.start), ("ev.deadline", problem.ev.deadline)] if problem.ev else []
    for i, load in enumerate(problem.loads):
        edges += [
            (f"loads[{i}].{key}", getattr(load, key)) for key in ("duration", "window_start", "window_end")
        ]
    for key, slot in edges:
        if not 0 <= slot <= problem.n:
            raise InputError(f"problem.{key}", f"{slot} is not between 0 and {problem.n}")
    return problem


def _check_series(problem: Neutral) -> None:
    for key in ("import_price", "export_price", "pv_kw", "load_kw"):
        values = getattr(problem, key)
        if len(values) != problem.n:
            raise InputError(f"problem.{key}", f"has {len(values)} values, expected {problem.n}")
        for i in np.flatnonzero(~np.isfinite(values))[:1]:
            raise InputError(f"problem.{key}[{i}]", "is not a number")


def _known(kind: type, raw: Any) -> Any:
    """What `kind` has a field for."""
    if not isinstance(raw, Mapping):
        return raw
    names = {field.name for field in fields(kind)}
    return {key: value for key, value in raw.items() if key in names}


def as_snapshot(problem: Neutral, time_limit_s: float) -> Snapshot:
    """The problem as a home of our own assets; its series lie on the horizon."""
    nothing = Series(())
    solar = AssetSpec(id="solar", kind="solar", name="solar", params={"curtailable": problem.pv_curtailable})
    return Snapshot(
        at=START,
        timezone="UTC",
        currency=problem.currency,
        tariff=TariffView(import_price=nothing),
        load=Forecast(nothing),
        assets=(*_assets(problem), solar),
        settings=Settings(time_limit_s=time_limit_s, explain=False),
    )


def as_horizon(problem: Neutral) -> Horizon:
    """The problem's series as they are: a benchmark is not doubted, however strange its prices."""
    slots = Slots.regular(START, problem.dt_min, problem.n)

    def band(values: tuple[float, ...]) -> Band:
        return Band(mid=np.array(values), low=np.array(values), high=np.array(values))

    return Horizon(
        at=START,
        slots=slots,
        hours=slots.hours,
        zone=ZoneInfo("UTC"),
        currency=problem.currency,
        import_price=np.array(problem.import_price),
        export_price=np.array(problem.export_price),
        price_quality=(Quality.KNOWN,) * problem.n,
        load=band(problem.load_kw),
        series={"solar": {"power": band(problem.pv_kw)}},
    )


def _assets(problem: Neutral) -> list[AssetSpec]:
    minutes = problem.dt_min
    assets = [
        AssetSpec(id="grid", kind="grid", name="grid", params=asdict(problem.grid)),
        _battery(problem.battery),
    ]
    if (car := problem.ev) is not None:
        need = Need(
            amount=car.energy_kwh,
            unit="kwh",
            by=_edge(car.deadline, minutes),
            start=_edge(car.start, minutes),
        )
        params = {"max_kw": car.max_kw, "min_kw": 0.0}
        assets.append(AssetSpec(id="car", kind="vehicle", name="car", params=params, needs=(need,)))
    for i, load in enumerate(problem.loads):
        need = Need(
            amount=1,
            unit="runs",
            start=_edge(load.window_start, minutes),
            by=_edge(load.window_end, minutes),
        )
        params = {"power_kw": load.power_kw, "run_minutes": load.duration * minutes, "runs_per_day": 0}
        assets.append(AssetSpec(id=f"load{i}", kind="load", name=load.name, params=params, needs=(need,)))
    return assets


def _battery(battery: Battery) -> AssetSpec:
    capacity = battery.capacity_kwh
    return AssetSpec(
        id="battery",
        kind="battery",
        name="battery",
        params={
            "capacity_kwh": capacity,
            "max_charge_kw": battery.max_charge_kw,
            "max_discharge_kw": battery.max_discharge_kw,
            "charge_efficiency": battery.eta_c,
            "discharge_efficiency": battery.eta_d,
            "min_soc": battery.soc_min_kwh / capacity * 100,
            "max_soc": battery.soc_max_kwh / capacity * 100,
            "terminal_value": battery.terminal_value,
        },
        state={"soc_percent": battery.soc_init_kwh / capacity * 100},
    )


def _edge(slot: int, minutes: int) -> datetime:
    return START + timedelta(minutes=slot * minutes)


def _power(plan: Plan, asset: str) -> list[float] | None:
    found = plan.asset(asset)
    return None if found is None else list(found.power_kw)


def _curtailed(problem: Neutral, plan: Plan) -> list[float] | None:
    given = _power(plan, "solar")
    if given is None:
        return None
    return [round(max(pv, 0.0) - kw, 6) for pv, kw in zip(problem.pv_kw, given, strict=True)]
