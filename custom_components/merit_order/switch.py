"""Switches: may Merit Order run this asset?"""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import AssetEntity
from .runtime import MeritOrderConfigEntry

PARALLEL_UPDATES = 0
ALLOWED = SwitchEntityDescription(
    key="allowed", translation_key="allowed", entity_category=EntityCategory.CONFIG
)


async def async_setup_entry(
    hass: HomeAssistant, entry: MeritOrderConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up a switch for every asset that can be run."""
    runtime = entry.runtime_data
    for asset in runtime.home.assets:
        if asset.steerable:
            async_add_entities(
                [AllowedSwitch(runtime.planner, asset, ALLOWED)], config_subentry_id=asset.subentry_id
            )


class AllowedSwitch(AssetEntity, SwitchEntity):
    """On: the plan may run the asset. Off: the plan foresees it but leaves it alone."""

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def is_on(self) -> bool:
        return self.coordinator.home.controls.enabled(self.asset.id)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Let Merit Order run it."""
        self._set(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Leave it alone."""
        self._set(False)

    def _set(self, enabled: bool) -> None:
        self.coordinator.home.controls.set_enabled(self.asset.id, enabled)
        self.async_write_ha_state()
