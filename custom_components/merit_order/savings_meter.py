"""Energy of one slot, from powers as devices tell them: each holds until the next is heard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

# Nobody looked for so long (the host slept): what happened meanwhile is not known.
BLIND_AFTER = timedelta(seconds=150)
# A slot of which more than this share is not known does not count.
MOST_UNKNOWN = 0.1


@dataclass(slots=True)
class Flow:
    """Energy in both directions, in kWh, and for how many seconds it was known."""

    plus_kwh: float = 0.0
    minus_kwh: float = 0.0
    known_s: float = 0.0


@dataclass(slots=True)
class SlotMeter:
    """Adds up powers (kW, signed, by key) between two edges. `read` says what they are now; None is not known."""

    read: Callable[[], Mapping[str, float | None]]
    flows: dict[str, Flow] = field(default_factory=dict)
    started: datetime | None = None
    _held: Mapping[str, float | None] = field(default_factory=dict)
    _at: datetime | None = None

    def look(self, now: datetime) -> None:
        """Take in the time since the last look, then what is true from now on."""
        if self._at is not None and self._at < now <= self._at + BLIND_AFTER:
            self._add((now - self._at).total_seconds())
        self._at, self._held = now, self.read()

    def begin(self, edge: datetime) -> None:
        """A new slot begins."""
        self.flows, self.started = {}, edge

    def flow(self, key: str, length: timedelta) -> Flow | None:
        """A flow over the whole slot of that length, small gaps filled with its mean; None when too little is known."""
        found, seconds = self.flows.get(key), length.total_seconds()
        if found is None or found.known_s < (1 - MOST_UNKNOWN) * seconds:
            return None
        scale = seconds / found.known_s
        return Flow(round(found.plus_kwh * scale, 6), round(found.minus_kwh * scale, 6), seconds)

    def _add(self, seconds: float) -> None:
        for key, power in self._held.items():
            if power is None:
                continue
            flow = self.flows.setdefault(key, Flow())
            energy = power * seconds / 3600
            flow.plus_kwh += max(energy, 0.0)
            flow.minus_kwh += max(-energy, 0.0)
            flow.known_s += seconds
