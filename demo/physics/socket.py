"""A switched and metered outlet with something plugged in. Power in W, energy in Wh."""

from dataclasses import dataclass
from typing import Protocol

from demo.physics.tick import Tick


class Appliance(Protocol):
    """What can be plugged in: it turns "has power" into watts."""

    def step(self, tick: Tick, powered: bool) -> float:
        """Run one step and return the mean power over it in W."""
        ...

    def truth(self) -> dict[str, float | bool | None]:
        """Return what only the simulation knows."""
        ...


@dataclass(slots=True)
class Socket:
    """The outlet named `name`; `phase` 0 to 2 is the phase it hangs on."""

    name: str
    appliance: Appliance
    phase: int = 0
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
