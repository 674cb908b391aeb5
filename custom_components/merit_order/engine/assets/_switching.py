"""On and off: minimum times, a limit on starts, and the wish for few of them."""

import numpy as np

from ..model.program import IntArray
from ._base import Site

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
) -> None:
    """Constrain binary columns `on`, one for each of the rising `slots`; a gap between slots is off.

    Start s_t >= on_t − on_{t−1}; on through `min_on_minutes` after a start, off through `min_off_minutes` before one.
    """
    if not len(slots):
        return
    program = site.program
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
        program.row(starts, 1.0, upper=float(max_starts))
    edges = site.horizon.slots.seconds / 60
    if min_on_minutes > 0:
        _minimum(site, starts, on, slots, edges, min_on_minutes, running=True)
    if min_off_minutes > 0:
        _minimum(site, starts, on, slots, edges, min_off_minutes, running=False)


def _minimum(
    site: Site,
    starts: IntArray,
    on: IntArray,
    slots: IntArray,
    edges: np.ndarray,
    minutes: float,
    *,
    running: bool,
) -> None:
    """Each start forbids (on: requires) for `minutes` before (after) it; what the horizon cuts off is not asked."""
    place = {int(slot): i for i, slot in enumerate(slots)}
    for i, slot in enumerate(slots.tolist()):
        if running:
            end = int(np.searchsorted(edges, edges[slot] + minutes - 1e-6))
            span = range(slot + 1, min(end, site.horizon.n))
        else:
            first = int(np.searchsorted(edges, edges[slot] - minutes + 1e-6, side="right")) - 1
            span = range(max(first, 0), slot)
        for other in span:
            j = place.get(other)
            if running and j is None:
                site.program.row(starts[i : i + 1], 1.0, upper=0.0)
                break
            if j is None:
                continue
            sign = -1.0 if running else 1.0
            site.program.row(
                np.array([starts[i], on[j]]), np.array([1.0, sign]), upper=0.0 if running else 1.0
            )
