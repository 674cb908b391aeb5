"""What can stand in the way of a wish: an asset's own limits, each moved step by step until it is gone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

from ..model.clock_times import daily, parse_clock
from ..model.horizon import Horizon
from ..model.plan import Shortfall
from ..model.snapshot import AssetSpec, OverrideMode

LATEST = timedelta(hours=12)
"""A wish that is met half a day later is another wish."""
STRONGER = (1.25, 1.5, 2.0, 3.0, 5.0)
"""How much more power is thought of."""


@dataclass(frozen=True, slots=True)
class Step:
    """The asset with a limit moved. `by` is when the wish is due then, if that is what was moved; `kw` the limit,
    for a connection.
    """

    spec: AssetSpec
    values: Mapping[str, float | str] = field(default_factory=dict)
    by: datetime | None = None
    kw: float | None = None


@dataclass(frozen=True, slots=True)
class Relief:
    """A limit and what moves it; `steps` go further and further."""

    limit: str
    remedy: str
    steps: Sequence[Step]


def with_params(spec: AssetSpec, **params: Any) -> AssetSpec:
    """The asset with other parameters."""
    return replace(spec, params={**spec.params, **params})


def without_order(spec: AssetSpec) -> list[Relief]:
    """The asset without a person's order to stay off."""
    kept = tuple(order for order in spec.overrides if order.mode is not OverrideMode.OFF)
    if len(kept) == len(spec.overrides):
        return []
    return [Relief("order", "lift_order", [Step(replace(spec, overrides=kept))])]


def without_rests(spec: AssetSpec, least_on: float, least_off: float) -> list[Relief]:
    """The asset without its least times on and off."""
    if max(least_on, least_off) <= 0:
        return []
    free = with_params(spec, min_on_minutes=0.0, min_off_minutes=0.0)
    return [Relief("min_times", "shorter_rests", [Step(free)])]


def stronger(spec: AssetSpec, now_kw: float, steps_kw: Sequence[float], key: str = "power_kw") -> Relief:
    """The asset with more power, in kW."""
    return Relief(
        "power",
        "more_power",
        [Step(with_params(spec, **{key: kw}), {"kw": kw}) for kw in steps_kw if kw > now_kw],
    )


def later(horizon: Horizon, short: Shortfall) -> list[datetime]:
    """When it could be due instead: the ends of slots after it was."""
    return [edge for edge in horizon.slots.edges if short.by < edge <= short.by + LATEST]


def moved(spec: AssetSpec, short: Shortfall, to: datetime) -> AssetSpec:
    """The one-off needs due at the wish's time, due at `to`."""
    needs = tuple(replace(need, by=to) if need.by == short.by else need for need in spec.needs)
    return replace(spec, needs=needs)


def moved_clock(horizon: Horizon, text: str, short: Shortfall, to: datetime, path: str) -> str:
    """A time of day that is due when the wish is, moved as far as the wish; any other stays."""
    clock = parse_clock(text, path)
    before = short.by - timedelta(seconds=1)
    if short.by not in daily(clock, horizon.zone, before, short.by):
        return text
    local: time = to.astimezone(horizon.zone).time()
    return local.isoformat()
