"""The demo as script/demo starts it, and a way to break its virtual home from outside.

`python -m tests.browser.home FOLDER` prints its address, then obeys one JSON object a line on standard input
(`{"face": "octopus", "fault": "closed"}`, or null as fault to mend it), answering each with a line.
"""

import asyncio
import json
import signal
import sys
from pathlib import Path

from demo.faults import Fault
from demo.ha.__main__ import running_demo
from demo.ha.server import free_port


def answer(line: str) -> None:
    """Say something to who started this."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main(folder: Path) -> None:
    """Run until standard input ends or the process is told to end."""
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    loop.add_signal_handler(signal.SIGTERM, lines.feed_eof)
    async with running_demo(folder, free_port()) as demo:
        answer(demo.address)
        while line := await lines.readline():
            order = json.loads(line)
            if order["fault"] is None:
                await demo.home.mend(order["face"])
            else:
                await demo.home.break_(order["face"], Fault(order["fault"]))
            answer("done")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
