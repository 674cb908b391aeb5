"""A dishwasher that people fill in the evening and that runs its programme once it has power. Power in W.

Without power it pauses and goes on where it stopped. What was filled and not clean by the next filling is missed.
"""

import random
from dataclasses import dataclass
from itertools import accumulate

from demo.physics.socket import Truth
from demo.physics.tick import Tick

# (minutes, W): rinse, heat, wash, heat for drying, dry; 1.3 kWh in two hours.
PROGRAMME = ((10.0, 70.0), (18.0, 2_000.0), (42.0, 110.0), (16.0, 2_000.0), (34.0, 60.0))
_ENDS = tuple(60 * minutes for minutes in accumulate(minutes for minutes, _ in PROGRAMME))
FILLED_AT_S = 20.0 * 3600
# Not every evening is it full.
HOW_OFTEN = 0.85


@dataclass(slots=True)
class Dishwasher:
    """`done_s` is how far the programme has come; None when there is nothing to wash."""

    seed: int = 1
    done_s: float | None = None
    runs: int = 0
    missed: int = 0
    last_done: float | None = None
    _filled_day: int = -1

    def step(self, tick: Tick, powered: bool) -> float:
        """Run one step and return the mean power over it in W."""
        if tick.day != self._filled_day and tick.local_s >= FILLED_AT_S:
            self._filled_day = tick.day
            if random.Random(f"{self.seed} dishes {tick.day}").random() < HOW_OFTEN:
                self._fill()
        if self.done_s is None or not powered:
            return 0.0
        begun = self.done_s
        self.done_s = begun + tick.dt
        energy = sum(
            watts * max(0.0, min(self.done_s, end) - max(begun, end - 60 * minutes))
            for (minutes, watts), end in zip(PROGRAMME, _ENDS, strict=True)
        )
        if self.done_s >= _ENDS[-1]:
            self.done_s = None
            self.runs += 1
            self.last_done = tick.epoch + tick.dt
        return energy / tick.dt

    def _fill(self) -> None:
        if self.done_s is not None:
            self.missed += 1
        else:
            self.done_s = 0.0

    def truth(self) -> Truth:
        """Return what only the simulation knows."""
        return {
            "filled": self.done_s is not None,
            "done_s": self.done_s,
            "runs": self.runs,
            "missed": self.missed,
            "last_done": self.last_done,
        }
