"""The sensors of devices, as rows: what each part tells, with the classes the Energy dashboard and statistics want."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription, SensorStateClass
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfTemperature,
)

from .engine.model.roles import Readings

type Value = float | str | datetime | None


@dataclass(frozen=True, kw_only=True)
class PartSensor(SensorEntityDescription):
    """A value a device part tells, in the units of `Readings`; None means the device does not say."""

    value_fn: Callable[[Readings], Value]


def _power(key: str, value_fn: Callable[[Readings], Value]) -> PartSensor:
    return PartSensor(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_unit_of_measurement=UnitOfPower.WATT,
        suggested_display_precision=0,
        value_fn=value_fn,
    )


def _demand(key: str, value_fn: Callable[[Readings], Value]) -> PartSensor:
    return PartSensor(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=2,
        value_fn=value_fn,
    )


def _energy(key: str, value_fn: Callable[[Readings], Value]) -> PartSensor:
    return PartSensor(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=value_fn,
    )


def _percent(key: str, value_fn: Callable[[Readings], Value]) -> PartSensor:
    return PartSensor(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.BATTERY,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value_fn=value_fn,
    )


def _celsius(key: str, value_fn: Callable[[Readings], Value]) -> PartSensor:
    return PartSensor(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        suggested_display_precision=1,
        value_fn=value_fn,
    )


def _ampere(key: str, value_fn: Callable[[Readings], Value], phase: int | None = None) -> PartSensor:
    return PartSensor(
        key=key,
        translation_key="grid_current" if phase is not None else key,
        translation_placeholders={"phase": str(phase)} if phase is not None else None,
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=1,
        entity_registry_enabled_default=phase is None,
        value_fn=value_fn,
    )


def _volt(phase: int) -> PartSensor:
    return PartSensor(
        key=f"grid_voltage_l{phase}",
        translation_key="grid_voltage",
        translation_placeholders={"phase": str(phase)},
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        value_fn=lambda r: _at(r.grid.phase_voltage_v, phase) if r.grid else None,
    )


def _phase_current(phase: int) -> Callable[[Readings], Value]:
    return lambda r: _at(r.grid.phase_current_a, phase) if r.grid else None


def _at(values: tuple[float, ...], phase: int) -> float | None:
    return values[phase - 1] if len(values) >= phase else None


PART_SENSORS: tuple[PartSensor, ...] = (
    _power("grid_power", lambda r: r.grid.power_kw if r.grid else None),
    _energy("grid_import", lambda r: r.grid.import_kwh if r.grid else None),
    _energy("grid_export", lambda r: r.grid.export_kwh if r.grid else None),
    _demand("quarter_demand", lambda r: r.grid.quarter_demand_kw if r.grid else None),
    _demand("month_peak", lambda r: r.grid.month_peak_kw if r.grid else None),
    *(_ampere(f"grid_current_l{phase}", _phase_current(phase), phase) for phase in (1, 2, 3)),
    *(_volt(phase) for phase in (1, 2, 3)),
    _power("solar_power", lambda r: r.solar.power_kw if r.solar else None),
    _energy("solar_energy", lambda r: r.solar.energy_kwh if r.solar else None),
    _power("battery_power", lambda r: r.battery.power_kw if r.battery else None),
    _percent("battery_soc", lambda r: r.battery.soc_percent if r.battery else None),
    _energy("battery_charge", lambda r: r.battery.charge_kwh if r.battery else None),
    _energy("battery_discharge", lambda r: r.battery.discharge_kwh if r.battery else None),
    PartSensor(
        key="battery_mode",
        translation_key="battery_mode",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda r: r.battery.mode if r.battery else None,
    ),
    _power("charger_power", lambda r: r.charger.power_kw if r.charger else None),
    _energy("charger_energy", lambda r: r.charger.energy_kwh if r.charger else None),
    _ampere("charger_current", lambda r: r.charger.current_a if r.charger else None),
    _percent("vehicle_soc", lambda r: r.charger.soc_percent if r.charger else None),
    _power("switch_power", lambda r: r.switch.power_kw if r.switch else None),
    _energy("switch_energy", lambda r: r.switch.energy_kwh if r.switch else None),
    _power("heat_power", lambda r: r.heat.power_kw if r.heat else None),
    _energy("heat_energy", lambda r: r.heat.energy_kwh if r.heat else None),
    _celsius("room_temperature", lambda r: r.heat.room_c if r.heat else None),
    _celsius("heat_target", lambda r: r.heat.target_c if r.heat else None),
    _celsius("flow_temperature", lambda r: r.heat.flow_c if r.heat else None),
    _power("tank_power", lambda r: r.tank.power_kw if r.tank else None),
    _energy("tank_energy", lambda r: r.tank.energy_kwh if r.tank else None),
    _celsius("tank_temperature", lambda r: r.tank.temperature_c if r.tank else None),
    _celsius("tank_target", lambda r: r.tank.target_c if r.tank else None),
)
