"""The device contract: a bundle of optional parts, read as one, written by leases."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ..model.options import Option
from ..model.ports import Ports
from ..model.roles import Command, Identity, Readings, Role


class Device(Protocol):
    """An open connection to one device. Every method raises model.errors.SourceError on failure."""

    @property
    def identity(self) -> Identity:
        """Who it is and which parts it has."""
        ...

    @property
    def poll_s(self) -> float:
        """How often `read` should be called, in seconds."""
        ...

    async def read(self) -> Readings:
        """What it says now. A part that did not answer is None; if nothing answered, raises."""
        ...

    async def write(self, command: Command) -> None:
        """Start or renew a lease (or `release` one). Returns once the device has read it back.

        Raises WriteRefused.
        """
        ...

    async def close(self) -> None:
        """Let go of the connection. Never raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """How what a device takes is to be treated.

    `writes_per_day` is for any one register or entity, by how its name begins (the longest fits; "" is all others):
    memory wears out, contactors too. When it is spent only giving back is written. `shows_within_s`: so long after a
    command its effect can be measured.
    """

    writes_per_day: Mapping[str, int]
    shows_within_s: float
    sets_power: bool = True
    """False: a battery that takes no watts, only the mode that comes nearest; it is judged by the direction."""
    follows: Callable[[Mapping[str, Any]], bool] = lambda options: True
    """Whether a battery set up with these options is known to keep the grid at zero by itself when given back."""
    switches_phases: Callable[[Mapping[str, Any]], bool] = lambda options: False
    """Whether a charger set up with these options can be told on how many phases to charge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceKind:
    """A plug-in: how to set one up (`options`), meet it (`probe`) and open it (`connect`).

    `brings` are the roles it may have; the identity says which it does have. `assets` are the asset kinds the config
    flow adds for each role unless the person says otherwise. `probe` connects, identifies and disconnects. Errors are
    SourceErrors whose key is a translation key; `field_of_error` maps such a key to the option that is wrong.
    """

    key: str
    options: tuple[Option, ...]
    brings: tuple[Role, ...]
    probe: Callable[[Mapping[str, Any], Ports], Awaitable[Identity]]
    connect: Callable[[Mapping[str, Any], Ports], Awaitable[Device]]
    assets: Mapping[Role, str]
    field_of_error: Mapping[str, str]
    pair: Callable[[Mapping[str, Any], Ports], Awaitable[Mapping[str, Any]]] | None = None
    """Before the first probe: settings the device itself hands out, to be kept with the others (a token after a
    button was pressed). Empty when all are there already."""
    discovery: tuple[str, ...] = ()
    """Domains of HA integrations whose presence suggests this kind."""
    conflicts: tuple[str, ...] = ()
    """Domains of HA integrations that must not be connected to the same device at the same time."""
    conduct: Conduct | None = None
    """None: it takes no commands."""
