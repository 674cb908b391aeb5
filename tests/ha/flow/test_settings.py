"""The options of the home."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order import stored
from custom_components.merit_order.const import DOMAIN

from .conftest import Result, suggested


async def test_mode_and_price_levels(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain=DOMAIN, title="Home")
    entry.add_to_hass(hass)
    options = hass.config_entries.options

    result: Result = dict(await options.async_init(entry.entry_id))
    assert suggested(result) == {"mode": "advise"}
    crossed = {"mode": "automatic", "cheap_below": 0.3, "expensive_above": 0.2}
    result = dict(await options.async_configure(result["flow_id"], crossed))
    assert result["errors"] == {"expensive_above": "levels_crossed"}
    assert suggested(result) == crossed
    result = dict(
        await options.async_configure(result["flow_id"], {"mode": "automatic", "cheap_below": 0.15})
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert stored.settings(entry) == stored.SettingsConfig(mode="automatic", cheap_below=0.15)

    result = dict(await options.async_init(entry.entry_id))
    result = dict(await options.async_configure(result["flow_id"], {"mode": "off"}))
    assert stored.settings(entry) == stored.SettingsConfig(mode="off"), "an emptied field is gone"
