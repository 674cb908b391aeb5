"""A battery behind an inverter that follows modes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ...assets._battery import BatteryParams, BatteryState
from ...model.codec import from_json
from ...model.plan import Intent
from ...model.snapshot import AssetSpec
from ._base import Step


@dataclass(slots=True)
class Battery:
    """A battery as inverters drive it: the mode is followed by the second, not the planned power.

    `self`: cover the home and take its surplus. `hold`: give nothing, still take surplus (unless it is to be fed in).
    `charge`: take at least the planned power, more if the sun gives more. `discharge`: give at least the planned
    power, more if the home needs it.
    """

    params: BatteryParams
    level_kwh: float
    missed: int = 0
    out_kwh: float = 0.0

    @classmethod
    def of(cls, spec: AssetSpec) -> Battery:
        """In its first state; half full when that is not given."""
        params = from_json(BatteryParams, dict(spec.params), f"assets.{spec.id}.params")
        soc = from_json(BatteryState, dict(spec.state), f"assets.{spec.id}.start").soc_percent
        return cls(params, (50.0 if soc is None else soc) / 100 * params.capacity_kwh)

    def begin(self, at: datetime) -> None:
        """A battery waits for nothing."""

    def state(self, at: datetime) -> Mapping[str, Any]:
        """Its state of charge."""
        return {"soc_percent": self.level_kwh / self.params.capacity_kwh * 100}

    def act(self, intent: Intent | None, step: Step) -> float:
        """By mode, within its power and its room."""
        params, net = self.params, step.net_kw
        mode, power = (intent.mode, intent.power_kw) if intent else ("self", 0.0)
        wanted = {
            "charge": max(power, -net, 0.0),
            "discharge": min(power, -net, 0.0),
            "hold": 0.0 if intent and intent.feed_in else max(-net, 0.0),
        }.get(mode, -net)
        room = params.max_soc / 100 * params.capacity_kwh - self.level_kwh
        low = max(params.min_soc, params.reserve_soc) / 100 * params.capacity_kwh
        most_in = min(params.max_charge_kw, max(room, 0.0) / params.charge_efficiency / step.hours)
        most_out = min(
            params.max_discharge_kw, max(self.level_kwh - low, 0.0) * params.discharge_efficiency / step.hours
        )
        if not params.grid_charge:
            most_in = min(most_in, max(-net, 0.0))
        if not params.export:
            most_out = min(most_out, max(net, 0.0))
        kw = min(wanted, most_in) if wanted > 0 else max(wanted, -most_out)
        if kw > 0:
            self.level_kwh += kw * step.hours * params.charge_efficiency
        else:
            self.level_kwh += kw * step.hours / params.discharge_efficiency
            self.out_kwh -= kw * step.hours
        return kw
