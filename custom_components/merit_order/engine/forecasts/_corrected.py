"""Any solar forecast with the site's own correction: learned from what the panels gave against what had been said."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from ..model.errors import SourceError
from ..model.ports import Ports
from ..model.series import FloatArray, Forecast, Quality, Series, Span
from ._base import Forecaster
from ._load import Band
from ._record import DAY_S, HOUR_S, Record
from ._solar_correction import ENVELOPE_DAYS, LEARN_DAYS, Correction

KEEP = timedelta(days=LEARN_DAYS + ENVELOPE_DAYS)
REFRESH_S = 1800.0
"""What was measured in the last hours is carried on: that is worth a look more often than most providers change."""


@dataclass(slots=True)
class CorrectedSolar:
    """`inner`, corrected. `statistics` finds the rising energy statistics of the panels; their means are added up.

    What `inner` said is kept under `shelf` in the store, for nobody can ask a provider what it said last week.
    """

    inner: Forecaster
    ports: Ports
    statistics: Callable[[], Awaitable[Sequence[str]]]
    shelf: str
    error: float | None = None
    """How far off it was lately, as a share of what a clear day gives; None before that is known."""
    _given: Forecast | None = None
    _asked: datetime | None = None
    _said: dict[int, float] = field(default_factory=dict)

    @property
    def refresh_s(self) -> float:
        """At least every half hour; the provider is asked no more often than it wants to be."""
        return min(self.inner.refresh_s, REFRESH_S)

    async def forecast(self, start: datetime, end: datetime) -> Forecast:
        """The corrected forecast for [start, end), hours that are over as they were given. Raises SourceError."""
        now = self.ports.clock.now()
        given = await self._ask(now, start, end)
        meters = await self._meters(now)
        # Two months of hours take longer than an event loop should wait.
        return await asyncio.to_thread(self._correct, given, meters, now, end)

    async def _meters(self, now: datetime) -> list[Series]:
        """What the panels gave; nothing when the recorder does not answer: then the forecast stands as it was given."""
        history = self.ports.history
        try:
            return [await history.mean_power_kw(name, now - KEEP, now) for name in await self.statistics()]
        except SourceError:
            return []

    def _correct(self, given: Forecast, meters: Sequence[Series], now: datetime, end: datetime) -> Forecast:
        """Blocking."""
        hour = int(now.timestamp()) // HOUR_S * HOUR_S
        measured = _sum(meters, now)
        past = Record(measured.start, HOUR_S, self._kept(measured.start, len(measured.values)))
        learned = Correction.learn(measured, past, hour)
        self.error = learned.error
        count = max(int(end.timestamp() - hour) // HOUR_S, 1)
        ahead = _hourly(given.mid, hour, count)
        today = self._kept(hour - DAY_S, DAY_S // HOUR_S)
        said = Record(hour - DAY_S, HOUR_S, np.concatenate([today, ahead]))
        band = learned.apply(said, measured, hour, count)
        return _shaped(given, ahead, band, hour)

    async def _ask(self, now: datetime, start: datetime, end: datetime) -> Forecast:
        fresh = self._asked is not None and (now - self._asked).total_seconds() < self.inner.refresh_s - 1
        if self._given is None or not fresh or (self._given.mid.end or start) < end - timedelta(hours=12):
            self._given = await self.inner.forecast(start, end)
            self._asked = now
            self._keep(now, self._given)
        return self._given

    def _keep(self, now: datetime, given: Forecast) -> None:
        """Remember what was said of the hours to come; what was said of an hour last before it began is what counts."""
        if not self._said:
            self._said = _read(self.ports.store.load(self.shelf))
        hour = int(now.timestamp()) // HOUR_S * HOUR_S
        for i, value in enumerate(_hourly(given.mid, hour + HOUR_S, 48)):
            if np.isfinite(value):
                self._said[hour + (i + 1) * HOUR_S] = round(float(value), 3)
        oldest = (now - KEEP).timestamp()
        self._said = {at: value for at, value in self._said.items() if at >= oldest}
        self.ports.store.save(self.shelf, {str(at): value for at, value in self._said.items()})

    def _kept(self, start: int, count: int) -> FloatArray:
        return np.array([self._said.get(start + i * HOUR_S, np.nan) for i in range(count)], dtype=float)


def _sum(meters: Sequence[Series], now: datetime) -> Record:
    """Hourly means in kW; an hour in which one of the meters says nothing is a gap."""
    total: FloatArray | None = None
    start = now - KEEP
    for series in meters:
        values = np.maximum(Record.of(series, start, now, HOUR_S).values, 0.0)
        total = values if total is None else total + values
    first = int(start.timestamp()) // HOUR_S * HOUR_S
    return Record(first, HOUR_S, np.empty(0) if total is None else total)


def _hourly(series: Series, start: int, count: int) -> FloatArray:
    begin = datetime.fromtimestamp(start, UTC)
    return Record.of(series, begin, begin + timedelta(hours=count), HOUR_S).values


def _shaped(given: Forecast, ahead: FloatArray, band: Band, hour: int) -> Forecast:
    """The corrected hours with the given forecast's course inside each hour; hours it left out stand flat."""
    sides = {"mid": band.mid, "low": band.low, "high": band.high}
    if band.provisional and given.low is not None and given.high is not None:
        return given
    spans: dict[str, list[Span]] = {name: [] for name in sides}
    for span in given.mid.spans:
        place = (int(span.start.timestamp()) - hour) // HOUR_S
        if place < 0:
            for rows in spans.values():
                rows.append(span)
        elif place < len(ahead) and np.isfinite(ahead[place]):
            for name, values in sides.items():
                scale = float(values[place] / ahead[place]) if ahead[place] > 0 else 0.0
                spans[name].append(Span(span.start, span.end, span.value * scale, Quality.FORECAST))
    for place in np.flatnonzero(~np.isfinite(ahead) | (ahead <= 0)):
        begin = datetime.fromtimestamp(hour + int(place) * HOUR_S, UTC)
        for name, values in sides.items():
            if np.isnan(ahead[place]) or values[place] > 0:
                flat = Span(begin, begin + timedelta(hours=1), float(values[place]), Quality.FORECAST)
                spans[name] = [s for s in spans[name] if not flat.start <= s.start < flat.end]
                spans[name].append(flat)
    origin, issued = given.mid.origin, given.mid.issued
    series = {name: Series.of(rows, origin, issued) for name, rows in spans.items()}
    return Forecast(series["mid"], series["low"], series["high"], given.provisional)


def _read(raw: Any) -> dict[int, float]:
    if not isinstance(raw, Mapping):
        return {}
    return {
        int(at): float(value)
        for at, value in raw.items()
        if str(at).isdigit() and isinstance(value, int | float)
    }
