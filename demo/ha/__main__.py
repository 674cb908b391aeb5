"""script/demo: the virtual home, a real Home Assistant around it, and its address. `--check` looks at it and ends."""

import argparse
import asyncio
import contextlib
import json
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from demo.clock import RealClock
from demo.ha.check import first_plan, learned_plan, report
from demo.ha.entry import APPLIANCES, CHARGER, demo_entry
from demo.ha.fill import backfill, dashboard, energy_dashboard, entity_ids, tell_car_charge
from demo.ha.seed import Place, write_config
from demo.ha.server import Client, DemoError, free_port, home_assistant
from demo.home import VirtualHome

ROOT = Path(__file__).resolve().parents[2]
COMPONENT = ROOT / "custom_components" / "merit_order"
USUAL_PORT = 8123
HISTORY_DAYS = 30
CAR_TELLS_S = 30.0


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that is up: the simulated house, where Home Assistant answers, and its websocket."""

    home: VirtualHome
    port: int
    folder: Path
    client: Client

    @property
    def address(self) -> str:
        """Where a browser finds it."""
        return f"http://127.0.0.1:{self.port}"


@contextlib.asynccontextmanager
async def running_demo(folder: Path, port: int) -> AsyncIterator[Demo]:
    """Everything started and filled with history; on the way out everything has ended."""
    place = Place()
    home = VirtualHome(RealClock(), soc=0.5, history_days=HISTORY_DAYS, appliances=APPLIANCES)
    async with home:
        token = write_config(folder, COMPONENT, port, await demo_entry(home.addresses(), place), place)
        async with (
            home_assistant(folder, port),
            Client.connect(port, token) as client,
            Client.connect(port, token) as car,
        ):
            await client.until_running()
            telling = asyncio.create_task(_keep_telling(car, home), name="the car's own integration")
            await first_plan(client)
            ids = await entity_ids(client)
            await backfill(client, ids, home.history)
            await energy_dashboard(client, ids, "demo")
            await learned_plan(client)
            await dashboard(client)
            try:
                yield Demo(home, port, folder, client)
            finally:
                telling.cancel()


async def _keep_telling(client: Client, home: VirtualHome) -> None:
    while True:
        await tell_car_charge(client, home.chargers[CHARGER].car.soc * 100)
        await asyncio.sleep(CAR_TELLS_S)


async def stay(folder: Path, port: int) -> int:
    """Run until interrupted."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with running_demo(folder, port) as demo:
        print(f"Merit Order's demo home is at {demo.address} (no login). Ctrl-C ends it.", flush=True)
        await stopped.wait()
        print("Ending …", flush=True)
    return 0


async def check(folder: Path) -> int:
    """Start on a free port, look, print one JSON object, end; 1 when something is wrong."""
    started = time.monotonic()
    async with running_demo(folder, free_port()) as demo:
        result, faults = await report(demo.client)
    print(json.dumps(result, indent=1))
    print(f"{time.monotonic() - started:.0f} s", *faults, sep="\n", file=sys.stderr)
    return 1 if faults else 0


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="start on a free port, print what is there, end")
    parser.add_argument(
        "--port",
        type=int,
        help=f"where to serve; 0: any free port (default: {USUAL_PORT}, else any free port)",
    )
    parser.add_argument("--keep", type=Path, metavar="DIR", help="make the configuration here and leave it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="merit-order-demo-", ignore_cleanup_errors=True) as temporary:
        folder: Path = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            if arguments.check:
                return asyncio.run(check(folder))
            return asyncio.run(
                stay(folder, arguments.port or free_port(USUAL_PORT if arguments.port is None else 0))
            )
        except DemoError as err:
            print(f"The demo could not start: {err}", file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main())
