"""`plan FILE`: a snapshot in, a plan out, both JSON. With --neutral a benchmark problem in, a schedule out."""

import argparse
import json
from pathlib import Path

from ..model.codec import from_json, to_json
from ..model.errors import InputError
from ..model.snapshot import Snapshot
from ..pipeline import think
from ._lines import with_line
from .neutral import schedule


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, and how to read it."""
    parser.add_argument("file", type=Path, help="a snapshot (JSON)")
    parser.add_argument(
        "--neutral", action="store_true", help="the file is a benchmark problem; print a schedule"
    )
    parser.add_argument("--time-limit", type=float, default=1.3, help="seconds for --neutral (default 1.3)")


def run(args: argparse.Namespace) -> int:
    """Print the decision, or the schedule."""
    raw = read(args.file)
    if not isinstance(raw, dict):
        raise InputError(str(args.file), "is not an object")
    try:
        if args.neutral:
            print(json.dumps(schedule(raw, args.time_limit)))
        else:
            print(json.dumps(to_json(think(from_json(Snapshot, raw))), indent=1))
    except InputError as err:
        raise InputError(with_line(args.file, err.field), err.message) from err
    return 0


def read(path: Path) -> object:
    """The JSON in a file; raises InputError naming file and line when it is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, RecursionError) as err:
        raise InputError(str(path), f"is not JSON ({err})") from err
    except json.JSONDecodeError as err:
        raise InputError(f"{path}:{err.lineno}", err.msg) from err
