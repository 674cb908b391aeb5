"""A tank that cools, is drawn from and is heated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ...assets._hot_water import DRAW_BY_HOUR, KWH_PER_LITRE_K, HotWaterParams, HotWaterState
from ...model.clock_times import daily, parse_clock
from ...model.codec import from_json
from ...model.plan import Intent
from ...model.snapshot import AssetSpec
from ._base import Step


@dataclass(slots=True)
class Tank:
    """One well-mixed mass of water with a thermostat of its own."""

    params: HotWaterParams
    zone: ZoneInfo
    water_c: float
    heating_kw: float = 0.0
    disinfected: datetime | None = None
    missed: int = 0
    _before: datetime | None = None
    _warming: bool = field(default=False)

    @classmethod
    def of(cls, spec: AssetSpec, zone: ZoneInfo) -> Tank:
        """At its first temperature; 50 °C when that is not given."""
        params = from_json(HotWaterParams, dict(spec.params), f"assets.{spec.id}.params")
        state = from_json(HotWaterState, dict(spec.state), f"assets.{spec.id}.start")
        return cls(params, zone, 50.0 if state.temperature_c is None else state.temperature_c)

    def begin(self, at: datetime) -> None:
        """At each time the water should be hot it is judged, with half a degree of grace."""
        before, self._before = self._before or at, at
        self.disinfected = self.disinfected or at
        for text in self.params.hot_at:
            if daily(parse_clock(text, "hot_at"), self.zone, before, at):
                self.missed += self.water_c < self.params.hot_c - 0.5

    def state(self, at: datetime) -> Mapping[str, Any]:
        """Temperature, power, and when it was last hot enough for hygiene."""
        hygiene = (self.disinfected or datetime.min.replace(tzinfo=UTC)).isoformat()
        return {"temperature_c": self.water_c, "power_kw": self.heating_kw, "disinfected": hygiene}

    def act(self, intent: Intent | None, step: Step) -> float:
        """Heat as told, never above the limit; by itself a thermostat with 5 K of play holds it hot."""
        params = self.params
        if intent is None:
            self._warming = self.water_c < params.hot_c + (5.0 if self._warming else 0.0)
            power = params.power_kw if self._warming else 0.0
        else:
            power = min(max(intent.power_kw, 0.0), params.power_kw) if intent.mode == "heat" else 0.0
        capacity = params.volume_l * KWH_PER_LITRE_K
        loss = params.loss_kwh_day / 24 / 45 * (self.water_c - params.around_c)
        weight = DRAW_BY_HOUR[step.at.astimezone(self.zone).hour] / sum(DRAW_BY_HOUR)
        gone = (loss + weight * params.draw_kwh_day) * step.hours
        room = max((params.max_c - self.water_c) * capacity + gone, 0.0)
        power = min(power, room / max(params.cop, 1.0) / step.hours)
        self.water_c += (power * max(params.cop, 1.0) * step.hours - gone) / capacity
        self.heating_kw = power
        if self.water_c >= params.legionella_c - 0.5:
            self.disinfected = step.end
        return power
