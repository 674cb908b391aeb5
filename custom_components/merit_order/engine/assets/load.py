"""A load that can wait: needed by a time of day, or optional on spare power.

Needed: runs (contiguous) or energy (interruptible) within each day's window, short at a high price, so that needs come
first, by priority. Optional: only while nothing is bought and no battery gives, worth a little more than feeding in.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from ._habit import HOURS, by_habit, still_due
from ._load import DEFAULT_KW, MOST_KW, NEEDED, OPTIONAL, OPTIONS, LoadParams, LoadState, from_options
from ._load_relief import load_reliefs
from ._order import add_order
from ._room import keep_room, room
from ._runs import Profile, Runs, add_runs
from ._site import Site
from ._slots import Use, add_use
from ._spare import optional_runs, optional_use, rests
from ._windows import Window, allowed_slots, daily_windows, one_off

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
    runs: list[Runs] = []
    uses: list[Use] = []
    if spec.controlled and params.mode == NEEDED:
        _needed(spec, site, params, state, profile, power, fixed, allowed, runs, uses)
    elif spec.controlled and params.contiguous and (params.profile_kw or none_if_nan(params.run_minutes)):
        optional_runs(spec, site, params, state, profile, allowed, runs)
    elif spec.controlled:
        uses.append(optional_use(site, params, state, power, allowed))
    daily = len(uses)
    if spec.controlled:
        _asked_for(spec, site, params, state, profile, power, allowed, runs, uses)
    _one_at_a_time(site, runs, uses)
    for run in runs:
        site.on_phase(params.phase, run.columns[run.print.which], run.print.slots, run.print.kw)
    for use in uses:
        site.on_phase(params.phase, use.columns, use.slots, use.kw if use.switched else 1.0)
    if params.after is not None:
        for run in runs:
            add_order(site, site.work.get(params.after, []), run)
        for use in uses:
            add_order(site, site.work.get(params.after, []), use)
    site.work[spec.id] = [*runs, *uses]
    if np.any(fixed > 0):
        site.busy[spec.id] = int(np.flatnonzero(fixed > 0)[-1]) + 1
    return LoadPart(spec, params, state, site.horizon, fixed, tuple(runs), tuple(uses), daily)


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


def _needed(
    spec: AssetSpec,
    site: Site,
    params: LoadParams,
    state: LoadState,
    profile: Profile,
    power: float,
    fixed: FloatArray,
    allowed: BoolArray,
    runs: list[Runs],
    uses: list[Use],
) -> None:
    price = site.wishes.priced(params.priority)
    path = f"assets.{spec.id}.params"
    daily = (
        daily_windows(site.horizon, params.earliest, params.deadline, path) if params.runs_per_day > 0 else ()
    )
    by_runs, space, planned = params.contiguous, room(params, state, site.horizon), 0.0
    energy = none_if_nan(params.energy_kwh)
    per_day = energy if energy is not None else profile.energy_kwh * params.runs_per_day
    for i, window in enumerate(daily):
        if by_runs:
            count = params.runs_per_day
            if i == 0:
                begun = state.done_runs + bool(state.on)
                count = max(count - begun, 0)
            _place(spec, site, replace(window, amount=count), profile, allowed, price, runs)
        else:
            ordered = float(
                fixed[window.first : window.last] @ site.horizon.hours[window.first : window.last]
            )
            now = state if i == 0 else LoadState()
            left = still_due(params, now, window, per_day, ordered, power, site.horizon.zone)
            if space is not None:
                left = space.capped(left, window.last, planned, power)
                planned += left
            if left > 1e-3:
                uses.append(_use(site, params, state, window, power, allowed, left, price))
    if space is not None:
        keep_room(site, uses, space)


def _asked_for(
    spec: AssetSpec,
    site: Site,
    params: LoadParams,
    state: LoadState,
    profile: Profile,
    power: float,
    allowed: BoolArray,
    runs: list[Runs],
    uses: list[Use],
) -> None:
    """What a person asked for once: needed, of an optional load too."""
    price = site.wishes.priced(params.priority)
    for window in one_off(site.horizon, spec.needs, "runs"):
        _place(spec, site, window, profile, allowed, price, runs)
    uses.extend(
        _use(site, params, state, window, power, allowed, window.amount, price)
        for window in one_off(site.horizon, spec.needs, "kwh")
    )


def _one_at_a_time(site: Site, runs: Sequence[Runs], uses: Sequence[Use]) -> None:
    """What is wanted of one thing for several reasons adds up over time, not in power."""
    program, n = site.program, site.horizon.n
    claims = [(run.columns[run.print.which], run.print.slots, 1.0) for run in runs]
    claims += [(use.columns, use.slots, 1.0 if use.switched else 1.0 / use.kw) for use in uses if use.kw > 0]
    count = np.zeros(n, dtype=int)
    for _, slots, _ in claims:
        count[np.unique(slots)] += 1
    several = count > 1
    if not np.any(several):
        return
    row = np.full(n, -1)
    row[several] = rows = program.rows(int(np.sum(several)), upper=1.0)
    for columns, slots, share in claims:
        shared = several[slots]
        program.put(row[slots[shared]], columns[shared], share)
    # Never worth it; but rounding may take such a step, and no step may make the program infeasible.
    program.put(rows, program.columns(len(rows), wish=site.wishes.need), -1.0)


def _use(
    site: Site,
    params: LoadParams,
    state: LoadState,
    window: Window,
    power: float,
    allowed: BoolArray,
    need_kwh: float,
    price: float,
) -> Use:
    use = add_use(
        site,
        window,
        power,
        allowed,
        need_kwh,
        price,
        switched=not params.variable_power,
        running=bool(state.on),
    )
    if use.switched:
        rests(site, params, state, use.columns, use.slots)
    return use


def _place(
    spec: AssetSpec,
    site: Site,
    window: Window,
    profile: Profile,
    allowed: BoolArray,
    price: float,
    runs: list[Runs],
) -> None:
    count = round(window.amount)
    if count > 0:
        before = site.planned_before(spec.id)
        runs.append(add_runs(site, window, profile, allowed, count, price, before))


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
