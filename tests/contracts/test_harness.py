"""The tests' own harness: loopback and nothing else, a real browser."""

import asyncio
import socket

import pytest
from playwright.async_api import Browser
from pytest_socket import SocketConnectBlockedError


async def test_loopback_connects_here_and_nowhere_else(loopback: None) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"here")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
        assert await reader.read() == b"here"
        writer.close()
    with socket.socket() as other, pytest.raises(SocketConnectBlockedError):
        other.connect(("192.0.2.1", 80))


@pytest.mark.browser
async def test_browser_draws_a_page(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content("<button onclick='this.textContent = 1 + 1'>add</button>")
    await page.click("button")
    assert await page.text_content("button") == "2"
