"""When a processor of this machine stood still, and did nobody's work.

The host of a virtual machine may keep a processor from running without saying so: then not even the kernel's clock
ticks on it, and what it was at seems to have taken as long. A witness on each processor sleeps for two milliseconds
again and again. When its alarm comes late, the processor stood still; when it comes in time and the witness has to
wait for its turn, the processor was busy, which the kernel tells apart.
"""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final, NamedTuple, Self

NAP_S: Final = 0.002
# Less than half a tick of the kernel's clock is no standstill.
STILL_S: Final = 0.002
WAITING: Final = Path("/proc/self/schedstat")


class Still(NamedTuple):
    """A standstill of a processor, from its first certain moment to its last, in seconds of the monotonic clock."""

    processor: int
    began: float
    ended: float


def overlap_s(stills: tuple[Still, ...], processor: int, began: float, ended: float) -> float:
    """For how many seconds between `began` and `ended` the processor stood still."""
    return sum(
        max(min(still.ended, ended) - max(still.began, began), 0.0)
        for still in stills
        if still.processor == processor
    )


class Witnesses:
    """One on each processor, while this is entered. Where the kernel does not tell who waited, there are none."""

    def __init__(self) -> None:
        self._told: dict[int, IO[str]] = {}
        self.processes: dict[int, subprocess.Popen[str]] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        for processor in sorted(os.sched_getaffinity(0)) if WAITING.exists() else ():
            told = self._open.enter_context(tempfile.TemporaryFile("a+"))
            command = [sys.executable, "-S", "-E", __file__, str(processor), str(os.getpid())]
            self._told[processor] = told
            self.processes[processor] = subprocess.Popen(command, stdout=told, text=True, process_group=0)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()
        self._open.close()

    def stills(self) -> tuple[Still, ...]:
        """What they have seen up to now."""
        return tuple(still for processor, told in self._told.items() for still in _read(processor, told))


def _read(processor: int, told: IO[str]) -> list[Still]:
    told.seek(0)
    return [Still(processor, *map(float, line.split())) for line in told]


def witness(processor: int, employer: int) -> None:
    """Tell of the standstills of `processor`, a line for each, for as long as the process `employer` lives."""
    os.sched_setaffinity(0, {processor})
    with WAITING.open("rb", buffering=0) as waiting:

        def waited_s() -> float:
            return int(os.pread(waiting.fileno(), 99, 0).split()[1]) / 1e9

        before = waited_s()
        while os.getppid() == employer:
            due = time.monotonic() + NAP_S
            time.sleep(NAP_S)
            woke, waited = time.monotonic(), waited_s()
            rang = woke - (waited - before)
            before = waited
            if rang - due > STILL_S:
                sys.stdout.write(f"{due:.6f} {rang:.6f}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    witness(int(sys.argv[1]), int(sys.argv[2]))
