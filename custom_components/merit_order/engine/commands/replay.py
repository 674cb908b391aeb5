"""`replay SERIES.csv --home HOME.yaml`: what the plan would have been worth, as one JSON object.

Bills are what a meter would have billed, less the worth of what is left in batteries and cars (counted alike in all).
"""

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from ..model.errors import InputError
from ..replay.home import Home, read_home
from ..replay.knowledge import Knowledge
from ..replay.perfect import perfect
from ..replay.progress import Progress
from ..replay.recording import Recording, read_recording
from ..replay.run import Planner, Run, Truth, alone, simulate, window
from ._lines import with_line

MOST_DAYS = 100_000
NEEDED = ("import_price", "export_price", "load_kw")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """SERIES, the home, the part to replay."""
    parser.add_argument("series", type=Path, help="recorded series (CSV, also .gz)")
    parser.add_argument("--home", type=Path, required=True, help="the home (YAML)")
    parser.add_argument(
        "--from", dest="start", help="first local day (YYYY-MM-DD) or instant; default: the first"
    )
    parser.add_argument("--days", type=float, help="how many days; default: to the end")
    parser.add_argument(
        "--foresee",
        action="append",
        choices=("load", "solar", "price"),
        default=[],
        help="know this ahead as it happened, to see what its forecast's error costs",
    )
    parser.add_argument("--json", action="store_true", help="print the result only")


def run(args: argparse.Namespace) -> int:
    """Replay and print."""
    began = time.perf_counter()
    recording = read_recording(args.series, NEEDED)
    home = _home(args.home, recording)
    if args.days is not None and not 0 < args.days < MOST_DAYS:
        raise InputError("--days", f"{args.days} is not between 0 and {MOST_DAYS}")
    first, count = window(recording, _start(args.start, home), args.days)
    if count < 2:
        raise InputError("--from", f"{args.series} has nothing there")
    knowledge = Knowledge(recording, home, frozenset(args.foresee))
    try:
        result = replay(Truth.of(recording, first, count), home, knowledge, quiet=args.json)
    except InputError as err:
        # What is wrong with the recording was told when it was read.
        raise InputError(f"{args.home}: {err.field}", err.message) from err
    result["seconds"] = round(time.perf_counter() - began, 2)
    sys.stdout.write(json.dumps(result, indent=None if args.json else 1) + "\n")
    return 0


def _home(path: Path, recording: Recording) -> Home:
    """The home in a file. Raises InputError naming file, line and field."""
    try:
        return read_home(path, recording)
    except InputError as err:
        field = err.field.removeprefix(f"{path}.")
        if field == err.field:
            raise
        raise InputError(with_line(path, field), err.message) from err


def replay(truth: Truth, home: Home, knowledge: Knowledge, *, quiet: bool) -> dict[str, float | int | None]:
    """The four bills and what came with ours."""
    planner = Planner(knowledge, home)
    best = perfect(truth, home)
    without = frozenset({"battery"})
    none = simulate(truth, home, alone, without=without)
    followed = simulate(truth, home, alone)
    with Progress(len(truth), quiet=quiet) as progress:
        ours = simulate(truth, home, planner, meter=planner.look, tick=progress.tick)
    bills = {
        "bill_none": none.bill,
        "bill_self_consumption": followed.bill - best.stored_value * followed.stored_kwh,
        "bill_ours": ours.bill - best.stored_value * ours.stored_kwh,
        "bill_perfect": best.bill - best.stored_value * best.stored_kwh,
    }
    reach = bills["bill_self_consumption"] - bills["bill_perfect"]
    gained = bills["bill_self_consumption"] - bills["bill_ours"]
    capacity = sum(float(spec.params.get("capacity_kwh", 10.0)) for spec in home.of_kind("battery"))
    return {
        **{name: round(bill, 2) for name, bill in bills.items()},
        **(_peaks(none, followed, ours) if home.capacity is not None else {}),
        "captured_share": captured(gained, reach),
        "cycles": round(ours.out_kwh / capacity, 1) if capacity else 0.0,
        "missed_needs": ours.missed,
        "plan_changes": planner.changes,
        "plans": planner.plans,
    }


def captured(gained: float, reach: float) -> float | None:
    """What share of `reach` was `gained` (currency); None with less than a cent to be won, for it would mean nothing.

    All of it at most: no bill holds wear, which knowing everything spares too, so ours can be a cent below.
    """
    return min(round(gained / reach, 4), 1.0) if reach > 0.01 else None


def _peaks(none: Run, followed: Run, ours: Run) -> dict[str, float | int | None]:
    """What of the bills the peaks cost."""
    runs = {"none": none, "self_consumption": followed, "ours": ours}
    return {f"peak_charge_{name}": round(each.capacity, 2) for name, each in runs.items()}


def _start(text: str | None, home: Home) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as err:
        raise InputError("--from", f"{text!r} is no date") from err
    return (moment if moment.tzinfo else moment.replace(tzinfo=home.zone)).astimezone(UTC)
