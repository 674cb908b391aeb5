"""Optional loads: on spare power only, worth a little more than feeding it in; whole runs, or as much as there is."""

import numpy as np

from ..model.program import BoolArray, IntArray
from ..model.series import FloatArray
from ..model.snapshot import AssetSpec
from ._base import none_if_nan
from ._load import LoadParams, LoadState
from ._runs import Profile, Runs, add_optional_runs
from ._site import Site
from ._slots import Use, add_optional
from ._switching import add_switching
from ._windows import daily_windows


def rests(site: Site, params: LoadParams, state: LoadState, on: IntArray, slots: IntArray) -> None:
    """Keep a load's least times and most starts; `on` are its on/off columns, one for each of `slots`."""
    add_switching(
        site,
        on,
        slots,
        was_on=bool(state.on),
        min_on_minutes=params.min_on_minutes,
        min_off_minutes=params.min_off_minutes,
        max_starts=params.max_starts,
    )


def _worth(site: Site, params: LoadParams) -> FloatArray:
    """What a kWh is worth in each slot, (n,): what a person says, else a little more than feeding it in."""
    if (own := none_if_nan(params.worth)) is not None:
        return np.full(site.horizon.n, own)
    little = site.wishes.spare * (1 + (9 - params.priority) / 10)
    return np.asarray(np.maximum(site.horizon.export_price, 0.0) + little, dtype=float)


def optional_runs(
    spec: AssetSpec,
    site: Site,
    params: LoadParams,
    state: LoadState,
    profile: Profile,
    allowed: BoolArray,
    runs: list[Runs],
) -> None:
    """Whole runs each day, where all of a run is spare."""
    if not (params.from_grid or params.from_battery):
        allowed = allowed & (site.fixed < 0)
    path, worth = f"assets.{spec.id}.params", _worth(site, params)
    for i, window in enumerate(daily_windows(site.horizon, params.earliest, params.deadline, path, cut=True)):
        count = params.runs_per_day - ((state.done_runs + bool(state.on)) if i == 0 else 0)
        if count <= 0:
            continue
        run, on = add_optional_runs(site, window, profile, allowed, count, worth)
        slots = np.arange(site.horizon.n)
        site.optional(on, slots, from_grid=params.from_grid, from_battery=params.from_battery)
        runs.append(run)


def optional_use(site: Site, params: LoadParams, state: LoadState, power: float, allowed: BoolArray) -> Use:
    """As much as there is spare, up to a day's energy."""
    horizon = site.horizon
    spare = -site.fixed
    enough = spare >= (0.05 if params.variable_power else power)
    slots = np.flatnonzero(allowed & (enough | params.from_grid | params.from_battery))
    worth = _worth(site, params)[slots]
    limit = none_if_nan(params.energy_kwh)
    days = max(float(np.sum(horizon.hours)) / 24, 1.0)
    total = None if limit is None else max(limit * days - state.done_kwh, 0.0)
    use = add_optional(site, slots, power, total, worth, switched=not params.variable_power)
    switch = use.columns
    if params.variable_power:
        switch = site.program.columns(len(slots), upper=1.0, integer=True)
        rows = site.program.rows(len(slots), upper=0.0)
        site.program.put(rows, use.columns, 1.0)
        site.program.put(rows, switch, -power)
    rests(site, params, state, switch, slots)
    site.optional(switch, slots, from_grid=params.from_grid, from_battery=params.from_battery)
    return use
