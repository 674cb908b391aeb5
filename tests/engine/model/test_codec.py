"""JSON in and out of dataclasses: what a form or a file may say, and what it is told when it says it wrongly."""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from custom_components.merit_order.engine.model.codec import from_json, to_json
from custom_components.merit_order.engine.model.errors import InputError
from custom_components.merit_order.engine.model.series import Quality


@dataclass(frozen=True, slots=True)
class Thing:
    runs: int = 1
    power: float = math.nan
    quality: Quality = Quality.KNOWN
    at: datetime | None = None
    parts: tuple[float, ...] = ()


def test_what_is_written_is_read_back() -> None:
    thing = Thing(2, 1.5, Quality.FORECAST, datetime(2026, 11, 21, 12, tzinfo=UTC), (0.5, 1.0))
    assert from_json(Thing, to_json(thing)) == thing


def test_nan_is_null_and_null_is_nan() -> None:
    assert to_json(Thing())["power"] is None
    assert math.isnan(from_json(Thing, {"power": None}).power)


@dataclass(frozen=True)
class Days:
    days: tuple[date, ...]


@pytest.mark.parametrize("written", ["2026-12-25", date(2026, 12, 25)], ids=["json", "yaml"])
def test_a_day_is_read_as_json_and_as_yaml_write_it(written: object) -> None:
    assert from_json(Days, {"days": [written]}) == Days((date(2026, 12, 25),))
    with pytest.raises(InputError, match=r"days\[1\]"):
        from_json(Days, {"days": [written, datetime(2026, 12, 25, tzinfo=UTC)]})


def test_a_whole_number_from_a_form_counts_as_an_int() -> None:
    assert from_json(Thing, {"runs": 2.0}).runs == 2


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"runs": 2.5}, "thing.runs"),
        ({"runs": True}, "thing.runs"),
        ({"runs": math.inf}, "thing.runs"),
        ({"runs": math.nan}, "thing.runs"),
        ({"power": "3"}, "thing.power"),
        ({"quality": "sure"}, "thing.quality"),
        ({"at": "2026-11-21T12:00:00"}, "thing.at"),
        ({"parts": [1.0, "x"]}, "thing.parts[1]"),
        ({"price": 1}, "thing.price"),
        ([], "thing"),
    ],
)
def test_the_wrong_field_is_named(raw: Any, field: str) -> None:
    with pytest.raises(InputError) as caught:
        from_json(Thing, raw)
    assert caught.value.field == field
