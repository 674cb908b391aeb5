"""The options of the home: how far Merit Order may go, and what counts as cheap."""

from typing import Any

import probatio
from homeassistant.config_entries import ConfigFlowResult, OptionsFlow

from .const import MODE_ADVISE, MODES
from .engine.model.codec import to_json
from .engine.model.options import Option, OptionType, settle
from .flow_schema import fields
from .stored import SettingsConfig, settings

SETTINGS = (
    Option(key="mode", type=OptionType.CHOICE, required=True, default=MODE_ADVISE, choices=tuple(MODES)),
    Option(key="cheap_below", type=OptionType.NUMBER, minimum=-10.0, maximum=100_000.0, unit="currency/kWh"),
    Option(
        key="expensive_above", type=OptionType.NUMBER, minimum=-10.0, maximum=100_000.0, unit="currency/kWh"
    ),
)


class SettingsFlow(OptionsFlow):
    """One form."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Mode and price levels."""
        errors: dict[str, str] = {}
        given = to_json(settings(self.config_entry))
        if user_input is not None:
            given = settle(SETTINGS, user_input)
            cheap, expensive = given.get("cheap_below"), given.get("expensive_above")
            if cheap is None or expensive is None or cheap < expensive:
                return self.async_create_entry(data=to_json(SettingsConfig(**given)))
            errors = {"expensive_above": "levels_crossed"}
        schema = probatio.Schema(fields(SETTINGS, "settings", self.hass.config.currency, given))
        return self.async_show_form(step_id="init", data_schema=schema, errors=errors)
