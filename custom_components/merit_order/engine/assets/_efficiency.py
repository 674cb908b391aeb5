"""Efficiencies that depend on how full a battery is."""

import numpy as np

from ..model.program import Curve, IntArray
from ._battery import BatteryParams
from ._site import Site


def add_curves(
    site: Site,
    params: BatteryParams,
    charge: IntArray,
    discharge: IntArray,
    level: IntArray,
    storage: IntArray,
    start: float,
) -> None:
    """Efficiencies that depend on the level: the plan's own, so they are found by solving again."""
    hours, before = site.horizon.hours, np.concatenate(([-1], level[:-1]))
    for columns, table, down in (
        (charge, params.charge_efficiency_at, False),
        (discharge, params.discharge_efficiency_at, True),
    ):
        if table:
            points = curve_points(table, params.capacity_kwh, inverse=down)
            factor = hours if down else -hours
            site.program.curves.append(Curve(storage, columns, factor, before, level, start, points))


def curve_points(
    table: tuple[tuple[float, float], ...], capacity_kwh: float, *, inverse: bool
) -> tuple[tuple[float, float], ...]:
    """(level in kWh, efficiency or its inverse) of a table by SoC; what no battery has is cut off at 1 % and 100 %."""
    points = sorted(
        (float(np.clip(soc, 0.0, 100.0)), float(np.clip(share, 0.01, 1.0))) for soc, share in table
    )
    return tuple((soc / 100 * capacity_kwh, 1 / share if inverse else share) for soc, share in points)
