"""Sensors of the charge on demand: the running window, the month's peak and what it costs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfEnergy, UnitOfPower

from .demand_meter import DemandCoordinator
from .engine.demand import DemandNow
from .entity import HomeDemandEntity
from .sensor_parts import Value


@dataclass(frozen=True, kw_only=True)
class CapacitySensor(SensorEntityDescription):
    """One figure of the charge. `window`: it begins anew with each metering window; `money`: in the currency."""

    money: bool = False
    window: bool = False
    value_fn: Callable[[DemandNow], Value]


def _power(key: str, value_fn: Callable[[DemandNow], Value]) -> CapacitySensor:
    return CapacitySensor(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=2,
        value_fn=value_fn,
    )


CAPACITY_SENSORS: tuple[CapacitySensor, ...] = (
    CapacitySensor(
        key="demand_so_far",
        translation_key="demand_so_far",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=3,
        window=True,
        value_fn=lambda now: now.so_far_kwh,
    ),
    _power("demand_heading", lambda now: now.heading_kw),
    _power("demand_allowed", lambda now: now.allowed_kw),
    _power("demand_peak", lambda now: now.peak_kw),
    _power("demand_mean", lambda now: now.mean_kw),
    CapacitySensor(
        key="demand_charge",
        translation_key="demand_charge",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        money=True,
        value_fn=lambda now: now.due,
    ),
)


def capacity_sensors(coordinator: DemandCoordinator) -> list[CapacityHomeSensor]:
    """The sensors of a home with such a charge."""
    book = coordinator.home.demand
    if book is None:
        return []
    # Where each month stands for itself the mean is its peak.
    told = (row for row in CAPACITY_SENSORS if row.key != "demand_mean" or book.terms.months > 1)
    return [CapacityHomeSensor(coordinator, row) for row in told]


class CapacityHomeSensor(HomeDemandEntity, SensorEntity):
    """A figure of the charge on demand."""

    entity_description: CapacitySensor

    def __init__(self, coordinator: DemandCoordinator, description: CapacitySensor) -> None:
        super().__init__(coordinator, description)
        if description.money:
            self._attr_native_unit_of_measurement = coordinator.home.currency

    @property
    @override
    def native_value(self) -> Value:
        now = self.coordinator.data
        value = self.entity_description.value_fn(now) if now is not None else None
        return round(value, 4) if isinstance(value, float) else value

    @property
    @override
    def last_reset(self) -> datetime | None:
        now = self.coordinator.data
        return now.window if now is not None and self.entity_description.window else None
