"""Units, signs, slots, gaps: once, at the door. A snapshot becomes a horizon without holes, or says what is missing."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from .assets import SOLAR, peak_kw
from .health import LOAD, OUTDOOR, Bounds, examine, price_bounds, solar_bounds
from .model.errors import InputError
from .model.horizon import Band, Horizon
from .model.plan import InputStatus
from .model.series import FloatArray, Forecast, Quality, Series, Slots, Span
from .model.snapshot import AssetSpec, CapacityCharge, Settings, Snapshot

SLOT_MINUTES = (5, 10, 15, 20, 30, 60)
MOST_HOURS = 24 * 14

CHARGE_LIMITS = (
    ("price_per_kw", -1e4, 1e4),
    ("floor_kw", 0, 1e4),
    ("month_peak_kw", 0, 1e4),
    ("window_minutes", 1, 24 * 60),
    ("quarter_so_far_kwh", 0, 1e4),
)
"""(field, least, most) of a charge on demand."""

# A European household's 3,500 kWh a year: what is assumed when nothing at all is known of the load.
DEFAULT_LOAD_KW = 0.4


def normalise(snapshot: Snapshot) -> Horizon | tuple[InputStatus, ...]:
    """The horizon of a snapshot; or, when there is nothing to plan by, what became of the inputs.

    What is missing is never zero: see health.py for what is dropped, and below for what takes its place.
    """
    door = Door(snapshot, _zone(snapshot.timezone), time_axis(snapshot.at, snapshot.settings))
    buy = door.price()
    if buy is None:
        return tuple(door.inputs)
    return Horizon(
        at=snapshot.at,
        slots=door.slots,
        hours=door.slots.hours,
        zone=door.zone,
        currency=snapshot.currency,
        import_price=buy[0],
        export_price=door.export_price(),
        price_quality=buy[1],
        load=door.load(),
        series={spec.id: door.forecasts(spec) for spec in snapshot.assets},
        outdoor_c=door.outdoor(),
        capacity=_charge(snapshot.tariff.capacity),
        inputs=tuple(door.inputs),
    )


class Door:
    """Takes the inputs of one snapshot in, one after another, and keeps the notes on them in `inputs`."""

    def __init__(self, snapshot: Snapshot, zone: ZoneInfo, slots: Slots) -> None:
        self.snapshot, self.zone, self.slots = snapshot, zone, slots
        self.inputs = list(snapshot.inputs)

    def judge(self, key: str, series: Series, bounds: Bounds, told_until: datetime | None = None) -> Series:
        """What can be used of a series; its status is noted when something is wrong with it."""
        edges = self.slots.edges
        verdict = examine(series, bounds, edges[0], edges[-1], self.zone, told_until)
        if verdict.fault is not None:
            self._note(verdict.status(self._known(key, series)))
        return verdict.series

    def price(self) -> tuple[FloatArray, tuple[Quality, ...]] | None:
        """Import prices and how sure they are; None without any: a plan without prices would be made on a lie."""
        bounds = price_bounds(self.snapshot.currency)
        tariff = self.snapshot.tariff
        series = self.judge("price", tariff.import_price, bounds, tariff.import_told_until)
        values, quality = series.onto(self.slots)
        return None if np.all(np.isnan(values)) else _extended(values, quality, self.slots)

    def export_price(self) -> FloatArray:
        """Export prices. Without a contract feeding in earns nothing; where a contract's prices are missing the plan
        counts on nothing, and says so.
        """
        tariff = self.snapshot.tariff
        if tariff.export_price is None:
            return np.zeros(len(self.slots))
        # A feed-in price may be next to nothing all day: that is no other unit.
        bounds = replace(price_bounds(self.snapshot.currency), faint=0.0)
        series = self.judge("export_price", tariff.export_price, bounds, tariff.export_told_until)
        values, quality = series.onto(self.slots)
        if np.all(np.isnan(values)):
            self._rule("export_price", "default")
            return np.zeros(len(self.slots))
        return _extended(values, quality, self.slots)[0]

    def load(self) -> Band:
        """The load forecast, else what the last plan went by, else a household's mean."""
        band = self._band("load", self.snapshot.load, LOAD)
        if band is not None:
            return band
        previous = self.snapshot.previous
        last = self._last_good(previous.home.load_kw) if previous and previous.home else None
        self._rule("load", "default" if last is None else "last_good")
        values = np.full(len(self.slots), DEFAULT_LOAD_KW) if last is None else last
        return Band(mid=values, low=values, high=values)

    def forecasts(self, spec: AssetSpec) -> dict[str, Band]:
        """An asset's forecasts; a name that is absent was missing."""
        bands = {}
        for name, forecast in spec.series.items():
            solar = spec.kind == SOLAR.key and name == "power"
            key = f"{spec.kind}:{spec.id}"
            band = self._band(key, forecast, solar_bounds(peak_kw(spec)) if solar else None)
            if band is None and solar and (last := self._last_solar(spec.id)) is not None:
                self._rule(key, "last_good")
                band = Band(mid=last, low=last, high=last)
            if band is not None:
                bands[name] = band
        return bands

    def outdoor(self) -> FloatArray | None:
        """Outdoor temperature, or None: what depends on it has a default of its own."""
        if self.snapshot.outdoor_c is None:
            return None
        return _one(self.judge("temperature", self.snapshot.outdoor_c, OUTDOOR), self.slots)

    def _band(self, key: str, forecast: Forecast, bounds: Bounds | None) -> Band | None:
        series = forecast.mid if bounds is None else self.judge(key, forecast.mid, bounds)
        mid = _one(series, self.slots)
        if mid is None:
            return None
        # What was wrong with the middle is wrong with its sides too.
        sides = (forecast.low, forecast.high) if series.spans == forecast.mid.spans else (None, None)
        low, high = (_one(side, self.slots) if side is not None else None for side in sides)
        most = np.inf if bounds is None else bounds.high
        return Band(
            mid=mid,
            low=mid if low is None else np.minimum(low, mid),
            high=mid if high is None else np.maximum(np.minimum(high, most), mid),
        )

    def _last_solar(self, asset_id: str) -> FloatArray | None:
        asset = self.snapshot.previous.asset(asset_id) if self.snapshot.previous else None
        return self._last_good(asset.power_kw) if asset else None

    def _last_good(self, values: tuple[float, ...]) -> FloatArray | None:
        """What the previous plan had for these slots; the rest from the same time a day before."""
        previous = self.snapshot.previous
        if previous is None or len(values) != len(previous.edges) - 1:
            return None
        edges = pairwise(previous.edges)
        spans = tuple(Span(start, end, value) for (start, end), value in zip(edges, values, strict=True))
        return _one(Series(spans), self.slots)

    def _known(self, key: str, series: Series) -> InputStatus:
        found = (status for status in self.inputs if status.key == key)
        return next(found, InputStatus(key=key, origin=series.origin, issued=series.issued))

    def _note(self, status: InputStatus) -> None:
        """An input stands there once: what is known of it now takes the place of what its source said."""
        keys = [known.key for known in self.inputs]
        if status.key in keys:
            self.inputs[keys.index(status.key)] = status
        else:
            self.inputs.append(status)

    def _rule(self, key: str, rule: str) -> None:
        self._note(replace(self._known(key, Series(())), rule=rule))


