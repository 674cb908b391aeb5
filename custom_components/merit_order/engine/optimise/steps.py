"""Powers that come in steps: the current of a charger is a whole number of amperes."""

import numpy as np

from ..model.program import IntArray, Program, Steps
from ..model.series import FloatArray
from .dive import Found
from .solver import Solver

ON = 1e-6
MISSED, PAID = 0.01, 0.15
"""Currency of wishes that may be missed, and of money that may be paid, for the sake of steps. More means that they got
in the way, of a peak for instance, and the plan stays between them.
"""


def in_steps(program: Program, solver: Solver, best: Found) -> Found:
    """`best` with what comes in steps set to them, as far as no wish is missed and little is paid for it.

    In each stretch the last slot stays between steps: it takes up what rounding left over: a car is neither short
    nor too full. The solver's whole numbers are held; it is given back as it was.
    """
    missed, money = np.maximum(solver.columns.wish, 0.0), solver.columns.money
    tried: list[Found] = []
    for down in (False, True):
        fixed = [set_to(steps, best[1][steps.columns], down=down) for steps in program.steps]
        columns = np.concatenate(
            [steps.columns[where] for steps, (where, _) in zip(program.steps, fixed, strict=True)]
        )
        values = np.concatenate([to for _, to in fixed])
        if not len(columns):
            return best
        solver.bound(columns, values, values)
        found = solver.run()
        solver.release(columns)
        if found is None:
            continue
        more = found[1] - best[1]
        if float(missed @ more) <= MISSED and float(money @ more) <= PAID:
            tried.append(found)
    return min(tried, key=lambda found: found[0], default=best)


def set_to(steps: Steps, x: FloatArray, *, down: bool) -> tuple[IntArray, FloatArray]:
    """(positions, what they are set to) in all but the last slot of each stretch.

    To the nearest level, what was rounded off carried on to the next slot; or always `down`.
    """
    on = x > ON
    last = on & ~np.append(on[1:], False)
    where, to = [], []
    carried = 0.0
    for t in np.flatnonzero(on):
        if last[t]:
            carried = 0.0
            continue
        if down:
            below = steps.levels[steps.levels <= x[t] + ON]
            level = float(below[-1]) if len(below) else float(steps.levels[0])
        else:
            wanted = x[t] + carried / steps.hours[t]
            level = float(steps.levels[int(np.argmin(np.abs(steps.levels - wanted)))])
            carried += (x[t] - level) * steps.hours[t]
        where.append(int(t))
        to.append(level)
    return np.array(where, dtype=np.int64), np.array(to)
