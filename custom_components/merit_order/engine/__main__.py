"""The engine's command line: `python -m engine COMMAND …`, without Home Assistant."""

import argparse
import importlib
import sys
from collections.abc import Sequence

from .commands import COMMANDS
from .model.errors import MeritOrderError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 2 when the input was wrong."""
    given = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="engine", description="Plans a home's energy.")
    subparsers = parser.add_subparsers(dest="command", required=True)
    for name, text in COMMANDS:
        sub = subparsers.add_parser(name, help=text, description=text)
        if given[:1] == [name]:
            module = importlib.import_module(f".commands.{name}", __package__)
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
    args = parser.parse_args(given)
    try:
        return int(args.run(args))
    except (MeritOrderError, OSError) as err:
        print(f"error: {err}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
