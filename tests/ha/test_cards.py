"""What the cards are told beside the plan: the charge on demand, and what devices were told."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.merit_order.const import DOMAIN, MODE_AUTOMATIC
from custom_components.merit_order.stored import CapacityConfig, PlugIn, TariffConfig
from custom_components.merit_order.websocket_parts import COMMANDS_SHOWN

from .homes import BATTERY_ID, CONTRACT, entity_devices, set_house, subentry

type Advance = Callable[[float], Awaitable[None]]


@pytest.fixture
async def charged(hass: HomeAssistant, clock: Advance) -> AsyncIterator[MockConfigEntry]:
    """A home that pays for its peaks, and that Merit Order drives."""
    hass.config.currency = "EUR"
    await set_house(hass)
    tariff = TariffConfig(
        supply=PlugIn(kind="fixed", options={"price": 0.30}),
        capacity=CapacityConfig(price_per_kw_year=48.0, floor_kw=2.5),
    )
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        entry_id="home",
        data={},
        options={"mode": MODE_AUTOMATIC},
        subentries_data=[*entity_devices(), subentry(CONTRACT, "tariff", "Contract", tariff)],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def told(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> dict[str, Any]:
    """The first message of a subscription."""
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "merit_order/subscribe"})
    assert (await client.receive_json())["success"]
    event: dict[str, Any] = (await client.receive_json())["event"]
    return event


async def test_a_home_that_pays_for_peaks_is_told_where_it_is_heading_and_what_a_peak_costs(
    hass: HomeAssistant, charged: MockConfigEntry, clock: Advance, hass_ws_client: WebSocketGenerator
) -> None:
    for _ in range(4):
        await clock(30)
    capacity = (await told(hass, hass_ws_client))["capacity"]
    assert capacity["price_per_kw"] == 4.0
    assert capacity["window_minutes"] == 15
    assert capacity["free_kw"] == 2.5
    assert capacity["window"] == "2026-11-21T09:00:00Z"
    assert {"so_far_kwh", "heading_kw", "allowed_kw", "peak_kw", "due"} <= capacity.keys()


async def test_a_home_without_such_a_charge_is_told_none(
    hass: HomeAssistant, home: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    assert (await told(hass, hass_ws_client))["capacity"] is None


async def test_what_devices_were_told_is_told_newest_first(
    hass: HomeAssistant, charged: MockConfigEntry, clock: Advance, hass_ws_client: WebSocketGenerator
) -> None:
    await clock(4)
    for _ in range(6):
        await clock(10)
    commands = (await told(hass, hass_ws_client))["commands"]
    assert commands == sorted(commands, key=lambda one: str(one["at"]), reverse=True)
    # The battery of this home can be read, but its entities take no command.
    assert {key: commands[0][key] for key in ("happening", "asset", "asset_id", "action")} == {
        "happening": "refused",
        "asset": "Battery",
        "asset_id": BATTERY_ID,
        "action": "hold",
    }
    assert len(commands) <= COMMANDS_SHOWN
