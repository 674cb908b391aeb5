"""Panels and a battery behind one inverter are planned with what it passes on."""

from collections.abc import AsyncIterator

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.gather import gather
from demo.clock import RealClock
from demo.ha.entry import demo_entry
from demo.ha.seed import Place
from demo.home import VirtualHome


@pytest.fixture
async def virtual_home(loopback: None, socket_enabled: None) -> AsyncIterator[VirtualHome]:
    async with VirtualHome(RealClock(), appliances=()) as home:
        yield home


async def test_what_the_inverter_says_it_passes_on_limits_sun_and_battery_together(
    hass: HomeAssistant, virtual_home: VirtualHome
) -> None:
    made = await demo_entry(virtual_home.addresses(), Place())
    entry = MockConfigEntry(domain=DOMAIN, title="Home", subentries_data=made["subentries"])
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    specs = {spec.id: spec.params for spec in gather(entry.runtime_data.home, {}, None).assets}
    assert specs["huawei_solar"]["inverter_kw"] == 6.0
    assert specs["huawei_battery"]["inverter"] == "huawei_solar"
    assert await hass.config_entries.async_unload(entry.entry_id)
