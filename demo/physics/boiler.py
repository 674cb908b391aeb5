"""A kitchen boiler: a fully mixed tank with an element, its own thermostat, heat loss and hot-water draws.

Temperatures in °C, volumes in litres, power in W, energy in Wh. Draws are what people want: litres at 40 °C; a tank
that is colder than that falls short, and the shortfall is counted.
"""

import random
from dataclasses import dataclass

from demo.physics.socket import Truth
from demo.physics.tick import Tick

# Heat capacity of water, Wh per litre and kelvin.
WATER = 1.163
COLD_C = 12.0
ROOM_C = 19.0
WANTED_C = 40.0

# (hour of the local day, litres at 40 °C, minutes): dishes and hands; 100 litres or 3.3 kWh a day.
DRAWS: tuple[tuple[float, float, float], ...] = (
    (6.75, 20.0, 15.0),
    (8.0, 10.0, 10.0),
    (12.5, 16.0, 12.0),
    (16.0, 8.0, 8.0),
    (18.75, 34.0, 25.0),
    (21.5, 12.0, 10.0),
)


@dataclass(slots=True)
class Boiler:
    """A 100 l tank with a 2 kW element; `powered` is what the socket before it says."""

    litres: float = 100.0
    element_w: float = 2_000.0
    thermostat_c: float = 65.0
    hysteresis_k: float = 4.0
    loss_w_per_k: float = 1.1
    temperature_c: float = 50.0
    seed: int = 1
    heating: bool = True
    drawn_wh: float = 0.0
    lost_wh: float = 0.0
    heated_wh: float = 0.0
    short_wh: float = 0.0
    last_hot: float | None = None
    _day: int = -1
    _people: float = 1.0

    def step(self, tick: Tick, powered: bool) -> float:
        """Run one step and return the mean electric power over it in W."""
        if tick.day != self._day:
            self._day = tick.day
            self._people = random.Random(f"{self.seed} {tick.day}").uniform(0.75, 1.25)
        heat_per_k = self.litres * WATER
        hours = tick.dt / 3600
        loss = self.loss_w_per_k * (self.temperature_c - ROOM_C) * hours
        drawn = self._draw(tick)
        temperature = self.temperature_c - (loss + drawn) / heat_per_k
        heat = 0.0
        if temperature <= self.thermostat_c - self.hysteresis_k:
            self.heating = True
        if powered and self.heating:
            room = max(0.0, self.thermostat_c - temperature) * heat_per_k
            heat = min(self.element_w * hours, room)
            temperature += heat / heat_per_k
        if temperature >= self.thermostat_c - 1e-9:
            self.heating = False
            self.last_hot = tick.epoch + tick.dt
        self.temperature_c = temperature
        self.lost_wh += loss
        self.heated_wh += heat
        return heat / hours

    def _draw(self, tick: Tick) -> float:
        """Return the heat in Wh that leaves with the water in this step, relative to cold water."""
        litres = 0.0
        for hour, amount, minutes in DRAWS:
            if 0 <= tick.local_s - hour * 3600 < minutes * 60:
                litres += amount * self._people * tick.dt / (minutes * 60)
        if litres == 0.0:
            return 0.0
        wanted = litres * WATER * (WANTED_C - COLD_C)
        # Below 40 °C all the water that runs comes from the tank, and it is not warm enough.
        given = min(wanted, litres * WATER * max(0.0, self.temperature_c - COLD_C))
        self.drawn_wh += given
        self.short_wh += wanted - given
        return given

    def truth(self) -> Truth:
        """Return what only the simulation knows."""
        return {
            "temperature_c": self.temperature_c,
            "heating": self.heating,
            "drawn_kwh": self.drawn_wh / 1000,
            "short_kwh": self.short_wh / 1000,
            "last_hot": self.last_hot,
        }
