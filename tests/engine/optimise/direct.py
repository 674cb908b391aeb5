"""The neutral problem as one plain MILP to gap 0, written without any of our code: what the optimum is."""

from collections.abc import Mapping
from typing import Any

import highspy
import numpy as np


class Direct:
    """Column by column, row by row; slow and obvious."""

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.whole: list[bool] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []

    def column(self, cost: float, low: float, high: float, *, whole: bool = False) -> int:
        self.cost.append(cost)
        self.low.append(low)
        self.high.append(high)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(self, terms: dict[int, float], low: float, high: float) -> None:
        self.rows.append((terms, low, high))

    def solve(self) -> float:
        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy is not typed
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", 1)
        highs.setOptionValue("mip_rel_gap", 0.0)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.cost), len(self.rows)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = (np.array(v) for v in (self.cost, self.low, self.high))
        lp.row_lower_ = np.array([row[1] for row in self.rows])
        lp.row_upper_ = np.array([row[2] for row in self.rows])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0, *(len(row[0]) for row in self.rows)])
        lp.a_matrix_.index_ = np.array([column for row in self.rows for column in row[0]])
        lp.a_matrix_.value_ = np.array([value for row in self.rows for value in row[0].values()])
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[whole] for whole in self.whole]
        highs.passModel(lp)
        highs.run()
        assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return float(highs.getInfo().objective_function_value)


def optimum(problem: Mapping[str, Any]) -> float:
    """The least cost of a neutral problem in which every wish can be met."""
    model, n, dt = Direct(), problem["n"], problem["dt_min"] / 60
    battery, limits, inf = problem["battery"], problem["grid"], float("inf")
    balance: list[dict[int, float]] = [{} for _ in range(n)]
    level = -1
    for t in range(n):
        buy = model.column(problem["import_price"][t] * dt, 0, limits["import_limit_kw"])
        sell = model.column(-problem["export_price"][t] * dt, 0, limits["export_limit_kw"])
        way = model.column(0, 0, 1, whole=True)
        model.row({buy: 1, way: -limits["import_limit_kw"]}, -inf, 0)
        model.row({sell: 1, way: limits["export_limit_kw"]}, -inf, limits["export_limit_kw"])
        into, out = (model.column(0, 0, battery[key]) for key in ("max_charge_kw", "max_discharge_kw"))
        charging = model.column(0, 0, 1, whole=True)
        model.row({into: 1, charging: -battery["max_charge_kw"]}, -inf, 0)
        model.row({out: 1, charging: battery["max_discharge_kw"]}, -inf, battery["max_discharge_kw"])
        worth = -battery["terminal_value"] if t == n - 1 else 0.0
        now = model.column(worth, battery["soc_min_kwh"], battery["soc_max_kwh"])
        before: dict[int, float] = {} if level < 0 else {level: -1.0}
        begin = battery["soc_init_kwh"] if level < 0 else 0.0
        model.row({now: 1, into: -battery["eta_c"] * dt, out: dt / battery["eta_d"]} | before, begin, begin)
        level = now
        balance[t] |= {buy: 1, sell: -1, into: -1, out: 1}
        if problem["pv_curtailable"]:
            balance[t][model.column(0, 0, problem["pv_kw"][t])] = -1
    if car := problem["ev"]:
        power = {t: model.column(0, 0, car["max_kw"]) for t in range(car["start"], car["deadline"])}
        model.row(dict.fromkeys(power.values(), dt), car["energy_kwh"], car["energy_kwh"])
        for t, column in power.items():
            balance[t][column] = -1
    for load in problem["loads"]:
        starts = range(load["window_start"], load["window_end"] - load["duration"] + 1)
        chosen = {s: model.column(0, 0, 1, whole=True) for s in starts}
        model.row(dict.fromkeys(chosen.values(), 1.0), 1, 1)
        for s, column in chosen.items():
            for t in range(s, s + load["duration"]):
                balance[t][column] = -load["power_kw"]
    for t in range(n):
        net = problem["load_kw"][t] - problem["pv_kw"][t]
        model.row(balance[t], net, net)
    return model.solve() + float(battery["terminal_value"] * battery["soc_init_kwh"])
