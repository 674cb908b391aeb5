"""What a supplier's meter counted, hour by hour, and what it cost."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from ..model.series import Series, Slots

HOUR = timedelta(hours=1)
FINEST_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Counted:
    """Mean power in kW by metering interval; `price` (currency/kWh) where the supplier tells it with them, else
    None: then the contract's own prices hold.
    """

    power: Series
    price: Series | None = None


@dataclass(frozen=True, slots=True)
class Hour:
    """Energy in kWh from `start` (a whole UTC hour) on, and what was paid or earned; None where no price is known."""

    start: datetime
    kwh: float
    cost: float | None


def by_hour(power: Series, price: Series, start: datetime, end: datetime) -> list[Hour]:
    """The whole hours of [start, end) that were counted in full: an hour with a hole in it is left out.

    `start` and `end` are whole UTC hours, so that no clock change can double or drop one.
    """
    count = int((end - start) / HOUR)
    if count < 1:
        return []
    minutes = _step(power)
    slots = Slots.regular(start, minutes, count * 60 // minutes)
    energy = power.onto(slots)[0] * minutes / 60
    cost = energy * price.onto(slots)[0]
    hourly = np.column_stack([values.reshape(count, -1).sum(axis=1) for values in (energy, cost)])
    return [
        Hour(start + i * HOUR, float(kwh), float(paid) if np.isfinite(paid) else None)
        for i, (kwh, paid) in enumerate(hourly)
        if np.isfinite(kwh)
    ]


def _step(power: Series) -> int:
    """Minutes of the metering interval: prices change with it, or less often."""
    shortest = min((span.end - span.start for span in power.spans), default=HOUR)
    minutes = int(shortest / timedelta(minutes=1))
    return minutes if minutes >= FINEST_MINUTES and 60 % minutes == 0 else FINEST_MINUTES
