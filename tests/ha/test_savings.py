"""What was saved, as the home's entities say it: measured by the clock, kept over a restart, begun anew at midnight."""

import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.merit_order import savings
from custom_components.merit_order.const import MODE_AUTOMATIC
from custom_components.merit_order.engine.ledger import Book
from custom_components.merit_order.engine.model.codec import from_json

from .homes import BATTERY_ID, BOILER_ID, WATT, entity_home, set_house, state_of

type Advance = Callable[[float], Awaitable[None]]

TODAY, MONTH, YEAR, TOTAL = (
    "sensor.home_savings_today",
    "sensor.home_savings_this_month",
    "sensor.home_savings_this_year",
    "sensor.home_savings_in_total",
)
# The boiler is optional here and draws 0.5 kW: by itself it had not run. The battery takes no command (its entities
# have no action); it gives what the boiler draws, and holds the less, which counts at the price of all of it here.
PER_SLOT = -0.5 * 0.30 / 12


async def live(clock: Advance, minutes: float) -> None:
    """Let time pass as it does: second by second is not needed, half a minute is what the home looks at."""
    for _ in range(round(minutes * 2)):
        await clock(30)


async def begin(hass: HomeAssistant, clock: Advance, **options: Any) -> MockConfigEntry:
    """A home whose boiler may run, and does."""
    hass.config.currency = "EUR"
    await set_house(hass)
    entry = entity_home(options=options)
    entry.add_to_hass(hass)
    await start(hass, entry)
    entry.runtime_data.home.controls.set_param(BOILER_ID, "mode", "optional")
    hass.states.async_set("sensor.boiler_power", "500", WATT)
    return entry


