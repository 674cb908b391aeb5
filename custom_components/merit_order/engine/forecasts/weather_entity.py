"""Outdoor temperature from any weather entity of Home Assistant (OpenWeather, Met.no, … through core).

The action `weather.get_forecasts` gives hourly rows; each holds until the next one begins. The running hour is what the
entity says it is now: many services begin with the next one, and what they observe is how past hours become known.
Option: `entity`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from ..model.errors import BadData, SourceError
from ..model.layers import over
from ..model.options import Option, OptionType
from ..model.ports import Ports
from ..model.series import Forecast, Quality, Series, Span, utc
from ..model.units import temperature_c
from ..model.web import reading
from ._base import ForecastKind, Subject
from ._spans import within

HOUR = timedelta(hours=1)
LONGEST = 3 * HOUR
"""Some services give every third hour; longer than that a value is not held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherEntity:
    """°C, by the hours of the weather service."""

    ports: Ports
    entity: str

    @property
    def refresh_s(self) -> float:
        """Weather integrations renew theirs about hourly; asking them costs nothing."""
        return 1800.0

    async def forecast(self, start: datetime, end: datetime) -> Forecast:
        """Temperature for as much of [start, end) as is given. Raises SourceError."""
        if self.ports.actions is None:
            raise SourceError(f"{self.entity}: works inside Home Assistant only", service=self.entity)
        state = self.ports.entities.get(self.entity)
        if state is None:
            raise SourceError(f"{self.entity} does not exist", service=self.entity)
        unit = str(state.attributes.get("temperature_unit", "°C"))
        data = {"entity_id": self.entity, "type": "hourly"}
        answer = await self.ports.actions.ask("weather", "get_forecasts", data)
        with reading(self.entity):
            rows = {
                utc(row["datetime"]): temperature_c(float(row["temperature"]), unit)
                for row in answer[self.entity]["forecast"]
                if row.get("temperature") is not None
            }
        starts = sorted(rows)
        spans = [
            Span(a, min(b or a + HOUR, a + LONGEST), rows[a], Quality.FORECAST)
            for a, b in zip_longest(starts, starts[1:])
        ]
        whole = Series.of(spans, origin=self.entity, issued=self.ports.clock.now())
        temperature = within(whole, start, end)
        if not temperature.spans:
            raise BadData(f"{self.entity} has no hourly forecast now", service=self.entity)
        now = self.ports.clock.now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        observed = state.attributes.get("temperature")
        if not isinstance(observed, int | float) or not start < hour + HOUR <= end:
            return Forecast(temperature)
        # Rows of hours that are over are an old forecast; those hours were observed then.
        span = Span(max(hour, start), hour + HOUR, temperature_c(float(observed), unit), Quality.FORECAST)
        seen = Series((span,), temperature.origin, temperature.issued)
        return Forecast(over(seen, within(whole, hour, end)))


def _build(options: Mapping[str, Any], ports: Ports) -> WeatherEntity:
    return WeatherEntity(ports=ports, entity=options["entity"])


async def _check(options: Mapping[str, Any], ports: Ports) -> Mapping[str, Any]:
    """See that the entity has an hourly forecast."""
    now = ports.clock.now()
    await _build(options, ports).forecast(now, now + 24 * HOUR)
    return {}


KIND = ForecastKind(
    key="weather_entity",
    subject=Subject.TEMPERATURE,
    options=(Option(key="entity", type=OptionType.ENTITY, domains=("weather",), required=True),),
    build=_build,
    check=_check,
    field_of_error={"cannot_connect": "entity", "bad_data": "entity"},
)
