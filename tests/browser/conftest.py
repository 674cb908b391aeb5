"""The demo home in a real Home Assistant, and pages of it in a real Chromium."""

import contextlib
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page

type Scheme = Literal["light", "dark"]
type Open = Callable[[int, int, Scheme], AbstractAsyncContextManager[Page]]
"""Opens the first page in a window of a width, a height and a colour scheme."""

ROOT = Path(__file__).parents[2]
DRAWN_MS = 60_000


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the demo as script/demo starts it; one for all tests, since it takes a while to boot."""
    folder = tmp_path_factory.mktemp("demo")
    with subprocess.Popen(
        [sys.executable, "-m", "demo.ha", "--port", "0", "--keep", folder],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        address = re.search(r"http://\S+", said)
        try:
            assert address is not None, (folder / "console.log").read_text()[-2000:]
            yield address.group()
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture
def open_first_page(demo: str, browser: Browser) -> Open:
    """Opens the first page in a window of a size and colour scheme; at the end, nothing may stand in its console."""

    @contextlib.asynccontextmanager
    async def opened(width: int, height: int, scheme: Scheme) -> AsyncIterator[Page]:
        context = await browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB"
        )
        page = await context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        await page.goto(demo)
        await page.locator("merit-order-plan-chart svg").wait_for(timeout=DRAWN_MS)
        yield page
        assert faults == []
        await context.close()

    return opened
