"""A battery store: energy, power and state-of-charge limits, one-way efficiencies. Power W, energy Wh, + = charge."""

from dataclasses import dataclass


@dataclass(slots=True)
class Battery:
    """A 10 kWh LUNA2000 by default: two 5 kWh modules, 5 kW."""

    capacity_wh: float = 10_000.0
    max_charge_w: float = 5_000.0
    max_discharge_w: float = 5_000.0
    charge_efficiency: float = 0.95
    discharge_efficiency: float = 0.95
    min_soc: float = 0.05
    max_soc: float = 1.0
    stored_wh: float = 5_000.0
    power_w: float = 0.0
    charged_wh: float = 0.0
    discharged_wh: float = 0.0

    @property
    def soc(self) -> float:
        """Return the state of charge, 0 to 1."""
        return self.stored_wh / self.capacity_wh

    def bounds(self, dt: float, floor: float, ceiling: float) -> tuple[float, float]:
        """Return least and greatest power in W (least is negative: discharge) for the next `dt` seconds.

        `floor` and `ceiling` are settings of the state of charge; the store's own limits hold beside them.
        """
        hours = dt / 3600
        room = max(0.0, min(ceiling, self.max_soc) * self.capacity_wh - self.stored_wh)
        spare = max(0.0, self.stored_wh - max(floor, self.min_soc) * self.capacity_wh)
        charge = min(self.max_charge_w, room / self.charge_efficiency / hours)
        discharge = min(self.max_discharge_w, spare * self.discharge_efficiency / hours)
        return -discharge, charge

    def apply(self, power_w: float, dt: float) -> None:
        """Run at `power_w` (within `bounds`) for `dt` seconds."""
        energy = power_w * dt / 3600
        if energy >= 0:
            self.stored_wh += energy * self.charge_efficiency
            self.charged_wh += energy
        else:
            self.stored_wh += energy / self.discharge_efficiency
            self.discharged_wh -= energy
        # Rounding at the rails must not leave 100.0000001 %.
        self.stored_wh = min(max(self.stored_wh, 0.0), self.capacity_wh)
        self.power_w = power_w
