"""The capacity charge: a price on the highest mean import of a window within a month."""

import numpy as np

from ..model.program import IntArray
from ..model.snapshot import demand_share
from ._base import Site


def add_peak(site: Site, imports: IntArray) -> IntArray:
    """One peak column (kW) per month of the horizon, at least what is due anyway; its rise costs `price_per_kw`.

    For each window w of `window_minutes`: sum of import × hours <= peak × length. A slot longer than the window counts
    as one window of its own; what was imported in the running window before now counts too. Where only a share of the
    demand counts, the left side is multiplied by it.
    """
    charge, horizon, program = site.horizon.capacity, site.horizon, site.program
    if charge is None or charge.price_per_kw <= 0:
        return np.zeros(0, dtype=np.int64)
    length = charge.window_minutes * 60
    seconds = horizon.slots.seconds
    window = np.floor(seconds[:-1] / length + 1e-9).astype(np.int64)
    months = [start.astimezone(horizon.zone).strftime("%Y%m") for start in horizon.slots.starts]
    names = sorted(set(months))
    due = [max(charge.floor_kw, charge.month_peak_kw if name == months[0] else 0.0) for name in names]
    peaks = program.columns(len(names), lower=np.array(due), money=charge.price_per_kw)
    # Only what comes on top of the peak that is due anyway is a cost of this plan.
    program.offset -= charge.price_per_kw * float(np.sum(due))
    windows, first, which = np.unique(window, return_index=True, return_inverse=True)
    whole = np.maximum(np.bincount(which, horizon.hours), length / 3600)
    before = np.zeros(len(windows))
    before[0] = max(charge.quarter_so_far_kwh, 0.0) if seconds[0] > window[0] * length + 1 else 0.0
    starts = [horizon.slots.starts[slot].astimezone(horizon.zone) for slot in first]
    share = np.array([demand_share(charge.hours, start) for start in starts])
    rows = program.rows(len(windows), upper=-before * share)
    program.put(rows[which], imports, horizon.hours * share[which])
    month = np.array([names.index(months[slot]) for slot in first])
    program.put(rows, peaks[month], -whole)
    return peaks
