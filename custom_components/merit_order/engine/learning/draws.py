"""Hot water drawn, by weekday and hour, from the tank's own balance of energy.

drawn = heat in − what the water warmed up by − standing loss. An hour's share is rough (one sensor in a tank that is
not mixed), its sum over days is not: the warmth kept inside cancels out. So every mean keeps its energy.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from ..assets._hot_water import DRAW_BY_HOUR
from ..forecasts._record import DAY_S, HOUR_S, IntArray, wall_clock, weekday
from ..model.series import FloatArray

LEAST_DAYS = 2.0
SETTLED_DAYS = 14.0
"""Below two of each weekday it is called provisional."""
ALIKE = 2.0
"""Hours of the same kind of day (working days, weekend) and of all days count as so many of the weekday's own."""
ASSUMED = 1.0
"""So does the usual household's day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """`kw` (7, 24) by weekday (Monday first) and hour of the wall clock; learned from so many `days`.

    `daily_error` is how far a day's energy was off what the other days said, as a share of the mean day. `timed` False:
    only the energy was learned, its hours are a usual household's.
    """

    kw: FloatArray
    days: float
    daily_error: float
    timed: bool
    provisional: bool

    @property
    def daily_kwh(self) -> float:
        """What is drawn on a mean day."""
        return float(self.kw.sum() / 7)


def draws_at(kw: FloatArray, starts: IntArray, zone: ZoneInfo) -> FloatArray:
    """kW by a profile (7, 24) in the hours that begin at `starts` (seconds since the epoch), shape (n,)."""
    wall = wall_clock(starts, zone)
    power: FloatArray = kw[weekday(wall), wall % DAY_S // HOUR_S]
    return power


def learn_draws(
    starts: IntArray,
    heat_kw: FloatArray,
    water_c: FloatArray,
    zone: ZoneInfo,
    *,
    capacity_kwh_k: float,
    loss_kw_k: float,
    around_c: float,
    usual_c: float,
) -> Draws | None:
    """What is drawn, from hourly means (n,) of the heat that went in and of the water's temperature; NaN is a gap.

    `usual_c` stands in for a temperature that nobody measures: then only the daily energy is learned, and the day has
    the usual household's shape. None with less than two days of measurements, or when nothing was drawn.
    """
    wall = wall_clock(starts, zone)
    measured = np.isfinite(water_c).mean() > 0.5 * np.isfinite(heat_kw).mean()
    warmth = water_c if measured else np.full(len(water_c), usual_c)
    drawn = heat_kw - _warmed(warmth) * capacity_kwh_k - loss_kw_k * (warmth - around_c)
    known = np.isfinite(drawn)
    days = float(known.sum()) / 24
    if days < LEAST_DAYS or (mean := float(drawn[known].mean())) <= 0:
        return None
    by_hour = _by_hour(drawn[known], wall[known]) if measured else _usual(mean)
    return Draws(
        kw=by_hour,
        days=days,
        daily_error=_daily_error(drawn[known], wall[known] // DAY_S),
        timed=bool(measured),
        provisional=days < SETTLED_DAYS,
    )


def _warmed(water_c: FloatArray) -> FloatArray:
    """K per hour from the begin to the end of each hour, whose temperatures lie between the means around them."""
    if len(water_c) < 3:
        return np.full(len(water_c), np.nan)
    edges = (water_c[1:] + water_c[:-1]) / 2
    return np.concatenate([[np.nan], np.diff(edges), [np.nan]])


def _usual(mean_kw: float) -> FloatArray:
    weights = np.array(DRAW_BY_HOUR, dtype=float)
    return np.tile(mean_kw * weights / weights.mean(), (7, 1))


def _by_hour(drawn: FloatArray, wall: IntArray) -> FloatArray:
    """Means by weekday and hour, each leaning on its kind of day, that on all days, those on the usual household."""
    day, hour = weekday(wall), wall % DAY_S // HOUR_S
    total, count = np.zeros((7, 24)), np.zeros((7, 24))
    np.add.at(total, (day, hour), drawn)
    np.add.at(count, (day, hour), 1.0)
    usual = _usual(float(drawn.mean()))[0]
    every = (total.sum(axis=0) + ASSUMED * usual) / (count.sum(axis=0) + ASSUMED)
    means = np.empty((7, 24))
    for days in (slice(0, 5), slice(5, 7)):
        kind = (total[days].sum(axis=0) + ALIKE * every) / (count[days].sum(axis=0) + ALIKE)
        means[days] = (total[days] + ALIKE * kind) / (count[days] + ALIKE)
    # An hour below nothing is the sensor's doing; its energy belongs to the hours next to it.
    positive = np.maximum(means, 0.0)
    scale = means.sum(axis=1, keepdims=True) / np.maximum(positive.sum(axis=1, keepdims=True), 1e-9)
    return np.asarray(positive * np.maximum(scale, 0.0), dtype=float)


def _daily_error(drawn: FloatArray, day: IntArray) -> float:
    """Mean distance of a whole day's energy from the mean of the other days, as a share of the mean; 1 when unknown."""
    _, index, hours = np.unique(day, return_inverse=True, return_counts=True)
    sums = np.bincount(index, weights=drawn)[hours >= 23]
    if len(sums) < 2 or sums.mean() <= 0:
        return 1.0
    others = (sums.sum() - sums) / (len(sums) - 1)
    return float(np.abs(sums - others).mean() / sums.mean())
