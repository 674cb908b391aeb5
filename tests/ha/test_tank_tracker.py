"""When water was last hot enough: what the weekly heat-up is counted from."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.merit_order.engine.assets._hot_water import HotWaterParams
from custom_components.merit_order.engine.model.roles import TankReading
from custom_components.merit_order.tank_tracker import TankRecord, state, track

from .conftest import Advance
from .homes import START
from .test_learned import TANK, planned, tank

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
WEEKLY = HotWaterParams()
DAY = timedelta(days=1)


def test_hot_water_counts_from_its_last_hot_moment() -> None:
    record = track(None, WEEKLY, TankReading(temperature_c=61.0), NOW)
    later = track(record, WEEKLY, TankReading(temperature_c=48.0), NOW + DAY)
    assert later.disinfected == NOW
    assert state(later) == {"disinfected": NOW.isoformat()}


def test_a_tank_nobody_knows_of_is_due_within_a_day() -> None:
    record = track(None, WEEKLY, TankReading(temperature_c=48.0), NOW)
    assert record.disinfected + timedelta(days=WEEKLY.legionella_days) == NOW + DAY


def test_silence_is_not_heat() -> None:
    before = TankRecord(disinfected=NOW - 3 * DAY)
    assert track(before, WEEKLY, TankReading(), NOW).disinfected == before.disinfected


async def test_the_plan_knows_it_and_the_shelf_keeps_it(
    hass: HomeAssistant, clock: Advance, hass_storage: dict[str, Any]
) -> None:
    """At 50 °C and never seen before: due within a day, and the same after a restart."""
    specs = (await planned(hass, clock, hass_storage, {}, tank()))[0]
    known = specs[TANK].state["disinfected"]
    assert timedelta(0) < datetime.fromisoformat(known) + 7 * DAY - START <= DAY + timedelta(minutes=5)
    kept = hass_storage["merit_order.home"]["data"]["tanks"][TANK]["disinfected"]
    assert datetime.fromisoformat(kept) == datetime.fromisoformat(known)
