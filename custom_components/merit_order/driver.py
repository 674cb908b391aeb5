"""In automatic, what the plan wants is done; in any other mode, and without a plan, nothing is held."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval

from .audit import Happening, Trail, as_happened, entry_of
from .const import MODE_ADVISE, MODE_AUTOMATIC, MODE_OFF
from .coordinator import PlanCoordinator
from .devices_hub import DeviceCoordinator
from .engine.actuate import command_for, needs_write
from .engine.model.errors import SourceError
from .engine.model.plan import Intent
from .engine.model.roles import Action, Command
from .leases import Leases, lease_key, parts
from .planned import PlannedAsset
from .watcher import Watcher

LOGGER = logging.getLogger(__name__)

PACE = timedelta(seconds=30)
# A plan takes about a second; what happens at a slot edge waits for it.
SETTLE_S = 3.0

type Intents = Callable[[], tuple[Intent, ...]]
type Wanted = dict[str, tuple[PlannedAsset, Intent]]


class Driver:
    """Carries the plan out: when, and in which order.

    `intents` says what is wanted at this instant of every asset: the plan's word, or that of whoever steers between
    two plans. Whoever has another word calls `act`. Who holds `lock` may tell devices something.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        planner: PlanCoordinator,
        leases: Leases,
        trail: Trail,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._planner = planner
        self._leases = leases
        self._trail = trail
        self.lock = asyncio.Lock()
        self._again = False
        self.stopped = False
        self._soon: CALLBACK_TYPE | None = None
        self._watcher = Watcher(hass, entry, planner, leases, trail, self)
        self._advised: dict[str, Command] = {}
        self._stuck: set[str] = set()
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
        if self._soon is None and not self.stopped:
            self._soon = async_call_later(self._hass, SETTLE_S, self.act)

    @callback
    def act(self, _: datetime | None = None) -> None:
        """Do now what is to be done."""
        self._cancel_soon()
        if self._planner.thinking:
            self.wake()
        elif self.lock.locked():
            self._again = True
        elif not self.stopped:
            self._entry.async_create_background_task(self._hass, self.drive(), "merit_order driver")

    @callback
    def _cancel_soon(self) -> None:
        if self._soon is not None:
            self._soon()
            self._soon = None

    async def drive(self) -> None:
        """Bring every device to what the plan wants of it now."""
        async with self.lock:
            again = True
            while again and not self.stopped:
                self._again = False
                self._watcher.withhold()
                wanted, mode = self._wanted(), self._planner.mode
                for key in self._leases.keys - (wanted.keys() if mode == MODE_AUTOMATIC else set()):
                    await self._release(key)
                if mode == MODE_AUTOMATIC:
                    for key, (asset, intent) in wanted.items():
                        await self._carry_out(key, asset, intent)
                if mode == MODE_ADVISE:
                    self._advise(wanted)
                else:
                    self._advised.clear()
                again = self._again

    @callback
    def resume(self, asset: PlannedAsset) -> None:
        """Take the asset back from whoever moved it, and try it again if it was given up."""
        if asset.role is not None:
            self._watcher.forget(lease_key(asset.subentry_id, asset.role))
            self.act()

    def unasked(self) -> dict[str, list[str]]:
        """By device, who else may command it without a word of a person's on that."""
        home = self._planner.home
        asked = {asset.subentry_id for asset in parts(home).values() if home.controls.enabled(asset.id)}
        missing = {key: self._watcher.consents.missing(home.devices[key]) for key in sorted(asked)}
        return {key: names for key, names in missing.items() if names}

    @callback
    def consent(self, subentry_id: str, names: list[str]) -> None:
        """A person says that we alone command the device."""
        self._watcher.consents.give(subentry_id, names)
        self.act()

    def resting(self) -> list[tuple[str, str, str]]:
        """Who did not obey and was given up: name, key and last error; until it obeys again."""
        names = {key: asset.config.name for key, asset in parts(self._planner.home).items()}
        return [(names.get(key, key), key, held.error) for key, held in self._watcher.given_up().items()]

    def spent(self) -> set[str]:
        """The keys of those that were written as often as is good for them today."""
        return {key for key, held in self._watcher.given_up().items() if held.why == "budget"}

    async def stop(self) -> None:
        """Give everything back and do nothing more."""
        self.stopped = True
        self._cancel_soon()
        async with self.lock:
            for key in self._leases.keys:
                await self._release(key)
        await self._trail.flush()

    async def _reconcile(self) -> None:
        """Undo what a crash or power cut left behind, then begin."""
        async with self.lock:
            for key in self._leases.keys:
                await self._release(key)
        self._watcher.start()
        await self.drive()

    async def _stopping(self, _: Event) -> None:
        await self.stop()

    def _wanted(self) -> Wanted:
        """What is to be held now, by device part; in advise, what automatic would hold."""
        home = self._planner.home
        if self._planner.mode == MODE_OFF:
            return {}
        intents = {intent.asset: intent for intent in self.intents()}
        return {
            key: (asset, intents[asset.id])
            for key, asset in parts(home).items()
            if asset.id in intents and home.controls.enabled(asset.id) and asset.id not in home.withheld
        }

    def _command(self, asset: PlannedAsset, intent: Intent, device: DeviceCoordinator) -> Command | None:
        spec = self._planner.spec(asset.id)
        if spec is None or asset.role is None:
            return None
        return command_for(intent, spec, asset.role, device.readings, self._planner.now)

    async def _carry_out(self, key: str, asset: PlannedAsset, intent: Intent) -> None:
        now = self._planner.now
        if not self._watcher.may_tell(key):
            return
        device = self._planner.home.devices[asset.subentry_id]
        if (command := self._command(asset, intent, device)) is None:
            return
        before = device.readings
        line = entry_of(Happening.COMMANDED, asset.id, asset.config.name, command, before, now)
        try:
            written = await self._leases.apply(key, device, command, again=self._watcher.again(key))
        except SourceError as err:
            self._watcher.refused(key, asset, line, err)
            return
        if written:
            LOGGER.debug("%s: %s %s", asset.config.name, command.action, command.reason)
            self._watcher.told(key)
            happening = Happening.RESTORED if command.action is Action.RELEASE else Happening.COMMANDED
            self._trail.note(key, as_happened(line, happening))
            await device.async_request_refresh()

    async def _release(self, key: str) -> None:
        home, now = self._planner.home, self._planner.now
        asset, lease = parts(home).get(key), self._leases.lease(key)
        try:
            await self._leases.release(key)
        except SourceError as err:
            if key not in self._stuck:
                LOGGER.warning("Could not give back %s yet: %s", key, err)
                self._stuck.add(key)
            return
        self._stuck.discard(key)
        self._watcher.told(key)
        if asset is not None and lease is not None:
            command = Command(role=lease.role, action=Action.RELEASE, expires=now, reason="release")
            readings = home.devices[asset.subentry_id].readings
            name = asset.config.name
            self._trail.note(key, entry_of(Happening.RESTORED, asset.id, name, command, readings, now))

    def _advise(self, wanted: Wanted) -> None:
        """Write down what automatic would tell; nothing is touched."""
        home, now = self._planner.home, self._planner.now
        for key in self._advised.keys() - wanted.keys():
            if (asset := parts(home).get(key)) is not None:
                role = self._advised[key].role
                command = Command(role=role, action=Action.RELEASE, expires=now, reason="release")
                self._would(key, asset, command)
        for key, (asset, intent) in wanted.items():
            device = home.devices[asset.subentry_id]
            next_command = self._command(asset, intent, device)
            if next_command is not None and needs_write(
                next_command, self._advised.get(key), device.readings, now
            ):
                self._would(key, asset, next_command)

    def _would(self, key: str, asset: PlannedAsset, command: Command) -> None:
        if command.action is Action.RELEASE:
            self._advised.pop(key, None)
        else:
            self._advised[key] = command
        readings, now = self._planner.home.devices[asset.subentry_id].readings, self._planner.now
        name = asset.config.name
        self._trail.note(key, entry_of(Happening.WOULD, asset.id, name, command, readings, now))
