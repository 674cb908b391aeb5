"""`python -m bench [--times N] [PROBLEM.json …]`: every problem in a process of its own, judged by simulation."""

import argparse
import json
import statistics
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from .judge import judge

HERE = Path(__file__).parent
FULL_HOME = HERE.parent / "tests" / "scenarios" / "full_home.json"
BEST_KNOWN = {"S": -0.967119, "M": 1.080949, "L": -5.0228, "L2": 16.826803}
"""Optimum of S, M and L2 by a direct MILP to gap 0; of L the best found in a minute (proven within 0.8 %)."""


def main() -> int:
    """Print one line per problem; 1 when a schedule breaks physics."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--times", type=int, default=5, help="median of so many runs")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("files", nargs="*", type=Path)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(_one(args.files[0])))
        return 0
    files = args.files or [*(HERE / f"{name}.json" for name in BEST_KNOWN), FULL_HOME]
    print(
        f"{'problem':12}{'cost':>12}{'best known':>12}{'off %':>9}{'solve ms':>10}{'total ms':>10}{'peak MB':>9}"
    )
    broken = False
    for path in files:
        runs = [_in_process(path) for _ in range(args.times)]
        middle = {
            key: statistics.median(run[key] for run in runs) for key in ("cost", "solve", "total", "peak")
        }
        best = BEST_KNOWN.get(path.stem)
        off = "" if best is None else f"{(middle['cost'] - best) / abs(best) * 100:9.4f}"
        print(
            f"{path.stem:12}{middle['cost']:12.6f}{'' if best is None else best:>12}{off:>9}"
            f"{middle['solve'] * 1000:10.1f}{middle['total'] * 1000:10.1f}{middle['peak']:9.0f}"
        )
        for run in runs:
            if run["broken"]:
                broken = True
                print(f"  breaks physics: {run['broken']}")
                break
    return int(broken)


def _in_process(path: Path) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603  # our own interpreter on our own module
        [sys.executable, "-m", "bench", "--one", str(path)], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _one(path: Path) -> dict[str, object]:
    """Plan one file once, the imports and a first small plan left out of the time."""
    import resource  # noqa: PLC0415  # only here: the parent measures nothing

    # The engine as it runs alone, and loaded in the child only.
    schedule = import_module("engine.commands.neutral").schedule
    from_json = import_module("engine.model.codec").from_json
    snapshot = import_module("engine.model.snapshot").Snapshot
    think = import_module("engine.pipeline").think

    raw = json.loads(path.read_text())
    if "dt_min" in raw:
        planned = schedule(raw, 1.3)
        verdict = judge(raw, planned)
        cost, broken = verdict.cost, verdict.broken
        solve, total = planned["solve_s"], planned["total_s"]
    else:
        plan = think(from_json(snapshot, raw)).plan
        cost, broken, solve, total = plan.cost, {}, plan.solve_ms / 1000, plan.total_ms / 1000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"cost": cost, "broken": broken, "solve": solve, "total": total, "peak": peak}


if __name__ == "__main__":
    sys.exit(main())
