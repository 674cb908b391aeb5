"""Asking a service: retries, back-off, patience, silence, and nothing secret in a message."""

import asyncio
import logging

import pytest
from aiohttp import web

from custom_components.merit_order.engine.model.errors import (
    BadData,
    CannotConnect,
    InvalidAuth,
    RateLimited,
    SilentPeer,
    SourceError,
)
from custom_components.merit_order.engine.model.web import NotFound, Question, ask_json
from tests.apis import Answer, StoppedClock, cut_off, error, html, json_, ports, service

pytestmark = pytest.mark.usefixtures("loopback")


async def test_a_passing_fault_is_tried_again_with_growing_jittered_waits() -> None:
    async with service() as web_service, ports() as home:
        web_service.says(error(500), html(502), json_({"fine": True}))
        assert await ask_json(home, Question(service="X", url=web_service.url)) == {"fine": True}
        assert isinstance(home.clock, StoppedClock)
        first, second = home.clock.waits
        assert 0.5 <= first <= 1.5
        assert 1.0 <= second <= 3.0


async def test_a_short_wait_that_is_asked_for_is_kept_and_a_long_one_is_handed_up() -> None:
    async with service() as web_service, ports() as home:
        web_service.says(error(429, Retry_After="7"), json_(1))
        assert await ask_json(home, Question(service="X", url=web_service.url)) == 1
        assert isinstance(home.clock, StoppedClock)
        assert home.clock.waits == [7.0]
        web_service.says(error(429, Retry_After="600"))
        with pytest.raises(RateLimited) as limited:
            await ask_json(home, Question(service="X", url=web_service.url))
        assert limited.value.retry_after_s == 600
        assert len(web_service.requests) == 3
        web_service.says(error(429, Retry_After="Mon, 15 Jun 2026 12:10:07 GMT"))
        with pytest.raises(RateLimited) as dated:
            await ask_json(home, Question(service="X", url=web_service.url))
        assert dated.value.retry_after_s == 600


@pytest.mark.parametrize(
    ("answer", "secret", "kind", "calls"),
    [
        (error(401), True, InvalidAuth, 1),
        (error(403), True, InvalidAuth, 1),
        (error(404), False, NotFound, 1),
        (error(503), False, CannotConnect, 3),
    ],
)
async def test_what_will_not_pass_is_not_tried_again(
    answer: Answer, secret: bool, kind: type[SourceError], calls: int
) -> None:
    async with service() as web_service, ports() as home:
        web_service.says(answer)
        with pytest.raises(kind):
            await ask_json(home, Question(service="X", url=web_service.url, secret=secret))
        assert len(web_service.requests) == calls


async def test_a_service_that_never_answers_and_one_that_is_not_there() -> None:
    async def silent(request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    async with service() as web_service, ports() as home:
        web_service.says(silent)
        with pytest.raises(SilentPeer):
            await ask_json(home, Question(service="X", url=web_service.url, timeout_s=0.1, attempts=2))
        assert len(web_service.requests) == 2
        gone = web_service.url
    async with ports() as home:
        with pytest.raises(CannotConnect):
            await ask_json(home, Question(service="X", url=gone, attempts=1))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (cut_off('{"prices": [1, 2, 3]}'), BadData),
        (json_(""), BadData),
        (lambda request: web.Response(body=b"\xff\xfe\x00\x01"), BadData),
        (html(503), CannotConnect),
    ],
    ids=["hung_up", "no_text", "bytes", "page_of_a_gateway"],
)
async def test_what_is_no_answer_is_a_named_error(answer: Answer, kind: type[SourceError]) -> None:
    async with service() as web_service, ports() as home:
        web_service.says(answer)
        with pytest.raises(kind):
            await ask_json(home, Question(service="X", url=web_service.url, attempts=1))


@pytest.mark.parametrize("answer", [error(500), error(401), error(429, Retry_After="99"), html(), json_("{")])
async def test_no_key_reaches_a_message_or_a_log(answer: Answer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with service() as web_service, ports() as home:
        web_service.says(answer)
        question = Question(
            service="X",
            url=f"{web_service.url}/v1/accounts/A-1234",
            params={"securityToken": "hush-query"},
            headers={"Authorization": "Bearer hush-header"},
            secret=True,
            attempts=1,
        )
        with pytest.raises(SourceError) as raised:
            await ask_json(home, question)
    ours = [record.getMessage() for record in caplog.records if "merit_order" in record.name]
    for text in (str(raised.value), repr(raised.value.placeholders), *ours):
        assert "hush" not in text
        assert "A-1234" not in text
