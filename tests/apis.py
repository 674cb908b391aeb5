"""A web service on loopback that answers as it is told, and the ports to reach it. Only the wire is replaced."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from custom_components.merit_order.engine.model.errors import SourceError
from custom_components.merit_order.engine.model.ports import EntityState, Ports
from custom_components.merit_order.engine.model.series import Series

FIXTURES = Path(__file__).parent / "fixtures" / "apis"

type Answer = Callable[[web.Request], Awaitable[web.StreamResponse] | web.StreamResponse]


def fixture(name: str) -> str:
    """The text of a stored answer."""
    return (FIXTURES / name).read_text()


def at(text: str) -> datetime:
    """An instant; without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@dataclass
class StoppedClock:
    """Stands still; a wait moves it on at once and is remembered."""

    moment: datetime
    waits: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.moment += timedelta(seconds=seconds)


@dataclass
class Shelf:
    """A store in memory; what is saved must be JSON."""

    values: dict[str, str] = field(default_factory=dict)

    def load(self, key: str) -> Any:
        return json.loads(self.values[key]) if key in self.values else None

    def save(self, key: str, value: Any) -> None:
        self.values[key] = json.dumps(value)

    async def keep(self, key: str, value: Any) -> None:
        self.save(key, value)


@dataclass
class House:
    """States and actions of the house around us, as a table."""

    states: dict[str, EntityState] = field(default_factory=dict)

    def get(self, entity_id: str) -> EntityState | None:
        return self.states.get(entity_id)

    async def call(self, domain: str, action: str, entity_id: str, data: Mapping[str, Any]) -> None:
        raise AssertionError("nothing here calls an action")


@dataclass
class ActionAnswers:
    """Home Assistant's actions with responses: a table by name, and what was asked."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    async def ask(self, domain: str, action: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        name = f"{domain}.{action}"
        self.asked.append((name, data))
        answer = self.answers.get(name, SourceError(f"{name} does not exist"))
        found = answer(data) if callable(answer) else answer
        if isinstance(found, Exception):
            raise found
        result: Mapping[str, Any] = found
        return result


class NoHistory:
    """A recorder that has nothing."""

    async def mean_power_kw(self, statistic_id: str, start: datetime, end: datetime) -> Series:
        return Series(())


@dataclass
class Service:
    """A server that gives one answer after another (the last one for ever) and remembers what it was asked."""

    answers: list[Answer] = field(default_factory=list)
    requests: list[web.Request] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        self.bodies.append(await request.text())
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        response = answer(request)
        return response if isinstance(response, web.StreamResponse) else await response

    def says(self, *answers: Answer) -> None:
        """What to answer from now on."""
        self.answers = list(answers)


def json_(value: Any, status: int = 200) -> Answer:
    """Answer with JSON; a text is sent as it is."""
    text = value if isinstance(value, str) else json.dumps(value)
    return lambda request: web.Response(text=text, status=status, content_type="application/json")


def xml(text: str, status: int = 200) -> Answer:
    return lambda request: web.Response(text=text, status=status, content_type="text/xml")


def html(status: int = 200) -> Answer:
    page = "<!DOCTYPE html><html><body>Down for maintenance</body></html>"
    return lambda request: web.Response(text=page, status=status, content_type="text/html")


def error(status: int, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: web.Response(status=status, headers=named)


def cut_off(text: str) -> Answer:
    """Promise the whole text, send half of it and hang up."""

    async def answer(request: web.Request) -> web.StreamResponse:
        body = text.encode()
        response = web.StreamResponse(
            headers={"Content-Length": str(len(body)), "Content-Type": "application/json"}
        )
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        assert request.transport is not None
        request.transport.close()
        return response

    return answer


@asynccontextmanager
async def service() -> AsyncIterator[Service]:
    """A running server."""
    served = Service()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", served.handle)
    async with TestServer(app, host="127.0.0.1") as server:
        served.url = str(server.make_url("")).rstrip("/")
        yield served


@asynccontextmanager
async def ports(moment: str = "2026-06-15T12:00Z", **changes: Any) -> AsyncIterator[Ports]:
    """Ports with a stopped clock, an empty shelf and a real HTTP session."""
    async with ClientSession() as session:
        yield Ports(
            **{
                "clock": StoppedClock(at(moment)),
                "http": session,
                "entities": House(),
                "history": NoHistory(),
                "store": Shelf(),
                "timezone": "Europe/London",
                "latitude": 51.5,
                "longitude": -0.1,
                **changes,
            }
        )
