"""Outdoor temperature from Open-Meteo."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..model.errors import BadData
from ..model.ports import Ports
from ..model.series import Forecast, Quality, Series
from ._base import ForecastKind, Subject
from ._open_meteo import SERVICE, STEP, URL, URL_OPTION, ask
from ._spans import within


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMeteoTemperature:
    """°C at 2 m above ground, by quarter of an hour; each value is taken to hold from its label on."""

    ports: Ports
    url: str = URL

    @property
    def refresh_s(self) -> float:
        """The models behind it are renewed every one to six hours."""
        return 3600.0

    async def forecast(self, start: datetime, end: datetime) -> Forecast:
        """Temperature for [start, end). Raises SourceError."""
        weather = await ask(self.ports, self.url, ("temperature_2m",), start, end)
        whole = Series.regular(
            weather.labels[0],
            15,
            weather.values["temperature_2m"],
            Quality.FORECAST,
            "open_meteo",
            self.ports.clock.now(),
        )
        temperature = within(whole, start, end)
        if not temperature.spans:
            raise BadData("Open-Meteo: no temperature for these days", service=SERVICE)
        return Forecast(temperature)


def _build(options: Mapping[str, Any], ports: Ports) -> OpenMeteoTemperature:
    return OpenMeteoTemperature(ports=ports, url=options["url"])


async def _check(options: Mapping[str, Any], ports: Ports) -> Mapping[str, Any]:
    """See that the service answers for this place."""
    now = ports.clock.now()
    await _build(options, ports).forecast(now, now + STEP)
    return {}


KIND = ForecastKind(
    key="open_meteo_temperature",
    subject=Subject.TEMPERATURE,
    options=(URL_OPTION,),
    build=_build,
    check=_check,
)
