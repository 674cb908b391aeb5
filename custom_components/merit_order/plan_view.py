"""Questions entities ask of a plan."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from .engine.model.plan import AssetPlan, Plan
from .engine.model.series import Forecast
from .sources import Sources


class Stretch(NamedTuple):
    """A stretch of slots in which an asset is active."""

    start: datetime
    end: datetime
    first: int
    last: int
    """Slots, last exclusive."""


def stretches(plan: Plan | None, asset: AssetPlan | None) -> Iterator[Stretch]:
    """The stretches in which an asset is active, in order."""
    if plan is None or asset is None:
        return
    first: int | None = None
    for slot, active in enumerate((*asset.active, False)):
        if active and first is None:
            first = slot
        elif not active and first is not None:
            yield Stretch(plan.edges[first], plan.edges[slot], first, slot)
            first = None


def active_now(plan: Plan | None, asset: AssetPlan | None, now: datetime) -> bool | None:
    """Whether the asset is to run now; None without a plan."""
    slot = plan.slot_at(now) if plan is not None else None
    return asset.active[slot] if slot is not None and asset is not None else None


def next_start(plan: Plan | None, asset: AssetPlan | None, now: datetime) -> datetime | None:
    """When the asset starts next, not counting a stretch that has begun."""
    return next((stretch.start for stretch in stretches(plan, asset) if stretch.start > now), None)


def next_end(plan: Plan | None, asset: AssetPlan | None, now: datetime) -> datetime | None:
    """When the running stretch ends, or else the next one."""
    return next((stretch.end for stretch in stretches(plan, asset) if stretch.end > now), None)


def planned_energy_kwh(plan: Plan | None, asset: AssetPlan | None) -> float | None:
    """What the asset is to take up over the horizon; what a battery or car gives is not counted against it."""
    if plan is None or asset is None:
        return None
    hours = ((b - a) / timedelta(hours=1) for a, b in pairwise(plan.edges))
    return sum(max(power, 0.0) * hour for power, hour in zip(asset.power_kw, hours, strict=True))


def solar_forecasts(sources: Sources) -> list[Forecast]:
    """The forecasts of all solar assets."""
    return [
        source.value
        for source in sources.items
        if source.key.partition(":")[0] == "solar" and isinstance(source.value, Forecast)
    ]


def solar_forecast_kwh(sources: Sources, local_now: datetime, day: int) -> float | None:
    """Expected solar energy of a whole local day (0 today, 1 tomorrow); None when the forecasts do not cover its light.

    Nights may be absent from a forecast, so what counts is that it reaches past the day's noon.
    """
    midnight = local_now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=day)
    # Wall clock up to here, instants from here on: a day has 23, 24 or 25 hours.
    start, end = midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC)
    noon = start + (end - start) / 2
    found = solar_forecasts(sources)
    if not found or any(forecast.mid.end is None or forecast.mid.end < noon for forecast in found):
        return None
    return sum(
        span.value * max((min(span.end, end) - max(span.start, start)) / timedelta(hours=1), 0.0)
        for forecast in found
        for span in forecast.mid.spans
    )
