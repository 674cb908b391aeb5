"""Times: when a load must be done."""

from datetime import time
from typing import override

from homeassistant.components.time import TimeEntity, TimeEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import AssetEntity
from .runtime import MeritOrderConfigEntry

PARALLEL_UPDATES = 0
DEADLINE = TimeEntityDescription(
    key="deadline", translation_key="deadline", entity_category=EntityCategory.CONFIG
)


async def async_setup_entry(
    hass: HomeAssistant, entry: MeritOrderConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up a deadline for every load that is needed once a day."""
    runtime = entry.runtime_data
    for asset in runtime.home.assets:
        if asset.kind.key == "load" and asset.config.params.get("mode", "needed") == "needed":
            async_add_entities(
                [DeadlineTime(runtime.planner, asset, DEADLINE)], config_subentry_id=asset.subentry_id
            )


class DeadlineTime(AssetEntity, TimeEntity):
    """The time of day, by the home's clock, before which the load must have had what it needs."""

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def native_value(self) -> time | None:
        own = self.coordinator.home.controls.params(self.asset.id)
        text = own.get("deadline", self.asset.config.params.get("deadline"))
        return time.fromisoformat(text) if text else None

    @override
    async def async_set_value(self, value: time) -> None:
        """Set the deadline and plan again."""
        self.coordinator.home.controls.set_param(self.asset.id, "deadline", value.isoformat("minutes"))
        self.async_write_ha_state()
