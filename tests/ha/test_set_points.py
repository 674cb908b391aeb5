"""A thermostat of another integration: its set-point is borrowed, given back, and a person's hand on it wins."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from homeassistant.core import HomeAssistant, ServiceCall, callback
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.audit import Happening
from custom_components.merit_order.engine.model.roles import Role
from custom_components.merit_order.engine.model.snapshot import Override, OverrideMode
from custom_components.merit_order.stored import AssetConfig

from .homes import START, device, entity_home, set_house

type Advance = Callable[[float], Awaitable[None]]

CLIMATE = "climate.living"


@callback
def hold(hass: HomeAssistant, target: float, room: float = 20.5) -> None:
    attributes = {"temperature": target, "current_temperature": room, "min_temp": 7.0, "max_temp": 28.0}
    hass.states.async_set(CLIMATE, "heat", attributes)


def target(hass: HomeAssistant) -> float:
    state = hass.states.get(CLIMATE)
    assert state is not None
    return float(state.attributes["temperature"])


@pytest.fixture
async def heated(hass: HomeAssistant, clock: Advance) -> MockConfigEntry:
    """The home of entities with a room to heat, ordered to be heated."""
    await set_house(hass)
    hold(hass, 19.5)

    @callback
    def obey(call: ServiceCall) -> None:
        hold(hass, call.data["temperature"])

    hass.services.async_register("climate", "set_temperature", obey)
    asset = AssetConfig(
        key="room", kind="heating", name="Living room", params={"low_c": 19.0, "high_c": 21.0}
    )
    room = device(
        "living", "Living", "entities_heat", {"climate": CLIMATE}, (Role.HEAT,), (asset,), (Role.HEAT,)
    )
    entry = entity_home(room, options={"mode": "automatic"})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    order(entry, OverrideMode.ON)
    for _ in range(6):
        await clock(5)
    return entry


def order(entry: MockConfigEntry, mode: OverrideMode) -> None:
    override = Override(mode=mode, start=START, end=START + timedelta(hours=4))
    entry.runtime_data.home.controls.set_override("living_room", override)


async def test_it_is_borrowed_and_given_back(
    hass: HomeAssistant, heated: MockConfigEntry, clock: Advance
) -> None:
    assert target(hass) == 21.0
    order(heated, OverrideMode.OFF)
    for _ in range(6):
        await clock(5)
    assert target(hass) == 19.0, "what is wished at least is still guarded"
    assert await hass.config_entries.async_unload(heated.entry_id)
    assert target(hass) == 19.5


async def test_a_hand_on_the_thermostat_wins(
    hass: HomeAssistant, heated: MockConfigEntry, clock: Advance
) -> None:
    hold(hass, 23.0)
    for _ in range(12):
        await clock(10)
    assert target(hass) == 23.0
    assert [
        line.name for line in heated.runtime_data.trail.recent(100) if line.happening is Happening.HAND
    ] == ["Living room"]
    assert heated.runtime_data.home.withheld["living_room"].why == "hand"
    assert await hass.config_entries.async_unload(heated.entry_id)
    assert target(hass) == 23.0
