"""The time of the virtual home: real, scaled, or stepped by hand. Everything that needs time takes a clock."""

import asyncio
import heapq
import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

# A scaled clock must not turn the pacing of the faces into a busy loop: a 1 s telegram at 3600-fold speed is thinned.
SHORTEST_REAL_SLEEP_S = 0.02


class Clock(Protocol):
    """A source of time; `now` is aware UTC, `sleep` counts this clock's own seconds."""

    def now(self) -> datetime:
        """Return this clock's present, aware UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` have passed on this clock."""
        ...


class ScaledClock:
    """Runs `speed` times as fast as the real one, from `start` (default: now). Speed 1 is the real clock."""

    def __init__(self, start: datetime | None = None, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError("speed must be above 0")
        self.speed = speed
        self._start = start or datetime.now(UTC)
        self._origin = time.monotonic()

    def now(self) -> datetime:
        """Return the scaled present."""
        return self._start + timedelta(seconds=(time.monotonic() - self._origin) * self.speed)

    async def sleep(self, seconds: float) -> None:
        """Sleep `seconds` of this clock, never shorter than SHORTEST_REAL_SLEEP_S of real time."""
        await asyncio.sleep(max(seconds / self.speed, SHORTEST_REAL_SLEEP_S))


class RealClock(ScaledClock):
    """The wall clock; follows changes of the system's time."""

    def now(self) -> datetime:
        """Return the system's present."""
        return datetime.now(UTC)


class ManualClock:
    """Stands still until it is told otherwise: for tests that own the time."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("start must be aware")
        self._now = start.astimezone(UTC)
        self._order = itertools.count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """Return the time last set."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move by `seconds`; a negative number is a clock that is set back."""
        self.set(self._now + timedelta(seconds=seconds))

    def set(self, moment: datetime) -> None:
        """Move to `moment` at one go; whoever slept until then is woken once, however long the jump."""
        self._now = moment.astimezone(UTC)
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, sleeper = heapq.heappop(self._sleepers)
            if not sleeper.done():
                sleeper.set_result(None)

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has been moved by `seconds`."""
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due = self._now + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (due, next(self._order), sleeper))
        await sleeper
