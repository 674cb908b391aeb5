"""The fast loop: between two plans, every few seconds, what the meter says is held against what the plan means.

It says what is wanted; telling devices is the driver's.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import override
from zoneinfo import ZoneInfo

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .const import MODE_ADVISE, MODE_AUTOMATIC, MODE_OFF
from .coordinator import PlanCoordinator
from .demand import charge
from .devices_hub import DeviceCoordinator
from .driver import Driver
from .engine.assets._grid import GridParams
from .engine.model.codec import from_json
from .engine.model.plan import Intent
from .engine.model.roles import Role
from .engine.model.snapshot import CapacityCharge
from .engine.steer import METER_OLD, Driven, Memory, Note, Steered, View, steer
from .engine.steer.shadow import Shadow, shadowed
from .gather import Home, grid_reading
from .leases import parts
from .live import LiveCoordinator
from .writes import Writes, budget, tomorrow

LOGGER = logging.getLogger(__name__)

# A meter speaks every one to five seconds; what follows from a word takes devices as long.
PACE = timedelta(seconds=5)
# With a silent meter the loop still looks, to say so and to leave the plan its word.
LOOK_EVERY = timedelta(seconds=10)
LEAST_PACE_S = 10.0
# Of what may be written today, this share is for the plan itself and for limits.
KEPT = 0.2
# Sun to follow, or a meter to follow, is there in half of the time at most.
FOLLOWING = 0.5


class Steering(DataUpdateCoordinator[Steered | None]):
    """Says what is wanted of every asset at this instant. `data` is the last step; None before the first.

    In advise it says what would be wanted had all been done that it said; nothing is held back then, so `data` is None.
    """

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        planner: PlanCoordinator,
        live: LiveCoordinator,
        driver: Driver,
        writes: Writes,
    ) -> None:
        super().__init__(hass, LOGGER, config_entry=entry, name="steering")
        self._planner = planner
        self._live = live
        self._driver = driver
        self._writes = writes
        self._mode = MODE_OFF
        self._memory = Memory()
        self._shadow = Shadow()
        self._last: Steered | None = None
        self._planned: tuple[Intent, ...] = ()
        self._stepped: datetime | None = None
        self._heard: datetime | None = None
        self._acted: tuple[tuple[str, str, float], ...] = ()
        self._zone = ZoneInfo(self.home.ports.timezone)
        self._limits = _limits(self.home)
        driver.intents = self.intents

    @property
    def home(self) -> Home:
        """The home as the planner sees it."""
        return self._planner.home

    @callback
    def start(self) -> None:
        """Follow the meter from now on."""
        unload = self.config_entry.async_on_unload
        for device in self.home.devices.values():
            unload(device.async_add_listener(self._look))
        unload(async_track_time_interval(self.hass, self._look, LOOK_EVERY))

    @callback
    def intents(self) -> tuple[Intent, ...]:
        """What is wanted of every asset at this instant."""
        planned = self._planner.intents()
        self._turn()
        if self._mode == MODE_OFF:
            return planned
        if not self._is_new(planned):
            assert self._last is not None
            return self._with(planned, self._last)
        return self._step(planned)

    def _turn(self) -> None:
        """With another mode all begins anew: what was only said was not done."""
        if self._mode == (mode := self._planner.mode):
            return
        self._mode, self._memory, self._shadow = mode, Memory(), Shadow()
        self._last = self._stepped = None
        if self.data is not None:
            self.data = None
            self.async_update_listeners()

    @callback
    def _look(self, _: datetime | None = None) -> None:
        """A device spoke, or time went by."""
        self._turn()
        if self._mode == MODE_OFF or not self._is_heard():
            return
        planned = self._planner.intents()
        if not self._is_new(planned):
            return
        wanted = tuple((each.asset, each.mode, round(each.power_kw, 2)) for each in self._step(planned))
        if wanted != self._acted:
            self._acted = wanted
            self._driver.act()

    def _is_heard(self) -> bool:
        """Whether the meter said something since the last step, or fell silent."""
        found = grid_reading(self.home)
        at = found[1] if found is not None else None
        silent = at is None or self._planner.now - at > METER_OLD
        was_silent = self._last is None or self._last.note is not Note.OK
        return silent is not was_silent or (not silent and at != self._heard)

    def _is_new(self, planned: tuple[Intent, ...]) -> bool:
        """Whether it is time for a step: the plan says something else, or the last was some seconds ago."""
        now = self._planner.now
        return (
            self._stepped is None
            or self._last is None
            or planned != self._planned
            or abs(now - self._stepped) >= PACE
        )

    def _step(self, planned: tuple[Intent, ...]) -> tuple[Intent, ...]:
        now = self._planner.now
        view = self._view(now, planned)
        self._heard = view.grid_at
        if self._mode == MODE_ADVISE:
            view, self._shadow = shadowed(view, self._shadow)
        steered = steer(view, self._memory)
        self._memory, self._planned, self._stepped = steered.memory, planned, now
        self._shadow = replace(self._shadow, said=steered.intents)
        changed = self._last is None or _shown(steered) != _shown(self._last)
        self._last = steered
        if self._mode == MODE_AUTOMATIC:
            self.data = steered
            if changed:
                self._log(steered)
                self.async_update_listeners()
        return self._with(planned, steered)

    @staticmethod
    def _with(planned: tuple[Intent, ...], steered: Steered) -> tuple[Intent, ...]:
        ours = {each.asset: each for each in steered.intents}
        return tuple(ours.get(each.asset, each) for each in planned)

    def _view(self, now: datetime, planned: tuple[Intent, ...]) -> View:
        found = grid_reading(self.home)
        return View(
            at=now,
            zone=self._zone,
            plan=self._planner.plan,
            driven=self._driven(now, planned),
            grid=found[0] if found is not None else None,
            grid_at=found[1] if found is not None else None,
            solar_kw=self._live.data.solar_kw,
            limits=self._limits,
            capacity=self._capacity(now),
        )

    def _driven(self, now: datetime, planned: tuple[Intent, ...]) -> tuple[Driven, ...]:
        """What is ours to run now."""
        home, by_id = self.home, {asset.id: asset for asset in parts(self.home).values()}
        driven = []
        for intent in planned:
            asset, spec = by_id.get(intent.asset), self._planner.spec(intent.asset)
            if asset is None or spec is None or asset.role is None:
                continue
            if not home.controls.enabled(asset.id) or asset.id in home.withheld:
                continue
            device = home.devices[asset.subentry_id]
            driven.append(
                Driven(
                    spec=spec,
                    role=asset.role,
                    intent=intent,
                    readings=device.readings,
                    follows_itself=device.kind.conduct is None
                    or device.kind.conduct.follows(device.config.options),
                    pace_s=self._pace_s(device, now),
                )
            )
        return tuple(driven)

    def _pace_s(self, device: DeviceCoordinator, now: datetime) -> float:
        """The pace at which what is left of the day's budget of writes lasts until midnight."""
        conduct = device.kind.conduct
        if conduct is None:
            return LEAST_PACE_S
        written = self._writes.of(device.subentry.subentry_id)
        most = max(written, key=lambda what: written[what], default="")
        spent = max((times / budget(conduct, what) for what, times in written.items()), default=0.0)
        left = (1 - KEPT - spent) * budget(conduct, most)
        until = (tomorrow(now, self.home.ports.timezone) - now).total_seconds()
        return max(until * FOLLOWING / max(left, 1.0), LEAST_PACE_S)

    def _capacity(self, now: datetime) -> CapacityCharge | None:
        home, found = self.home, grid_reading(self.home)
        if home.tariff is None or home.tariff.capacity is None or home.demand is None or found is None:
            return None
        return charge(home.tariff.capacity, home.demand, found[0], now)

    def _log(self, steered: Steered) -> None:
        names = {asset.id: asset.config.name for asset in self.home.assets}
        for act in steered.acts:
            LOGGER.debug("%s: %s, %.2f kW", names.get(act.asset, act.asset), act.cause, act.kw)
        for risk in steered.risks:
            name = names.get(risk.asset, risk.asset)
            LOGGER.warning("%s is held back (%s) and may not be done by %s", name, risk.cause, risk.by)
        if steered.note is Note.NO_METER:
            LOGGER.info("The meter is silent: the plan is carried out as it is")

    @override
    async def _async_update_data(self) -> Steered | None:
        return self.data


def _limits(home: Home) -> GridParams:
    """What the connection may carry, as it was configured."""
    params = next((asset.config.params for asset in home.assets if asset.role is Role.GRID), {})
    return from_json(GridParams, dict(params))


def _shown(steered: Steered) -> tuple[object, ...]:
    """What people see of a step; powers move all the time."""
    acts = tuple((act.asset, act.cause) for act in steered.acts)
    return steered.note, acts, steered.risks, steered.over
