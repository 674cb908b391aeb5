"""The logbook in human words: what a device was told, and what came of it. In the language of the home."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME, LazyEventPartialState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .audit import EVENT
from .const import DOMAIN

WORDS = f"component.{DOMAIN}.entity.event.activity.state_attributes"
UNITS = (("power_kw", "kW"), ("current_a", "A"), ("target_c", "°C"))


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[LazyEventPartialState], dict[str, Any]]], None],
) -> None:
    """Tell the logbook how to read our events."""

    @callback
    def describe(event: LazyEventPartialState) -> dict[str, Any]:
        words = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
        return {
            LOGBOOK_ENTRY_NAME: event.data.get("asset"),
            LOGBOOK_ENTRY_MESSAGE: sentence(event.data, words),
        }

    async_describe_event(DOMAIN, EVENT, describe)


def sentence(data: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """Such as "Told: charge 3 kW". `words` are the translations; without one its key stands in."""
    happening, action = str(data.get("happening", "")), data.get("action")
    text = words.get(f"{WORDS}.event_type.state.{happening}", happening)
    if happening in ("hand", "given_up"):
        until = dt_util.parse_datetime(data.get("until") or "")
        return text if until is None else f"{text} → {_clock(until)}"
    if happening == "restored" or action is None:
        return text
    done = [words.get(f"{WORDS}.action.state.{action}", action)]
    for name, unit in UNITS:
        if data.get(name) is not None and action not in ("hold", "on", "off"):
            done.append(f"{data[name]:g} {unit}")
    return f"{text}: {' '.join(done)}"


def _clock(at: datetime) -> str:
    return dt_util.as_local(at).strftime("%H:%M")
