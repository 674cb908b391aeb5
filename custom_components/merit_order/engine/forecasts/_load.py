"""What the home will use, learned from what it used: simple, and unbiased by construction.

The forecast is a weighted mean of the home's own recent days (weights sum to one), so it cannot drift off in level:
the profile of the last day, of three days, of a week, of the same weekdays and of four weeks scaled to the level of
the last day and of the last week. What the last hours were above or below their usual is carried on and fades. Days on
which the home was left alone are learned apart (`_absence`): they say nothing of the days after the return.

Measured on the home in demo/data, walk-forward, a day ahead (docs/performance.md has the table): against the mean of
seven days the error of a day's energy falls from 22.5 % to 19.5 %, and of a slot from 52 % to 50 % of the mean. Models
with more freedom (ridge, gradient boosting) gain no more than one point and may be biased by 15 %.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from ..model.series import FloatArray
from ._absence import NOBODY_TELLS, People, left_alone, without
from ._record import DAY_S, HOUR_S, IntArray, Record, wall_clock
from ._warmth import Warmth

LEARN_DAYS = 28
"""Four of each weekday; longer lags behind the season (28-day mean: daily error 26 % against 22 % with 7 days)."""
SETTLED_DAYS = 7.0
"""With less than a week of data the forecast is called provisional: it has not seen each weekday."""
SHARPEN = 1.1
"""Mean profiles are flatter than any real day. This exponent (energy kept) brings them closer to the median."""
CARRY, CARRY_HOURS, CARRY_FROM_HOURS = 0.3, 4.0, 4.0
"""Share of the last hours' deviation that goes on, the time over which it fades, the hours it is measured on."""
BAND_HOURS = 3.0
"""low and high are quantiles of the mean over so long: a plan is hurt by wrong energy, not by a kettle."""
PRIOR_DAYS = 1.0
"""The default counts as much as so many days of data."""

