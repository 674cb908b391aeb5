"""Solar power from whatever feeds Home Assistant's Energy dashboard: Forecast.Solar, Solcast and others.

Home Assistant's `energy` platform gives watt-hours by the start of their period. A period lasts until the next one
begins, an hour at most (providers leave the night out). Where nothing is given the sun decides: below the horizon it
is zero, above it a gap. No second client, so no quota of ours. Option: `provider` (config entry id).

The platform does not say how old a forecast is, and an integration whose service fails goes on giving its last one. One
that said nothing new for a day is as old as what it said.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from ..model.errors import BadData, SourceError
from ..model.options import Option, OptionType
from ..model.ports import Ports, SolarForecasts
from ..model.series import Forecast, Quality, Series, Span
from ..model.web import reading
from ._base import ForecastKind, Subject
from ._spans import within
from ._sun import sun_position

SERVICE = "Energy dashboard"
HOUR = timedelta(hours=1)
STEP = timedelta(minutes=15)
SILENT_AFTER = timedelta(hours=24)
"""Providers rest at night, and a winter's night is long."""


@dataclass(slots=True)
class _News:
    """When a provider last said something it had not said before, as far as we saw."""

    said: Mapping[datetime, float] = field(default_factory=dict)
    at: datetime | None = None

    def issued(self, found: Mapping[datetime, float], now: datetime) -> datetime:
        """When `found` was said. Days that are over go, which is no news."""
        if self.at is None or any(self.said.get(start) != wh for start, wh in found.items()):
            self.at = now
        self.said = dict(found)
        return now if now - self.at < SILENT_AFTER else self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyPlatform:
    """AC power of one provider's site in kW."""

    ports: Ports
    provider: str
    _news: _News = field(default_factory=_News)

    @property
    def refresh_s(self) -> float:
        """Asking costs nothing: the provider's own integration keeps to its quota."""
        return 900.0

    async def forecast(self, start: datetime, end: datetime) -> Forecast:
        """Power for as much of [start, end) as is given. Raises SourceError."""
        found = await _port(self.ports).wh_by_start(self.provider)
        if not found:
            raise BadData("Energy dashboard: the provider has no forecast now", service=SERVICE)
        with reading(SERVICE):
            starts = sorted(found)
            spans = [
                Span(a, b, max(float(found[a]), 0.0) / 1000 / ((b - a) / HOUR), Quality.FORECAST)
                for a, b in ((a, min(b or a + HOUR, a + HOUR)) for a, b in zip_longest(starts, starts[1:]))
            ]
        spans += self._nights(spans, start, end)
        issued = self._news.issued(found, self.ports.clock.now())
        mid = within(Series.of(spans, origin="energy_platform", issued=issued), start, end)
        if not mid.spans:
            raise BadData("Energy dashboard: no forecast for these days", service=SERVICE)
        return Forecast(mid)

    def _nights(self, spans: list[Span], start: datetime, end: datetime) -> list[Span]:
        """Zero where nothing is given and the sun is down."""
        edges = [start, *(edge for span in spans for edge in (span.start, span.end)), end]
        steps = [
            (at, min(at + STEP, until))
            for since, until in zip(edges[::2], edges[1::2], strict=True)
            for at in _every(STEP, since, until)
        ]
        if not steps:
            return []
        middles = [a + (b - a) / 2 for a, b in steps]
        elevation, _ = sun_position(middles, self.ports.latitude, self.ports.longitude)
        return [
            Span(a, b, 0.0, Quality.FORECAST)
            for (a, b), up in zip(steps, elevation >= 0, strict=True)
            if not up
        ]


def _every(step: timedelta, since: datetime, until: datetime) -> Iterator[datetime]:
    while since < until:
        yield since
        since += step


def _port(ports: Ports) -> SolarForecasts:
    if ports.solar_forecasts is None:
        raise SourceError("Energy dashboard: works inside Home Assistant only", service=SERVICE)
    return ports.solar_forecasts


def _build(options: Mapping[str, Any], ports: Ports) -> EnergyPlatform:
    return EnergyPlatform(ports=ports, provider=options["provider"])


async def _check(options: Mapping[str, Any], ports: Ports) -> Mapping[str, Any]:
    """See that the provider gives something."""
    now = ports.clock.now()
    await _build(options, ports).forecast(now - 24 * HOUR, now + 24 * HOUR)
    return {}


async def _offer(options: Mapping[str, Any], ports: Ports) -> Mapping[str, Mapping[str, str]]:
    """Providers to choose from."""
    return {"provider": await _port(ports).providers()}


KIND = ForecastKind(
    key="energy_platform",
    subject=Subject.SOLAR,
    options=(Option(key="provider", type=OptionType.TEXT, required=True),),
    build=_build,
    check=_check,
    offer=_offer,
    field_of_error={"cannot_connect": "provider", "bad_data": "provider"},
)
