"""The charge on demand in a replay: what the meter knows of it on the way, and what it comes to in the end."""

import math
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ..capacity import MONTHS_A_YEAR, Terms, Window, capacity_charge, daily_peaks, month_peaks
from ..demand import DemandBook
from ..model.series import FloatArray
from ..model.snapshot import CapacityCharge


class Meter:
    """Follows the grid step by step, as the meter of the home would."""

    def __init__(self, terms: Terms, zone: ZoneInfo) -> None:
        # A step holds to its end, however long it is.
        self._book = DemandBook(terms, zone, blind_s=math.inf)

    def flows(self, now: int, net_kw: float) -> None:
        """From `now` on so much is drawn (+ import)."""
        self._book.look(datetime.fromtimestamp(now, UTC), net_kw)

    def charge(self, now: int) -> CapacityCharge:
        """The charge as a plan of `now` needs it."""
        at = datetime.fromtimestamp(now, UTC)
        self._book.look(at, 0.0)
        return capacity_charge(
            self._book.terms,
            month_peak_kw=self._book.free_kw(at, None),
            so_far_kwh=self._book.so_far_kwh(at, None) or 0.0,
        )


def demand_bill(terms: Terms, zone: ZoneInfo, start: int, step: int, grid_kw: FloatArray) -> float:
    """What the peaks of a run cost, in currency: each month's, floored, at a twelfth of the yearly price. It counts so
    for twelve months, a twelfth each.
    """
    length = terms.window_minutes * 60
    energy: dict[int, float] = {}
    for i, power in enumerate(grid_kw):
        at = start + i * step
        energy[at // length * length] = energy.get(at // length * length, 0.0) + max(power, 0.0) * step / 3600
    windows = [Window(start=datetime.fromtimestamp(at, UTC), import_kwh=kwh) for at, kwh in energy.items()]
    peaks = month_peaks(daily_peaks(windows, terms, zone), terms)
    return sum(max(peak, terms.floor_kw) for peak in peaks.values()) * terms.price_per_kw_year / MONTHS_A_YEAR
