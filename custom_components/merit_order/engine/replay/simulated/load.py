"""An appliance that can wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ...assets._load import LoadParams
from ...model.clock_times import daily, parse_clock
from ...model.codec import from_json
from ...model.plan import Intent
from ...model.snapshot import AssetSpec
from ._base import Step


@dataclass(slots=True)
class Load:
    """An appliance: a run once begun goes on to its end; an interruptible one is on while it is told to be."""

    params: LoadParams
    zone: ZoneInfo
    done_runs: int = 0
    done_kwh: float = 0.0
    begun: datetime | None = None
    missed: int = 0
    _before: datetime | None = None

    @classmethod
    def of(cls, spec: AssetSpec, zone: ZoneInfo) -> Load:
        """Idle, nothing done yet."""
        params = from_json(LoadParams, dict(spec.params), f"assets.{spec.id}.params")
        return cls(params, zone)

    @property
    def needs_kwh(self) -> float:
        """What a day's need is."""
        if self.params.energy_kwh is not None:
            return self.params.energy_kwh
        return self._run_hours() * self._power() * self.params.runs_per_day

    def begin(self, at: datetime) -> None:
        """A run that is over counts; at the deadline the day is judged."""
        before, self._before = self._before or at, at
        if self.begun is not None and at >= self.begun + timedelta(hours=self._run_hours()):
            self.begun, self.done_runs = None, self.done_runs + 1
        clock = parse_clock(self.params.deadline or "00:00", "deadline")
        if daily(clock, self.zone, before, at):
            if self.params.mode == "needed":
                short = (
                    self.done_runs < self.params.runs_per_day
                    if self.params.contiguous
                    else (self.done_kwh < self.needs_kwh - 0.05)
                )
                self.missed += short
            self.done_runs, self.done_kwh = 0, 0.0

    def state(self, at: datetime) -> Mapping[str, Any]:
        """What was done since the deadline, and whether it runs."""
        return {
            "done_runs": self.done_runs,
            "done_kwh": self.done_kwh,
            "on": self.begun is not None,
            "on_since": self.begun.isoformat() if self.begun else None,
        }

    def act(self, intent: Intent | None, step: Step) -> float:
        """Start or go on; by itself it starts as soon as it may."""
        wanted = intent.mode == "on" if intent else self._due(step.at)
        if not self.params.contiguous:
            if not wanted:
                return 0.0
            power = intent.power_kw if intent and self.params.variable_power else self._power()
            power = (
                min(power, max(self.needs_kwh - self.done_kwh, 0.0) / step.hours) if intent is None else power
            )
            self.done_kwh += power * step.hours
            return power
        if self.begun is None and wanted:
            self.begun = step.at
        if self.begun is None:
            return 0.0
        return self._mean_power((step.at - self.begun) / timedelta(hours=1), step.hours)

    def _due(self, at: datetime) -> bool:
        if self.params.mode != "needed":
            return False
        done = (
            self.done_runs >= self.params.runs_per_day
            if self.params.contiguous
            else (self.done_kwh >= self.needs_kwh - 1e-6)
        )
        earliest = parse_clock(self.params.earliest or "00:00", "earliest")
        return not done and at.astimezone(self.zone).time() >= earliest

    def _power(self) -> float:
        return self.params.power_kw or 1.0

    def _run_hours(self) -> float:
        if self.params.profile_kw:
            return len(self.params.profile_kw) * self.params.profile_minutes / 60
        return (self.params.run_minutes or 60.0) / 60

    def _mean_power(self, since_h: float, hours: float) -> float:
        profile = self.params.profile_kw or (self._power(),)
        length = self._run_hours() / len(profile)
        used = sum(
            kw * max(min(since_h + hours, (i + 1) * length) - max(since_h, i * length), 0.0)
            for i, kw in enumerate(profile)
        )
        return used / hours
