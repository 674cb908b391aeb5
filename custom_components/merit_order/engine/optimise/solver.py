"""The only file that knows HiGHS: a program in, numbers out."""

from typing import Any

import highspy
import numpy as np
from numpy.typing import ArrayLike

from ..model.errors import MeritOrderError
from ..model.program import IntArray, Program
from ..model.series import FloatArray

SETTLED = (
    highspy.HighsModelStatus.kOptimal,
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
)


class SolverError(MeritOrderError):
    """The solver gave no usable answer; the plan that stands stays."""

    key = "solver_failed"


class Solver:
    """A program held by HiGHS as an LP, so that small changes are solved from where the last solution stood.

    `cost` is the objective per column. Integer columns are relaxed but in `branch`.
    """

    def __init__(self, program: Program, cost: FloatArray) -> None:
        self.columns = program.bounds()
        self._highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy is not typed
        matrix = program.matrix()
        self.integers: IntArray = np.flatnonzero(self.columns.integer)
        """Columns that are whole numbers in the end."""
        for option, value in (
            ("output_flag", False),
            # Changing it within a process has been seen to return no solution at all.
            ("threads", 1),
            # Measured on problems of this form: a third faster without.
            ("presolve", "off"),
            ("solver", "simplex"),
        ):
            self._highs.setOptionValue(option, value)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = program.n_columns, program.n_rows
        lp.col_cost_ = cost
        lp.col_lower_, lp.col_upper_ = self.columns.lower, self.columns.upper
        lp.row_lower_, lp.row_upper_ = matrix.row_lower, matrix.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = (
            matrix.start,
            matrix.index,
            matrix.value,
        )
        if self._highs.passModel(lp) == highspy.HighsStatus.kError:
            raise SolverError("the program was refused")

    def run(self) -> tuple[float, FloatArray] | None:
        """Objective and columns of the relaxation, None without a solution. Raises SolverError on the rest."""
        highs = self._highs
        highs.run()
        if highs.getModelStatus() not in SETTLED:
            # A hot start can run into numerical trouble that a fresh one does not meet.
            highs.clearSolver()
            highs.run()
        status = highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return highs.getInfo().objective_function_value, np.array(highs.getSolution().col_value)
        if status in SETTLED:
            return None
        raise SolverError(f"the solver said {highs.modelStatusToString(status)}")

    def duals(self) -> tuple[FloatArray, FloatArray]:
        """Of the last relaxation: worth per row, reduced cost per column."""
        solution = self._highs.getSolution()
        return np.array(solution.row_dual), np.array(solution.col_dual)

    def bound(self, columns: IntArray, lower: ArrayLike, upper: ArrayLike) -> None:
        """Move the bounds of `columns`."""
        count = len(columns)
        self._highs.changeColsBounds(
            count, columns.astype(np.int32), _each(lower, count), _each(upper, count)
        )

    def bound_rows(self, rows: IntArray, lower: ArrayLike, upper: ArrayLike) -> None:
        """Move the bounds of `rows`."""
        count = len(rows)
        self._highs.changeRowsBounds(count, rows.astype(np.int32), _each(lower, count), _each(upper, count))

    def price(self, columns: IntArray, cost: ArrayLike) -> None:
        """Change what `columns` cost."""
        count = len(columns)
        self._highs.changeColsCost(count, columns.astype(np.int32), _each(cost, count))

    def coefficients(self, rows: IntArray, columns: IntArray, values: FloatArray) -> None:
        """Change single coefficients."""
        for row, column, value in zip(rows.tolist(), columns.tolist(), values.tolist(), strict=True):
            self._highs.changeCoeff(row, column, value)

    def release(self, columns: IntArray) -> None:
        """Give `columns` the bounds of the program back."""
        self.bound(columns, self.columns.lower[columns], self.columns.upper[columns])

    def branch(
        self, whole: IntArray, start: FloatArray | None, seconds: float, gap: float
    ) -> tuple[float, float, FloatArray] | None:
        """Search with `whole` columns as whole numbers for at most `seconds`, from `start` if given, until proven
        within `gap` (currency).

        Objective, proven bound and columns of the best found; None when nothing was found in time.
        """
        highs, integers = self._highs, whole.astype(np.int32)
        highs.changeColsIntegrality(
            len(integers), integers, np.full(len(integers), highspy.HighsVarType.kInteger)
        )
        highs.setOptionValue("mip_abs_gap", gap)
        highs.setOptionValue("mip_rel_gap", 0.0)
        highs.setOptionValue("time_limit", seconds)
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = list(start)
            highs.setSolution(solution)
        highs.run()
        info = highs.getInfo()
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        result = (info.objective_function_value, info.mip_dual_bound, np.array(highs.getSolution().col_value))
        highs.setOptionValue("time_limit", float("inf"))
        highs.changeColsIntegrality(
            len(integers), integers, np.full(len(integers), highspy.HighsVarType.kContinuous)
        )
        return result if found else None


def _each(value: ArrayLike, count: int) -> FloatArray:
    """One number for all, or one for each."""
    return np.array(np.broadcast_to(np.asarray(value, dtype=float), (count,)))
