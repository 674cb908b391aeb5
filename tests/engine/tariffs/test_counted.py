"""A supplier's intervals become whole hours with their cost, over both clock changes, or are left out."""

from datetime import datetime, timedelta

import pytest

from custom_components.merit_order.engine.model.series import Series
from custom_components.merit_order.engine.tariffs import Hour, by_hour
from tests.apis import at

HOUR = timedelta(hours=1)


def halves(start: datetime, kwh: list[float]) -> Series:
    """Half-hours of so many kWh each, as mean power."""
    return Series.regular(start, 30, [2 * value for value in kwh])


def test_half_hours_at_two_prices_by_hand() -> None:
    start = at("2026-06-15T12:00")
    power = halves(start, [0.2, 0.3, 0.0, 0.5])
    price = Series.regular(start, 30, [0.10, 0.20, 0.40, -0.02])
    found = by_hour(power, price, start, start + 2 * HOUR)
    assert [hour.start for hour in found] == [start, start + HOUR]
    assert [hour.kwh for hour in found] == pytest.approx([0.5, 0.5])
    assert [hour.cost for hour in found] == pytest.approx([0.08, -0.01])


def test_an_hour_with_a_hole_is_left_out_and_one_without_a_price_has_no_cost() -> None:
    start = at("2026-06-15T12:00")
    power = Series(tuple(s for s in halves(start, [0.5] * 6).spans if s.start != start + HOUR))
    price = Series.regular(start, 60, [0.10])
    assert by_hour(power, price, start, start + 3 * HOUR) == [
        Hour(start, 1.0, 0.1),
        Hour(start + 2 * HOUR, 1.0, None),
    ]
    assert by_hour(power, price, start, start) == []


@pytest.mark.parametrize(
    ("midnight", "hours"),
    [
        ("2026-03-29T00:00+00:00", 23),
        ("2026-10-25T00:00+01:00", 25),
        ("2026-03-29T00:00+01:00", 23),
        ("2026-10-25T00:00+02:00", 25),
        ("2026-10-04T00:00+10:00", 23),
        ("2026-04-05T00:00+11:00", 25),
    ],
    ids=[
        "London spring",
        "London autumn",
        "Brussels spring",
        "Brussels autumn",
        "Sydney spring",
        "Sydney autumn",
    ],
)
def test_the_days_the_clocks_change_have_their_hours_and_cost_to_the_cent(midnight: str, hours: int) -> None:
    """0.25 kWh in each half-hour at 0.20, and at 0.40 in the last hour of the day."""
    start = at(midnight)
    end = start + hours * HOUR
    power = halves(start, [0.25] * 2 * hours)
    price = Series.regular(start, 60, [0.20] * (hours - 1) + [0.40])
    found = by_hour(power, price, start, end)
    assert len(found) == hours
    assert len({hour.start for hour in found}) == hours
    assert sum(hour.kwh for hour in found) == pytest.approx(0.5 * hours)
    assert sum(hour.cost or 0.0 for hour in found) == pytest.approx(0.10 * (hours - 1) + 0.20)
