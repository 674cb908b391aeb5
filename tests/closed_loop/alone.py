"""The home left to itself: what the simulation knows of what is saved.

Two homes that hold different amounts of energy are compared by letting both go on by themselves until they hold the
same: their bills then differ by what was saved, and nobody has to guess what a stored kilowatt-hour is worth.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from demo.clock import ManualClock
from demo.home import VirtualHome
from demo.prices import import_rate

from .homes import HomeSpec, let_go, missed_kwh

STEP_S = 15.0
# Batteries, tanks and rooms are alike again by then, whatever they held.
SETTLING = timedelta(days=3)
HALF_HOUR = timedelta(minutes=30)


def alone(home: VirtualHome, spec: HomeSpec) -> VirtualHome:
    """The same home at the same moment, left to itself; it counts from then on."""
    twin = VirtualHome(ManualClock(home.clock.now()), step=STEP_S, appliances=spec.appliances)
    twin.house.inverter = deepcopy(home.house.inverter)
    twin.loads = deepcopy(home.loads)
    twin.house.loads = list(twin.loads.values())
    let_go(twin)
    return twin


@dataclass(frozen=True, slots=True)
class Stand:
    """A home at a moment: its bill so far, in currency, and its twin that is left alone from then on."""

    at: datetime
    bill: float
    twin: VirtualHome = field(repr=False)

    @classmethod
    def of(cls, home: VirtualHome, spec: HomeSpec, at: datetime) -> Stand:
        """The home's as it is now."""
        return cls(at, home.house.totals.bill, alone(home, spec))


def saved(first: Stand, last: Stand) -> float:
    """Money saved from `first` on by what was steered until `last`."""
    ours, theirs = last.twin, first.twin
    for twin in (ours, theirs):
        twin.house.advance((last.at + SETTLING).timestamp(), twin.step)
    bill = theirs.house.totals.bill - (last.bill - first.bill + ours.house.totals.bill)
    # What was missed goes on where the home stood when its twin was made.
    missed = missed_kwh(ours) - missed_kwh(theirs)
    return bill - missed * _mean_price(first.at, last.at)


def _mean_price(start: datetime, end: datetime) -> float:
    """Mean import price in currency/kWh."""
    first, last = (int(at.timestamp() // HALF_HOUR.total_seconds()) for at in (start, end))
    prices = [import_rate(slot).inc_vat / 100 for slot in range(first, max(last, first + 1))]
    return sum(prices) / len(prices)
