"""Seconds inside the recorded half-hours: made up, deterministic by seed, with exactly the recorded mean.

Load: a base that hums and appliances that switch in blocks of a few minutes. PV: a ramp through the neighbouring
half-hours with passing clouds. Both in samples of 15 s.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from demo.series import SLOT_S, slot_means

SAMPLE_S = 15
SAMPLES = SLOT_S // SAMPLE_S

# What hums all day in the recorded home: its nights lie at 200 to 300 W.
BASE_W = 300.0
# Kettle, oven, washing machine: what switches on in a home draws about this much.
APPLIANCE_W = 2000.0


def _with_mean(shape: NDArray[np.float64], mean: float) -> NDArray[np.float64]:
    actual = float(shape.mean())
    return shape * (mean / actual) if actual > 0 else np.full_like(shape, mean)


def load_texture(slot: int, seed: int) -> NDArray[np.float64]:
    """Return 120 samples of load in W for the half-hour `slot`; their mean is the recorded one."""
    mean, _ = slot_means(slot)
    rng = np.random.default_rng((seed, 1, slot))
    base = min(0.85 * mean, BASE_W)
    rest = mean - base
    shape = base * (1 + 0.05 * rng.standard_normal(SAMPLES)).clip(0.5, 1.5)
    if rest > 0:
        height = max(1.15 * rest, min(APPLIANCE_W, 6 * rest))
        running = max(1, round(SAMPLES * rest / height))
        start = int(rng.integers(0, SAMPLES))
        shape[(start + np.arange(running)) % SAMPLES] += rest * SAMPLES / running
    return _with_mean(shape, mean)


def pv_texture(slot: int, seed: int) -> NDArray[np.float64]:
    """Return 120 samples of PV in W for the half-hour `slot`; their mean is the recorded one."""
    before, mean, after = (slot_means(slot + n)[1] for n in (-1, 0, 1))
    if mean <= 0:
        return np.zeros(SAMPLES)
    rng = np.random.default_rng((seed, 2, slot))
    ramp = np.interp(np.linspace(-0.5, 0.5, SAMPLES), (-1, 0, 1), (before, mean, after))
    # Neighbours that differ a lot mean broken cloud; a smooth course means clear sky or an even cover.
    unsteady = min(0.35, abs(before - 2 * mean + after) / (4 * mean) + 0.02)
    clouds = np.convolve(rng.standard_normal(SAMPLES + 15), np.ones(16) / 4, mode="valid")
    return _with_mean(ramp * (1 + unsteady * clouds).clip(0.1, 1.5), mean)


class HomeSeries:
    """Load and PV of the recorded home at any second of any date, in W."""

    def __init__(self, seed: int = 1, pv_scale: float = 1.0, load_scale: float = 1.0) -> None:
        self._pv_scale = pv_scale
        self._load_scale = load_scale
        self._slot = lru_cache(maxsize=96)(lambda slot: self._sums(slot, seed))
        self._current = -1
        self._load_sums: list[float] = []
        self._pv_sums: list[float] = []

    def _sums(self, slot: int, seed: int) -> tuple[list[float], list[float]]:
        load = load_texture(slot, seed) * self._load_scale
        pv = pv_texture(slot, seed) * self._pv_scale
        return [0.0, *np.cumsum(load).tolist()], [0.0, *np.cumsum(pv).tolist()]

    def mean(self, epoch: float, dt: float) -> tuple[float, float]:
        """Return mean load and PV in W over `dt` seconds from `epoch`, to the next sample's edge, within one half-hour.

        Exact where `dt` is a multiple of 15 s on a multiple of 15 s; below 15 s the sample that holds `epoch`.
        """
        slot, within = divmod(epoch, SLOT_S)
        if slot != self._current:
            self._current = int(slot)
            self._load_sums, self._pv_sums = self._slot(self._current)
        first = int(within // SAMPLE_S)
        last = min(SAMPLES, max(first + 1, int((within + dt) // SAMPLE_S)))
        count = last - first
        return (
            (self._load_sums[last] - self._load_sums[first]) / count,
            (self._pv_sums[last] - self._pv_sums[first]) / count,
        )
