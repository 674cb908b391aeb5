"""Is an input what it says it is? Every fault has a name; what is left of the input after it is stated, never
guessed.

empty             no value in the time ahead           last good, else the default, else left out
stale             older than its kind may be           used, and its age is told
gap               time inside it without a value       filled from the same time a day before, or after
short             ends long before it should           the rest is filled likewise
jumping           single values no home or market has  those are dropped and filled like a gap
wrong_unit        off as a unit is (W for kW, ct)      left out, then as if empty: not rescaled on a guess
wrong_resolution  an hour's value holds half an hour   held until the next one begins
                  a day of hours in half a day         left out, then as if empty
dst_hour          autumn's repeated hour is there once the hour before is repeated
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from .model.plan import Health, InputStatus
from .model.series import Quality, Series, Span

HOUR = timedelta(hours=1)


class Fault(StrEnum):
    """What can be wrong with an input; also the key of its sentence in the translations."""

    EMPTY = "empty"
    STALE = "stale"
    GAP = "gap"
    SHORT = "short"
    JUMPING = "jumping"
    WRONG_UNIT = "wrong_unit"
    WRONG_RESOLUTION = "wrong_resolution"
    DST_HOUR = "dst_hour"


HEALTH = {
    Fault.EMPTY: Health.MISSING,
    Fault.STALE: Health.STALE,
    Fault.GAP: Health.PARTIAL,
    Fault.SHORT: Health.PARTIAL,
    Fault.DST_HOUR: Health.PARTIAL,
    Fault.JUMPING: Health.SUSPECT,
    Fault.WRONG_UNIT: Health.SUSPECT,
    Fault.WRONG_RESOLUTION: Health.SUSPECT,
}
GRAVITY = (
    Health.FRESH,
    Health.PROVISIONAL,
    Health.STALE,
    Health.PARTIAL,
    Health.SUSPECT,
    Health.MISSING,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is believed of one kind of input.

    Single values outside `low` … `high` are dropped. A median (of what is not zero) above `typical` means another
    unit, and so does a maximum below `faint`: named in `units` (too large, too small). `ahead` is how far it must
    reach, `keeps` how old it may be.
    """

    low: float
    high: float
    typical: float
    faint: float = 0.0
    units: tuple[str, str] = ("", "")
    ahead: timedelta = timedelta(hours=24)
    keeps: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The input as it can be used, and what was wrong with it, gravest first."""

    series: Series
    faults: tuple[Fault, ...] = ()
    placeholders: dict[str, str] = field(default_factory=dict)

    @property
    def fault(self) -> Fault | None:
        """The gravest fault."""
        return self.faults[0] if self.faults else None

    @property
    def cause(self) -> Fault | None:
        """The fault to tell: of an input that is empty because its values were not believed, why they were not."""
        suspect = (fault for fault in self.faults if HEALTH[fault] is Health.SUSPECT)
        return next(suspect, self.fault) if self.fault is Fault.EMPTY else self.fault

    def status(self, known: InputStatus) -> InputStatus:
        """`known` (what the source said of itself) with the gravest fault, if that is graver."""
        if (
            self.fault is None
            or self.cause is None
            or GRAVITY.index(HEALTH[self.fault]) <= GRAVITY.index(known.health)
        ):
            return known
        # That a source does not answer is why its values end early; that they are wrong has no other cause.
        doubted = HEALTH[self.cause] is Health.SUSPECT
        rule = {Fault.EMPTY: "left_out", Fault.STALE: "last_good"}.get(self.fault, known.rule)
        return replace(
            known,
            health=HEALTH[self.fault],
            rule=rule,
            reason=known.reason if known.reason and not doubted else self.cause.value,
            placeholders={**known.placeholders, **self.placeholders},
        )


# What one euro is worth in other money, to the nearest round number: only the size of a plausible price hangs on it.
_COINS = {
    2.0: "BAM BGN",
    3.0: "GEL ILS PEN",
    4.0: "AED",
    5.0: "MYR PLN QAR RON SAR",
    6.0: "BRL",
    8.0: "CNY DKK HKD",
    10.0: "MAD NOK SEK ZAR",
    20.0: "CZK MXN",
    40.0: "THB TRY TWD UAH UYU",
    50.0: "EGP MDL",
    60.0: "MKD PHP",
    90.0: "INR RUB",
    100.0: "ALL RSD",
    150.0: "ISK JPY KES",
    300.0: "LKR PKR",
    400.0: "HUF",
    500.0: "AMD CRC KZT",
    1000.0: "CLP",
    1500.0: "ARS KRW NGN",
    4000.0: "COP",
    20000.0: "IDR UZS VND",
}
SIZE_OF_COIN = {coin: size for size, coins in _COINS.items() for coin in coins.split()}


def price_bounds(currency: str) -> Bounds:
    """Prices per kWh. The widest that markets allow: 5 EUR (Europe) and 20 AUD (Australia), −1 AUD, before taxes.

    A home's prices lie between 0.02 and 0.8 EUR/kWh in the mean: in cents they would read 2 to 80, per MWh 20 to 800.
    """
    size = SIZE_OF_COIN.get(currency, 1.0)
    return Bounds(
        low=-3.0 * size,
        high=25.0 * size,
        typical=1.5 * size,
        faint=0.0005 * size,
        units=(f"ct/kWh or {currency}/MWh", f"{currency}/Wh"),
        ahead=timedelta(hours=6),
    )


LOAD = Bounds(low=0.0, high=60.0, typical=25.0, faint=0.004, units=("W", "MW"), ahead=timedelta(hours=24))
"""A home in kW: the mean of even a large one is a few kW, of an empty one still some 20 W."""

OUTDOOR = Bounds(low=-60.0, high=60.0, typical=48.0, units=("°F or K", ""), keeps=timedelta(hours=24))
"""Outdoor temperature in °C."""


def solar_bounds(peak_kw: float | None) -> Bounds:
    """Solar power in kW, by the panels' peak when it is known. Forecasts older than twelve hours are yesterday's."""
    peak = peak_kw or 50.0
    return Bounds(
        low=-0.05,
        high=1.3 * peak,
        typical=1.3 * peak,
        faint=2e-5 * peak,
        units=("W", "MW"),
        keeps=timedelta(hours=12),
    )


def examine(
    series: Series,
    bounds: Bounds,
    at: datetime,
    until: datetime,
    zone: ZoneInfo,
    told_until: datetime | None = None,
) -> Verdict:
    """Judge what `series` says of [at, until) and give back what can be used of it.

    `told_until` is where its source ends, which may forecast prices itself; None: with the last known value.
    """
    faults: list[Fault] = []
    notes: dict[str, str] = {}
    series = _steps(series, zone, faults)
    if (unit := _unit(series, bounds)) is not None:
        faults.append(Fault.WRONG_UNIT)
        notes["unit"] = unit
        series = replace(series, spans=())
    believed = tuple(span for span in series.spans if bounds.low <= span.value <= bounds.high)
    if len(believed) < len(series.spans):
        faults.append(Fault.JUMPING)
        notes["count"] = str(len(series.spans) - len(believed))
    whole = replace(series, spans=believed)
    whole = _autumn_hour(whole, zone, faults)
    ahead = [span for span in whole.spans if span.end > at and span.start < until]
    if not ahead:
        return Verdict(
            series=replace(whole, spans=()), faults=_order([*faults, Fault.EMPTY]), placeholders=notes
        )
    missing = max(ahead[0].start - at, timedelta(0)) + _holes(ahead)
    if missing > timedelta(0):
        faults.append(Fault.GAP)
        notes["hours"] = f"{missing / HOUR:.1f}"
    # Prices expected after the published ones do not lengthen what was published.
    told = [span for span in whole.spans if span.quality is Quality.KNOWN] or ahead
    end = told_until or told[-1].end
    if end < min(until, at + bounds.ahead):
        faults.append(Fault.SHORT)
        notes["end"] = end.astimezone(zone).isoformat(timespec="minutes")
    if bounds.keeps is not None and series.issued is not None and at - series.issued > bounds.keeps:
        faults.append(Fault.STALE)
        notes["age_h"] = f"{(at - series.issued) / HOUR:.0f}"
    return Verdict(series=whole, faults=_order(faults), placeholders=notes)


def _order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(faults, key=lambda fault: -GRAVITY.index(HEALTH[fault])))


def _unit(series: Series, bounds: Bounds) -> str | None:
    """The unit the values look like when they cannot be in ours."""
    sizes = np.abs([span.value for span in series.spans if span.value and np.isfinite(span.value)])
    if not len(sizes):
        return None
    middle = float(np.median(sizes))
    if middle > bounds.typical:
        return bounds.units[0]
    # Days without a cloud or without wind make single prices of nearly nothing: only all of them small is another
    # unit.
    return bounds.units[1] if float(sizes.max()) < bounds.faint else None


def _steps(series: Series, zone: ZoneInfo, faults: list[Fault]) -> Series:
    """Hourly values that were read as half-hourly, in both ways that happens."""
    spans = series.spans
    lengths = {span.end - span.start for span in spans}
    steps = {b.start - a.start for a, b in pairwise(spans)}
    if len(spans) < 4 or len(lengths) != 1 or len(steps) != 1:
        return series
    length, step = lengths.pop(), steps.pop()
    if length < step <= HOUR:
        faults.append(Fault.WRONG_RESOLUTION)
        return replace(series, spans=tuple(replace(span, end=span.start + step) for span in spans))
    first = spans[0].start.astimezone(zone)
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    hours = ((midnight + timedelta(days=1)).astimezone(UTC) - midnight.astimezone(UTC)) / HOUR
    if length < HOUR and first == midnight and len(spans) == hours:
        faults.append(Fault.WRONG_RESOLUTION)
        return replace(series, spans=())
    return series


def _autumn_hour(series: Series, zone: ZoneInfo, faults: list[Fault]) -> Series:
    """Repeat the hour before where exactly the second of two hours of the same name is missing."""
    spans = list(series.spans)
    for a, b in pairwise(series.spans):
        repeated = a.end.astimezone(zone).fold == 1 and (a.end - HOUR).astimezone(zone).fold == 0
        if repeated and b.start - a.end == HOUR:
            faults.append(Fault.DST_HOUR)
            spans += [
                replace(span, start=span.start + HOUR, end=span.end + HOUR)
                for span in series.spans
                if span.start >= a.end - HOUR and span.end <= a.end
            ]
    return Series.of(spans, series.origin, series.issued) if len(spans) > len(series.spans) else series


def _holes(spans: list[Span]) -> timedelta:
    """Time between the spans that none of them covers."""
    return sum((b.start - a.end for a, b in pairwise(spans)), timedelta(0))
