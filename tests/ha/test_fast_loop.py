"""The fast loop in Home Assistant: what follows from the meter, when the meter is silent, and what people see of it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.audit import Happening
from custom_components.merit_order.engine.assets._grid import GridParams
from custom_components.merit_order.engine.steer import Cause, Note

from .homes import BOILER, BOILER_ID, WATT, entity_home, set_house, state_of

type Advance = Callable[[float], Awaitable[None]]

GUARD = "binary_sensor.home_limit_guard"


async def start(hass: HomeAssistant, clock: Advance, mode: str = "automatic", limit: float = 3.6) -> Any:
    """The home with its boiler planned on now, behind a fuse."""
    await set_house(hass)
    entry: MockConfigEntry = entity_home(options={"mode": mode})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    entry.runtime_data.steering._limits = GridParams(import_limit_kw=limit)
    await hass.async_block_till_done(wait_background_tasks=True)
    await run(clock, 40)
    return entry


async def run(clock: Advance, seconds: float, step: float = 5) -> None:
    for _ in range(int(seconds / step)):
        await clock(step)


def meter(hass: HomeAssistant, watts: float) -> None:
    hass.states.async_set("sensor.grid_power", str(watts), WATT)


async def test_the_fuse_comes_before_the_plan(hass: HomeAssistant, clock: Advance) -> None:
    entry = await start(hass, clock)
    assert state_of(hass, BOILER) == STATE_ON
    assert state_of(hass, GUARD) == STATE_OFF
    meter(hass, 4200)
    await run(clock, 30)
    assert state_of(hass, BOILER) == STATE_OFF
    guard = hass.states.get(GUARD)
    assert guard is not None
    assert guard.state == STATE_ON
    assert guard.attributes["reason"] == "import_limit"
    assert guard.attributes["held"] == "Boiler"
    told = entry.runtime_data.trail.recent(10)[-1]
    assert (told.asset, told.does, told.reason) == (BOILER_ID, "off", "import_limit")
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_it_comes_back_after_its_rest(hass: HomeAssistant, clock: Advance) -> None:
    entry = await start(hass, clock)
    meter(hass, 4200)
    await run(clock, 30)
    meter(hass, 800)
    await run(clock, 60)
    assert state_of(hass, BOILER) == STATE_OFF
    await run(clock, 360, 60)
    assert state_of(hass, BOILER) == STATE_ON
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_silent_meter_leaves_the_plan_its_word(hass: HomeAssistant, clock: Advance) -> None:
    entry = await start(hass, clock)
    meter(hass, 4200)
    await run(clock, 30)
    hass.states.async_set("sensor.grid_power", "unavailable")
    hass.states.async_set("sensor.grid_import", "unavailable")
    hass.states.async_set("sensor.grid_export", "unavailable")
    await run(clock, 200, 20)
    assert entry.runtime_data.steering.data.note is Note.NO_METER
    guard = hass.states.get(GUARD)
    assert guard is not None
    assert (guard.state, guard.attributes["meter"]) == (STATE_OFF, "no_meter")
    assert state_of(hass, BOILER) == STATE_ON
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("mode", ["off", "advise"])
async def test_nothing_is_steered_unless_automatic(hass: HomeAssistant, clock: Advance, mode: str) -> None:
    entry = await start(hass, clock, mode)
    meter(hass, 4200)
    await run(clock, 60)
    assert entry.runtime_data.steering.data is None
    assert state_of(hass, GUARD) == STATE_OFF
    assert state_of(hass, BOILER) == STATE_OFF
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_advise_says_what_the_loop_would_do_and_does_not_repeat_it(
    hass: HomeAssistant, clock: Advance
) -> None:
    entry = await start(hass, clock, "advise")
    for _ in range(6):
        # The boiler does not run, so its 2 kW are not on this meter.
        meter(hass, 2200)
        await run(clock, 10)
        meter(hass, 2150)
        await run(clock, 10)
    lines = [line for line in entry.runtime_data.trail.recent(100) if line.asset == BOILER_ID]
    assert {line.happening for line in lines} == {Happening.WOULD}
    assert [(line.does, line.reason) for line in lines] == [("on", "on"), ("off", "import_limit")]
    assert state_of(hass, BOILER) == STATE_OFF
    meter(hass, 800)
    await run(clock, 10)
    hass.config_entries.async_update_entry(entry, options={"mode": "automatic"})
    await run(clock, 30)
    assert state_of(hass, BOILER) == STATE_ON, "in automatic all begins anew: nothing had been held back"
    assert entry.runtime_data.steering.data is not None
    hass.config_entries.async_update_entry(entry, options={"mode": "advise"})
    await run(clock, 10)
    assert entry.runtime_data.steering.data is None
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_what_is_left_alone_is_not_steered(hass: HomeAssistant, clock: Advance) -> None:
    entry = await start(hass, clock)
    await hass.services.async_call("input_boolean", "turn_off", {"entity_id": BOILER}, blocking=True)
    await run(clock, 60)
    assert BOILER_ID in entry.runtime_data.home.withheld
    meter(hass, 4200)
    await run(clock, 60)
    assert entry.runtime_data.steering.data.acts == ()
    assert entry.runtime_data.steering.data.over == (Cause.IMPORT_LIMIT,)
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_set_points_are_paced_by_what_may_still_be_written_today(
    hass: HomeAssistant, clock: Advance
) -> None:
    entry = await start(hass, clock)
    steering, runtime = entry.runtime_data.steering, entry.runtime_data
    device = runtime.home.devices[BOILER_ID.partition("_")[0]]
    fresh = steering._pace_s(device, runtime.planner.now)
    count = runtime.writes.counter(device.subentry.subentry_id)
    for _ in range(70):
        count("relay")
    assert steering._pace_s(device, runtime.planner.now) > 3 * fresh
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_step_is_taken_only_when_the_meter_spoke(hass: HomeAssistant, clock: Advance) -> None:
    entry = await start(hass, clock)
    steering = entry.runtime_data.steering
    before = steering._stepped
    for _ in range(1000):
        steering._look()
    assert steering._stepped == before
    assert await hass.config_entries.async_unload(entry.entry_id)
