"""What every simulated thing of a home can do.

A step begins with `begin` (trips, deadlines), then each acts: first what uses power, then batteries on what is left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from ...model.plan import Intent


@dataclass(frozen=True, slots=True)
class Step:
    """One step of time. `net_kw` is what the home uses less what the sun gives, so far."""

    at: datetime
    hours: float
    net_kw: float

    @property
    def end(self) -> datetime:
        """When it is over."""
        return self.at + timedelta(hours=self.hours)


class Simulated(Protocol):
    """A thing with a state that follows intents. `missed` counts needs that were not met."""

    missed: int

    def begin(self, at: datetime) -> None:
        """Time has come to `at`: what leaves, leaves; what was due, is judged."""
        ...

    def state(self, at: datetime) -> Mapping[str, Any]:
        """What its sensors say."""
        ...

    def act(self, intent: Intent | None, step: Step) -> float:
        """Follow `intent` for one step; its mean power in kW, + uses. Without an intent: what it does by itself."""
        ...
