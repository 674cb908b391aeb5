"""Putting a load into the program: where each of its runs, and each kilowatt-hour it is to have, may go."""

from dataclasses import dataclass, field, replace

import numpy as np

from ..model.program import BoolArray
from ..model.series import FloatArray
from ..model.snapshot import AssetSpec
from ._base import none_if_nan
from ._habit import still_due
from ._load import NEEDED, LoadParams, LoadState
from ._order import add_order
from ._room import keep_room, room
from ._runs import Profile, Runs, add_runs
from ._site import Site
from ._slots import Use, add_use
from ._spare import optional_runs, optional_use, rests
from ._windows import Window, daily_windows, one_off

A_TRIFLE_KWH = 1e-3


@dataclass(slots=True)
class Placing:
    """A load on its way into the program of a `site`: it draws `power` (kW), is settled already where `fixed` (kW),
    and may be placed in the slots `allowed`; both of shape (n,).
    """

    spec: AssetSpec
    site: Site
    params: LoadParams
    state: LoadState
    profile: Profile
    power: float
    fixed: FloatArray
    allowed: BoolArray
    runs: list[Runs] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)

    def place(self) -> int:
        """Place all that is wanted of it; of the `uses`, so many are each day's need."""
        params = self.params
        if not self.spec.controlled:
            return 0
        if params.mode == NEEDED:
            self._needed()
        elif params.contiguous and (params.profile_kw or none_if_nan(params.run_minutes)):
            optional_runs(self.spec, self.site, params, self.state, self.profile, self.allowed, self.runs)
        else:
            self.uses.append(optional_use(self.site, params, self.state, self.power, self.allowed))
        daily = len(self.uses)
        self._asked_for()
        self._one_at_a_time()
        self._tell_site()
        return daily

    def _needed(self) -> None:
        params, horizon = self.params, self.site.horizon
        path = f"assets.{self.spec.id}.params"
        daily = (
            daily_windows(horizon, params.earliest, params.deadline, path) if params.runs_per_day > 0 else ()
        )
        if params.contiguous:
            for i, window in enumerate(daily):
                begun = self.state.done_runs + bool(self.state.on) if i == 0 else 0
                self._run(replace(window, amount=max(params.runs_per_day - begun, 0)))
            return
        space, planned = room(params, self.state, horizon), 0.0
        energy = none_if_nan(params.energy_kwh)
        per_day = energy if energy is not None else self.profile.energy_kwh * params.runs_per_day
        for i, window in enumerate(daily):
            within = slice(window.first, window.last)
            ordered = float(self.fixed[within] @ horizon.hours[within])
            now = self.state if i == 0 else LoadState()
            left = still_due(params, now, window, per_day, ordered, self.power, horizon.zone)
            if space is not None:
                left = space.capped(left, window.last, planned, self.power)
                planned += left
            if left > A_TRIFLE_KWH:
                self._use(window, left)
        if space is not None:
            keep_room(self.site, self.uses, space)

    def _asked_for(self) -> None:
        """What a person asked for once: needed, of an optional load too."""
        for window in one_off(self.site.horizon, self.spec.needs, "runs"):
            self._run(window)
        for window in one_off(self.site.horizon, self.spec.needs, "kwh"):
            self._use(window, window.amount)

    @property
    def _price(self) -> float:
        return self.site.wishes.priced(self.params.priority)

    def _run(self, window: Window) -> None:
        count = round(window.amount)
        if count > 0:
            before = self.site.planned_before(self.spec.id)
            self.runs.append(
                add_runs(self.site, window, self.profile, self.allowed, count, self._price, before)
            )

    def _use(self, window: Window, need_kwh: float) -> None:
        use = add_use(
            self.site,
            window,
            self.power,
            self.allowed,
            need_kwh,
            self._price,
            switched=not self.params.variable_power,
            running=bool(self.state.on),
        )
        if use.switched:
            rests(self.site, self.params, self.state, use.columns, use.slots)
        self.uses.append(use)

    def _one_at_a_time(self) -> None:
        """What is wanted of one thing for several reasons adds up over time, not in power."""
        program, n = self.site.program, self.site.horizon.n
        claims = [(run.columns[run.print.which], run.print.slots, 1.0) for run in self.runs]
        claims += [
            (use.columns, use.slots, 1.0 if use.switched else 1.0 / use.kw) for use in self.uses if use.kw > 0
        ]
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
        program.put(rows, program.columns(len(rows), wish=self.site.wishes.need), -1.0)

    def _tell_site(self) -> None:
        """On which phase it draws, and that it comes after what it has to wait for."""
        params, site = self.params, self.site
        for run in self.runs:
            site.on_phase(params.phase, run.columns[run.print.which], run.print.slots, run.print.kw)
        for use in self.uses:
            site.on_phase(params.phase, use.columns, use.slots, use.kw if use.switched else 1.0)
        if params.after is not None:
            before = site.work.get(params.after, [])
            for run in self.runs:
                add_order(site, before, run)
            for use in self.uses:
                add_order(site, before, use)
