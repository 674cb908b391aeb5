"""Temperatures wished for by time of day, as values per slot."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from ..model.clock_times import parse_clock
from ..model.codec import to_json
from ..model.horizon import Horizon
from ..model.plan import Remedy, Shortfall
from ..model.program import IntArray
from ..model.series import FloatArray
from ..model.snapshot import AssetSpec, Need
from ._base import Values

FELT = 0.1
"""°C that make a difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """`start` to `end` ("HH:MM", may cross midnight) on `weekdays` (0 = Monday): at least `low`, at most `high`."""

    start: str = "00:00"
    end: str = "24:00"
    low: float | None = None
    high: float | None = None
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)


def by_time(
    horizon: Horizon, periods: Iterable[Period], low: float | None, high: float | None, path: str
) -> tuple[FloatArray, FloatArray]:
    """(low, high) per slot, NaN where nothing is wished. A slot belongs to the period in which it ends."""
    lows = np.full(horizon.n, np.nan if low is None else low)
    highs = np.full(horizon.n, np.nan if high is None else high)
    spans = [
        (_minutes(p.start, f"{path}[{i}].start"), _minutes(p.end, f"{path}[{i}].end"), p)
        for i, p in enumerate(periods)
    ]
    for t, end in enumerate(horizon.slots.edges[1:] if spans else ()):
        local = end.astimezone(horizon.zone)
        minute, weekday = local.hour * 60 + local.minute, local.weekday()
        if minute == 0:
            minute, weekday = 1440, (weekday - 1) % 7
        for first, last, period in spans:
            inside = first < minute <= last if first < last else minute > first or minute <= last
            if inside and weekday in period.weekdays:
                lows[t] = lows[t] if period.low is None else period.low
                highs[t] = highs[t] if period.high is None else period.high
    return lows, highs


def by_needs(horizon: Horizon, needs: Iterable[Need], lows: FloatArray) -> FloatArray:
    """`lows` raised to the one-off needs in degrees: at the end of the slot they are due in."""
    raised = lows.copy()
    for need in needs:
        slot = horizon.slots.count_before(need.by) - 1
        if need.unit == "celsius" and slot >= 0 and need.by <= horizon.slots.edges[-1]:
            raised[slot] = need.amount if np.isnan(raised[slot]) else max(raised[slot], need.amount)
    return raised


def too_cold(
    spec: AssetSpec,
    horizon: Horizon,
    values: Values,
    where: IntArray,
    short: IntArray,
    temperature: IntArray,
    low: FloatArray,
) -> tuple[Shortfall, ...]:
    """One shortfall for the coldest moment, if it is felt; with when it is as warm as it was to be by then.

    `temperature` are columns and `low` what was wished, both of shape (n,).
    """
    if not len(short):
        return ()
    missing = values.x[short]
    worst = int(np.argmax(missing))
    if missing[worst] < FELT:
        return ()
    slot = int(where[worst])
    by: datetime = horizon.slots.edges[slot + 1]
    warm = np.flatnonzero(values.x[temperature[slot:]] >= low[slot] - FELT)
    remedies: tuple[Remedy, ...] = ()
    if len(warm):
        remedies = (
            Remedy(code="more_time", values={"by": to_json(horizon.slots.edges[slot + int(warm[0]) + 1])}),
        )
    return (
        Shortfall(
            asset=spec.id,
            need="temperature",
            by=by,
            amount=float(missing[worst]),
            unit="celsius",
            remedies=remedies,
        ),
    )


def _minutes(text: str, path: str) -> int:
    if text in ("24:00", "24:00:00"):
        return 1440
    clock = parse_clock(text, path)
    return clock.hour * 60 + clock.minute
