"""Runs that may not be interrupted: one binary per possible start, its power laid over the slots it covers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..model.program import BoolArray, Choice, IntArray, Switch
from ..model.series import FloatArray
from ._base import Opposite, Values
from ._site import Site
from ._windows import Window


@dataclass(frozen=True, slots=True)
class Profile:
    """Power over the time of one run: `minutes` (k + 1 rising edges from 0) and `kw` (k values)."""

    minutes: FloatArray
    kw: FloatArray

    @classmethod
    def flat(cls, kw: float, minutes: float) -> Profile:
        """The same power all the time."""
        return cls(np.array([0.0, max(minutes, 1e-6)]), np.array([kw]))

    @property
    def energy_kwh(self) -> float:
        """Energy of one run."""
        return float(np.sum(np.diff(self.minutes) * self.kw) / 60)

    @property
    def length(self) -> float:
        """Minutes of one run."""
        return float(self.minutes[-1])

    def after(self, minutes: float) -> Profile:
        """What is left of a run that began `minutes` ago."""
        gone = np.clip(self.minutes - minutes, 0.0, None)
        keep = np.diff(gone) > 1e-9
        return Profile(np.concatenate(([0.0], gone[1:][keep])), self.kw[keep])

    def used_kwh(self, minutes: FloatArray) -> FloatArray:
        """Energy used after that many minutes."""
        total = np.concatenate(([0.0], np.cumsum(np.diff(self.minutes) * self.kw) / 60))
        return np.asarray(np.interp(minutes, self.minutes, total), dtype=float)


@dataclass(frozen=True, slots=True)
class Footprint:
    """Power each possible start puts on the slots: entries (start number, slot, kW)."""

    starts: IntArray
    which: IntArray
    slots: IntArray
    kw: FloatArray


@dataclass(frozen=True, slots=True)
class Runs:
    """The start columns of one window. `short` is the column of runs that do not happen."""

    window: Window
    print: Footprint
    columns: IntArray
    short: int
    count: int

    def power(self, values: Values, n: int) -> FloatArray:
        """kW per slot, shape (n,)."""
        on = np.round(values.x[self.columns])
        return np.bincount(self.print.slots, self.print.kw * on[self.print.which], n).astype(float)

    def unplanned(self, values: Values, n: int) -> FloatArray:
        """kW per slot had the runs that happen begun one after the other as soon as they may."""
        power = np.zeros(n)
        wanted, free = round(float(np.sum(values.x[self.columns]))), 0
        for start in np.argsort(self.print.starts, kind="stable"):
            if wanted > 0 and self.print.starts[start] >= free:
                mine = self.print.which == start
                power[self.print.slots[mine]] += self.print.kw[mine]
                free, wanted = int(np.max(self.print.slots[mine])) + 1, wanted - 1
        return power

    def opposite(self, values: Values) -> Sequence[Opposite]:
        """It waits: what if it began now. It begins now: what if at the best of the later starts."""
        chosen = np.flatnonzero(values.x[self.columns] > 0.5)
        starts = self.print.starts
        if not len(chosen) or not len(starts) or starts[0] != 0:
            return ()
        none = np.zeros(0, dtype=np.int64)
        now = np.zeros(len(self.columns))
        if chosen[0] != 0:
            now[chosen[1:]] = 1.0
            now[0] = 1.0
            return (Opposite("waits", 0, int(starts[chosen[0]]), self.columns, now, now, none),)
        later = np.setdiff1d(np.arange(min(4, len(starts)), len(starts)), chosen)
        if not len(later):
            return ()
        best = later[int(np.argmin(values.reduced[self.columns[later]]))]
        now[chosen[1:]] = 1.0
        now[best] = 1.0
        last = int(np.max(self.print.slots[self.print.which == 0])) + 1
        return (Opposite("runs_now", 0, last, self.columns, now, now, none),)

    def missing(self, values: Values) -> float:
        """Runs that find no place."""
        return float(np.round(values.x[self.short]))


def footprint(site: Site, window: Window, profile: Profile, allowed: BoolArray) -> Footprint:
    """Every start in the window from which the run ends in time and touches only allowed slots."""
    slots = site.horizon.slots
    edges = slots.seconds / 60
    starts = np.arange(window.first, max(window.last, window.first))
    starts = starts[edges[starts] + profile.length <= edges[window.last] + 1e-6]
    if not len(starts):
        none = np.zeros(0, dtype=np.int64)
        return Footprint(none, none, none, np.zeros(0))
    ends = np.searchsorted(edges, edges[starts] + profile.length - 1e-6)
    reach = int(np.max(ends - starts))
    slot = starts[:, None] + np.arange(reach)[None, :]
    inside = slot < ends[:, None]
    slot = np.minimum(slot, len(slots) - 1)
    used = profile.used_kwh(edges[slot + 1] - edges[starts][:, None]) - profile.used_kwh(
        edges[slot] - edges[starts][:, None]
    )
    good = np.all(allowed[slot] | ~inside, axis=1)
    kw = used / site.horizon.hours[slot]
    entry = inside & good[:, None]
    renumber = np.cumsum(good) - 1
    which = np.broadcast_to(renumber[:, None], slot.shape)[entry]
    return Footprint(starts[good], which, slot[entry], kw[entry])


def add_runs(
    site: Site,
    window: Window,
    profile: Profile,
    allowed: BoolArray,
    count: int,
    price: float,
    before: FloatArray,
) -> Runs:
    """Add `count` runs to be placed in `window`, or named as missing at `price` (currency/kWh of a run).

    `before` is the power of the previous plan, (n,): a start that stood in it has `stay_gain` ahead of the others.
    """
    program, n = site.program, site.horizon.n
    marks = footprint(site, window, profile, allowed)
    places = len(marks.starts)
    later = np.arange(places) / max(places, 1)
    was_on = np.nan_to_num(before) > 1e-3
    begins = was_on & ~np.concatenate(([False], was_on[:-1]))
    stay = np.where(begins[marks.starts], -site.stay_gain, 0.0)
    columns = program.columns(places, upper=1.0, taste=later, stay=stay, integer=True)
    short = int(program.columns(1, upper=count, wish=price * max(profile.energy_kwh, 0.01))[0])
    program.row(np.append(columns, short), lower=count, upper=count)
    most = np.zeros(n)
    np.maximum.at(most, marks.slots, marks.kw)
    site.use(columns[marks.which], marks.slots, marks.kw, most)
    if count > 1 and places:
        rows = program.rows(n, upper=1.0)
        program.put(rows[marks.slots], columns[marks.which], 1.0)
    if places:
        ends = np.zeros(places, dtype=np.int64)
        np.maximum.at(ends, marks.which, marks.slots + 1)
        program.choices.append(Choice(columns, count, np.searchsorted(marks.starts, ends)))
    return Runs(window, marks, columns, short, count)


def add_optional_runs(
    site: Site, window: Window, profile: Profile, allowed: BoolArray, count: int, worth: FloatArray
) -> tuple[Runs, IntArray]:
    """At most `count` runs in `window`, none of them needed; `worth` (n,) is what a kWh is worth in currency.

    Also the columns (n,) that are one while a run is on.
    """
    program, n = site.program, site.horizon.n
    marks = footprint(site, window, profile, allowed)
    places = len(marks.starts)
    energy = marks.kw * site.horizon.hours[marks.slots]
    earns = np.bincount(marks.which, energy * worth[marks.slots], places)
    later = np.arange(places) / max(places, 1)
    columns = program.columns(places, upper=1.0, taste=later, wish=-earns, integer=True)
    program.switches.append(Switch(columns, lead=None))
    program.row(columns, 1.0, upper=float(count))
    most = np.zeros(n)
    np.maximum.at(most, marks.slots, marks.kw)
    site.use(columns[marks.which], marks.slots, marks.kw, most)
    on = program.columns(n, upper=1.0)
    rows = program.rows(n, lower=0.0, upper=0.0)
    program.put(rows, on, -1.0)
    program.put(rows[marks.slots], columns[marks.which], 1.0)
    # None of them is ever missed.
    short = int(program.columns(1, upper=0.0)[0])
    return Runs(window, marks, columns, short, 0), on
