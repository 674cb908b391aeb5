"""Sensors of how well the forecasts did: one verdict each, and on request the figures behind it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfTemperature

from .entity import HomeScorecardEntity
from .scorecard import Row, ScorecardCoordinator
from .sensor_parts import Value

VERDICTS = ["learning", "good", "too_high", "too_low", "poor"]


@dataclass(frozen=True, kw_only=True)
class ScoreSensor(SensorEntityDescription):
    """One figure of one forecast; without `unit_fn` it has no unit."""

    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC
    entity_registry_enabled_default: bool = False
    value_fn: Callable[[Row], Value]
    unit_fn: Callable[[Row], str | None] = lambda row: None


SCORE_SENSORS: tuple[ScoreSensor, ...] = (
    ScoreSensor(
        key="quality",
        device_class=SensorDeviceClass.ENUM,
        options=VERDICTS,
        entity_registry_enabled_default=True,
        value_fn=lambda row: row.verdict,
    ),
    ScoreSensor(
        key="mae",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=3,
        value_fn=lambda row: row.mae,
        unit_fn=lambda row: row.unit,
    ),
    ScoreSensor(
        key="bias",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=lambda row: _shown(row, row.bias),
        unit_fn=lambda row: PERCENTAGE if row.relative else row.unit,
    ),
    ScoreSensor(
        key="daily_error",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=lambda row: _shown(row, row.daily_error),
        unit_fn=lambda row: PERCENTAGE if row.relative else row.unit,
    ),
)


def _shown(row: Row, value: float | None) -> float | None:
    """A share in percent; a difference as it is."""
    return round(value * 100, 2) if row.relative and value is not None else value


def scorecard_sensors(coordinator: ScorecardCoordinator) -> Iterator[ScorecardSensor]:
    """The sensors of every forecast the home has."""
    for row in coordinator.data:
        if row.main:
            for description in SCORE_SENSORS:
                yield ScorecardSensor(coordinator, description, row)


class ScorecardSensor(HomeScorecardEntity, SensorEntity):
    """A figure of one forecast, at the lead that matters most to the plan."""

    entity_description: ScoreSensor

    def __init__(self, coordinator: ScorecardCoordinator, description: ScoreSensor, row: Row) -> None:
        super().__init__(coordinator, description)
        kind, of_one_roof, asset_id = row.forecast.partition(":")
        self._forecast = row.forecast
        self._attr_unique_id = f"{coordinator.config_entry.entry_id}_{row.forecast}_{description.key}"
        self._attr_translation_key = f"{'roof' if of_one_roof else kind}_forecast_{description.key}"
        if of_one_roof:
            self._attr_translation_placeholders = {"name": row.name or asset_id}
        self._attr_native_unit_of_measurement = description.unit_fn(row)
        if self._attr_native_unit_of_measurement in set(UnitOfTemperature):
            # A difference: for who reads °F it is 9/5 of it, without the 32.
            self._attr_device_class = SensorDeviceClass.TEMPERATURE_DELTA

    @property
    @override
    def native_value(self) -> Value:
        found = (row for row in self.coordinator.data if row.main and row.forecast == self._forecast)
        return next((self.entity_description.value_fn(row) for row in found), None)
