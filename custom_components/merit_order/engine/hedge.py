"""Give now, or keep for later? Decided by what a stored kWh is worth over several courses of load and sun.

The plan is made for the likeliest course. A battery that follows the home by itself, or holds, can be told the other
thing at no cost in the slot that runs; which of the two is right depends on what may come, not only on what is
likeliest: with little sun a kWh is worth the evening's price, with much of it what feeding in earns. So the worth is
the mean over the likeliest course and four that lie to either side of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from .assets import BatteryPart
from .assets._base import Values
from .model.horizon import Band, Horizon
from .model.plan import Plan, Reason
from .model.program import IntArray
from .model.series import FloatArray
from .optimise.dive import hold
from .optimise.objective import stored_value
from .optimise.problem import Problem
from .optimise.search import Search, Solution
from .optimise.solver import SolverError

COURSES = ((-1, 1), (1, -1), (1, 1), (-1, -1))
"""Towards which side of its band the load and the sun go."""
SHARE = 0.6
"""How far they go: bands are wide, and a whole day at their edge is rare."""
CLEARLY = 0.005
"""Currency/kWh: less is no reason to change one's mind."""
FOLLOWS = ("self", "hold")
LEAST_KWH = 0.02
TRACE = 1e-6


@dataclass(frozen=True, slots=True)
class Stance:
    """What to do ("self", "hold"), what a kWh given now costs later (worth, losses, wear) and what it saves now."""

    mode: str
    costs: float
    saves: float


type Stances = Mapping[str, Stance]
"""By battery."""


def worths(problem: Problem, search: Search, values: Values) -> Mapping[str, float]:
    """What a kWh that is stored at the end of the first slot is worth on the mean of all courses, by battery."""
    stores = [part for part in problem.parts if isinstance(part, BatteryPart)]
    likeliest = _net(problem.horizon)
    courses = [_course(problem.horizon, load, sun) for load, sun in COURSES]
    if not stores or all(np.allclose(_net(course), likeliest, atol=TRACE) for course in courses):
        return {}
    found = {part.spec.id: [-float(values.dual[part.storage[0]])] for part in stores}
    solver = search.solver
    hold(solver, values.x)
    try:
        for course in courses:
            fixed = problem.fixed + _net(course) - likeliest
            solver.bound_rows(problem.balance, fixed, fixed)
            end = stored_value(course)
            for part in stores:
                if part.params.terminal_value is None:
                    solver.price(part.level[-1:], -end)
            if solver.run() is not None:
                dual, _ = solver.duals()
                for part in stores:
                    found[part.spec.id].append(-float(dual[part.storage[0]]))
    except SolverError:
        # What is left without an answer is left to the likeliest course.
        return {}
    finally:
        solver.bound_rows(problem.balance, problem.fixed, problem.fixed)
        for part in stores:
            solver.price(part.level[-1:], -part.end_value)
    return {key: float(np.mean(seen)) for key, seen in found.items()}


def hedge(
    plan: Plan, previous: Plan | None, problem: Problem, search: Search, solution: Solution
) -> tuple[Solution, Stances]:
    """The solution with every battery that the plan leaves to follow or to hold standing in the first slot as the mean
    course wants it, and who stands how.
    """
    parts = [part for part in problem.parts if isinstance(part, BatteryPart) and _is_free(plan, part)]
    worth = worths(problem, search, solution.between) if parts else {}
    price = float(problem.horizon.import_price[0])
    said = [
        (part, found)
        for part in parts
        if part.spec.id in worth
        and (found := stance(plan, previous, part, worth[part.spec.id], price)) is not None
    ]
    if not said:
        return solution, {}
    forced = search.insist(solution, *_bounds(said))
    return (solution, {}) if forced is None else (forced, {part.spec.id: found for part, found in said})


def with_reasons(plan: Plan, stances: Stances) -> Plan:
    """The plan with a word for each battery that stands otherwise than the likeliest course alone would have it."""
    said = {
        key: Reason(
            code="worth_later" if stance.mode == "hold" else "worth_now",
            start=plan.edges[0],
            end=plan.edges[1],
            values={"worth": stance.costs, "price_now": stance.saves},
        )
        for key, stance in stances.items()
    }
    assets = tuple(
        replace(asset, reasons=(said[asset.id], *asset.reasons)) if asset.id in said else asset
        for asset in plan.assets
    )
    return replace(plan, assets=assets)


def stance(plan: Plan, previous: Plan | None, part: BatteryPart, worth: float, price: float) -> Stance | None:
    """Whether the battery should give what the home lacks ("self") or keep it ("hold"), `price` being what buying it
    costs; None where that is what is planned anyway. Where both are as good it goes on as before.
    """
    costs = worth / part.params.discharge_efficiency + part.params.wear_cost
    planned = _mode(plan, part, plan.edges[0])
    before = None if previous is None else _mode(previous, part, plan.edges[0])
    mode: str | None = "self" if costs < price else "hold"
    if abs(costs - price) <= CLEARLY:
        mode = before if before in FOLLOWS else planned
    return None if mode is None or mode == planned else Stance(mode, round(costs, 6), round(price, 6))


def _mode(plan: Plan, part: BatteryPart, at: datetime) -> str | None:
    asset = plan.asset(part.spec.id)
    blocks = asset.blocks if asset is not None else ()
    return next((block.mode for block in blocks if block.start <= at < block.end), None)


def _is_free(plan: Plan, part: BatteryPart) -> bool:
    """Whether the plan wants nothing of the battery that its own logic could not do, and there is something in it."""
    return _mode(plan, part, plan.edges[0]) in FOLLOWS and part.start_kwh > part.low_kwh + LEAST_KWH


def _bounds(said: list[tuple[BatteryPart, Stance]]) -> tuple[IntArray, FloatArray, FloatArray]:
    """Discharge in the first slot: none of those that keep; of those that give, what the home lacks in equal parts."""
    givers = sum(found.mode == "self" for _, found in said)
    columns = np.array([part.discharge[0] for part, _ in said])
    least, most = np.zeros(len(said)), np.zeros(len(said))
    for i, (part, found) in enumerate(said):
        if found.mode == "self":
            params, hours = part.params, float(part.hours[0])
            there = (part.start_kwh - part.low_kwh) * params.discharge_efficiency / hours
            least[i] = max(min(float(part.net_kw[0]) / givers, there - TRACE, params.max_discharge_kw), 0.0)
            most[i] = params.max_discharge_kw
    return columns, least, most


def _course(horizon: Horizon, load: int, sun: int) -> Horizon:
    """The horizon as it may also come."""
    return replace(
        horizon,
        load=_towards(horizon.load, load),
        series={
            key: {name: _towards(band, sun) if name == "power" else band for name, band in bands.items()}
            for key, bands in horizon.series.items()
        },
    )


def _towards(band: Band, side: int) -> Band:
    edge = band.high if side > 0 else band.low
    mid = np.maximum(band.mid + SHARE * (edge - band.mid), 0.0)
    return Band(mid=mid, low=mid, high=mid)


def _net(horizon: Horizon) -> FloatArray:
    sun = [np.maximum(bands["power"].mid, 0.0) for bands in horizon.series.values() if "power" in bands]
    return horizon.load.mid - np.sum(sun, axis=0) if sun else horizon.load.mid
