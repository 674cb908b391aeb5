"""The day that is over, for the cards: the plan as it stood when each quarter hour began, and what was measured."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval, async_track_utc_time_change

from .battery_levels import battery_levels
from .coordinator import PlanCoordinator
from .engine.model.roles import Role
from .engine.price_level import price_level
from .gather import Home
from .history_recorder import recorded
from .live import LiveCoordinator, prices
from .past import QUARTER, Past, Quarter, floor, planned_for
from .savings_meter import SlotMeter
from .stored import settings

KEY: Final = "past"
LOOK_EVERY: Final = timedelta(seconds=30)
# Flash cards wear out; of what a power cut takes, the recorder still knows what was measured.
SAVE_EVERY: Final = timedelta(minutes=30)
# The recorder writes an hour's statistics minutes after it, and a first set-up brings its own history.
ASK_AGAIN: Final = timedelta(seconds=10)
# What a plan calls an asset of its own: these are the home's flows.
HOME_ROLES: Final = (Role.GRID, Role.SOLAR)

type Listener = Callable[[Quarter | None], None]


class HistoryBook:
    """The last day. Listeners get each quarter hour as it ends, or None when the whole has to be read anew."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        home: Home,
        planner: PlanCoordinator,
        live: LiveCoordinator,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._home = home
        self._planner = planner
        self._live = live
        self._meter = SlotMeter(self._powers)
        self._upcoming: Quarter | None = None
        self._listeners: set[Listener] = set()
        self._asked: datetime | None = None
        self._saved_at = home.ports.clock.now()
        self.past = Past.from_json(home.ports.store.load(KEY))

    @callback
    def start(self) -> None:
        """Begin to measure."""
        unload = self._entry.async_on_unload
        unload(self._live.async_add_listener(self._look))
        unload(async_track_time_interval(self._hass, self._look, LOOK_EVERY))
        minutes = list(range(0, 60, int(QUARTER.total_seconds() // 60)))
        unload(async_track_utc_time_change(self._hass, self._edge, minute=minutes, second=0))
        self._look()
        self.complete()

    @callback
    def listen(self, listener: Listener) -> CALLBACK_TYPE:
        """Call `listener` until the returned function is called."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    @callback
    def keep(self) -> None:
        """Hand the past to the shelf."""
        self._saved_at = self._home.ports.clock.now()
        self._home.ports.store.save(KEY, self.past.to_json())

    @callback
    def complete(self) -> None:
        """Ask the recorder for what was measured while nobody looked, unless it was asked a moment ago."""
        now = self._home.ports.clock.now()
        if self._asked is not None and now - self._asked < ASK_AGAIN:
            return
        self._asked = now
        if self.past.unmeasured(now):
            self._entry.async_create_background_task(
                self._hass, self._complete(now), "merit_order past from the recorder"
            )

    async def _complete(self, now: datetime) -> None:
        found = await recorded(self._hass, self._home, self.past.unmeasured(now))
        for start, known in found.items():
            quarter = self.past.find(start) or self._priced(Quarter(start=start))
            self.past.put(replace(quarter, measured=known.measured, measured_level=known.levels))
        if found:
            self._tell(None)

    @callback
    def _look(self, _: datetime | None = None) -> None:
        self._meter.look(self._home.ports.clock.now())

    @callback
    def _edge(self, _: datetime) -> None:
        """One quarter hour ends, the next begins."""
        self._look()
        edge = floor(self._home.ports.clock.now())
        start, planned = self._meter.started, self._upcoming
        if start is not None and edge - start == QUARTER:
            quarter = self._quarter(planned if planned is not None else Quarter(start=start))
            if quarter.measured or quarter.planned:
                self.past.put(quarter)
                self._tell(quarter)
        self._meter.begin(edge)
        self._upcoming = self._priced(planned_for(self._planner.plan, edge))
        self.complete()
        if edge - self._saved_at >= SAVE_EVERY:
            self.keep()

    def _quarter(self, planned: Quarter) -> Quarter:
        hours = QUARTER / timedelta(hours=1)
        measured = {
            key: (flow.plus_kwh - flow.minus_kwh) / hours
            for key in self._meter.flows
            if (flow := self._meter.flow(key, QUARTER)) is not None
        }
        return replace(planned, measured=measured, measured_level=battery_levels(self._home))

    def _priced(self, quarter: Quarter) -> Quarter:
        """The same with the prices that hold as it begins."""
        buy, sell = prices(self._home, "price"), prices(self._home, "export_price")
        level = quarter.price_level
        if level is None and buy is not None:
            config = settings(self._entry)
            level = price_level(buy, quarter.start, config.cheap_below, config.expensive_above)
        return replace(
            quarter,
            price=buy.value_at(quarter.start) if buy is not None else None,
            export_price=sell.value_at(quarter.start) if sell is not None else None,
            price_level=level,
        )

    def _powers(self) -> dict[str, float | None]:
        """What flows now in kW, signed as in the plan; the home's load is what no planned asset is known to use."""
        live = self._live.data
        assets = {
            asset.id: self._power(asset.subentry_id, asset.role)
            for asset in self._home.assets
            if asset.role is not None and asset.role not in HOME_ROLES
        }
        stores = {asset.id for asset in self._home.assets if asset.role is Role.BATTERY}
        used = sum(power or 0.0 for key, power in assets.items() if key not in stores)
        load = None if live.load_kw is None else max(live.load_kw - used, 0.0)
        return {"grid": live.grid_kw, "solar": live.solar_kw, "load": load, **assets}

    def _power(self, subentry_id: str, role: Role | None) -> float | None:
        readings = self._home.devices[subentry_id].readings
        part = getattr(readings, role.value) if readings is not None and role is not None else None
        power: float | None = getattr(part, "power_kw", None)
        return power

    @callback
    def _tell(self, quarter: Quarter | None) -> None:
        for listener in list(self._listeners):
            listener(quarter)
