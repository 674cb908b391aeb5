"""A store of heat that is full takes nothing before something was used, however cheap it is."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.engine.homes import MIDNIGHT, home, plan, powers

from .test_habit import HABIT, boiler
from .test_load import load

# Cheap from two to four, when nothing was used yet; and in the afternoon, not so cheap.
NIGHT = [0.3] * 2 + [0.1] * 2 + [0.3] * 10 + [0.2] * 4 + [0.3] * 6
FULL = {"full_at": MIDNIGHT.isoformat(), "after_full_kwh": 0.0}


def test_what_was_full_at_midnight_is_not_filled_at_two() -> None:
    """Proves: of 4 kWh 0.5 were used by four: one slot there, and three when there is room. Without the moment at which
    it was full all of it falls into the cheapest hours.
    """
    full = plan(home(NIGHT, load(state=FULL, **boiler(alone_kw=HABIT))))
    unknown = plan(home(NIGHT, load(**boiler(alone_kw=HABIT))))
    assert sum(powers(full, "load")[:4]) == 1
    assert sum(powers(unknown, "load")[:4]) == 2
    assert full.shortfalls == unknown.shortfalls == ()


def test_what_was_used_since_makes_room() -> None:
    """Full at eight the evening before: 1 kWh was used by midnight, so both cheap hours are taken."""
    evening = {"full_at": (MIDNIGHT - timedelta(hours=4)).isoformat(), "after_full_kwh": 0.0}
    assert sum(powers(plan(home(NIGHT, load(state=evening, **boiler(alone_kw=HABIT)))), "load")[2:4]) == 2


@given(
    hours=st.floats(0, 40),
    drawn=st.floats(0, 5),
    done=st.floats(0, 5),
    at=st.integers(0, 12),
    usual=st.none() | st.floats(1, 6),
    minute=st.integers(0, 59),
)
def test_no_need_falls_short_for_want_of_room(
    hours: float, drawn: float, done: float, at: int, usual: float | None, minute: int
) -> None:
    """What does not fit is not missed: it is full then."""
    now = MIDNIGHT.replace(hour=at, minute=minute)
    state = {
        "full_at": (now - timedelta(hours=hours)).isoformat(),
        "after_full_kwh": drawn,
        "done_kwh": done,
    }
    params = boiler(alone_kw=HABIT, usual_day_kwh=usual, energy_kwh=6.0, deadline="18:00", power_kw=2.0)
    found = plan(home(NIGHT * 2, load(state=state, **params), at=now, minutes=30))
    assert found.shortfalls == ()
