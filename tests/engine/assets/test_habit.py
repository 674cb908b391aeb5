"""Loads whose habit is known: what they would do by themselves, and how much a full day of them is."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.assets._habit import habitual_kwh
from tests.engine.homes import MIDNIGHT, home, plan, powers

from .test_load import load

# An eighth of a kilowatt-hour each hour, and three times as much in the evening from six to ten: 4 kWh a day.
HABIT = [0.125] * 18 + [0.375] * 4 + [0.125] * 2
PRICES = [0.2] * 6 + [0.1] * 6 + [0.2] * 6 + [0.5] * 4 + [0.2] * 2


def boiler(**params: Any) -> dict[str, Any]:
    return {"power_kw": 1.0, "energy_kwh": 4.0, "contiguous": False, "deadline": "00:00"} | params


def test_the_home_without_us_heats_water_as_it_always_did() -> None:
    """Proves: by habit 1.5 of 4 kWh fall into the dear evening. Without a habit all would be taken at once."""
    known = plan(home(PRICES, load(**boiler(alone_kw=HABIT))))
    unknown = plan(home(PRICES, load(**boiler())))
    assert known.baseline_cost == pytest.approx(sum(p * kw for p, kw in zip(PRICES, HABIT, strict=True)))
    assert unknown.baseline_cost == pytest.approx(4 * 0.2)
    assert known.cost == unknown.cost == pytest.approx(0.4)


def test_a_tank_that_is_behind_its_habit_would_catch_up_at_once() -> None:
    """At noon it has had nothing: 1.5 kWh are due now, the other 2.5 by habit."""
    noon = MIDNIGHT.replace(hour=12)
    spec = load(state={"done_kwh": 0.0}, **boiler(alone_kw=HABIT))
    found = plan(home(PRICES, spec, at=noon, settings={"horizon_hours": 12.0}))
    due = 1.5 * 0.2 + sum(p * kw for p, kw in zip(PRICES[12:], HABIT[12:], strict=True))
    assert found.baseline_cost == pytest.approx(due)


def test_what_a_day_usually_takes_is_planned_instead_of_a_generous_guess() -> None:
    """Proves: 2 kWh of 4 are planned, less what was drawn. Without the measurement all of it is."""
    assert sum(powers(plan(home(PRICES, load(**boiler(usual_day_kwh=2.0)))), "load")) == 2
    begun = load(state={"done_kwh": 1.0}, **boiler(usual_day_kwh=2.0))
    assert sum(powers(plan(home(PRICES, begun)), "load")) == 1
    assert sum(powers(plan(home(PRICES, load(**boiler()))), "load")) == 4


def test_what_has_had_its_usual_day_is_offered_a_little_more_until_its_guess_is_done() -> None:
    hungry = load(state={"done_kwh": 2.0}, **boiler(usual_day_kwh=2.0))
    assert sum(powers(plan(home(PRICES, hungry)), "load")) == 1
    done = load(state={"done_kwh": 4.0}, **boiler(usual_day_kwh=2.0))
    assert sum(powers(plan(home(PRICES, done)), "load")) == 0


def test_what_was_full_gets_what_it_uses_from_then_on() -> None:
    """Full at six, by habit it uses 3.25 of its 4 kWh until midnight (evenly 3), of which 1.25 were drawn already.
    Had it never been full, all of it were due; had it been just now, nothing.
    """
    noon = MIDNIGHT.replace(hour=12)
    full = {"done_kwh": 1.0, "after_full_kwh": 1.25, "full_at": MIDNIGHT.replace(hour=6).isoformat()}
    late = full | {"after_full_kwh": 0.0, "full_at": MIDNIGHT.replace(hour=23, minute=50).isoformat()}
    for more in ({"alone_kw": HABIT}, {}):
        for state, hour, kwh in ((full, 12, 2), ({"done_kwh": 1.0}, 12, 3), (late, 23, 0)):
            at = noon.replace(hour=hour, minute=55 if hour == 23 else 0)
            spec = load(state=state, **boiler(**more))
            found = plan(home(PRICES, spec, at=at, settings={"horizon_hours": 24.0 - hour}))
            assert sum(powers(found, "load")) == pytest.approx(kwh)


def test_what_drew_more_than_usual_since_it_was_full_is_offered_a_little_more() -> None:
    """Proves: an hour for who drew all that was due; without a draw, ten minutes before the deadline, nothing."""
    full = {"done_kwh": 3.0, "after_full_kwh": 3.0, "full_at": MIDNIGHT.replace(hour=6).isoformat()}
    found = plan(home(PRICES, load(state=full, **boiler(alone_kw=HABIT)), at=MIDNIGHT.replace(hour=12)))
    assert sum(powers(found, "load")) == 1


def test_a_habit_goes_by_the_wall_clock_when_the_clocks_change() -> None:
    """29 March in Brussels has no hour from two to three; what is usual in it is missed, the evening stays there."""
    zone = ZoneInfo("Europe/Brussels")
    begin = datetime(2026, 3, 28, 23, tzinfo=UTC).timestamp()
    six, end = begin + 17 * 3600, begin + 23 * 3600
    before, after = habitual_kwh(HABIT, np.array([begin, six, end]), zone)
    assert before == pytest.approx(17 * 0.125)
    assert after == pytest.approx(4 * 0.375 + 2 * 0.125)


@given(st.lists(st.floats(0, 3), min_size=24, max_size=24), st.integers(0, 95), st.integers(1, 96))
def test_a_habit_is_the_same_however_finely_it_is_asked_for(kw: list[float], first: int, count: int) -> None:
    edges = np.asarray(MIDNIGHT.timestamp() + 450.0 * (first + np.arange(count + 1)), dtype=np.float64)
    parts = habitual_kwh(kw, edges, ZoneInfo("Europe/Paris"))
    whole = habitual_kwh(kw, edges[[0, -1]], ZoneInfo("Europe/Paris"))
    assert float(parts.sum()) == pytest.approx(float(whole[0]), abs=1e-9)
    assert (parts >= 0).all()
