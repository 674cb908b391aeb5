"""The solar forecast, for Home Assistant's Energy dashboard."""

from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from .plan_view import solar_forecasts
from .runtime import MeritOrderConfigEntry

HOUR = timedelta(hours=1)


async def async_get_solar_forecast(
    hass: HomeAssistant, config_entry_id: str
) -> dict[str, dict[str, float]] | None:
    """Expected solar energy by hour, in Wh by the hour's start; None while nothing is known."""
    entry: MeritOrderConfigEntry | None = hass.config_entries.async_get_entry(config_entry_id)
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        return None
    hours: dict[datetime, float] = {}
    for forecast in solar_forecasts(entry.runtime_data.home.sources):
        for span in forecast.mid.spans:
            start = span.start
            while start < span.end:
                hour = start.replace(minute=0, second=0, microsecond=0)
                end = min(hour + HOUR, span.end)
                hours[hour] = hours.get(hour, 0.0) + span.value * 1000 * ((end - start) / HOUR)
                start = end
    if not hours:
        return None
    return {"wh_hours": {hour.isoformat(): round(wh, 1) for hour, wh in sorted(hours.items())}}
