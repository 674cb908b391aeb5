"""A pool pump: runs at its rated power for as long as it has power. Power in W."""

from dataclasses import dataclass

from demo.physics.socket import Truth
from demo.physics.tick import Tick


@dataclass(slots=True)
class Pump:
    """Optional load of 0.8 kW; nothing is lost when it does not run."""

    rated_w: float = 800.0
    running_s: float = 0.0

    def step(self, tick: Tick, powered: bool) -> float:
        """Run one step and return its power in W."""
        if not powered:
            return 0.0
        self.running_s += tick.dt
        return self.rated_w

    def truth(self) -> Truth:
        """Return what only the simulation knows."""
        return {"running_h": self.running_s / 3600}
