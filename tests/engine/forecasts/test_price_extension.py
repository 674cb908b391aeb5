"""Prices after the published ones end."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.forecasts import Record, extend_prices

MONDAY = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp())
UTC_ZONE = ZoneInfo("UTC")
DAY = 86_400


def test_a_daily_pattern_goes_on() -> None:
    pattern = np.tile(0.2 + 0.1 * np.sin(np.arange(24) / 24 * 2 * np.pi), 14)
    known = Record(MONDAY, 3600, pattern)
    np.testing.assert_allclose(extend_prices(known, known.end, 24, UTC_ZONE), pattern[:24], atol=1e-9)


def test_weekends_are_forecast_by_weekends() -> None:
    weekend = (np.arange(14 * 24) // 24 % 7) >= 5
    known = Record(MONDAY, 3600, np.where(weekend, 0.1, 0.3)[: 12 * 24])
    ahead = extend_prices(known, known.end, 24, UTC_ZONE)
    assert ahead.max() < 0.2


def test_nothing_known_is_nothing_said() -> None:
    known = Record(MONDAY, 3600, np.full(48, np.nan))
    assert np.all(np.isnan(extend_prices(known, known.end, 12, UTC_ZONE)))


@given(st.lists(st.floats(-1, 5), min_size=24, max_size=24))
def test_prices_after_the_end_are_never_looked_at(later: list[float]) -> None:
    past = np.tile(np.linspace(0.1, 0.4, 24), 10)
    one = Record(MONDAY, 3600, np.append(past, np.full(24, np.nan)))
    two = Record(MONDAY, 3600, np.append(past, later))
    start = MONDAY + 10 * DAY
    np.testing.assert_array_equal(
        extend_prices(one, start, 24, UTC_ZONE), extend_prices(two, start, 24, UTC_ZONE)
    )
