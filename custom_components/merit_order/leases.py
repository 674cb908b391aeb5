"""Leases: what was told to devices, kept on disk from before the first write until it is undone."""

import logging
from dataclasses import dataclass
from datetime import datetime

from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .devices_hub import DeviceCoordinator
from .engine.actuate import needs_write
from .engine.model.codec import from_json, to_json
from .engine.model.errors import InputError, WriteRefused
from .engine.model.roles import Action, Command, Readings, Role
from .gather import Home
from .planned import PlannedAsset
from .sure_store import SureStore

LOGGER = logging.getLogger(__name__)
STORE_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """One part of one device that we hold. `was_on` is how a relay stood before; `command` what it was told last."""

    subentry_id: str
    role: Role
    opened: datetime
    was_on: bool | None = None
    command: Command | None = None
    written: datetime | None = None


class LeaseLost(WriteRefused):
    """The lease cannot be written to disk: what would have to be undone after a crash could not be known."""

    key = "lease_lost"


class Leases:
    """All leases of a home. Key: subentry id and role."""

    def __init__(self, hass: HomeAssistant, home: Home, entry_id: str) -> None:
        self._home = home
        self._file = _file(hass, entry_id)
        self._open: dict[str, Lease] = {}
        self._from_disk: set[str] = set()

    async def load(self) -> None:
        """Read what stood open when Home Assistant last ran: it is to be undone, whoever stopped it and how."""
        for key, raw in (await self._file.async_load() or {}).items():
            try:
                self._open[key] = from_json(Lease, raw)
            except InputError as err:
                LOGGER.warning("Forgetting a lease that cannot be read: %s", err)
        self._from_disk = set(self._open)

    @property
    def keys(self) -> set[str]:
        """What is held now."""
        return set(self._open)

    def lease(self, key: str) -> Lease | None:
        """The lease on a part, or None when it is not held."""
        return self._open.get(key)

    async def apply(
        self, key: str, device: DeviceCoordinator, command: Command, *, again: bool = False
    ) -> bool:
        """Tell the device where that is needed, or `again`; says whether it was. Raises SourceError."""
        now = self._home.ports.clock.now()
        readings = device.readings
        lease = self._open.get(key)
        if command.action is Action.RELEASE:
            if lease is not None:
                await self.release(key)
            return lease is not None
        if not again and not needs_write(
            command, lease.command if lease is not None else None, readings, now
        ):
            return False
        if lease is None:
            lease = Lease(
                subentry_id=device.subentry.subentry_id,
                role=command.role,
                opened=now,
                was_on=_is_on(readings),
            )
        if lease.command is None or lease.command.action is not command.action:
            # On disk before the device is touched: a power cut in between leaves a lease to undo, not a secret.
            fresh = key not in self._open
            self._open[key] = lease
            if not await self._write():
                if fresh:
                    del self._open[key]
                raise LeaseLost("the lease could not be written to disk")
        await device.write(command)
        self._open[key] = Lease(
            subentry_id=lease.subentry_id,
            role=lease.role,
            opened=lease.opened,
            was_on=lease.was_on,
            command=command,
            written=now,
        )
        return True

    async def release(self, key: str) -> None:
        """Give a part back to itself and put its relay as it stood. Raises SourceError; then the lease stays open."""
        lease = self._open[key]
        device = self._home.devices.get(lease.subentry_id)
        if device is not None:
            now = self._home.ports.clock.now()
            try:
                await device.write(
                    Command(role=lease.role, action=Action.RELEASE, expires=now, reason="release")
                )
            except WriteRefused:
                # What never took a command has nothing to undo; what did, or may have before a crash, is asked again.
                if lease.command is not None or key in self._from_disk:
                    raise
            await device.async_refresh()
            is_on = _is_on(device.readings)
            if lease.was_on is not None and is_on is not None and is_on is not lease.was_on:
                action = Action.ON if lease.was_on else Action.OFF
                await device.write(Command(role=lease.role, action=action, expires=now, reason="restore"))
        del self._open[key]
        self._from_disk.discard(key)
        await self._write()

    async def leave(self, key: str) -> None:
        """Let a part stand as someone else set it: nothing is undone, now or later."""
        lease = self._open.pop(key, None)
        if lease is None:
            return
        await self._write()
        device = self._home.devices.get(lease.subentry_id)
        if device is not None:
            now = self._home.ports.clock.now()
            await device.write(Command(role=lease.role, action=Action.LEAVE, expires=now, reason="hand"))

    async def _write(self) -> bool:
        await self._file.async_save({key: to_json(lease) for key, lease in self._open.items()})
        return self._file.written


def parts(home: Home) -> dict[str, PlannedAsset]:
    """Every part of the home that takes commands and whose it is, by lease key."""
    return {
        lease_key(asset.subentry_id, asset.role): asset
        for asset in home.assets
        if asset.role is not None and asset.writable
    }


def lease_key(subentry_id: str, role: Role) -> str:
    """The key of a device part."""
    return f"{subentry_id}/{role.value}"


def _is_on(readings: Readings | None) -> bool | None:
    return readings.switch.on if readings is not None and readings.switch is not None else None


def _file(hass: HomeAssistant, entry_id: str) -> SureStore:
    return SureStore(hass, STORE_VERSION, f"{DOMAIN}.{entry_id}.leases", private=True, atomic_writes=True)


async def remove_leases(hass: HomeAssistant, entry_id: str) -> None:
    """Forget the file of a home that is removed; what it held was given back when it was unloaded."""
    await _file(hass, entry_id).async_remove()
