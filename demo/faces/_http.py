"""An HTTP face: an aiohttp server whose every answer can be spoilt."""

import asyncio
import json
import random
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import ClassVar, override

from aiohttp import web

from demo.faces._base import HOST, Face, World
from demo.faults import Fault

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HTML_PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Wi-Fi</h1></body></html>"


class HttpFace(Face):
    """Serves the routes its subclass gives, on plain HTTP."""

    supported: ClassVar[frozenset[Fault]] = frozenset(
        {
            Fault.CLOSED,
            Fault.SILENT,
            Fault.GARBAGE,
            Fault.LATENCY,
            Fault.TRUNCATED,
            Fault.HTTP_STATUS,
            Fault.HTML,
            Fault.EMPTY,
        }
    )

    def __init__(self, key: str, world: World) -> None:
        super().__init__(key, world)
        self.requests = 0
        self._runner: web.AppRunner | None = None
        self._random = random.Random(key)

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """Return the paths this face answers."""

    @property
    def url(self) -> str:
        """Return the base address, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    def empty(self, request: web.Request) -> web.Response:
        """Return what a well-formed answer with nothing in it looks like."""
        return web.json_response({})

    @override
    async def _open(self) -> None:
        @web.middleware
        async def spoil(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._spoil(request, handler)

        app = web.Application(middlewares=[spoil])
        app.add_routes(self.routes())
        # A silent handler must end with its client, and stopping must not wait for it.
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]

    @override
    async def _close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _spoil(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.requests += 1
        faults = self.faults
        if Fault.LATENCY in faults:
            await asyncio.sleep(faults.value(Fault.LATENCY))
        while Fault.SILENT in faults:  # noqa: ASYNC110 - simpler than an event per fault, and rare
            await asyncio.sleep(0.05)
        if Fault.GARBAGE in faults and request.transport is not None:
            request.transport.write(self._random.randbytes(200))
            request.transport.close()
            return web.Response()
        if Fault.HTTP_STATUS in faults:
            return web.json_response(
                {"detail": "Broken on purpose."}, status=int(faults.value(Fault.HTTP_STATUS))
            )
        if Fault.HTML in faults:
            return web.Response(text=HTML_PAGE, content_type="text/html")
        if Fault.EMPTY in faults:
            return self.empty(request)
        response = await handler(request)
        if (
            Fault.TRUNCATED in faults
            and isinstance(response, web.Response)
            and isinstance(response.body, bytes)
        ):
            return web.Response(
                body=response.body[: len(response.body) // 2], content_type=response.content_type
            )
        return response


class ForecastFace(HttpFace):
    """A forecast of the sun, by the sky that `seed` makes."""

    supported: ClassVar[frozenset[Fault]] = HttpFace.supported | {Fault.ZERO}

    def __init__(self, key: str, world: World, seed: int) -> None:
        super().__init__(key, world)
        self.seed = seed


async def json_body(request: web.Request) -> dict[str, object] | None:
    """Return the request's JSON object, or None when it is none."""
    try:
        body = json.loads(await request.text())
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
