"""The demo home in a real Home Assistant, and pages of it in a real Chromium."""

import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page

type Scheme = Literal["light", "dark"]
type Open = Callable[..., AbstractAsyncContextManager[Page]]
"""Opens a view in a window of a width, a height and a colour scheme; `offline`: its connection is going to be lost."""

ROOT = Path(__file__).parents[2]
DRAWN_MS = 60_000
FIRST_CARD = {"now": "merit-order-now", "plan": "merit-order-plan-chart svg", "kiosk": "merit-order-kiosk"}
GO = """path => {
  history.pushState(null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed", {detail: {replace: false}}));
}"""
HASS = "document.querySelector('home-assistant').hass"


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo's address and the line to its virtual home."""

    address: str
    orders: IO[str]
    answers: IO[str]

    def break_(self, face: str, fault: str | None) -> None:
        """Switch a fault on at a face, or mend it with None."""
        self.orders.write(json.dumps({"face": face, "fault": fault}) + "\n")
        self.orders.flush()
        assert self.answers.readline() == "done\n"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One for all tests, since it takes a while to boot."""
    folder = tmp_path_factory.mktemp("demo")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.browser.home", folder],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        try:
            assert address, (folder / "console.log").read_text()[-2000:]
            yield Demo(address, process.stdin, process.stdout)
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture
def open_view(demo: Demo, browser: Browser) -> Open:
    """At the end of each page, nothing may stand in its console."""

    @contextlib.asynccontextmanager
    async def opened(
        view: str = "plan",
        width: int = 1280,
        height: int = 900,
        scheme: Scheme = "light",
        *,
        offline: bool = False,
    ) -> AsyncIterator[Page]:
        context = await browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB"
        )
        page = await context.new_page()
        faults: list[str] = []
        # Home Assistant's own subscriptions complain, with an object instead of an error, when they were cut off.
        page.on(
            "pageerror", lambda error: faults.append("" if offline and str(error) == "Object" else str(error))
        )
        page.on("console", lambda said: faults.append(_fault(said, offline)))
        await page.goto(f"{demo.address}/merit-order/{view}")
        await page.locator(FIRST_CARD.get(view, "hui-view")).first.wait_for(timeout=DRAWN_MS)
        yield page
        wrong = [fault for fault in faults if fault]
        assert not wrong, wrong
        await context.close()

    return opened


def _fault(said: ConsoleMessage, offline: bool) -> str:
    """What is wrong with a line of the console; nothing where others complain of a network that is to be gone."""
    ours = "/merit_order/" in said.location["url"]
    return f"{said.text} ({said.location['url']})" if said.type == "error" and (ours or not offline) else ""


async def go(page: Page, view: str) -> None:
    """Another view of the dashboard, as its tab leads there; or of another one, by its whole path."""
    await page.evaluate(GO, view if view.startswith("/") else f"/merit-order/{view}")


async def call(page: Page, domain: str, action: str, data: dict[str, Any]) -> None:
    """An action of Home Assistant, as an automation would call it."""
    await page.evaluate(
        f"([domain, action, data]) => {HASS}.callService(domain, action, data)", [domain, action, data]
    )


async def ask(page: Page, message: dict[str, Any]) -> Any:
    """The answer to a command of Home Assistant's websocket."""
    return await page.evaluate(f"message => {HASS}.callWS(message)", message)


async def until_state(page: Page, entity_id: str, state: str) -> None:
    """Wait until Home Assistant says so of an entity."""
    await page.wait_for_function(
        f"([entity, state]) => {HASS}.states[entity]?.state === state", arg=[entity_id, state], timeout=30_000
    )
