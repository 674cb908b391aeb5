"""The witnesses of standstills, at a processor that really is kept from them."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from .standstill import Still, Witnesses, overlap_s

ROOT = Path(__file__).parents[2]
HELD_S = 0.06


def _after(witnesses: Witnesses, seen: int) -> tuple[Still, ...]:
    """What they tell of once there is more than was `seen`; nothing after two seconds."""
    for _ in range(100):
        if len(stills := witnesses.stills()) > seen:
            return stills
        time.sleep(0.02)
    return ()


def test_a_witness_tells_for_how_long_its_alarm_could_not_wake_it() -> None:
    """A stopped process waits for no processor, as nothing waits on one that stands still."""
    with Witnesses() as witnesses:
        time.sleep(0.5)  # until they have started
        processor, process = next(iter(witnesses.processes.items()))
        before = len(witnesses.stills())
        stopped = time.monotonic()
        process.send_signal(signal.SIGSTOP)
        time.sleep(HELD_S)
        process.send_signal(signal.SIGCONT)
        ended = time.monotonic()
        stills = _after(witnesses, before)
    assert overlap_s(stills, processor, stopped, ended) > HELD_S * 0.8


def test_a_witness_that_waits_for_its_turn_tells_nothing_of_it() -> None:
    """Work on every processor delays the witnesses, and is no standstill."""
    with Witnesses() as witnesses:
        time.sleep(0.5)
        work = [sys.executable, "-c", "while True: sum(range(1000))"]
        workers = [subprocess.Popen(work) for _ in range(3 * len(witnesses.processes))]
        began = time.monotonic()
        time.sleep(1.5)
        ended = time.monotonic()
        for worker in workers:
            worker.kill()
            worker.wait()
        stood = sum(overlap_s(witnesses.stills(), each, began, ended) for each in witnesses.processes)
    assert stood < (ended - began) * len(witnesses.processes) / 4


def test_no_witness_is_left_behind() -> None:
    """They end with what they are for."""
    with Witnesses() as witnesses:
        processes = list(witnesses.processes.values())
        assert all(process.poll() is None for process in processes)
    assert all(process.poll() is not None for process in processes)


def test_a_witness_ends_with_a_process_that_is_killed() -> None:
    """Nobody is left to ask it."""
    code = (
        "import time; from tests.closed_loop.standstill import Witnesses; witnesses = Witnesses().__enter__(); "
        "print(*(each.pid for each in witnesses.processes.values()), flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as employer:
        assert employer.stdout is not None
        witnesses = [Path("/proc") / pid for pid in employer.stdout.readline().split()]
        assert witnesses
        employer.kill()
        deadline = time.monotonic() + 10
        while any(map(_runs, witnesses)) and time.monotonic() < deadline:
            time.sleep(0.05)
    assert not any(map(_runs, witnesses))


def _runs(process: Path) -> bool:
    try:
        return "State:\tZ" not in (process / "status").read_text()
    except FileNotFoundError, ProcessLookupError:
        return False
