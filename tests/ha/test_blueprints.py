"""The blueprints: Home Assistant takes them, and automations made from them do what they say."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint import Blueprint
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import load_yaml_dict
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.merit_order.const import DOMAIN

from .homes import BOILER, START, respond, state_of

ROOT = Path(__file__).parents[2] / "blueprints"
FOLDER = ROOT / "automation" / DOMAIN
PLANNED = "binary_sensor.boiler_planned_now"
LEVEL, PRICE = "sensor.level", "sensor.price"


@pytest.fixture
async def installed(hass: HomeAssistant, tmp_path: Path) -> None:
    """The blueprints where a person has imported them, and the actions every Home Assistant has."""
    assert await async_setup_component(hass, "homeassistant", {})
    hass.config.config_dir = str(tmp_path)
    shutil.copytree(ROOT, tmp_path / "blueprints")


async def automation(hass: HomeAssistant, blueprint: str, **inputs: Any) -> None:
    """An automation made from a blueprint, as the editor saves it."""
    use = {"path": f"{DOMAIN}/{blueprint}.yaml", "input": inputs}
    config = {"id": blueprint, "alias": blueprint, "use_blueprint": use}
    assert await async_setup_component(hass, "automation", {"automation": [config]})
    await hass.async_block_till_done()
    assert state_of(hass, f"automation.{blueprint}") == STATE_ON


def test_there_are_blueprints() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {"cheap_power", "follow_plan", "price_lamp"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_home_assistant_takes_it(path: Path) -> None:
    blueprint = Blueprint(
        load_yaml_dict(path), expected_domain="automation", path=path.name, schema=AUTOMATION_BLUEPRINT_SCHEMA
    )
    assert blueprint.validate() is None
    for name, field in blueprint.inputs.items():
        assert field["name"], name
        assert field["selector"], name


async def test_a_device_follows_the_plan(hass: HomeAssistant, installed: None, home: MockConfigEntry) -> None:
    """In advise Merit Order switches nothing: what moves the relay here is the automation."""
    until = START.replace(hour=12).isoformat()

    async def order(mode: str) -> None:
        await respond(hass, DOMAIN, "override", {"asset": "Boiler", "mode": mode, "until": until})
        await hass.async_block_till_done()

    await order("off")
    await order("on")
    assert (state_of(hass, PLANNED), state_of(hass, BOILER)) == (STATE_ON, STATE_OFF)
    await order("off")
    await automation(hass, "follow_plan", planned=PLANNED, device=BOILER)
    await order("on")
    assert (state_of(hass, PLANNED), state_of(hass, BOILER)) == (STATE_ON, STATE_ON)
    await order("off")
    assert (state_of(hass, PLANNED), state_of(hass, BOILER)) == (STATE_OFF, STATE_OFF)


async def test_a_device_is_left_alone_while_there_is_no_plan(
    hass: HomeAssistant, installed: None, home: MockConfigEntry
) -> None:
    await automation(hass, "follow_plan", planned=PLANNED, device=BOILER)
    await hass.services.async_call("input_boolean", "turn_on", {"entity_id": BOILER}, blocking=True)
    home.runtime_data.home.sources.find("price").value = None
    await home.runtime_data.planner.async_refresh()
    await hass.async_block_till_done()
    assert state_of(hass, PLANNED) not in (STATE_ON, STATE_OFF)
    assert state_of(hass, BOILER) == STATE_ON


async def test_cheap_power_is_told_once_in_a_while(hass: HomeAssistant, installed: None) -> None:
    sent = async_mock_service(hass, "notify", "send_message")
    hass.states.async_set(LEVEL, "normal")
    hass.states.async_set(PRICE, "0.11", {"unit_of_measurement": "EUR/kWh"})
    await automation(hass, "cheap_power", level=LEVEL, price=PRICE, notify="notify.phone")
    for level in ("expensive", "cheap", "normal", "cheap"):
        hass.states.async_set(LEVEL, level)
        for _ in range(20):  # the automation stays in its pause, so there is no end to wait for
            await asyncio.sleep(0)
    assert [call.data["message"] for call in sent] == ["Power is cheap now: 0.11 EUR/kWh."]
    assert sent[0].data["entity_id"] == ["notify.phone"]
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(hours=5))
    await hass.async_block_till_done()
    hass.states.async_set(LEVEL, "normal")
    hass.states.async_set(LEVEL, "cheap")
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(sent) == 2
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(hours=10))
    await hass.async_block_till_done()


async def test_a_lamp_that_is_on_shows_the_price(hass: HomeAssistant, installed: None) -> None:
    shown = async_mock_service(hass, "light", "turn_on")
    hass.states.async_set(LEVEL, "normal")
    hass.states.async_set("light.kitchen", STATE_OFF)
    await automation(hass, "price_lamp", level=LEVEL, lamp="light.kitchen")
    hass.states.async_set(LEVEL, "cheap")
    await hass.async_block_till_done()
    assert shown == []  # a lamp that is off stays off
    hass.states.async_set("light.kitchen", STATE_ON)
    await hass.async_block_till_done()
    for level in ("expensive", "unknown"):
        hass.states.async_set(LEVEL, level)
        await hass.async_block_till_done()
    strongest = [max(zip(call.data["rgb_color"], ("red", "green", "blue"), strict=True))[1] for call in shown]
    assert strongest == ["green", "red"]
