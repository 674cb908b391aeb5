"""Button: plan again now."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import HomePlanEntity
from .runtime import MeritOrderConfigEntry

PARALLEL_UPDATES = 0
REPLAN = ButtonEntityDescription(
    key="replan", translation_key="replan", entity_category=EntityCategory.CONFIG
)


async def async_setup_entry(
    hass: HomeAssistant, entry: MeritOrderConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the button."""
    async_add_entities([ReplanButton(entry.runtime_data.planner, REPLAN)])


class ReplanButton(HomePlanEntity, ButtonEntity):
    """Thinks again with what is known now."""

    @property
    @override
    def available(self) -> bool:
        return True

    @override
    async def async_press(self) -> None:
        """Plan again."""
        await self.coordinator.async_refresh()
