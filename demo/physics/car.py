"""An electric car that comes and goes. Energy in Wh, charge 0 to 1.

Its trips repeat by weekday, with seeded variation of what they use. A trip the battery cannot make is driven all the
same, on somebody else's charger, and the shortfall is counted.
"""

import random
from dataclasses import dataclass

from demo.physics.socket import Truth
from demo.physics.tick import Tick


@dataclass(frozen=True, slots=True)
class Trip:
    """Away from `leaves` to `returns` (hours of the local day) on `weekdays` (0 is Monday), using about `kwh`."""

    weekdays: frozenset[int]
    leaves: float
    returns: float
    kwh: float


COMMUTE = Trip(frozenset(range(5)), 7.5, 17.75, 9.0)
OUTING = Trip(frozenset({5}), 10.0, 15.0, 14.0)
EMPTY = 0.05


@dataclass(slots=True)
class Car:
    """A 60 kWh car with an 11 kW charger on board; plugged in whenever it is at home."""

    capacity_wh: float = 60_000.0
    stored_wh: float = 30_000.0
    efficiency: float = 0.9
    target: float = 0.8
    trips: tuple[Trip, ...] = (COMMUTE, OUTING)
    seed: int = 1
    home: bool = True
    driven_wh: float = 0.0
    short_wh: float = 0.0
    soc_at_departure: float | None = None
    charged_wh: float = 0.0

    @property
    def soc(self) -> float:
        """Return the state of charge, 0 to 1."""
        return self.stored_wh / self.capacity_wh

    def move(self, tick: Tick) -> None:
        """Leave or come home if it is time to."""
        hour = tick.local_s / 3600
        trip = next(
            (t for t in self.trips if tick.weekday in t.weekdays and t.leaves <= hour < t.returns), None
        )
        if self.home and trip is not None:
            self.home = False
            self.soc_at_departure = self.soc
            self._drive(trip.kwh * 1000 * random.Random(f"{self.seed} {tick.day}").uniform(0.8, 1.25))
        elif not self.home and trip is None:
            self.home = True

    def _drive(self, wanted_wh: float) -> None:
        given = min(wanted_wh, max(0.0, self.stored_wh - EMPTY * self.capacity_wh))
        self.stored_wh -= given
        self.driven_wh += wanted_wh
        self.short_wh += wanted_wh - given

    def charge(self, offered_w: float, dt: float) -> float:
        """Take up to `offered_w` for `dt` seconds; return the power taken in W. Above 90 % it slows down."""
        room = self.target * self.capacity_wh - self.stored_wh
        if not self.home or room <= 0:
            return 0.0
        slower = offered_w if self.soc < 0.9 else offered_w * max(0.2, (1 - self.soc) / 0.1)
        power = min(slower, room / self.efficiency * 3600 / dt)
        energy = power * dt / 3600
        self.stored_wh += energy * self.efficiency
        self.charged_wh += energy
        return power

    def truth(self) -> Truth:
        """Return what only the simulation knows."""
        return {
            "home": self.home,
            "soc": self.soc,
            "soc_at_departure": self.soc_at_departure,
            "driven_kwh": self.driven_wh / 1000,
            "short_kwh": self.short_wh / 1000,
        }
