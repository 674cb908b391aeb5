"""However it ends, every device stands again as it was found."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant, ServiceCall, callback
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.coordinator import LOST_AFTER

from .battery_house import KEY, NUMBER, BatteryHouse, battery_home, move_in
from .homes import BATTERY_ID, BOILER, SOCKET, state_of

type Advance = Callable[[float], Awaitable[None]]
type End = Callable[[HomeAssistant, MockConfigEntry, BatteryHouse], Awaitable[None]]

LEASES = "merit_order.home.leases"


async def choose(hass: HomeAssistant, mode: str) -> None:
    data = {"entity_id": "select.home_mode", "option": mode}
    await hass.services.async_call("select", "select_option", data, blocking=True)


async def stop(hass: HomeAssistant, entry: MockConfigEntry, house: BatteryHouse) -> None:
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)


async def unload(hass: HomeAssistant, entry: MockConfigEntry, house: BatteryHouse) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)


async def remove(hass: HomeAssistant, entry: MockConfigEntry, house: BatteryHouse) -> None:
    await hass.config_entries.async_remove(entry.entry_id)


async def advise(hass: HomeAssistant, entry: MockConfigEntry, house: BatteryHouse) -> None:
    await choose(hass, "advise")
    await house.run(10)


async def off(hass: HomeAssistant, entry: MockConfigEntry, house: BatteryHouse) -> None:
    await choose(hass, "off")
    await house.run(10)


async def lose_the_plan(hass: HomeAssistant, entry: MockConfigEntry, house: BatteryHouse) -> None:
    """A parameter nobody can plan with; the last plan is followed for twenty minutes, and then no more."""
    entry.runtime_data.home.controls.set_param(BATTERY_ID, "max_soc", 900.0)
    planner = entry.runtime_data.planner
    made = planner.plan.at
    while planner.now < made + LOST_AFTER - timedelta(seconds=90):
        await house.run(60, 60)
    assert float(state_of(hass, NUMBER)) == 3000.0
    await house.run(120, 15)


@pytest.mark.parametrize(
    "end", [stop, unload, remove, advise, off, lose_the_plan], ids=lambda end: end.__name__
)
async def test_everything_is_given_back(
    hass: HomeAssistant, clock: Advance, hass_storage: dict[str, Any], end: End
) -> None:
    entry, house = await move_in(hass, clock)
    await house.run(30)
    assert (state_of(hass, NUMBER), state_of(hass, BOILER)) == ("3000.0", "on")
    held = hass_storage[LEASES]["data"]
    assert {key: lease["was_on"] for key, lease in held.items()} == {KEY: None, f"{SOCKET}/switch": False}
    await end(hass, entry, house)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (state_of(hass, NUMBER), state_of(hass, BOILER)) == ("0.0", "off")
    assert not hass_storage.get(LEASES, {}).get("data")
    if end is not remove:
        await hass.config_entries.async_unload(entry.entry_id)


async def test_a_reload_gives_back_and_takes_up_again(hass: HomeAssistant, clock: Advance) -> None:
    entry, house = await move_in(hass, clock)
    await house.run(30)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await house.run(60, 10)
    assert house.written == [3000.0, 0.0, 3000.0]
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_power_cut_is_undone_at_the_next_start(
    hass: HomeAssistant, clock: Advance, hass_storage: dict[str, Any]
) -> None:
    """What stands on disk at the moment of the cut is all that is known afterwards."""
    entry, house = await move_in(hass, clock)
    await house.run(10)
    on_disk = {key: dict(value) for key, value in hass_storage.items() if key in (LEASES, "merit_order.home")}
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.config_entries.async_remove(entry.entry_id)
    hass_storage.update(on_disk)
    await house.turn(3000.0)
    await hass.services.async_call("input_boolean", "turn_on", {"entity_id": BOILER}, blocking=True)
    again = battery_home({"mode": "advise"})
    again.add_to_hass(hass)
    assert await hass.config_entries.async_setup(again.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (state_of(hass, NUMBER), state_of(hass, BOILER)) == ("0.0", "off")
    assert hass_storage[LEASES]["data"] == {}
    assert await hass.config_entries.async_unload(again.entry_id)


async def test_after_a_power_cut_what_comes_up_late_is_given_back_then(
    hass: HomeAssistant, clock: Advance, hass_storage: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """Other integrations start when they start; until then their entities are there and say nothing."""
    entry, house = await move_in(hass, clock)
    await house.run(10)
    on_disk = {key: dict(value) for key, value in hass_storage.items() if key in (LEASES, "merit_order.home")}
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.config_entries.async_remove(entry.entry_id)
    # As it stands from just before the first write on.
    lease = {**on_disk[LEASES]["data"][KEY], "command": None, "written": None}
    on_disk[LEASES]["data"] = {KEY: lease}
    hass_storage.update(on_disk)
    hass.services.async_remove("input_number", "set_value")
    hass.states.async_set(NUMBER, "unavailable")
    caplog.clear()
    again = battery_home({"mode": "advise"})
    again.add_to_hass(hass)
    assert await hass.config_entries.async_setup(again.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await house.run(120, 15)
    assert list(hass_storage[LEASES]["data"]) == [KEY]
    assert caplog.text.count("Could not give back") == 1, "said once"

    @callback
    def obey(call: ServiceCall) -> None:
        hass.states.async_set(NUMBER, str(call.data["value"]))

    hass.services.async_register("input_number", "set_value", obey)
    hass.states.async_set(NUMBER, "3000.0")
    await house.run(60, 15)
    assert state_of(hass, NUMBER) == "0.0"
    assert hass_storage[LEASES]["data"] == {}
    assert await hass.config_entries.async_unload(again.entry_id)


async def test_what_cannot_be_reached_is_given_back_when_it_can(
    hass: HomeAssistant, clock: Advance, hass_storage: dict[str, Any]
) -> None:
    entry, house = await move_in(hass, clock)
    await house.run(30)
    hass.services.async_remove("input_number", "set_value")
    await choose(hass, "advise")
    await house.run(60, 15)
    assert list(hass_storage[LEASES]["data"]) == [KEY]

    @callback
    def obey(call: ServiceCall) -> None:
        hass.states.async_set(NUMBER, str(call.data["value"]))

    hass.services.async_register("input_number", "set_value", obey)
    await house.run(60, 15)
    assert state_of(hass, NUMBER) == "0.0"
    assert hass_storage[LEASES]["data"] == {}
    assert await hass.config_entries.async_unload(entry.entry_id)
