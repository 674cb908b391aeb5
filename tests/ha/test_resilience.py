"""Things that are away, late, wrong or gone: the rest of the home goes on."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.clock_watch import ClockWatch
from custom_components.merit_order.const import DOMAIN, PLAN_INTERVAL
from custom_components.merit_order.engine.model.errors import CannotConnect
from custom_components.merit_order.engine.model.plan import Health
from custom_components.merit_order.sources import Sources
from tests.apis import StoppedClock

from .homes import BATTERY_ID, BOILER_ID, CONTRACT, entity_home, set_house, state_of

type Advance = Callable[[float], Awaitable[None]]

DEVICE_SENSORS = ("sensor.meter_grid_power", "sensor.store_state_of_charge")


async def load(hass: HomeAssistant, clock: Advance, entry: MockConfigEntry) -> None:
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await clock(4)


def health(entry: MockConfigEntry, key: str) -> Health:
    found: Health = next(i.health for i in entry.runtime_data.planner.data.snapshot.inputs if i.key == key)
    return found


async def test_devices_that_are_away_at_start_appear_when_they_come(
    hass: HomeAssistant, clock: Advance
) -> None:
    entry = entity_home()
    await load(hass, clock, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert all(hass.states.get(name) is None for name in DEVICE_SENSORS)
    assert health(entry, f"battery:{BATTERY_ID}") is Health.MISSING
    await set_house(hass)
    await clock(70)
    await clock(10)
    assert float(state_of(hass, "sensor.meter_grid_power")) == 800
    assert float(state_of(hass, "sensor.store_state_of_charge")) == 50
    assert health(entry, f"battery:{BATTERY_ID}") is Health.FRESH
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_known_entities_stay_when_the_device_is_away_at_the_next_start(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_unload(home.entry_id)
    for name in ("sensor.grid_power", "sensor.grid_import", "sensor.grid_export"):
        hass.states.async_remove(name)
    assert await hass.config_entries.async_setup(home.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, "sensor.meter_grid_power") == "unavailable"


async def test_an_old_state_of_charge_is_used_and_then_not(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance
) -> None:
    for name in ("sensor.battery_power", "sensor.battery_soc"):
        hass.states.async_remove(name)
    await clock(5 * 60)
    await clock(5 * 60)
    assert health(home, f"battery:{BATTERY_ID}") is Health.STALE
    spec = home.runtime_data.planner.spec(BATTERY_ID)
    assert spec.state["soc_percent"] == 50
    for _ in range(3):
        await clock(5 * 60)
    assert health(home, f"battery:{BATTERY_ID}") is Health.MISSING
    assert home.runtime_data.planner.spec(BATTERY_ID).state == {}


async def test_a_device_kind_of_a_newer_version_is_named(hass: HomeAssistant, clock: Advance) -> None:
    entry = entity_home()
    data = dict(entry.subentries["meter"].data)
    hass_entry = MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        entry_id="home",
        subentries_data=[
            {
                "data": {**data, "kind": "teleporter"},
                "subentry_type": "device",
                "title": "Meter",
                "unique_id": "meter",
                "subentry_id": "meter",
            }
        ],
    )
    await load(hass, clock, hass_entry)
    assert hass_entry.state is ConfigEntryState.SETUP_ERROR


async def test_prices_survive_a_restart_and_other_options_do_not_inherit_them(
    hass: HomeAssistant, home: MockConfigEntry, hass_storage: dict[str, Any], clock: Advance
) -> None:
    before = home.runtime_data.home.sources.find("price")
    assert await hass.config_entries.async_reload(home.entry_id)
    source = home.runtime_data.home.sources.find("price")
    # Back at once, without asking: it is not due yet.
    assert source.value == before.value
    assert source.fetched == before.fetched
    assert await hass.config_entries.async_unload(home.entry_id)
    contract = home.subentries[CONTRACT]
    dearer = {**contract.data, "supply": {"kind": "fixed", "options": {"price": 0.5}}}
    hass.config_entries.async_update_subentry(home, contract, data=dearer)
    assert await hass.config_entries.async_setup(home.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert float(state_of(hass, "sensor.home_price_now")) == 0.5


async def test_a_failing_source_is_asked_ever_more_rarely_and_its_last_value_used(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance
) -> None:
    source = home.runtime_data.home.sources.find("price")
    good, asked = source.value, []
    real = source.fetch

    async def fails(start: Any, end: Any) -> Any:
        asked.append(start)
        raise CannotConnect("away")

    source.fetch = fails
    await home.runtime_data.home.sources.refresh()
    first = len(asked)
    for _ in range(20):
        await clock(60)
    # 1, 2, 4, 8 minutes after the failure before, and this home's share of half as much again.
    assert 3 <= len(asked) - first <= 5
    assert source.value == good
    assert health(home, "price") is Health.STALE
    source.fetch = real
    await clock(1860)
    await clock(300)
    assert health(home, "price") is Health.FRESH


async def test_homes_that_wait_for_the_same_hour_ask_one_after_the_other(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance
) -> None:
    """A day's prices appear for all homes at once: each asks some seconds after, by its own share of twenty."""
    sources, ports = home.runtime_data.home.sources, home.runtime_data.home.ports
    source = sources.find("price")
    asked = []
    real, due = source.fetch, dt_util.utcnow() + timedelta(minutes=10)

    async def fetch(start: Any, end: Any) -> Any:
        asked.append(dt_util.utcnow())
        return await real(start, end)

    source.fetch, source.next_after = fetch, lambda now: due
    await sources.refresh()
    asked.clear()
    await clock(600)
    assert asked == []
    await clock(20)
    assert len(asked) == 1
    shares = {Sources(hass, MockConfigEntry(entry_id=f"home {i}"), ports).own_share for i in range(50)}
    assert len(shares) == 50
    assert max(shares) - min(shares) > 0.8


