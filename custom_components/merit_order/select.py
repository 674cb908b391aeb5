"""Select: off, advise or automatic."""

from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import MODES
from .entity import HomePlanEntity
from .runtime import MeritOrderConfigEntry

PARALLEL_UPDATES = 0
MODE = SelectEntityDescription(key="mode", translation_key="mode", options=MODES)


async def async_setup_entry(
    hass: HomeAssistant, entry: MeritOrderConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the mode."""
    async_add_entities([ModeSelect(entry.runtime_data.planner, MODE)])


class ModeSelect(HomePlanEntity, SelectEntity):
    """What Merit Order may do. Kept in the options of the config entry, where the settings dialog shows it too."""

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def current_option(self) -> str:
        return self.coordinator.mode

    @override
    async def async_select_option(self, option: str) -> None:
        """Change the mode; the update listener makes the rest of the house follow."""
        entry = self.coordinator.config_entry
        self.hass.config_entries.async_update_entry(entry, options={**entry.options, "mode": option})
        self.async_write_ha_state()
