"""What devices say back: whether they do as told, and whether someone else's hand is on them."""

import logging
from functools import partial
from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .audit import Entry, Happening, Trail, as_happened, entry_of, measured
from .const import MODE_AUTOMATIC
from .coordinator import PlanCoordinator
from .devices_hub import DeviceCoordinator
from .engine.model.errors import SourceError
from .engine.model.roles import Action, Command, Role
from .engine.verdict import BAD
from .hands import Hands, Seen
from .leases import Leases, parts
from .planned import PlannedAsset, Withheld
from .rivals import Consents
from .trials import GivenUp, Trials
from .writes import BudgetSpent, tomorrow

if TYPE_CHECKING:
    from .driver import Driver

LOGGER = logging.getLogger(__name__)


class Watcher:
    """Looks at each reading, and tells the planner whom to leave out for now."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        planner: PlanCoordinator,
        leases: Leases,
        trail: Trail,
        driver: Driver,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._planner = planner
        self._leases = leases
        self._trail = trail
        self._driver = driver
        self._hands = Hands(planner.home.ports.store)
        self._trials = Trials()
        self.consents = Consents(hass, planner.home.ports.store)

    @callback
    def start(self) -> None:
        """Look from now on: what a crash left behind is undone."""
        for subentry_id, device in self._planner.home.devices.items():
            listening = device.async_add_listener(partial(self._heard, subentry_id, device))
            self._entry.async_on_unload(listening)

    def may_tell(self, key: str) -> bool:
        """Whether the part may be told something now: it was not given up, and nobody else seems to be at it."""
        return not self._trials.waits(key, self._planner.now) and not self._hands.in_doubt(key)

    def again(self, key: str) -> bool:
        """Whether the part is to be told once more what it was told already."""
        return self._trials.again(key)

    def told(self, key: str) -> None:
        """We told the part something, or gave it back."""
        self._hands.ours(key, self._planner.now)
        self._trials.told(key)

    def forget(self, key: str) -> None:
        """Whatever came of the part so far, begin anew."""
        self._hands.forget(key)
        self._trials.forget(key)

    def given_up(self) -> dict[str, GivenUp]:
        """Who did not obey and was given up, until it obeys again."""
        return self._trials.given_up()

    def refused(self, key: str, asset: PlannedAsset, line: Entry, err: SourceError) -> None:
        """The part did not take a command."""
        now = self._planner.now
        self._trail.note(key, as_happened(line, Happening.REFUSED, error=str(err)))
        if isinstance(err, BudgetSpent):
            self._trials.give_up(key, tomorrow(now, self._planner.home.ports.timezone), str(err), "budget")
        elif not self._trials.refused(key, asset.config.name, err, now):
            return
        self._gave_up(key, asset, line, str(err))

    def _gave_up(self, key: str, asset: PlannedAsset, line: Entry, error: str) -> None:
        until = self._trials.given_up()[key].until
        LOGGER.warning("%s is left alone until %s: %s", asset.config.name, until, error)
        self._trail.note(key, as_happened(line, Happening.GIVEN_UP, error=error, until=until))
        self._driver.act()

    @callback
    def _heard(self, subentry_id: str, device: DeviceCoordinator) -> None:
        """A device was read: does it do as told, and did anyone else touch it?"""
        if self._driver.stopped:
            return
        home, automatic = self._planner.home, self._planner.mode == MODE_AUTOMATIC
        for key, asset in parts(home).items():
            if asset.subentry_id != subentry_id:
                continue
            if not automatic or not home.controls.enabled(asset.id):
                # It is not ours, so whatever becomes of it is no hand on what is.
                self._hands.gap(key)
            elif not device.last_update_success or device.readings is None:
                self._hands.gap(key)
            elif self._hands.until(key, self._planner.now) is None:
                self._look(key, asset, device)

    def _look(self, key: str, asset: PlannedAsset, device: DeviceCoordinator) -> None:
        readings, lease = device.readings, self._leases.lease(key)
        assert readings is not None
        assert asset.role is not None
        seen = self._hands.look(key, asset.role, lease, readings)
        if seen is Seen.HAND:
            self._entry.async_create_background_task(
                self._hass, self._taken(key, asset, device), "merit_order hand"
            )
        elif seen is Seen.LOST and lease is not None:
            self._trials.tell_again(key)
            self._driver.act()
        elif seen is Seen.FINE and lease is not None:
            self._judge(key, asset, device)

    def _judge(self, key: str, asset: PlannedAsset, device: DeviceCoordinator) -> None:
        lease, spec, readings = self._leases.lease(key), self._planner.spec(asset.id), device.readings
        if lease is None or lease.command is None or spec is None or readings is None:
            return
        assert device.kind.conduct is not None
        verdict = self._trials.judge(key, lease, readings, spec, device.kind.conduct)
        if verdict is None:
            return
        self._trail.amend(key, verdict, measured(lease.role, readings))
        if verdict not in BAD:
            if self._trials.obeyed(key):
                self._planner.async_update_listeners()
            return
        now, name = self._planner.now, asset.config.name
        line = entry_of(Happening.REFUSED, asset.id, name, lease.command, readings, now)
        error = f"{_told(lease.command)} → {_does(line)}"
        self._trail.note(key, as_happened(line, Happening.REFUSED, error=error, verdict=verdict))
        if self._trials.disobeyed(key, name, verdict, error, now):
            self._gave_up(key, asset, line, error)
        self._driver.act()

    async def _taken(self, key: str, asset: PlannedAsset, device: DeviceCoordinator) -> None:
        """Someone else's hand is on the part: let go of it."""
        assert asset.role is not None
        async with self._driver.lock:
            now = self._planner.now
            if (
                self._driver.stopped
                or self._hands.until(key, now) is not None
                or not self._hands.in_doubt(key)
            ):
                return
            ends = next((intent.until for intent in self._driver.intents() if intent.asset == asset.id), None)
            until = self._hands.take(key, ends, now)
            LOGGER.info("%s was changed by someone else; it is theirs until %s", asset.config.name, until)
            try:
                await self._leases.leave(key)
            except SourceError as err:
                LOGGER.warning("Could not let go of %s: %s", key, err)
            command = Command(role=asset.role, action=Action.LEAVE, expires=now, reason="hand")
            line = entry_of(Happening.HAND, asset.id, asset.config.name, command, device.readings, now)
            self._trail.note(key, as_happened(line, Happening.HAND, until=until))
            self.withhold()

    def withhold(self) -> None:
        """Tell the planner whom to leave out."""
        home, now = self._planner.home, self._planner.now
        found: dict[str, Withheld] = {}
        given_up = self._trials.given_up()
        for key, asset in parts(self._planner.home).items() if self._planner.mode == MODE_AUTOMATIC else ():
            if (until := self._hands.until(key, now)) is not None:
                found[asset.id] = Withheld(why="hand", until=until)
            elif self.consents.missing(home.devices[asset.subentry_id]):
                found[asset.id] = Withheld(why="no_consent")
            elif self._trials.rests(key, now):
                found[asset.id] = Withheld(why=given_up[key].why, until=given_up[key].until)
        if found != home.withheld:
            home.withheld.clear()
            home.withheld.update(found)
            self._planner.async_update_listeners()
            self._planner.request()


def _told(command: Command) -> str:
    """What a part was told, in figures that need no translation."""
    for value, unit in ((command.power_kw, "kW"), (command.current_a, "A"), (command.target_c, "°C")):
        if value is not None:
            return f"{value:g} {unit}"
    return command.action.value


def _does(line: Entry) -> str:
    """What it does instead."""
    if "on" in line.before and line.role is Role.SWITCH:
        return "on" if line.before["on"] else "off"
    if "power_kw" in line.before:
        return f"{line.before['power_kw']:.2g} kW"
    return f"{line.before['target_c']:g} °C" if "target_c" in line.before else "?"
