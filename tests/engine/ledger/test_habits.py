"""The ledger of a load whose habit is known: worked out by hand, and at any moment of its day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.merit_order.engine.assets.load import LoadParams
from custom_components.merit_order.engine.ledger import LoadSlot, MeasuredSlot, load_slot

from .test_ledger import HOUR, PARIS, START, result, slot

# 0.1 kWh an hour, 0.4 in the evening from six to ten: 3.6 kWh a day.
HABIT = (0.1,) * 18 + (0.4,) * 4 + (0.1,) * 2
BOILER = LoadParams(energy_kwh=5.0, contiguous=False, deadline="00:00", alone_kw=HABIT)


def price(hour: int) -> float:
    return 0.1 if hour % 24 == 2 else 0.5 if 18 <= hour % 24 < 22 else 0.2


def day(hours: int, habit: bool = True) -> list[MeasuredSlot]:
    """All 3.6 kWh of a day at two, when it is cheap."""
    params = BOILER if habit else LoadParams(energy_kwh=5.0, contiguous=False, deadline="00:00")
    slots = []
    for i in range(hours):
        kwh, start = 3.6 if i % 24 == 2 else 0.0, START + i * HOUR
        slots.append(
            slot(
                i,
                0.3 + kwh,
                price=price(i),
                loads={"boiler": load_slot(params, kwh, start, start + HOUR, PARIS)},
            )
        )
    return slots


def over(slots: list[MeasuredSlot]) -> list[MeasuredSlot]:
    """The same, but in the hour after midnight nothing of the next day is ours yet."""
    return [*slots[:-1], replace(slots[-1], loads={}, import_kwh=0.3)]


def test_a_boiler_earns_what_its_habit_would_have_cost_more() -> None:
    """Proves: 1.6 kWh moved from 0.5 and 2 from 0.2, less the tenth that was at two anyway."""
    by_habit = sum(kw * price(hour) for hour, kw in enumerate(HABIT))
    assert result(over(day(25))).total.saved == pytest.approx(by_habit - 0.36)
    assert result(over(day(25, habit=False))).total.saved == pytest.approx(3.6 * (0.2 - 0.1))


def test_energy_that_a_load_had_before_its_time_is_no_loss() -> None:
    """At four nearly all of it was bought and hardly any would have been: that counts at the mean price so far."""
    slots = day(5)
    mean = sum(price(i) for i in range(5)) / 5
    due = sum(HABIT[i] * price(i) for i in range(5)) + (3.6 - 0.5) * mean
    assert result(slots).total.saved == pytest.approx(due - 0.36)


def test_what_is_still_to_run_would_have_run_by_habit_before() -> None:
    """Proves: at eight in the evening two dear hours of a boiler that runs at eleven count, at the price they had; what
    it is going to take for them counts at the mean price, and the day's end tells the same as ever.
    """
    slots = [
        slot(i, 0.3 + kwh, price=price(i), loads={"boiler": load_slot(BOILER, kwh, at, at + HOUR, PARIS)})
        for i in range(25)
        for kwh, at in ((3.6 if i == 23 else 0.0, START + i * HOUR),)
    ]
    mean = sum(price(i) for i in range(20)) / 20
    habit = sum(HABIT[i] * (price(i) - mean) for i in range(20))
    assert result(slots[:20]).total.saved == pytest.approx(habit)
    whole = sum(kw * price(hour) for hour, kw in enumerate(HABIT))
    assert result(over(slots)).total.saved == pytest.approx(whole - 3.6 * price(23))


def test_a_habit_learned_in_the_middle_of_a_day_holds_for_all_that_follows() -> None:
    """Proves: one hour of which nothing is known does not put the whole day's energy there."""
    slots = over(day(25))
    assert slots[0].loads["boiler"].habit_kwh == pytest.approx(0.1)
    unknown = replace(slots[0].loads["boiler"], habit_kwh=None, after_kwh=0.0)
    slots[0] = replace(slots[0], loads={"boiler": unknown})
    spread = sum(3.6 * kw / 3.5 * price(hour) for hour, kw in enumerate(HABIT) if hour > 0)
    assert result(slots).total.saved == pytest.approx(spread - 0.36)


def test_many_days_are_the_sum_of_each() -> None:
    one, ten = result(over(day(25))).total.saved, result(over(day(10 * 24 + 1))).total.saved
    assert ten == pytest.approx(10 * one)


def test_a_boiler_that_is_heated_late_loses_less_warmth() -> None:
    """Proves: with all of it at eleven at night, the baseline's tank is warmer by what it had by then, and what that
    loses is bought again hour by hour. What is no store of heat loses nothing.
    """

    def saved(*, warm: bool) -> float:
        slots = []
        for i in range(24):
            kwh, at = 3.6 if i == 23 else 0.0, START + i * HOUR
            load = load_slot(BOILER, kwh, at, at + HOUR, PARIS, keeps_warm=warm)
            slots.append(slot(i, 0.3 + kwh, price=price(i), loads={"boiler": load}))
        return result([*slots, slot(24, 0.3)]).total.saved

    more = sum(sum(HABIT[:i]) / 100 * price(i) for i in range(24))
    assert saved(warm=True) == pytest.approx(saved(warm=False) + more)


def test_hours_that_were_not_measured_cost_the_day_no_energy() -> None:
    slots = [each for i, each in enumerate(over(day(25))) if not 18 <= i < 22]
    known = sum(kw for hour, kw in enumerate(HABIT) if not 18 <= hour < 22)
    spread = sum(3.6 * kw / known * price(h) for h, kw in enumerate(HABIT) if not 18 <= h < 22)
    assert result(slots).total.saved == pytest.approx(spread - 0.36)


def test_what_runs_in_one_go_has_no_habit() -> None:
    washer = LoadParams(run_minutes=60, deadline="19:00", alone_kw=HABIT)
    found = load_slot(washer, 1.0, START, START + HOUR, PARIS)
    assert found == LoadSlot(kwh=1.0, since=START - timedelta(hours=5))
    assert load_slot(LoadParams(mode="optional"), 1.0, START, START + HOUR, PARIS) == LoadSlot(kwh=1.0)
