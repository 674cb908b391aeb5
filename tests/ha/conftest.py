"""A home in Home Assistant: entity-bound devices, a fixed or time-of-use tariff, and the clock in the test's hand."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from tests.apis import Service, service

from .homes import START, entity_home, set_house

type Advance = Callable[[float], Awaitable[None]]


@pytest.fixture(autouse=True)
def _our_integration(enable_custom_integrations: None, hass_storage: dict[str, Any]) -> None:
    """Every test here loads the integration and keeps what is stored in memory."""


@pytest.fixture
async def supplier(loopback: None, socket_enabled: None) -> AsyncIterator[Service]:
    """A supplier's server on loopback."""
    async with service() as served:
        yield served


@pytest.fixture
async def clock(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Advance:
    """Move time on by so many seconds and let everything happen that is due."""
    await hass.config.async_set_time_zone("Europe/Paris")
    freezer.move_to(START)

    async def advance(seconds: float) -> None:
        freezer.tick(timedelta(seconds=seconds))
        async_fire_time_changed(hass)
        await hass.async_block_till_done(wait_background_tasks=True)

    return advance


@pytest.fixture
async def home(hass: HomeAssistant, clock: Advance) -> AsyncIterator[MockConfigEntry]:
    """A home of entities, set up and planned once."""
    hass.config.currency = "EUR"
    await set_house(hass)
    entry = entity_home()
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await clock(4)
    yield entry
    if entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
