"""The weather's part of the load: what a day that is colder (or hotter) by a degree adds, where that can be told.

A day's degrees are how far the outdoor temperature, as a mean of 24 hours (a building is slow), lies below a heating
limit or above a cooling limit. What counts is the change: how far a day's mean load lay off the days before it against
how far its degrees did. So nothing is learned from the season as such, and on days like the last ones nothing is
changed. It is used only when it would have foreseen the days it was not learned from clearly better than the days
before alone.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from ..model.series import FloatArray
from ._absence import People, without
from ._record import DAY_S, IntArray, Record

LEARN_DAYS = 56
"""Of one season: what a degree costs is another thing under another sky."""
LEAST_DAYS = 14
BEFORE_DAYS = 3
"""What a day is compared with: about as long as the load forecast remembers well."""
HEATING_C, COOLING_C = (12.0, 15.0, 18.0), 22.0
"""Limits that are tried; from which temperature on a home is heated depends on its walls."""
FOLDS = 4
GAIN = 0.95
"""The mean error of days not learned from must fall to this share; docs/performance.md has how often chance does it."""
LEAST_SHARE, MOST_SHARE = 0.3, 3.0
"""A day's load is not scaled further than this."""


@dataclass(frozen=True, slots=True)
class Warmth:
    """`per_degree` (2,) kW per degree of heating and of cooling; `outdoor` means of 24 hours in °C.

    `usual_kw` is what the weather adds in the mean of the time that is foreseen.
    """

    outdoor: Record
    heating_c: float
    per_degree: FloatArray
    usual_kw: float

    @classmethod
    def of(cls, load: Record, outdoor: Record, people: People, ahead: IntArray) -> Self | None:
        """For the steps `ahead`, learned from what had ended before them; None when the temperature does not help.

        `outdoor` is on the grid of `load`, its future as it is forecast; NaN is a gap.
        """
        past = load.before(int(ahead[0]), LEARN_DAYS)
        levels = _daily(without(past, people.away(past)).values, past.step, least=0.9)
        if np.isfinite(levels).sum() < LEAST_DAYS:
            return None
        since = past.start - DAY_S
        needed = outdoor.between(since, (int(ahead[-1]) - since) // past.step + 1)
        eff = _day_mean(Record(since, past.step, needed))
        before = eff.between(past.start, len(past.values))
        found = [_fit(levels, _daily(_degrees(before, limit), past.step, least=0.5)) for limit in HEATING_C]
        best = min(range(len(found)), key=lambda i: found[i][1])
        per_degree, left = found[best]
        added = _degrees(eff.between(int(ahead[0]), len(ahead)), HEATING_C[best]) @ per_degree
        if left > GAIN or not np.isfinite(added).any():
            return None
        return cls(eff, HEATING_C[best], per_degree, float(np.nanmean(added)))

    def alike(self, load: Record) -> Record:
        """`load` with each of its days, counted from its end, scaled as if the weather had added `usual_kw`."""
        per_day = DAY_S // load.step
        values, added = load.values.copy(), self._added(load.starts)
        usual = float(np.nanmean(values))
        for end in range(len(values), 0, -per_day):
            day = slice(max(end - per_day, 0), end)
            here, known = added[day], np.isfinite(values[day])
            level = float(values[day][known].mean()) if known.mean() >= 0.5 else usual
            if np.isfinite(here).any():
                values[day] *= _share(self.usual_kw - float(np.nanmean(here)), level)
        return Record(load.start, load.step, values)

    def share(self, ahead: IntArray, level_kw: float) -> FloatArray:
        """(n,) by how much to scale what is foreseen of these steps as if the weather added `usual_kw`."""
        return _share(np.nan_to_num(self._added(ahead) - self.usual_kw), level_kw)

    def _added(self, starts: IntArray) -> FloatArray:
        """kW that the weather adds at these steps (n,); NaN where the temperature is not known."""
        eff = self.outdoor.between(int(starts[0]), len(starts))
        return np.asarray(_degrees(eff, self.heating_c) @ self.per_degree, dtype=float)


def _share(more_kw: FloatArray | float, level_kw: float) -> FloatArray:
    return np.clip(1 + np.asarray(more_kw) / max(level_kw, 1e-9), LEAST_SHARE, MOST_SHARE)


def _degrees(eff: FloatArray, heating_c: float) -> FloatArray:
    """(n, 2) degrees of heating and of cooling."""
    return np.stack([np.maximum(heating_c - eff, 0.0), np.maximum(eff - COOLING_C, 0.0)], axis=1)


def _day_mean(outdoor: Record) -> Record:
    """Mean of the 24 hours up to the end of each step; NaN when less than half of them is known."""
    bins = DAY_S // outdoor.step
    known = np.isfinite(outdoor.values)
    sums, counts = (
        np.concatenate([[0.0], np.cumsum(part)]) for part in (np.where(known, outdoor.values, 0.0), known)
    )
    last = np.arange(1, len(known) + 1)
    first = np.maximum(last - bins, 0)
    count = counts[last] - counts[first]
    mean = (sums[last] - sums[first]) / np.maximum(count, 1)
    return Record(outdoor.start, outdoor.step, np.where(count >= bins / 2, mean, np.nan))


def _daily(values: FloatArray, step: int, least: float) -> FloatArray:
    """Means of the days of 24 hours before the end, oldest first, (days,) or (days, k); NaN with less than `least`."""
    bins = DAY_S // step
    days = len(values) // bins
    rows = values[len(values) - days * bins :].reshape(days, bins, *values.shape[1:])
    known = np.isfinite(rows)
    mean = np.where(known, rows, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.where(known.mean(axis=1) >= least, mean, np.nan)


def _fit(levels: FloatArray, degrees: FloatArray) -> tuple[FloatArray, float]:
    """kW per degree (2,) and the share of the mean error that is left on days it was not learned from."""
    x, y = _changes(degrees), _changes(levels)
    known = np.isfinite(y) & np.isfinite(x).all(axis=1)
    x, y = x[known], y[known]
    if len(y) < LEAST_DAYS - BEFORE_DAYS:
        return np.zeros(2), 1.0
    fold = np.arange(len(y)) * FOLDS // len(y)
    left = np.concatenate(
        [y[fold == i] - x[fold == i] @ _slopes(x[fold != i], y[fold != i]) for i in range(FOLDS)]
    )
    before = float(np.abs(y).mean())
    return _slopes(x, y), float(np.abs(left).mean()) / before if before > 0 else 1.0


def _changes(daily: FloatArray) -> FloatArray:
    """Each day less the mean of the days before it; NaN where one of them is not known."""
    before = [daily[BEFORE_DAYS - i : len(daily) - i] for i in range(1, BEFORE_DAYS + 1)]
    return np.asarray(daily[BEFORE_DAYS:] - np.mean(before, axis=0), dtype=float)


def _slopes(x: FloatArray, y: FloatArray) -> FloatArray:
    """Least squares without a constant; what is colder or hotter never takes less."""
    used = np.square(x).sum(axis=0) > 1e-6
    slopes = np.zeros(x.shape[1])
    while used.any():
        slopes[:] = 0.0
        slopes[used] = np.linalg.lstsq(x[:, used], y, rcond=None)[0]
        if (slopes >= 0).all():
            return slopes
        used &= slopes > 0
    return np.zeros(x.shape[1])
