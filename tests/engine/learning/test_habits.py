"""What a load does by itself, learned from its own meter."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.merit_order.engine.learning.habits import learn_habit, usual_day

PARIS = ZoneInfo("Europe/Paris")
FIRST = int(datetime(2026, 3, 14, 23, tzinfo=UTC).timestamp())
DAY = np.array([0.1] * 18 + [0.5] * 4 + [0.1] * 2)


def month(days: int = 28) -> tuple[np.ndarray, np.ndarray]:
    """Hours of so many days from local midnight on; every fifth day takes half as much again."""
    power = np.concatenate([DAY * (1.5 if day % 5 == 0 else 1.0) for day in range(days)])
    return FIRST + 3600 * np.arange(24 * days, dtype=np.int64), power


def test_the_mean_day_is_the_habit() -> None:
    starts, power = month(10)
    habit = learn_habit(starts, power, PARIS)
    assert habit is not None
    assert habit.kw == pytest.approx(DAY * 1.1)
    assert habit.days == 10


def test_gaps_are_no_rest() -> None:
    starts, power = month(14)
    power[:100:3] = np.nan
    habit = learn_habit(starts, power, PARIS)
    assert habit is not None
    assert 0.1 <= habit.kw[3] <= 0.15


@pytest.mark.parametrize("days", [1, 6])
def test_less_than_a_week_is_no_habit(days: int) -> None:
    starts, power = month(days)
    assert learn_habit(starts, power, PARIS) is None
    assert usual_day(starts, power, PARIS) is None


def test_what_never_ran_has_no_habit() -> None:
    starts, power = month()
    assert learn_habit(starts, power * 0, PARIS) is None
    assert usual_day(starts, power * 0, PARIS) is None


def test_a_usual_day_is_the_middle_one_and_days_away_do_not_count() -> None:
    starts, power = month(13)
    away = np.concatenate([power, np.zeros(15 * 24)])
    starts = FIRST + 3600 * np.arange(len(away), dtype=np.int64)
    assert usual_day(starts, away, PARIS) == pytest.approx(DAY.sum())
