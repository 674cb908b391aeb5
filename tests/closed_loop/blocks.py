"""How long callbacks held the event loop, in processor time."""

import asyncio
import gc
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self, cast
from unittest.mock import patch

from .standstill import Still, Witnesses, overlap_s

# Callbacks quicker than this are nobody's worry, and are not looked at any further.
WORTH_NAMING_S: Final = 0.005
LONG_S: Final = 0.02
# Code of the virtual home and of what watches it. Whoever is visited by web is the virtual home.
NOT_OURS: Final = ("/demo/", "/tests/", "/aiohttp/web_protocol.py")
PROCESSOR_IN_STAT: Final = 36  # which processor a thread is on, counted from behind its name


@dataclass(frozen=True, slots=True)
class Hold:
    """One callback, `name`d by its code, that held the loop.

    It took `took_s` seconds of processor time, from `began` to `ended` of the monotonic clock, lastly on `processor`.
    """

    name: str
    at: datetime
    took_s: float
    began: float
    ended: float
    processor: int

    def stood_s(self, stills: tuple[Still, ...]) -> float:
        """For how much of that time the processor stood still, in seconds: never more than is certain.

        What it stood while it was not the callback's turn is in no processor time, so the callback's own share is
        at least what is left when all of that is taken off.
        """
        others = self.ended - self.began - self.took_s
        still = overlap_s(stills, self.processor, self.began, self.ended)
        return min(max(still - others, 0.0), self.took_s)


class Blocks:
    """Measures every callback of the process while it is entered, and when the machine stood still meanwhile.

    The virtual home answers on the same loop; what it does itself is left out. So is what Python's garbage collector
    takes, which goes through the virtual home too and strikes anybody: its longest is kept in `collecting_s`.
    """

    def __init__(self) -> None:
        self.holds: list[Hold] = []
        self.collecting_s = self._collected_s = self._began = 0.0
        self._witnesses = Witnesses()
        self._left = ExitStack()

    def __enter__(self) -> Self:
        self._left.enter_context(self._witnesses)
        run = asyncio.Handle._run

        def measured(handle: asyncio.Handle) -> None:
            self._collected_s, began, started = 0.0, time.monotonic(), time.thread_time()
            run(handle)
            took = time.thread_time() - started - self._collected_s
            if took >= WORTH_NAMING_S:
                self._note(handle, took, began)

        self._left.enter_context(patch.object(asyncio.Handle, "_run", measured))
        gc.callbacks.append(self._collecting)
        self._left.callback(gc.callbacks.remove, self._collecting)
        return self

    def __exit__(self, *_: object) -> None:
        self._left.close()

    def clear(self) -> None:
        """Forget what was measured up to now."""
        self.holds, self.collecting_s = [], 0.0

    def told(self) -> dict[str, Any]:
        """What is to be printed while this is entered: the longest hold, and what standstills added to others."""
        stills = self._witnesses.stills()
        ours = ((hold.took_s - hold.stood_s(stills), hold.name) for hold in self.holds)
        worst_s, worst = max(ours, default=(0.0, ""))
        still = [still.ended - still.began for still in stills]
        return {
            "worst_block_ms": round(worst_s * 1000, 1),
            "worst_block": worst,
            "worst_collection_ms": round(self.collecting_s * 1000, 1),
            "standstills": {
                "count": len(still),
                "longest_ms": round(max(still, default=0.0) * 1000, 1),
                "total_s": round(sum(still), 2),
            },
            "blocks_over_20_ms_with_standstills": [
                f"{hold.took_s * 1000:.1f}, of which {hold.stood_s(stills) * 1000:.1f} stood still, "
                f"at {hold.at:%m-%d %H:%M:%S}: {hold.name}"
                for hold in self.holds
                if hold.took_s > LONG_S
            ],
        }

    def _collecting(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.thread_time()
        else:
            took = time.thread_time() - self._began
            self._collected_s += took
            self.collecting_s = max(self.collecting_s, took)

    def _note(self, handle: asyncio.Handle, took: float, began: float) -> None:
        name, ended = _name(handle), time.monotonic()
        if any(part in name for part in NOT_OURS):
            return
        at = datetime.fromtimestamp(time.time(), UTC)
        self.holds.append(Hold(name, at, took, began, ended, _processor()))


def _processor() -> int:
    """The processor that this thread runs on."""
    told = Path("/proc/thread-self/stat").read_text()
    return int(told.rpartition(")")[2].split()[PROCESSOR_IN_STAT])


def _name(handle: asyncio.Handle) -> str:
    """Where the code lies that ran: of a task its coroutine, of anything else the function."""
    # A handle forgets its callback only when it is cancelled.
    callback: Any = cast("Any", handle)._callback
    task = getattr(callback, "__self__", None)
    if isinstance(task, asyncio.Task):
        code = getattr(task.get_coro(), "cr_code", None)
        return f"{getattr(code, 'co_filename', '')}:{getattr(code, 'co_qualname', task.get_name())}"
    function = getattr(callback, "func", callback)
    function = getattr(function, "__func__", function)
    code = getattr(function, "__code__", None)
    return f"{getattr(code, 'co_filename', '')}:{getattr(code, 'co_qualname', repr(callback)[:80])}"
