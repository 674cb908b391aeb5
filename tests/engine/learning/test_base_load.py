"""The load learned from does not hold what the plan counts by itself."""

import numpy as np
import pytest

from custom_components.merit_order.engine.learning.base_load import base_load

HOUR = np.arange(28 * 24) % 24
HOME = np.where((HOUR >= 17) & (HOUR < 21), 1.0, 0.3)
BOILER = np.where(HOUR == 12, 2.0, 0.0)


def since(values: np.ndarray, first: int) -> np.ndarray:
    return np.where(np.arange(len(values)) >= first, values, np.nan)


def test_what_is_planned_for_is_no_base_load() -> None:
    np.testing.assert_allclose(base_load(HOME + BOILER, [BOILER]), HOME)


@pytest.mark.parametrize("jump", [5000.0, -5000.0])
def test_an_hour_in_which_a_counter_jumped_is_a_gap(jump: float) -> None:
    """Sensitivity: it alone would lift the mean of four weeks by 7 kW."""
    total = HOME + BOILER
    total[300] += jump
    base = base_load(total, [BOILER])
    assert np.isnan(base[300])
    assert np.nanmean(base) == pytest.approx(HOME.mean(), rel=0.01)
    replaced = BOILER.copy()
    replaced[300] += jump
    assert np.isnan(base_load(HOME + BOILER, [replaced])[300])


def test_watts_that_are_called_kilowatts_all_along_are_left_to_be_named() -> None:
    assert np.nanmin(base_load(1000 * HOME, [])) == 300.0


@pytest.mark.parametrize("days", [2, 5])
def test_an_asset_metered_for_days_is_not_counted_twice_in_the_weeks_before(days: int) -> None:
    """Sensitivity: with the hours before left as they are the mean is 20 % too high."""
    first = len(HOME) - days * 24
    base = base_load(HOME + BOILER, [since(BOILER, first)])
    assert np.nanmean(base) == pytest.approx(HOME.mean(), rel=0.01)
    assert np.isfinite(base).all()
    assert (HOME + BOILER).mean() > 1.19 * HOME.mean()


def test_once_a_week_is_known_the_time_before_is_left_out() -> None:
    first = len(HOME) - 8 * 24
    base = base_load(HOME + BOILER, [since(BOILER, first)])
    np.testing.assert_array_equal(np.isnan(base[:first]), True)
    np.testing.assert_allclose(base[first:], HOME[first:])


def test_an_asset_that_is_new_to_the_home_leaves_its_past_alone() -> None:
    first = len(HOME) - 3 * 24
    base = base_load(HOME + np.nan_to_num(since(BOILER, first)), [since(BOILER, first)])
    np.testing.assert_allclose(base, HOME)


def test_each_of_two_assets_is_taken_out_from_its_own_first_hour() -> None:
    other = np.where(HOUR == 3, 1.0, 0.0)
    one, two = since(BOILER, 25 * 24), since(other, 26 * 24)
    base = base_load(HOME + BOILER + other, [one, two])
    assert np.nanmean(base) == pytest.approx(HOME.mean(), rel=0.02)


def test_less_than_a_day_says_nothing_about_the_past() -> None:
    first = len(HOME) - 5
    base = base_load(HOME + BOILER, [since(BOILER, first)])
    np.testing.assert_allclose(base[:first], (HOME + BOILER)[:first])


def test_a_skipped_hour_is_zero_and_a_meter_that_is_not_known_is_a_gap() -> None:
    used, total = BOILER.copy(), HOME + BOILER
    used[3], total[9] = np.nan, np.nan
    base = base_load(total, [used])
    assert base[3] == pytest.approx(HOME[3])
    assert np.isnan(base[9])
    assert np.isfinite(base).sum() == len(base) - 1
