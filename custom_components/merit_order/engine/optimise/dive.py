"""From a relaxation to a good whole-number solution in a few linear programs.

Every wish in a program is soft, so whole numbers may be set in any way that keeps to the ups and downs of the
relaxation: runs go to their likeliest start, switches keep their on-time, eithers follow their flow, clearest first.
Then prices say which of these to turn round.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..model.program import BoolArray, Choice, IntArray, Program, Switch
from ..model.series import FloatArray
from .solver import Solver

type Found = tuple[float, FloatArray]
"""Objective and columns."""

STAGES = (0.7, 1.0, 0.3)
"""Shares of the eithers settled at a time, tried in turn while the gap is wide: none is best on every problem (on the
benchmark's S all at once is 0.5 % off and the others are at the optimum; on L it is the other way round)."""
WIDE = 1e-3
"""What settling the eithers may cost, relatively, without another try."""
TRIES = 8
"""Linear programs solved to turn things round, per stage; a search within the time left follows anyway."""
LEAST_GAIN = 1e-9


@dataclass(frozen=True, slots=True)
class Move:
    """Whole-number columns and what they become."""

    columns: IntArray
    to: FloatArray


class Dive:
    """Works on a solver that stands at the solved relaxation; leaves the whole numbers fixed."""

    def __init__(self, program: Program, solver: Solver) -> None:
        self._program = program
        self._solver = solver
        chosen = [choice.columns for choice in program.choices]
        # What a person ordered is not turned round.
        open_ones = solver.integers[
            solver.columns.lower[solver.integers] < solver.columns.upper[solver.integers]
        ]
        self._toggles = np.setdiff1d(open_ones, np.concatenate(chosen) if chosen else np.zeros(0))

    def run(
        self, x: FloatArray, *, anchored: bool = False, switched: FloatArray | None = None
    ) -> Found | None:
        """The best found from the relaxation's columns, with switches as in the columns `switched` if given, or
        `anchored` at the previous plan; None when rounding led to a dead end.
        """
        solver, program = self._solver, self._program
        turns = either_columns(program)
        others = np.setdiff1d(solver.integers, turns)
        whole = rounded(program, x, solver.columns.stay)
        if switched is not None:
            for switch in program.switches:
                whole[switch.columns] = np.round(switched[switch.columns])
        if anchored:
            _as_before(program, whole)
        whole = np.clip(whole, solver.columns.lower, solver.columns.upper)
        solver.bound(others, whole[others], whole[others])
        first = solver.run() or self._less(whole, x, others)
        settled = self._improved(first, program.choices, np.setdiff1d(self._toggles, turns))
        if not len(turns):
            return self._exchange(settled)
        if settled is None:
            return None
        best: Found | None = None
        for stage in STAGES:
            found = self.improved(self._settle_eithers(settled, stage))
            if found is not None and (best is None or found[0] < best[0]):
                best = found
            if best is not None and best[0] - settled[0] <= WIDE * (1.0 + abs(settled[0])):
                break
            solver.release(turns)
            solver.bound(others, np.round(settled[1][others]), np.round(settled[1][others]))
        return best

    def _less(self, whole: FloatArray, x: FloatArray, others: IntArray) -> Found | None:
        """Rounding gave a switch more time than there is use for: less than the relaxation has, or none, never is."""
        lower, upper = self._solver.columns.lower, self._solver.columns.upper
        for share in (1.0, 0.0):
            for switch in self._program.switches:
                later = switch if switch.lead is None else replace(switch, lead=0.0)
                on = share * sum_up(later, x[switch.columns])
                whole[switch.columns] = np.clip(on, lower[switch.columns], upper[switch.columns])
            self._solver.bound(others, whole[others], whole[others])
            if (found := self._solver.run()) is not None:
                return found
        return None

    def improved(self, best: Found | None) -> Found | None:
        """Turn round whatever the prices of the last solution favour, with all whole numbers fixed as in `best`."""
        return self._exchange(self._improved(best, self._program.choices, self._toggles))

    def _exchange(self, best: Found | None) -> Found | None:
        """Move on-time of switches to where prices favour it."""
        # The last try may have failed: prices are those of `best`.
        best = best and self._solver.run()
        return self._moved(best, self._exchanged)

    def _settle_eithers(self, best: Found | None, stage: float) -> Found | None:
        """Fix the clearest eithers, solve again, and so on: later ones see what earlier ones did to prices."""
        eithers = self._program.eithers
        switch, first, second = (
            np.concatenate([getattr(either, name) for either in eithers])
            for name in ("switch", "first", "second")
        )
        while len(switch) and best is not None:
            flow = best[1][first] - best[1][second]
            clearest = np.argsort(-np.abs(flow), kind="stable")[: max(int(len(switch) * stage), 8)]
            towards = (flow[clearest] >= 0).astype(float)
            self._solver.bound(switch[clearest], towards, towards)
            switch, first, second = (np.delete(side, clearest) for side in (switch, first, second))
            best = self._improved(self._solver.run(), self._program.choices, np.zeros(0, dtype=np.int64))
        return best

    def _improved(self, best: Found | None, choices: list[Choice], toggles: IntArray) -> Found | None:
        """Move runs and turn switches round where the prices of the last solution favour it, as long as that gains.

        Prices hold for small moves only: when all moves together gain nothing, the better half is tried, and so on.
        """
        return self._moved(best, lambda x: self._favoured(x, choices, toggles))

    def _moved(self, best: Found | None, favoured: Callable[[FloatArray], list[Move]]) -> Found | None:
        if best is None:
            return None
        moves = favoured(best[1])
        for _ in range(TRIES):
            if not moves:
                break
            tried = self._try(best, moves)
            if tried is not None and tried[0] < best[0] - LEAST_GAIN:
                best = tried
                moves = favoured(best[1])
            else:
                moves = moves[: len(moves) // 2]
        return best

    def _exchanged(self, x: FloatArray) -> list[Move]:
        """Slots in which a switch is on against those in which it is off, by how much reduced costs promise."""
        reduced = self._solver.duals()[1]
        found: list[tuple[float, Move]] = []
        for switch in self._program.switches:
            found.extend(_exchanges(np.intersect1d(switch.columns, self._toggles), x, reduced))
        return [move for _, move in sorted(found, key=lambda pair: -pair[0])]

    def _favoured(self, x: FloatArray, choices: list[Choice], toggles: IntArray) -> list[Move]:
        """Moves by how much reduced costs promise, the most first."""
        reduced = self._solver.duals()[1]
        found: list[tuple[float, Move]] = []
        for choice in choices:
            columns = choice.columns
            chosen = np.flatnonzero(x[columns] > 0.5)
            for place in chosen:
                open_to = np.flatnonzero(_open_to(choice, chosen[chosen != place]))
                now, then = columns[place], columns[open_to[int(np.argmin(reduced[columns[open_to]]))]]
                gain = float(reduced[now] - reduced[then])
                if gain > LEAST_GAIN:
                    found.append((gain, Move(np.array([now, then]), np.array([0.0, 1.0]))))
            if len(chosen) < choice.count and len(open_to := np.flatnonzero(_open_to(choice, chosen))):
                then = columns[open_to[int(np.argmin(reduced[columns[open_to]]))]]
                if -reduced[then] > LEAST_GAIN:
                    found.append((float(-reduced[then]), Move(np.array([then]), np.ones(1))))
        on = x[toggles] > 0.5
        gains = np.where(on, reduced[toggles], -reduced[toggles])
        found.extend(
            (float(gains[i]), Move(toggles[i : i + 1], np.array([0.0 if on[i] else 1.0])))
            for i in np.flatnonzero(gains > LEAST_GAIN)
        )
        return [move for _, move in sorted(found, key=lambda pair: -pair[0])]

    def _try(self, best: Found, moves: list[Move]) -> Found | None:
        """Solve with the moves made; they are taken back when nothing better than `best` comes of it."""
        columns = np.concatenate([move.columns for move in moves])
        to = np.concatenate([move.to for move in moves])
        self._solver.bound(columns, to, to)
        tried = self._solver.run()
        if tried is None or tried[0] >= best[0] - LEAST_GAIN:
            self._solver.bound(columns, np.round(best[1][columns]), np.round(best[1][columns]))
        return tried


def _exchanges(columns: IntArray, x: FloatArray, reduced: FloatArray) -> list[tuple[float, Move]]:
    """(gain, move): the dearest slots in which a switch is on against the cheapest in which it is off."""
    on, off = columns[x[columns] > 0.5], columns[x[columns] <= 0.5]
    on, off = on[np.argsort(-reduced[on], kind="stable")], off[np.argsort(reduced[off], kind="stable")]
    pairs = min(len(on), len(off))
    gains = reduced[on[:pairs]] - reduced[off[:pairs]]
    return [
        (float(gains[i]), Move(np.array([on[i], off[i]]), np.array([0.0, 1.0])))
        for i in np.flatnonzero(gains > LEAST_GAIN)
    ]


def either_columns(program: Program) -> IntArray:
    """The whole-number columns of all eithers."""
    turns = [either.switch for either in program.eithers]
    return np.concatenate(turns) if turns else np.zeros(0, dtype=np.int64)


def hold(solver: Solver, x: FloatArray) -> None:
    """Keep the whole numbers of `x` where they are."""
    whole = np.round(x[solver.integers])
    solver.bound(solver.integers, whole, whole)


def rounded(program: Program, x: FloatArray, stay: FloatArray) -> FloatArray:
    """Whole numbers near the relaxation's, in the way that suits what they stand for."""
    whole = np.round(x)
    for switch in program.switches:
        whole[switch.columns] = sum_up(switch, x[switch.columns])
    for choice in program.choices:
        part = x[choice.columns]
        whole[choice.columns] = 0.0
        # A start of the previous plan goes first: it is left only for a solution that gains more than leaving costs.
        liked = part + 10.0 * (stay[choice.columns] < 0)
        whole[choice.columns[_likeliest(choice, liked, round(float(np.sum(part))))]] = 1.0
    return whole


def _open_to(choice: Choice, taken: IntArray) -> BoolArray:
    """Shape (columns,): which starts do not run into those that are `taken` (places)."""
    places = np.arange(len(choice.columns))
    into = (choice.next[:, None] > taken) & (choice.next[taken] > places[:, None])
    return np.asarray(~np.any(into, axis=1))


def _likeliest(choice: Choice, liked: FloatArray, count: int) -> IntArray:
    """The places of `count` starts, or as many as fit, none of which runs into another, that are liked most in all."""
    if count <= 1:
        return np.array([int(np.argmax(liked))] if count else [], dtype=np.int64)
    n = len(liked)
    # best[i, k]: the most of k starts from place i on.
    best = np.full((n + 1, count + 1), -np.inf)
    best[:, 0] = 0.0
    for i in range(n - 1, -1, -1):
        best[i, 1:] = np.maximum(best[i + 1, 1:], liked[i] + best[choice.next[i], :-1])
    k, i, found = int(np.flatnonzero(np.isfinite(best[0]))[-1]), 0, []
    while k:
        if best[i, k] == best[i + 1, k]:
            i += 1
        else:
            found.append(i)
            i, k = int(choice.next[i]), k - 1
    return np.array(found, dtype=np.int64)


def _as_before(program: Program, whole: FloatArray) -> None:
    """Switches as the previous plan had them, where it had them."""
    for switch in program.switches:
        if switch.before is not None:
            known = ~np.isnan(switch.before)
            whole[switch.columns[known]] = switch.before[known]


def sum_up(switch: Switch, x: FloatArray) -> FloatArray:
    """Zeros and ones whose running sum follows that of `x`, in stretches of `block`: on-time is kept."""
    if switch.lead is None:
        return (x > 1 - 1e-6).astype(float)
    blocks = -(-len(x) // switch.block)
    padded = np.zeros(blocks * switch.block)
    padded[: len(x)] = x
    share = padded.reshape(blocks, switch.block).mean(axis=1)
    on = np.diff(np.floor(np.cumsum(share) + np.clip(switch.lead, 1e-6, 1 - 1e-6)), prepend=0.0)
    return np.repeat(np.minimum(on, 1.0), switch.block)[: len(x)]
