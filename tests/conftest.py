"""What every test may use.

The integration is imported here, first of all: the test plugin brings a package `custom_components` of its own, which
would hide ours if it came first.
"""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser, async_playwright
from pytest_socket import enable_socket

import custom_components.merit_order

ROOT = Path(__file__).parents[1]
assert Path(custom_components.merit_order.__file__).is_relative_to(ROOT)

# The test plugin writes every statement of the recorder down, which takes twice as long as the statement itself.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)

# Deadlines in wall time would fail on a busy machine; examples are drawn from a fixed seed, so a failure repeats.
settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("house")

# Root needs --no-sandbox; the rest keeps a closed network from being asked for updates.
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
def loopback() -> None:
    """Sockets to and from 127.0.0.1 for one test; any other address stays refused.

    The test plugin forbids sockets but leaves its guard on connect() in place, which allows 127.0.0.1 alone. Request
    this before a fixture that opens sockets.
    """
    enable_socket()  # the plugin forbids sockets again before the next test


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Path of the Chromium that script/setup found or fetched."""
    path = ROOT / ".tools" / "chromium"
    if not path.exists():
        pytest.fail("no Chromium: run script/setup and read what it says")
    return path


@pytest.fixture
async def browser(chromium: Path, loopback: None) -> AsyncIterator[Browser]:
    """A headless Chromium of one test's own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()
