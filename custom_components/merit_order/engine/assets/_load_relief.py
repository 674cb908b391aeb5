"""What can keep a load from running."""

from collections.abc import Sequence
from typing import Any

from ..model.codec import from_json, to_json
from ..model.horizon import Horizon
from ..model.plan import Shortfall
from ..model.snapshot import AssetSpec
from ._base import none_if_nan
from ._load import DEFAULT_KW, LoadParams, LoadState
from ._relief import (
    STRONGER,
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

MORE_STARTS = 6
"""So many more starts are tried."""


def load_reliefs(spec: AssetSpec, short: Shortfall, horizon: Horizon) -> Sequence[Relief]:
    """Its limits, those first that are easiest to move."""
    params = from_json(LoadParams, dict(spec.params))
    found = without_order(spec)
    if params.windows:
        found.append(Relief("windows", "wider_windows", [Step(with_params(spec, windows=[]))]))
    if params.after is not None:
        found.append(
            Relief("after", "not_after", [Step(with_params(spec, after=None), {"asset": params.after})])
        )
    if params.earliest is not None:
        found.append(Relief("earliest", "start_earlier", [Step(with_params(spec, earliest=None))]))
    if params.max_starts is not None:
        counts = range(params.max_starts + 1, params.max_starts + 1 + MORE_STARTS)
        steps = [Step(with_params(spec, max_starts=count), {"starts": float(count)}) for count in counts]
        found.append(Relief("max_starts", "more_starts", steps))
    found += without_rests(spec, params.min_on_minutes, params.min_off_minutes)
    found.append(Relief("time", "more_time", _later(spec, params, short, horizon)))
    if short.unit == "kWh":
        state = from_json(LoadState, dict(spec.state))
        now = none_if_nan(params.power_kw) or none_if_nan(state.typical_kw) or DEFAULT_KW
        found.append(stronger(spec, now, [round(now * more, 2) for more in STRONGER]))
    return found


def _later(spec: AssetSpec, params: LoadParams, short: Shortfall, horizon: Horizon) -> list[Step]:
    path, due = f"assets.{spec.id}.params.deadline", params.deadline or "00:00"
    steps = []
    for to in later(horizon, short):
        then: dict[str, Any] = {"deadline": moved_clock(horizon, due, short, to, path)}
        steps.append(Step(with_params(moved(spec, short, to), **then), {"by": to_json(to)}, to))
    return steps
