"""A car's week is found again from its plug; what has no pattern is not planned by."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.merit_order.engine.learning.trips import Absence, learn_trips

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2026, 3, 2)


def at(day: int, clock: str, jitter: float = 0.0) -> datetime:
    local = datetime.combine(MONDAY + timedelta(days=day), time.fromisoformat(clock), PARIS)
    return local.astimezone(UTC) + timedelta(minutes=jitter)


def commute(days: int, weekdays: Sequence[int] = range(5), seed: int = 1, skip: float = 0.0) -> list[Absence]:
    """To work at half past seven and back at six, a quarter of an hour either way."""
    random = np.random.default_rng(seed)
    return [
        Absence(
            left=at(day, "07:30", random.normal(0, 8)),
            back=at(day, "18:00", random.normal(0, 15)),
            used_kwh=9.0,
        )
        for day in range(days)
        if day % 7 in weekdays and random.random() >= skip
    ]


def test_a_commute_is_found_again_over_the_change_of_clocks() -> None:
    learned = learn_trips(commute(42), at(0, "00:00"), at(42, "00:00"), PARIS)
    assert learned is not None
    assert not learned.provisional
    assert learned.days == 42
    assert learned.foretold > 0.85
    weekdays = sorted(day for trip in learned.trips for day in trip.weekdays)
    assert weekdays == [0, 1, 2, 3, 4]
    for trip in learned.trips:
        assert "07:10" <= trip.time <= "07:30"
        assert "18:00" <= trip.returns <= "18:35"
        assert trip.used_kwh == pytest.approx(9.0)


def test_a_first_week_is_pooled_by_kind_of_day_and_provisional() -> None:
    learned = learn_trips(commute(6), at(0, "00:00"), at(6, "12:00"), PARIS)
    assert learned is not None
    assert learned.provisional
    assert [trip.weekdays for trip in learned.trips] == [(0, 1, 2, 3, 4)]


def test_a_day_off_every_week_is_its_own() -> None:
    learned = learn_trips(commute(28, (0, 1, 3, 4)), at(0, "00:00"), at(28, "00:00"), PARIS)
    assert learned is not None
    assert sorted(day for trip in learned.trips for day in trip.weekdays) == [0, 1, 3, 4]


def test_a_car_that_leaves_at_any_time_is_not_foretold() -> None:
    random = np.random.default_rng(4)
    absences = [
        Absence(left=at(day, "00:00", start), back=at(day, "00:00", start + random.uniform(60, 300)))
        for day in range(28)
        for start in (random.uniform(0, 1080),)
    ]
    learned = learn_trips(absences, at(0, "00:00"), at(28, "00:00"), PARIS)
    assert learned is not None
    assert learned.foretold < 0.5
    assert sum(len(trip.weekdays) for trip in learned.trips) <= 2


def test_short_moves_and_a_stay_at_home_are_no_trips() -> None:
    moves = [Absence(left=at(day, "09:00"), back=at(day, "09:40")) for day in range(14)]
    learned = learn_trips(moves, at(0, "00:00"), at(14, "00:00"), PARIS)
    assert learned is not None
    assert not learned.trips
    assert learned.foretold == 1.0


def test_a_night_shift_comes_back_the_next_day() -> None:
    nights = [Absence(left=at(day, "21:30"), back=at(day + 1, "06:30"), used_kwh=5.0) for day in range(28)]
    learned = learn_trips(nights, at(0, "00:00"), at(28, "12:00"), PARIS)
    assert learned is not None
    assert [(trip.time, trip.returns, trip.weekdays) for trip in learned.trips] == [
        ("21:30", "06:30", (0, 1, 2, 3, 4, 5, 6))
    ]
    assert learned.foretold == 1.0


def test_a_week_away_is_not_a_return_after_days() -> None:
    """Planned trips are shorter than a day; the car is simply not back that evening."""
    absences = [*commute(21), Absence(left=at(22, "08:00"), back=at(27, "20:00"))]
    learned = learn_trips(absences, at(0, "00:00"), at(28, "00:00"), PARIS)
    assert learned is not None
    assert all("17:30" <= trip.returns <= "18:45" for trip in learned.trips)


def test_two_days_say_nothing() -> None:
    assert learn_trips(commute(2), at(0, "00:00"), at(2, "23:00"), PARIS) is None


def test_an_energy_nobody_measured_stays_unknown() -> None:
    plain = [Absence(left=one.left, back=one.back) for one in commute(14)]
    learned = learn_trips(plain, at(0, "00:00"), at(14, "00:00"), PARIS)
    assert learned is not None
    assert learned.trips[0].used_kwh is None
