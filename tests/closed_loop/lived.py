"""A day lived by hand: the virtual home, Home Assistant and the integration stepped together through simulated time."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.model.snapshot import Settings
from custom_components.merit_order.ports import HassClock
from demo.clock import ManualClock
from demo.ha.entry import BOILER, demo_entry
from demo.ha.seed import Place
from demo.home import VirtualHome

# A poll takes a few loopback round trips; nothing that is under way may be overtaken by the next step.
QUIET_ROUNDS = 3
BREATH_S = 0.002
TURNS = 5
PATIENCE_S = 20.0
PLAN_S = 0.02


async def _breathe() -> None:
    """Let sockets and threads get on with it. The event loop's own time stands still, so it cannot sleep."""
    for _ in range(TURNS):
        await asyncio.sleep(0)
    time.sleep(BREATH_S)  # noqa: ASYNC251 # blocking is meant: the kernel and the executor are to move, not the loop
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def _at_once(self: HassClock, seconds: float) -> None:
    """Pauses for the devices' sake (50 ms between requests) are nothing in simulated time."""
    await asyncio.sleep(0)


@dataclass(slots=True)
class Life:
    """The home, the entry that runs it, and time in the test's hand."""

    hass: HomeAssistant
    home: VirtualHome
    clock: ManualClock
    entry: MockConfigEntry
    freezer: FrozenDateTimeFactory

    @property
    def now(self) -> datetime:
        """The simulated present."""
        return self.clock.now()

    async def step(self, seconds: float) -> None:
        """Move everything on by so many seconds and let all that follows from it happen."""
        self.freezer.tick(timedelta(seconds=seconds))
        self.clock.advance(seconds)
        self.home.catch_up()
        await _breathe()  # the meter's telegram comes before anyone asks for it
        async_fire_time_changed(self.hass)
        await self.settle()

    async def settle(self) -> None:
        """Wait until nobody is asking, thinking or telling any more."""
        quiet, waited = 0, 0.0
        while quiet < QUIET_ROUNDS:
            await self.hass.async_block_till_done()
            await _breathe()
            waited += BREATH_S
            quiet = 0 if self.entry._background_tasks else quiet + 1
            assert waited < PATIENCE_S, "the integration never came to rest"

    async def until(self, when: datetime, step: float, watch: Callable[[dict[str, Any]], None]) -> None:
        """Live until `when`, showing the true state of the house to `watch` after each step."""
        while self.now < when:
            await self.step(min(step, (when - self.now).total_seconds()))
            watch(self.home.truth())


@contextlib.asynccontextmanager
async def life(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    start: datetime,
    soc: float,
    mode: str,
) -> AsyncIterator[Life]:
    """The demo's home in Home Assistant, from `start`, planned once; on the way out everything is given back."""
    monkeypatch.setattr(HassClock, "sleep", _at_once)
    place = Place()
    await hass.config.async_update(
        time_zone=place.timezone,
        currency=place.currency,
        country=place.country,
        latitude=place.latitude,
        longitude=place.longitude,
    )
    clock = ManualClock(start)
    # A step of time is no slow callback, and the tracebacks kept for one cost half the time.
    asyncio.get_running_loop().set_debug(False)
    freezer.move_to(start)
    async with VirtualHome(clock, soc=soc, appliances=(BOILER,)) as home:
        stored = await _while_time_passes(demo_entry(home.addresses(), place), clock, freezer)
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Home",
            options={"mode": mode},
            subentries_data=[_subentry(raw) for raw in stored["subentries"]],
        )
        entry.add_to_hass(hass)
        assert await _while_time_passes(hass.config_entries.async_setup(entry.entry_id), clock, freezer)
        # The last tenth of a percent is worth the default's wait to a person, not to a test of three hundred plans.
        planner = entry.runtime_data.planner
        planner.home = replace(planner.home, settings=Settings(time_limit_s=PLAN_S))
        lived = Life(hass, home, clock, entry, freezer)
        await lived.settle()
        await lived.step(5)
        try:
            yield lived
        finally:
            await hass.config_entries.async_unload(entry.entry_id)
            await hass.async_block_till_done()


async def _while_time_passes[T](
    work: Coroutine[Any, Any, T], clock: ManualClock, freezer: FrozenDateTimeFactory
) -> T:
    """Do something that waits for the house, whose meter sends a telegram a second, while its seconds go by."""
    task = asyncio.ensure_future(work)
    while not task.done():
        freezer.tick(timedelta(seconds=1))
        clock.advance(1)
        await _breathe()
    return task.result()


def _subentry(raw: dict[str, Any]) -> ConfigSubentryData:
    return ConfigSubentryData(
        data=MappingProxyType(raw["data"]),  # type: ignore[typeddict-unknown-key] # Home Assistant takes any mapping
        subentry_id=raw["subentry_id"],
        subentry_type=raw["subentry_type"],
        title=raw["title"],
        unique_id=raw["unique_id"],
    )
