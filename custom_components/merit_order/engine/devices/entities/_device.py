"""One device class for all roles bound to entities; a role brings functions that read and write."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from ...model.errors import BadData, WriteRefused
from ...model.options import Option, OptionType
from ...model.ports import Ports
from ...model.roles import Action, Command, Identity, Readings, Role
from .._base import Conduct, Device, DeviceKind
from ._bound import POLL_S, SWITCHES, Bound, EntityMissing, EntityUnit, NothingChosen, identity


class EntitiesUnavailable(BadData):
    """None of the chosen entities tells anything now."""

    key = "entities_unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """How one role is bound. `main` are the options of which one must be chosen, in order of importance.

    `read` gives the role's reading; `write` obeys any command but RELEASE; `writable` says whether the chosen
    options allow control; `release` does what is needed before what was borrowed is given back, and names
    values to set in place of those that were there.
    """

    role: Role
    asset: str
    name: str
    options: tuple[Option, ...]
    main: tuple[str, ...]
    read: Callable[[Bound], Any]
    write: Callable[[Bound, Command], Awaitable[None]] | None = None
    release: Callable[[Bound], Awaitable[Mapping[str, str]]] | None = None
    writable: Callable[[Bound], bool] = lambda bound: True
    conduct: Conduct | None = None

    @property
    def key(self) -> str:
        """The key of the device kind."""
        return f"entities_{self.role}"


class EntityDevice:
    """A part of the home that another integration reaches; we read and borrow its entities."""

    def __init__(self, binding: Binding, options: Mapping[str, Any], ports: Ports) -> None:
        self._binding = binding
        self._ports = ports
        unnamed = identity(binding.key, binding.role, options, binding.main, binding.name, writable=False)
        self.bound = Bound(options, ports, unnamed.unique_id)
        self._writable = binding.write is not None and binding.writable(self.bound)
        self._identity = replace(unnamed, writable=(binding.role,) if self._writable else ())

    @property
    def identity(self) -> Identity:
        """Who it is and which part it has."""
        return self._identity

    @property
    def poll_s(self) -> float:
        """Looking at entities costs nothing; they change when they change."""
        return POLL_S

    async def read(self) -> Readings:
        """Raises EntitiesUnavailable when no chosen entity tells anything, EntityUnit on a wrong unit."""
        part = self._binding.read(self.bound)
        if all(getattr(part, field.name) in (None, ()) for field in fields(part)) and not self._says_on():
            raise EntitiesUnavailable("no chosen entity tells anything")
        stands = self.bound.stands()
        return Readings(
            at=self._ports.clock.now(),
            counters=dict(self.bound.counters),
            stands={} if stands is None else {self._binding.role: stands},
            **{self._binding.role.value: part},
        )

    def _says_on(self) -> bool:
        """Whether what switches it says how it stands, where nothing is measured: a tank on a bare relay."""
        switches = (str(self.bound.options.get(option) or "") for option in self._binding.main)
        return any(
            entity_id.startswith(SWITCHES) and self.bound.says(entity_id) is not None
            for entity_id in switches
        )

    async def write(self, command: Command) -> None:
        """Borrow the entities this command needs, or give them back. Raises WriteRefused."""
        binding = self._binding
        if command.role is not binding.role or not self._writable or binding.write is None:
            raise WriteRefused(f"{binding.key} takes no {command.role} command")
        self.bound.keeping = command.expires > self._ports.clock.now()
        if command.action is Action.LEAVE:
            self.bound.leave()
            return
        if command.action is not Action.RELEASE:
            await binding.write(self.bound, command)
            return
        instead = {} if binding.release is None else await binding.release(self.bound)
        await self.bound.give_back(instead)

    async def close(self) -> None:
        """Nothing is held open."""


def bind(binding: Binding) -> DeviceKind:
    """The device kind of a binding."""

    async def probe(options: Mapping[str, Any], ports: Ports) -> Identity:
        device = EntityDevice(binding, options, ports)
        device.bound.check(binding.main)
        binding.read(device.bound)
        return device.identity

    async def connect(options: Mapping[str, Any], ports: Ports) -> Device:
        return EntityDevice(binding, options, ports)

    first = binding.main[0]
    return DeviceKind(
        key=binding.key,
        options=binding.options,
        brings=(binding.role,),
        probe=probe,
        connect=connect,
        assets={binding.role: binding.asset},
        field_of_error={error.key: first for error in (EntityMissing, EntityUnit, NothingChosen)},
        conduct=binding.conduct,
    )


def sensor(
    key: str, device_class: str | None = None, *, required: bool = False, advanced: bool = False
) -> Option:
    """A choice among measuring entities."""
    return Option(
        key=key,
        type=OptionType.ENTITY,
        required=required,
        domains=("sensor", "number", "input_number"),
        device_class=device_class,
        advanced=advanced,
    )


def chosen(key: str, *domains: str, required: bool = False, advanced: bool = False) -> Option:
    """A choice among entities of these domains."""
    return Option(key=key, type=OptionType.ENTITY, required=required, domains=domains, advanced=advanced)


def refuse(command: Command) -> WriteRefused:
    """The error for a command that this part cannot obey as it is set up."""
    return WriteRefused(f"{command.role} cannot {command.action} as it is set up", action=command.action)
