"""What is expected after the published prices: from the tariff's own past, and never mistaken for it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.merit_order.engine.forecasts import expected_prices
from custom_components.merit_order.engine.model.series import Quality, Series

ZONE = ZoneInfo("Europe/Brussels")
MIDNIGHT = datetime(2026, 11, 19, 23, tzinfo=UTC)


def yesterday_and_today() -> Series:
    prices = [0.10 if hour % 24 < 12 else 0.30 for hour in range(48)]
    return Series.regular(MIDNIGHT, 60, prices, origin="octopus")


def test_a_published_day_teaches_the_next() -> None:
    known = yesterday_and_today()
    expected = expected_prices(known, MIDNIGHT + timedelta(days=3), ZONE)
    assert expected.spans[0].start == known.end
    assert expected.end == MIDNIGHT + timedelta(days=3)
    assert {span.quality for span in expected.spans} == {Quality.FORECAST}
    assert expected.value_at(MIDNIGHT + timedelta(days=2, hours=3)) == pytest.approx(0.10)
    assert expected.value_at(MIDNIGHT + timedelta(days=2, hours=15)) == pytest.approx(0.30)


def test_nothing_is_expected_where_all_is_published_or_nothing_is_known() -> None:
    known = yesterday_and_today()
    assert expected_prices(known, MIDNIGHT + timedelta(days=2), ZONE).spans == ()
    assert expected_prices(Series(()), MIDNIGHT, ZONE).spans == ()
