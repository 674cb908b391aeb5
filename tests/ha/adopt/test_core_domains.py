"""Climates, water heaters, selects, numbers, switches and scripts of Home Assistant itself, borrowed and given back."""

from typing import Any, override

import pytest
from homeassistant.components.water_heater import DATA_COMPONENT, WaterHeaterEntity, WaterHeaterEntityFeature
from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component

from custom_components.merit_order.engine.model.errors import WriteRefused
from custom_components.merit_order.engine.model.roles import Action, Role, TankReading

from .conftest import Open, Order


@pytest.fixture
async def house(hass: HomeAssistant) -> None:
    """Helpers of the kinds that integrations make, and a thermostat on a heater of its own."""
    helpers: dict[str, Any] = {
        "input_boolean": {"heater": None, "wallbox": {"initial": True}},
        "input_number": {
            "setpoint": {"min": -3000, "max": 3000, "initial": 0, "unit_of_measurement": "W"},
            "amps": {"min": 6, "max": 16, "initial": 16, "unit_of_measurement": "A"},
            "soc": {"min": 0, "max": 100, "initial": 55, "unit_of_measurement": "%"},
            "room": {"min": 0, "max": 40, "initial": 19, "unit_of_measurement": "°C"},
        },
        "input_select": {"mode": {"options": ["self", "charge", "discharge", "standby"], "initial": "self"}},
        "climate": {
            "platform": "generic_thermostat",
            "name": "den",
            "heater": "input_boolean.heater",
            "target_sensor": "input_number.room",
            "target_temp": 20,
            "min_temp": 10,
            "max_temp": 25,
            "initial_hvac_mode": "heat",
        },
        "script": {
            "charge": {
                "fields": {},
                "sequence": [
                    {"action": "test.seen", "data": {"watts": "{{ power_w }}", "for": "{{ minutes }}"}}
                ],
            }
        },
    }
    assert await async_setup_component(hass, "homeassistant", {})
    for domain, config in helpers.items():
        assert await async_setup_component(hass, domain, {domain: config})
    await hass.async_block_till_done()


def state(hass: HomeAssistant, entity_id: str) -> str:
    found = hass.states.get(entity_id)
    assert found is not None
    return found.state


async def test_a_thermostat(hass: HomeAssistant, house: None, open_device: Open, order: Order) -> None:
    device = await open_device("entities_heat", {"climate": "climate.den"})
    said = (await device.read()).heat
    assert said is not None
    assert (said.room_c, said.target_c) == (19.0, 20.0)
    await device.write(order(Role.HEAT, Action.TARGET, target_c=40.0))
    assert (await device.read()).heat.target_c == 25.0  # type: ignore[union-attr]  # a heating has its part
    await device.write(order(Role.HEAT, Action.OFF))
    assert state(hass, "climate.den") == "off"
    await device.write(order(Role.HEAT, Action.RELEASE))
    assert state(hass, "climate.den") == "heat"
    assert (await device.read()).heat.target_c == 20.0  # type: ignore[union-attr]  # likewise


async def test_a_battery_by_mode_and_number(
    hass: HomeAssistant, house: None, open_device: Open, order: Order
) -> None:
    device = await open_device(
        "entities_battery",
        {
            "soc": "input_number.soc",
            "control_mode": "input_select.mode",
            "control_power": "input_number.setpoint",
            "charge_option": "charge",
            "discharge_option": "discharge",
            "hold_option": "standby",
        },
    )
    await device.write(order(Role.BATTERY, Action.POWER, power_kw=1.2))
    assert (state(hass, "input_select.mode"), float(state(hass, "input_number.setpoint"))) == (
        "charge",
        1200.0,
    )
    await device.write(order(Role.BATTERY, Action.POWER, power_kw=0.0))
    assert state(hass, "input_select.mode") == "standby"
    await device.write(order(Role.BATTERY, Action.RELEASE))
    assert (state(hass, "input_select.mode"), float(state(hass, "input_number.setpoint"))) == ("self", 0.0)


async def test_a_battery_whose_mode_has_no_such_option(
    hass: HomeAssistant, house: None, open_device: Open, order: Order
) -> None:
    given = {"soc": "input_number.soc", "control_mode": "input_select.mode", "charge_option": "fill"}
    device = await open_device("entities_battery", given)
    with pytest.raises(WriteRefused):
        await device.write(order(Role.BATTERY, Action.POWER, power_kw=1.0))
    assert state(hass, "input_select.mode") == "self"


async def test_a_battery_by_script(hass: HomeAssistant, house: None, open_device: Open, order: Order) -> None:
    seen: list[ServiceCall] = []
    hass.services.async_register("test", "seen", seen.append)
    device = await open_device(
        "entities_battery", {"soc": "input_number.soc", "charge_script": "script.charge"}
    )
    await device.write(order(Role.BATTERY, Action.POWER, power_kw=2.5))
    await hass.async_block_till_done()
    assert [call.data["watts"] for call in seen] == [2500]
    assert seen[0].data["for"] == pytest.approx(5.0, abs=0.1)


async def test_a_charger(hass: HomeAssistant, house: None, open_device: Open, order: Order) -> None:
    given = {"switch": "input_boolean.wallbox", "current": "input_number.amps"}
    device = await open_device("entities_charger", given)
    await device.write(order(Role.CHARGER, Action.CURRENT, current_a=8.0))
    assert float(state(hass, "input_number.amps")) == 8.0
    await device.write(order(Role.CHARGER, Action.CURRENT, current_a=2.0))
    assert state(hass, "input_boolean.wallbox") == "off"
    await device.write(order(Role.CHARGER, Action.RELEASE))
    assert (state(hass, "input_boolean.wallbox"), float(state(hass, "input_number.amps"))) == ("on", 16.0)


class Heater(WaterHeaterEntity):
    """A heat pump's tank, as SmartThings and others present it."""

    _attr_name = "tank"
    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_supported_features = WaterHeaterEntityFeature.TARGET_TEMPERATURE | WaterHeaterEntityFeature.ON_OFF
    _attr_current_operation = "eco"
    _attr_current_temperature = 44.0
    _attr_target_temperature = 48.0
    _attr_min_temp = 40.0
    _attr_max_temp = 60.0
    _attr_should_poll = False

    def __init__(self) -> None:
        self._attr_operation_list = ["off", "eco"]

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        self._attr_target_temperature = kwargs["temperature"]
        self.async_write_ha_state()

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self._attr_current_operation = "eco"
        self.async_write_ha_state()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self._attr_current_operation = "off"
        self.async_write_ha_state()


async def test_a_water_heater(hass: HomeAssistant, open_device: Open, order: Order) -> None:
    assert await async_setup_component(hass, "water_heater", {})
    await hass.data[DATA_COMPONENT].async_add_entities([Heater()])
    device = await open_device("entities_tank", {"tank": "water_heater.tank"})

    async def said() -> TankReading:
        tank = (await device.read()).tank
        assert tank is not None
        return tank

    assert ((await said()).temperature_c, (await said()).target_c) == (44.0, 48.0)
    await device.write(order(Role.TANK, Action.TARGET, target_c=70.0))
    assert (await said()).target_c == 60.0, "no hotter than it may be"
    await device.write(order(Role.TANK, Action.OFF))
    assert state(hass, "water_heater.tank") == "off"
    await device.write(order(Role.TANK, Action.RELEASE))
    assert (state(hass, "water_heater.tank"), (await said()).target_c) == ("eco", 48.0)
