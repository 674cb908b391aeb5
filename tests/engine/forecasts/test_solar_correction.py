"""A site's own correction: bias, shadow, clouds and gaps on a made-up sun whose truth is known."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.forecasts import Band, Correction, Record
from custom_components.merit_order.engine.model.series import FloatArray

START = int(datetime(2026, 4, 1, tzinfo=UTC).timestamp())
DAY, STEP, BINS = 86_400, 1800, 48


def sun(days: int) -> FloatArray:
    hour = np.arange(days * BINS) % BINS / 2
    return 5.0 * np.clip(np.sin((hour - 6) / 12 * np.pi), 0, None)


def clouds(days: int, seed: int = 1) -> FloatArray:
    """How clear each step is: a level for the day, and some noise on it."""
    random = np.random.default_rng(seed)
    level = np.repeat(random.beta(2, 1, days), BINS)
    return np.clip(level + 0.1 * random.standard_normal(days * BINS), 0.05, 1.0)


def record(values: FloatArray) -> Record:
    return Record(START, STEP, values)


def corrected(measured: Record, said: Record, day: int, count: int = BINS, step: int = 0) -> Band:
    now = START + day * DAY + step * STEP
    return Correction.learn(measured, said, now).apply(said, measured, now, count)


@given(
    day=st.integers(0, 49),
    step=st.integers(0, 47),
    future=st.lists(st.floats(0, 9) | st.just(float("nan")), min_size=1, max_size=50),
)
def test_the_future_never_changes_a_forecast(day: int, step: int, future: list[float]) -> None:
    real, now = sun(52) * clouds(52), START + day * DAY + step * STEP
    said = record(real * 0.8)
    other = np.where(said.starts >= now, np.resize(np.array(future), len(real)), real)
    one, two = (corrected(record(values), said, day, 72, step) for values in (real, other))
    for side in ("low", "mid", "high"):
        np.testing.assert_array_equal(getattr(one, side), getattr(two, side))


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.3])
def test_a_constant_bias_is_taken_away(factor: float) -> None:
    real = sun(40) * clouds(40)
    bands = [corrected(record(real), record(real * factor), day) for day in range(30, 40)]
    total = sum(band.mid.sum() for band in bands)
    assert total / real[30 * BINS : 40 * BINS].sum() == pytest.approx(1.0, abs=0.05)
    assert not bands[-1].provisional


def test_a_forecast_that_is_right_is_left_alone() -> None:
    real = sun(40) * clouds(40)
    band = corrected(record(real), record(real), 39)
    error = np.abs(band.mid - real[39 * BINS :]).sum() / real[39 * BINS :].sum()
    assert error < 0.06


def test_a_shadow_by_time_of_day_is_learned() -> None:
    clear = sun(40)
    shaded = np.where(np.arange(len(clear)) % BINS >= 32, 0.3 * clear, clear)
    band = corrected(record(shaded), record(clear), 39)
    real = shaded[39 * BINS :]
    assert band.mid[34] == pytest.approx(real[34], rel=0.15)
    assert band.mid[24] == pytest.approx(real[24], rel=0.1)


def test_what_a_provider_says_of_the_night_is_not_believed() -> None:
    """Sensitivity: in the first days, when the night is not yet known to be one, it stands as it was given."""
    real = sun(40) * clouds(40)
    said = record(real + 0.2)
    late, early = corrected(record(real), said, 39).mid, corrected(record(real), said, 1).mid
    assert late[:10].max() == 0.0
    assert early[:10].min() == pytest.approx(0.2)


def test_today_is_carried_on_into_the_next_hours() -> None:
    real, said = sun(40) * clouds(40), sun(40) * 0.9
    real[39 * BINS : 39 * BINS + 24] *= 0.3
    before = corrected(record(real), record(said), 39).mid
    noon = corrected(record(real), record(said), 39, step=24).mid
    assert noon[:4].sum() < 0.8 * before[24:28].sum()
    tomorrow = corrected(record(real), record(said), 39, 60, step=24).mid[48:]
    assert tomorrow.sum() == pytest.approx(before[24:36].sum(), rel=0.2)


def test_without_pairs_the_forecast_stands_as_it_was_given() -> None:
    said = sun(3)
    band = corrected(record(np.full(len(said), np.nan)), record(said), 1)
    np.testing.assert_array_equal(band.mid, said[BINS : 2 * BINS])
    assert band.provisional


def test_without_any_forecast_the_last_days_stand_in() -> None:
    real = sun(20)
    band = corrected(record(real), record(np.full(len(real), np.nan)), 19)
    assert band.mid.sum() == pytest.approx(real[19 * BINS :].sum(), rel=0.1)
    assert band.mid[:10].sum() == 0.0


@given(seed=st.integers(0, 30), keep=st.floats(0.1, 1.0), day=st.integers(0, 25), step=st.integers(0, 47))
def test_it_is_never_below_zero_nor_absurd_whatever_is_missing(
    seed: int, keep: float, day: int, step: int
) -> None:
    random = np.random.default_rng(seed)
    real = np.where(random.random(28 * BINS) < keep, sun(28) * clouds(28, seed), np.nan)
    said = np.where(random.random(28 * BINS) < keep, sun(28) * random.random(28 * BINS), np.nan)
    band = corrected(record(real), record(said), day, 96, step)
    assert np.all(np.isfinite(band.mid))
    assert np.all((band.low >= 0) & (band.low <= band.mid) & (band.mid <= band.high))
    assert band.mid.max() < 8.0


def test_nine_in_ten_measurements_lie_below_the_high_side() -> None:
    real = sun(60) * clouds(60, 4)
    said = sun(60) * clouds(60, 9) * 0.7 + 0.3 * real
    above = below = total = 0.0
    for day in range(30, 60):
        band, truth = corrected(record(real), record(said), day), real[day * BINS : (day + 1) * BINS]
        light = truth > 0.2
        total += light.sum()
        above += (truth > band.high + 1e-9)[light].sum()
        below += (truth < band.low - 1e-9)[light].sum()
    assert above / total < 0.25
    assert below / total < 0.25
