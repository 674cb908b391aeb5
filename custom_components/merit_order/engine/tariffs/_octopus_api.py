"""Octopus' REST API: paged lists, with or without a key."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import encode_basic_auth

from ..model.ports import Ports
from ..model.web import Question, ask_json, reading

SERVICE = "Octopus"
URL = "https://api.octopus.energy"
PAGE_SIZE = 1500
MAX_PAGES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The service at `url`; `key` opens what belongs to an account."""

    ports: Ports
    url: str = URL
    key: str | None = None

    async def ask(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """One answer. Raises SourceError."""
        headers = {"Authorization": encode_basic_auth(self.key, "")} if self.key else {}
        question = Question(
            service=SERVICE,
            url=f"{self.url.rstrip('/')}/v1/{path}",
            params=params or {},
            headers=headers,
            secret=self.key is not None,
        )
        return await ask_json(self.ports, question)

    async def rows(self, path: str, params: Mapping[str, str]) -> AsyncIterator[Mapping[str, Any]]:
        """All rows of a paged list. Pages are asked by number: the `next` link of an answer is not followed blindly."""
        for page in range(1, MAX_PAGES + 1):
            paging = {"page_size": str(PAGE_SIZE), **({"page": str(page)} if page > 1 else {})}
            answer = await self.ask(path, {**params, **paging})
            with reading(SERVICE):
                rows, more = list(answer["results"]), answer.get("next")
            for row in rows:
                yield row
            if not more or not rows:
                return


def stamp(at: datetime) -> str:
    """A time as the service wants it: with a Z, so that summer time cannot move it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
