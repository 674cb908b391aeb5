"""From a program to its best solution: relax, dive, improve by prices, and search on only while a gap is left."""

import time
from dataclasses import dataclass

import numpy as np

from ..assets._base import Values
from ..model.program import Choice, Either, IntArray, Program
from ..model.series import FloatArray
from .objective import TASTE
from .solver import Solver, SolverError

type Found = tuple[float, FloatArray]
"""Objective and columns."""

INTEGRAL = 1e-6
CLOSE_ENOUGH = 1e-5
"""A gap in currency, plus as much relative: below the smallest coin by three orders."""
STAGE = 0.3
"""Share of the eithers settled at a time: all at once costs 0.5 % on the benchmark's S, a tenth at a time only time."""
ROUNDS = 40
"""Re-pricings of the starts; on the benchmark problems the third brings nothing any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """`objective` is money and wishes (currency), `money` what is paid; `gap` is proven, relative to `objective`."""

    values: Values
    objective: float
    money: float
    gap: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Move:
    """Whole-number columns and what they become."""

    columns: IntArray
    to: FloatArray


class Search:
    """One program and its solver; after `solve` it stays warm for questions."""

    def __init__(self, program: Program, time_limit_s: float) -> None:
        self.program = program
        columns = program.bounds()
        self.solver = Solver(program, columns.money + columns.wish + TASTE * columns.taste)
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
            best = self._dive(x)
            if best is None or best[0] - bound > tolerance(bound):
                best, bound = self._polish(best, bound, began)
            self._hold(best[1])
            best = self.solver.run()
        if best is None:
            raise SolverError("the program has no solution")
        return self._solution(best, bound, began)

    def _solution(self, best: tuple[float, FloatArray], bound: float, began: float) -> Solution:
        objective, x = best
        gap = objective - bound
        return Solution(
            values=Values(x, self.solver.duals()[0]),
            objective=objective + self.program.offset,
            money=float(self._money @ x) + self.program.offset,
            gap=0.0 if gap <= tolerance(bound) else gap / max(abs(objective + self.program.offset), 1e-2),
            seconds=time.perf_counter() - began,
        )

    def _fractional(self, x: FloatArray) -> bool:
        part = x[self.solver.integers]
        return bool(np.any(np.abs(part - np.round(part)) > INTEGRAL))

    def _hold(self, x: FloatArray) -> None:
        """Keep the whole numbers where they are."""
        integers = self.solver.integers
        whole = np.round(x[integers])
        self.solver.bound(integers, whole, whole)

    def _dive(self, x: FloatArray) -> Found | None:
        """A whole-number solution near the relaxation: runs at their likeliest start, eithers by their flow."""
        solver, program = self.solver, self.program
        switches = [either.switch for either in program.eithers]
        others = np.setdiff1d(solver.integers, np.concatenate(switches) if switches else np.zeros(0))
        whole = np.round(x)
        for columns in program.rounded:
            whole[columns] = sum_up(x[columns])
        for choice in program.choices:
            part = x[choice.columns]
            whole[choice.columns] = 0.0
            if np.sum(part) > 0.5:
                whole[choice.columns[int(np.argmax(part))]] = 1.0
        solver.bound(others, whole[others], whole[others])
        best = self._improved(solver.run(), program.choices, [])
        if best is None or not switches:
            return best
        return self._improved(self._settle_eithers(best), program.choices, program.eithers)

    def _settle_eithers(self, best: Found | None) -> Found | None:
        """Fix the clearest eithers, solve again, and so on: later ones see what earlier ones did to prices."""
        eithers = self.program.eithers
        switch, first, second = (
            np.concatenate([getattr(either, name) for either in eithers])
            for name in ("switch", "first", "second")
        )
        while len(switch) and best is not None:
            flow = best[1][first] - best[1][second]
            clearest = np.argsort(-np.abs(flow), kind="stable")[: max(int(len(switch) * STAGE), 8)]
            towards = (flow[clearest] >= 0).astype(float)
            self.solver.bound(switch[clearest], towards, towards)
            switch, first, second = (np.delete(side, clearest) for side in (switch, first, second))
            best = self._improved(self.solver.run(), self.program.choices, [])
        return best

    def _improved(self, best: Found | None, choices: list[Choice], eithers: list[Either]) -> Found | None:
        """Move runs and turn eithers round where the prices of the last solution favour it, as long as that gains.

        Prices hold for small moves only: when all moves together gain nothing, the better half is tried, and so on.
        """
        for _ in range(ROUNDS):
            if best is None:
                return None
            moves = self._favoured(best[1], choices, eithers)
            tried = None
            while moves and (tried is None or tried[0] >= best[0] - 1e-9):
                tried = self._try(best, moves)
                moves = moves[: len(moves) // 2]
            if tried is None or tried[0] >= best[0] - 1e-9:
                break
            best = tried
        return best

    def _favoured(self, x: FloatArray, choices: list[Choice], eithers: list[Either]) -> list[Move]:
        """Moves by how much reduced costs promise, the most first."""
        reduced = self.solver.duals()[1]
        found: list[tuple[float, Move]] = []
        for choice in choices:
            columns = choice.columns
            now, then = columns[int(np.argmax(x[columns]))], columns[int(np.argmin(reduced[columns]))]
            if x[now] > 0.5 and reduced[now] - reduced[then] > 1e-9:
                found.append(
                    (float(reduced[now] - reduced[then]), Move(np.array([now, then]), np.array([0.0, 1.0])))
                )
        for either in eithers:
            on = x[either.switch] > 0.5
            gain = np.where(on, reduced[either.switch], -reduced[either.switch])
            found.extend(
                (float(gain[i]), Move(either.switch[i : i + 1], np.array([0.0 if on[i] else 1.0])))
                for i in np.flatnonzero(gain > 1e-9)
            )
        return [move for _, move in sorted(found, key=lambda pair: -pair[0])]

    def _try(self, best: Found, moves: list[Move]) -> Found | None:
        """Solve with the moves made; they are taken back when nothing better than `best` comes of it."""
        columns = np.concatenate([move.columns for move in moves])
        to = np.concatenate([move.to for move in moves])
        self.solver.bound(columns, to, to)
        tried = self.solver.run()
        if tried is None or tried[0] >= best[0] - 1e-9:
            self.solver.bound(columns, np.round(best[1][columns]), np.round(best[1][columns]))
        return tried

    def _polish(
        self, best: Found | None, bound: float, began: float
    ) -> tuple[tuple[float, FloatArray], float]:
        self.solver.release(self.solver.integers)
        left = max(self._limit - (time.perf_counter() - began), 0.05)
        found = self.solver.branch(None if best is None else best[1], left, tolerance(bound))
        if found is None:
            if best is None:
                raise SolverError("no plan was found in time")
            return best, bound
        objective, proven, x = found
        bound = max(bound, proven)
        if best is not None and best[0] <= objective:
            return best, bound
        return (objective, x), bound


def tolerance(objective: float) -> float:
    """The gap in currency that counts as none."""
    return CLOSE_ENOUGH * (1.0 + abs(objective))


def sum_up(x: FloatArray) -> FloatArray:
    """Zeros and ones whose running sum stays within a half of that of `x`: on-time is kept where each value is not."""
    return np.diff(np.floor(np.cumsum(x) + 0.5 + INTEGRAL), prepend=0.0)
