"""In automatic, what the plan wants is done; in any other mode, and without a plan, nothing is held."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval

from .const import MODE_AUTOMATIC
from .coordinator import PlanCoordinator
from .engine.actuate import command_for
from .engine.model.errors import SourceError
from .engine.model.plan import Intent
from .hands import Hands
from .leases import Leases, lease_key
from .planned import PlannedAsset
from .trials import Trials

LOGGER = logging.getLogger(__name__)

PACE = timedelta(seconds=30)
# A plan takes about a second; what happens at a slot edge waits for it.
SETTLE_S = 3.0

type Intents = Callable[[], tuple[Intent, ...]]


class Driver:
    """Carries the plan out: when, and in which order.

    `intents` says what is wanted at this instant of every asset: the plan's word, or that of whoever steers between
    two plans. Whoever has another word calls `act`.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, planner: PlanCoordinator, leases: Leases
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._planner = planner
        self._leases = leases
        self._lock = asyncio.Lock()
        self._again = False
        self._stopped = False
        self._soon: CALLBACK_TYPE | None = None
        self._hands = Hands()
        self._trials = Trials()
        self.intents: Intents = planner.intents

    @callback
    def start(self) -> None:
        """Follow the plan from now on."""
        unload = self._entry.async_on_unload
        unload(self._planner.async_add_listener(self.wake))
        unload(self._cancel_soon)
        unload(async_track_time_interval(self._hass, self.act, PACE))
        unload(self._hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._stopping))
        self._entry.async_create_background_task(self._hass, self._reconcile(), "merit_order reconcile")

    @callback
    def wake(self, _: datetime | None = None) -> None:
        """Something changed. At a slot edge the old plan says something and a moment later the new one another thing:
        wait for the last word.
        """
        if self._soon is None and not self._stopped:
            self._soon = async_call_later(self._hass, SETTLE_S, self.act)

    @callback
    def act(self, _: datetime | None = None) -> None:
        """Do now what is to be done."""
        self._cancel_soon()
        if self._planner.thinking:
            self.wake()
        elif self._lock.locked():
            self._again = True
        elif not self._stopped:
            self._entry.async_create_background_task(self._hass, self.drive(), "merit_order driver")

    @callback
    def _cancel_soon(self) -> None:
        if self._soon is not None:
            self._soon()
            self._soon = None

    async def drive(self) -> None:
        """Bring every device to what the plan wants of it now."""
        async with self._lock:
            again = True
            while again and not self._stopped:
                self._again = False
                wanted = self._wanted()
                for key in self._leases.keys - wanted.keys():
                    await self._release(key)
                for key, (asset, intent) in wanted.items():
                    await self._carry_out(key, asset, intent)
                again = self._again

    @callback
    def forget_hand(self, asset: PlannedAsset) -> None:
        """Take the asset back from whoever moved its relay."""
        if asset.role is not None:
            self._hands.forget(lease_key(asset.subentry_id, asset.role))

    def resting(self) -> list[tuple[str, str, str]]:
        """Who refused too often and is left alone now: name, key and last error."""
        names = {
            lease_key(asset.subentry_id, asset.role): asset.config.name
            for asset in self._planner.home.assets
            if asset.role is not None
        }
        refusing = self._trials.resting(self._planner.now - PACE)
        return [(names.get(key, key), key, error) for key, error in refusing.items()]

    async def stop(self) -> None:
        """Give everything back and do nothing more."""
        self._stopped = True
        self._cancel_soon()
        async with self._lock:
            await self._leases.release_all()

    async def _reconcile(self) -> None:
        """Undo what a crash or power cut left behind, then begin."""
        async with self._lock:
            await self._leases.release_all()
        await self.drive()

    async def _stopping(self, _: Event) -> None:
        await self.stop()

    def _wanted(self) -> dict[str, tuple[PlannedAsset, Intent]]:
        """What is to be held now, by device part."""
        if self._planner.mode != MODE_AUTOMATIC:
            return {}
        intents = {intent.asset: intent for intent in self.intents()}
        home = self._planner.home
        return {
            lease_key(asset.subentry_id, asset.role): (asset, intents[asset.id])
            for asset in home.assets
            if asset.role is not None
            and asset.writable
            and asset.id in intents
            and home.controls.enabled(asset.id)
        }

    async def _carry_out(self, key: str, asset: PlannedAsset, intent: Intent) -> None:
        now = self._planner.now
        if self._trials.rests(key, now):
            return
        spec = self._planner.spec(asset.id)
        if spec is None or asset.role is None:
            return
        device = self._planner.home.devices[asset.subentry_id]
        command = command_for(intent, spec, asset.role, device.readings, now)
        if self._hands.holds(key, asset, command, intent, self._leases.lease(key), device.readings, now):
            return
        try:
            written = await self._leases.apply(key, device, command)
        except SourceError as err:
            self._trials.refused(key, asset.config.name, err, now)
            return
        if written:
            LOGGER.debug("%s: %s %s", asset.config.name, command.action, command.reason)
            self._trials.took(key)
            await device.async_request_refresh()

    async def _release(self, key: str) -> None:
        self._hands.forget(key)
        try:
            await self._leases.release(key)
        except SourceError as err:
            LOGGER.warning("Could not give back %s yet: %s", key, err)
