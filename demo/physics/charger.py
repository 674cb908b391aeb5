"""A wallbox with a car before it. Currents in mA, power in W, energy in Wh.

It offers a current; the car takes what it wants of it. Below 6 A nothing flows. Each start and end of charging moves
the contactor, which is counted: that is what wears; so is each change of phases under load, which burns. If nobody
speaks to it for `failsafe_s`, it falls back to its failsafe current.
"""

from dataclasses import dataclass, field

from demo.physics.car import Car
from demo.physics.socket import L1, Truth
from demo.physics.tick import Tick

VOLTAGE = 230.0
LEAST_MA = 6_000


@dataclass(slots=True)
class Charger:
    """An 11 kW wallbox on three phases, or on one; untouched, it charges as soon as the car is there."""

    car: Car = field(default_factory=Car)
    phases: int = 3
    phases_from: int = 3
    """Who says on how many phases it charges: 0 nobody, 1 OCPP, 2 REST, 3 Modbus, 4 UDP."""
    burnt: int = 0
    most_ma: int = 16_000
    set_ma: int = 16_000
    enabled: bool = True
    failsafe_ma: int = 0
    failsafe_s: int = 0
    session_limit_wh: float = 0.0
    power_w: float = 0.0
    energy_wh: float = 0.0
    session_wh: float = 0.0
    contactor: int = 0
    closed: bool = False
    heard_at: float = 0.0
    shares: tuple[float, float, float] = (1 / 3, 1 / 3, 1 / 3)
    _now: float = 0.0

    def switch_phases(self, phases: int) -> None:
        """Charge on one phase or on three."""
        self.burnt += phases != self.phases and self.power_w > 0
        self.phases = phases
        self.shares = L1 if phases == 1 else (1 / 3, 1 / 3, 1 / 3)

    def heard(self) -> None:
        """Somebody spoke to it: the failsafe starts anew."""
        self.heard_at = self._now

    @property
    def offered_ma(self) -> int:
        """Return the current the car may take now."""
        asked = self.set_ma
        if self.failsafe_s and self._now - self.heard_at > self.failsafe_s:
            asked = min(asked, self.failsafe_ma)
        over = self.session_limit_wh and self.session_wh >= self.session_limit_wh
        if not self.enabled or over or asked < LEAST_MA:
            return 0
        return min(asked, self.most_ma)

    def step(self, tick: Tick) -> float:
        """Run one step and return the mean power over it in W."""
        was_home = self.car.home
        self._now = tick.epoch
        self.car.move(tick)
        if self.car.home and not was_home:
            self.session_wh = 0.0
        offered = self.offered_ma / 1000 * VOLTAGE * self.phases
        self.power_w = self.car.charge(offered, tick.dt) if offered else 0.0
        energy = self.power_w * tick.dt / 3600
        self.energy_wh += energy
        self.session_wh += energy
        if (self.power_w > 0) != self.closed:
            self.closed = not self.closed
            self.contactor += 1
        return self.power_w

    def reboot(self) -> None:
        """Lose the current that was set; the wallbox offers its most again."""
        self.set_ma, self.session_limit_wh = self.most_ma, 0.0

    def truth(self) -> Truth:
        """Return what only the simulation knows."""
        return {"offered_ma": self.offered_ma, "contactor": self.contactor, **self.car.truth()}
