"""What every face is: a server on a loopback port handed out by the OS, with faults that can be switched on."""

import asyncio
from abc import ABC, abstractmethod
from typing import ClassVar, Protocol

from demo.clock import Clock
from demo.faults import Fault, FaultSet
from demo.physics.house import House

HOST = "127.0.0.1"


class World(Protocol):
    """The home as a face sees it."""

    clock: Clock

    def catch_up(self) -> House:
        """Simulate up to the clock's present and return the house."""
        ...


class Face(ABC):
    """One protocol server. `port` is 0 until it first opened, and the same ever after."""

    supported: ClassVar[frozenset[Fault]]

    def __init__(self, key: str, world: World) -> None:
        self.key = key
        self.world = world
        self.port = 0
        self.faults = FaultSet()
        self._rebooting: asyncio.Task[None] | None = None
        self._is_open = False

    @abstractmethod
    async def _open(self) -> None:
        """Listen on `port`; if that is 0, let the OS choose and store the choice."""

    @abstractmethod
    async def _close(self) -> None:
        """Stop listening and drop every connection."""

    def forget(self) -> None:  # noqa: B027 - most devices lose nothing at a reboot
        """Lose what the device keeps in memory only."""

    async def start(self) -> None:
        """Open the port."""
        if not self._is_open:
            self._is_open = True
            await self._open()

    async def stop(self) -> None:
        """Close the port and end what runs."""
        if self._rebooting is not None:
            self._rebooting.cancel()
            self._rebooting = None
        await self._shut()

    async def _shut(self) -> None:
        if self._is_open:
            self._is_open = False
            await self._close()

    async def break_(self, fault: Fault, value: float = 0.0) -> None:
        """Switch a fault on.

        Raises ValueError for a fault this face cannot have.
        """
        if fault not in self.supported:
            raise ValueError(f"{self.key} cannot have {fault}")
        self.faults.set(fault, value)
        if fault is Fault.CLOSED:
            await self._shut()

    async def mend(self, fault: Fault | None = None) -> None:
        """Switch one fault off, or all of them."""
        for each in list(self.faults) if fault is None else [fault]:
            self.faults.clear(each)
        if Fault.CLOSED not in self.faults and self._rebooting is None:
            await self.start()

    async def reboot(self, seconds: float) -> None:
        """Go away now and come back after `seconds` on the home's clock, with the memory lost."""
        self.world.catch_up()
        self.forget()
        await self._shut()
        if self._rebooting is not None:
            self._rebooting.cancel()
        self._rebooting = asyncio.create_task(self._come_back(seconds), name=f"{self.key} reboots")
        # The sleep must have begun before whoever steps the clock by hand goes on.
        await asyncio.sleep(0)

    async def _come_back(self, seconds: float) -> None:
        await self.world.clock.sleep(seconds)
        self._rebooting = None
        if Fault.CLOSED not in self.faults:
            await self.start()
