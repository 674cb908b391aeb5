"""The questions a person asks of a switched or charged asset: why not now, why now."""

from collections.abc import Sequence

import numpy as np

from ..model.program import IntArray
from ..model.series import FloatArray
from ._base import Opposite

NEVER = 1e-3
"""kW below which nothing is done."""


def now_or_later(
    power: FloatArray,
    slots: IntArray,
    columns: IntArray,
    on_value: float | FloatArray,
    free: IntArray,
    codes: tuple[str, str] = ("runs_now", "waits"),
) -> Sequence[Opposite]:
    """For per-slot `columns` (one for each of `slots`): on now, what if not during this block; off now, what if on now.

    `power` has shape (n,); `on_value` is what a column is when on; `free` are switches that may follow.
    """
    if not len(slots) or slots[0] != 0:
        return ()
    on = power > NEVER
    if on[0]:
        last = _end(on)
        inside = np.flatnonzero(slots < last)
        zero = np.zeros(len(inside))
        return (Opposite(codes[0], 0, last, columns[inside], zero, zero, free, slots=slots[inside]),)
    later = np.flatnonzero(on)
    if not len(later):
        return ()
    value = np.array([np.broadcast_to(on_value, (len(slots),))[0]])
    return (Opposite(codes[1], 0, int(later[0]), columns[:1], value, value, free),)


def _end(on: np.ndarray) -> int:
    off = np.flatnonzero(~on)
    return int(off[0]) if len(off) else len(on)
