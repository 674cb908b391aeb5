"""On and off: minimum times, a limit on starts, and the wish for few of them."""

import math

import numpy as np

from ..model.program import IntArray, Switch
from ..model.series import FloatArray
from ._site import Site

QUIET_KW = 1e-3
START_TASTE = 100.0
"""One start more than needed counts like a hundredth of a cent: ties are broken, money is not."""


def add_switching(
    site: Site,
    on: IntArray,
    slots: IntArray,
    *,
    was_on: bool,
    min_on_minutes: float = 0.0,
    min_off_minutes: float = 0.0,
    max_starts: int | None = None,
    lead: float = 0.5,
) -> None:
    """Constrain binary columns `on`, one for each of the rising `slots`; a gap between slots is off.

    Start s_t >= on_t − on_{t−1}; on through `min_on_minutes` after a start, off through `min_off_minutes` before one.
    """
    if not len(slots):
        return
    program = site.program
    shortest = float(np.median(site.horizon.hours[slots])) * 60
    block = max(math.ceil(max(min_on_minutes, min_off_minutes) / shortest - 1e-6), 1)
    program.switches.append(Switch(on, block, lead, _before(site, slots)))
    starts = program.columns(len(slots), upper=1.0, taste=START_TASTE)
    rows = program.rows(len(slots), lower=0.0)
    joined = np.flatnonzero(np.diff(slots) == 1) + 1
    program.put(rows, starts, 1.0)
    program.put(rows, on, -1.0)
    program.put(rows[joined], on[joined - 1], 1.0)
    if was_on and slots[0] == 0:
        # It runs already: going on is no start.
        program.put(rows[0], program.columns(1, lower=1.0, upper=1.0), 1.0)
    if max_starts is not None:
        more = program.columns(1, wish=site.wishes.need)
        program.row(np.append(starts, more), np.append(np.ones(len(starts)), -1.0), upper=float(max_starts))
    edges = site.horizon.slots.seconds / 60
    if min_on_minutes > 0:
        _minimum(site, starts, on, slots, edges, min_on_minutes, running=True)
    if min_off_minutes > 0:
        _minimum(site, starts, on, slots, edges, min_off_minutes, running=False)


def _before(site: Site, slots: IntArray) -> FloatArray | None:
    """On and off as in the previous plan."""
    if site.before_kw is None:
        return None
    said = site.before_kw[slots]
    return np.where(np.isnan(said), np.nan, (np.abs(said) > QUIET_KW).astype(float))


def _minimum(
    site: Site,
    starts: IntArray,
    on: IntArray,
    slots: IntArray,
    edges: FloatArray,
    minutes: float,
    *,
    running: bool,
) -> None:
    """Each start requires on for `minutes` after it (or off before it); what the horizon cuts off is not asked."""
    program = site.program
    place = np.full(site.horizon.n, -1)
    place[slots] = np.arange(len(slots))
    if running:
        first, last = slots + 1, np.searchsorted(edges, edges[slots] + minutes - 1e-6)
    else:
        first, last = np.searchsorted(edges, edges[slots] - minutes + 1e-6, side="right") - 1, slots
    first, last = np.maximum(first, 0), np.minimum(last, site.horizon.n)
    length = np.maximum(last - first, 0)
    which = np.repeat(np.arange(len(slots)), length)
    offset = np.arange(len(which)) - np.repeat(np.cumsum(length) - length, length)
    other = place[first[which] + offset]
    # A start so late that a slot it needs is not free is as good as one that is broken off.
    late = np.unique(which[other < 0]) if running else np.zeros(0, dtype=np.int64)
    rows = program.rows(len(late), upper=0.0)
    program.put(rows, starts[late], 1.0)
    program.put(rows, program.columns(len(late), wish=site.wishes.need), -1.0)
    known = other >= 0
    rows = program.rows(int(np.sum(known)), upper=0.0 if running else 1.0)
    program.put(rows, starts[which[known]], 1.0)
    program.put(rows, on[other[known]], -1.0 if running else 1.0)
    program.put(rows, program.columns(len(rows), wish=site.wishes.need), -1.0)