async def start(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def end(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


def attribute(hass: HomeAssistant, entity_id: str, name: str) -> Any:
    state = hass.states.get(entity_id)
    assert state is not None
    return state.attributes[name]


async def test_savings_are_those_of_the_measured_slots(hass: HomeAssistant, clock: Advance) -> None:
    entry = await begin(hass, clock, mode=MODE_AUTOMATIC)
    assert state_of(hass, TOTAL) == STATE_UNKNOWN
    await live(clock, 13.5)  # 09:02 … 09:15:30: two whole slots
    for entity_id in (TODAY, MONTH, YEAR, TOTAL):
        assert float(state_of(hass, entity_id)) == pytest.approx(2 * PER_SLOT, abs=1e-4)
    assert attribute(hass, TOTAL, "method") == "simulated_self_consumption"
    assert (attribute(hass, TOTAL, "counted"), attribute(hass, TOTAL, "left_out")) == (2, 0)
    assert attribute(hass, TOTAL, "state_class") == "total"
    assert attribute(hass, TOTAL, "unit_of_measurement") == "EUR"
    await end(hass, entry)


async def test_a_battery_nobody_commands_is_in_both_homes(hass: HomeAssistant, clock: Advance) -> None:
    entry = await begin(hass, clock, mode=MODE_AUTOMATIC)
    await live(clock, 8.5)
    book = entry.runtime_data.savings._book
    assert [slot.batteries[BATTERY_ID].steered for slot in book.open] == [False]
    assert book.parts.keys() == {BOILER_ID}
    await end(hass, entry)


async def test_nothing_is_credited_while_merit_order_only_advises(
    hass: HomeAssistant, clock: Advance
) -> None:
    entry = await begin(hass, clock)
    await live(clock, 13.5)
    assert float(state_of(hass, TOTAL)) == 0.0
    assert attribute(hass, TOTAL, "counted") == 2
    await end(hass, entry)


async def test_a_silent_meter_leaves_its_time_out(hass: HomeAssistant, clock: Advance) -> None:
    entry = await begin(hass, clock)
    await live(clock, 8.5)
    hass.states.async_set("sensor.grid_power", STATE_UNAVAILABLE)
    await live(clock, 10)
    assert (attribute(hass, TOTAL, "counted"), attribute(hass, TOTAL, "left_out")) == (1, 2)
    await end(hass, entry)


async def test_the_book_goes_on_after_a_restart(hass: HomeAssistant, clock: Advance) -> None:
    entry = await begin(hass, clock, mode=MODE_AUTOMATIC)
    await live(clock, 8.5)
    before = float(state_of(hass, TOTAL))
    since = attribute(hass, TOTAL, "since")
    assert before == pytest.approx(PER_SLOT, abs=1e-4)
    await end(hass, entry)
    await clock(15 * 60)
    await start(hass, entry)
    assert float(state_of(hass, TOTAL)) == pytest.approx(before)
    await live(clock, 10)  # 09:25:30 … 09:35:30
    assert attribute(hass, TOTAL, "since") == since
    assert (attribute(hass, TOTAL, "counted"), attribute(hass, TOTAL, "left_out")) == (2, 4)
    await end(hass, entry)


async def test_the_book_is_read_beside_the_event_loop(
    hass: HomeAssistant, clock: Advance, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await begin(hass, clock, mode=MODE_AUTOMATIC)
    await live(clock, 8.5)
    await end(hass, entry)
    readers: list[threading.Thread] = []

    def watched(kind: Any, raw: Any) -> Any:
        if kind is Book:
            readers.append(threading.current_thread())
        return from_json(kind, raw)

    monkeypatch.setattr(savings, "from_json", watched)
    await start(hass, entry)
    assert len(readers) == 1
    assert readers[0] is not threading.main_thread()
    assert float(state_of(hass, TOTAL)) == pytest.approx(PER_SLOT, abs=1e-4)
    await end(hass, entry)


async def test_a_new_day_begins_at_local_midnight(hass: HomeAssistant, clock: Advance) -> None:
    midnight = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
    entry = await begin(hass, clock, mode=MODE_AUTOMATIC)
    await live(clock, 13.5)
    first_reset = dt_util.parse_datetime(attribute(hass, TODAY, "last_reset"))
    assert first_reset == datetime(2026, 11, 21, 9, 5, tzinfo=UTC)
    await clock((midnight - dt_util.utcnow()).total_seconds())
    assert float(state_of(hass, TODAY)) == 0.0
    assert dt_util.parse_datetime(attribute(hass, TODAY, "last_reset")) == midnight
    assert float(state_of(hass, MONTH)) == pytest.approx(float(state_of(hass, TOTAL))) != 0.0
    assert dt_util.parse_datetime(attribute(hass, MONTH, "last_reset")) == midnight - timedelta(
        hours=13, minutes=55
    )
    await end(hass, entry)


async def test_what_the_plan_of_midnight_promises_is_kept_and_told_with_what_is_likely_kept(
    hass: HomeAssistant, clock: Advance
) -> None:
    midnight = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
    entry = await begin(hass, clock, mode=MODE_AUTOMATIC)
    await live(clock, 13.5)
    savings, planner = entry.runtime_data.savings, entry.runtime_data.planner
    assert savings.promises.open is None
    # Five minutes before, so that there is a plan that is not too old.
    await clock((midnight - dt_util.utcnow()).total_seconds() - 300)
    await clock(300)
    await clock(5)
    opened = savings.promises.open
    assert opened is not None
    assert (opened.day, opened.saved) == (date(2026, 11, 22), savings.data.total.saved)
    plan = planner.plan
    gain = plan.baseline_cost - plan.cost
    assert plan.expected_saving == pytest.approx(gain * (savings.promises.share if gain > 0 else 1.0))
    # A day later, of which too much was slept through to have kept much, a little is learned.
    planner.kept_share = 1.0
    await clock(timedelta(days=1).total_seconds() - 305)
    await clock(300)
    assert planner.kept_share == savings.promises.share
    assert savings.promises.days == 1.0
    await end(hass, entry)


async def test_cards_are_told(
    hass: HomeAssistant, clock: Advance, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await begin(hass, clock)
    await live(clock, 8.5)
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "merit_order/subscribe"})
    assert (await client.receive_json())["success"]
    event = (await client.receive_json())["event"]
    nothing = {"saved": 0.0, "uncertainty": 0.0, "counted": 1, "left_out": 0}
    paid = pytest.approx(0.8 * 0.30 / 12, abs=1e-3)
    told = event["savings"]
    for period in ("today", "month", "year", "total"):
        assert told[period] == {**nothing, "paid": paid}
    assert told["since"] == "2026-11-21T09:05:00Z"
    assert told["method"] == "simulated_self_consumption"
    assert told["entity"] == TOTAL
    await end(hass, entry)


async def test_cards_are_told_what_each_asset_contributed(
    hass: HomeAssistant, clock: Advance, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await begin(hass, clock, mode=MODE_AUTOMATIC)
    await live(clock, 8.5)
    assert entry.runtime_data.savings.shares is None
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "merit_order/subscribe"})
    for _ in range(10):
        event = (await client.receive_json()).get("event", {})
        if (event.get("savings") or {}).get("assets") is not None:
            break
    else:
        raise AssertionError("no shares were told")
    today = event["savings"]["assets"][BOILER_ID]["today"]
    assert today == pytest.approx({"last": PER_SLOT, "first": PER_SLOT}, abs=1e-3)
    await client.close()
    await hass.async_block_till_done()
    assert entry.runtime_data.savings.shares is None
    await end(hass, entry)
