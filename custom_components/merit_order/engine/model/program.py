"""A mixed-integer linear program, written down in numpy blocks and handed to the solver in one piece.

Minimise `money + wish` (currency), then `taste` among what costs the same, subject to row bounds. `money` is what is
really paid, `wish` the price of a wish not met (or the reward of an optional one), `taste` a preference, `stay` the
price of leaving the previous plan.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .series import FloatArray

type IntArray = NDArray[np.int64]
type BoolArray = NDArray[np.bool_]

INF = float("inf")


@dataclass(frozen=True, slots=True)
class Choice:
    """Binary columns of which at most `count` are one: the possible starts of runs, rising.

    `next` is for each the place of the first that can follow it, (columns,).
    """

    columns: IntArray
    count: int
    next: IntArray


@dataclass(frozen=True, slots=True)
class Either:
    """`switch` is one where `first` may be above zero, zero where `second` may; `ratio` are their upper bounds."""

    switch: IntArray
    first: IntArray
    second: IntArray


@dataclass(frozen=True, slots=True)
class Switch:
    """On/off `columns` in time order, switched in stretches of at least `block` slots.

    `lead` is by how much on-time may run ahead of the relaxation's: 0 never (a charger at its least current must not
    overfill the car), 1 always (water must not be colder than wished), 0.5 either way; None: on only where the
    relaxation is wholly on (what may only run on spare power cannot be moved in time). Of two entries for a column
    the later one counts. `before` is how the previous plan had it: 1 on, 0 off, NaN where it said nothing.
    """

    columns: IntArray
    block: int = 1
    lead: float | None = 0.5
    before: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """`columns` in time order, in slots of `hours`, that can only be set to `levels` (rising) or nothing.

    They are planned as if any value between would do, and set in the end: no search is worth an ampere.
    """

    columns: IntArray
    hours: FloatArray
    levels: FloatArray


@dataclass(frozen=True, slots=True)
class Curve:
    """Coefficients that depend on the solution: `factor` times what `points` say at a level.

    One for each of `columns` in `rows`; the level is the mean of `before` and `after` (columns; `before` −1: `start`),
    and `points` are (level, value), rising in level, straight between.
    """

    rows: IntArray
    columns: IntArray
    factor: FloatArray
    before: IntArray
    after: IntArray
    start: float
    points: tuple[tuple[float, float], ...]

    def at(self, x: FloatArray) -> FloatArray:
        """The coefficients at a solution."""
        before = np.where(self.before >= 0, x[self.before], self.start)
        levels, values = np.array(self.points).T
        return np.asarray(self.factor * np.interp((before + x[self.after]) / 2, levels, values), dtype=float)


@dataclass(slots=True)
class Columns:
    """All columns as arrays of shape (columns,)."""

    lower: FloatArray
    upper: FloatArray
    money: FloatArray
    wish: FloatArray
    taste: FloatArray
    stay: FloatArray
    integer: BoolArray


@dataclass(slots=True)
class Matrix:
    """Column-wise sparse coefficients and row bounds; `start` has shape (columns + 1,)."""

    start: NDArray[np.int32]
    index: NDArray[np.int32]
    value: FloatArray
    row_lower: FloatArray
    row_upper: FloatArray


@dataclass(slots=True)
class Program:
    """A program under construction. Column and row numbers are given out in the order asked for."""

    offset: float = 0.0
    """Money that is due whatever is decided, in currency."""
    choices: list[Choice] = field(default_factory=list)
    eithers: list[Either] = field(default_factory=list)
    stores: list[tuple[IntArray, IntArray, bool]] = field(default_factory=list)
    """(charge, discharge) columns that are never both above zero at a time; whether charging has a least power, so that
    it cannot be what gives way.
    """
    switches: list[Switch] = field(default_factory=list)
    steps: list[Steps] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    n_columns: int = 0
    n_rows: int = 0
    _columns: list[tuple[FloatArray, ...]] = field(default_factory=list)
    _integer: list[BoolArray] = field(default_factory=list)
    _rows: list[tuple[FloatArray, FloatArray]] = field(default_factory=list)
    _entries: list[tuple[IntArray, IntArray, FloatArray]] = field(default_factory=list)
    _fixed: list[tuple[IntArray, FloatArray]] = field(default_factory=list)

    def columns(
        self,
        count: int,
        *,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = INF,
        money: ArrayLike = 0.0,
        wish: ArrayLike = 0.0,
        taste: ArrayLike = 0.0,
        stay: ArrayLike = 0.0,
        integer: bool = False,
    ) -> IntArray:
        """`count` new columns; their numbers, shape (count,)."""
        self._columns.append(tuple(_full(value, count) for value in (lower, upper, money, wish, taste, stay)))
        self._integer.append(np.full(count, integer))
        first, self.n_columns = self.n_columns, self.n_columns + count
        return np.arange(first, first + count)

    def rows(self, count: int, lower: ArrayLike = -INF, upper: ArrayLike = INF) -> IntArray:
        """`count` new rows with lower <= row <= upper; their numbers, shape (count,)."""
        self._rows.append((_full(lower, count), _full(upper, count)))
        first, self.n_rows = self.n_rows, self.n_rows + count
        return np.arange(first, first + count)

    def put(self, rows: ArrayLike, columns: ArrayLike, values: ArrayLike = 1.0) -> None:
        """Add coefficients; the three are broadcast against each other, equal places add up."""
        r, c, v = np.broadcast_arrays(
            np.asarray(rows, dtype=np.int64),
            np.asarray(columns, dtype=np.int64),
            np.asarray(values, dtype=float),
        )
        self._entries.append((r.ravel(), c.ravel(), v.ravel()))

    def row(
        self, columns: IntArray, values: ArrayLike = 1.0, *, lower: float = -INF, upper: float = INF
    ) -> int:
        """One new row over `columns`; its number."""
        number = int(self.rows(1, lower, upper)[0])
        self.put(number, columns, values)
        return number

    def fix_rows(self, rows: IntArray, values: FloatArray) -> None:
        """Make the rows equal to `values` after all."""
        self._fixed.append((rows, values))

    def bounds(self) -> Columns:
        """All columns so far."""
        if not self._columns:
            empty = np.zeros(0)
            return Columns(empty, empty, empty, empty, empty, empty, np.zeros(0, dtype=bool))
        parts = [np.concatenate(part) for part in zip(*self._columns, strict=True)]
        lower, upper, money, wish, taste, stay = parts
        return Columns(lower, upper, money, wish, taste, stay, np.concatenate(self._integer))

    def matrix(self) -> Matrix:
        """The coefficients, duplicates added up."""
        rows, cols, values = (
            np.concatenate([entry[i] for entry in self._entries]) if self._entries else np.zeros(0)
            for i in range(3)
        )
        place = cols * self.n_rows + rows
        order = np.argsort(place, kind="stable")
        place, values = place[order], values[order]
        first = np.ones(len(place), dtype=bool)
        first[1:] = place[1:] != place[:-1]
        total = np.add.reduceat(values, np.flatnonzero(first)) if len(place) else values
        place = place[first]
        keep = total != 0.0
        place, total = place[keep], total[keep]
        column = place // max(self.n_rows, 1)
        start = np.searchsorted(column, np.arange(self.n_columns + 1))
        lower = np.concatenate([part[0] for part in self._rows]) if self._rows else np.zeros(0)
        upper = np.concatenate([part[1] for part in self._rows]) if self._rows else np.zeros(0)
        for fixed, values in self._fixed:
            lower[fixed] = values
            upper[fixed] = values
        return Matrix(
            start.astype(np.int32), (place % max(self.n_rows, 1)).astype(np.int32), total, lower, upper
        )


def _full(value: ArrayLike, count: int) -> FloatArray:
    return np.broadcast_to(np.asarray(value, dtype=float), (count,))
