"""The supplier's warning of a price spike."""

from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)

from .entity import HomeLiveEntity
from .live import LiveCoordinator

SPIKE = BinarySensorEntityDescription(
    key="price_spike", translation_key="price_spike", device_class=BinarySensorDeviceClass.PROBLEM
)


def spike_sensors(coordinator: LiveCoordinator) -> list[SpikeBinarySensor]:
    """One, where the supplier gives such warnings."""
    source = coordinator.home.sources.find("price")
    warns = source is not None and source.spike is not None
    return [SpikeBinarySensor(coordinator, SPIKE)] if warns else []


class SpikeBinarySensor(HomeLiveEntity, BinarySensorEntity):
    """On while a spike lasts; `status` also tells a potential one."""

    @property
    @override
    def is_on(self) -> bool | None:
        status = self.coordinator.data.price_spike
        return status == "spike" if status is not None else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        return {"status": self.coordinator.data.price_spike}
