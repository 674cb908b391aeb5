"""Units, signs, slots, gaps: once, at the door. A snapshot becomes a horizon without holes, or says what is missing."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from .model.errors import InputError
from .model.horizon import Band, Horizon
from .model.plan import Health, InputStatus
from .model.series import FloatArray, Forecast, Quality, Series, Slots
from .model.snapshot import Settings, Snapshot

SLOT_MINUTES = (5, 10, 15, 20, 30, 60)


def normalise(snapshot: Snapshot) -> Horizon | tuple[InputStatus, ...]:
    """The horizon of a snapshot; or, when there is nothing to plan by, the inputs that are missing."""
    zone = _zone(snapshot.timezone)
    slots = time_axis(snapshot.at, snapshot.settings)
    inputs = list(snapshot.inputs)
    buy, quality = snapshot.tariff.import_price.onto(slots)
    if np.all(np.isnan(buy)):
        return (*inputs, InputStatus(key="price", health=Health.MISSING, rule="left_out", reason="no_prices"))
    buy, quality = _extended(buy, quality, slots)
    sell = np.zeros(len(slots))
    if snapshot.tariff.export_price is not None:
        raw, sell_quality = snapshot.tariff.export_price.onto(slots)
        sell = _extended(raw, sell_quality, slots)[0] if not np.all(np.isnan(raw)) else sell
    load = _band(snapshot.load, slots)
    if load is None:
        inputs.append(InputStatus(key="load", health=Health.MISSING, rule="left_out", reason="no_forecast"))
        load = Band(mid=np.zeros(len(slots)), low=np.zeros(len(slots)), high=np.zeros(len(slots)))
    series: dict[str, dict[str, Band]] = {}
    for spec in snapshot.assets:
        bands = {name: _band(forecast, slots) for name, forecast in spec.series.items()}
        series[spec.id] = {name: band for name, band in bands.items() if band is not None}
    outdoor = None
    if snapshot.outdoor_c is not None:
        raw = snapshot.outdoor_c.onto(slots)[0]
        outdoor = None if np.all(np.isnan(raw)) else _filled(raw, slots)
    return Horizon(
        at=snapshot.at,
        slots=slots,
        hours=slots.hours,
        zone=zone,
        currency=snapshot.currency,
        import_price=buy,
        export_price=sell,
        price_quality=quality,
        load=load,
        series=series,
        outdoor_c=outdoor,
        capacity=snapshot.tariff.capacity,
        inputs=tuple(inputs),
    )


def time_axis(at: datetime, settings: Settings) -> Slots:
    """Slots from the running minute on: a first one to the next whole slot, then equal ones (coarser later if wished)."""
    minutes = settings.slot_minutes
    if minutes not in SLOT_MINUTES:
        raise InputError("settings.slot_minutes", f"{minutes} is none of {SLOT_MINUTES}")
    if not 0 < settings.horizon_hours <= 24 * 14:
        raise InputError("settings.horizon_hours", f"{settings.horizon_hours} is not between 0 and 336")
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


def _band(forecast: Forecast, slots: Slots) -> Band | None:
    mid = _one(forecast.mid, slots)
    if mid is None:
        return None
    low, high = (_one(side, slots) if side is not None else None for side in (forecast.low, forecast.high))
    return Band(
        mid=mid,
        low=mid if low is None else np.minimum(low, mid),
        high=mid if high is None else np.maximum(high, mid),
    )


def _one(series: Series, slots: Slots) -> FloatArray | None:
    values = series.onto(slots)[0]
    return None if np.all(np.isnan(values)) else _filled(values, slots)


def with_inputs(horizon: Horizon, notes: list[InputStatus]) -> Horizon:
    """The horizon with what the assets had to say about their inputs."""
    return replace(horizon, inputs=(*horizon.inputs, *notes))
