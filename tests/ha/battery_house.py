"""The house of entities with a battery that takes commands by a number, in watts, and does what a test wants of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.engine.model.roles import Role
from custom_components.merit_order.engine.model.snapshot import Override, OverrideMode
from custom_components.merit_order.stored import AssetConfig

from .homes import BATTERY_ID, START, STORE, WATT, device, entity_home, set_house

type Advance = Callable[[float], Awaitable[None]]

NUMBER = "input_number.battery_watts"
KEY = f"{STORE}/battery"
OWN_W = -200.0


@dataclass
class BatteryHouse:
    """`share` of what the number says is done; by itself (number at 0) it gives OWN_W."""

    hass: HomeAssistant
    clock: Advance
    share: float = 1.0
    written: list[float] = field(default_factory=list)

    @callback
    def follow(self) -> None:
        """Do what the number says from now on."""

        @callback
        def change(event: Event[EventStateChangedData]) -> None:
            state = event.data["new_state"]
            if state is None or state.state in ("unavailable", "unknown"):
                return
            self.written.append(float(state.state))
            self.show()

        async_track_state_change_event(self.hass, NUMBER, change)

    @callback
    def show(self) -> None:
        """Let the battery's meter show what it does now."""
        state = self.hass.states.get(NUMBER)
        assert state is not None
        told = float(state.state)
        self.hass.states.async_set("sensor.battery_power", str(told * self.share if told else OWN_W), WATT)

    async def turn(self, watts: float) -> None:
        """Someone else's hand."""
        data = {"entity_id": NUMBER, "value": watts}
        await self.hass.services.async_call("input_number", "set_value", data, blocking=True)

    async def run(self, seconds: float, step: float = 10) -> None:
        """Live on."""
        for _ in range(int(seconds / step)):
            await self.clock(step)


def battery_home(options: dict[str, Any]) -> MockConfigEntry:
    """The home of entities; its battery takes commands."""
    store = device(
        STORE,
        "Store",
        "entities_battery",
        {
            "power": "sensor.battery_power",
            "soc": "sensor.battery_soc",
            "capacity_kwh": 10.0,
            "max_charge_kw": 5.0,
            "max_discharge_kw": 5.0,
            "control_power": NUMBER,
        },
        (Role.BATTERY,),
        (AssetConfig(key="battery", kind="battery", name="Battery", params={"capacity_kwh": 10.0}),),
        (Role.BATTERY,),
    )
    entry = entity_home(options=options)
    return MockConfigEntry(
        domain=entry.domain,
        title=entry.title,
        entry_id=entry.entry_id,
        data={},
        options=options,
        subentries_data=[
            store if sub.subentry_id == STORE else sub.as_dict() for sub in entry.subentries.values()
        ],
    )


async def move_in(hass: HomeAssistant, clock: Advance, mode: str = "automatic") -> tuple[Any, BatteryHouse]:
    """The home, running, with the order to charge at 3 kW for two hours."""
    await set_house(hass)
    limits = {"min": -5000, "max": 5000, "initial": 0, "unit_of_measurement": "W"}
    assert await async_setup_component(hass, "input_number", {"input_number": {"battery_watts": limits}})
    house = BatteryHouse(hass, clock)
    house.follow()
    entry = battery_home({"mode": mode})
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    order_charge(entry)
    await clock(4)
    await clock(4)
    return entry, house


def order_charge(entry: MockConfigEntry, power_kw: float = 3.0) -> None:
    """Let a person order the battery to charge."""
    order = Override(mode=OverrideMode.ON, start=START, end=START + timedelta(hours=5), power_kw=power_kw)
    entry.runtime_data.home.controls.set_override(BATTERY_ID, order)
