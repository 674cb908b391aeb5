"""The demand that a charge counts, as it comes about: the running window, the days of the month, the months before.

Meters in Flanders tell all of this themselves, and then they are believed. Others tell their power alone, count hours
or the mean of several days: for them the windows are added up here, and kept over a restart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from .capacity import MONTHS_A_YEAR, Month, Terms, allowed_kw, counted_mean, heading_kw, month_peaks
from .model.roles import GridReading
from .model.snapshot import demand_share

QUARTER_MINUTES = 15
BLIND_S = 150.0
"""Nobody looked for so long: what was drawn meanwhile is not known."""
MOST_UNKNOWN = 0.1
"""A window of which more than this share is not known does not count."""
LAST_S = 10.0
"""In a window's last seconds almost anything would fit in, and would be drawn on into the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandNow:
    """What the running window has had (kWh), the demand it is heading for (kW), and the power that may be drawn to its
    end without a higher charge (kW); None while the meter is silent, or while no demand counts.

    `peak_kw` is the month's peak as it will be billed so far, `mean_kw` the mean of the months that is paid for,
    `free_kw` the demand below which nothing more is due, `due` the charge of the month so far in currency, before any
    cap. `window` is when the running one began.
    """

    window: datetime
    so_far_kwh: float | None = None
    heading_kw: float | None = None
    allowed_kw: float | None = None
    peak_kw: float = 0.0
    mean_kw: float = 0.0
    free_kw: float = 0.0
    due: float = 0.0


