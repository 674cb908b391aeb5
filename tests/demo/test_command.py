"""`python -m demo`: prints where it listens, serves, and ends when told to."""

import asyncio
import json
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


async def test_it_serves_what_it_prints_and_ends_cleanly(loopback: None) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo", "--speed", "60", "--start", "2026-06-12T10:00+00:00"),
        *("--appliances", "boiler", "charger"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    addresses = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
    assert set(addresses) == {"huawei", "dsmr", "p1", "boiler", "charger", "octopus", "open_meteo"}
    reader, writer = await asyncio.open_connection(addresses["dsmr"]["host"], addresses["dsmr"]["port"])
    assert (await asyncio.wait_for(reader.readline(), 5)).startswith(b"/FLU5")
    writer.close()
    process.send_signal(signal.SIGTERM)
    _, errors = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 0, errors.decode()
    assert errors == b""
