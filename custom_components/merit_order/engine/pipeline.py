"""From everything that is known to what is to be done: the only file that knows the order of the rooms."""

import time
from dataclasses import replace

from .assets import ASSETS
from .explain import explain
from .hedge import hedge, with_reasons
from .model.horizon import Horizon
from .model.plan import Decision, Health, InputStatus
from .model.snapshot import Snapshot
from .normalise import normalise
from .optimise.baseline import baseline_cost
from .optimise.problem import pose
from .optimise.search import Search
from .optimise.solver import SolverError
from .plan import intents, make_plan, no_plan
from .shortfalls import find_limits

EXPLAIN_S = 0.3
"""Seconds for questions: a full home asks about ten, each a few hundredths."""
LIMITS_S = 0.3
"""Seconds to find what stands in the way of missed wishes; without one it takes none."""
CONTROLLABLE = frozenset(kind.key for kind in ASSETS if kind.controllable)


def think(snapshot: Snapshot) -> Decision:
    """The plan for a snapshot and what it means now. Blocking, pure; raises InputError on a snapshot that is wrong."""
    began = time.perf_counter()
    horizon = normalise(snapshot)
    if isinstance(horizon, tuple):
        return Decision(plan=no_plan(snapshot, horizon), intents=())
    return decide(snapshot, horizon, began)


def decide(snapshot: Snapshot, horizon: Horizon, began: float) -> Decision:
    """The plan for a snapshot whose inputs are on the slots and believed; `began` is by the performance counter."""
    problem = pose(snapshot, horizon)
    try:
        search = Search(problem.program, snapshot.settings.time_limit_s)
        solution = search.solve()
    except SolverError:
        failed = InputStatus(key="solver", health=Health.SUSPECT, rule="left_out", reason="solver_failed")
        return Decision(plan=no_plan(snapshot, (*horizon.inputs, failed)), intents=())
    plan = make_plan(snapshot, problem, solution, {})
    solution, stances = hedge(plan, snapshot.previous, problem, search, solution)
    if stances:
        modes = {key: stance.mode for key, stance in stances.items()}
        plan = make_plan(snapshot, problem, solution, modes)
    without_us = baseline_cost(problem, solution.values)
    likely = (without_us - plan.cost) * (snapshot.settings.kept_share if without_us > plan.cost else 1.0)
    plan = replace(plan, baseline_cost=without_us, expected_saving=likely)
    if snapshot.settings.explain:
        plan = explain(plan, problem, search, solution.between, EXPLAIN_S)
        plan = find_limits(plan, snapshot, problem, search, solution.between, LIMITS_S)
        plan = with_reasons(plan, stances)
    plan = replace(plan, total_ms=(time.perf_counter() - began) * 1000)
    return Decision(plan=plan, intents=intents(plan, CONTROLLABLE))
