"""Every device of the home: connected, polled at its own pace, and kept at it when it falls silent."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .const import DOMAIN
from .engine.devices import device_kind
from .engine.devices._base import Device, DeviceKind
from .engine.model.errors import MeritOrderError, SourceError, WriteRefused
from .engine.model.ports import Ports
from .engine.model.roles import Command, Readings, Role
from .stored import DeviceConfig
from .writes import Writes

LOGGER = logging.getLogger(__name__)

# A device that is away is asked again at 2, 4, 8 … times its own pace, but at least once a minute: people switch
# inverters off for work on the roof and expect the sensors back when they come down.
SLOWEST_RETRY_S = 60.0
# Readings older than this, or than three polls, say nothing about now.
STALE_AFTER = timedelta(seconds=90)


# Without one of these a part says nothing of its state (an unreachable battery still has a capacity).
ESSENTIAL: Mapping[Role, tuple[str, ...]] = {
    Role.GRID: ("power_kw",),
    Role.SOLAR: ("power_kw",),
    Role.BATTERY: ("soc_percent",),
    Role.CHARGER: ("connected", "power_kw", "soc_percent"),
    Role.SWITCH: ("on", "power_kw"),
    Role.HEAT: ("room_c", "target_c", "power_kw"),
    Role.TANK: ("temperature_c", "power_kw"),
}


class Told(NamedTuple):
    """A part's reading and when it was made."""

    part: Any
    at: datetime


class DeviceCoordinator(DataUpdateCoordinator[Readings | None]):
    """One device. `data` is what it said last, None before it was ever reached."""

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        subentry: ConfigSubentry,
        config: DeviceConfig,
        ports: Ports,
        writes: Writes,
    ) -> None:
        self.kind: DeviceKind = device_kind(config.kind)
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=subentry.title,
            update_interval=timedelta(seconds=SLOWEST_RETRY_S),
        )
        self.subentry = subentry
        self.config = config
        self.failures = 0
        self._told: dict[Role, Told] = {}
        self._writes = writes
        self._ports = replace(ports, tally=writes.counter(subentry.subentry_id))
        self._device: Device | None = None
        # Once everything was given back: a line that is heard on would keep a Home Assistant that has stopped at work.
        entry.async_on_unload(hass.bus.async_listen(EVENT_HOMEASSISTANT_CLOSE, self._closing))

    @property
    def readings(self) -> Readings | None:
        """What the device said last, if that still says something about now."""
        return self.data if self.data is not None and not self.stale else None

    @property
    def stale(self) -> bool:
        """Whether the last readings are too old to go by."""
        return self.data is None or self.is_old(self.data.at)

    def is_old(self, at: datetime) -> bool:
        """Whether something read at `at` says nothing about now: older than three polls."""
        return self._ports.clock.now() - at > max(STALE_AFTER, 3 * (self.update_interval or STALE_AFTER))

    def told(self, role: Role) -> Told | None:
        """What a part said last of its state, however old; None when it never did."""
        return self._told.get(role)

    def brings(self, role: Role) -> bool:
        """Whether the device has this part."""
        return role in self.config.identity.roles

    async def write(self, command: Command) -> None:
        """Tell the device something. Raises SourceError when it cannot be told, does not obey, or was told too often.

        Giving back is always told.
        """
        if self._device is None:
            raise WriteRefused(f"{self.name} is not connected", device=self.name)
        if self.kind.conduct is not None and command.expires > self._ports.clock.now():
            self._writes.check(self.subentry.subentry_id, self.kind.conduct)
        await self._device.write(command)

    @override
    async def _async_update_data(self) -> Readings | None:
        try:
            if self._device is None:
                self._device = await self.kind.connect(self.config.options, self._ports)
            readings = await self._device.read()
            # Slow devices learn their own pace by being read.
            self.update_interval = timedelta(seconds=self._device.poll_s)
        except SourceError as err:
            self.failures += 1
            raise self._failed(err) from err
        self.failures = 0
        for role, fields in ESSENTIAL.items():
            part = getattr(readings, role.value)
            if part is not None and any(getattr(part, field) is not None for field in fields):
                self._told[role] = Told(part, readings.at)
        return readings

    def _failed(self, err: MeritOrderError) -> UpdateFailed:
        pace = self.update_interval.total_seconds() if self.update_interval else SLOWEST_RETRY_S
        return UpdateFailed(
            translation_domain=DOMAIN,
            translation_key="device_failed",
            translation_placeholders={"device": self.name, "error": str(err)},
            retry_after=max(pace, min(pace * 2 ** min(self.failures, 6), SLOWEST_RETRY_S)),
        )

    async def _closing(self, _: Event) -> None:
        await self.async_shutdown()

    @override
    async def async_shutdown(self) -> None:
        """Stop polling and let go of the device."""
        await super().async_shutdown()
        if self._device is not None:
            await self._device.close()
            self._device = None
