"""Reasons that were checked by solving again with the opposite forced."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from .assets._base import Opposite, Values
from .model.plan import Plan, Reason
from .model.program import IntArray
from .optimise.dive import hold
from .optimise.problem import Problem
from .optimise.search import Search
from .optimise.solver import SolverError

LEAST = 0.005
"""Half a cent: below it the opposite costs nothing worth a sentence."""
SOON = timedelta(hours=1)
"""What cannot wait for so long can only be done now."""
ONLY_NOW = "only_now"
"""The code when the opposite costs more than money: a need would be missed."""


def explain(plan: Plan, problem: Problem, search: Search, values: Values, budget_s: float) -> Plan:
    """The plan with reasons for what its assets do now, as far as the budget of seconds reaches."""
    end = time.perf_counter() + budget_s
    hold(search.solver, values.x)
    reasons: dict[str, tuple[Reason, ...]] = {}
    for part in problem.parts:
        if not part.spec.controlled:
            continue
        found = []
        for opposite in part.opposites(values):
            if time.perf_counter() > end:
                break
            try:
                asked, answer = _answer(problem, search, values, opposite)
            except SolverError:
                # What was not checked is not said.
                break
            if answer is not None and sum(answer) >= LEAST:
                found.append(_reason(problem, asked, *answer))
        reasons[part.spec.id] = tuple(found)
    assets = tuple(replace(asset, reasons=reasons.get(asset.id, ())) for asset in plan.assets)
    return replace(plan, assets=assets)


def _answer(
    problem: Problem, search: Search, values: Values, opposite: Opposite
) -> tuple[Opposite, tuple[float, float] | None]:
    """The question and its answer. Where a need seems to be missed it is asked more closely: it is not if others, that
    stood still so far, can make room; nor if it could wait for an hour, though not for as long as it is to run.
    """
    answer = ask(problem, search, values, opposite, opposite.free)
    if answer is None or answer[1] <= problem.missed:
        return opposite, answer
    answer = ask(problem, search, values, opposite, search.solver.integers) or answer
    edges = problem.horizon.slots.edges
    hour = max(problem.horizon.slots.count_before(edges[0] + SOON), 1)
    shorter = opposite.until(hour) if answer[1] > problem.missed else None
    if shorter is None:
        return opposite, answer
    closer = ask(problem, search, values, shorter, search.solver.integers)
    return (shorter, closer) if closer is not None else (opposite, answer)


def ask(
    problem: Problem, search: Search, values: Values, opposite: Opposite, free: IntArray
) -> tuple[float, float] | None:
    """What the opposite costs more, all else free to adapt: (money, wishes) in currency; None if it cannot be.

    Whole numbers stay where they are, but for those that are `free`: they follow in fractions.
    """
    solver = search.solver
    solver.release(free)
    solver.bound(opposite.columns, opposite.lower, opposite.upper)
    found = solver.run()
    for columns in (free, opposite.columns):
        solver.release(columns)
    hold(solver, values.x)
    if found is None:
        return None
    more = found[1] - values.x
    return float(search.columns.money @ more), float(search.columns.wish @ more)


def _reason(problem: Problem, opposite: Opposite, money: float, wish: float) -> Reason:
    horizon = problem.horizon
    edges, prices = horizon.slots.edges, horizon.import_price
    last = min(max(opposite.last, opposite.first + 1), horizon.n)
    told: Mapping[str, float | str] = {
        "price_now": round(float(prices[opposite.first]), 6),
        "price_then": round(float(prices[min(last, horizon.n - 1)]), 6),
        "planned": opposite.code,
        **opposite.values,
    }
    missed = wish > problem.missed
    return Reason(
        code=ONLY_NOW if missed and opposite.code != "waits" else opposite.code,
        start=edges[opposite.first],
        end=edges[last],
        # A need that would be missed has no honest price.
        cost_of_opposite=None if missed else round(money + wish, 4),
        values=told,
    )
