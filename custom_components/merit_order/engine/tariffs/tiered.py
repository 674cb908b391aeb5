"""Prices in steps of the month's volume: the first so many kilowatt-hours at one price, the next at another.

Options: `steps`, as text: `300: 0.25, 1000: 0.31, 0.40` (up to 300 kWh a month, up to 1000, beyond), and `statistic`,
the meter's rising import energy. The volume so far is read from the recorder's statistics, what is still to come is
carried on at the mean of the last seven days; from where that crosses into another step on, the price is a forecast.
Volume counts from midnight of the month's first day by the home's clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from ..model.errors import BadData, InputError
from ..model.options import Option, OptionType
from ..model.ports import Ports
from ..model.series import Quality, Series, Span
from ._base import TariffKind

SERVICE = "statistics"
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Step:
    """`price` (currency/kWh) holds up to `limit` kWh of the month."""

    limit: float
    price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiered:
    """`steps` by rising limit, the last one without end; `statistic` counts the kWh."""

    ports: Ports
    steps: tuple[Step, ...]
    statistic: str

    async def prices(self, start: datetime, end: datetime) -> Series:
        """By the hour; known until the first step that is only foreseen. Raises SourceError without any volume."""
        now = self.ports.clock.now()
        since = min(self._month(start), now - WEEK)
        drawn = await self.ports.history.mean_power_kw(self.statistic, since, now)
        recent = [span for span in drawn.spans if span.end > now - WEEK]
        if not recent:
            raise BadData(f"{self.statistic} has no volume of the last week", service=SERVICE)
        hours = np.array([(span.end - span.start) / HOUR for span in recent])
        usual_kw = float(np.average([max(span.value, 0.0) for span in recent], weights=hours))
        by_hour = {span.start: max(span.value, 0.0) for span in drawn.spans}
        spans: list[Span] = []
        at, volume = self._month(start), 0.0
        step_now: float | None = None
        while at < end:
            following = min(at.replace(minute=0, second=0, microsecond=0) + HOUR, end)
            # A month may begin in the middle of a UTC hour, as in Adelaide.
            following = month if (month := self._month(following)) > at else following
            if at == self._month(at):
                volume = 0.0
            price = self._price(volume)
            step_now = price if at <= now else step_now
            # Another month's first step is certain; this month's next one is only expected.
            foreseen = at > now and price != step_now and self._month(at) == self._month(now)
            spans.append(Span(at, following, price, Quality.FORECAST if foreseen else Quality.KNOWN))
            volume += by_hour.get(at, usual_kw) * ((following - at) / HOUR)
            at = following
        return Series.of((span for span in spans if span.end > start), "tiered", now)

    def next_publication(self, now: datetime) -> datetime | None:
        """Every hour: the volume has grown."""
        return now + HOUR

    def _price(self, volume: float) -> float:
        return next(step.price for step in self.steps if volume < step.limit)

    def _month(self, at: datetime) -> datetime:
        local = at.astimezone(ZoneInfo(self.ports.timezone))
        return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def parse_steps(text: str) -> tuple[Step, ...]:
    """`300: 0.25, 0.40` as steps. Raises InputError."""
    steps: list[Step] = []
    parts = [part for part in text.replace(";", ",").split(",") if part.strip()]
    for part in parts:
        limit, colon, price = part.rpartition(":")
        try:
            step = Step(float(limit) if colon else float("inf"), float(price))
        except ValueError as err:
            raise InputError("steps", f"{part.strip()!r} is not like 300: 0.25") from err
        if steps and step.limit <= steps[-1].limit:
            raise InputError("steps", "the limits must rise, and only the last step has none")
        steps.append(step)
    if not steps or steps[-1].limit != float("inf"):
        raise InputError("steps", "the last step needs a price without a limit")
    return tuple(steps)


def _build(options: Mapping[str, Any], ports: Ports, direction: str) -> Tiered:
    return Tiered(ports=ports, steps=parse_steps(options["steps"]), statistic=options["statistic"])


async def _check(options: Mapping[str, Any], ports: Ports, direction: str) -> Mapping[str, Any]:
    """See that the statistic has a volume."""
    now = ports.clock.now()
    await _build(options, ports, direction).prices(now, now + HOUR)
    return {}


KIND = TariffKind(
    key="tiered",
    options=(
        Option(key="steps", type=OptionType.TEXT, required=True),
        Option(key="statistic", type=OptionType.STATISTIC, required=True),
    ),
    build=_build,
    directions=("import",),
    check=_check,
    field_of_error={"bad_data": "statistic"},
)
