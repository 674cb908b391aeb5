"""What the engine asks of the world outside. The porch implements these; tests give their own at the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from aiohttp import ClientSession

from .series import Series


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> datetime:
        """This instant, aware UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that long by this clock."""
        ...


@dataclass(frozen=True, slots=True)
class EntityState:
    """One entity as the house around us sees it. `state` is None when unknown or unavailable."""

    state: str | None
    unit: str | None
    changed: datetime
    attributes: Mapping[str, Any]


class Entities(Protocol):
    """The entities of the house around us (Home Assistant's states and actions)."""

    def get(self, entity_id: str) -> EntityState | None:
        """The entity's state now, or None when there is no such entity."""
        ...

    async def call(
        self, domain: str, action: str, entity_id: str, data: Mapping[str, Any]
    ) -> None:
        """Run an action on an entity; raises WriteRefused when it fails."""
        ...


class History(Protocol):
    """Long-term memory of the house around us."""

    async def mean_power_kw(
        self, statistic_id: str, start: datetime, end: datetime
    ) -> Series:
        """Hourly mean power of a rising energy statistic, in kW; hours without data are gaps."""
        ...


class Store(Protocol):
    """A small shelf that survives a restart: JSON values by key."""

    def load(self, key: str) -> Any:
        """What was saved under `key`, or None."""
        ...

    def save(self, key: str, value: Any) -> None:
        """Keep `value` (JSON types) under `key`; written to disk soon after."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """All of the above, handed to every plug-in that is built. `latitude` and `longitude` are the home's, in degrees."""

    clock: Clock
    http: ClientSession
    entities: Entities
    history: History
    store: Store
    timezone: str
    latitude: float
    longitude: float
