"""What is told of how long callbacks held the event loop."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .blocks import Blocks, Hold
from .standstill import Still

LONG = 4_000_000
NOON = datetime(2026, 10, 3, 12, tzinfo=UTC)


def _run(*sizes: int) -> tuple[list[Hold], dict[str, Any]]:
    """Count so far on an event loop; what was noted and what is told."""
    with Blocks() as blocks:
        loop = asyncio.new_event_loop()
        for size in sizes:
            loop.call_soon(sum, range(size))
        loop.call_soon(loop.stop)
        loop.run_forever()
        loop.close()
        return blocks.holds, blocks.told()


def _held(took_s: float, wall_s: float, processor: int = 0) -> Hold:
    """A hold from second 100 of the clock on."""
    return Hold("", NOON, took_s, 100.0, 100.0 + wall_s, processor)


def test_a_hold_is_told_with_what_held() -> None:
    """The longest one, by the name of its callback."""
    _, told = _run(LONG, 10)
    assert told["worst_block_ms"] > 10
    assert "sum" in told["worst_block"]


def test_a_quick_callback_is_not_looked_at() -> None:
    """Nothing is noted of what takes no time."""
    holds, told = _run(10, 10)
    assert holds == []
    assert told["worst_block_ms"] == 0


def test_nothing_is_measured_any_more_when_it_is_left() -> None:
    """The event loop's own way to run a callback is back."""
    before = asyncio.Handle._run
    _run(10)
    assert asyncio.Handle._run is before


def test_work_is_not_taken_for_a_standstill() -> None:
    """However long a callback computes, its processor does not stand still."""
    holds, told = _run(10 * LONG)
    assert told["worst_block_ms"] > holds[0].took_s * 1000 / 2
    assert [line.partition(",")[0] for line in told["blocks_over_20_ms_with_standstills"]] == [
        f"{holds[0].took_s * 1000:.1f}"
    ]


def test_what_the_processor_stood_still_is_not_the_callbacks_time() -> None:
    """Forty of forty-five milliseconds."""
    assert _held(0.045, 0.045).stood_s((Still(0, 100.002, 100.042),)) == pytest.approx(0.040)


def test_a_standstill_elsewhere_or_at_another_time_is_no_excuse() -> None:
    """Another processor's, and what ended before."""
    stills = (Still(1, 100.0, 100.04), Still(0, 99.0, 100.0), Still(0, 100.05, 101.0))
    assert _held(0.045, 0.045).stood_s(stills) == 0


def test_a_standstill_in_anothers_turn_is_no_excuse() -> None:
    """What the processor stood while another thread was on it is in no processor time."""
    assert _held(0.025, 0.070).stood_s((Still(0, 100.01, 100.055),)) == pytest.approx(0)


MOMENTS = st.floats(99.9, 100.2)


@given(
    took_s=st.floats(0, 0.1),
    others_s=st.floats(0, 0.1),
    edges=st.lists(MOMENTS, max_size=8).map(sorted),
)
def test_no_hold_is_excused_for_more_than_it_took(took_s: float, others_s: float, edges: list[float]) -> None:
    """Nor for more than the processor stood."""
    stills = tuple(Still(0, *pair) for pair in zip(edges[::2], edges[1::2], strict=False))
    stood = _held(took_s, took_s + others_s).stood_s(stills)
    assert 0 <= stood <= min(took_s, sum(still.ended - still.began for still in stills)) + 1e-9
