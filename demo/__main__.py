"""Run the virtual home by itself: `python -m demo` prints the addresses as one line of JSON and stays until stopped."""

import argparse
import asyncio
import contextlib
import json
import signal
from datetime import datetime

from demo.appliances import APPLIANCES, USUAL
from demo.clock import RealClock, ScaledClock
from demo.home import SERVICES, VirtualHome


async def run(home: VirtualHome) -> None:
    """Serve until SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with home:
        print(json.dumps(home.addresses()), flush=True)
        await stopped.wait()


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--speed", type=float, default=1.0, help="how many times as fast as real time")
    parser.add_argument(
        "--start", type=datetime.fromisoformat, help="first moment (ISO 8601 with offset; default: now)"
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of everything that is made up")
    parser.add_argument("--soc", type=float, default=0.5, help="battery at the start, 0 to 1")
    parser.add_argument("--history-days", type=int, default=0, help="days lived through before the start")
    parser.add_argument(
        "--appliances", nargs="*", choices=APPLIANCES, default=USUAL, help="what stands in it"
    )
    parser.add_argument(
        "--services", nargs="*", choices=SERVICES, default=(), help="web services beside the usual two"
    )
    arguments = parser.parse_args()
    real = arguments.speed == 1.0 and arguments.start is None
    clock = RealClock() if real else ScaledClock(arguments.start, arguments.speed)
    home = VirtualHome(
        clock,
        seed=arguments.seed,
        soc=arguments.soc,
        history_days=arguments.history_days,
        appliances=arguments.appliances,
        services=arguments.services,
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(home))


if __name__ == "__main__":
    main()
