"""What all entities share: which device they stand on, and rows that appear once there is something to show."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity, DataUpdateCoordinator

from .const import DOMAIN
from .coordinator import PlanCoordinator
from .demand_meter import DemandCoordinator
from .devices_hub import DeviceCoordinator
from .engine.model.plan import AssetPlan
from .live import LiveCoordinator
from .planned import PlannedAsset
from .savings import SavingsCoordinator
from .scorecard import ScorecardCoordinator
from .steering import Steering
from .stored import DeviceConfig


class _OnHome[C: DataUpdateCoordinator[Any]](CoordinatorEntity[C]):
    """Stands on the home itself."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: C, description: EntityDescription) -> None:
        super().__init__(coordinator)
        entry = coordinator.config_entry
        assert entry is not None
        self.entity_description = description
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, entry.entry_id)},
            name=entry.title,
            manufacturer="Merit Order",
            entry_type=DeviceEntryType.SERVICE,
        )


class HomePlanEntity(_OnHome[PlanCoordinator]):
    """Shows something of the plan of the home."""


class HomeLiveEntity(_OnHome[LiveCoordinator]):
    """Shows what the home does and pays right now."""


class HomeSavingsEntity(_OnHome[SavingsCoordinator]):
    """Shows what was saved so far."""


class HomeDemandEntity(_OnHome[DemandCoordinator]):
    """Shows something of the charge on demand."""


class HomeScorecardEntity(_OnHome[ScorecardCoordinator]):
    """Shows how a forecast held up."""


class HomeSteeringEntity(_OnHome[Steering]):
    """Shows what is done between two plans."""


class DevicePartEntity(CoordinatorEntity[DeviceCoordinator]):
    """Shows what a device says of one of its parts."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: DeviceCoordinator, description: EntityDescription) -> None:
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_unique_id = f"{coordinator.subentry.subentry_id}_{description.key}"
        self._attr_device_info = _device_info(coordinator.subentry, coordinator.config)


class AssetEntity(CoordinatorEntity[PlanCoordinator]):
    """Shows or changes something of one planned asset."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: PlanCoordinator, asset: PlannedAsset, description: EntityDescription
    ) -> None:
        super().__init__(coordinator)
        self.asset = asset
        self.entity_description = description
        self._attr_unique_id = f"{asset.id}_{description.key}"
        subentry = coordinator.config_entry.subentries[asset.subentry_id]
        self._attr_device_info = (
            _device_info(subentry, asset.device)
            if is_its_device(asset, subentry)
            else DeviceInfo(
                identifiers={(DOMAIN, asset.id)},
                name=asset.config.name,
                manufacturer="Merit Order",
                entry_type=DeviceEntryType.SERVICE,
            )
        )

    @property
    def asset_plan(self) -> AssetPlan | None:
        """The plan of this asset, or None while there is none."""
        plan = self.coordinator.plan
        return plan.asset(self.asset.id) if plan is not None else None


def is_its_device(asset: PlannedAsset, subentry: ConfigSubentry) -> bool:
    """Whether a person sees one thing where there is a device and its asset: a boiler, and the relay before it."""
    return len(asset.device.assets) == 1 and asset.config.name == subentry.title


def _device_info(subentry: ConfigSubentry, config: DeviceConfig) -> DeviceInfo:
    identity = config.identity
    return DeviceInfo(
        identifiers={(DOMAIN, subentry.subentry_id)},
        name=subentry.title,
        manufacturer=identity.manufacturer,
        model=identity.model,
        sw_version=identity.sw_version,
        serial_number=identity.serial_number,
    )


@callback
def add_as_they_appear(
    hass: HomeAssistant,
    domain: str,
    coordinator: DeviceCoordinator,
    descriptions: Sequence[EntityDescription],
    exists: Callable[[EntityDescription], bool],
    make: Callable[[EntityDescription], Entity],
    add: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the rows that exist now or did before the restart, and the others as soon as the device first tells them."""
    registry = er.async_get(hass)
    waiting = {description.key: description for description in descriptions}

    def known_before(description: EntityDescription) -> bool:
        unique_id = f"{coordinator.subentry.subentry_id}_{description.key}"
        return registry.async_get_entity_id(domain, DOMAIN, unique_id) is not None

    @callback
    def look(before: bool = False) -> None:
        found: Iterable[EntityDescription] = [
            row for row in waiting.values() if exists(row) or (before and known_before(row))
        ]
        for row in found:
            del waiting[row.key]
        if found:
            add([make(row) for row in found], config_subentry_id=coordinator.subentry.subentry_id)

    look(before=True)
    coordinator.config_entry.async_on_unload(coordinator.async_add_listener(look))
