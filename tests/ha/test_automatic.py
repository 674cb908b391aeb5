"""Automatic: what the plan wants is done, by leases; nothing is touched in any other mode."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.model.snapshot import Override, OverrideMode

from .homes import BATTERY_ID, BOILER, SOCKET, START, STORE, entity_home, set_house, state_of

type Advance = Callable[[float], Awaitable[None]]

SELECT = "select.home_mode"


@pytest.fixture
def relay(hass: HomeAssistant) -> list[str]:
    """What became of the boiler's relay, change by change."""
    seen: list[str] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        if old is not None and new is not None and old.state != new.state:
            seen.append(new.state)

    async_track_state_change_event(hass, BOILER, note)
    return seen


async def start(hass: HomeAssistant, clock: Advance, mode: str) -> MockConfigEntry:
    await set_house(hass)
    entry = entity_home(options={"mode": mode})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await clock(4)
    return entry


async def turn(hass: HomeAssistant, state: str) -> None:
    await hass.services.async_call("input_boolean", f"turn_{state}", {"entity_id": BOILER}, blocking=True)


async def run(clock: Advance, seconds: float, step: float = 10) -> None:
    for _ in range(int(seconds / step)):
        await clock(step)


def leases(hass_storage: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = hass_storage["merit_order.home.leases"]["data"]
    return data


@pytest.mark.parametrize("mode", ["off", "advise"])
async def test_nothing_is_touched_unless_automatic(
    hass: HomeAssistant, clock: Advance, relay: list[str], mode: str
) -> None:
    entry = await start(hass, clock, mode)
    await run(clock, 600, 30)
    assert relay == []
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_planned_run_is_switched_on_and_off(
    hass: HomeAssistant, clock: Advance, relay: list[str]
) -> None:
    entry = await start(hass, clock, "automatic")
    planned = entry.runtime_data.planner.plan.asset("socket_load")
    assert planned.active[0]
    await run(clock, 30)
    assert relay == [STATE_ON]
    await run(clock, 2 * 3600, 600)
    # One run of 90 minutes is enough until tomorrow's deadline.
    assert relay == [STATE_ON, STATE_OFF]
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_device_that_refuses_is_reported_and_left_alone(
    hass: HomeAssistant, clock: Advance, relay: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    """The battery of this home is bound to sensors alone: it refuses whatever it is told."""
    entry = await start(hass, clock, "automatic")
    entry.runtime_data.home.controls.set_override(
        BATTERY_ID, Override(mode=OverrideMode.ON, start=START, end=START + timedelta(hours=2), power_kw=3.0)
    )
    await run(clock, 200)
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"command_refused_{STORE}_battery") is not None
    assert caplog.text.count("Battery did not take a command") == 1
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_crash_is_undone_at_the_next_start(
    hass: HomeAssistant, clock: Advance, relay: list[str], hass_storage: dict[str, Any]
) -> None:
    hass_storage["merit_order.home.leases"] = {
        "version": 1,
        "key": "merit_order.home.leases",
        "data": {
            f"{SOCKET}/switch": {
                "subentry_id": SOCKET,
                "role": "switch",
                "opened": "2026-11-21T08:00:00Z",
                "was_on": False,
                "command": {"role": "switch", "action": "on", "expires": "2026-11-21T08:05:00Z"},
            }
        },
    }
    await set_house(hass)
    await turn(hass, STATE_ON)
    relay.clear()
    entry = entity_home(options={"mode": "advise"})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await run(clock, 30)
    assert state_of(hass, BOILER) == STATE_OFF
    assert leases(hass_storage) == {}
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_forbidden_asset_is_left_alone(hass: HomeAssistant, clock: Advance, relay: list[str]) -> None:
    entry = await start(hass, clock, "automatic")
    await run(clock, 30)
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": "switch.boiler_controlled_by_the_plan"}, blocking=True
    )
    await run(clock, 60)
    assert state_of(hass, BOILER) == STATE_OFF
    assert await hass.config_entries.async_unload(entry.entry_id)
