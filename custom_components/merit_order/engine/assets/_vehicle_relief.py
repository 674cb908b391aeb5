"""What can keep a car from being ready."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..model.codec import from_json, to_json
from ..model.horizon import Horizon
from ..model.plan import Shortfall
from ..model.snapshot import AssetSpec, Override, OverrideMode
from ._departures import Departure
from ._relief import (
    Relief,
    Step,
    later,
    moved,
    moved_clock,
    stronger,
    with_params,
    without_order,
    without_rests,
)
from ._vehicle import VehicleParams, VehicleState, powers

CHARGERS_KW = (2.3, 3.7, 4.6, 7.4, 11.0, 22.0)
"""What charging points in homes are sold with."""


def vehicle_reliefs(spec: AssetSpec, short: Shortfall, horizon: Horizon) -> Sequence[Relief]:
    """Its limits, those first that are easiest to move."""
    params = from_json(VehicleParams, dict(spec.params))
    found = without_order(spec)
    if short.need == "departure" and params.max_soc < 100:
        found.append(Relief("max_level", "raise_max_level", [Step(with_params(spec, max_soc=100.0))]))
    found += _plugged(spec, params, short, horizon)
    found += without_rests(spec, params.min_on_minutes, params.min_off_minutes)
    found.append(_later(spec, params, short, horizon))
    found.append(stronger(spec, powers(params)[1], CHARGERS_KW, "max_kw"))
    return found


def _plugged(spec: AssetSpec, params: VehicleParams, short: Shortfall, horizon: Horizon) -> list[Relief]:
    """At the charger from ever earlier on."""
    state = from_json(VehicleState, dict(spec.state))
    if state.connected is not False and all(departure.returns is None for departure in params.departures):
        return []
    stays = [to_json(replace(departure, returns=None)) for departure in params.departures]
    home = replace(with_params(spec, departures=stays), state={**spec.state, "connected": True})
    since = [edge for edge in horizon.slots.edges if edge < short.by]

    def from_then(at: datetime) -> AssetSpec:
        away = Override(mode=OverrideMode.OFF, start=horizon.slots.edges[0], end=at)
        return home if at == since[0] else replace(home, overrides=(*home.overrides, away))

    steps = [Step(from_then(at), {"by": to_json(at)}) for at in reversed(since)]
    return [Relief("away", "plug_in", steps)] if steps else []


def _later(spec: AssetSpec, params: VehicleParams, short: Shortfall, horizon: Horizon) -> Relief:
    path = f"assets.{spec.id}.params.departures"

    def leaving(departure: Departure, to: datetime) -> Any:
        return to_json(
            replace(
                departure,
                time=moved_clock(horizon, departure.time, short, to, path),
                weekdays=tuple(range(7)),
            )
            if moved_clock(horizon, departure.time, short, to, path) != departure.time
            else departure
        )

    return Relief(
        "time",
        "more_time",
        [
            Step(
                with_params(moved(spec, short, to), departures=[leaving(d, to) for d in params.departures]),
                {"by": to_json(to)},
                to,
            )
            for to in later(horizon, short)
        ],
    )
