"""That half hour with the fast loop, or without, in a process that has no other time than the simulated one.

Prints one JSON object.
"""

import argparse
import asyncio
import json
import sys
from datetime import UTC, datetime

from .simulated_time import SimulatedTime

START = datetime(2026, 5, 17, 8, 58, tzinfo=UTC)


def main() -> int:
    """Read the command line, live, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without", action="store_true", help="leave the plan its word, come what may")
    arguments = parser.parse_args()
    simulated = SimulatedTime(START)
    simulated.install()
    from .half_hour import live  # noqa: PLC0415 # Home Assistant is imported once the time is simulated

    asyncio.set_event_loop(simulated.loop)
    found = simulated.loop.run_until_complete(live(simulated, steered=not arguments.without))
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
