"""The day that is over, as cards get it: planned beside measured, quarter by quarter, kept over a restart."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket, WebSocketGenerator

from custom_components.merit_order.const import MODE_OFF
from custom_components.merit_order.past import KEEP, QUARTER, Past, Quarter, columns, floor

from .homes import BATTERY_ID, BOILER_ID, WATT, entity_home, set_house

type Advance = Callable[[float], Awaitable[None]]

NINE_FIFTEEN = datetime(2026, 11, 21, 9, 15, tzinfo=UTC)


async def live(clock: Advance, minutes: int) -> None:
    """Let time pass in steps that are still short enough for what happens in them to be known."""
    for _ in range(minutes):
        await clock(60)


async def begin(hass: HomeAssistant, **options: Any) -> MockConfigEntry:
    hass.config.currency = "EUR"
    await set_house(hass)
    entry = entity_home(options=options)
    entry.add_to_hass(hass)
    await start(hass, entry)
    return entry


async def start(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def end(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def subscribed(hass_ws_client: WebSocketGenerator, hass: HomeAssistant) -> MockHAClientWebSocket:
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "merit_order/subscribe"})
    assert (await client.receive_json())["success"]
    return client


async def told(client: MockHAClientWebSocket, part: str) -> Any:
    """The next message that carries a part."""
    for _ in range(20):
        event: dict[str, Any] = (await client.receive_json())["event"]
        if part in event:
            return event[part]
    raise AssertionError(f"no {part} was told")


async def test_each_quarter_is_kept_as_it_was_planned_and_as_it_went_and_told_once(
    hass: HomeAssistant, clock: Advance, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await begin(hass)
    hass.states.async_set("sensor.boiler_power", "500", WATT)
    await live(clock, 27)
    await clock(20)  # 09:29:20: the first whole quarter hour is about to end
    client = await subscribed(hass_ws_client, hass)
    assert await told(client, "history") is None
    await clock(50)
    added = await told(client, "history_add")
    assert added["start"] == "2026-11-21T09:15:00Z"
    assert added["price"] == [0.3]
    assert added["export_price"] == [0.08]
    assert added["price_level"] == ["normal"]
    # 0.8 kW from the grid and 0.2 kW out of the battery, 0.5 kW of it the boiler's.
    assert added["measured"]["grid"] == [0.8]
    assert added["measured"][BATTERY_ID] == [-0.2]
    assert added["measured"][BOILER_ID] == [0.5]
    assert added["measured"]["load"] == [0.5]
    assert added["measured_level"][BATTERY_ID] == [5.0]
    # The plan wants the boiler to run as soon as it may: the price is the same all day.
    assert added["planned"][BOILER_ID] == [2.0]
    assert {"load", "solar", "grid", BATTERY_ID} <= added["planned"].keys()
    assert 0.0 <= added["planned_level"][BATTERY_ID][0] <= 5.0
    again = await subscribed(hass_ws_client, hass)
    assert await told(again, "history") == added
    await end(hass, entry)


async def test_without_a_plan_what_happened_is_kept_all_the_same(hass: HomeAssistant, clock: Advance) -> None:
    entry = await begin(hass, mode=MODE_OFF)
    await live(clock, 28)
    kept = entry.runtime_data.history.past.to_json()
    assert kept["planned"] == {}
    assert kept["measured"]["grid"] == [0.8]
    await end(hass, entry)


async def test_the_past_goes_on_after_a_restart_with_a_gap_where_nobody_looked(
    hass: HomeAssistant, clock: Advance
) -> None:
    entry = await begin(hass)
    await live(clock, 28)
    before = entry.runtime_data.history.past.to_json()
    await end(hass, entry)
    await clock(20 * 60)
    await start(hass, entry)
    assert entry.runtime_data.history.past.to_json() == before
    await live(clock, 26)  # 09:50 … 10:16: the quarter of 10:00 is whole again
    after = entry.runtime_data.history.past.to_json()
    assert after["start"] == before["start"]
    assert after["measured"]["grid"] == [0.8, None, None, 0.8]
    await end(hass, entry)


def quarter(i: int, **more: Any) -> Quarter:
    return Quarter(start=NINE_FIFTEEN + i * QUARTER, price=0.3, measured={"grid": 0.25 * i}, **more)


def test_a_day_is_kept_and_no_more() -> None:
    past = Past(quarter(i) for i in range(200))
    assert len(past) == KEEP / QUARTER
    kept = past.to_json()
    assert kept is not None
    assert kept["measured"]["grid"][-1] == pytest.approx(0.25 * 199)


def test_the_past_survives_its_json_with_gaps() -> None:
    past = Past([quarter(0), quarter(3, planned={"grid": 1.0}, price_level="cheap")])
    kept = past.to_json()
    assert kept is not None
    assert kept["measured"]["grid"] == [0.0, None, None, 0.75]
    assert kept["planned"]["grid"] == [None, None, None, 1.0]
    assert Past.from_json(kept).to_json() == kept


@pytest.mark.parametrize(
    "raw", [None, {}, {"start": "soon"}, [], {"start": "2026-11-21T09:15:00Z", "price": [1]}]
)
def test_a_past_that_cannot_be_read_begins_anew(raw: Any) -> None:
    assert Past.from_json(raw).to_json() is None


def test_what_was_not_measured_is_known() -> None:
    now = NINE_FIFTEEN + 4 * QUARTER + timedelta(minutes=3)
    past = Past([quarter(0), quarter(2), Quarter(start=NINE_FIFTEEN + QUARTER, planned={"grid": 1.0})])
    missing = past.unmeasured(now)
    assert missing[-2:] == [NINE_FIFTEEN + QUARTER, NINE_FIFTEEN + 3 * QUARTER]
    assert len(missing) == KEEP / QUARTER - 2
    assert floor(now) == NINE_FIFTEEN + 4 * QUARTER


def test_one_quarter_is_told_in_the_shape_of_the_whole() -> None:
    whole = Past([quarter(0), quarter(1)]).to_json()
    assert whole is not None
    assert columns([quarter(1)]).keys() == whole.keys()
    assert columns([quarter(1)])["measured"] == {"grid": [0.25]}
