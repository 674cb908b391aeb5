"""Buttons: plan again now, and take a device back that is left alone."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import PlanCoordinator
from .driver import Driver
from .entity import AssetEntity, HomePlanEntity
from .planned import PlannedAsset
from .runtime import MeritOrderConfigEntry

PARALLEL_UPDATES = 0
REPLAN = ButtonEntityDescription(
    key="replan", translation_key="replan", entity_category=EntityCategory.CONFIG
)
RESUME = ButtonEntityDescription(key="resume", translation_key="resume")


async def async_setup_entry(
    hass: HomeAssistant, entry: MeritOrderConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the buttons."""
    runtime = entry.runtime_data
    async_add_entities([ReplanButton(runtime.planner, REPLAN)])
    for asset in runtime.home.assets:
        if asset.steerable and asset.writable:
            button = ResumeButton(runtime.planner, asset, runtime.driver)
            async_add_entities([button], config_subentry_id=asset.subentry_id)


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


class ResumeButton(AssetEntity, ButtonEntity):
    """Takes the device back from whoever changed it, and tries again one that was given up."""

    def __init__(self, coordinator: PlanCoordinator, asset: PlannedAsset, driver: Driver) -> None:
        super().__init__(coordinator, asset, RESUME)
        self._driver = driver

    @property
    @override
    def available(self) -> bool:
        return self.asset.id in self.coordinator.home.withheld

    @override
    async def async_press(self) -> None:
        """Resume."""
        self._driver.resume(self.asset)
