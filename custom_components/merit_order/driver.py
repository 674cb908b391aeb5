"""In automatic, what the plan wants is done; in any other mode, and without a plan, nothing is held."""

import asyncio
import logging
from dataclasses import dataclass
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
from .engine.model.roles import Action, Command, Role
from .leases import Leases, lease_key
from .planned import PlannedAsset

LOGGER = logging.getLogger(__name__)

PACE = timedelta(seconds=30)
# A plan takes about a second; what happens at a slot edge waits for it.
SETTLE_S = 3.0
# A device that refuses is asked again at the pace, then left alone for a while: the plan goes on without it.
TRIES = 3
REST = timedelta(minutes=10)
# A relay seen otherwise than told so long after the write was moved by someone else.
SETTLED = timedelta(seconds=10)


@dataclass(slots=True)
class Trial:
    """Refusals in a row, and until when the device is left alone."""

    failures: int = 0
    rests_until: datetime | None = None
    error: str = ""


class Driver:
    """Carries the plan out."""

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
        self._hands: dict[str, datetime] = {}
        self.trials: dict[str, Trial] = {}

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
            self._hands.pop(lease_key(asset.subentry_id, asset.role), None)

    def resting(self) -> list[tuple[str, str, str]]:
        """Who refused too often and is left alone now: name, key and last error."""
        now = self._planner.now
        names = {
            lease_key(asset.subentry_id, asset.role): asset.config.name
            for asset in self._planner.home.assets
            if asset.role is not None
        }
        return [
            (names.get(key, key), key, trial.error)
            for key, trial in self.trials.items()
            if trial.rests_until is not None and now < trial.rests_until + PACE
        ]

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
        intents = {intent.asset: intent for intent in self._planner.intents()}
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
        trial = self.trials.get(key)
        if trial is not None and trial.rests_until is not None and now < trial.rests_until:
            return
        spec = self._planner.spec(asset.id)
        if spec is None or asset.role is None:
            return
        device = self._planner.home.devices[asset.subentry_id]
        command = command_for(intent, spec, asset.role, device.readings, now)
        if self._by_hand(key, asset, command, intent):
            return
        try:
            written = await self._leases.apply(key, device, command)
        except SourceError as err:
            self._refused(key, asset, err, now)
            return
        if written:
            LOGGER.debug("%s: %s %s", asset.config.name, command.action, command.reason)
            self.trials.pop(key, None)
            await device.async_request_refresh()

    def _by_hand(self, key: str, asset: PlannedAsset, command: Command, intent: Intent) -> bool:
        """Whether someone else changed the relay; that is respected until the plan wants something else of it."""
        now = self._planner.now
        if (until := self._hands.get(key)) is not None:
            if now < until:
                return True
            del self._hands[key]
        lease = self._leases.lease(key)
        readings = self._planner.home.devices[asset.subentry_id].readings
        if asset.role is not Role.SWITCH or lease is None or lease.command is None or lease.written is None:
            return False
        if lease.command.action is not command.action or readings is None or readings.switch is None:
            return False
        is_on, seen_after = readings.switch.on, lease.written + SETTLED
        if is_on is None or readings.at <= seen_after or is_on is (command.action is Action.ON):
            return False
        LOGGER.info("%s was switched by someone else; it is theirs until %s", asset.config.name, intent.until)
        self._hands[key] = intent.until
        return True

    def _refused(self, key: str, asset: PlannedAsset, err: SourceError, now: datetime) -> None:
        trial = self.trials.setdefault(key, Trial())
        trial.failures += 1
        trial.error = str(err)
        if trial.failures == 1:
            LOGGER.warning("%s did not take a command: %s", asset.config.name, err)
        if trial.failures >= TRIES:
            trial.failures, trial.rests_until = 0, now + REST

    async def _release(self, key: str) -> None:
        self._hands.pop(key, None)
        try:
            await self._leases.release(key)
        except SourceError as err:
            LOGGER.warning("Could not give back %s yet: %s", key, err)
