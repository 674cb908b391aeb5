"""How much of a promise is kept is learned from the days before, and told with the next."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.ledger import Promises
from custom_components.merit_order.engine.ledger.promises import AT_FIRST
from custom_components.merit_order.engine.model.codec import from_json, to_json
from custom_components.merit_order.engine.pipeline import think
from tests.engine.homes import asset, home

FIRST, DAY = date(2026, 11, 1), timedelta(days=1)
BATTERY = asset("battery", {"capacity_kwh": 10.0}, {"soc_percent": 5.0})
PRICES = [0.1] * 6 + [0.4] * 6


def lived(days: int, promised: float, kept: float) -> Promises:
    found = Promises()
    for day in range(days + 1):
        found = found.turned(FIRST + day * DAY, promised, day * kept)
    return found


def test_before_anything_is_known_a_promise_is_taken_with_a_grain_of_salt() -> None:
    assert Promises().share == AT_FIRST


def test_what_is_kept_day_by_day_is_what_the_next_promise_is_told_with() -> None:
    """Proves: after three weeks of 60 % kept it is nearly that, and a day alone says little."""
    assert lived(21, 2.0, 1.2).share == pytest.approx(0.6, abs=0.06)
    assert lived(1, 2.0, 1.2).share == pytest.approx(0.79, abs=0.01)
    assert lived(21, 2.0, 2.4).share == 1.0


def test_a_day_that_was_not_ours_teaches_nothing() -> None:
    known = lived(5, 2.0, 1.2)
    resting = known.turned(FIRST + 6 * DAY, None, 6.0).turned(FIRST + 7 * DAY, None, 6.0)
    assert resting.share == known.share
    assert resting.turned(FIRST + 8 * DAY, 2.0, 6.0).share == known.share


def test_days_that_were_slept_through_teach_nothing_and_it_survives_its_json() -> None:
    known = lived(5, 2.0, 1.2)
    assert known.turned(FIRST + 8 * DAY, 9.0, 99.0).share == known.share
    assert from_json(Promises, to_json(known)) == known


@given(st.lists(st.tuples(st.floats(-5, 20), st.floats(-20, 20)), max_size=40))
def test_whatever_happens_it_is_a_share(days: list[tuple[float, float]]) -> None:
    found, total = Promises(), 0.0
    for i, (promised, kept) in enumerate(days):
        found = found.turned(FIRST + i * DAY, promised, total)
        total += kept
        assert 0.3 <= found.share <= 1.0


def test_the_plan_tells_what_is_likely_kept_of_its_gain() -> None:
    whole = think(home(PRICES, BATTERY, load=1.0)).plan
    half = think(home(PRICES, BATTERY, load=1.0, settings={"kept_share": 0.5})).plan
    gain = whole.baseline_cost - whole.cost
    assert whole.expected_saving == pytest.approx(gain)
    assert half.expected_saving == pytest.approx(gain / 2)
    assert half.cost == whole.cost
