"""`plan FILE`: a snapshot in, a plan out, both JSON."""

import argparse
import json
from pathlib import Path

from ..model.codec import from_json, to_json
from ..model.errors import InputError
from ..model.snapshot import Snapshot
from ..pipeline import think


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE, and how to read it."""
    parser.add_argument("file", type=Path, help="a snapshot (JSON)")


def run(args: argparse.Namespace) -> int:
    """Print the decision."""
    raw = read(args.file)
    decision = think(from_json(Snapshot, raw))
    print(json.dumps(to_json(decision), indent=1))
    return 0


def read(path: Path) -> object:
    """The JSON in a file; raises InputError naming file and line when it is none."""
    try:
        return json.loads(path.read_text())
    except json.JSONDecodeError as err:
        raise InputError(f"{path}:{err.lineno}", err.msg) from err
