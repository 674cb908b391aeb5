"""Coefficients that depend on the solution: solved with those of the last ones, until they agree."""

import numpy as np

from ..model.program import Program
from ..model.series import FloatArray
from .dive import Found
from .solver import Solver

ROUNDS = 8
AGREE = 2e-3
"""Relative difference of coefficients that makes none: a fifth of a percent of efficiency."""


def bend(program: Program, solver: Solver, best: Found) -> Found:
    """The best found with coefficients of its own levels; the solver's whole numbers are held.

    Coefficients are the mean of those of all rounds: a slot in which charging just pays would go to and fro. And each
    round is judged by its own coefficients: what it promised itself too much is paid at the highest price.
    """
    rows = np.concatenate([curve.rows for curve in program.curves])
    columns = np.concatenate([curve.columns for curve in program.curves])

    def own(x: FloatArray) -> FloatArray:
        return np.concatenate([curve.at(x) for curve in program.curves])

    kept = max(float(np.max(np.abs(solver.columns.money[curve.after]))) for curve in program.curves)
    tried: list[tuple[float, FloatArray]] = []
    wanted = given = own(best[1])
    for i in range(ROUNDS):
        solver.coefficients(rows, columns, given)
        found = solver.run()
        if found is None:
            break
        wanted = own(found[1])
        too_much = np.maximum((wanted - given) * found[1][columns], 0.0)
        dearest = max(float(np.max(np.abs(solver.duals()[0][rows]))), kept)
        tried.append((found[0] + dearest * float(np.sum(too_much)), given))
        if np.max(np.abs(wanted - given) / np.maximum(np.abs(given), 1e-9)) < AGREE:
            break
        given = given + (wanted - given) / (i + 2)
    if not tried:
        return best
    solver.coefficients(rows, columns, min(tried, key=lambda pair: pair[0])[1])
    return solver.run() or best