class DemandBook:
    """Adds up what a home imports. Each power holds until the next is heard."""

    def __init__(self, terms: Terms, zone: ZoneInfo, blind_s: float = BLIND_S) -> None:
        self.terms = terms
        self._blind_s = blind_s
        self._zone = zone
        self._days: dict[date, float] = {}
        self._months: dict[Month, float] = {}
        self._window = 0
        self._kwh = 0.0
        self._known_s = 0.0
        self._at = 0.0
        self._power: float | None = None

    def look(self, now: datetime, power_kw: float | None) -> None:
        """Take in the time since the last look, then what is true from now on (+ import)."""
        length, end = self.terms.window_minutes * 60, now.timestamp()
        at = self._at if 0 <= end - self._at <= self._blind_s else end
        if at == end and self._window != end // length * length:
            # Whatever ran before was lost sight of.
            self._begin(int(end // length * length))
        while (edge := self._window + length) <= end:
            self._add(edge - at)
            self._close()
            self._begin(edge)
            at = edge
        self._add(end - at)
        self._at, self._power = end, power_kw
        self._turn(now)

    def so_far_kwh(self, now: datetime, grid: GridReading | None) -> float | None:
        """Energy drawn in the running window: the meter's own word where it has one; None when too little is known."""
        if grid is not None and self._quarterly and grid.quarter_demand_kw is not None:
            return grid.quarter_demand_kw * QUARTER_MINUTES / 60
        passed = now.timestamp() - self._window
        if passed >= self.terms.window_minutes * 60:
            return None  # nobody has looked since a new one began
        known = self._known_s >= (1 - MOST_UNKNOWN) * passed or passed - self._known_s < LAST_S
        return self._kwh if known else None

    def month_peak_kw(self, now: datetime, grid: GridReading | None) -> float:
        """The month's peak as it will be billed so far."""
        own = month_peaks(self._days, self.terms).get(_month(now.astimezone(self._zone).date()), 0.0)
        return max(own, self._told(grid))

    def free_kw(self, now: datetime, grid: GridReading | None) -> float:
        """The demand of today below which nothing more is due, floor left aside: of several days' peaks that count,
        the lowest, or today's own.
        """
        today = now.astimezone(self._zone).date()
        others = sorted((peak for day, peak in self._days.items() if day != today), reverse=True)
        lowest = others[self.terms.days - 1] if len(others) >= self.terms.days else 0.0
        return max(self._days.get(today, 0.0), lowest, self._told(grid))

    def now(self, now: datetime, grid: GridReading | None) -> DemandNow:
        """All figures of this instant."""
        terms = self.terms
        window = datetime.fromtimestamp(self._window, UTC)
        peak, free = self.month_peak_kw(now, grid), max(self.free_kw(now, grid), terms.floor_kw)
        history = grid.peak_history_kw if grid is not None else ()
        past = list(reversed(history)) or [kw for _, kw in sorted(self._months.items())]
        mean = counted_mean([*past, peak], terms)
        share = demand_share(terms.hours, window.astimezone(self._zone))
        so_far = self.so_far_kwh(now, grid)
        power = grid.power_kw if grid is not None else None
        figures = DemandNow(
            window=window,
            so_far_kwh=so_far,
            peak_kw=peak,
            mean_kw=mean,
            free_kw=free,
            due=mean * terms.price_per_kw_year / MONTHS_A_YEAR,
        )
        if so_far is None or share <= 0:
            return figures
        last = datetime.fromtimestamp(self._window + terms.window_minutes * 60 - LAST_S, UTC)
        return replace(
            figures,
            heading_kw=heading_kw(now, so_far, power, terms.window_minutes) if power is not None else None,
            allowed_kw=allowed_kw(min(now, last), so_far, free / share, terms.window_minutes),
        )

    def to_json(self) -> dict[str, Any]:
        """For the store."""
        return {
            "days": [[day.isoformat(), kw] for day, kw in self._days.items()],
            "months": [[*month, kw] for month, kw in self._months.items()],
            "window": [self._window, self._kwh, self._known_s, self._at],
        }

    @classmethod
    def from_json(cls, terms: Terms, zone: ZoneInfo, raw: Any) -> Self:
        """What `to_json` gave; anything else starts anew."""
        book = cls(terms, zone)
        if isinstance(raw, Mapping):
            try:
                book._days = {date.fromisoformat(day): float(kw) for day, kw in raw["days"]}
                book._months = {(int(year), int(month)): float(kw) for year, month, kw in raw["months"]}
                window, book._kwh, book._known_s, book._at = (float(each) for each in raw["window"])
            except KeyError, TypeError, ValueError:
                return cls(terms, zone)
            book._window = int(window)
        return book

    @property
    def _quarterly(self) -> bool:
        return self.terms.window_minutes == QUARTER_MINUTES

    def _told(self, grid: GridReading | None) -> float:
        """The month's peak by the meter's own word, where it counts as this charge does."""
        as_billed = self._quarterly and self.terms.days == 1 and not self.terms.hours
        return (grid.month_peak_kw or 0.0) if grid is not None and as_billed else 0.0

    def _begin(self, window: int) -> None:
        self._window, self._kwh, self._known_s = window, 0.0, 0.0

    def _add(self, seconds: float) -> None:
        if self._power is not None:
            self._kwh += max(self._power, 0.0) * seconds / 3600
            self._known_s += seconds

    def _close(self) -> None:
        length = self.terms.window_minutes * 60
        if self._known_s < (1 - MOST_UNKNOWN) * length:
            return
        local = datetime.fromtimestamp(self._window, self._zone)
        demand = self._kwh / self._known_s * 3600 * demand_share(self.terms.hours, local)
        self._days[local.date()] = max(self._days.get(local.date(), 0.0), demand)

    def _turn(self, now: datetime) -> None:
        """A new month: what was its peak is history."""
        running = _month(now.astimezone(self._zone).date())
        if any(_month(day) != running for day in self._days):
            self._months |= month_peaks(self._days, self.terms)
            self._months.pop(running, None)
            self._days = {day: kw for day, kw in self._days.items() if _month(day) == running}
            for month in sorted(self._months)[: -max(self.terms.months - 1, 1)]:
                del self._months[month]


def _month(day: date) -> Month:
    return day.year, day.month
