"""The Flemish capacity tariff on a month of quarter-hours worked out by hand, and the general form."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.capacity import (
    Terms,
    Window,
    allowed_kw,
    capacity_charge,
    counted_mean,
    daily_peaks,
    heading_kw,
    marginal_price_per_kw,
    month_bill,
    month_peaks,
)
from custom_components.merit_order.engine.model.errors import InputError
from custom_components.merit_order.engine.model.snapshot import DemandHours
from tests.apis import at

BRUSSELS = ZoneInfo("Europe/Brussels")
QUARTER = timedelta(minutes=15)
# Euro per kW and year, volume part and maximum tariff per kWh, VAT in: round numbers of the right size.
FLANDERS = Terms(price_per_kw_year=54.0, grid_fee_per_kwh=0.06, max_per_kwh=0.24)


def october() -> list[Window]:
    """October 2026 in Flanders: 31 days and one hour more, 2980 quarters at 0.4 kW, and four events.

    - 12 October 19:00–19:15 local: 1.55 kWh = 6.2 kW, the peak of the month
    - 25 October, both quarters that are called 02:30 local: 1.2 kWh (4.8 kW) and 1.3 kWh (5.2 kW)
    - 31 October 23:45 local: 1.25 kWh = 5.0 kW, the month's last quarter
    - 1 November 00:00 local: 2.0 kWh = 8.0 kW, which is November's
    """
    start = datetime(2026, 10, 1, tzinfo=BRUSSELS).astimezone(UTC)
    end = datetime(2026, 11, 1, tzinfo=BRUSSELS).astimezone(UTC)
    special = {
        at("2026-10-12T17:00"): 1.55,
        at("2026-10-25T00:30"): 1.2,
        at("2026-10-25T01:30"): 1.3,
        at("2026-10-31T22:45"): 1.25,
        at("2026-10-31T23:00"): 2.0,
    }
    quarters = []
    moment = start
    while moment <= end:
        quarters.append(Window(start=moment, import_kwh=special.get(moment, 0.1)))
        moment += QUARTER
    return quarters


def test_a_hand_checked_flemish_month() -> None:
    windows = october()
    assert len(windows) == 31 * 96 + 4 + 1
    days = daily_peaks(windows, FLANDERS, BRUSSELS)
    assert days[datetime(2026, 10, 12, tzinfo=BRUSSELS).date()] == pytest.approx(6.2)
    assert days[datetime(2026, 10, 25, tzinfo=BRUSSELS).date()] == pytest.approx(5.2)
    peaks = month_peaks(days, FLANDERS)
    assert peaks == {(2026, 10): pytest.approx(6.2), (2026, 11): pytest.approx(8.0)}
    # Eleven months before: 2.0 (floor 2.5), 4.0, 3.1, 5.5, 2.5, 1.9 (floor), 3.0, 4.4, 6.0, 3.6, 4.8 → 41.9
    # with floors.
    before = [2.0, 4.0, 3.1, 5.5, 2.5, 1.9, 3.0, 4.4, 6.0, 3.6, 4.8]
    months = [(2025, 11), (2025, 12), *((2026, month) for month in range(1, 10))]
    known = {**dict(zip(months, before, strict=True)), **peaks}
    energy = sum(window.import_kwh for window in windows[:-1])
    # 2976 quarters at 0.1 kWh and 1.55 + 1.2 + 1.3 + 1.25: 302.9 kWh.
    assert energy == pytest.approx(302.9)
    bill = month_bill(known, (2026, 10), energy, FLANDERS)
    # (41.9 + 6.2) / 12 = 4.008333 kW; × 54 / 12 = 18.04 EUR; the cap: (0.24 − 0.06) × 302.9 = 54.52 EUR does
    # not bind.
    assert bill.mean_kw == pytest.approx(4.008333, abs=1e-6)
    assert (round(bill.uncapped, 2), round(bill.due, 2)) == (18.04, 18.04)
    # Away all month, the fridge alone: 60 kWh → the cap binds at 0.18 × 60 = 10.80 EUR.
    assert round(month_bill(known, (2026, 10), 60.0, FLANDERS).due, 2) == 10.80
    # November's peak pushes out November 2025 (2.5): (41.9 − 2.5 + 6.2 + 8.0) / 12 = 4.466667 kW → 20.10 EUR.
    november = month_bill(known, (2026, 11), 300.0, FLANDERS)
    assert (round(november.mean_kw, 4), round(november.due, 2)) == (4.4667, 20.10)


def test_one_more_kw_costs_its_twelfth_for_twelve_months() -> None:
    terms = Terms(price_per_kw_year=54.0)
    peaks = {(year, month): 4.0 for year in (2025, 2026, 2027) for month in range(1, 13)}

    def paid(known: dict[tuple[int, int], float]) -> float:
        return sum(month_bill(known, month, 300.0, terms).due for month in known if month >= (2026, 1))

    assert marginal_price_per_kw(terms) == 4.5
    assert paid(peaks | {(2026, 6): 5.0}) - paid(peaks) == pytest.approx(4.5)


def test_below_the_floor_nothing_changes_and_where_the_cap_binds_neither() -> None:
    assert counted_mean([0.4] * 12, FLANDERS) == 2.5
    assert counted_mean([], FLANDERS) == 2.5
    # 2000 kWh a year: room 0.18 × 2000 = 360 EUR; 4 kW × 54 = 216 EUR is below it, 7 kW × 54 = 378 EUR is
    # not.
    assert marginal_price_per_kw(FLANDERS, 4.0, 2000) == 4.5
    assert marginal_price_per_kw(FLANDERS, 7.0, 2000) == 0.0
    with pytest.raises(InputError):
        month_bill({(2026, 10): 3.0}, (2026, 11), 100.0, FLANDERS)


def test_the_charge_for_the_plan() -> None:
    charge = capacity_charge(FLANDERS, month_peak_kw=3.4, so_far_kwh=0.2, history_kw=[3.0, 4.0])
    assert (charge.price_per_kw, charge.floor_kw, charge.month_peak_kw) == (4.5, 2.5, 3.4)
    assert (charge.window_minutes, charge.quarter_so_far_kwh) == (15, 0.2)


def test_where_the_running_quarter_is_heading_and_what_is_still_allowed() -> None:
    # 10 minutes in, 0.5 kWh drawn: 5 more minutes at 3 kW are 0.25 kWh → 0.75 kWh in the quarter = 3.0 kW.
    now = at("2026-06-15T12:10")
    assert heading_kw(now, 0.5, 3.0) == pytest.approx(3.0)
    assert heading_kw(now, 0.5, -2.0) == pytest.approx(2.0)
    # Up to 4 kW (1 kWh in the quarter): 0.5 kWh left in 5 minutes = 6 kW. Past the limit: nothing.
    assert allowed_kw(now, 0.5, 4.0) == pytest.approx(6.0)
    assert allowed_kw(now, 1.1, 4.0) == 0.0


def test_three_highest_days_and_hours_that_count_in_part() -> None:
    # An hourly demand charge: mean of the three highest days, nights (22–06) count half, Sundays not at all.
    terms = Terms(
        price_per_kw_year=480.0,
        floor_kw=0.0,
        months=1,
        days=3,
        window_minutes=60,
        hours=(
            DemandHours(share=0.0, weekdays=(6,)),
            DemandHours(share=0.5, start=22),
            DemandHours(share=0.5, end=6),
            DemandHours(),
        ),
    )
    zone = ZoneInfo("Europe/Stockholm")
    hours = [
        ("2026-01-05T18:00", 6.0),
        ("2026-01-05T19:00", 5.0),  # the same day: only its highest counts
        ("2026-01-06T23:00", 10.0),  # night: 5
        ("2026-01-07T12:00", 4.0),
        ("2026-01-08T12:00", 3.0),
        ("2026-01-11T12:00", 9.0),  # Sunday
    ]
    windows = [
        Window(start=datetime.fromisoformat(text).replace(tzinfo=zone), import_kwh=kwh) for text, kwh in hours
    ]
    peaks = month_peaks(daily_peaks(windows, terms, zone), terms)
    assert peaks[2026, 1] == pytest.approx((6 + 5 + 4) / 3)
    assert month_bill(peaks, (2026, 1), 500.0, terms).due == pytest.approx(200.0)
    assert marginal_price_per_kw(terms) == pytest.approx(40 / 3)


def test_public_holidays_are_not_peak_days_where_the_charge_says_so() -> None:
    """Weekdays 15–21 in Sydney. Australia Day 2026 is a Monday: 7 kW then, 5 kW the day after."""

    def peak(*excepted: date) -> float:
        weekdays = DemandHours(weekdays=(0, 1, 2, 3, 4), start=15, end=21, except_dates=excepted)
        terms = Terms(price_per_kw_year=120.0, floor_kw=0.0, months=1, window_minutes=30, hours=(weekdays,))
        drawn = [("2026-01-25T18:00", 4.0), ("2026-01-26T18:00", 3.5), ("2026-01-27T20:30", 2.5)]
        zone = ZoneInfo("Australia/Sydney")
        windows = [
            Window(start=datetime.fromisoformat(text).replace(tzinfo=zone), import_kwh=kwh)
            for text, kwh in drawn
        ]
        return month_peaks(daily_peaks(windows, terms, zone), terms)[2026, 1]

    assert peak(date(2026, 1, 26)) == 5.0
    assert peak() == 7.0


@given(
    peaks=st.lists(st.floats(0, 30), min_size=1, max_size=24),
    extra=st.floats(0, 20),
    which=st.integers(0, 23),
    kwh=st.floats(0, 5000),
)
def test_law_a_higher_peak_never_lowers_the_bill_and_the_cap_holds(
    peaks: list[float], extra: float, which: int, kwh: float
) -> None:
    months = {(2025 + i // 12, i % 12 + 1): peak for i, peak in enumerate(peaks)}
    last = max(months)
    raised = dict(months)
    key = sorted(months)[which % len(months)]
    raised[key] += extra
    before, after = (month_bill(known, last, kwh, FLANDERS) for known in (months, raised))
    assert after.due >= before.due - 1e-9
    assert before.due <= 0.18 * kwh + 1e-9
    assert before.mean_kw >= 2.5


@given(seconds=st.integers(0, 899), so_far=st.floats(0, 3), limit=st.floats(0, 20))
def test_law_what_is_allowed_ends_exactly_at_the_limit(seconds: int, so_far: float, limit: float) -> None:
    now = at("2026-06-15T12:00") + timedelta(seconds=seconds)
    power = allowed_kw(now, so_far, limit)
    if power > 0:
        assert heading_kw(now, so_far, power) == pytest.approx(limit)
    else:
        assert so_far >= limit / 4 - 1e-12
