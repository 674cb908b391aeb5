"""A car that comes and goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ...assets._vehicle import VehicleParams, VehicleState, powers
from ...model.clock_times import daily, instant, parse_clock
from ...model.codec import from_json
from ...model.plan import Intent
from ...model.snapshot import AssetSpec
from ._base import Step


@dataclass(slots=True)
class Vehicle:
    """A car that leaves and comes back by its weekly pattern, and uses energy on the way."""

    params: VehicleParams
    zone: ZoneInfo
    level_kwh: float
    connected: bool = True
    missed: int = 0
    _before: datetime | None = None

    @classmethod
    def of(cls, spec: AssetSpec, zone: ZoneInfo) -> Vehicle:
        """In its first state; half full when that is not given."""
        params = from_json(VehicleParams, dict(spec.params), f"assets.{spec.id}.params")
        state = from_json(VehicleState, dict(spec.state), f"assets.{spec.id}.start")
        soc = 50.0 if state.soc_percent is None else state.soc_percent
        return cls(params, zone, soc / 100 * (params.capacity_kwh or 0.0), state.connected is not False)

    def begin(self, at: datetime) -> None:
        """Departures and returns since the step before."""
        before, self._before = self._before or at - timedelta(seconds=1), at
        events: list[tuple[datetime, bool, float, float]] = []
        for departure in self.params.departures:
            clock = parse_clock(departure.time, "departures.time")
            for leaves in daily(clock, self.zone, before - timedelta(days=2), at):
                day = leaves.astimezone(self.zone).date()
                if day.weekday() not in departure.weekdays:
                    continue
                events.append((leaves, True, departure.soc, departure.trip_kwh if departure.returns else 0.0))
                if departure.returns:
                    back = parse_clock(departure.returns, "departures.returns")
                    events.append(
                        (instant(day + timedelta(days=back <= clock), back, self.zone), False, 0.0, 0.0)
                    )
                else:
                    events.append((leaves, False, 0.0, 0.0))
        for when, leaving, soc, trip in sorted(events, key=lambda event: (event[0], not event[1])):
            if not before < when <= at:
                continue
            if leaving:
                self.missed += self.level_kwh < (soc - 0.5) / 100 * (self.params.capacity_kwh or 0.0)
                self.level_kwh = max(self.level_kwh - trip, 0.0)
            self.connected = not leaving

    def state(self, at: datetime) -> Mapping[str, Any]:
        """Connected or not, and its state of charge."""
        return {
            "connected": self.connected,
            "soc_percent": self.level_kwh / (self.params.capacity_kwh or 1.0) * 100,
        }

    def act(self, intent: Intent | None, step: Step) -> float:
        """Charge as told; by itself a car charges at full power as soon as it is plugged in."""
        least, most = powers(self.params)
        capacity = self.params.capacity_kwh or 0.0
        if not self.connected:
            return 0.0
        power = (intent.power_kw if intent.mode != "off" else 0.0) if intent else most
        if power < 0:
            floor = self.params.floor_soc / 100 * capacity
            given = min(
                -power,
                self.params.max_discharge_kw,
                max(self.level_kwh - floor, 0.0) * self.params.discharge_efficiency / step.hours,
            )
            self.level_kwh -= given * step.hours / self.params.discharge_efficiency
            return -given
        full = (
            max((d.soc for d in self.params.departures), default=80.0)
            if intent is None
            else self.params.max_soc
        )
        room = max(full / 100 * capacity - self.level_kwh, 0.0) / self.params.charge_efficiency / step.hours
        # Below its least current a charger gives it in shorter time: the mean over the step is what counts here.
        kw = min(power if power >= 0.5 * least else 0.0, most, room)
        self.level_kwh += kw * step.hours * self.params.charge_efficiency
        return kw
