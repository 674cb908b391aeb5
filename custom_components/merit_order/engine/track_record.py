"""How forecasts held up: what was said of each hour to come, kept as it was said, against what was measured then.

What counts is what was said in time to plan by it: for the whole day at its first hour, or some hours before.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

import numpy as np

from .model.series import FloatArray, Quality, Series, Slots
from .scores import Scorecard

HOUR_S = 3600
HOURS_AHEAD = 4
"""Long enough that the plan could still act on it."""
DAY_HOURS = 25
UNPUBLISHED_HOURS = 48
WAIT_S = 3 * 86_400
"""Suppliers tell yesterday's consumption; what has not been measured after three days never will be."""


class Lead(StrEnum):
    """How long before an hour it was said what counts."""

    DAY_AHEAD = "day_ahead"
    """As the day began."""
    HOURS_AHEAD = "hours_ahead"
    """Four hours before."""
    UNPUBLISHED = "unpublished"
    """Prices: as long as the price was not published, at least four hours before."""


class TrackRecord:
    """One forecast at one lead. Hours are told by the seconds since the epoch at which they begin."""

    def __init__(
        self, lead: Lead, card: Scorecard | None = None, said: Mapping[int, float] | None = None
    ) -> None:
        self.lead = lead
        self.card = card or Scorecard()
        self.said = dict(said or {})

    def say(self, series: Series, hour: int, zone: ZoneInfo) -> None:
        """Keep what `series` says at the start of `hour`, as far as this lead counts it. Gaps say nothing."""
        start, count = self._counts(hour, zone)
        if not count:
            return
        if self.lead is Lead.UNPUBLISHED:
            series = Series(tuple(span for span in series.spans if span.quality is not Quality.KNOWN))
        for i, value in enumerate(hourly(series, start, count)):
            if np.isfinite(value):
                self.said[start + i * HOUR_S] = round(float(value), 5)

    def settle(self, measured: Mapping[int, float], now: int, zone: ZoneInfo) -> bool:
        """Compare the hours that were measured meanwhile, and give up on those that never were. Whether any was."""
        over = [
            hour for hour in self.said if hour + HOUR_S <= now and np.isfinite(measured.get(hour, np.nan))
        ]
        for hour in over:
            self.card.add(_local(hour, zone).toordinal(), measured[hour], self.said.pop(hour))
        for hour in [hour for hour in self.said if hour + WAIT_S < now]:
            del self.said[hour]
        return bool(over)

    def to_json(self) -> dict[str, Any]:
        """For the store."""
        return {"card": self.card.to_json(), "said": [[hour, value] for hour, value in self.said.items()]}

    @classmethod
    def from_json(cls, lead: Lead, raw: Any) -> Self:
        """What `to_json` gave; anything else starts anew."""
        if not isinstance(raw, Mapping):
            return cls(lead)
        return cls(lead, Scorecard.from_json(raw.get("card")), dict(_pairs(raw.get("said"))))

    def _counts(self, hour: int, zone: ZoneInfo) -> tuple[int, int]:
        """The first hour of which it counts what is said now, and how many."""
        match self.lead:
            case Lead.HOURS_AHEAD:
                return hour + HOURS_AHEAD * HOUR_S, 1
            case Lead.UNPUBLISHED:
                return hour + HOURS_AHEAD * HOUR_S, UNPUBLISHED_HOURS
            case Lead.DAY_AHEAD:
                today = _local(hour, zone)
                if _local(hour - HOUR_S, zone) == today:
                    return hour, 0
                ahead = (_local(hour + i * HOUR_S, zone) for i in range(DAY_HOURS))
                return hour, sum(day == today for day in ahead)


def hourly(series: Series, start: int, count: int) -> FloatArray:
    """Means of `count` hours from `start` on, shape (count,); NaN where the series has a hole."""
    edges = tuple(datetime.fromtimestamp(start + i * HOUR_S, UTC) for i in range(count + 1))
    near = (span for span in series.spans if span.end > edges[0] and span.start < edges[-1])
    values, _ = Series(tuple(near)).onto(Slots(edges))
    return values


def _local(hour: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(hour, zone).date()


def _pairs(raw: Any) -> Iterable[tuple[int, float]]:
    for pair in raw if isinstance(raw, list) else ():
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(each, int | float) for each in pair):
            yield int(pair[0]), float(pair[1])
