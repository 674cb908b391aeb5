"""A switched and metered outlet with something plugged in. Power in W, energy in Wh."""

from dataclasses import dataclass
from typing import Protocol

from demo.physics.tick import Tick

Truth = dict[str, float | bool | str | None]
L1, L2, L3 = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


class Load(Protocol):
    """What hangs on the house's wires beside the recorded load.

    `shares` says how its power spreads over the three phases; `power_w` is the mean of the last step and `energy_wh`
    its own meter.
    """

    shares: tuple[float, float, float]
    power_w: float
    energy_wh: float

    def step(self, tick: Tick) -> float:
        """Run one step and return the mean power over it in W."""
        ...

    def truth(self) -> Truth:
        """Return what only the simulation knows."""
        ...


class Appliance(Protocol):
    """What can be plugged into a socket: it turns "has power" into watts."""

    def step(self, tick: Tick, powered: bool) -> float:
        """Run one step and return the mean power over it in W."""
        ...

    def truth(self) -> Truth:
        """Return what only the simulation knows."""
        ...


@dataclass(slots=True)
class Socket:
    """The outlet with its relay, a switch lock that holds the relay on, and a meter."""

    appliance: Appliance
    shares: tuple[float, float, float] = L1
    relay: bool = True
    locked: bool = False
    brightness: int = 255
    power_w: float = 0.0
    energy_wh: float = 0.0
    switched: int = 0

    def switch(self, on: bool) -> bool:
        """Move the relay; False when the switch lock forbids it."""
        if self.locked and not on:
            return False
        if on != self.relay:
            self.relay = on
            self.switched += 1
        return True

    def lock(self, locked: bool) -> None:
        """Set the switch lock, which holds the relay on."""
        self.locked = locked
        if locked:
            self.switch(True)

    def step(self, tick: Tick) -> float:
        """Run the appliance for one step, meter it and return its power in W."""
        self.power_w = self.appliance.step(tick, self.relay)
        self.energy_wh += self.power_w * tick.dt / 3600
        return self.power_w

    def truth(self) -> Truth:
        """Return what only the simulation knows, of the outlet and of what is in it."""
        return {"relay": self.relay, "switched": self.switched, **self.appliance.truth()}
