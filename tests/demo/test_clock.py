"""Clocks: what they promise about `now` and `sleep`."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from demo.clock import ManualClock, RealClock, ScaledClock

START = datetime(2026, 1, 1, tzinfo=UTC)


async def test_manual_clock_wakes_sleepers_in_time_and_not_before() -> None:
    clock = ManualClock(START)
    woken: list[str] = []

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append(name)

    tasks = [asyncio.create_task(sleeper("late", 10)), asyncio.create_task(sleeper("soon", 1))]
    await asyncio.sleep(0)
    clock.advance(0.5)
    await asyncio.sleep(0)
    assert woken == []
    clock.advance(0.5)
    await asyncio.sleep(0)
    assert woken == ["soon"]
    clock.advance(100)
    await asyncio.gather(*tasks)
    assert woken == ["soon", "late"]
    assert clock.now() == START + timedelta(seconds=101)


async def test_manual_clock_forgets_a_cancelled_sleeper() -> None:
    clock = ManualClock(START)
    task = asyncio.create_task(clock.sleep(1))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    clock.advance(2)


async def test_scaled_clock_runs_faster() -> None:
    clock = ScaledClock(START, speed=3600)
    await clock.sleep(90)
    assert clock.now() - START >= timedelta(seconds=90)


async def test_scaled_clock_never_spins() -> None:
    clock = ScaledClock(START, speed=1_000_000)
    await clock.sleep(1)
    assert clock.now() - START >= timedelta(seconds=0.02 * 1_000_000 * 0.9)


def test_real_clock_is_the_systems() -> None:
    assert abs(RealClock().now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_clocks_refuse_nonsense() -> None:
    with pytest.raises(ValueError, match="aware"):
        ManualClock(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="speed"):
        ScaledClock(speed=0)
