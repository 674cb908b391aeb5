"""The plan as a week of blocks, on the nights when the clocks change."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from homeassistant.components.schedule.const import CONF_FROM, CONF_TO

from custom_components.merit_order.engine.model.plan import AssetPlan, Plan, PlanStatus
from custom_components.merit_order.schedules import week

QUARTER = timedelta(minutes=15)
BRUSSELS = ZoneInfo("Europe/Brussels")


def planned(first: datetime, last: datetime) -> tuple[Plan, AssetPlan]:
    """A plan from an hour before `first` on, with an asset that is active until `last`."""
    edges = tuple(first - 4 * QUARTER + i * QUARTER for i in range(97))
    active = tuple(first <= edge < last for edge in edges[:-1])
    asset = AssetPlan(id="boiler", kind="load", name="Boiler", power_kw=(0.0,) * 96, active=active)
    plan = Plan(
        id="1",
        at=edges[0],
        status=PlanStatus.OPTIMAL,
        currency="EUR",
        timezone="Europe/Brussels",
        edges=edges,
        home=None,
        assets=(asset,),
    )
    return plan, asset


def blocks(first: datetime, last: datetime, zone: ZoneInfo = BRUSSELS) -> list[tuple[str, str]]:
    found: list[dict[str, Any]] = [
        block for day in week(*planned(first, last), zone).values() for block in day
    ]
    return sorted((block[CONF_FROM], block[CONF_TO]) for block in found)


@pytest.mark.parametrize(("zone", "night"), [("Europe/Brussels", 25), ("Europe/London", 25)])
def test_the_schedule_component_never_waits_for_a_time_that_has_been(zone: str, night: int) -> None:
    """Whatever quarter a block begins or ends in: seen from any minute of that night, what is later by the clock on the
    wall is later in truth. Sensitivity: with blocks as they are it is not.
    """
    where, dusk = ZoneInfo(zone), datetime(2026, 10, night - 1, 23, tzinfo=UTC)
    for first in range(20):
        for length in (1, 3, 9):
            begin = dusk + first * QUARTER
            for minute in range(0, 240, 7):
                now = (dusk + timedelta(minutes=minute)).astimezone(where)
                for edge in (
                    edge for block in blocks(begin, begin + length * QUARTER, where) for edge in block
                ):
                    if edge == "24:00:00":
                        continue
                    event = datetime.combine(now.date(), time.fromisoformat(edge), now.tzinfo)
                    assert event <= now or event.timestamp() > now.timestamp()


def test_a_block_in_the_hour_that_comes_twice_is_all_of_it() -> None:
    inside = datetime(2026, 10, 25, 0, 15, tzinfo=UTC)
    assert blocks(inside, inside + QUARTER) == [("02:00:00", "03:00:00")]
    assert blocks(inside + timedelta(hours=1), inside + timedelta(hours=1) + QUARTER) == [
        ("02:00:00", "03:00:00")
    ]


def test_other_blocks_are_as_planned_also_over_midnight_and_in_spring() -> None:
    evening = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    assert blocks(evening, evening + 4 * QUARTER) == [("00:00:00", "00:30:00"), ("23:30:00", "24:00:00")]
    spring = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert blocks(spring, spring + 4 * QUARTER) == [("01:30:00", "03:30:00")]
