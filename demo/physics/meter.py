"""The grid meter of Fluvius: two tariffs each way, quarter-hour demand, month peak and its history.

Power in W (+ = import), energy in Wh. Tariff 1 is the Belgian day (07:00 to 22:00 on weekdays), 2 night and weekend.
"""

from dataclasses import dataclass, field

from demo.physics.tick import Tick

QUARTER_S = 900


@dataclass(frozen=True, slots=True)
class Peak:
    """A month's greatest quarter-hour: the mean import in W and the Unix second at which that quarter ended."""

    watts: float
    ended: float


@dataclass(slots=True)
class Meter:
    """Registers of the meter; `month` is the local year and month the house has last told it."""

    import_wh: list[float] = field(default_factory=lambda: [0.0, 0.0])
    export_wh: list[float] = field(default_factory=lambda: [0.0, 0.0])
    power_w: float = 0.0
    phase_w: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    tariff: int = 1
    quarter: int = -1
    quarter_wh: float = 0.0
    month: tuple[int, int] = (0, 0)
    month_peak: Peak = Peak(0.0, 0.0)
    history: list[tuple[tuple[int, int], Peak]] = field(default_factory=list)

    @property
    def demand_w(self) -> float:
        """Return the energy imported so far in this quarter-hour, expressed as its mean power: it grows from 0."""
        return self.quarter_wh * 4

    def start_quarter(self, tick: Tick, month: tuple[int, int]) -> None:
        """Close the quarter-hour that ended, and the month if that ended too."""
        began = tick.epoch // QUARTER_S * QUARTER_S
        if self.quarter >= 0 and self.demand_w > self.month_peak.watts:
            self.month_peak = Peak(self.demand_w, float(self.quarter + 1) * QUARTER_S)
        self.quarter, self.quarter_wh = int(began // QUARTER_S), 0.0
        if month != self.month:
            if self.month != (0, 0):
                self.history = [*self.history, (self.month, self.month_peak)][-13:]
            self.month, self.month_peak = month, Peak(0.0, began)
        day = tick.weekday < 5 and 7 * 3600 <= tick.local_s < 22 * 3600
        self.tariff = 1 if day else 2

    def step(self, tick: Tick, phase_w: tuple[float, float, float]) -> None:
        """Count one step of net power per phase; the phases are netted against each other as Fluvius meters do."""
        power = phase_w[0] + phase_w[1] + phase_w[2]
        self.power_w = power
        self.phase_w[:] = phase_w
        energy = power * tick.dt / 3600
        if energy >= 0:
            self.import_wh[self.tariff - 1] += energy
            self.quarter_wh += energy
        else:
            self.export_wh[self.tariff - 1] -= energy
