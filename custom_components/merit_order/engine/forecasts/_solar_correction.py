"""A site's own correction of any solar forecast: bias, shading by time of day, clouds it does not believe in.

Everything is seen as a share of what the panels give on a clear day at that time of day (the envelope: a high quantile
of the last weeks, so a shadow that falls every afternoon is in it). On that scale weighted regressions, pulled towards
"the forecast is right", learn from the pairs of forecast and measurement how much of the forecast to believe: half way
between one for the mean, which is unbiased, and one for the median, whose error is least. What the last two hours were
off is carried on and fades; without any forecast, the mean of the last days stands in.
"""

from dataclasses import dataclass

import numpy as np

from ..model.series import FloatArray
from ._load import Band
from ._record import DAY_S, HOUR_S, IntArray, Record

LEARN_DAYS = 90
ENVELOPE_DAYS = 30
CLEAR_QUANTILE = 0.92
HALF_LIFE_DAYS = 45.0
PRIOR_HOURS = 2.5
"""Clear-day hours that "the forecast is right" counts as much as."""
ROUNDS, LEAST_ERROR = 15, 0.02
"""Steps towards the median, each weighing a pair by the inverse of its error (a share of the envelope)."""
SETTLED_DAYS = 5.0
CARRY, CARRY_HOURS, CARRY_FROM_HOURS = 0.9, 4.0, 2.0
"""Measured on the home in demo/data: the error, 37 % of the mean a day ahead, is 26 % one and 31 % two hours ahead."""
CLIMATE_DAYS = 10
HIGHEST = 1.15
"""Edges of clouds give more than a clear sky, not for half an hour."""
DIM = 0.05
"""Below this share of a clear noon a share of the envelope says nothing: the forecast is taken as it is."""
BRIGHTEST_DAWN = 0.15
"""Share of a clear noon that the first hour of a lengthening day may give more than it ever did."""
BAND_HOURS = 3.0
_CLASSES = (0.4, 0.75)
_WIDTH = (-0.25, 0.25)
_FEATURES = 10


