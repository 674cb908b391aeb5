"""`script/chaos`: a month of faults in the virtual home, beside the same month without them."""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import threading
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from .blocks import Blocks
from .heap import one_heap
from .simulated_time import SimulatedTime

# The night of 25 October 2026 has an hour more, and the home uses in this month as much as in the one before.
START: Final = datetime(2026, 10, 3, 22, 0, tzinfo=UTC)
OCCASIONS_A_DAY: Final = 1.7
WIDTH: Final = 30
real_time = time.monotonic


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def live_here(arguments: argparse.Namespace, troubles_a_day: float) -> dict[str, Any]:
    """Live the month in this process, which from now on has no other time than the simulated one."""
    one_heap()
    simulated = SimulatedTime(datetime.fromisoformat(arguments.start))
    simulated.install()
    from .month import live  # noqa: PLC0415 # Home Assistant is imported once the time is simulated

    told = [real_time()]

    def tell(share: float) -> None:
        if real_time() - told[0] > 1:
            told[0] = real_time()
            _say(f"{share:.4f}\n")

    asyncio.set_event_loop(simulated.loop)
    try:
        with Blocks() as blocks:
            return simulated.loop.run_until_complete(
                live(
                    simulated,
                    blocks,
                    arguments.days,
                    troubles_a_day,
                    arguments.seed,
                    arguments.home,
                    arguments.mode,
                    tell,
                    arguments.log,
                )
            )
    except BaseException:  # noqa: BLE001 # it is printed, and the process ends
        # The recorder's thread would keep a process alive that has failed.
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


class Part:
    """One month in a process of its own."""

    def __init__(self, name: str, arguments: argparse.Namespace) -> None:
        self.share = 0.0
        self.trouble: list[str] = []
        command = [sys.executable, "-m", "tests.closed_loop.chaos", "--part", name]
        for key in ("days", "seed", "start", "a_day", "home", "mode"):
            command += [f"--{key.replace('_', '-')}", str(getattr(arguments, key))]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.output = ""
        self._readers = [threading.Thread(target=each) for each in (self._read_progress, self._read_result)]
        for reader in self._readers:
            reader.start()

    def _read_progress(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            try:
                self.share = float(line)
            except ValueError:
                self.trouble.append(line.rstrip())

    def _read_result(self) -> None:
        assert self.process.stdout is not None
        self.output = self.process.stdout.read()

    def done(self) -> bool:
        """Whether it is over."""
        return self.process.poll() is not None

    def result(self) -> dict[str, Any]:
        """What it found. Raises RuntimeError with its last words when it failed."""
        for reader in self._readers:
            reader.join()
        if self.process.returncode:
            raise RuntimeError("\n".join(self.trouble[-30:]))
        found: dict[str, Any] = json.loads(self.output)
        return found

    def end(self) -> None:
        """Leave nothing running."""
        if not self.done():
            self.process.kill()
            self.process.wait()


def side_by_side(arguments: argparse.Namespace) -> dict[str, Any]:
    """The month with faults and the same month without, one process each."""
    parts = {name: Part(name, arguments) for name in ("faults", "calm")}
    try:
        while not all(part.done() for part in parts.values()):
            time.sleep(0.2)
            if any(part.done() and part.process.returncode for part in parts.values()):
                break
            _bar(min(part.share for part in parts.values()))
        failed = next((p for p in parts.values() if p.done() and p.process.returncode), None)
        if failed is not None:
            failed.result()
        faulty, calm = (parts[name].result() for name in ("faults", "calm"))
    finally:
        for part in parts.values():
            part.end()
    return {
        **faulty,
        "bill_without_faults": calm["bill"],
        "without_faults": {
            key: calm[key] for key in calm if key not in ("faults", "seed", "from", "days", "bill_baseline")
        },
    }


def killed(times: int, seed: int) -> dict[str, Any]:
    """Kill a real Home Assistant so often, on the wall clock."""
    from .kills import kill_again_and_again  # noqa: PLC0415 # only here nothing is simulated but the home

    return asyncio.run(kill_again_and_again(times, seed, _bar))


def _bar(share: float) -> None:
    if sys.stderr.isatty():
        _say(f"\r{'█' * int(share * WIDTH):<{WIDTH}} {share:4.0%}" + ("\n" if share == 1 else ""))


def broken(result: dict[str, Any]) -> bool:
    """Whether anything did not hold, in either month."""
    return bool(result["invariants_broken"] or result.get("without_faults", {}).get("invariants_broken"))


def main() -> int:
    """Read the command line, live, print one JSON object."""
    parser = argparse.ArgumentParser(prog="script/chaos", description=__doc__)
    parser.add_argument("--days", type=float, default=30.0, help="how long (default: 30)")
    parser.add_argument("--seed", type=int, default=1, help="which faults, and when")
    parser.add_argument("--start", default=START.isoformat(), help="first moment, ISO 8601 with its zone")
    parser.add_argument("--a-day", type=float, default=OCCASIONS_A_DAY, help="occasions of trouble a day")
    parser.add_argument("--home", choices=("native", "car", "heat"), default="native")
    parser.add_argument("--mode", choices=("automatic", "advise"), default="automatic")
    parser.add_argument("--log", type=Path, help="with --part: where to write what is logged")
    parser.add_argument("--part", choices=("faults", "calm"), help="only the month with faults, or without")
    parser.add_argument("--kills", type=int, help="kill a real Home Assistant so often instead")
    arguments = parser.parse_args()
    began = real_time()
    if arguments.kills:
        result = killed(arguments.kills, arguments.seed)
    elif arguments.part:
        result = live_here(arguments, arguments.a_day if arguments.part == "faults" else 0.0)
    else:
        result = side_by_side(arguments)
    result |= {"took_s": round(real_time() - began), "processor_s": round(time.process_time())}
    sys.stdout.write(json.dumps(result, indent=1) + "\n")
    return 0 if arguments.part else int(broken(result))


if __name__ == "__main__":
    sys.exit(main())
