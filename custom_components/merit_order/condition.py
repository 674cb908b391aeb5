"""Conditions: power is cheap or expensive, an asset is to run now."""

from typing import override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import Condition, EntityStateConditionBase, make_entity_state_condition

from .automation_targets import PLANNED, PRICE_LEVEL, only_ours


def _ours(base: type[EntityStateConditionBase], translation_key: str) -> type[EntityStateConditionBase]:
    """The same condition for our entities alone."""

    class Ours(base):  # type: ignore[valid-type,misc]  # made from what Home Assistant's own factory gives
        @override
        def entity_filter(self, entities: set[str]) -> set[str]:
            return only_ours(self._hass, super().entity_filter(entities), translation_key)

    return Ours


CONDITIONS: dict[str, type[Condition]] = {
    "is_planned": _ours(make_entity_state_condition(BINARY_SENSOR_DOMAIN, STATE_ON), PLANNED),
    "price_is_cheap": _ours(make_entity_state_condition(SENSOR_DOMAIN, "cheap"), PRICE_LEVEL),
    "price_is_expensive": _ours(make_entity_state_condition(SENSOR_DOMAIN, "expensive"), PRICE_LEVEL),
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """The conditions by key."""
    return CONDITIONS
