"""One Home Assistant process on loopback, and a websocket client to talk to it."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp


class DemoError(Exception):
    """The demo cannot go on; the message says why."""


def free_port(preferred: int = 0) -> int:
    """A TCP port that nobody uses on loopback just now: the preferred one if it is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def home_assistant(folder: Path, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run Home Assistant on `folder`; yields once its web server answers, ends it on the way out."""
    log = (folder / "console.log").open("wb")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "homeassistant", "--config", str(folder), "--skip-pip",
        stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    try:
        await _until_listening(process, port, folder)
        yield process
    finally:
        await _stop(process)
        log.close()


async def _until_listening(process: asyncio.subprocess.Process, port: int, folder: Path) -> None:
    for _ in range(600):
        if process.returncode is not None:
            tail = (folder / "console.log").read_text(errors="replace")[-2000:]
            raise DemoError(f"Home Assistant ended with code {process.returncode}:\n{tail}")
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.2)
    raise DemoError("Home Assistant did not open its port within two minutes")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), 40)
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


class Client:
    """Home Assistant's websocket API, one request at a time."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._id = 0

    @classmethod
    @contextlib.asynccontextmanager
    async def connect(cls, port: int, token: str) -> AsyncIterator[Client]:
        """An authenticated connection. Raises DemoError when the token is refused."""
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"http://127.0.0.1:{port}/api/websocket", max_msg_size=0) as socket,
        ):
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": token})
            if (await socket.receive_json())["type"] != "auth_ok":
                raise DemoError("Home Assistant refused the demo's token")
            yield cls(socket)

    async def call(self, kind: str, **data: Any) -> Any:
        """The result of one command. Raises DemoError with Home Assistant's own words when it fails."""
        self._id += 1
        await self._socket.send_json({"id": self._id, "type": kind, **data})
        while True:
            message = json.loads(await self._socket.receive_str())
            if message.get("id") == self._id and message["type"] == "result":
                if not message["success"]:
                    raise DemoError(f"{kind}: {message['error']}")
                return message["result"]

    async def until_running(self, timeout_s: float = 90) -> None:
        """Wait until start-up is over."""
        for _ in range(int(timeout_s / 0.5)):
            if (await self.call("get_config"))["state"] == "RUNNING":
                return
            await asyncio.sleep(0.5)
        raise DemoError("Home Assistant did not reach RUNNING")
