"""Sensors: what devices tell, what the home pays, what is planned."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    DOMAIN as SENSOR_DOMAIN,
)
from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .automation_targets import LEVELS
from .coordinator import PlanCoordinator
from .devices_hub import DeviceCoordinator
from .engine.model.plan import PlanStatus
from .entity import AssetEntity, DevicePartEntity, HomeLiveEntity, HomePlanEntity, add_as_they_appear
from .live import Live
from .plan_view import next_end, next_start, planned_energy_kwh, solar_forecast_kwh
from .runtime import MeritOrderConfigEntry
from .sensor_capacity import capacity_sensors
from .sensor_learned import learned_sensors
from .sensor_parts import PART_SENSORS, PartSensor, Value
from .sensor_savings import SAVINGS_SENSORS, SavingsHomeSensor
from .sensor_scorecard import scorecard_sensors

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class LiveSensor(SensorEntityDescription):
    """Something of this moment. `per` is appended to the currency to make the unit."""

    per: str | None = None
    value_fn: Callable[[Live], Value]
    attributes_fn: Callable[[Live], dict[str, Any]] | None = None


@dataclass(frozen=True, kw_only=True)
class PlanSensor(SensorEntityDescription):
    """Something of the plan of the home. `money`: its unit is the currency."""

    money: bool = False
    value_fn: Callable[[PlanCoordinator], Value]


@dataclass(frozen=True, kw_only=True)
class AssetSensor(SensorEntityDescription):
    """Something of the plan of one asset."""

    money: bool = False
    value_fn: Callable[[AssetPlanSensor], Value]


LIVE_SENSORS: tuple[LiveSensor, ...] = (
    LiveSensor(
        key="price_now",
        translation_key="price_now",
        per="kWh",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=3,
        value_fn=lambda live: live.price_now,
    ),
    LiveSensor(
        key="next_price",
        translation_key="next_price",
        per="kWh",
        suggested_display_precision=3,
        value_fn=lambda live: live.next_price,
        attributes_fn=lambda live: {"starts_at": live.next_price_at},
    ),
    LiveSensor(
        key="export_price_now",
        translation_key="export_price_now",
        per="kWh",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=3,
        value_fn=lambda live: live.export_price_now,
    ),
    LiveSensor(
        key="price_level",
        translation_key="price_level",
        device_class=SensorDeviceClass.ENUM,
        options=list(LEVELS),
        value_fn=lambda live: live.price_level,
        attributes_fn=lambda live: {"until": live.price_level_until},
    ),
    LiveSensor(
        key="cost_per_hour",
        translation_key="cost_per_hour",
        per="h",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        value_fn=lambda live: live.cost_per_hour,
        attributes_fn=lambda live: {"measured_at": live.measured_at},
    ),
)


def _saved(planner: PlanCoordinator) -> float | None:
    return planner.plan.expected_saving if planner.plan is not None else None


def _solar_day(key: str, day: int) -> PlanSensor:
    return PlanSensor(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        value_fn=lambda planner: solar_forecast_kwh(planner.home.sources, dt_util.as_local(planner.now), day),
    )


PLAN_SENSORS: tuple[PlanSensor, ...] = (
    PlanSensor(
        key="plan_status",
        translation_key="plan_status",
        device_class=SensorDeviceClass.ENUM,
        options=[status.value for status in PlanStatus],
        value_fn=lambda planner: (planner.plan.status if planner.plan is not None else PlanStatus.NONE).value,
    ),
    PlanSensor(
        key="plan_cost",
        translation_key="plan_cost",
        device_class=SensorDeviceClass.MONETARY,
        money=True,
        suggested_display_precision=2,
        value_fn=lambda planner: planner.plan.cost if planner.plan is not None else None,
    ),
    PlanSensor(
        key="plan_savings",
        translation_key="plan_savings",
        device_class=SensorDeviceClass.MONETARY,
        money=True,
        suggested_display_precision=2,
        value_fn=_saved,
    ),
    _solar_day("solar_forecast_today", 0),
    _solar_day("solar_forecast_tomorrow", 1),
)

ASSET_SENSORS: tuple[AssetSensor, ...] = (
    AssetSensor(
        key="next_start",
        translation_key="next_start",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda entity: next_start(
            entity.coordinator.plan, entity.asset_plan, entity.coordinator.now
        ),
    ),
    AssetSensor(
        key="next_end",
        translation_key="next_end",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda entity: next_end(entity.coordinator.plan, entity.asset_plan, entity.coordinator.now),
    ),
    AssetSensor(
        key="planned_energy",
        translation_key="planned_energy",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=lambda entity: planned_energy_kwh(entity.coordinator.plan, entity.asset_plan),
    ),
    AssetSensor(
        key="planned_cost",
        translation_key="planned_cost",
        device_class=SensorDeviceClass.MONETARY,
        money=True,
        suggested_display_precision=2,
        value_fn=lambda entity: entity.asset_plan.cost if entity.asset_plan is not None else None,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: MeritOrderConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the sensors."""
    runtime = entry.runtime_data
    async_add_entities(
        [
            *(LiveHomeSensor(runtime.live, row, runtime.home.currency) for row in LIVE_SENSORS),
            *(PlanHomeSensor(runtime.planner, row, runtime.home.currency) for row in PLAN_SENSORS),
            *(SavingsHomeSensor(runtime.savings, row) for row in SAVINGS_SENSORS),
            *scorecard_sensors(runtime.scorecard),
            *capacity_sensors(runtime.demand),
        ]
    )
    for device in runtime.home.devices.values():
        _add_parts(hass, device, async_add_entities)
    for asset in runtime.home.assets:
        async_add_entities(learned_sensors(runtime.planner, asset), config_subentry_id=asset.subentry_id)
        if asset.steerable:
            async_add_entities(
                [AssetPlanSensor(runtime.planner, asset, row) for row in ASSET_SENSORS],
                config_subentry_id=asset.subentry_id,
            )


