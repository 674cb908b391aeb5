"""From a program to its best solution: relax, dive, improve by prices, and search on only while a gap is left."""

import time
from dataclasses import dataclass, replace

import numpy as np

from ..assets._base import Values
from ..model.program import INF, IntArray, Program
from ..model.series import FloatArray
from .bend import bend
from .dive import Dive, Found, either_columns, hold
from .objective import TASTE
from .solver import Solver, SolverError
from .steps import in_steps

INTEGRAL = 1e-6
CLOSE_ENOUGH = 1e-5
"""A gap in currency, plus as much relative: below the smallest coin by three orders."""
LEAST_SEARCH = 0.1
"""Seconds below which a search would not get past its own preparations."""
LAST_RESORT_S = 5.0
"""Seconds to look for any plan at all when there is none yet."""
MIXED_KW = 1e-4
"""What a store takes and gives at once, beyond the solver's tolerance."""
MOST_ROUNDS = 5
EITHERS_FIRST = 0.7
"""Share of the time for eithers alone: with the starts held, the benchmark's L comes within 0.01 % in half a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """`objective` is money and wishes (currency), `money` what is paid; `gap` is proven, relative to `objective`.

    `values` is what to do, `between` the same before what comes in steps was set to them: what questions start from.
    """

    values: Values
    between: Values
    objective: float
    money: float
    gap: float
    seconds: float


class Search:
    """One program and its solver; after `solve` it stays warm for questions."""

    def __init__(self, program: Program, time_limit_s: float) -> None:
        self.program = program
        self.columns = columns = program.bounds()
        self.solver = Solver(program, columns.money + columns.wish + columns.stay + TASTE * columns.taste)
        self._money = columns.money
        self._limit = time_limit_s

    def solve(self) -> Solution:
        """The best plan within the time limit. Raises SolverError when there is no answer at all."""
        began = time.perf_counter()
        relaxed = self.solver.run()
        if relaxed is None:
            raise SolverError("the program has no solution")
        bound, x = relaxed
        best: Found | None = relaxed
        if self._fractional(x):
            dived = time.perf_counter()
            best = self._dive(x, bound)
            best = self._dive_again(best, x, bound, began, time.perf_counter() - dived)
            if self._is_open(best, bound) and (best is None or self._left(began) >= LEAST_SEARCH):
                best, bound = self._polish(best, bound, began)
            assert best is not None
            hold(self.solver, best[1])
            best = self.solver.run()
        if best is None:
            raise SolverError("the program has no solution")
        return self._solution(self._one_way(best), bound, began)

    def _one_way(self, best: Found) -> Found:
        """`best` without stores that take and give at once, to burn what they must not keep: the lesser way is shut for
        good. Rare, and never where the price is negative: there a whole number forbids it.
        """
        for _ in range(MOST_ROUNDS):
            shut = [
                np.where((best[1][charge] < best[1][discharge]) & (not has_least), charge, discharge)[
                    np.minimum(best[1][charge], best[1][discharge]) > MIXED_KW
                ]
                for charge, discharge, has_least in self.program.stores
            ]
            lesser = np.concatenate([*shut, np.zeros(0, dtype=np.int64)])
            if not len(lesser):
                return best
            hold(self.solver, best[1])
            self.solver.columns.upper[lesser] = 0.0
            self.solver.release(lesser)
            found = Dive(self.program, self.solver).improved(self.solver.run())
            if found is None:
                break
            best = found
        hold(self.solver, best[1])
        return self.solver.run() or best

    def insist(
        self, on: Solution, columns: IntArray, lower: FloatArray, upper: FloatArray
    ) -> Solution | None:
        """The same with `columns` kept within new bounds from now on; None, and nothing changed, where that cannot be.

        Whole numbers stay where they are. Gap and time are those of `on`.
        """
        began = time.perf_counter()
        hold(self.solver, on.between.x)
        self.solver.bound(columns, lower, upper)
        try:
            best = self.solver.run()
        except SolverError:
            best = None
        if best is None:
            self.solver.release(columns)
            return None
        return replace(self._solution(best, best[0], began), gap=on.gap, seconds=on.seconds)

    def _solution(self, best: tuple[float, FloatArray], bound: float, began: float) -> Solution:
        gap, program = best[0] - bound, self.program
        if program.curves or program.steps:
            hold(self.solver, best[1])
        if program.curves:
            best = bend(program, self.solver, best)
        objective, x = best
        prices = self.solver.duals()
        planned = in_steps(program, self.solver, best)[1] if program.steps else x
        return Solution(
            values=Values(planned, *prices),
            between=Values(x, *prices),
            objective=objective + self.program.offset,
            money=float(self._money @ planned) + self.program.offset,
            gap=0.0 if gap <= tolerance(bound) else gap / max(abs(objective + self.program.offset), 1e-2),
            seconds=time.perf_counter() - began,
        )

    def _fractional(self, x: FloatArray) -> bool:
        part = x[self.solver.integers]
        return bool(np.any(np.abs(part - np.round(part)) > INTEGRAL))

    def _dive(self, x: FloatArray, bound: float) -> Found | None:
        """From the relaxation at `x`; before that from the previous plan, which is not to be left for a worse one."""
        if all(switch.before is None for switch in self.program.switches):
            return Dive(self.program, self.solver).run(x)
        stayed = Dive(self.program, self.solver).run(x, anchored=True)
        if not self._is_open(stayed, bound):
            return stayed
        self.solver.release(self.solver.integers)
        self.solver.run()
        moved = Dive(self.program, self.solver).run(x)
        found = [each for each in (stayed, moved) if each is not None]
        return min(found, key=lambda each: each[0], default=None)

    def _dive_again(
        self, best: Found | None, x: FloatArray, bound: float, began: float, took: float
    ) -> Found | None:
        """Dive with the switches as they were turned round last, as long as that gains and there is time for it: runs
        and eithers were settled before those were. The last one `took` so many seconds.
        """
        if not self.program.switches:
            return best
        while best is not None and self._is_open(best, bound):
            left = self._limit - (time.perf_counter() - began)
            if left < took:
                break
            self.solver.release(self.solver.integers)
            self.solver.run()
            found = Dive(self.program, self.solver).run(x, switched=best[1])
            if found is None or found[0] >= best[0] - tolerance(bound):
                break
            best = found
        return best

    def _is_open(self, best: Found | None, bound: float) -> bool:
        return best is None or best[0] - bound > tolerance(bound)

    def _polish(self, best: Found | None, bound: float, began: float) -> tuple[Found, float]:
        """Search on from `best`: first only which way eithers go, then everything, until time is up."""
        solver, turns = self.solver, either_columns(self.program)
        if best is not None and 0 < len(turns) < len(solver.integers):
            hold(solver, best[1])
            solver.release(turns)
            found = solver.branch(turns, best[1], self._left(began) * EITHERS_FIRST, tolerance(bound))
            if found is not None and found[0] < best[0]:
                hold(solver, found[2])
                best = Dive(self.program, solver).improved(solver.run()) or best
        solver.release(solver.integers)
        found = solver.branch(solver.integers, best and best[1], self._left(began), tolerance(bound))
        if found is None and best is None:
            # Rounding led to a dead end and time is up: a late plan is better than none.
            found = solver.branch(solver.integers, None, LAST_RESORT_S, INF)
        if found is None:
            if best is None:
                raise SolverError("no plan was found in time")
            return best, bound
        objective, proven, x = found
        bound = max(bound, proven)
        if best is not None and best[0] <= objective:
            return best, bound
        return (objective, x), bound

    def _left(self, began: float) -> float:
        return max(self._limit - (time.perf_counter() - began), LEAST_SEARCH / 2)


def tolerance(objective: float) -> float:
    """The gap in currency that counts as none."""
    return CLOSE_ENOUGH * (1.0 + abs(objective))
