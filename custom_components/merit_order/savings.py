"""The book of what was saved, written every five minutes from what the devices say."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, override
from zoneinfo import ZoneInfo

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval, async_track_utc_time_change
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .battery_levels import battery_levels, battery_params
from .const import MODE_AUTOMATIC
from .coordinator import LOGGER, PlanCoordinator
from .driver import Driver
from .engine.assets.load import LoadParams
from .engine.ledger import (
    BatterySlot,
    Book,
    LoadSlot,
    MeasuredSlot,
    Promises,
    Share,
    Sums,
    load_slot,
    record,
    shares,
    sums,
)
from .engine.model.codec import from_json, to_json
from .engine.model.errors import InputError
from .engine.model.roles import Role
from .gather import Home, grid_reading
from .leases import lease_key
from .live import prices
from .loads import LoadBook
from .planned import PlannedAsset
from .savings_meter import SlotMeter
from .stored import settings

KEY = "savings"
SLOT = timedelta(minutes=5)
DAY = timedelta(days=1)
LOOK_EVERY = timedelta(seconds=30)
# Flash cards wear out; what a power cut takes is left out.
SAVE_EVERY = timedelta(minutes=30)
GRID = "grid"
# Kinds of which it is known when they would have run by themselves. Heat follows a thermostat, which is not simulated.
LOADS = ("load", "vehicle")


class SavingsCoordinator(DataUpdateCoordinator[Sums | None]):
    """What was saved so far; None until a first slot was measured."""

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        home: Home,
        planner: PlanCoordinator,
        driver: Driver,
        loads: LoadBook,
    ) -> None:
        super().__init__(hass, LOGGER, config_entry=entry, name="savings", always_update=False)
        self.home = home
        self._driver = driver
        self._planner = planner
        self._loads = loads
        self._zone = ZoneInfo(home.ports.timezone)
        self._meter = SlotMeter(self._powers)
        self._stored: dict[str, float] = {}
        self._plugged: dict[str, datetime] = {}
        self._steered: set[str] = set()
        self._book: Book | None = None
        self._lock = asyncio.Lock()
        self._watchers = 0
        self.shares: dict[str, Share] | None = None
        """What each steered asset contributed, while somebody watches."""
        self._saved_at = home.ports.clock.now()

    @property
    def promises(self) -> Promises:
        """What plans promised lately, and what was kept of it."""
        return self._book.promises if self._book is not None else Promises()

    async def load(self) -> None:
        """Take up the book that was kept, off the event loop: hundreds of slots are read."""
        self._book = await self.hass.async_add_executor_job(self._kept)
        self._planner.kept_share = self.promises.share

    @callback
    def start(self) -> None:
        """Begin to measure."""
        unload = self.config_entry.async_on_unload
        for device in self.home.devices.values():
            unload(device.async_add_listener(self._look))
        unload(async_track_time_interval(self.hass, self._look, LOOK_EVERY))
        minutes = list(range(0, 60, int(SLOT.total_seconds() // 60)))
        unload(async_track_utc_time_change(self.hass, self._edge, minute=minutes, second=0))
        self._look()
        if self._book is not None:
            self.config_entry.async_create_background_task(
                self.hass, self._write(lambda book: book), "merit_order savings so far"
            )

    @callback
    def watch(self) -> CALLBACK_TYPE:
        """Keep `shares` up to date until the returned function is called; it is too much work for nobody."""
        self._watchers += 1
        if self.shares is None and self._book is not None:
            self.config_entry.async_create_background_task(
                self.hass, self._write(lambda book: book), "merit_order savings told apart"
            )

        def stop() -> None:
            self._watchers -= 1
            if not self._watchers:
                self.shares = None

        return stop

    @callback
    def keep(self) -> None:
        """Hand the book to the shelf."""
        if self._book is not None:
            self.home.ports.store.save(KEY, to_json(self._book))

    @override
    async def _async_update_data(self) -> Sums | None:
        return self.data

    @callback
    def _look(self, _: datetime | None = None) -> None:
        now = self.home.ports.clock.now()
        self._meter.look(now)
        self._steered &= self._ours(now)
        for asset in self.home.assets:
            if asset.role is Role.CHARGER:
                self._watch_plug(asset, now)

    async def _edge(self, _: datetime) -> None:
        """One slot ends, the next begins."""
        self._look()
        edge = _floor(self.home.ports.clock.now())
        stored, start = battery_levels(self.home), self._meter.started
        slot = self._slot(start, stored) if start is not None and edge - start == SLOT else None
        self._meter.begin(edge)
        self._stored, self._steered = stored, self._ours(edge)
        if start is not None and start < edge:
            limits, zone = battery_params(self.home), self._zone
            await self._write(lambda book: record(book, start, edge, slot, limits, zone))
            await self._promise(edge)
        now = self.home.ports.clock.now()
        if self._book is not None and now - self._saved_at >= SAVE_EVERY:
            self._saved_at = now
            self.home.ports.store.save(KEY, await self.hass.async_add_executor_job(to_json, self._book))

    async def _promise(self, edge: datetime) -> None:
        """At the first edge of a day: what the plan promises for it, and what was kept of yesterday's promise."""
        local = edge.astimezone(self._zone)
        if self._book is None or self.data is None or local.hour or local.minute:
            return
        plan, automatic = self._planner.plan, settings(self.config_entry).mode == MODE_AUTOMATIC
        promised = None
        if plan is not None and automatic:
            promised = (plan.baseline_cost - plan.cost) * (DAY / (plan.edges[-1] - plan.edges[0]))
        async with self._lock:
            promises = self._book.promises.turned(local.date(), promised, self.data.total.saved)
            self._book = replace(self._book, promises=promises)
        self._planner.kept_share = promises.share

    async def _write(self, change: Callable[[Book | None], Book | None]) -> None:
        """Change the book and tell what it says, off the event loop: a day and a half is gone through anew."""
        limits, zone, watched = battery_params(self.home), self._zone, self._watchers > 0

        def write() -> tuple[Book | None, Sums | None, dict[str, Share] | None]:
            book = change(self._book)
            if book is None:
                return None, None, None
            parts = shares(book, limits, now, zone) if watched else None
            return book, sums(book, limits, now, zone), parts

        async with self._lock:
            now = self.home.ports.clock.now()
            self._book, result, self.shares = await self.hass.async_add_executor_job(write)
            if result is not None:
                self.async_set_updated_data(result)
                # Unchanged sums tell nobody by themselves.
                self.async_update_listeners()

    def _slot(self, start: datetime, stored: Mapping[str, float]) -> MeasuredSlot | None:
        """What was measured from `start` to this edge, or None where something that counts is not known."""
        grid, price, export = self._meter.flow(GRID, SLOT), *self._prices(start)
        if grid is None or price is None or export is None:
            return None
        batteries: dict[str, BatterySlot] = {}
        loads: dict[str, LoadSlot] = {}
        for asset in self.home.assets:
            flow, ours = self._meter.flow(asset.id, SLOT), asset.id in self._steered
            if asset.role is Role.BATTERY:
                before, after = self._stored.get(asset.id), stored.get(asset.id)
                if flow is not None and before is not None and after is not None:
                    batteries[asset.id] = BatterySlot(
                        charge_kwh=flow.plus_kwh,
                        discharge_kwh=flow.minus_kwh,
                        before_kwh=before,
                        after_kwh=after,
                        steered=ours,
                    )
                elif ours:
                    return None
            # A load that does not say what it draws cannot be told apart from the home: no credit for it.
            elif (
                ours
                and flow is not None
                and flow.minus_kwh == 0
                and (load := self._load(asset, flow.plus_kwh, start))
            ):
                loads[asset.id] = load
        return MeasuredSlot(
            start=start,
            end=start + SLOT,
            import_kwh=grid.plus_kwh,
            export_kwh=grid.minus_kwh,
            import_price=price,
            export_price=export,
            batteries=batteries,
            loads=loads,
        )

    def _load(self, asset: PlannedAsset, kwh: float, start: datetime) -> LoadSlot | None:
        """The load with the moment from which it could have run; None where that is not known."""
        if asset.kind.key == "vehicle":
            plugged = self._plugged.get(asset.id)
            return LoadSlot(kwh=kwh, since=_floor(plugged)) if plugged is not None else None
        params = from_json(LoadParams, self.home.params(asset))
        warm = self._loads.has_been_full(asset.id)
        return load_slot(params, kwh, start, start + SLOT, self._zone, keeps_warm=warm)

    def _prices(self, at: datetime) -> tuple[float | None, float | None]:
        """Import and export price; without a contract for it feeding in earns nothing."""
        buy, sell = prices(self.home, "price"), prices(self.home, "export_price")
        earns = self.home.tariff is not None and self.home.tariff.export is not None
        export = (sell.value_at(at) if sell is not None else None) if earns else 0.0
        return buy.value_at(at) if buy is not None else None, export

    def _powers(self) -> dict[str, float | None]:
        """What flows now in kW: through the meter, the batteries and everything that may be steered."""
        found = grid_reading(self.home)
        powers: dict[str, float | None] = {GRID: found[0].power_kw if found is not None else None}
        for asset in self.home.assets:
            if _counts(asset):
                part = self._part(asset)
                powers[asset.id] = part.power_kw if part is not None else None
        return powers

    def _ours(self, now: datetime) -> set[str]:
        """Assets whose doings are ours at this instant: nobody else's timing earns us credit."""
        if settings(self.config_entry).mode != MODE_AUTOMATIC:
            return set()
        controls, refusing = self.home.controls, {key for _, key, _ in self._driver.resting()}
        return {
            asset.id
            for asset in self.home.assets
            if _counts(asset)
            and asset.steerable
            and controls.enabled(asset.id)
            and not controls.overrides(asset.id, now)
            and asset.role is not None
            and lease_key(asset.subentry_id, asset.role) not in refusing
        }

    def _part(self, asset: PlannedAsset) -> Any:
        readings = self.home.devices[asset.subentry_id].readings
        return (
            getattr(readings, asset.role.value) if readings is not None and asset.role is not None else None
        )

    def _watch_plug(self, asset: PlannedAsset, now: datetime) -> None:
        part = self._part(asset)
        if part is None or part.connected is None:
            return
        if part.connected:
            self._plugged.setdefault(asset.id, now)
        else:
            self._plugged.pop(asset.id, None)

    def _kept(self) -> Book | None:
        raw = self.home.ports.store.load(KEY)
        try:
            return from_json(Book, raw) if raw is not None else None
        except InputError:
            LOGGER.warning("The book of savings could not be read; it begins anew")
            return None


def _counts(asset: PlannedAsset) -> bool:
    """Whether it is known what it would do without us: a battery follows the meter, a load runs by its habit."""
    return asset.role is Role.BATTERY or (asset.steerable and asset.kind.key in LOADS)


def _floor(at: datetime) -> datetime:
    seconds = int(SLOT.total_seconds())
    return datetime.fromtimestamp(at.timestamp() // seconds * seconds, at.tzinfo)
