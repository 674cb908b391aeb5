"""The home without us: loads at once, the battery on self-consumption, the car as fast as it can."""

import numpy as np

from ..assets._base import Values
from ..assets._peak import Windows
from ..model.horizon import Horizon
from .problem import Problem

STORES = ("battery",)
"""Kinds that follow what the home else needs; they come after everything else."""


def baseline_cost(problem: Problem, values: Values) -> float:
    """Money over the horizon, for the same energy as in the plan of `values`; stored energy is valued alike."""
    horizon = problem.horizon
    net, money = horizon.load.mid.copy(), 0.0
    parts = [part for part in problem.parts if part is not problem.grid]
    for part in sorted(parts, key=lambda part: part.spec.kind in STORES):
        alone = part.unplanned(values, net)
        net = net + (-alone.power_kw if part.spec.kind == "solar" else alone.power_kw)
        money += alone.money
    return money + _grid_cost(horizon, net) + _peak_cost(horizon, net)


def _grid_cost(horizon: Horizon, net: np.ndarray) -> float:
    bought, sold = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    return float((bought * horizon.import_price - sold * horizon.export_price) @ horizon.hours)


def _peak_cost(horizon: Horizon, net: np.ndarray) -> float:
    charge = horizon.capacity
    if charge is None:
        return 0.0
    due = max(charge.floor_kw, charge.month_peak_kw)
    peak = Windows.of(horizon, charge).peak_kw(np.maximum(net, 0.0), horizon.hours)
    return charge.price_per_kw * max(peak - due, 0.0)
