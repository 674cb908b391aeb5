"""What was said of each hour in time is what counts, through clock changes, late meters and a restart."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.merit_order.engine.model.series import Quality, Series
from custom_components.merit_order.engine.track_record import HOUR_S, Lead, TrackRecord

BRUSSELS = ZoneInfo("Europe/Brussels")


def hour(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def flat(start: str, hours: int, value: float, quality: Quality = Quality.FORECAST) -> Series:
    return Series.regular(datetime.fromisoformat(start).replace(tzinfo=UTC), 60, [value] * hours, quality)


@pytest.mark.parametrize(
    ("midnight", "hours"),
    [("2026-06-14T22:00", 24), ("2026-03-28T23:00", 23), ("2026-10-24T22:00", 25)],
    ids=["summer", "spring", "autumn"],
)
def test_the_day_ahead_is_what_was_said_as_the_local_day_began(midnight: str, hours: int) -> None:
    record = TrackRecord(Lead.DAY_AHEAD)
    record.say(flat(midnight, 48, 1.0), hour(midnight), BRUSSELS)
    record.say(flat(midnight, 48, 9.0), hour(midnight) + HOUR_S, BRUSSELS)
    assert record.said == {hour(midnight) + i * HOUR_S: 1.0 for i in range(hours)}


def test_hours_ahead_is_what_was_said_four_hours_before() -> None:
    record = TrackRecord(Lead.HOURS_AHEAD)
    record.say(flat("2026-06-15T08:00", 24, 2.0), hour("2026-06-15T08:00"), BRUSSELS)
    assert record.said == {hour("2026-06-15T12:00"): 2.0}


def test_a_price_counts_as_last_said_before_it_was_published() -> None:
    record = TrackRecord(Lead.UNPUBLISHED)
    noon = "2026-06-15T12:00"
    for value in (0.20, 0.30):
        record.say(flat(noon, 24, value), hour(noon), BRUSSELS)
    record.say(flat(noon, 24, 0.99, Quality.KNOWN), hour(noon), BRUSSELS)
    assert set(record.said) == {hour(noon) + i * HOUR_S for i in range(4, 24)}
    assert set(record.said.values()) == {0.30}


def test_measured_hours_go_onto_the_card_and_the_others_wait_three_days() -> None:
    record = TrackRecord(Lead.DAY_AHEAD)
    start = hour("2026-06-14T22:00")
    record.say(flat("2026-06-14T22:00", 24, 1.5), start, BRUSSELS)
    measured = {start + i * HOUR_S: 1.0 for i in range(20)}
    assert record.settle(measured, start + 10 * HOUR_S, BRUSSELS)
    assert len(record.said) == 14
    assert record.settle(measured, start + 24 * HOUR_S, BRUSSELS)
    assert not record.settle({}, start + 48 * HOUR_S, BRUSSELS)
    assert len(record.said) == 4
    record.settle({}, start + 97 * HOUR_S, BRUSSELS)
    assert not record.said
    score = record.card.score()
    assert score is not None
    assert (score.count, score.mae, score.bias, record.card.days) == (20, 0.5, 0.5, 1)


def test_it_survives_the_store_and_anything_else_starts_anew() -> None:
    record = TrackRecord(Lead.DAY_AHEAD)
    start = hour("2026-06-14T22:00")
    record.say(flat("2026-06-14T22:00", 24, 1.5), start, BRUSSELS)
    record.settle({start: 1.0}, start + HOUR_S, BRUSSELS)
    again = TrackRecord.from_json(Lead.DAY_AHEAD, record.to_json())
    assert again.to_json() == record.to_json()
    broken: tuple[Any, ...] = (None, "x", [], {"card": 3}, {"said": [["a", 1], [1]]}, {"card": [["a"]]})
    for raw in broken:
        empty = TrackRecord.from_json(Lead.DAY_AHEAD, raw)
        assert (empty.said, empty.card.days) == ({}, 0)