@dataclass(frozen=True, slots=True)
class Correction:
    """What was learned up to `now` (seconds since the epoch)."""

    now: int
    step: int
    envelope: FloatArray
    """(bins,) kW by UTC time of day: what a clear day gives"""
    climate: FloatArray
    """(bins,) kW: the mean of the last days"""
    believe: FloatArray
    """(10,) weights of what `_features` gives"""
    noon: float
    """Bin in the middle of the envelope"""
    widths: FloatArray
    """(3, 2) share of the envelope from mid to low and high, by how clear it is said to be"""
    days: float
    """Days of pairs it was learned from"""
    error: float | None
    """What is left after it: mean error as a share of the envelope, the last weeks foremost; None when provisional"""

    @classmethod
    def learn(cls, measured: Record, forecast: Record, now: int) -> Correction:
        """From what was measured and what was forecast for the same steps, both only as far as they ended by `now`."""
        seen = measured.before(now, LEARN_DAYS + ENVELOPE_DAYS)
        step, bins = measured.step, DAY_S // measured.step
        rows, said = _rows(seen.values, bins), _rows(forecast.between(seen.start, len(seen.values)), bins)
        shift = (now // step) % bins  # rows end at `now`; profiles are kept from 00:00 UTC
        envelope = _envelope(rows[:ENVELOPE_DAYS])
        climate = _column_mean(rows[:CLIMATE_DAYS])
        believe = np.eye(_FEATURES)[1]
        noon = _middle(np.roll(envelope, shift))
        widths = np.tile(np.array(_WIDTH), (len(_CLASSES) + 1, 1))
        days, error = 0.0, None
        if len(rows) and envelope.max() > 0:
            clear = _past_envelopes(rows)
            hours = _hours_from(noon, shift + np.arange(clear.size), bins)
            features, target, weight = _pairs(rows[: len(clear)], said[: len(clear)], clear, hours)
            days = float(np.isfinite(target).sum()) / max(int((envelope > DIM * envelope.max()).sum()), 1)
            believe = _regression(features, target, weight, believe, PRIOR_HOURS * HOUR_S / step)
            if days >= SETTLED_DAYS:
                error = _left(features @ believe, target, weight)
            widths = _widths(features @ believe, target, round(BAND_HOURS * HOUR_S / step))
        return cls(
            now, step, np.roll(envelope, shift), np.roll(climate, shift), believe, noon, widths, days, error
        )

    def apply(self, forecast: Record, measured: Record, now: int, count: int) -> Band:
        """The corrected forecast of `count` steps from `now` on, in kW; gaps in `forecast` are filled.

        `forecast` should reach a day back, so that today's error can be carried on; of `measured` only what ended by
        `now` is looked at.
        """
        back = DAY_S // self.step
        start = now - back * self.step
        said = forecast.between(start, back + count)
        bin_of = (start // self.step + np.arange(back + count)) % back
        envelope = self.envelope[bin_of]
        if not envelope.max(initial=0.0) > 0:
            mid = np.nan_to_num(said[back:])
            return Band(0.5 * mid, mid, 1.5 * mid, provisional=True)
        mid, share = self._corrected(said, envelope, self.climate[bin_of], bin_of)
        ahead = (np.arange(count) + 0.5) * self.step / (CARRY_HOURS * HOUR_S)
        fade = np.exp(-ahead)
        off, trust = self._carried(mid[:back], envelope[:back], measured.between(start, back))
        mid = np.clip(mid[back:] + off * fade * envelope[back:], 0.0, self._highest(said, envelope)[back:])
        width = self.widths[np.searchsorted(_CLASSES, share[back:])] * envelope[back:, None]
        width = width * (1 - 0.6 * trust * fade)[:, None]
        low, high = np.clip(mid + width[:, 0], 0.0, mid), np.maximum(mid + width[:, 1], mid)
        return Band(low, mid, high, provisional=self.days < SETTLED_DAYS)

    def _corrected(
        self, said: FloatArray, envelope: FloatArray, climate: FloatArray, bin_of: IntArray
    ) -> tuple[FloatArray, FloatArray]:
        """kW and share of the envelope, before today's measurement is looked at."""
        bins = DAY_S // self.step
        features = _features(said, envelope, _hours_from(self.noon, bin_of, bins), bins)
        share = np.clip(features @ self.believe, 0.0, HIGHEST)
        dim = envelope < DIM * self.envelope.max()
        plain = np.where(np.isfinite(said), np.nan_to_num(said), climate)
        if self.days >= SETTLED_DAYS:
            # Where no light fell for a month none will, whatever some providers say all night; and no dawn is a day.
            plain = np.where(envelope > 0, np.minimum(plain, BRIGHTEST_DAWN * self.envelope.max()), 0.0)
        mid = np.where(dim, plain, share * envelope)
        mid = np.where(np.isfinite(said), mid, climate)
        return mid, np.where(envelope > 0, mid / np.maximum(envelope, 1e-9), 0.0)

    def _highest(self, said: FloatArray, envelope: FloatArray) -> FloatArray:
        """Nothing above a clear day, but at dawn of lengthening days the forecast may know better."""
        dim = envelope < DIM * self.envelope.max()
        return np.where(dim, np.maximum(np.nan_to_num(said), HIGHEST * envelope), HIGHEST * envelope)

    def _carried(self, mid: FloatArray, envelope: FloatArray, measured: FloatArray) -> tuple[float, float]:
        """How far off the last hours were, as a share of the envelope, and how much daylight says so (0 … 1)."""
        n = max(round(CARRY_FROM_HOURS * HOUR_S / self.step), 1)
        clear, error = envelope[-n:], measured[-n:] - mid[-n:]
        light = np.isfinite(error) & (clear >= DIM * self.envelope.max())
        weight = np.where(light, clear * np.linspace(0.4, 1.0, n), 0.0)
        if weight.sum() <= 0.03 * n * self.envelope.max():
            return 0.0, 0.0
        share = np.where(np.isfinite(error), error, 0.0) / np.maximum(clear, 1e-9)
        return CARRY * float((share * weight).sum() / weight.sum()), 1.0


def _rows(values: FloatArray, bins: int) -> FloatArray:
    """(days, bins) newest day first, each ending at the same time of day; what is left over goes."""
    days = len(values) // bins
    return values[len(values) - days * bins :].reshape(days, bins)[::-1]


def _envelope(rows: FloatArray) -> FloatArray:
    """(…, bins) high quantile of the days, from (…, days, bins); a bin of which nothing is known is dark."""
    days, bins = rows.shape[-2:]
    if not days:
        return np.zeros(bins)
    known = np.isfinite(rows)
    ordered = np.sort(np.where(known, rows, -np.inf), axis=-2)
    count = known.sum(axis=-2)
    place = days - 1 - np.floor((1 - CLEAR_QUANTILE) * count).astype(int)
    high = np.take_along_axis(ordered, place[..., None, :], axis=-2)[..., 0, :]
    return _neighbours(np.where(count > 0, np.maximum(high, 0.0), 0.0))


def _past_envelopes(rows: FloatArray) -> FloatArray:
    """(days, bins): for each row the envelope its own past gave; rows without a few days before them are left out."""
    count = min(LEARN_DAYS, len(rows) - 5)
    if count <= 0:  # the first days: better their own envelope than nothing
        return np.tile(_envelope(rows), (len(rows), 1))
    before = np.concatenate([rows[1:], np.full((ENVELOPE_DAYS, rows.shape[1]), np.nan)])
    windows = np.lib.stride_tricks.sliding_window_view(before, ENVELOPE_DAYS, axis=0)[:count]
    return _envelope(windows.swapaxes(1, 2))


def _middle(envelope: FloatArray) -> float:
    """The bin around which the day's light lies, wherever on Earth (UTC may change its date at noon)."""
    angle = np.arange(len(envelope)) * 2 * np.pi / len(envelope)
    middle = np.arctan2(envelope @ np.sin(angle), envelope @ np.cos(angle))
    return float(middle / (2 * np.pi) * len(envelope))


def _hours_from(noon: float, bin_of: IntArray, bins: int) -> FloatArray:
    """Quarter days from noon, −2 … 2, of steps in these bins."""
    return np.asarray(((bin_of - noon + bins / 2) % bins - bins / 2) * 4 / bins, dtype=float)


def _features(said: FloatArray, envelope: FloatArray, hours: FloatArray, bins: int) -> FloatArray:
    """(n, 10) for steps in order: 1, the forecast as a share of the envelope, its two steps before and the one after,
    its neighbourhood, its day, that squared, the hour, and the forecast by the hour (a site whose panels look another
    way than was said is given too much in the morning). Gaps in `said` count as absent in the means.
    """
    known = np.isfinite(said)
    power, clear = np.where(known, said, 0.0), np.where(known, envelope, 0.0)
    half_hours = max(round(bins / 48), 1)

    def share(half: int) -> FloatArray:
        kernel = np.ones(2 * half + 1)
        total, full = (np.convolve(x, kernel)[half : half + len(x)] for x in (power, clear))
        least = 0.02 * max(float(envelope.max()), 1e-9)
        return np.asarray(np.clip(total / np.maximum(full, least), 0.0, 1.5), dtype=float)

    here = share(0)

    def shifted(steps: int) -> FloatArray:
        return here[np.clip(np.arange(len(here)) - steps * half_hours, 0, len(here) - 1)]

    day = share(bins // 4)
    around = [shifted(1), shifted(2), shifted(-1), share(3 * half_hours)]
    return np.stack([np.ones(len(said)), here, *around, day, day**2, hours, hours * here], axis=1)


def _pairs(
    rows: FloatArray, said: FloatArray, clear: FloatArray, hours: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Features, target share (NaN where no pair) and weight of every past step, in order of time."""
    bins = rows.shape[1]
    order = slice(None, None, -1)
    envelope, power, forecast = clear[order].ravel(), rows[order].ravel(), said[order].ravel()
    features = _features(forecast, envelope, hours, bins)
    bright = envelope > DIM * max(float(envelope.max()), 1e-9)
    target = np.where(bright, power / np.maximum(envelope, 1e-9), np.nan)
    target = np.where(np.isfinite(forecast), np.minimum(target, 1.5), np.nan)
    age = np.arange(len(target), 0, -1) / bins
    return features, target, envelope / max(float(envelope.max()), 1e-9) * 0.5 ** (age / HALF_LIFE_DAYS)


def _regression(
    features: FloatArray, target: FloatArray, weight: FloatArray, prior: FloatArray, strength: float
) -> FloatArray:
    """Half way between the weights for the mean and those for the median, brought back to the mean's energy."""
    known = np.isfinite(target)
    x, y, w = features[known], target[known], weight[known]
    mean = median = _ridge(x, y, w, prior, strength)
    for _ in range(ROUNDS):
        off = np.maximum(np.abs(y - x @ median), LEAST_ERROR)
        # Weights around those for the mean (errors of about 0.2), so that the pull to the forecast stays as strong.
        median = _ridge(x, y, w * 0.2 / off, prior, strength)
    both = (mean + median) / 2
    said = float(w @ (x @ both))
    return both * (float(w @ (x @ mean)) / said if said > 0 else 1.0)


def _ridge(
    x: FloatArray, y: FloatArray, weight: FloatArray, prior: FloatArray, strength: float
) -> FloatArray:
    normal = (x * weight[:, None]).T @ x + strength * np.eye(_FEATURES) / _FEATURES
    result: FloatArray = prior + np.linalg.solve(normal, (x * weight[:, None]).T @ (y - x @ prior))
    return result


def _left(share: FloatArray, target: FloatArray, weight: FloatArray) -> float:
    known = np.isfinite(target)
    off = np.abs(np.clip(share[known], 0.0, HIGHEST) - target[known])
    return float(weight[known] @ off / weight[known].sum())


def _widths(share: FloatArray, target: FloatArray, hours: int) -> FloatArray:
    """(3, 2): 10 % and 90 % quantile of the error's mean over some hours by clearness, pulled to a default."""
    known = np.isfinite(target)
    error = np.where(known, target - share, 0.0)
    kernel = np.ones(max(hours, 1))
    smooth = np.convolve(error, kernel, "same") / np.maximum(np.convolve(known, kernel, "same"), 1)
    classes = np.searchsorted(_CLASSES, share)
    widths = np.tile(np.array(_WIDTH), (len(_CLASSES) + 1, 1))
    for number in range(len(_CLASSES) + 1):
        members = smooth[known & (classes == number)]
        trust = len(members) / (len(members) + 50)
        if len(members):
            widths[number] += trust * (np.quantile(members, (0.1, 0.9)) - widths[number])
    return np.stack([np.minimum(widths[:, 0], 0.0), np.maximum(widths[:, 1], 0.0)], axis=1)


def _column_mean(rows: FloatArray) -> FloatArray:
    known = np.isfinite(rows)
    mean: FloatArray = np.where(known, rows, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return mean


def _neighbours(profile: FloatArray) -> FloatArray:
    mean: FloatArray = (np.roll(profile, 1, axis=-1) + profile + np.roll(profile, -1, axis=-1)) / 3
    return mean


__all__ = ["Correction", "IntArray"]
