"""What the engine asks of the world outside. The porch implements these; tests give their own at the wire."""

from collections.abc import Callable, Mapping
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

    async def call(self, domain: str, action: str, entity_id: str, data: Mapping[str, Any]) -> None:
        """Run an action on an entity; raises WriteRefused when it fails."""
        ...


class History(Protocol):
    """Long-term memory of the house around us."""

    async def mean_power_kw(self, statistic_id: str, start: datetime, end: datetime) -> Series:
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

    async def keep(self, key: str, value: Any) -> None:
        """Keep `value` under `key`, on disk when this returns: for what must be there before something else happens.

        Raises SourceError; then what was there before is kept.
        """
        ...


class Actions(Protocol):
    """Actions of the house around us that answer with data."""

    async def ask(self, domain: str, action: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """The response of the action. Raises SourceError when it fails or does not exist."""
        ...


class SolarForecasts(Protocol):
    """Forecasts that other integrations already give the house around us (Home Assistant's energy platform)."""

    async def providers(self) -> Mapping[str, str]:
        """Who gives one: config entry id and title."""
        ...

    async def wh_by_start(self, provider: str) -> Mapping[datetime, float] | None:
        """Energy in Wh of the periods starting at these aware UTC instants; None when the provider has none now.

        `provider` is its config entry id. Raises SourceError when there is no such provider.
        """
        ...


def _nobody_counts(what: str) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """All of the above, handed to every plug-in that is built. `latitude` and `longitude` are the home's, in degrees.

    `currency` is the home's (ISO 4217); with None a source's currency is not compared. `actions` and `solar_forecasts`
    are None where there is no Home Assistant. `tally` is told of each write to a device before it goes out, by what is
    written (a register, an entity).
    """

    clock: Clock
    http: ClientSession
    entities: Entities
    history: History
    store: Store
    timezone: str
    latitude: float
    longitude: float
    currency: str | None = None
    actions: Actions | None = None
    solar_forecasts: SolarForecasts | None = None
    tally: Callable[[str], None] = _nobody_counts
