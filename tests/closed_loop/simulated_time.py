"""Time that passes only when nobody has anything to do: an event loop whose clock jumps from timer to timer.

Everything in the process that asks for the time gets the simulated one: asyncio's timers, Home Assistant's clock and
`time.time`. Sockets and threads are real; while an answer is on its way or a thread works, time stands still. So a day
takes as long as the work in it. Import and `install` this before any part of Home Assistant: modules keep the clock
they find when they are first imported.
"""

import asyncio
import contextlib
import selectors
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from datetime import UTC, datetime, tzinfo
from typing import Any, override

# Longer than any job takes: who waits so long in real time waits for a thread that is stuck.
STUCK_S = 120.0
# Timers closer than this are one: sums of floats must not make the loop turn without time moving on.
RESOLUTION_S = 1e-6


class _Selector(selectors.DefaultSelector):
    """Lets simulated time pass instead of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.elapsed = 0.0
        self.jobs = 0

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if self.jobs or timeout is None:
            return self._wait_for_a_thread()
        # What was sent over loopback is there at once; a second look costs little and covers a kernel kept from it.
        if ready := super().select(0):
            return ready
        # A little late, as real timers are: who asks the clock must find that the moment has come.
        self.elapsed += timeout + RESOLUTION_S
        return []

    def _wait_for_a_thread(self) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(STUCK_S)
        if not ready:
            raise TimeoutError(
                f"nothing happened for {STUCK_S:.0f} s of real time with {self.jobs} jobs open"
            )
        return ready


class SimulatedLoop(asyncio.SelectorEventLoop):
    """The event loop; its `time()` is simulated."""

    def __init__(self) -> None:
        self._sim = _Selector()
        super().__init__(self._sim)
        self._clock_resolution = RESOLUTION_S

    @override
    def time(self) -> float:
        return self._sim.elapsed

    @override
    def run_in_executor[*Ts, T](
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        future = super().run_in_executor(executor, func, *args)
        self._sim.jobs += 1
        future.add_done_callback(self._job_done)
        return future

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Let no time pass meanwhile: a thread works that the loop does not know of."""
        self._sim.jobs += 1
        try:
            yield
        finally:
            self._sim.jobs -= 1

    def _job_done(self, _: asyncio.Future[Any]) -> None:
        self._sim.jobs -= 1


class SimulatedTime:
    """What time it is: truly (`true_now`), and by the host's clock (`now`), which may be `skew_s` seconds off."""

    def __init__(self, start: datetime) -> None:
        self.start = start.astimezone(UTC)
        self._start_s = self.start.timestamp()
        self.skew_s = 0.0
        self.loop = SimulatedLoop()

    def true_now(self) -> datetime:
        """Return the true present, aware UTC."""
        return datetime.fromtimestamp(self._start_s + self.loop.time(), UTC)

    def now(self) -> datetime:
        """Return what the host's clock shows, aware UTC."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def timestamp(self) -> float:
        """Return what the host's clock shows, in Unix seconds."""
        return self._start_s + self.loop.time() + self.skew_s

    def install(self) -> None:
        """Make this the time of the process, for good. Raises RuntimeError when that comes too late."""
        if "homeassistant.core" in sys.modules:
            raise RuntimeError("Home Assistant was imported before its clock was ours")
        time.time = self.timestamp
        time.time_ns = lambda: int(self.timestamp() * 1e9)
        # The package binds utcnow a second time while it is imported, so both are set.
        from homeassistant import util  # noqa: PLC0415 # nothing of Home Assistant before the clock is ours
        from homeassistant.util import dt as dt_util  # noqa: PLC0415 # the same

        def now(time_zone: tzinfo | None = None) -> datetime:
            return self.now().astimezone(time_zone or dt_util.DEFAULT_TIME_ZONE)

        util.utcnow = dt_util.utcnow = self.now  # type: ignore[assignment] # a partial there, a method here
        dt_util.now = now
