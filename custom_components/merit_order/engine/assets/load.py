"""A load that can wait: needed by a time of day, or optional on spare power.

Needed: runs (contiguous) or energy (interruptible) within each day's window, short at a high price, so that needs come
first, by priority. Optional: only while nothing is bought and no battery gives, worth a little more than feeding in.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from ..model.codec import from_json
from ..model.horizon import Horizon
from ..model.plan import Health, InputStatus, Shortfall
from ..model.program import BoolArray
from ..model.roles import Role
from ..model.series import FloatArray
from ..model.snapshot import AssetSpec, OverrideMode
from ._asking import now_or_later
from ._base import AssetKind, Opposite, Outcome, Unplanned, Values, none_if_nan, order_kw, read
from ._habit import HOURS, by_habit
from ._load import DEFAULT_KW, MOST_KW, NEEDED, OPTIONAL, OPTIONS, LoadParams, LoadState, from_options
from ._load_placing import Placing
from ._load_relief import load_reliefs
from ._runs import Profile, Runs
from ._site import Site
from ._slots import Use
from ._windows import allowed_slots

__all__ = ["LOAD", "NEEDED", "OPTIONAL", "LoadParams", "LoadState"]


@dataclass(frozen=True, slots=True)
class LoadPart:
    """A load in a program: what is decided already (`fixed`, kW), and what is to be placed.

    The first `daily` of the `uses` are each day's need, the others were asked for once.
    """

    spec: AssetSpec
    params: LoadParams
    state: LoadState
    horizon: Horizon
    fixed: FloatArray
    runs: tuple[Runs, ...]
    uses: tuple[Use, ...]
    daily: int

    @property
    def hours(self) -> FloatArray:
        """Length of each slot, shape (n,)."""
        return self.horizon.hours

    def outcome(self, values: Values) -> Outcome:
        """Power, the truth whether it is on, and needs that found no place."""
        power = self.fixed.copy()
        for run in self.runs:
            power += run.power(values, len(power))
        for use in self.uses:
            power += use.power(values, len(power))
        short = tuple(
            s
            for s in (
                *(self._runs_short(runs, values) for runs in self.runs),
                *(self._use_short(use, values) for use in self.uses),
            )
            if s
        )
        return Outcome(power_kw=power, active=power > 1e-3, shortfalls=short)

    def opposites(self, values: Values) -> tuple[Opposite, ...]:
        """Why not now, why now."""
        found: list[Opposite] = []
        for run in self.runs[:1]:
            found.extend(run.opposite(values))
        for use in self.uses[:1]:
            power = use.power(values, len(self.hours))
            free = use.columns if use.switched else use.columns[:0]
            found.extend(now_or_later(power, use.slots, use.columns, 1.0 if use.switched else use.kw, free))
        return tuple(found)

    def unplanned(self, values: Values, net_kw: FloatArray) -> Unplanned:
        """Needed loads by their habit where it is known, else as soon as they may; what is optional as planned (by
        itself it would not run at all).
        """
        power = self.fixed.copy()
        for run in self.runs:
            optional = run.count == 0
            power += run.power(values, len(power)) if optional else run.unplanned(values, len(power))
        for i, use in enumerate(self.uses):
            if self.params.mode != NEEDED:
                power += use.power(values, len(power))
            elif i < self.daily and len(self.params.alone_kw) == HOURS:
                planned = float(use.power(values, len(power)) @ self.hours)
                done = self.state.done_kwh if use.window.running else 0.0
                power += by_habit(planned, done, use.kw, use.window, self.horizon, self.params.alone_kw)
            else:
                power += use.unplanned(values, self.hours)
        return Unplanned(power)

    def _runs_short(self, runs: Runs, values: Values) -> Shortfall | None:
        missing = runs.missing(values)
        if missing < 0.5:
            return None
        return Shortfall(asset=self.spec.id, need="runs", by=runs.window.by, amount=missing, unit="runs")

    def _use_short(self, use: Use, values: Values) -> Shortfall | None:
        missing = use.missing(values, self.hours)
        if missing < 0.01:
            return None
        return Shortfall(asset=self.spec.id, need="energy", by=use.window.by, amount=missing, unit="kWh")


def build(spec: AssetSpec, site: Site) -> LoadPart:
    """Add the load."""
    params = read(LoadParams, spec.params, f"assets.{spec.id}.params", OPTIONS)
    state = from_json(LoadState, dict(spec.state), f"assets.{spec.id}.state")
    power = _power(spec, site, params, state)
    profile = _profile(params, power)
    fixed, allowed = _decided(spec, site, params, state, profile, power)
    site.fixed = site.fixed + fixed
    placing = Placing(spec, site, params, state, profile, power, fixed, allowed)
    daily = placing.place()
    site.work[spec.id] = [*placing.runs, *placing.uses]
    if np.any(fixed > 0):
        site.busy[spec.id] = int(np.flatnonzero(fixed > 0)[-1]) + 1
    return LoadPart(spec, params, state, site.horizon, fixed, tuple(placing.runs), tuple(placing.uses), daily)


def _power(spec: AssetSpec, site: Site, params: LoadParams, state: LoadState) -> float:
    for value in (params.power_kw, state.typical_kw):
        known = none_if_nan(value)
        if known is not None and 0 < known <= MOST_KW:
            return known
    if not params.profile_kw:
        site.note(
            InputStatus(
                key=f"load:{spec.id}", health=Health.PROVISIONAL, rule="default", reason="power_unknown"
            )
        )
    return DEFAULT_KW


def _profile(params: LoadParams, power: float) -> Profile:
    if params.profile_kw:
        edges = np.arange(len(params.profile_kw) + 1, dtype=float) * max(params.profile_minutes, 1.0)
        kw = np.clip(np.nan_to_num(np.array(params.profile_kw, dtype=float), posinf=0.0), 0.0, MOST_KW)
        return Profile(edges, kw.astype(float))
    minutes = none_if_nan(params.run_minutes)
    if minutes is None:
        energy = none_if_nan(params.energy_kwh)
        minutes = 60.0 if energy is None else energy / power * 60
    return Profile.flat(power, max(minutes, 1.0))


def _decided(
    spec: AssetSpec, site: Site, params: LoadParams, state: LoadState, profile: Profile, power: float
) -> tuple[FloatArray, BoolArray]:
    """Use that is settled already (a run that has begun, a person's order), and the slots that are still free."""
    horizon = site.horizon
    slots = horizon.slots
    allowed = allowed_slots(horizon, params.windows, f"assets.{spec.id}.params.windows")
    fixed = np.zeros(horizon.n)
    if params.contiguous and state.on and (params.mode == NEEDED or params.run_minutes or params.profile_kw):
        rest = profile.after(_running_minutes(site, state))
        edges = slots.seconds / 60 - slots.seconds[0] / 60
        fixed = np.diff(rest.used_kwh(edges)) / horizon.hours if len(rest.kw) else fixed
        allowed &= fixed <= 1e-9
    if params.after is not None:
        allowed[: site.busy.get(params.after, 0)] = False
    for order in spec.overrides:
        where = site.slots_of(order)
        allowed[where] = False
        fixed[where] = order_kw(order, power) if order.mode is OverrideMode.ON else 0.0
    return fixed, allowed


def _running_minutes(site: Site, state: LoadState) -> float:
    if state.on_since is None:
        return 0.0
    return max((site.horizon.at - state.on_since) / timedelta(minutes=1), 0.0)


LOAD = AssetKind(
    key="load",
    options=OPTIONS,
    params=LoadParams,
    state=LoadState,
    role=Role.SWITCH,
    controllable=True,
    build=build,
    from_options=from_options,
    reliefs=load_reliefs,
)
