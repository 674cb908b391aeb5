"""What the device drivers are given in tests: a clock, a shelf, entities of a house, a web session."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from custom_components.merit_order.engine.model.errors import WriteRefused
from custom_components.merit_order.engine.model.ports import EntityState, Ports
from custom_components.merit_order.engine.model.series import Series
from demo.clock import ManualClock
from demo.home import VirtualHome

FIXTURES = Path(__file__).parents[2] / "fixtures" / "devices"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class TestClock:
    """Wall time unless a test sets it; what a driver waits by it passes at once."""

    __test__ = False

    def __init__(self) -> None:
        self.fixed: datetime | None = None
        self.slept: list[float] = []
        self.pass_time: Callable[[float], None] = lambda seconds: None

    def now(self) -> datetime:
        """Return the time set, or the system's."""
        return self.fixed or datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Note the wait and yield; a house that listens lives through it."""
        self.slept.append(seconds)
        self.pass_time(seconds)
        await asyncio.sleep(0.001)


@dataclass
class House:
    """Entities at the port where Home Assistant would be: they hold state and obey, unless told to be deaf."""

    states: dict[str, EntityState] = field(default_factory=dict)
    calls: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)
    deaf: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    def put(self, entity_id: str, state: str | None, unit: str | None = None, **attributes: Any) -> None:
        """Set an entity."""
        self.states[entity_id] = EntityState(state, unit, NOON, attributes)

    def get(self, entity_id: str) -> EntityState | None:
        """Return the entity's state."""
        return self.states.get(entity_id)

    def now(self, entity_id: str) -> Any:
        """Return the state of an entity that is there."""
        return self.states[entity_id]

    async def call(self, domain: str, action: str, entity_id: str, data: Mapping[str, Any]) -> None:
        """Obey as Home Assistant's own domains do."""
        self.calls.append((domain, action, entity_id, dict(data)))
        if entity_id in self.broken:
            raise WriteRefused(f"{entity_id} is broken")
        old = self.states.get(entity_id)
        if entity_id in self.deaf or old is None:
            return
        state, attributes = old.state, dict(old.attributes)
        match action:
            case "turn_on":
                state = "heat" if domain == "climate" else "on"
            case "turn_off":
                state = "off"
            case "set_hvac_mode":
                state = data["hvac_mode"]
            case "set_value":
                state = str(data["value"])
            case "select_option":
                state = data["option"]
            case "set_temperature":
                attributes["temperature"] = data["temperature"]
        self.states[entity_id] = EntityState(state, old.unit, NOON, attributes)


class MemoryStore:
    """A shelf in memory; hand the same one to a second device to play a restart."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.unwritten = False
        self.full = False

    def load(self, key: str) -> Any:
        """Return what was saved."""
        return self.values.get(key)

    def save(self, key: str, value: Any) -> None:
        """Keep it."""
        self.values[key] = value
        self.unwritten = True

    async def keep(self, key: str, value: Any) -> None:
        """Keep it safe, unless the disk is `full`."""
        if self.full:
            raise WriteRefused("the disk is full")
        self.values[key] = value
        self.unwritten = False


class NoHistory:
    """A house without statistics."""

    async def mean_power_kw(self, statistic_id: str, start: datetime, end: datetime) -> Series:
        """Return nothing."""
        return Series(())


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
async def ports(clock: TestClock, house: House, store: MemoryStore) -> AsyncIterator[Ports]:
    async with ClientSession() as http:
        yield Ports(
            clock=clock,
            http=http,
            entities=house,
            history=NoHistory(),
            store=store,
            timezone="Europe/Brussels",
            latitude=50.85,
            longitude=4.35,
        )


@pytest.fixture
def fixtures() -> Path:
    return FIXTURES


class Home:
    """The virtual home with a clock that stands still until a test moves it, and drivers on the same clock."""

    def __init__(self, clock: TestClock) -> None:
        self._hands = ManualClock(NOON)
        self._clock = clock
        clock.fixed = NOON
        self.virtual = VirtualHome(self._hands, soc=0.5)

    def wait(self, seconds: float) -> None:
        """Let time pass, for the house and for the drivers."""
        self._hands.advance(seconds)
        self._clock.fixed = self._hands.now()
        self.virtual.catch_up()

    def truth(self) -> dict[str, Any]:
        """Return what only the simulation knows."""
        self.virtual.catch_up()
        return self.virtual.truth()


@pytest.fixture
async def home(clock: TestClock, loopback: None) -> AsyncIterator[Home]:
    home = Home(clock)
    try:
        yield home
    finally:
        await home.virtual.stop()
