"""The capacity charge: a price on the highest mean import of a window within a month."""

from dataclasses import dataclass

import numpy as np

from ..model.horizon import Horizon
from ..model.program import IntArray
from ..model.series import FloatArray
from ..model.snapshot import CapacityCharge, demand_share
from ._site import Site


@dataclass(frozen=True, slots=True)
class Windows:
    """The metering windows of a horizon: `which` (n,) is the window of each slot, the rest has one value per window.

    `hours` is a window's length, `share` how much of its demand counts, `before_kwh` what was imported in it already.
    """

    which: IntArray
    hours: FloatArray
    share: FloatArray
    before_kwh: FloatArray
    month: tuple[str, ...]

    @classmethod
    def of(cls, horizon: Horizon, charge: CapacityCharge) -> Windows:
        """Windows by the clock; a slot longer than one counts as a window of its own."""
        length = charge.window_minutes * 60
        seconds = horizon.slots.seconds
        number = np.floor(seconds[:-1] / length + 1e-9).astype(np.int64)
        _, first, which = np.unique(number, return_index=True, return_inverse=True)
        hours = np.maximum(np.bincount(which, horizon.hours), length / 3600)
        starts = [horizon.slots.starts[slot].astimezone(horizon.zone) for slot in first]
        before = np.zeros(len(first))
        if seconds[0] > number[0] * length + 1:
            before[0] = max(charge.quarter_so_far_kwh, 0.0)
        return cls(
            which.astype(np.int64),
            hours,
            np.array([demand_share(charge.hours, start) for start in starts]),
            before,
            tuple(start.strftime("%Y%m") for start in starts),
        )

    def peak_kw(self, import_kw: FloatArray, slot_hours: FloatArray) -> float:
        """The highest demand that counts, in kW, of an import per slot."""
        energy = np.bincount(self.which, import_kw * slot_hours) + self.before_kwh
        return float(np.max(energy * self.share / self.hours))


def add_peak(site: Site, imports: IntArray) -> IntArray:
    """One peak column (kW) per month of the horizon, at least what is due anyway; its rise costs `price_per_kw`.

    For each window w of `window_minutes`: sum of import × hours <= peak × length. A slot longer than the window counts
    as one window of its own; what was imported in the running window before now counts too. Where only a share of the
    demand counts, the left side is multiplied by it.
    """
    charge, horizon, program = site.horizon.capacity, site.horizon, site.program
    if charge is None or charge.price_per_kw <= 0:
        return np.zeros(0, dtype=np.int64)
    windows = Windows.of(site.horizon, charge)
    names = sorted(set(windows.month))
    due = [max(charge.floor_kw, charge.month_peak_kw if name == windows.month[0] else 0.0) for name in names]
    peaks = program.columns(len(names), lower=np.array(due), money=charge.price_per_kw)
    # Only what comes on top of the peak that is due anyway is a cost of this plan.
    program.offset -= charge.price_per_kw * float(np.sum(due))
    rows = program.rows(len(windows.hours), upper=-windows.share * windows.before_kwh)
    program.put(rows[windows.which], imports, windows.share[windows.which] * horizon.hours)
    month = np.array([names.index(name) for name in windows.month])
    program.put(rows, peaks[month], -windows.hours)
    return peaks
