"""A home lived in: the virtual home, Home Assistant and the integration on one simulated clock."""

import asyncio
import contextlib
import logging
import os
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast
from weakref import WeakSet

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import (
    async_import_statistics,
    get_short_term_statistics_run_cache,
)
from homeassistant.config_entries import ConfigEntryState, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import frame
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.recorder import async_initialize_recorder
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from homeassistant.util.async_ import get_scheduled_timer_handles
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.model.snapshot import Settings
from custom_components.merit_order.runtime import Runtime
from demo.faults import Fault
from demo.ha.fill import COUNTERS
from demo.ha.seed import Place, write_http
from demo.ha.server import free_port
from demo.home import VirtualHome

from .heap import settled
from .homes import HomeSpec
from .other_brand import TELL_S, Backend, add_entities
from .pace import TALK_S, hurry
from .simulated_time import SimulatedTime

# The last tenth of a percent is worth the default's wait to a person, not to a test of thousands of plans.
PLAN_S = 0.005
# SQLite keeps up to 16 MB of the recorder's pages for each connection, and fills them over weeks: what grows in a
# process with this limit is not that.
PAGES_BYTES = 1_000_000
# Where there is a disk in memory: a tenth of a month goes by waiting until a real one has written.
QUICK = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
# The sensors whose statistics teach: the ends of their entity ids.
RECORDED = ("import", "export", "energy", "charged", "discharged")


@dataclass(slots=True)
class HomeClock:
    """The true time, for the virtual home. It thins the home's talk to one word each `least_s`."""

    time: SimulatedTime
    least_s: float = 0.0

    def now(self) -> datetime:
        """Return the true present."""
        return self.time.true_now()

    async def sleep(self, seconds: float) -> None:
        """Wait that long, or `least_s`."""
        await asyncio.sleep(max(seconds, self.least_s))


@dataclass(slots=True)
class Life:
    """The home, and Home Assistant with the entry that runs it, or None while that is down."""

    time: SimulatedTime
    clock: HomeClock
    home: VirtualHome
    folder: Path
    stored: Mapping[str, Any]
    spec: HomeSpec
    mode: str
    place: Place = field(default_factory=Place)
    recorder: bool = True
    hass: HomeAssistant | None = None
    entry: MockConfigEntry | None = None
    lost_recorder: Any = None
    backend: Backend | None = None
    telling: asyncio.Task[None] | None = None
    found: dict[str, Any] = field(default_factory=dict)
    """How each part stood when we came, or as people set it since."""
    moved: dict[str, datetime] = field(default_factory=dict)
    """When people set it last."""
    stopped: WeakSet[HomeAssistant] = field(default_factory=WeakSet)
    """Each Home Assistant that has ended, for as long as something holds it."""
    renamed: set[str] = field(default_factory=set)
    _session: contextlib.AbstractAsyncContextManager[HomeAssistant] | None = None

    @property
    def now(self) -> datetime:
        """The true present."""
        return self.time.true_now()

    @property
    def runtime(self) -> Runtime:
        """What the integration runs on."""
        assert self.entry is not None
        found: Runtime = self.entry.runtime_data
        return found

    async def boot(self) -> None:
        """Start Home Assistant on the folder it left behind, with the home set up."""
        store = self.folder / ".storage"
        store.mkdir(exist_ok=True)
        write_http(store, free_port())
        self._session = async_test_home_assistant(config_dir=str(self.folder))
        self.hass = hass = await self._session.__aenter__()
        frame.async_setup(hass)
        hass.data.pop(DATA_CUSTOM_COMPONENTS, None)
        await hass.config.async_update(
            time_zone=self.place.timezone,
            currency=self.place.currency,
            country=self.place.country,
            latitude=self.place.latitude,
            longitude=self.place.longitude,
        )
        # What a session starts stays in the process, and with it whatever it was started for: so for nothing.
        assert await async_setup_component(hass, "network", {})
        async_get_clientsession(hass)
        if self.recorder:
            await self._record(hass)
        if self.backend is not None:
            self.telling = await add_entities(hass, self.backend)
        self.entry = entry = MockConfigEntry(
            domain=DOMAIN,
            entry_id="home",
            title="Home",
            options={"mode": self.mode},
            subentries_data=[_subentry(raw) for raw in self.stored["subentries"]],
        )
        entry.add_to_hass(hass)
        assert await async_setup_component(hass, DOMAIN, {})
        await self.until_loaded()
        settled()

    async def _record(self, hass: HomeAssistant) -> None:
        """Start the recorder, for the energy sensors alone: what is learned from is learned from their statistics."""
        sqlite3.connect(":memory:").execute(f"PRAGMA soft_heap_limit = {PAGES_BYTES}").connection.close()
        async_initialize_recorder(hass)
        settings = {
            "db_url": f"sqlite:///{self.folder / 'home.db'}",
            "commit_interval": 300,
            "auto_purge": False,
            "include": {"entity_globs": [f"sensor.*{end}" for end in RECORDED]},
        }
        with self.time.loop.held():
            assert await async_setup_component(hass, "recorder", {"recorder": settings})

    async def remember(self) -> None:
        """Give the recorder what the virtual home lived through before."""
        assert self.hass is not None
        registry, rows = er.async_get(self.hass), self.home.history
        for unique_id, count in COUNTERS.items():
            entity_id = registry.async_get_entity_id("sensor", DOMAIN, unique_id)
            if entity_id is None:
                continue
            last = count(rows[-1])
            metadata = StatisticMetaData(
                statistic_id=entity_id,
                source="recorder",
                name=None,
                unit_of_measurement="kWh",
                unit_class="energy",
                has_sum=True,
                mean_type=StatisticMeanType.NONE,
            )
            stats = [
                StatisticData(start=row.start, state=count(row), sum=count(row) - last)
                for row in rows
                if row.start.minute == 0
            ]
            async_import_statistics(self.hass, metadata, stats)
        with self.time.loop.held():
            await get_instance(self.hass).async_block_till_done()
        await self.runtime.home.sources.refresh()

    async def until_loaded(self) -> None:
        """Wait until the home is set up."""
        assert self.entry is not None
        while self.entry.state is not ConfigEntryState.LOADED:
            assert self.entry.state is not ConfigEntryState.SETUP_ERROR, self.entry.reason
            await asyncio.sleep(1)
        planner = self.runtime.planner
        planner.home = replace(planner.home, settings=Settings(time_limit_s=PLAN_S))

    async def shut(self) -> None:
        """Stop Home Assistant as its own stop does."""
        assert self.hass is not None
        assert self._session is not None
        if self.telling is not None:
            self.telling.cancel()
            self.telling = None
        await self.hass.async_stop(force=True)
        await self._session.__aexit__(None, None, None)
        _end(self.hass)
        self.stopped.add(self.hass)
        self.hass = self.entry = self._session = None
        settled()

    def still_held(self) -> int:
        """How many that have ended are still held: each as much as everything that was in it."""
        settled()
        return len(self.stopped)

    async def kill(self) -> None:
        """End Home Assistant as a SIGKILL does: from now on nothing of it reaches a device or the disk."""
        faces = [face for face in self.home.faces.values() if Fault.CLOSED not in face.faults]
        for face in faces:
            await face.break_(Fault.CLOSED)
        if self.backend is not None:
            self.backend.cut = True
        store, kept = self.folder / ".storage", self.folder / "storage-kept"
        shutil.copytree(store, kept)
        await self.shut()
        shutil.rmtree(store)
        kept.rename(store)
        for face in faces:
            await face.mend(Fault.CLOSED)
        if self.backend is not None:
            self.backend.cut = False

    def by_hand(self, key: str) -> None:
        """A person changed a part: so it is found from now on."""
        self.found[key], self.moved[key] = self.spec.stands(self.home)[key], self.now

    def holds(self, key: str) -> bool:
        """Whether a lease is open on a part of that device."""
        return any(lease.partition("/")[0] == key for lease in self.runtime.leases.keys)

    def reachable(self, key: str) -> bool:
        """Whether the device would answer now."""
        if self.backend is not None:
            return not self.backend.lost and not self.renamed
        return not list(self.home.faces[key].faults)

    def hurry(self, *, quiet: bool) -> None:
        """Thin the traffic, or let every device talk and be asked at its own pace."""
        self.clock.least_s = TALK_S if quiet else 0.0
        if self.backend is not None:
            self.backend.tell_s = TALK_S if quiet else TELL_S
        hurry(quiet=quiet)

    async def until(self, when: datetime) -> None:
        """Live until `when`."""
        await asyncio.sleep(max((when - self.now).total_seconds(), 0.0))
        self.home.catch_up()

    async def pass_(self, span: timedelta) -> None:
        """Live for so long."""
        await self.until(self.now + span)


