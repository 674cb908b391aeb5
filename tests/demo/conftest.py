"""A virtual home per test, on a clock the test steps by hand."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from demo.clock import ManualClock
from demo.home import VirtualHome


@pytest.fixture
def clock() -> ManualClock:
    """A summer noon: the sun shines and the battery has something to do."""
    return ManualClock(datetime(2026, 6, 12, 10, 0, tzinfo=UTC))


@pytest.fixture
async def home(clock: ManualClock, loopback: None) -> AsyncIterator[VirtualHome]:
    async with VirtualHome(clock) as home:
        yield home
