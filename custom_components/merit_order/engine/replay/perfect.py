"""The least a home could have paid, had it known everything: one linear program over the whole window.

Whole numbers are relaxed, so with appliances that run in one piece it is a bound no plan can reach; with a battery
alone it is the exact optimum.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from ..assets._base import Part, Values
from ..capacity import capacity_charge
from ..model.horizon import Band, Horizon
from ..model.series import Forecast, Quality, Series, Slots
from ..model.snapshot import Snapshot, TariffView
from ..optimise.objective import TASTE, stored_value
from ..optimise.problem import pose
from ..optimise.solver import Solver, SolverError
from .home import Home
from .peaks import demand_bill
from .run import Truth


@dataclass(frozen=True, slots=True)
class Perfect:
    """`bill` in currency; `stored_kwh` more in batteries and cars than at the start; what a stored kWh is worth."""

    bill: float
    stored_kwh: float
    stored_value: float


def perfect(truth: Truth, home: Home) -> Perfect:
    """With everything known. Raises SolverError when the solver gives no answer."""
    horizon = _horizon(truth, home)
    empty = Forecast(mid=Series(()))
    snapshot = Snapshot(
        at=horizon.at,
        timezone=str(home.zone),
        currency=home.currency,
        tariff=TariffView(import_price=Series(())),
        load=empty,
        assets=home.assets,
        settings=home.settings,
    )
    problem = pose(snapshot, horizon)
    columns = problem.program.bounds()
    solver = Solver(problem.program, columns.money + columns.wish + TASTE * columns.taste)
    found = solver.run()
    if found is None:
        raise SolverError("the year has no solution")
    x = found[1]
    bought, sold = x[problem.grid.imports], x[problem.grid.exports]
    values = Values(x, *solver.duals())
    stored = sum(_stored(part, values) for part in problem.parts)
    bill = float((bought @ truth.buy - sold @ truth.sell) * truth.hours)
    if home.capacity is not None:
        bill += demand_bill(home.capacity, home.zone, truth.start, truth.step, bought)
    return Perfect(bill, stored, stored_value(horizon))


def _stored(part: Part, values: Values) -> float:
    outcome = part.outcome(values)
    if outcome.level is None or outcome.level_unit != "kWh":
        return 0.0
    return float(outcome.level[-1]) - (outcome.level_start or 0.0)


def _horizon(truth: Truth, home: Home) -> Horizon:
    at = datetime.fromtimestamp(truth.start, UTC)
    slots = Slots.regular(at, truth.step // 60, len(truth))
    sun = Band(mid=truth.solar_kw, low=truth.solar_kw, high=truth.solar_kw)
    return Horizon(
        at=at,
        slots=slots,
        hours=np.full(len(truth), truth.hours),
        zone=home.zone,
        currency=home.currency,
        import_price=truth.buy,
        export_price=truth.sell,
        price_quality=(Quality.KNOWN,) * len(truth),
        load=Band(mid=truth.load_kw, low=truth.load_kw, high=truth.load_kw),
        series={spec.id: {"power": sun} for spec in home.of_kind("solar")},
        capacity=capacity_charge(home.capacity, month_peak_kw=0.0) if home.capacity is not None else None,
    )
