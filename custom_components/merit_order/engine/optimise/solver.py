"""The only file that knows HiGHS: a program in, a solution with its proven gap out."""

import time
from dataclasses import dataclass

import highspy
import numpy as np

from ..assets._base import Values
from ..model.errors import MeritOrderError
from ..model.program import IntArray, Program
from ..model.series import FloatArray
from .objective import TASTE

INTEGRAL = 1e-6
PROVEN = 1e-6
"""A gap in currency that is none: below the smallest coin by four orders."""


class SolverError(MeritOrderError):
    """The solver gave no usable answer; the plan that stands stays."""

    key = "solver_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """`objective` is money and wishes (currency), `money` what is paid; `gap` is proven, relative to `objective`."""

    values: Values
    objective: float
    money: float
    gap: float
    seconds: float

    @property
    def optimal(self) -> bool:
        """Nothing better is left to find."""
        return self.gap <= 1e-6


class Solver:
    """A program held by HiGHS, so that small changes are solved from where the last solution stood."""

    def __init__(self, program: Program, time_limit_s: float) -> None:
        self._columns = program.bounds()
        self._matrix = program.matrix()
        self._program = program
        self._integers: IntArray = np.flatnonzero(self._columns.integer)
        self._offset = program.offset
        self._limit = time_limit_s
        self._highs = self._load()

    def solve(self) -> Solution:
        """The best plan within the time limit. Raises SolverError when there is no usable answer at all."""
        began = time.perf_counter()
        bound, x = self._run()
        best, best_x = bound, x
        if self._fractional(x):
            best, best_x = self._branch(began)
            bound = self._highs.getInfo().mip_dual_bound
        self._fix(best_x)
        best, x = self._run()
        scale = max(abs(best), 1e-3)
        gap = 0.0 if best - bound <= PROVEN else (best - bound) / scale
        return Solution(
            values=Values(x, np.array(self._highs.getSolution().row_dual)),
            objective=best + self._offset,
            money=float(self._columns.money @ x) + self._offset,
            gap=gap,
            seconds=time.perf_counter() - began,
        )

    def _load(self) -> highspy.Highs:
        columns, matrix = self._columns, self._matrix
        highs = highspy.Highs()
        for option, value in (
            ("output_flag", False),
            # Changing it within a process has been seen to return no solution at all.
            ("threads", 1),
            ("presolve", "off"),
            ("solver", "simplex"),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", PROVEN),
        ):
            highs.setOptionValue(option, value)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self._program.n_columns, self._program.n_rows
        lp.col_cost_ = columns.money + columns.wish + TASTE * columns.taste
        lp.col_lower_, lp.col_upper_ = columns.lower, columns.upper
        lp.row_lower_, lp.row_upper_ = matrix.row_lower, matrix.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = (
            matrix.start,
            matrix.index,
            matrix.value,
        )
        if highs.passModel(lp) == highspy.HighsStatus.kError:
            raise SolverError("the program was refused")
        return highs

    def _run(self) -> tuple[float, FloatArray]:
        highs = self._highs
        highs.run()
        status = highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverError(f"solver said {highs.modelStatusToString(status)}")
        return highs.getInfo().objective_function_value, np.array(highs.getSolution().col_value)

    def _fractional(self, x: FloatArray) -> bool:
        part = x[self._integers]
        return bool(np.any(np.abs(part - np.round(part)) > INTEGRAL))

    def _branch(self, began: float) -> tuple[float, FloatArray]:
        highs, integers = self._highs, self._integers
        kinds = np.full(len(integers), highspy.HighsVarType.kInteger)
        highs.changeColsIntegrality(len(integers), integers.astype(np.int32), kinds)
        highs.setOptionValue(
            "time_limit", max(self._limit - (time.perf_counter() - began), 0.05) + highs.getRunTime()
        )
        highs.run()
        x = np.array(highs.getSolution().col_value)
        info = highs.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            raise SolverError(f"solver said {highs.modelStatusToString(highs.getModelStatus())}")
        highs.setOptionValue("time_limit", float("inf"))
        return info.objective_function_value, x

    def _fix(self, x: FloatArray) -> None:
        """Hold the whole numbers where they are: what is left is an LP with prices."""
        integers = self._integers
        if not len(integers):
            return
        kinds = np.full(len(integers), highspy.HighsVarType.kContinuous)
        self._highs.changeColsIntegrality(len(integers), integers.astype(np.int32), kinds)
        whole = np.round(x[integers])
        self._highs.changeColsBounds(len(integers), integers.astype(np.int32), whole, whole)
