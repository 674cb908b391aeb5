"""The tariff contract: what each kilowatt-hour costs and earns, and how sure that is."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from ..model.errors import SourceError
from ..model.options import Option
from ..model.ports import Ports
from ..model.series import Series
from ._counted import Counted


class Tariff(Protocol):
    """One contract, one direction of energy (import or export)."""

    async def prices(self, start: datetime, end: datetime) -> Series:
        """Prices in currency/kWh as the person pays or earns them, for as much of [start, end) as is
        published.

        Spans are of quality `known`; what is not published yet is a gap, never a guess. Raises SourceError.
        """
        ...

    def next_publication(self, now: datetime) -> datetime | None:
        """When asking again may bring something new; None when nothing ever will (fixed prices)."""
        ...


@runtime_checkable
class Spiking(Protocol):
    """A tariff whose supplier warns of price spikes."""

    spike: str | None
    """"none", "potential" or "spike" for the running interval; None before it is known."""


@runtime_checkable
class Dispatched(Protocol):
    """A tariff that is cheap whenever the supplier charges the car; when that is, is asked apart from the rates."""

    dispatch_error: SourceError | None
    """Why the last question for it brought nothing: the rates hold without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffKind:
    """A plug-in. `directions` are "import" and/or "export"; `currency` is None when the person's own applies.

    `check` (optional) tests the options against the service before they are saved and may return extra
    settings (for example the region found from a postcode); it raises SourceError, whose key `field_of_error`
    maps to an option.
    """

    key: str
    options: tuple[Option, ...]
    build: Callable[[Mapping[str, Any], Ports, str], Tariff]
    """(settled options, ports, direction) -> Tariff"""
    directions: tuple[str, ...] = ("import", "export")
    currency: str | None = None
    check: Callable[[Mapping[str, Any], Ports, str], Awaitable[Mapping[str, Any]]] | None = None
    field_of_error: Mapping[str, str] | None = None
    offer: Callable[[Mapping[str, Any], Ports, str], Awaitable[Mapping[str, Mapping[str, str]]]] | None = None
    """Optional: asks the service what there is to choose from: {option key: {value: name for people}}."""
    history: Callable[[Mapping[str, Any], Ports, str, datetime, datetime], Awaitable[Counted]] | None = None
    """Optional: what the home drew (or fed in) between two instants as the supplier counted it. Raises SourceError."""
    history_needs: tuple[str, ...] = ()
    """Options without which there is no history."""
    history_days: int = 28
    """How many days are asked for at once."""
    history_back_days: int = 365
    """How far back it is asked for the first time."""
