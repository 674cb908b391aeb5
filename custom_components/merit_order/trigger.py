"""Triggers: the price level changed, a planned block began or ended."""

from typing import override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers.trigger import (
    EntityTriggerBase,
    Trigger,
    make_entity_target_state_trigger,
    make_entity_transition_trigger,
)

from .automation_targets import LEVELS, PLANNED, PRICE_LEVEL, only_ours


def _ours(base: type[EntityTriggerBase], translation_key: str) -> type[EntityTriggerBase]:
    """The same trigger for our entities alone."""

    class Ours(base):  # type: ignore[valid-type,misc]  # made from what Home Assistant's own factory gives
        @override
        def entity_filter(self, entities: set[str]) -> set[str]:
            return only_ours(self._hass, super().entity_filter(entities), translation_key)

    return Ours


TRIGGERS: dict[str, type[Trigger]] = {
    "block_ended": _ours(make_entity_target_state_trigger(BINARY_SENSOR_DOMAIN, STATE_OFF), PLANNED),
    "block_started": _ours(make_entity_target_state_trigger(BINARY_SENSOR_DOMAIN, STATE_ON), PLANNED),
    "price_became_cheap": _ours(make_entity_target_state_trigger(SENSOR_DOMAIN, "cheap"), PRICE_LEVEL),
    "price_became_expensive": _ours(
        make_entity_target_state_trigger(SENSOR_DOMAIN, "expensive"), PRICE_LEVEL
    ),
    "price_level_changed": _ours(
        make_entity_transition_trigger(SENSOR_DOMAIN, from_states={*LEVELS}, to_states={*LEVELS}), PRICE_LEVEL
    ),
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """The triggers by key."""
    return TRIGGERS