async def test_a_question_that_home_assistant_ends_under_is_not_asked_again(
    hass: HomeAssistant, home: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    sources = home.runtime_data.home.sources
    source = sources.find("price")

    async def cut_off(start: Any, end: Any) -> Any:
        raise RuntimeError("cannot schedule new futures after shutdown")

    source.fetch = cut_off
    hass.set_state(CoreState.stopping)
    sources.stop()
    await sources.refresh()
    hass.set_state(CoreState.running)
    assert "Unexpected" not in caplog.text
    assert not sources._timers


async def test_nothing_is_left_running_after_unloading(hass: HomeAssistant, home: MockConfigEntry) -> None:
    runtime = home.runtime_data
    assert await hass.config_entries.async_unload(home.entry_id)
    await hass.async_block_till_done()
    assert not runtime.home.sources._timers
    assert not runtime.planner._listeners
    assert not runtime.live._listeners
    assert all(device._device is None for device in runtime.home.devices.values())
    assert not home._background_tasks


async def test_removing_the_home_removes_what_was_stored(
    hass: HomeAssistant, home: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    assert await hass.config_entries.async_unload(home.entry_id)
    assert any(key.startswith("merit_order.home") for key in hass_storage)
    await hass.config_entries.async_remove(home.entry_id)
    await hass.async_block_till_done()
    assert not any(key.startswith("merit_order.home") for key in hass_storage)
    assert not [e for e in er.async_get(hass).entities.values() if e.platform == DOMAIN]


def planned_at(home: MockConfigEntry) -> datetime | None:
    plan = home.runtime_data.planner.plan
    return plan.at if plan is not None else None


async def test_after_the_clock_was_set_back_a_plan_is_made_by_the_time_as_it_is(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance, freezer: FrozenDateTimeFactory
) -> None:
    planner, right = home.runtime_data.planner, dt_util.utcnow()
    freezer.move_to(right + timedelta(minutes=50))
    # Here the loop's own time is set back too: nothing may be waiting in it.
    for _ in range(5):
        await clock(5)
    freezer.move_to(right)
    assert planned_at(home) is None
    planner.begin_again()
    await clock(5)
    made = planned_at(home)
    assert made is not None
    await clock(PLAN_INTERVAL.total_seconds())
    later = planned_at(home)
    assert later is not None
    assert made < later < right + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("ahead_s", "again", "anew"), [(20.0, False, False), (900.0, True, False), (3e8, False, True)]
)
async def test_a_clock_is_noticed_that_was_ahead(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance, ahead_s: float, again: bool, anew: bool
) -> None:
    """Proves: minutes back call for a plan, years back for the whole home, seconds for nothing."""
    told, before = list[str](), home.runtime_data
    host = StoppedClock(dt_util.utcnow() + timedelta(seconds=ahead_s))
    ClockWatch(hass, home, host, lambda: told.append("again")).start()
    host.moment = dt_util.utcnow() + timedelta(seconds=31)
    await clock(31)
    await clock(5)
    assert bool(told) == again
    assert (home.runtime_data is not before) == anew
    assert home.state is ConfigEntryState.LOADED


async def test_off_plans_nothing_and_says_so(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance
) -> None:
    await hass.services.async_call(
        "select", "select_option", {"entity_id": "select.home_mode", "option": "off"}, blocking=True
    )
    await clock(4)
    assert state_of(hass, "sensor.home_plan_status") == "none"
    assert state_of(hass, "binary_sensor.boiler_planned_now") == "unavailable"
    assert home.runtime_data.planner.plan is None
    assert home.runtime_data.planner.spec(BOILER_ID) is not None
