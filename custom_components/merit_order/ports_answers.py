"""The engine's ports to what other integrations already know: actions with answers, solar forecasts."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.loader import IntegrationNotFound, async_get_integration

from .const import DOMAIN
from .engine.model.errors import BadData, SilentPeer, SourceError

ENERGY = "energy"
# Another integration may wait for its own service; longer than that it hangs.
ANSWER_S = 60.0


class HassActions:
    """Home Assistant's actions that answer with data."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass

    async def ask(self, domain: str, action: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """The response of the action; raises SourceError when it fails, does not answer or does not exist."""
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await self._hass.services.async_call(
                    domain, action, dict(data), blocking=True, return_response=True
                )
        except TimeoutError as err:
            raise SilentPeer(f"{domain}.{action}: no answer within {ANSWER_S:g} s", service=domain) from err
        except Exception as err:  # another integration's surprise must not end ours
            raise SourceError(f"{domain}.{action}: {err}", service=domain) from err
        if not isinstance(answer, dict):
            raise BadData(f"{domain}.{action} gave no answer", service=domain)
        return answer


class HassSolarForecasts:
    """The `energy` platforms of other integrations."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass

    async def providers(self) -> Mapping[str, str]:
        """Loaded entries whose integration forecasts the sun, by id; not ours, which would tell us what we know."""
        found = {}
        for entry in self._hass.config_entries.async_entries():
            loaded = entry.state is ConfigEntryState.LOADED and entry.domain != DOMAIN
            if loaded and await self._platform(entry.domain) is not None:
                found[entry.entry_id] = entry.title
        return found

    async def wh_by_start(self, provider: str) -> Mapping[datetime, float] | None:
        """Watt-hours of the periods starting at these instants; None when the provider has none now."""
        entry = self._hass.config_entries.async_get_entry(provider)
        platform = await self._platform(entry.domain) if entry is not None else None
        if entry is None or platform is None:
            raise SourceError("this solar forecast is no longer there", service=provider)
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await platform.async_get_solar_forecast(self._hass, provider)
        except TimeoutError as err:
            raise SilentPeer(f"{entry.title}: no answer within {ANSWER_S:g} s", service=entry.title) from err
        except Exception as err:  # another integration's surprise must not end ours
            raise SourceError(f"{entry.title}: {err}", service=entry.title) from err
        if not answer:
            return None
        try:
            return {
                datetime.fromisoformat(start).astimezone(UTC): float(wh)
                for start, wh in answer["wh_hours"].items()
            }
        except (KeyError, TypeError, ValueError) as err:
            raise BadData(f"{entry.title}: {err}", service=entry.title) from err

    async def _platform(self, domain: str) -> Any | None:
        try:
            integration = await async_get_integration(self._hass, domain)
            platform = await integration.async_get_platform(ENERGY)
        except IntegrationNotFound, ImportError:
            return None
        return platform if hasattr(platform, "async_get_solar_forecast") else None
