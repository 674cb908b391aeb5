"""Other integrations' entities, backed by the virtual home: what devices that are bound to entities find in the house.

Real entities with their real actions; only what stands behind them is simulated. None of them has a timer.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.components.climate import ClimateEntity, ClimateEntityFeature, HVACMode
from homeassistant.components.number import NumberEntity
from homeassistant.components.select import SelectEntity
from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorStateClass
from homeassistant.components.switch import SwitchEntity
from homeassistant.const import ATTR_TEMPERATURE, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component

from demo.home import VirtualHome
from demo.physics.charger import Charger
from demo.physics.inverter import Command, Forced
from demo.physics.room import HeatedRoom
from demo.physics.socket import Socket

OWN, CHARGING, DISCHARGING, HOLDING = "self", "charge", "discharge", "hold"
TELL_S = 5.0
ENERGY, POWER = SensorDeviceClass.ENERGY, SensorDeviceClass.POWER
TEMPERATURE, CHARGE = SensorDeviceClass.TEMPERATURE, SensorDeviceClass.BATTERY
UNITS = {ENERGY: "kWh", POWER: "W", TEMPERATURE: "°C", CHARGE: "%"}


@dataclass(slots=True)
class Backend:
    """The house behind the entities, and what its battery was told.

    While `cut`, nothing that is told reaches the house; `lost` are unavailable.
    """

    home: VirtualHome
    cut: bool = False
    lost: set[str] = field(default_factory=set)
    tell_s: float = TELL_S
    told: Counter[str] = field(default_factory=Counter)
    mode: str = OWN
    watts: float = 0.0

    def obey(self) -> None:
        """Run the battery as told, without end, or let it go."""
        inverter, watts = self.home.house.inverter, round(self.watts)
        inverter.ends_at = float("inf")
        if self.mode == OWN:
            inverter.running = Command()
        elif self.mode == CHARGING:
            inverter.running = Command(charge_w=watts, kind=Forced.CHARGE)
        else:
            inverter.running = Command(
                discharge_w=watts if self.mode == DISCHARGING else 0, kind=Forced.DISCHARGE
            )


class _Ours(Entity):
    """What every entity here shares. `key` is also the end of its entity id."""

    _attr_should_poll = False

    def __init__(self, backend: Backend, key: str) -> None:
        self.backend, self.key = backend, key
        self._attr_unique_id = f"other_brand_{key}"
        self._attr_name = key.replace("_", " ")

    @property
    @override
    def available(self) -> bool:
        return self.key not in self.backend.lost

    def tell(self) -> bool:
        """Whether what was said goes through to the house. Raises HomeAssistantError when the device is away."""
        if not self.available:
            raise HomeAssistantError(f"{self.key} does not answer")
        self.backend.home.catch_up()
        self.backend.told[self.key] += 1
        return not self.backend.cut


class Sensor(_Ours, SensorEntity):
    """Something measured."""

    def __init__(
        self, backend: Backend, key: str, kind: SensorDeviceClass, value: Callable[[VirtualHome], float]
    ) -> None:
        super().__init__(backend, key)
        self._value = value
        self._attr_device_class = kind
        self._attr_native_unit_of_measurement = UNITS[kind]
        rising = kind is ENERGY
        self._attr_state_class = SensorStateClass.TOTAL_INCREASING if rising else SensorStateClass.MEASUREMENT

    @property
    @override
    def native_value(self) -> float:
        return round(self._value(self.backend.home), 4)


class Plugged(_Ours, BinarySensorEntity):
    """Whether the car is there."""

    @property
    @override
    def is_on(self) -> bool:
        return _charger(self.backend).car.home


class BatteryMode(_Ours, SelectEntity):
    """By itself, or as told: the number says how much."""

    _attr_options = [OWN, CHARGING, DISCHARGING, HOLDING]  # noqa: RUF012 # as Home Assistant's own entities have it

    @property
    @override
    def current_option(self) -> str:
        return self.backend.mode

    @override
    async def async_select_option(self, option: str) -> None:
        if self.tell():
            self.backend.mode = option
            self.backend.obey()
        self.async_write_ha_state()


class BatteryPower(_Ours, NumberEntity):
    """How many W, in whichever direction the mode says."""

    _attr_native_min_value, _attr_native_max_value, _attr_native_step = 0.0, 5000.0, 1.0
    _attr_native_unit_of_measurement = "W"

    @property
    @override
    def native_value(self) -> float:
        return self.backend.watts

    @override
    async def async_set_native_value(self, value: float) -> None:
        if self.tell():
            self.backend.watts = value
            self.backend.obey()
        self.async_write_ha_state()


class ChargerCurrent(_Ours, NumberEntity):
    """A per phase."""

    _attr_native_min_value, _attr_native_max_value, _attr_native_step = 6.0, 16.0, 1.0
    _attr_native_unit_of_measurement = "A"

    @property
    @override
    def native_value(self) -> float:
        return _charger(self.backend).set_ma / 1000

    @override
    async def async_set_native_value(self, value: float) -> None:
        if self.tell():
            _charger(self.backend).set_ma = round(value * 1000)
        self.async_write_ha_state()


class ChargerSwitch(_Ours, SwitchEntity):
    """Whether it charges."""

    @property
    @override
    def is_on(self) -> bool:
        return _charger(self.backend).enabled

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self._turn(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self._turn(False)

    def _turn(self, on: bool) -> None:
        if self.tell():
            _charger(self.backend).enabled = on
        self.async_write_ha_state()


class Relay(_Ours, SwitchEntity):
    """The relay before the tank."""

    @property
    @override
    def is_on(self) -> bool:
        return _relay(self.backend).relay

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self._turn(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self._turn(False)

    def _turn(self, on: bool) -> None:
        if self.tell():
            _relay(self.backend).switch(on)
        self.async_write_ha_state()


class Thermostat(_Ours, ClimateEntity):
    """The heat pump's."""

    _attr_hvac_modes = [HVACMode.HEAT, HVACMode.OFF]  # noqa: RUF012 # likewise
    _attr_supported_features = (
        ClimateEntityFeature.TARGET_TEMPERATURE | ClimateEntityFeature.TURN_ON | ClimateEntityFeature.TURN_OFF
    )
    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_min_temp, _attr_max_temp, _attr_target_temperature_step = 7.0, 30.0, 0.1

    @property
    @override
    def hvac_mode(self) -> HVACMode:
        return HVACMode.HEAT if _room(self.backend).on else HVACMode.OFF

    @property
    @override
    def target_temperature(self) -> float:
        return _room(self.backend).target_c

    @property
    @override
    def current_temperature(self) -> float:
        return round(_room(self.backend).room_c, 2)

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        if self.tell():
            _room(self.backend).target_c = float(kwargs[ATTR_TEMPERATURE])
        self.async_write_ha_state()

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        if self.tell():
            _room(self.backend).on = hvac_mode is HVACMode.HEAT
        self.async_write_ha_state()

    @override
    async def async_turn_on(self) -> None:
        await self.async_set_hvac_mode(HVACMode.HEAT)

    @override
    async def async_turn_off(self) -> None:
        await self.async_set_hvac_mode(HVACMode.OFF)


