"""The memory of the process: what it holds, without what nobody uses."""

import contextlib
import ctypes
import gc
from pathlib import Path
from typing import Final

# mallopt's number for how many heaps the threads of a process have.
M_ARENA_MAX: Final = -8


def one_heap() -> None:
    """Let all threads share a heap: each one's own keeps what it was given back, which Home Assistant does not hold."""
    with _only_gnu():
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def settled() -> None:
    """Let go of what has ended, and spare the collector what stands now: it would take longer than all that comes.

    Whoever measures collections is not told: this one is nobody's but the simulation's.
    """
    told, gc.callbacks[:] = gc.callbacks[:], []
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.callbacks[:] = told


def held_mb() -> float:
    """Memory that the process holds and no file does, in MB, once the allocator gave back what nobody uses."""
    with _only_gnu():
        ctypes.CDLL(None).malloc_trim(0)
    # Pages of files come and go as the machine likes.
    told = next(line for line in Path("/proc/self/status").read_text().splitlines() if "RssAnon" in line)
    return int(told.split()[1]) * 1024 / 1e6


def _only_gnu() -> contextlib.AbstractContextManager[None]:
    """Other C libraries have no such function."""
    return contextlib.suppress(AttributeError)
