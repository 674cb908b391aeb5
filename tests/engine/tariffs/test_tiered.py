"""Steps by the month's volume: so far from the statistics, onward by the usual use, anew each month."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.merit_order.engine.model.errors import BadData, InputError
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.series import Quality, Series
from custom_components.merit_order.engine.tariffs import tariff_kind
from custom_components.merit_order.engine.tariffs.tiered import Step, parse_steps
from tests.apis import at, ports

KIND = tariff_kind("tiered")
STEPS = "300: 0.25, 500: 0.31, 0.40"


@dataclass(frozen=True)
class Meter:
    """A recorder that saw the same power in every hour since `since`."""

    kw: float
    since: datetime

    async def mean_power_kw(self, statistic_id: str, start: datetime, end: datetime) -> Series:
        begin = max(start, self.since)
        count = max(int((end - begin) / timedelta(hours=1)), 0)
        return Series.regular(begin, 60, [self.kw] * count)


async def prices(
    moment: str,
    hours: float = 48,
    kw: float = 1.0,
    since: str = "2026-01-01",
    zone: str = "Europe/Brussels",
    **more: Any,
) -> Series:
    history = Meter(kw, at(since))
    async with ports(moment, history=history, timezone=zone, **more) as home:
        tariff = KIND.build(
            settle(KIND.options, {"steps": STEPS, "statistic": "sensor.meter"}), home, "import"
        )
        return await tariff.prices(at(moment), at(moment) + timedelta(hours=hours))


async def test_the_step_follows_the_months_volume() -> None:
    # June begins on 31 May 22:00 UTC. At 1 kW the 300th kWh is drawn 12.5 days later: 13 June 10:00 UTC.
    series = await prices("2026-06-12T10:00")
    assert series.value_at(at("2026-06-13T09:59")) == 0.25
    assert series.value_at(at("2026-06-13T10:00")) == 0.31
    qualities = {span.value: span.quality for span in series.spans}
    assert qualities == {0.25: Quality.KNOWN, 0.31: Quality.FORECAST}
    assert (await prices("2026-06-22T10:00", 1)).spans[0].value == 0.40


async def test_a_step_that_was_reached_is_known() -> None:
    series = await prices("2026-06-14T10:00", 12)
    assert {(span.value, span.quality) for span in series.spans} == {(0.31, Quality.KNOWN)}


async def test_a_new_month_begins_with_the_first_step_at_local_midnight() -> None:
    series = await prices("2026-06-30T12:00", 24)
    assert series.value_at(at("2026-06-30T21:59")) == 0.40
    assert series.value_at(at("2026-06-30T22:00")) == 0.25
    assert {span.quality for span in series.spans} == {Quality.KNOWN}


async def test_a_month_that_begins_at_half_past_by_utc() -> None:
    series = await prices("2026-06-30T12:00", 24, zone="Australia/Adelaide")
    assert series.value_at(at("2026-06-30T14:29")) == 0.40
    assert series.value_at(at("2026-06-30T14:30")) == 0.25


async def test_hours_the_recorder_missed_count_as_usual() -> None:
    # It runs since the 10th only: the days before are taken to have been like the last week.
    series = await prices("2026-06-14T10:00", 1, since="2026-06-10")
    assert series.spans[0].value == 0.31


async def test_without_any_volume_there_is_no_price() -> None:
    with pytest.raises(BadData):
        await prices("2026-06-14T10:00", since="2027-01-01")


def test_steps_are_read_and_mistakes_named() -> None:
    assert parse_steps(STEPS) == (Step(300, 0.25), Step(500, 0.31), Step(float("inf"), 0.40))
    assert parse_steps("0.3") == (Step(float("inf"), 0.3),)
    for wrong in ("", "300: 0.25", "cheap", "500: 0.1, 300: 0.2, 0.3", "0.1, 0.2", "300: x, 0.2"):
        with pytest.raises(InputError, match="steps"):
            parse_steps(wrong)
