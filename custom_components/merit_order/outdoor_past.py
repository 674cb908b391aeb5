"""How warm it was outside, hour by hour: what the weather source said of hours that are now over."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import numpy as np
from homeassistant.core import callback

from .engine.forecasts import Record
from .engine.model.errors import SourceError
from .engine.model.ports import Ports
from .engine.model.series import FloatArray, Forecast, Series

KEY: Final = "outdoor"
KEEP: Final = timedelta(days=60)
HOUR_S: Final = 3600
ENOUGH: Final = 0.5
"""Share of the hours that must be known, else the source is asked for the past too (Open-Meteo tells it)."""
ASK_AGAIN: Final = timedelta(hours=6)
"""A source that knew no past will not know it the next minute."""


class WeatherSource(Protocol):
    """What is needed of the source of the temperature."""

    @property
    def value(self) -> Forecast | None:
        """The last forecast."""
        ...

    @property
    def error(self) -> SourceError | None:
        """Why there is no newer one."""
        ...

    @property
    def fetch(self) -> Callable[[datetime, datetime], Awaitable[Forecast]]:
        """Asks for [start, end). Raises SourceError."""
        ...


class OutdoorPast:
    """Kept by ourselves: a weather entity has no statistics."""

    def __init__(self, ports: Ports, source: Callable[[], WeatherSource | None]) -> None:
        """`source` finds who tells of the temperature, if anybody does."""
        self._ports = ports
        self._source = source
        self._asked: datetime | None = None
        self._hours = _read(ports.store.load(KEY))

    @callback
    def note(self) -> None:
        """Take in what the source says of the hours of today that are over."""
        source, now = self._source(), self._ports.clock.now()
        if source is not None and source.value is not None and source.error is None:
            self._add(source.value.mid, now - timedelta(hours=24), now)

    def known(self, start: datetime, end: datetime) -> FloatArray:
        """°C by hour of [start, end) as far as it was noted, NaN where not; nobody is asked."""
        starts = Record.of(Series(()), start, end, HOUR_S).starts
        return np.array([self._hours.get(int(at), np.nan) for at in starts], dtype=float)

    async def hourly(self, start: datetime, end: datetime) -> FloatArray:
        """°C by hour of [start, end), NaN where it is not known."""
        now, source = self._ports.clock.now(), self._source()
        lately = self._asked is not None and now - self._asked < ASK_AGAIN
        if source is not None and not lately and np.isfinite(self.known(start, end)).mean() < ENOUGH:
            self._asked = now
            try:
                past = await source.fetch(start, end)
            except SourceError:
                pass
            else:
                self._add(past.mid, start, end)
        return self.known(start, end)

    async def around(self, start: datetime, end: datetime) -> Record:
        """°C by hour of [start, end) as it was and, from now on, as it is forecast; NaN where that is not known."""
        now, source = self._ports.clock.now(), self._source()
        hour = now.replace(minute=0, second=0, microsecond=0)
        past = Record.of(Series(()), start, hour, HOUR_S)
        if source is None or source.value is None:
            return past
        ahead = Record.of(source.value.mid, hour, end, HOUR_S)
        return Record(past.start, HOUR_S, np.concatenate([await self.hourly(start, hour), ahead.values]))

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


def _read(raw: Any) -> dict[int, float]:
    if not isinstance(raw, dict):
        return {}
    return {int(at): float(value) for at, value in raw.items() if isinstance(value, int | float)}
