"""The load of the home without what is planned for, from meters that were not all there from the beginning."""

from collections.abc import Sequence

import numpy as np

from ..model.series import FloatArray

SETTLED_HOURS = 7 * 24
"""With a week that is known in full nothing older is needed."""
MOST_KW = 60.0
"""As the mean of an hour; a large home's connection carries that."""
LEAST_HOURS = 24
"""What a thing takes of the home's energy cannot be said from less than a day."""


def base_load(total: FloatArray, planned: Sequence[FloatArray]) -> FloatArray:
    """`total` (n,) less what the `planned` assets took, kW per hour; NaN where it is not known.

    An hour that a meter skipped is zero: a socket that was away was not the load of the home either. But before its
    first hour an asset may have been there unmetered: those hours are left out as soon as a week after them is known,
    and until then brought down to the level that the home has without it. An hour in which a counter jumped is a gap.
    """
    base, since = total.copy(), 0
    for used in planned:
        base = base - np.nan_to_num(used)
    base = _believed(base)
    for used in planned:
        known = np.flatnonzero(np.isfinite(used))
        if len(known):
            since = max(since, int(known[0]))
            base = _without(base, used, int(known[0]))
    if np.isfinite(base[since:]).sum() >= SETTLED_HOURS:
        base[:since] = np.nan
    return np.maximum(base, 0.0)


def _believed(base: FloatArray) -> FloatArray:
    """Without hours that no home had: a counter that was replaced or jumped books its whole life on one, which would be
    in that hour's mean for weeks. Where most hours are as large it is another unit: left to be named.
    """
    known = np.abs(base[np.isfinite(base)])
    if not len(known) or float(np.median(known)) > MOST_KW:
        return base
    return np.where(np.abs(base) <= MOST_KW, base, np.nan)


def _without(base: FloatArray, used: FloatArray, first: int) -> FloatArray:
    """The hours before `first` brought down by what the asset took after it, but not below the level after it: an
    asset that is new to the home took nothing before.
    """
    after = np.isfinite(base[first:]) & np.isfinite(used[first:])
    before = float(np.nanmean(base[:first])) if np.isfinite(base[:first]).any() else 0.0
    if after.sum() < LEAST_HOURS or before <= 0:
        return base
    level, took = float(base[first:][after].mean()), float(used[first:][after].mean())
    share = 1.0 - np.clip(before - level, 0.0, max(took, 0.0)) / before
    return np.concatenate([base[:first] * share, base[first:]])