@contextlib.asynccontextmanager
async def life(time: SimulatedTime, spec: HomeSpec, soc: float, mode: str) -> AsyncIterator[Life]:
    """A home in Home Assistant from the present on; on the way out everything is given back."""
    clock, place = HomeClock(time), Place()
    home = (
        spec.make(clock)
        if spec.make is not None
        else VirtualHome(clock, soc=soc, appliances=spec.appliances, history_days=spec.history_days)
    )
    with tempfile.TemporaryDirectory(prefix="merit-order-life-", dir=QUICK) as folder:
        async with home:
            stored = await spec.entry(home, place)
            lived = Life(time, clock, home, Path(folder), stored, spec, mode)
            lived.found = spec.stands(home)
            if spec.bound:
                lived.backend = Backend(home)
            await lived.boot()
            if home.history:
                await lived.remember()
            try:
                yield lived
            finally:
                lived.hurry(quiet=False)
                if lived.hass is not None:
                    await lived.shut()


def _subentry(raw: Mapping[str, Any]) -> ConfigSubentryData:
    return ConfigSubentryData(
        data=MappingProxyType(raw["data"]),  # type: ignore[typeddict-unknown-key] # Home Assistant takes any mapping
        subentry_id=raw["subentry_id"],
        subentry_type=raw["subentry_type"],
        title=raw["title"],
        unique_id=raw["unique_id"],
    )


def _end(hass: HomeAssistant) -> None:
    """Drop the timers that a Home Assistant left behind, and what is cached of it: its process would be gone."""
    # Its decorator hides that it is a cache.
    cast("Any", get_short_term_statistics_run_cache).cache_clear()
    for handle in get_scheduled_timer_handles(hass.loop):
        callback: Any = cast("Any", handle)._callback
        owner = getattr(callback, "__self__", callback)
        if hass in (getattr(owner, "hass", None), getattr(owner, "_hass", None)):
            handle.cancel()


def log_to(path: Path | None) -> None:
    """Write what is logged to a file, or nowhere: faults are meant here and must not hide what is not."""
    root = logging.getLogger()
    if path is None:
        root.setLevel(logging.CRITICAL)
        return
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("custom_components.merit_order.driver").setLevel(logging.DEBUG)
