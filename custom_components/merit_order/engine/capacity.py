"""What the highest demand costs: the Flemish capacity tariff, and demand charges of other countries.

Flanders (Fluvius, low voltage, since 2023): a month's peak is its highest quarter-hour mean, at least 2.5 kW; what is
paid for is the mean of the last twelve month peaks, at a price per kW and year, a twelfth of it each month. A maximum
tariff caps capacity and volume part of the distribution tariff together at so much per kWh drawn.

Elsewhere (Terms): the mean of the highest peaks of several days (Norway and Sweden: three), hours of the day that
count alone or in part (Australia, United States, Sweden at night), another window (an hour), no floor, one month at a
time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from .model.errors import InputError
from .model.snapshot import CapacityCharge, DemandHours, demand_share

type Month = tuple[int, int]
"""Year and month."""

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A charge on demand, taxes in. The defaults are Flanders'.

    `price_per_kw_year` in currency/kW; `floor_kw` counts for each month; `months` are averaged; `days` highest daily
    peaks make a month's peak; `max_per_kwh` caps capacity and volume part (`grid_fee_per_kwh`) together, None = no
    cap.
    """

    price_per_kw_year: float
    floor_kw: float = 2.5
    months: int = MONTHS_A_YEAR
    days: int = 1
    window_minutes: int = 15
    hours: tuple[DemandHours, ...] = ()
    max_per_kwh: float | None = None
    grid_fee_per_kwh: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Energy drawn in one metering window that starts at `start` (aware)."""

    start: datetime
    import_kwh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthBill:
    """One month: its own peak, the mean that is paid for (kW), and the charge before and after the cap (currency)."""

    month: Month
    peak_kw: float
    mean_kw: float
    uncapped: float
    due: float


def daily_peaks(windows: Iterable[Window], terms: Terms, zone: ZoneInfo) -> dict[date, float]:
    """The highest demand that counts, in kW, of each local day."""
    per_hour = 60 / terms.window_minutes
    peaks: dict[date, float] = {}
    for window in windows:
        local = window.start.astimezone(zone)
        demand = window.import_kwh * per_hour * demand_share(terms.hours, local)
        peaks[local.date()] = max(peaks.get(local.date(), 0.0), demand)
    return peaks


def month_peaks(days: Mapping[date, float], terms: Terms) -> dict[Month, float]:
    """Each month's peak in kW: the mean of its highest daily peaks (fewer when it has fewer days yet)."""
    by_month: dict[Month, list[float]] = {}
    for day, peak in days.items():
        by_month.setdefault((day.year, day.month), []).append(peak)
    return {
        month: float(np.mean(sorted(peaks, reverse=True)[: terms.days]))
        for month, peaks in sorted(by_month.items())
    }


def counted_mean(peaks: Sequence[float], terms: Terms) -> float:
    """The demand that is paid for, in kW: the mean of the newest `months` peaks (oldest first), each floored."""
    newest = peaks[-terms.months :]
    if not newest:
        return terms.floor_kw
    return float(np.mean([max(peak, terms.floor_kw) for peak in newest]))


def month_bill(peaks: Mapping[Month, float], month: Month, import_kwh: float, terms: Terms) -> MonthBill:
    """What `month` costs with `import_kwh` drawn in it; `peaks` holds it and the months before. Raises InputError.

    The cap is applied month by month here; the grid operator applies it to a whole invoice.
    """
    if month not in peaks:
        raise InputError("month", f"no peak is known for {month[0]}-{month[1]:02}")
    mean = counted_mean([peak for key, peak in sorted(peaks.items()) if key <= month], terms)
    charge = mean * terms.price_per_kw_year / MONTHS_A_YEAR
    due = charge
    if terms.max_per_kwh is not None:
        # The cap is on both parts together; the volume part is paid with the energy and stays as it is.
        room = max(terms.max_per_kwh - terms.grid_fee_per_kwh, 0.0) * import_kwh
        due = min(charge, room)
    return MonthBill(month=month, peak_kw=peaks[month], mean_kw=mean, uncapped=charge, due=due)


def marginal_price_per_kw(
    terms: Terms, mean_kw: float = 0.0, yearly_import_kwh: float | None = None
) -> float:
    """What one more kW of this month's peak costs, over all the months it counts for (currency/kW).

    It raises the mean of `months` by 1/months, and that for as many months: a twelfth of the yearly price. Of several
    daily peaks each counts its share. Where the maximum tariff binds all year anyway, one more kW costs nothing.
    """
    if terms.max_per_kwh is not None and yearly_import_kwh is not None:
        room = max(terms.max_per_kwh - terms.grid_fee_per_kwh, 0.0) * yearly_import_kwh
        if mean_kw * terms.price_per_kw_year >= room:
            return 0.0
    return terms.price_per_kw_year / MONTHS_A_YEAR / terms.days


def capacity_charge(
    terms: Terms,
    *,
    month_peak_kw: float,
    so_far_kwh: float = 0.0,
    history_kw: Sequence[float] = (),
    yearly_import_kwh: float | None = None,
) -> CapacityCharge:
    """The charge as the plan needs it. `month_peak_kw` is the peak below which nothing more is due: the month's so
    far, or with several daily peaks the lowest of those that count; `history_kw` are past months' peaks, newest
    first.
    """
    mean = counted_mean([*reversed(history_kw), month_peak_kw], terms)
    return CapacityCharge(
        price_per_kw=marginal_price_per_kw(terms, mean, yearly_import_kwh),
        floor_kw=terms.floor_kw,
        month_peak_kw=month_peak_kw,
        window_minutes=terms.window_minutes,
        quarter_so_far_kwh=so_far_kwh,
        hours=terms.hours,
    )


def heading_kw(now: datetime, so_far_kwh: float, power_kw: float, window_minutes: int = 15) -> float:
    """The demand the running window will end with if `power_kw` is drawn to its end."""
    left_h = _left(now, window_minutes).total_seconds() / 3600
    return (so_far_kwh + max(power_kw, 0.0) * left_h) / (window_minutes / 60)


def allowed_kw(now: datetime, so_far_kwh: float, limit_kw: float, window_minutes: int = 15) -> float:
    """The power that can be drawn to the end of the running window without its demand passing `limit_kw`; not below
    0.

    In the window's last seconds this grows without bound: who acts on it clamps it to what the fuse allows.
    """
    left_h = _left(now, window_minutes).total_seconds() / 3600
    return max(limit_kw * window_minutes / 60 - so_far_kwh, 0.0) / left_h


def _left(now: datetime, window_minutes: int) -> timedelta:
    """Time to the end of the running window; windows are counted from the full hour in UTC."""
    length = window_minutes * 60
    return timedelta(seconds=length - now.timestamp() % length)