def _add_parts(hass: HomeAssistant, device: DeviceCoordinator, add: AddConfigEntryEntitiesCallback) -> None:
    def exists(row: EntityDescription) -> bool:
        return (
            isinstance(row, PartSensor) and device.data is not None and row.value_fn(device.data) is not None
        )

    add_as_they_appear(
        hass, SENSOR_DOMAIN, device, PART_SENSORS, exists, lambda row: DevicePartSensor(device, row), add
    )


class DevicePartSensor(DevicePartEntity, SensorEntity):
    """A value of a device."""

    entity_description: PartSensor

    @property
    @override
    def available(self) -> bool:
        return super().available and self.coordinator.data is not None

    @property
    @override
    def native_value(self) -> Value:
        return (
            self.entity_description.value_fn(self.coordinator.data)
            if self.coordinator.data is not None
            else None
        )


class LiveHomeSensor(HomeLiveEntity, SensorEntity):
    """A value of this moment."""

    entity_description: LiveSensor
    # They change with every telegram; nobody looks up when a past price began.
    _unrecorded_attributes = frozenset({"measured_at", "starts_at", "until"})

    def __init__(self, coordinator: Any, description: LiveSensor, currency: str) -> None:
        super().__init__(coordinator, description)
        if description.per is not None:
            self._attr_native_unit_of_measurement = f"{currency}/{description.per}"

    @property
    @override
    def native_value(self) -> Value:
        return self.entity_description.value_fn(self.coordinator.data)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        attributes = self.entity_description.attributes_fn
        return attributes(self.coordinator.data) if attributes is not None else None


class PlanHomeSensor(HomePlanEntity, SensorEntity):
    """A value of the plan of the home."""

    entity_description: PlanSensor

    def __init__(self, coordinator: PlanCoordinator, description: PlanSensor, currency: str) -> None:
        super().__init__(coordinator, description)
        if description.money:
            self._attr_native_unit_of_measurement = currency

    @property
    @override
    def available(self) -> bool:
        # Thinking may fail while the last plan still holds; `value_fn` knows when it no longer does.
        return True

    @property
    @override
    def native_value(self) -> Value:
        return self.entity_description.value_fn(self.coordinator)


class AssetPlanSensor(AssetEntity, SensorEntity):
    """A value of the plan of one asset."""

    entity_description: AssetSensor

    def __init__(self, coordinator: PlanCoordinator, asset: Any, description: AssetSensor) -> None:
        super().__init__(coordinator, asset, description)
        if description.money:
            self._attr_native_unit_of_measurement = coordinator.home.currency

    @property
    @override
    def native_value(self) -> Value | datetime:
        return self.entity_description.value_fn(self)
