"""What is told of how long callbacks held the event loop."""

import asyncio
import gc
from collections.abc import Iterator

import pytest

from .simulated_time import Blocks

LONG = 4_000_000


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Blocks]:
    """A measure that is gone after the test."""
    monkeypatch.setattr(asyncio.Handle, "_run", asyncio.Handle._run)
    collectors = list(gc.callbacks)
    measure = Blocks()
    measure.install()
    yield measure
    gc.callbacks[:] = collectors


def _run(*sizes: int) -> None:
    loop = asyncio.new_event_loop()
    for size in sizes:
        loop.call_soon(sum, range(size))
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()


def test_a_hold_is_told_with_what_held(blocks: Blocks) -> None:
    """The longest one, by the name of its callback."""
    _run(LONG)
    assert blocks.worst_s > 0.01
    assert "sum" in blocks.worst
    assert [took for held in blocks.over.values() for took, _ in held] == [blocks.worst_s]


def test_a_hold_that_came_once_is_not_told_as_one_that_comes_again(blocks: Blocks) -> None:
    """Of the same callback the second longest counts, and none where there is no second."""
    _run(LONG)
    assert blocks.twice_s == 0
    _run(LONG, LONG)
    assert 0 < blocks.twice_s <= blocks.worst_s


def test_a_quick_callback_is_not_looked_at(blocks: Blocks) -> None:
    """Nothing is noted of what takes no time."""
    _run(10, 10)
    assert blocks.worst_s == 0
    assert blocks.over == {}