def _charge(charge: CapacityCharge | None) -> CapacityCharge | None:
    """The charge on demand, whose numbers are ones that can be."""
    if charge is None:
        return None
    for name, least, most in CHARGE_LIMITS:
        value = getattr(charge, name)
        if not least <= value <= most:
            raise InputError(f"tariff.capacity.{name}", f"{value} is not between {least} and {most}")
    for i, row in enumerate(charge.hours):
        if not 0 <= row.share <= 1:
            raise InputError(f"tariff.capacity.hours[{i}].share", f"{row.share} is not between 0 and 1")
    return charge


def time_axis(at: datetime, settings: Settings) -> Slots:
    """Slots from the running minute on: a first one to the next whole slot, then equal ones (coarser later if
    wished).
    """
    minutes = settings.slot_minutes
    for name in ("slot_minutes", "coarse_minutes"):
        if (length := getattr(settings, name)) is not None and length not in SLOT_MINUTES:
            raise InputError(f"settings.{name}", f"{length} is none of {SLOT_MINUTES}")
    for name, most in (
        ("horizon_hours", MOST_HOURS),
        ("fine_hours", MOST_HOURS),
        ("time_limit_s", 3600),
        ("stay_gain", 1e6),
        ("kept_share", 1.0),
    ):
        value = getattr(settings, name)
        if value is not None and not 0 <= value <= most:
            raise InputError(f"settings.{name}", f"{value} is not between 0 and {most}")
    if settings.horizon_hours == 0:
        raise InputError("settings.horizon_hours", "is nothing")
    if at.tzinfo is None:
        raise InputError("at", "has no UTC offset")
    now = at.replace(second=0, microsecond=0)
    end = now + timedelta(hours=settings.horizon_hours)
    fine_end = end if settings.fine_hours is None else min(now + timedelta(hours=settings.fine_hours), end)
    edges = [now]
    while edges[-1] < end:
        coarse = settings.coarse_minutes if edges[-1] >= fine_end else None
        edges.append(_next_edge(edges[-1], coarse or minutes))
    return Slots(tuple(edges))


def _next_edge(at: datetime, minutes: int) -> datetime:
    step = minutes * 60
    return at + timedelta(seconds=step - int(at.timestamp()) % step)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as err:
        raise InputError("timezone", f"{name!r} is not a time zone") from err


def _extended(
    values: FloatArray, quality: tuple[Quality, ...], slots: Slots
) -> tuple[FloatArray, tuple[Quality, ...]]:
    """Prices without gaps: what is not known is taken from the same time of the day before, and called assumed."""
    gaps = np.isnan(values)
    marks = tuple(Quality.ASSUMED if gap else mark for gap, mark in zip(gaps, quality, strict=True))
    return _filled(values, slots), marks


def _filled(values: FloatArray, slots: Slots) -> FloatArray:
    """Gaps from 24 h earlier, else 24 h later, else the mean."""
    filled = values.copy()
    seconds = slots.seconds
    for shift in (-86400, 86400):
        for i in np.flatnonzero(np.isnan(filled)):
            j = int(np.searchsorted(seconds, seconds[i] + shift, side="right")) - 1
            if 0 <= j < len(slots):
                filled[i] = filled[j]
    return np.where(np.isnan(filled), np.nanmean(values), filled)


def _one(series: Series, slots: Slots) -> FloatArray | None:
    values = series.onto(slots)[0]
    return None if np.all(np.isnan(values)) else _filled(values, slots)
