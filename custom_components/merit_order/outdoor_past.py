"""How warm it was outside, hour by hour: what the weather source said of hours that are now over."""

from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from homeassistant.core import callback

from .engine.forecasts import Record
from .engine.model.errors import SourceError
from .engine.model.ports import Ports
from .engine.model.series import FloatArray, Forecast, Series
from .sources import Source, Sources

KEY: Final = "outdoor"
KEEP: Final = timedelta(days=60)
HOUR_S: Final = 3600
ENOUGH: Final = 0.5
"""Share of the hours that must be known, else the source is asked for the past too (Open-Meteo tells it)."""


class OutdoorPast:
    """Kept by ourselves: a weather entity has no statistics."""

    def __init__(self, ports: Ports, sources: Sources) -> None:
        self._ports = ports
        self._sources = sources
        self._hours = _read(ports.store.load(KEY))

    @callback
    def note(self) -> None:
        """Take in what the source says of the hours of today that are over."""
        source, now = self._source, self._ports.clock.now()
        if source is not None and source.value is not None and source.error is None:
            self._add(source.value.mid, now - timedelta(hours=24), now)

    async def hourly(self, start: datetime, end: datetime) -> FloatArray:
        """°C by hour of [start, end), NaN where it is not known."""
        if np.isfinite(self._known(start, end)).mean() < ENOUGH and (source := self._source) is not None:
            try:
                past: Forecast = await source.fetch(start, end)
            except SourceError:
                pass
            else:
                self._add(past.mid, start, end)
        return self._known(start, end)

    @property
    def _source(self) -> Source[Any] | None:
        return self._sources.find("temperature")

    def _add(self, series: Series, start: datetime, end: datetime) -> None:
        record = Record.of(series, start, end, HOUR_S)
        new = {
            int(at): round(float(value), 1)
            for at, value in zip(record.starts, record.values, strict=True)
            if np.isfinite(value)
        }
        if not new or new.items() <= self._hours.items():
            return
        oldest = (self._ports.clock.now() - KEEP).timestamp()
        self._hours = {at: value for at, value in (self._hours | new).items() if at >= oldest}
        self._ports.store.save(KEY, {str(at): value for at, value in self._hours.items()})

    def _known(self, start: datetime, end: datetime) -> FloatArray:
        starts = Record.of(Series(()), start, end, HOUR_S).starts
        return np.array([self._hours.get(int(at), np.nan) for at in starts], dtype=float)


def _read(raw: Any) -> dict[int, float]:
    if not isinstance(raw, dict):
        return {}
    return {int(at): float(value) for at, value in raw.items() if isinstance(value, int | float)}
