"""A room heated by a heat pump with a thermostat of its own. Temperatures in °C, power in W, energy in Wh.

One heat capacity and one resistance: what the pump gives warms the room, and the room leaks to the outside. The COP
falls with the air outside, by 0.08 a kelvin around 3.5 at 7 °C.
"""

from dataclasses import dataclass

from demo import weather
from demo.physics.socket import Truth
from demo.physics.tick import Tick

COP_AT_7, COP_PER_K, LEAST_COP = 3.5, 0.08, 1.5


@dataclass(slots=True)
class HeatedRoom:
    """A well-insulated house: 160 W/K, 8 kWh/K, 2 kW of compressor. `target_c` and `on` are the thermostat's."""

    electric_w: float = 2_000.0
    loss_w_per_k: float = 160.0
    capacity_wh_per_k: float = 8_000.0
    gains_w: float = 300.0
    hysteresis_k: float = 0.3
    seed: int = 1
    target_c: float = 20.5
    on: bool = True
    room_c: float = 20.5
    running: bool = False
    starts: int = 0
    coldest_c: float = 99.0
    shares: tuple[float, float, float] = (1 / 3, 1 / 3, 1 / 3)
    power_w: float = 0.0
    energy_wh: float = 0.0

    def step(self, tick: Tick) -> float:
        """Run one step and return the mean electric power over it in W."""
        outside = weather.temperature_c(tick.epoch, tick.epoch, self.seed)
        if not self.on or self.room_c >= self.target_c + self.hysteresis_k:
            self.running = False
        elif not self.running and self.room_c <= self.target_c - self.hysteresis_k:
            self.running = True
            self.starts += 1
        self.power_w = self.electric_w if self.running else 0.0
        heat = self.power_w * max(COP_AT_7 + COP_PER_K * (outside - 7.0), LEAST_COP) + self.gains_w
        hours = tick.dt / 3600
        self.room_c += (heat - self.loss_w_per_k * (self.room_c - outside)) * hours / self.capacity_wh_per_k
        self.coldest_c = min(self.coldest_c, self.room_c)
        self.energy_wh += self.power_w * hours
        return self.power_w

    def truth(self) -> Truth:
        """Return what only the simulation knows."""
        return {
            "room_c": self.room_c,
            "target_c": self.target_c,
            "starts": self.starts,
            "coldest_c": self.coldest_c,
        }
