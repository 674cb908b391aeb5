"""The running window, the days and the months of a charge on demand, added up from powers or taken from the meter."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.capacity import Terms
from custom_components.merit_order.engine.demand import DemandBook
from custom_components.merit_order.engine.model.roles import GridReading
from custom_components.merit_order.engine.model.snapshot import DemandHours

BRUSSELS = ZoneInfo("Europe/Brussels")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FLANDERS = Terms(price_per_kw_year=60.0)
NORTH = Terms(price_per_kw_year=480.0, floor_kw=0.0, months=1, days=3, window_minutes=60)


def live(book: DemandBook, start: datetime, *powers: float, seconds: int = 60) -> datetime:
    """So many minutes at these powers, one each; when the last has passed."""
    for i, power in enumerate(powers):
        book.look(start + i * timedelta(seconds=seconds), power)
    end = start + len(powers) * timedelta(seconds=seconds)
    book.look(end, powers[-1])
    return end


def test_the_running_quarter_by_hand() -> None:
    """Five minutes at 6 kW are 0.5 kWh; on at 3 kW the quarter ends at 4 kW; up to 5 kW leaves 4.5 kW for the rest."""
    book = DemandBook(FLANDERS, BRUSSELS)
    book.look(NOON - timedelta(minutes=1), 5.0)
    end = live(book, NOON - timedelta(minutes=15), *[5.0] * 15)
    end = live(book, NOON, *[6.0] * 5)
    now = book.now(end, GridReading(power_kw=3.0))
    assert now.window == NOON
    assert now.so_far_kwh == pytest.approx(0.5)
    assert now.heading_kw == pytest.approx(4.0)
    assert now.peak_kw == now.free_kw == pytest.approx(5.0)
    assert now.allowed_kw == pytest.approx((5.0 / 4 - 0.5) * 6)
    assert now.due == pytest.approx(5.0 * 60 / 12)


def test_a_meter_that_tells_its_quarter_its_peak_and_its_year_is_believed() -> None:
    book = DemandBook(FLANDERS, BRUSSELS)
    end = live(book, NOON, *[1.0] * 5)
    told = GridReading(power_kw=1.0, quarter_demand_kw=2.0, month_peak_kw=4.0, peak_history_kw=(3.0, 5.0))
    now = book.now(end, told)
    assert (now.so_far_kwh, now.peak_kw, now.free_kw) == (0.5, 4.0, 4.0)
    assert now.mean_kw == pytest.approx((5.0 + 3.0 + 4.0) / 3)
    assert now.due == pytest.approx((5.0 + 3.0 + 4.0) / 3 * 5)


def test_the_floor_is_free() -> None:
    book = DemandBook(FLANDERS, BRUSSELS)
    end = live(book, NOON, *[0.4] * 15)
    now = book.now(end, GridReading(power_kw=0.4))
    assert now.peak_kw == pytest.approx(0.4)
    assert now.free_kw == 2.5
    assert now.allowed_kw == pytest.approx(2.5)


def test_of_three_days_that_count_the_lowest_is_free_and_todays_own() -> None:
    book = DemandBook(NORTH, BRUSSELS)
    for i, power in enumerate((6.0, 5.0, 4.0, 3.0)):
        live(book, datetime(2026, 11, 2 + i, 12, tzinfo=UTC), *[power] * 60)
    day = datetime(2026, 11, 6, 12, tzinfo=UTC)
    assert book.month_peak_kw(day, None) == pytest.approx(5.0)
    assert book.free_kw(day, None) == pytest.approx(4.0)
    live(book, day, *[4.5] * 60)
    assert book.month_peak_kw(day, None) == pytest.approx((6 + 5 + 4.5) / 3)
    assert book.free_kw(day, None) == pytest.approx(4.5)
    assert book.free_kw(day + timedelta(days=1), None) == pytest.approx(4.5)
    assert book.now(day + timedelta(hours=1), None).due == pytest.approx((6 + 5 + 4.5) / 3 * 40)


def test_a_meter_word_of_quarters_says_nothing_of_hours() -> None:
    book = DemandBook(NORTH, BRUSSELS)
    end = live(book, NOON, *[2.0] * 30)
    told = GridReading(power_kw=2.0, quarter_demand_kw=9.0, month_peak_kw=9.0)
    assert book.now(end, told).so_far_kwh == pytest.approx(1.0)
    assert book.month_peak_kw(end, told) == 0.0


def test_outside_the_hours_that_count_nothing_is_limited() -> None:
    terms = Terms(price_per_kw_year=60.0, floor_kw=0.0, hours=(DemandHours(start=16, end=21),))
    book = DemandBook(terms, BRUSSELS)
    end = live(book, NOON, *[8.0] * 16)
    now = book.now(end, GridReading(power_kw=8.0))
    assert (now.heading_kw, now.allowed_kw, now.peak_kw) == (None, None, 0.0)
    evening = live(book, NOON + timedelta(hours=4), *[2.0] * 16)
    now = book.now(evening, GridReading(power_kw=2.0))
    assert now.peak_kw == pytest.approx(2.0)
    assert now.allowed_kw == pytest.approx(2.0)


def test_what_nobody_saw_does_not_count_and_feeding_in_does_not_either() -> None:
    book = DemandBook(FLANDERS, BRUSSELS)
    book.look(NOON, 9.0)
    book.look(NOON + timedelta(minutes=10), 9.0)
    now = book.now(NOON + timedelta(minutes=10), GridReading(power_kw=9.0))
    assert (now.so_far_kwh, now.heading_kw, now.allowed_kw) == (None, None, None)
    end = live(book, NOON + timedelta(minutes=15), *[-5.0] * 15)
    assert book.month_peak_kw(end, None) == 0.0


def test_a_month_ends_at_local_midnight_and_becomes_history() -> None:
    book = DemandBook(FLANDERS, BRUSSELS)
    live(book, datetime(2026, 11, 30, 22, 45, tzinfo=UTC), *[8.0] * 15)
    december = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    end = live(book, december, *[4.0] * 15)
    now = book.now(end, GridReading(power_kw=4.0))
    assert now.peak_kw == pytest.approx(4.0)
    assert now.due == pytest.approx((8.0 + 4.0) / 2 * 5)
    again = DemandBook.from_json(FLANDERS, BRUSSELS, book.to_json())
    assert again.now(end, GridReading(power_kw=4.0)) == now
    assert DemandBook.from_json(FLANDERS, BRUSSELS, {"days": 3}).to_json()["days"] == []


@given(
    st.lists(st.tuples(st.integers(1, 140), st.floats(-10, 15)), min_size=1, max_size=60),
    st.sampled_from([15, 30, 60]),
)
def test_law_the_energy_of_all_windows_is_the_energy_that_flowed_in(
    steps: list[tuple[int, float]], minutes: int
) -> None:
    """However the looks fall between the edges of the windows, no energy is lost or counted twice."""
    book = DemandBook(Terms(price_per_kw_year=60.0, floor_kw=0.0, window_minutes=minutes), BRUSSELS)
    at, flowed, peak = NOON, 0.0, 0.0
    for seconds, power in steps:
        book.look(at, power)
        at += timedelta(seconds=seconds)
        flowed += max(power, 0.0) * seconds / 3600
        peak = max(peak, power)
    book.look(at, 0.0)
    hours = (at - NOON).total_seconds() / 3600
    closed = int(hours * 60 // minutes)
    so_far = book.so_far_kwh(at, None)
    assert so_far is not None
    assert so_far <= flowed + 1e-9
    if closed == 0:
        assert so_far == pytest.approx(flowed)
    assert book.month_peak_kw(at, None) <= peak + 1e-9
