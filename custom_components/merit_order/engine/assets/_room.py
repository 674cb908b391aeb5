"""How much fits into a store of heat of which nothing is known but its habit: what was used since it was full.

A boiler that took nothing an hour ago takes nothing now, however cheap it is; what its day needs is drawn first. Where
it was never seen full, or its habit is not known, the room is not known either, and nothing is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..model.horizon import Horizon
from ..model.series import FloatArray
from ._habit import A_LITTLE_H, HOURS, habitual_kwh, used_between
from ._load import LoadParams, LoadState
from ._site import Site
from ._slots import Use

HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Room:
    """kWh that fit in by the beginning of each slot if nothing is put in from now on, shape (n + 1,)."""

    kwh: FloatArray

    def capped(self, need_kwh: float, last: int, before_kwh: float, power_kw: float) -> float:
        """Of a need due at the beginning of slot `last`, what there will be room for after `before_kwh`; a little
        always, to see whether it draws.
        """
        fits = float(self.kwh[min(last, len(self.kwh) - 1)]) - before_kwh
        return min(need_kwh, max(fits, power_kw * A_LITTLE_H))


def room(params: LoadParams, state: LoadState, horizon: Horizon) -> Room | None:
    """The room by habit since it was full, or None where that is not known."""
    if state.full_at is None or params.contiguous or len(params.alone_kw) != HOURS:
        return None
    seconds = np.asarray(horizon.slots.seconds, dtype=float)
    used = used_between(params.alone_kw, state.full_at.timestamp(), float(seconds[0]), horizon.zone)
    later = np.cumsum(habitual_kwh(params.alone_kw, seconds, horizon.zone))
    return Room(max(used - state.after_full_kwh, 0.0) + np.concatenate([[0.0], later]))


def keep_room(site: Site, uses: Sequence[Use], space: Room) -> None:
    """What is put in by the end of each hour fits, give or take a slot for each of the `uses`, which come whole."""
    if not uses:
        return
    program, slots = site.program, site.horizon.slots
    hour = np.asarray(slots.seconds[:-1]) // HOUR_S
    ends = np.append(np.flatnonzero(np.diff(hour)), len(hour) - 1)
    group = np.searchsorted(ends, np.arange(len(hour)))
    begun = np.zeros(len(ends))
    slack = 0.0
    for use in uses:
        slack += use.kw * float(np.max(site.horizon.hours[use.slots])) if len(use.slots) else 0.0
        begun[group[use.window.first] :] = slack
    put_in = program.columns(len(ends), upper=space.kwh[ends + 1] + begun)
    rows = program.rows(len(ends), lower=0.0, upper=0.0)
    program.put(rows, put_in, 1.0)
    program.put(rows[1:], put_in[:-1], -1.0)
    # Never worth it; but rounding may take such a step, and no step may make the program infeasible.
    program.put(rows, program.columns(len(ends), wish=site.wishes.need), 1.0)
    for use in uses:
        energy = site.horizon.hours[use.slots] * (use.kw if use.switched else 1.0)
        program.put(rows[group[use.slots]], use.columns, -energy)
