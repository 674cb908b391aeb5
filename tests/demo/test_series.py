"""The recorded home on other dates, and the texture inside its half-hours."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo import prices
from demo.clock import ManualClock
from demo.home import VirtualHome
from demo.series import SLOT_S, recorded_date, recorded_day, slot_means
from demo.texture import SAMPLES, HomeSeries, load_texture, pv_texture

SLOTS = st.integers(
    int(datetime(2024, 1, 1, tzinfo=UTC).timestamp() // SLOT_S),
    int(datetime(2032, 1, 1, tzinfo=UTC).timestamp() // SLOT_S),
)


def slot_of(moment: datetime) -> int:
    return int(moment.timestamp() // SLOT_S)


@pytest.mark.parametrize(
    ("day", "source", "wrapped"),
    [
        (date(2026, 6, 12), date(2024, 6, 12), False),
        (date(2026, 1, 15), date(2025, 1, 15), False),
        (date(2026, 2, 27), date(2025, 2, 27), False),
        (date(2026, 2, 28), date(2025, 2, 27), True),
        (date(2028, 2, 29), date(2024, 2, 29), False),
        (date(2026, 3, 1), date(2024, 3, 1), False),
    ],
)
def test_a_date_takes_the_recorded_calendar_day(day: date, source: date, wrapped: bool) -> None:
    assert recorded_date(day) == source
    assert recorded_day(day).wrapped is wrapped


def test_values_are_the_recorded_ones() -> None:
    # From the file: 2024-06-12T09:30Z is 675.0 W of load and 3371.9 W of PV.
    assert slot_means(slot_of(datetime(2026, 6, 12, 9, 30, tzinfo=UTC))) == (675.0, 3371.9)


def test_night_is_dark_and_a_daylight_gap_is_not() -> None:
    # 2024-03-27 lacks PV at 06:30 to 08:30 and 09:30 to 10:30 UTC; a gap in the sun must not read as no sun.
    gap = recorded_day(date(2026, 3, 27)).pv_w
    assert all(value > 250 for value in (*gap[14:18], *gap[19:22]))
    assert all(value == 0 for value in gap[:8])


def test_every_day_of_the_year_is_whole() -> None:
    for day in range(date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal()):
        recorded = recorded_day(date.fromordinal(day))
        assert sum(recorded.load_w) > 0
        assert min(recorded.load_w + recorded.pv_w) >= 0
        assert max(recorded.pv_w[20:26]) > 0


@given(SLOTS, st.integers(0, 9))
def test_texture_keeps_the_recorded_mean(slot: int, seed: int) -> None:
    load, pv = slot_means(slot)
    assert load_texture(slot, seed).mean() == pytest.approx(load)
    assert pv_texture(slot, seed).mean() == pytest.approx(pv)
    assert load_texture(slot, seed).min() >= 0
    assert pv_texture(slot, seed).min() >= 0


def test_texture_is_texture_and_repeats_by_seed() -> None:
    slot = slot_of(datetime(2026, 6, 12, 9, 30, tzinfo=UTC))
    assert load_texture(slot, 1).std() > 50
    assert (load_texture(slot, 1) == load_texture(slot, 1)).all()
    assert (load_texture(slot, 1) != load_texture(slot, 2)).any()


@given(SLOTS, st.sampled_from([1, 5, 15, 60, 300, 900]))
def test_steps_of_any_length_add_up_to_the_half_hour(slot: int, dt: int) -> None:
    series = HomeSeries(seed=3)
    parts = [series.mean(slot * SLOT_S + at, dt) for at in range(0, SLOT_S, dt)]
    load, pv = slot_means(slot)
    assert sum(part[0] for part in parts) / len(parts) == pytest.approx(load, abs=1e-6)
    assert sum(part[1] for part in parts) / len(parts) == pytest.approx(pv, abs=1e-6)
    assert len(load_texture(slot, 3)) == SAMPLES


def test_market_price_is_that_of_the_calendar_hour() -> None:
    # From the file: 2023-12-31T23:00Z is 0.1, 2024-01-01T00:00Z is 0.01 EUR/MWh.
    assert prices.market_eur_mwh(datetime(2026, 1, 1, 0, 20, tzinfo=UTC)) == 0.01


def test_agile_has_its_peak_and_its_vat() -> None:
    noon, peak = (prices.import_rate(slot_of(datetime(2026, 1, 1, hour, tzinfo=UTC))) for hour in (0, 17))
    assert noon.exc_vat == pytest.approx(2.2 * 0.01 * 0.085, abs=0.01)
    assert peak.exc_vat > 12.0
    assert peak.inc_vat == pytest.approx(1.05 * peak.exc_vat, abs=1e-4)


def test_negative_prices_reach_the_buyer_and_not_the_seller() -> None:
    slots = range(slot_of(datetime(2026, 5, 1, tzinfo=UTC)), slot_of(datetime(2026, 7, 1, tzinfo=UTC)))
    assert min(prices.import_rate(slot).inc_vat for slot in slots) < 0
    assert min(prices.export_rate(slot).inc_vat for slot in slots) >= 0


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (datetime(2026, 1, 10, 15, 59, tzinfo=UTC), datetime(2026, 1, 10, 23, tzinfo=UTC)),
        (datetime(2026, 1, 10, 16, 0, tzinfo=UTC), datetime(2026, 1, 11, 23, tzinfo=UTC)),
        (datetime(2026, 7, 10, 14, 59, tzinfo=UTC), datetime(2026, 7, 10, 22, tzinfo=UTC)),
        (datetime(2026, 7, 10, 15, 0, tzinfo=UTC), datetime(2026, 7, 11, 22, tzinfo=UTC)),
        (datetime(2026, 7, 10, 23, 30, tzinfo=UTC), datetime(2026, 7, 11, 22, tzinfo=UTC)),
    ],
)
def test_publication_follows_uk_time(now: datetime, until: datetime) -> None:
    assert prices.published_until(now) == until


def test_a_day_that_stands_for_another_is_labelled() -> None:
    home = VirtualHome(ManualClock(datetime(2026, 2, 28, 12, tzinfo=UTC)))
    assert home.truth()["wrapped"] is True
    home.advance(86_400)
    assert home.truth()["wrapped"] is False
