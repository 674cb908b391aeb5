"""What stands in the way of a missed wish, and what would let it be met: found by planning again without a limit.

First for the asset alone in a home with all the power there is: then its own limits are to blame. Then on the home's
connection, with nothing else to serve: then that is. What is left are the others it shares the connection with.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from .assets import GRID, asset_kind
from .assets._base import Values
from .assets._relief import Relief, Step
from .model.horizon import Band, Horizon
from .model.plan import Plan, Remedy, Shortfall
from .model.snapshot import AssetSpec, Snapshot
from .optimise.dive import hold
from .optimise.problem import Problem, pose
from .optimise.search import Search
from .optimise.solver import Solver, SolverError

CONNECTION = ("solar", "battery", GRID.key)
"""Kinds that decide what the connection can give; the grid is the last one asked."""
OTHERS, SEVERAL = "others", "several"
MET = 0.05
"""Share of a shortfall that may be left when it counts as gone."""
HELPS = 0.2
"""Share of a shortfall that a limit must answer for to be called its cause."""
ALONE_S = 0.02
"""Seconds to search with one asset: a few hundred columns."""
MOST_REMEDIES = 3


@dataclass(frozen=True, slots=True)
class Trial:
    """How much of the wish is missed in a home with one asset changed; `end` is when the time is up."""

    missing: Callable[[Step], float]
    amount: float
    end: float

    def gone(self, step: Step) -> bool:
        """Whether the wish is as good as met."""
        return self.missing(step) <= MET * self.amount

    def over(self) -> bool:
        """Whether the time is up."""
        return time.perf_counter() > self.end


def find_limits(
    plan: Plan, snapshot: Snapshot, problem: Problem, search: Search, values: Values, budget_s: float
) -> Plan:
    """The plan, its shortfalls with limit and remedies, as far as the budget of seconds reaches."""
    end = time.perf_counter() + budget_s
    found = []
    for short in plan.shortfalls:
        try:
            over = time.perf_counter() > end
            found.append(short if over else _explained(short, snapshot, problem, search, values, end))
        except SolverError:
            found.append(short)
    return replace(plan, shortfalls=tuple(found))


def _explained(
    short: Shortfall, snapshot: Snapshot, problem: Problem, search: Search, values: Values, end: float
) -> Shortfall:
    spec = next(spec for spec in snapshot.assets if spec.id == short.asset)
    horizon, before = problem.horizon, _before(spec, snapshot)

    def alone(step: Step) -> float:
        return _planned(snapshot, _plentiful(horizon), (step.spec, *before), short, step.by)

    trial = Trial(alone, short.amount, end)
    if not trial.gone(Step(spec)):
        return _blamed(short, asset_kind(spec.kind).reliefs(spec, short, horizon), trial)
    home = tuple(other for other in snapshot.assets if other.kind in CONNECTION)
    reliefs = [relief for other in home for relief in asset_kind(other.kind).reliefs(other, short, horizon)]
    real = replace(horizon, capacity=None)

    def connected(step: Step) -> float:
        rest = tuple(other for other in home if other.id != step.spec.id)
        return _planned(snapshot, real, (spec, *before, *rest, step.spec), short, None)

    trial = Trial(connected, short.amount, end)
    if home and not trial.gone(Step(home[-1])):
        return _blamed(short, reliefs, trial)
    return _shared(short, [r for r in reliefs if r.limit in OPENED], problem, search, values, end)


def _blamed(short: Shortfall, reliefs: Sequence[Relief], trial: Trial) -> Shortfall:
    """With the limit that answers for most of it (the first of those that answer for all), and all that would do."""
    limit, least = SEVERAL, short.amount * (1 - HELPS)
    remedies = list(short.remedies)
    for relief in reliefs:
        if not relief.steps or trial.over():
            continue
        left = trial.missing(relief.steps[-1])
        if left < least - MET * short.amount:
            limit, least = relief.limit, left
        if left <= MET * short.amount and len(remedies) < MOST_REMEDIES:
            remedies.append(Remedy(code=relief.remedy, values=_least(relief.steps, trial).values))
    return replace(short, limit=limit, remedies=tuple(remedies))


def _least(steps: Sequence[Step], trial: Trial) -> Step:
    """The first step that is enough; the last one is."""
    low, high = 0, len(steps) - 1
    while low < high and not trial.over():
        middle = (low + high) // 2
        low, high = (low, middle) if trial.gone(steps[middle]) else (middle + 1, high)
    return steps[high]


def _shared(
    short: Shortfall, reliefs: Sequence[Relief], problem: Problem, search: Search, values: Values, end: float
) -> Shortfall:
    """It could be met if nothing else were: the others come first. Whether a bigger connection serves them all is
    asked of the whole home, from where its last solution stood, with whole numbers relaxed.
    """
    remedies = [*short.remedies, Remedy(code="raise_priority")]
    solver = search.solver
    solver.release(solver.integers)
    for relief in reliefs:
        opened = OPENED[relief.limit]

        def left(step: Step, opened: Opened = opened) -> float:
            opened(solver, problem, step)
            found = solver.run()
            return short.amount if found is None else _left(problem, Values(found[1], *solver.duals()), short)

        trial = Trial(left, short.amount, end)
        if relief.steps and not trial.over() and trial.gone(relief.steps[-1]):
            remedies.append(Remedy(code=relief.remedy, values=_least(relief.steps, trial).values))
        opened(solver, problem, Step(problem.grid.spec))
    hold(solver, values.x)
    return replace(short, limit=OTHERS, remedies=tuple(remedies[:MOST_REMEDIES]))


type Opened = Callable[[Solver, Problem, Step], None]


def _imports(solver: Solver, problem: Problem, step: Step) -> None:
    """Allow as much import as the step says, or as the program does."""
    grid = problem.grid
    if step.kw is not None:
        solver.bound_rows(grid.cuts, -np.inf, np.inf)
        solver.bound(grid.imports, 0.0, step.kw)
    else:
        solver.bound_rows(grid.cuts, -np.inf, 1.0)
        solver.release(grid.imports)


def _phases(solver: Solver, problem: Problem, step: Step) -> None:
    """Allow as much on each phase as the step says, or as the program does."""
    kw = problem.grid.phase_kw if step.kw is None else step.kw
    solver.bound_rows(problem.grid.phases, -np.inf, kw)


OPENED: dict[str, Opened] = {"import_limit": _imports, "phase_limit": _phases}


def _before(spec: AssetSpec, snapshot: Snapshot) -> tuple[AssetSpec, ...]:
    """What must have run before the asset does, and before that."""
    found: list[AssetSpec] = []
    wanted = spec.params.get("after")
    while wanted is not None:
        other = next((other for other in snapshot.assets if wanted in (other.id, other.name)), None)
        if other is None or other is spec or other in found:
            break
        found.append(other)
        wanted = other.params.get("after")
    return tuple(found)


def _plentiful(horizon: Horizon) -> Horizon:
    """The same time with nothing else that needs power and no charge for much of it."""
    nothing = np.zeros(horizon.n)
    return replace(horizon, load=Band(mid=nothing, low=nothing, high=nothing), capacity=None)


def _planned(
    snapshot: Snapshot,
    horizon: Horizon,
    assets: tuple[AssetSpec, ...],
    short: Shortfall,
    by: datetime | None,
) -> float:
    """How much of the wish a home of these assets misses; `by` is when it is due, if that was moved."""
    home = replace(snapshot, assets=assets, previous=None, settings=replace(snapshot.settings, stay_gain=0.0))
    problem = pose(home, horizon)
    solution = Search(problem.program, ALONE_S).solve()
    return _left(problem, solution.values, replace(short, by=by or short.by))


def _left(problem: Problem, values: Values, short: Shortfall) -> float:
    """How much of the wish is missed; of a temperature its worst moment, whenever that is."""
    part = next((part for part in problem.parts if part.spec.id == short.asset), None)
    if part is None:
        return short.amount
    same = [other for other in part.outcome(values).shortfalls if other.need == short.need]
    if short.need == "temperature":
        return max((other.amount for other in same), default=0.0)
    return sum(other.amount for other in same if other.by == short.by)
