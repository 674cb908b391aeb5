"""How good a forecast is: its error, its bias and the error of a day's sum, as shares of what was measured.

A small error can hide a large bias, and a plan is hurt by the bias: judge by all three. What has no zero of its own, a
temperature, has no shares: there all three are differences in its unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .model.series import FloatArray

KEEP_DAYS = 30
FEW_DAYS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """From which bias and mean error on a forecast is bad: shares of what was measured, or in its own unit."""

    relative: bool
    biased: float
    poor: float


SHARES = Yardstick(relative=True, biased=0.1, poor=0.8)
# 2 K are a tenth of what a room at 20 °C loses on a day of frost, as `SHARES` has it of energy. Services are a degree
# or two off a day ahead: by more than 3 K the hours planned for a heat pump are no longer the warm ones.
KELVIN = Yardstick(relative=False, biased=2.0, poor=3.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """`mae` in the unit of the values; the rest are shares of the measured mean. `bias` + forecasts too much.

    `daily_nmae` is the error of a whole day's sum, NaN without a day that was measured in full.
    """

    count: int
    mean: float
    mae: float
    nmae: float
    bias: float
    daily_nmae: float


def score(measured: FloatArray, forecast: FloatArray, day: NDArray[np.int64], full: int) -> Score | None:
    """Compare arrays of equal length; pairs with a NaN do not count. None when nothing can be compared.

    `day` numbers the local day of each value; a day's sum counts when it has at least `full` pairs.
    """
    known = np.isfinite(measured) & np.isfinite(forecast)
    real, said, days = measured[known], forecast[known], day[known]
    if not len(real) or not (mean := float(np.mean(real))) > 0:
        return None
    error = said - real
    mae = float(np.mean(np.abs(error)))
    _, index, pairs = np.unique(days, return_inverse=True, return_counts=True)
    whole = pairs >= full
    off = np.abs(np.bincount(index, weights=error))[whole]
    sums = np.bincount(index, weights=real)[whole]
    total = float(sums.sum())
    return Score(
        count=len(real),
        mean=mean,
        mae=mae,
        nmae=mae / mean,
        bias=float(np.mean(error)) / mean,
        daily_nmae=float(off.sum()) / total if total > 0 else float("nan"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is told of a forecast: `mae` in its unit, `bias` (+ is too much) and `daily` as the yardstick has it.

    `daily` is the error of whole days: of their sums as shares, else of their means. NaN without a whole day.
    """

    mae: float
    bias: float
    daily: float
    poor: float
    """What is held against the yardstick's `poor`."""


@dataclass(slots=True)
class _Day:
    """Sums over one local day."""

    pairs: int = 0
    real: float = 0.0
    error: float = 0.0
    absolute: float = 0.0


class Scorecard:
    """The last `KEEP_DAYS` days of one forecast, added to as measurements come in; small enough to store."""

    def __init__(self) -> None:
        self._days: dict[int, _Day] = {}

    def add(self, day: int, measured: float, forecast: float) -> None:
        """One pair of equal length in time; a NaN is passed over. Days too old to keep go."""
        if not np.isfinite(measured) or not np.isfinite(forecast):
            return
        row = self._days.setdefault(int(day), _Day())
        row.pairs += 1
        row.real += float(measured)
        row.error += float(forecast - measured)
        row.absolute += float(abs(forecast - measured))
        newest = max(self._days)
        for old in [number for number in self._days if number <= newest - KEEP_DAYS]:
            del self._days[old]

    @property
    def days(self) -> int:
        """Days of which anything was measured."""
        return len(self._days)

    def score(self) -> Score | None:
        """Over all days kept, the running one but for the daily error; None before anything was measured."""
        rows = list(self._days.values())
        pairs, real = sum(row.pairs for row in rows), sum(row.real for row in rows)
        if not pairs or not real > 0:
            return None
        whole = self._whole()
        absolute, error = sum(row.absolute for row in rows), sum(row.error for row in rows)
        return Score(
            count=pairs,
            mean=real / pairs,
            mae=absolute / pairs,
            nmae=absolute / real,
            bias=error / real,
            daily_nmae=_share(sum(abs(row.error) for row in whole), sum(row.real for row in whole)),
        )

    def figures(self, by: Yardstick = SHARES) -> Figures | None:
        """Over all days kept; None before anything was measured, and as shares where nothing came of it."""
        if by.relative:
            result = self.score()
            if result is None:
                return None
            return Figures(mae=result.mae, bias=result.bias, daily=result.daily_nmae, poor=result.nmae)
        rows = list(self._days.values())
        if not (pairs := sum(row.pairs for row in rows)):
            return None
        whole = self._whole()
        mae = sum(row.absolute for row in rows) / pairs
        return Figures(
            mae=mae,
            bias=sum(row.error for row in rows) / pairs,
            daily=_share(sum(abs(row.error) / row.pairs for row in whole), len(whole)),
            poor=mae,
        )

    def verdict(self, by: Yardstick = SHARES) -> str:
        """A translation key: "learning", "good", "too_high", "too_low" or "poor"."""
        found = self.figures(by)
        if found is None or self.days < FEW_DAYS:
            return "learning"
        if found.bias > by.biased:
            return "too_high"
        if found.bias < -by.biased:
            return "too_low"
        return "poor" if found.poor > by.poor else "good"

    def _whole(self) -> list[_Day]:
        """The days measured nearly in full, judged by the fullest."""
        rows = list(self._days.values())
        return [row for row in rows if row.pairs >= 0.9 * max(row.pairs for row in rows)]

    def to_json(self) -> list[list[float]]:
        """For the store: day, pairs, and the three sums."""
        return [[day, row.pairs, row.real, row.error, row.absolute] for day, row in self._days.items()]

    @classmethod
    def from_json(cls, raw: Any) -> Scorecard:
        """What `to_json` gave; anything else starts an empty card."""
        card = cls()
        for row in raw if isinstance(raw, list) else ():
            values = list(row) if isinstance(row, list) else []
            if len(values) == 5 and all(isinstance(value, int | float) for value in values):
                day, pairs, real, error, absolute = values
                card._days[int(day)] = _Day(int(pairs), float(real), float(error), float(absolute))
        return card


def as_shares(result: Score | None) -> Mapping[str, float | None]:
    """What people and programs read of a score."""
    if result is None:
        return {"nmae": None, "bias": None, "daily_nmae": None}
    daily = result.daily_nmae
    return {
        "nmae": round(result.nmae, 4),
        "bias": round(result.bias, 4),
        "daily_nmae": round(daily, 4) if np.isfinite(daily) else None,
    }


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
