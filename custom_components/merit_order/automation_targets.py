"""Which entities our triggers and conditions speak of: a whole home may be targeted, only ours count."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN

# Translation keys of the entities concerned.
PRICE_LEVEL = "price_level"
PLANNED = "planned"
LEVELS = ("cheap", "normal", "expensive")


def only_ours(hass: HomeAssistant, entities: set[str], translation_key: str) -> set[str]:
    """Of these entities, those of this integration with that translation key."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entities
        if (entry := registry.async_get(entity_id)) is not None
        and entry.platform == DOMAIN
        and entry.translation_key == translation_key
    }