# Share of the day's energy by hour in a European household (two humps), used until the home has shown its own.
_DEFAULT_SHAPE = np.array(
    [
        0.62, 0.52, 0.47, 0.45, 0.46, 0.55, 0.83, 1.07, 1.06, 1.0, 0.98, 1.04,
        1.16, 1.06, 0.97, 0.95, 1.02, 1.24, 1.5, 1.65, 1.58, 1.4, 1.15, 0.85,
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Band:
    """A forecast on a grid: three arrays of shape (n,), and whether it is more than a default."""

    low: FloatArray
    mid: FloatArray
    high: FloatArray
    provisional: bool = False


def forecast_load(
    past: Record,
    now: int,
    count: int,
    zone: ZoneInfo,
    default_kw: float = 0.4,
    people: People = NOBODY_TELLS,
    outdoor: Record | None = None,
) -> Band:
    """The load in kW of `count` steps from `now` on (seconds since the epoch, on the record's grid).

    Looks only at what had ended by `now`. `default_kw` is the mean power to expect of a home nothing is known of
    (0.4 kW are 3,500 kWh a year). `people` tells of absences and holidays, `outdoor` (°C, on the record's grid) how
    warm it was and is forecast to be.
    """
    ahead = now + past.step * np.arange(count, dtype=np.int64)
    warmth = Warmth.of(past, outdoor, people, ahead) if outdoor is not None else None
    whole = past.before(now, LEARN_DAYS)
    if warmth is None:
        return _by_days(whole, now, count, zone, default_kw, people)
    band = _by_days(warmth.alike(whole), now, count, zone, default_kw, people)
    share = warmth.share(ahead, float(band.mid.mean()))
    return Band(band.low * share, band.mid * share, band.high * share, band.provisional)


def _by_days(whole: Record, now: int, count: int, zone: ZoneInfo, default_kw: float, people: People) -> Band:
    """The forecast by the days of `whole` alone."""
    alone = people.away(whole)
    seen = without(whole, alone)
    step, bins = whole.step, DAY_S // whole.step
    future = now + step * np.arange(count, dtype=np.int64)
    future_wall = wall_clock(future, zone)
    into = (future_wall % DAY_S // step).astype(np.int64)
    measured = np.isfinite(seen.values)
    days = float(measured.sum()) / bins
    default = _at_bins(_DEFAULT_SHAPE / _DEFAULT_SHAPE.mean(), bins)
    if days < 1 / bins:
        mid = default_kw * default[into]
        return Band(0.4 * mid, mid, 2.0 * mid, provisional=True)

    wall = wall_clock(seen.starts, zone)
    usual = _Days.of(seen, wall, people.weekday(wall), now, default, default_kw)
    mid = usual.profile_for(people.weekday(future_wall), into)
    mid = np.maximum(mid + _carry(usual, future - now), 0.0)
    mid = _sharpen(mid)
    low, high = usual.spread(into)
    if seen is not whole and people.gone(now):
        mid = left_alone(mid, usual.profile, whole.values[alone], step)
        high = np.minimum(high, mid)
    return Band(np.maximum(mid - low, 0.2 * mid), mid, mid + high, provisional=days < SETTLED_DAYS)


@dataclass(frozen=True, slots=True)
class _Days:
    """The past as rows of 24 hours, newest first, by time of day on the wall clock; NaN where not measured."""

    rows: FloatArray
    """(days, bins)"""
    weekdays: IntArray
    """(days, bins): one row spans two calendar days"""
    profile: FloatArray
    """(bins,), kW: the mean of all rows, the default where there is none"""
    levels: FloatArray
    """(days,), kW: mean power of each row, as if measured in full; NaN when less than half of it was"""
    latest_bin: int

    @classmethod
    def of(
        cls,
        seen: Record,
        wall: IntArray,
        days: IntArray,
        now: int,
        default: FloatArray,
        default_kw: float,
    ) -> _Days:
        bins = len(default)
        row = (now - 1 - seen.starts) // DAY_S
        column = wall % DAY_S // seen.step
        count = int(row.max()) + 1
        rows = np.full((count, bins), np.nan)
        rows[row, column] = seen.values
        weekdays = np.full((count, bins), -1, dtype=np.int64)
        weekdays[row, column] = days

        n = np.isfinite(rows).sum(axis=0)
        total = np.nansum(rows, axis=0)
        shape = default * _level_of(total, n, default, default_kw)
        profile = (total + PRIOR_DAYS * shape) / (n + PRIOR_DAYS) if count < 7 else _mean(rows, shape)
        expected = np.where(np.isfinite(rows), profile, 0.0).sum(axis=1)
        enough = np.isfinite(rows).mean(axis=1) >= 0.5
        scale = np.nansum(rows, axis=1) / np.where(expected > 0, expected, np.inf)
        levels = np.where(enough, scale * profile.mean(), np.nan)
        return cls(rows, weekdays, profile, levels, int(column[-1]))

    def level(self, days: int) -> float:
        """Mean power of the last `days` rows, in kW; the profile's where they were not measured."""
        levels = self.levels[:days]
        known = levels[np.isfinite(levels)]
        return float(known.mean()) if len(known) else float(self.profile.mean())

    def mean_of(self, days: int, smooth: int = 0) -> FloatArray:
        """Mean of the last `days` rows by bin, as a running mean over 2 × `smooth` + 1 bins."""
        week = _mean(self.rows[:7], self.shape * self.level(7))
        return _smooth(_mean(self.rows[:days], week), smooth)

    @property
    def shape(self) -> FloatArray:
        """The profile with mean 1."""
        return self.profile / max(float(self.profile.mean()), 1e-9)

    def profile_for(self, weekdays: IntArray, into: IntArray) -> FloatArray:
        """kW for steps of these weekdays and bins: the weights are the ones that served best day-ahead."""
        half_hours = max(round(len(self.profile) / 48), 1)
        week = self.mean_of(7)
        common = (
            0.15 * self.mean_of(1, 2 * half_hours)
            + 0.25 * self.mean_of(3)
            + 0.20 * week
            + self.shape * (0.10 * self.level(7) + 0.20 * self.level(1))
        )
        mid = common[into]
        for day in np.unique(weekdays):
            same = np.where(self.weekdays == day, self.rows, np.nan)
            of_day = _smooth(_mean(same, week), half_hours)
            mid = mid + np.where(weekdays == day, 0.10 * of_day[into], 0.0)
        return mid

    def spread(self, into: IntArray) -> tuple[FloatArray, FloatArray]:
        """How far the mean over some hours lay below and above what the days before it would have said (10 %, 90 %).

        Both in kW and >= 0, by step.
        """
        count, bins = self.rows.shape
        if count < 4:
            guess = 0.6 * self.profile[into]
            return guess, 1.2 * guess
        width = max(round(BAND_HOURS * bins / 24), 1)
        before = np.array([self._level_before(day) for day in range(count - 1)])
        error = self.rows[:-1] - before[:, None] * self.shape
        flat = np.where(np.isfinite(error), error, 0.0).ravel()
        kernel = np.ones(width) / width
        hours = np.convolve(flat, kernel, mode="same").reshape(error.shape)
        scale = self.level(7) / max(float(self.profile.mean()), 1e-9)
        low, high = np.quantile(hours, (0.1, 0.9), axis=0) * scale
        return np.maximum(-_smooth(low, width), 0.0)[into], np.maximum(_smooth(high, width), 0.0)[into]

    def _level_before(self, day: int) -> float:
        older = self.levels[day + 1 : day + 4]
        known = older[np.isfinite(older)]
        return float(known.mean()) if len(known) else float(self.profile.mean())


def _carry(usual: _Days, ahead_s: IntArray) -> FloatArray:
    """What the last hours were off their usual, fading."""
    bins = len(usual.profile)
    hours = round(CARRY_FROM_HOURS * bins / 24)
    recent = [(usual.latest_bin - i) % bins for i in range(hours)]
    off = usual.rows[0, recent] - usual.mean_of(7)[recent]
    known = off[np.isfinite(off)]
    if len(known) < hours / 2:
        return np.zeros(len(ahead_s))
    return CARRY * float(known.mean()) * np.exp(-ahead_s / (CARRY_HOURS * HOUR_S))


def _sharpen(power: FloatArray) -> FloatArray:
    sharp = power**SHARPEN
    total = float(sharp.sum())
    return sharp * (float(power.sum()) / total) if total > 0 else power


def _mean(rows: FloatArray, otherwise: FloatArray) -> FloatArray:
    """Mean by column of what is measured, `otherwise` where nothing is."""
    known = np.isfinite(rows)
    n = known.sum(axis=0)
    return np.where(n > 0, np.where(known, rows, 0.0).sum(axis=0) / np.maximum(n, 1), otherwise)


def _level_of(total: FloatArray, n: FloatArray, default: FloatArray, default_kw: float) -> float:
    """Mean power that explains what was measured if the day had the default's shape."""
    expected = float((n * default).sum())
    return float(total.sum()) / expected if expected > 0 else default_kw


def _smooth(profile: FloatArray, half: int) -> FloatArray:
    """Running mean over 2 × `half` + 1 bins, around midnight too."""
    half = min(half, (len(profile) - 1) // 2)
    padded = np.concatenate([profile[-half:], profile, profile[:half]]) if half else profile
    smooth: FloatArray = np.convolve(padded, np.ones(2 * half + 1) / (2 * half + 1), mode="valid")
    return smooth


def _at_bins(by_hour: FloatArray, bins: int) -> FloatArray:
    """24 hourly values at `bins` times of day, mean kept."""
    centres = (np.arange(bins) + 0.5) * 24 / bins
    values = np.interp(centres, np.arange(25) + 0.0, np.append(by_hour, by_hour[0]))
    return np.asarray(values * (by_hour.mean() / values.mean()), dtype=float)
