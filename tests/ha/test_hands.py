"""A hand on the device wins: it is left alone until a stated time, visibly, and can be taken back."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant

from custom_components.merit_order.audit import Happening
from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.model.roles import Action, Command, Readings, Role
from custom_components.merit_order.engine.model.snapshot import Override, OverrideMode
from custom_components.merit_order.hands import Hands, Seen
from custom_components.merit_order.leases import Lease
from custom_components.merit_order.ports import Shelf

from .battery_house import KEY, NUMBER, move_in
from .homes import BATTERY_ID, BOILER, BOILER_ID, START, STORE, respond, state_of

type Advance = Callable[[float], Awaitable[None]]


def hands(entry: Any) -> list[str]:
    return [line.asset for line in entry.runtime_data.trail.recent(1000) if line.happening is Happening.HAND]


async def flip(hass: HomeAssistant, state: str) -> None:
    await hass.services.async_call("input_boolean", f"turn_{state}", {"entity_id": BOILER}, blocking=True)


async def test_a_hand_on_the_battery_is_left_alone_and_undone_by_nobody(
    hass: HomeAssistant, clock: Advance
) -> None:
    entry, house = await move_in(hass, clock)
    await house.run(60)
    await house.turn(-1500.0)
    await house.run(200, 10)
    assert house.written == [3000.0, -1500.0]
    assert hands(entry) == [BATTERY_ID]
    assert KEY not in entry.runtime_data.leases.keys
    withheld = entry.runtime_data.home.withheld[BATTERY_ID]
    assert withheld.why == "hand"
    planner = entry.runtime_data.planner
    assert timedelta(minutes=50) < withheld.until - planner.now <= timedelta(hours=6)
    assert planner.spec(BATTERY_ID).controlled is False
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert house.written == [3000.0, -1500.0], "what someone else set is not undone either"


async def test_it_ends_by_itself(hass: HomeAssistant, clock: Advance) -> None:
    entry, house = await move_in(hass, clock)
    await house.run(60)
    await house.turn(-1500.0)
    await house.run(30)
    until = entry.runtime_data.home.withheld[BATTERY_ID].until
    await clock((until - entry.runtime_data.planner.now).total_seconds() - 10)
    await house.run(5)
    assert house.written[-1] == -1500.0
    entry.runtime_data.home.controls.set_override(BATTERY_ID, None)
    await house.run(120, 20)
    assert entry.runtime_data.home.withheld == {}
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("by_button", [True, False])
async def test_resume_takes_it_back_at_once(hass: HomeAssistant, clock: Advance, by_button: bool) -> None:
    entry, house = await move_in(hass, clock)
    await house.run(60)
    await house.turn(-1500.0)
    await house.run(30)
    if by_button:
        button = {"entity_id": "button.battery_resume_the_plan"}
        await hass.services.async_call("button", "press", button, blocking=True)
        await house.run(30)
        assert float(state_of(hass, NUMBER)) == 3000.0
    else:
        await respond(hass, DOMAIN, "resume", {"asset": BATTERY_ID})
        await house.run(30)
    assert entry.runtime_data.home.withheld == {}
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_hand_is_remembered_over_a_restart(hass: HomeAssistant, clock: Advance) -> None:
    entry, house = await move_in(hass, clock)
    await house.run(60)
    await house.turn(-1500.0)
    await house.run(30)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await house.run(60)
    assert house.written == [3000.0, -1500.0]
    assert entry.runtime_data.home.withheld[BATTERY_ID].why == "hand"
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_what_was_away_and_came_back_otherwise_is_no_hand(hass: HomeAssistant, clock: Advance) -> None:
    """A device that restarted forgot what it was told: it is told again."""
    entry, house = await move_in(hass, clock)
    await house.run(60)
    told = hass.states.get(NUMBER)
    assert told is not None
    hass.states.async_set(NUMBER, "unavailable")
    await house.run(20)
    hass.states.async_set(NUMBER, "0.0", told.attributes)
    await house.run(60)
    assert hands(entry) == []
    assert float(state_of(hass, NUMBER)) == 3000.0
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_one_odd_reading_is_no_hand(hass: HomeAssistant, clock: Advance) -> None:
    entry, house = await move_in(hass, clock)
    await house.run(60)
    told = hass.states.get(NUMBER)
    assert told is not None
    hass.states.async_set(NUMBER, "0.0", told.attributes)
    await clock(5)
    hass.states.async_set(NUMBER, "3000.0", told.attributes)
    await house.run(60)
    assert hands(entry) == []
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("planned_on", [True, False])
async def test_a_wall_switch_wins_in_both_directions(
    hass: HomeAssistant, clock: Advance, planned_on: bool
) -> None:
    """Also while the plan wants it off and there is nothing to hold: what is switched on stays on."""
    entry, house = await move_in(hass, clock)
    if not planned_on:
        off = Override(mode=OverrideMode.OFF, start=START, end=START + timedelta(hours=3))
        entry.runtime_data.home.controls.set_override(BOILER_ID, off)
    await house.run(60)
    before = state_of(hass, BOILER)
    assert before == ("on" if planned_on else "off")
    await flip(hass, "off" if planned_on else "on")
    await house.run(400, 20)
    assert state_of(hass, BOILER) != before
    assert hands(entry) == [BOILER_ID]
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert state_of(hass, BOILER) != before


async def test_what_we_switch_ourselves_is_no_hand(hass: HomeAssistant, clock: Advance) -> None:
    entry, house = await move_in(hass, clock)
    for mode in (OverrideMode.ON, OverrideMode.OFF, OverrideMode.ON):
        order = Override(mode=mode, start=START, end=START + timedelta(hours=3))
        entry.runtime_data.home.controls.set_override(BOILER_ID, order)
        await house.run(120, 20)
        assert state_of(hass, BOILER) == mode.value
    assert hands(entry) == []
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_what_a_person_forbade_is_theirs_without_a_word(hass: HomeAssistant, clock: Advance) -> None:
    entry, house = await move_in(hass, clock)
    entry.runtime_data.home.controls.set_enabled(BOILER_ID, False)
    await house.run(30)
    await flip(hass, "on")
    await house.run(60)
    assert hands(entry) == []
    assert state_of(hass, BOILER) == "on"
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_what_changed_while_it_was_forbidden_is_no_hand(hass: HomeAssistant, clock: Advance) -> None:
    entry, house = await move_in(hass, clock)
    await house.run(30)
    controls = entry.runtime_data.home.controls
    controls.set_enabled(BOILER_ID, False)
    await house.run(30)
    await flip(hass, "on")
    await house.run(30)
    off = Override(mode=OverrideMode.OFF, start=START, end=START + timedelta(hours=3))
    controls.set_override(BOILER_ID, off)
    controls.set_enabled(BOILER_ID, True)
    await house.run(60, 10)
    assert hands(entry) == []
    assert state_of(hass, BOILER) == "off"
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_an_order_through_us_takes_the_hand_off(hass: HomeAssistant, clock: Advance) -> None:
    entry, house = await move_in(hass, clock)
    await house.run(60)
    await house.turn(-1500.0)
    await house.run(30)
    paused = hass.states.get("binary_sensor.battery_left_alone")
    assert paused is not None
    assert (paused.state, paused.attributes["why"]) == ("on", "hand")
    until = (START + timedelta(hours=2)).isoformat()
    await respond(hass, DOMAIN, "override", {"asset": BATTERY_ID, "mode": "on", "until": until, "power": 2})
    await house.run(30)
    assert float(state_of(hass, NUMBER)) == 2000.0
    assert state_of(hass, "binary_sensor.battery_left_alone") == "off"
    assert await hass.config_entries.async_unload(entry.entry_id)


def lease(written: datetime = START) -> Lease:
    command = Command(
        role=Role.BATTERY, action=Action.POWER, expires=START + timedelta(hours=9), power_kw=1.0
    )
    return Lease(subentry_id=STORE, role=Role.BATTERY, opened=START, command=command, written=written)


def reading(after_s: float, stands: bool, reconnects: int = 1) -> Readings:
    at = START + timedelta(seconds=after_s)
    return Readings(at=at, stands={Role.BATTERY: stands}, counters={"reconnects": reconnects})


def test_a_line_that_broke_and_was_mended_within_a_reading_is_no_hand() -> None:
    mended, unbroken = Hands(Shelf()), Hands(Shelf())
    assert mended.look(KEY, Role.BATTERY, lease(), reading(5, stands=True)) is Seen.FINE
    assert mended.look(KEY, Role.BATTERY, lease(), reading(10, stands=False, reconnects=2)) is Seen.LOST
    assert unbroken.look(KEY, Role.BATTERY, lease(), reading(5, stands=True)) is Seen.FINE
    assert unbroken.look(KEY, Role.BATTERY, lease(), reading(10, stands=False)) is Seen.DOUBT
    assert unbroken.look(KEY, Role.BATTERY, lease(), reading(15, stands=False)) is Seen.HAND


def test_what_is_lost_again_and_again_is_taken_by_someone() -> None:
    def lose(hands: Hands, apart_s: float) -> list[Seen]:
        seen = []
        for turn in range(3):
            hands.look(KEY, Role.BATTERY, lease(), reading(turn * apart_s, True, reconnects=turn))
            seen.append(
                hands.look(
                    KEY, Role.BATTERY, lease(), reading(turn * apart_s + 10, False, reconnects=turn + 1)
                )
            )
        return seen

    assert lose(Hands(Shelf()), 300) == [Seen.LOST, Seen.LOST, Seen.HAND]
    assert lose(Hands(Shelf()), 3600) == [Seen.LOST, Seen.LOST, Seen.LOST]
