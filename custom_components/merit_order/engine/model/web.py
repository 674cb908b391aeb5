"""Asking a web service: one place for timeouts, retries, and the many ways an answer can be wrong.

Messages name the service and what happened, never the address, the query or a header: those may carry a key,
an account or a postcode.
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from .errors import BadData, CannotConnect, InputError, InvalidAuth, RateLimited, SilentPeer, SourceError
from .ports import Ports

TIMEOUT_S = 20.0
ATTEMPTS = 3
BACK_OFF_S = 1.0
PATIENCE_S = 15.0
"""A service that asks for a longer wait than this is left alone; the caller comes back at its next turn."""
RETRY_AFTER_S = 60.0
"""Taken when a service limits us and does not say for how long."""
MAX_BYTES = 16_000_000


class NotFound(BadData):
    """The service has no such thing (404): a product, an area or a site that does not exist."""

    key = "not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request; `service` is for messages.

    `secret` says that a key is in it, so that a refusal means a wrong key. `readable` are error codes whose body is an
    answer all the same.
    """

    service: str
    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    secret: bool = False
    readable: frozenset[int] = frozenset()
    timeout_s: float | None = None
    """None: TIMEOUT_S."""
    attempts: int = ATTEMPTS


async def ask_json(ports: Ports, question: Question) -> Any:
    """The parsed JSON of the answer. Raises SourceError."""
    return await _ask(ports, question, json.loads)


async def ask_text(ports: Ports, question: Question) -> str:
    """The text of the answer (XML, CSV). Raises SourceError."""
    return await _ask(ports, question, str)


@contextmanager
def reading(service: str) -> Iterator[None]:
    """Turn the errors of picking an answer apart (a field that is absent or of another type) into BadData."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, InputError) as err:
        raise BadData(
            f"{service}: the answer has another shape than expected ({type(err).__name__}: {err})"[:200],
            service=service,
        ) from err


async def _ask[T](ports: Ports, question: Question, read: Callable[[str], T]) -> T:
    for attempt in range(1, question.attempts + 1):
        try:
            return await _once(ports, question, read)
        except NotFound, InvalidAuth:
            raise
        except SourceError as err:
            # Jitter keeps the homes that fail together from asking again together.
            wait_s = BACK_OFF_S * 2.0 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
            if isinstance(err, RateLimited):
                wait_s = err.retry_after_s
            if attempt == question.attempts or wait_s > PATIENCE_S:
                raise
            await ports.clock.sleep(wait_s)
    raise AssertionError("a question has at least one attempt")


async def _once[T](ports: Ports, question: Question, read: Callable[[str], T]) -> T:
    service, timeout_s = question.service, question.timeout_s or TIMEOUT_S
    try:
        async with ports.http.request(
            "GET" if question.body is None else "POST",
            question.url,
            params=dict(question.params),
            headers=dict(question.headers),
            json=question.body,
            timeout=aiohttp.ClientTimeout(total=timeout_s),
        ) as response:
            _judge(response, question, ports)
            text = await _text(response, service)
            html = response.content_type == "text/html" or text.lstrip()[:9].lower().startswith(
                ("<!doctype", "<html")
            )
    except TimeoutError as err:
        if isinstance(err, aiohttp.ConnectionTimeoutError):
            raise CannotConnect(f"{service}: no connection in time", service=service) from None
        raise SilentPeer(f"{service}: no answer within {timeout_s:g} s", service=service) from None
    except aiohttp.ClientPayloadError:
        raise BadData(f"{service}: the answer broke off", service=service) from None
    except (aiohttp.ClientError, OSError) as err:
        # The exception's own text may hold the address with its query: only its kind is told.
        raise CannotConnect(f"{service}: cannot be reached ({type(err).__name__})", service=service) from None
    if html:
        raise BadData(f"{service}: answered with a web page instead of data", service=service)
    try:
        return read(text)
    except ValueError:
        raise BadData(
            f"{service}: the answer is broken off or is not what was asked for", service=service
        ) from None


async def _text(response: aiohttp.ClientResponse, service: str) -> str:
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > MAX_BYTES:
            raise BadData(f"{service}: the answer is larger than {MAX_BYTES} bytes", service=service)
    try:
        return body.decode(response.charset or "utf-8-sig")
    except LookupError, UnicodeDecodeError:
        raise BadData(f"{service}: the answer is not text", service=service) from None


def _judge(response: aiohttp.ClientResponse, question: Question, ports: Ports) -> None:
    service, status = question.service, response.status
    match status:
        case _ if status in question.readable:
            return
        case 429:
            wait_s = _retry_after(response.headers, ports.clock.now())
            raise RateLimited(f"{service}: asks us to wait {wait_s:.0f} s", wait_s, service=service)
        case 401 | 403 if question.secret:
            raise InvalidAuth(f"{service}: refused the key", service=service)
        case 404:
            raise NotFound(f"{service}: has no such thing", service=service)
        case _ if status >= 500:
            raise CannotConnect(f"{service}: answered with error {status}", service=service, status=status)
        case _ if status >= 400:
            raise BadData(f"{service}: refused the request ({status})", service=service, status=status)


def _retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds to wait: `Retry-After` (seconds or a date), or the reset of the IETF rate-limit header, or a
    minute.
    """
    for name in ("Retry-After", "RateLimit-Reset"):
        raw = headers.get(name, "").strip()
        if raw.isdigit():
            return float(raw)
        if raw:
            try:
                return max(0.0, (parsedate_to_datetime(raw) - now).total_seconds())
            except ValueError, TypeError:
                continue
    return RETRY_AFTER_S