def _charger(backend: Backend) -> Charger:
    return next(iter(backend.home.chargers.values()))


def _relay(backend: Backend) -> Socket:
    return next(iter(backend.home.sockets.values()))


def _room(backend: Backend) -> HeatedRoom:
    return next(load for load in backend.home.loads.values() if isinstance(load, HeatedRoom))


def _meters(backend: Backend) -> list[tuple[str, Entity]]:
    def sensor(
        key: str, kind: SensorDeviceClass, value: Callable[[VirtualHome], float]
    ) -> tuple[str, Entity]:
        return "sensor", Sensor(backend, key, kind, value)

    return [
        sensor("grid_power", POWER, lambda home: home.house.grid_w),
        sensor("grid_import", ENERGY, lambda home: home.house.totals.import_wh / 1000),
        sensor("grid_export", ENERGY, lambda home: home.house.totals.export_wh / 1000),
        sensor("solar_power", POWER, lambda home: home.house.inverter.pv_w),
        sensor("solar_energy", ENERGY, lambda home: home.house.totals.pv_wh / 1000),
        sensor("battery_power", POWER, lambda home: home.house.inverter.battery.power_w),
        sensor("battery_level", CHARGE, lambda home: home.house.inverter.battery.soc * 100),
    ]


def entities(backend: Backend) -> list[tuple[str, Entity]]:
    """Every entity of the house with its domain."""
    found = [*_meters(backend)]
    found += [
        ("select", BatteryMode(backend, "battery_mode")),
        ("number", BatteryPower(backend, "battery_watts")),
    ]
    for key, load in backend.home.loads.items():
        found += [("sensor", _power(backend, key)), ("sensor", _energy(backend, key))]
        if isinstance(load, Charger):
            found += [
                ("number", ChargerCurrent(backend, "charger_current")),
                ("switch", ChargerSwitch(backend, "charger_switch")),
                ("binary_sensor", Plugged(backend, "charger_plugged")),
                (
                    "sensor",
                    Sensor(backend, "car_level", CHARGE, lambda home: _charger(backend).car.soc * 100),
                ),
            ]
        elif isinstance(load, HeatedRoom):
            found.append(("climate", Thermostat(backend, "thermostat")))
        else:
            found += [
                ("switch", Relay(backend, "tank_relay")),
                ("sensor", Sensor(backend, "tank_temperature", TEMPERATURE, lambda home: _tank_c(backend))),
            ]
    return found


def _power(backend: Backend, key: str) -> Sensor:
    return Sensor(backend, f"{key}_power", POWER, lambda home: home.loads[key].power_w)


def _energy(backend: Backend, key: str) -> Sensor:
    return Sensor(backend, f"{key}_energy", ENERGY, lambda home: home.loads[key].energy_wh / 1000)


def _tank_c(backend: Backend) -> float:
    return float(_relay(backend).truth()["temperature_c"] or 0.0)


async def add_entities(hass: HomeAssistant, backend: Backend) -> asyncio.Task[None]:
    """Add them to Home Assistant, and keep telling what they measure until the task that is returned is cancelled."""
    found = entities(backend)
    for domain in dict.fromkeys(domain for domain, _ in found):
        assert await async_setup_component(hass, domain, {})
        component = hass.data[DATA_INSTANCES][domain]
        await component.async_add_entities([entity for its, entity in found if its == domain])

    async def keep_telling() -> None:
        while True:
            backend.home.catch_up()
            for _, entity in found:
                entity.async_write_ha_state()
            await asyncio.sleep(backend.tell_s)

    return asyncio.create_task(keep_telling(), name="other brand")
