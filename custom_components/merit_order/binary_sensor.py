"""Binary sensors: on in the slots planned for an asset. The truth for automations, switching by time at slot edges."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.binary_sensor import (
    DOMAIN as BINARY_SENSOR_DOMAIN,
)
from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .binary_sensor_guard import GuardBinarySensor
from .binary_sensor_missed import WILL_MISS, MissedBinarySensor
from .binary_sensor_spike import spike_sensors
from .devices_hub import DeviceCoordinator
from .engine.model.roles import Readings
from .entity import AssetEntity, DevicePartEntity, add_as_they_appear
from .plan_view import active_now
from .runtime import MeritOrderConfigEntry

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PartBinarySensor(BinarySensorEntityDescription):
    """A yes or no a device part tells."""

    value_fn: Callable[[Readings], bool | None]


# A boiler that is hot, a machine that has finished: what draws less than the lamp in its switch wants nothing.
IDLE_KW = 0.02


def wants_nothing(readings: Readings) -> bool | None:
    """Whether a relay is on and nothing is drawn; None where that is not measured."""
    switch = readings.switch
    if switch is None or switch.on is None or switch.power_kw is None:
        return None
    return switch.on and switch.power_kw < IDLE_KW


PART_BINARY_SENSORS: tuple[PartBinarySensor, ...] = (
    PartBinarySensor(
        key="vehicle_connected",
        translation_key="vehicle_connected",
        device_class=BinarySensorDeviceClass.PLUG,
        value_fn=lambda r: r.charger.connected if r.charger else None,
    ),
    PartBinarySensor(
        key="switch_on",
        translation_key="switch_on",
        device_class=BinarySensorDeviceClass.POWER,
        value_fn=lambda r: r.switch.on if r.switch else None,
    ),
    PartBinarySensor(
        key="switch_wants_nothing",
        translation_key="switch_wants_nothing",
        value_fn=wants_nothing,
    ),
)

PLANNED = BinarySensorEntityDescription(key="planned", translation_key="planned")
PAUSED = BinarySensorEntityDescription(key="paused", translation_key="paused")


async def async_setup_entry(
    hass: HomeAssistant, entry: MeritOrderConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the binary sensors."""
    runtime = entry.runtime_data
    async_add_entities(spike_sensors(runtime.live))
    async_add_entities([GuardBinarySensor(runtime.steering)])
    for asset in runtime.home.assets:
        if asset.steerable:
            async_add_entities(
                [
                    PlannedBinarySensor(runtime.planner, asset, PLANNED),
                    MissedBinarySensor(runtime.planner, asset, WILL_MISS),
                ],
                config_subentry_id=asset.subentry_id,
            )
        if asset.steerable and asset.writable:
            async_add_entities(
                [PausedBinarySensor(runtime.planner, asset, PAUSED)], config_subentry_id=asset.subentry_id
            )
    for device in runtime.home.devices.values():
        _add_parts(hass, device, async_add_entities)


def _add_parts(hass: HomeAssistant, device: DeviceCoordinator, add: AddConfigEntryEntitiesCallback) -> None:
    def exists(row: EntityDescription) -> bool:
        return (
            isinstance(row, PartBinarySensor)
            and device.data is not None
            and row.value_fn(device.data) is not None
        )

    def make(row: EntityDescription) -> DevicePartBinarySensor:
        return DevicePartBinarySensor(device, row)

    add_as_they_appear(hass, BINARY_SENSOR_DOMAIN, device, PART_BINARY_SENSORS, exists, make, add)


class PlannedBinarySensor(AssetEntity, BinarySensorEntity):
    """On while the plan wants the asset to run."""

    @property
    @override
    def available(self) -> bool:
        return self.asset_plan is not None

    @property
    @override
    def is_on(self) -> bool | None:
        return active_now(self.coordinator.plan, self.asset_plan, self.coordinator.now)


class PausedBinarySensor(AssetEntity, BinarySensorEntity):
    """On while the asset is left alone in automatic: someone else changed it, or it did not obey."""

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def is_on(self) -> bool:
        return self.asset.id in self.coordinator.home.withheld

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        withheld = self.coordinator.home.withheld.get(self.asset.id)
        return {
            "why": withheld.why if withheld is not None else None,
            "until": withheld.until if withheld is not None else None,
        }


class DevicePartBinarySensor(DevicePartEntity, BinarySensorEntity):
    """A yes or no of a device."""

    entity_description: PartBinarySensor

    @property
    @override
    def available(self) -> bool:
        return super().available and self.coordinator.data is not None

    @property
    @override
    def is_on(self) -> bool | None:
        return (
            self.entity_description.value_fn(self.coordinator.data)
            if self.coordinator.data is not None
            else None
        )
