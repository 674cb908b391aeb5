"""The trail: every command with its reason and what came of it; in the logbook, as an event, and on disk."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.file import WriteError
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.merit_order.audit import EVENT, MOST_A_DAY, Entry, Happening
from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.diagnostics import async_get_config_entry_diagnostics
from custom_components.merit_order.engine.model.roles import Action, Role
from custom_components.merit_order.engine.model.snapshot import Override, OverrideMode
from custom_components.merit_order.logbook import async_describe_events

from .battery_house import NUMBER, BatteryHouse, move_in, order_charge
from .homes import BATTERY_ID, BOILER, BOILER_ID, START, STORE, respond, state_of

type Advance = Callable[[float], Awaitable[None]]

TODAY = f"merit_order.home.audit.{START.date().isoformat()}"


def told(entry: Any, happening: Happening) -> list[tuple[Any, ...]]:
    return [line.told[1:] for line in entry.runtime_data.trail.recent(1000) if line.happening is happening]


async def lived(hass: HomeAssistant, clock: Advance, mode: str) -> tuple[Any, BatteryHouse]:
    """The battery is ordered to charge, then to charge less, while the boiler is stopped; then it is forbidden."""
    entry, house = await move_in(hass, clock, mode)
    await house.run(120, 20)
    off = Override(mode=OverrideMode.OFF, start=START, end=START + timedelta(hours=3))
    entry.runtime_data.home.controls.set_override(BOILER_ID, off)
    order_charge(entry, 2.0)
    await house.run(120, 20)
    entry.runtime_data.home.controls.set_enabled(BATTERY_ID, False)
    await house.run(60, 20)
    return entry, house


TOLD = [
    (Action.POWER, 3.0, None, None, "charge"),
    (Action.ON, None, None, None, "on"),
    (Action.OFF, None, None, None, "off"),
    (Action.POWER, 2.0, None, None, "charge"),
    (Action.RELEASE, None, None, None, "release"),
]


async def test_advise_notes_what_automatic_would_tell_and_touches_nothing(
    hass: HomeAssistant, clock: Advance
) -> None:
    entry, house = await lived(hass, clock, "advise")
    assert house.written == []
    assert state_of(hass, BOILER) == "off"
    would = told(entry, Happening.WOULD)
    assert {line.happening for line in entry.runtime_data.trail.recent(1000)} == {Happening.WOULD}
    assert entry.runtime_data.writes.of(STORE) == {}
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert sorted(map(str, would)) == sorted(map(str, TOLD))


async def test_automatic_tells_that_too(hass: HomeAssistant, clock: Advance) -> None:
    entry, house = await lived(hass, clock, "automatic")
    lines = entry.runtime_data.trail.recent(1000)
    assert {line.happening for line in lines} == {Happening.COMMANDED, Happening.RESTORED}
    assert sorted(str(line.told[1:]) for line in lines) == sorted(map(str, TOLD))
    assert house.written == [3000.0, 2000.0, 0.0]
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_lease_that_is_renewed_unchanged_is_one_line(hass: HomeAssistant, clock: Advance) -> None:
    entry, house = await move_in(hass, clock)
    await house.run(400, 20)
    (line,) = [line for line in entry.runtime_data.trail.recent(100) if line.asset == BATTERY_ID]
    assert line.renewed >= 2
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_the_event_and_the_action_tell_it(hass: HomeAssistant, clock: Advance) -> None:
    fired = async_capture_events(hass, EVENT)
    entry, house = await move_in(hass, clock)
    await house.run(120)
    assert [event.data["happening"] for event in fired] == ["commanded", "commanded"]
    state = hass.states.get("event.home_activity")
    assert state is not None
    assert state.attributes["event_type"] == "commanded"
    assert state.attributes["asset"] in ("Battery", "Boiler")
    answer = await respond(hass, DOMAIN, "get_audit", {"asset": "Battery"})
    (line,) = answer["entries"]
    assert (line["action"], line["power_kw"], line["verdict"]) == ("power", 3.0, "obeyed")
    assert line["before"]["power_kw"] == -0.2
    assert (await respond(hass, DOMAIN, "get_audit", {"hours": 0}))["entries"] == []
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_the_logbook_speaks_the_language_of_the_home(hass: HomeAssistant, clock: Advance) -> None:
    hass.config.language = "nl"
    fired = async_capture_events(hass, EVENT)
    entry, house = await move_in(hass, clock)
    await async_get_translations(hass, "nl", "entity", {DOMAIN})
    await house.run(30)
    await house.turn(-1000.0)
    await house.run(30)
    described: dict[str, Any] = {}
    async_describe_events(hass, lambda domain, event, describe: described.update({event: describe}))
    read = [described[EVENT](SimpleNamespace(data=event.data)) for event in fired]
    said = [(line["name"], line["message"]) for line in read]
    assert ("Battery", "Opdracht: laden 3 kW") in said
    assert ("Boiler", "Opdracht: inschakelen") in said
    name, message = said[-1]
    assert name == "Battery"
    assert message.startswith("Door iemand anders gewijzigd, met rust gelaten → ")
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_crash_loses_a_minute_at_most_and_a_stop_nothing(
    hass: HomeAssistant, clock: Advance, hass_storage: dict[str, Any]
) -> None:
    entry, house = await move_in(hass, clock)
    await house.run(70)
    assert [line["asset"] for line in hass_storage[TODAY]["data"]["entries"]]
    entry.runtime_data.home.controls.set_override(BATTERY_ID, None)
    await house.run(10)
    assert await hass.config_entries.async_unload(entry.entry_id)
    kept = hass_storage[TODAY]["data"]["entries"]
    assert kept[-1]["happening"] == "restored"
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    answer = await respond(hass, DOMAIN, "get_audit", {"hours": 1})
    assert len(answer["entries"]) >= len(kept), "what was before the restart is still told"
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_what_a_full_disk_did_not_take_is_written_when_it_can(
    hass: HomeAssistant, clock: Advance, hass_storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Store._async_write_data

    async def full(store: Any, data: Any) -> None:
        if "audit" in store.key:
            raise WriteError("No space left on device")
        await write(store, data)

    with monkeypatch.context() as disk:
        disk.setattr(Store, "_async_write_data", full)
        entry, house = await move_in(hass, clock)
        await house.run(90, 30)
        assert TODAY not in hass_storage
    await house.run(90, 30)
    assert len(hass_storage[TODAY]["data"]["entries"]) >= 2
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_thirty_days_are_kept_and_no_more(
    hass: HomeAssistant, clock: Advance, hass_storage: dict[str, Any]
) -> None:
    entry, house = await move_in(hass, clock)
    await house.run(70)
    for _ in range(3):
        await clock(10 * 86400)
        await clock(61)
    answer = await respond(hass, DOMAIN, "get_audit", {"hours": 720})
    assert answer["entries"], "thirty days on, what is left of the first day"
    assert TODAY in hass_storage
    await clock(2 * 86400)
    await clock(61)
    assert TODAY not in hass_storage
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_what_is_told_while_the_day_turns_is_kept(
    hass: HomeAssistant, clock: Advance, hass_storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, _ = await move_in(hass, clock)
    trail = entry.runtime_data.trail
    write = Store._async_write_data

    def line(power: float) -> Entry:
        return Entry(
            at=START,
            happening=Happening.COMMANDED,
            asset=BATTERY_ID,
            name="Battery",
            role=Role.BATTERY,
            action=Action.POWER,
            power_kw=power,
        )

    async def slowly(store: Any, data: Any) -> None:
        if store.key == TODAY:
            trail.note("slow", line(2.0))
        await write(store, data)

    trail.note("slow", line(1.0))
    with monkeypatch.context() as disk:
        disk.setattr(Store, "_async_write_data", slowly)
        await trail._turn(START + timedelta(days=1))
    assert hass_storage[TODAY]["data"]["entries"][-1]["power_kw"] == 1.0
    assert [found.power_kw for found in trail.recent(10)] == [2.0]
    trail.note("slow", line(3.0))
    await trail.flush()
    kept = hass_storage[f"merit_order.home.audit.{(START + timedelta(days=1)).date().isoformat()}"]
    assert [found["power_kw"] for found in kept["data"]["entries"]] == [2.0, 3.0]
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_a_wild_day_does_not_fill_the_disk(hass: HomeAssistant, clock: Advance) -> None:
    entry, _ = await move_in(hass, clock)
    trail = entry.runtime_data.trail
    for turn in range(MOST_A_DAY + 10):
        line = Entry(
            at=START,
            happening=Happening.COMMANDED,
            asset=BATTERY_ID,
            name="Battery",
            role=Role.BATTERY,
            action=Action.POWER,
            power_kw=float(turn),
        )
        trail.note("wild", line)
    assert len(trail.recent(2 * MOST_A_DAY)) == MOST_A_DAY
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_diagnostics_tell_it_without_addresses(hass: HomeAssistant, clock: Advance) -> None:
    entry, house = await move_in(hass, clock)
    house.share = 0.0
    house.show()
    await house.run(120)
    acting = (await async_get_config_entry_diagnostics(hass, entry))["acting"]
    assert acting["leases"] == ["socket/switch", f"{STORE}/battery"]
    assert acting["writes_today"][STORE][NUMBER] >= 1
    assert {line["happening"] for line in acting["trail"]} >= {"commanded", "refused"}
    assert all("error" not in line for line in acting["trail"])
    assert await hass.config_entries.async_unload(entry.entry_id)
