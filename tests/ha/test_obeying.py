"""Does the battery do as told? Who does not is told again, given up, named, and left out of the plan."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError

from custom_components.merit_order.audit import Entry, Happening
from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.verdict import Verdict
from custom_components.merit_order.trials import Trials

from .battery_house import KEY, NUMBER, move_in, order_charge
from .homes import BATTERY_ID, BOILER, START, STORE, state_of

type Advance = Callable[[float], Awaitable[None]]

ISSUE = f"command_refused_{STORE}_battery"


def trail(entry: Any, happening: Happening) -> list[Entry]:
    lines = entry.runtime_data.trail.recent(1000)
    return [line for line in lines if line.asset == BATTERY_ID and line.happening is happening]


def raised(hass: HomeAssistant, issue: str = ISSUE) -> bool:
    return ir.async_get(hass).async_get_issue(DOMAIN, issue) is not None


async def test_a_battery_that_obeys_is_told_once_and_noted_so(hass: HomeAssistant, clock: Advance) -> None:
    entry, house = await move_in(hass, clock)
    await house.run(180, 10)
    assert house.written == [3000.0]
    (line,) = trail(entry, Happening.COMMANDED)
    assert (line.verdict, line.power_kw, line.reason) == (Verdict.OBEYED, 3.0, "charge")
    assert line.before["power_kw"] == -0.2
    assert line.after["power_kw"] == 3.0
    assert not raised(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert house.written[-1] == 0.0, "given back"


@pytest.mark.parametrize(("share", "verdict"), [(0.0, Verdict.IGNORED), (0.4, Verdict.HALF)])
async def test_a_battery_that_does_not_is_told_again_then_given_up_and_the_plan_goes_on(
    hass: HomeAssistant, clock: Advance, share: float, verdict: Verdict
) -> None:
    entry, house = await move_in(hass, clock)
    house.share = share
    house.show()
    await house.run(420, 15)
    bad = trail(entry, Happening.REFUSED)
    assert [line.verdict for line in bad] == [verdict] * 3
    assert len(trail(entry, Happening.GIVEN_UP)) == 1
    assert raised(hass)
    assert float(state_of(hass, NUMBER)) == 0.0, "it is itself again"
    planner = entry.runtime_data.planner
    assert planner.spec(BATTERY_ID).controlled is False
    assert {block.mode for block in planner.plan.asset(BATTERY_ID).blocks} <= {"self"}
    assert entry.runtime_data.home.withheld[BATTERY_ID].why == "given_up"
    house.share = 1.0
    await house.run(720, 30)
    assert float(state_of(hass, NUMBER)) == 3000.0, "after a rest it is tried again"
    assert not raised(hass), "what obeys again is no trouble any more"
    assert await hass.config_entries.async_unload(entry.entry_id)


def test_who_fails_again_rests_longer_and_who_obeys_is_forgiven() -> None:
    trials, now, rests = Trials(), START, []
    for _ in range(6):
        for attempt in range(3):
            assert not trials.rests(KEY, now)
            given_up = trials.disobeyed(KEY, "Battery", Verdict.IGNORED, "does nothing", now)
            assert given_up is (attempt == 2)
            assert trials.waits(KEY, now + timedelta(seconds=20)), "it is not pressed"
        until = trials.given_up()[KEY].until
        rests.append(round((until - now) / timedelta(minutes=1)))
        now = until
    assert rests == [10, 20, 40, 80, 120, 120]
    assert trials.given_up(), "it stays named while it is tried again"
    assert trials.obeyed(KEY)
    assert not trials.given_up()


async def test_a_battery_without_a_meter_is_believed(hass: HomeAssistant, clock: Advance) -> None:
    entry, house = await move_in(hass, clock)
    hass.states.async_remove("sensor.battery_power")
    await house.run(300, 15)
    assert not raised(hass)
    assert trail(entry, Happening.COMMANDED)[-1].verdict in (Verdict.UNKNOWN, Verdict.OBEYED)
    assert float(state_of(hass, NUMBER)) == 3000.0
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_what_was_written_as_often_as_is_good_is_only_given_back(
    hass: HomeAssistant, clock: Advance, hass_storage: dict[str, Any]
) -> None:
    hass_storage["merit_order.home.writes"] = {
        "version": 1,
        "key": "merit_order.home.writes",
        "data": {"day": START.date().isoformat(), "counts": {STORE: {NUMBER: 299}}},
    }
    entry, house = await move_in(hass, clock)
    await house.run(30)
    assert house.written == [3000.0], "the last one of the day"
    order_charge(entry, 4.0)
    await house.run(60)
    assert house.written == [3000.0, 0.0], "no more of it, but given back"
    found = ir.async_get(hass).async_get_issue(DOMAIN, ISSUE)
    assert found is not None
    assert found.translation_key == "writes_spent"
    withheld = entry.runtime_data.home.withheld[BATTERY_ID]
    assert withheld.why == "budget"
    assert withheld.until == datetime(2026, 11, 21, 23, tzinfo=UTC), "midnight in Paris"
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert hass_storage["merit_order.home.writes"]["data"]["counts"][STORE][NUMBER] == 301


async def test_writes_are_counted_over_a_restart_and_anew_each_day(
    hass: HomeAssistant, clock: Advance
) -> None:
    entry, house = await move_in(hass, clock)
    await house.run(30)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    writes = entry.runtime_data.writes
    assert writes.of(STORE)[NUMBER] >= 2, "told, and given back"
    await clock(15 * 3600)
    assert writes.of(STORE).get(NUMBER, 0) <= 2
    assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("file", ["merit_order.home.leases", "merit_order.home"])
@pytest.mark.parametrize("trouble", [WriteError, FileExistsError])
async def test_no_lease_on_disk_no_command(
    hass: HomeAssistant,
    clock: Advance,
    monkeypatch: pytest.MonkeyPatch,
    file: str,
    trouble: type[Exception],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A disk that is full: what would have to be undone after a crash, or how it stood before, could not be known."""
    write = Store._async_write_data

    async def full(store: Any, data: Any) -> None:
        if store.key == file:
            raise trouble("No space left on device")
        await write(store, data)

    with monkeypatch.context() as disk:
        disk.setattr(Store, "_async_write_data", full)
        entry, house = await move_in(hass, clock)
        await house.run(120, 10)
        assert house.written == []
        assert state_of(hass, BOILER) == "off"
        assert raised(hass)
        assert KEY not in entry.runtime_data.leases.keys, "given up, nothing is held"
        assert "Task exception" not in caplog.text
        assert await hass.config_entries.async_unload(entry.entry_id)
