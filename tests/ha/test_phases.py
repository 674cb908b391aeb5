"""A charger that cannot be told on how many phases to charge is planned on all of them, whatever was set."""

from collections.abc import Awaitable, Callable

from homeassistant.core import HomeAssistant

from custom_components.merit_order.engine.model.roles import Role
from custom_components.merit_order.stored import AssetConfig

from .homes import device, entity_home, set_house

type Advance = Callable[[float], Awaitable[None]]


async def test_only_who_can_be_told_switches_phases(hass: HomeAssistant, clock: Advance) -> None:
    await set_house(hass)
    hass.states.async_set("switch.charger", "off")
    hass.states.async_set("select.phases", "3", {"options": ["1", "3"]})
    params = {"phases": 3, "phase_switching": True, "capacity_kwh": 60.0}
    chargers = [
        device(
            key,
            key,
            "entities_charger",
            {"switch": "switch.charger", **options},
            (Role.CHARGER,),
            (AssetConfig(key="vehicle", kind="vehicle", name=key, params=params),),
            (Role.CHARGER,),
        )
        for key, options in {"able": {"phases": "select.phases"}, "unable": {}}.items()
    ]
    entry = entity_home(*chargers)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await clock(4)
    spec = entry.runtime_data.planner.spec
    switches = {key: spec(f"{key}_vehicle").params["phase_switching"] for key in ("able", "unable")}
    assert switches == {"able": True, "unable": False}
    assert await hass.config_entries.async_unload(entry.entry_id)
