"""Watches the demand that a charge counts, as the meter speaks."""

from datetime import datetime, timedelta
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .coordinator import LOGGER
from .engine.demand import DemandNow
from .gather import DEMAND_KEY, Home, demand_reading

# Meters speak every second; who watches a quarter hour is served by less, and the recorder's card lives longer.
TELL_EVERY: Final = timedelta(seconds=15)
LOOK_EVERY: Final = timedelta(seconds=30)
HOLIDAYS_EVERY: Final = timedelta(minutes=5)


class DemandCoordinator(DataUpdateCoordinator[DemandNow | None]):
    """The figures of a charge on demand; None without such a charge, or while no meter has spoken."""

    config_entry: ConfigEntry

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, home: Home) -> None:
        super().__init__(hass, LOGGER, config_entry=entry, name="demand", always_update=False)
        self.home = home
        self._told: datetime | None = None
        self._window: datetime | None = None

    @callback
    def start(self) -> None:
        """Begin to watch, where there is such a charge."""
        if self.home.demand is None:
            return
        unload = self.config_entry.async_on_unload
        for device in self.home.devices.values():
            unload(device.async_add_listener(self._look))
        unload(async_track_time_interval(self.hass, self._look, LOOK_EVERY))
        if self.home.holidays is not None:
            unload(async_track_time_interval(self.hass, self._ask_holidays, HOLIDAYS_EVERY))
            self.config_entry.async_create_background_task(
                self.hass, self._ask_holidays(), "merit_order holidays"
            )
        self._look()

    @callback
    def keep(self) -> None:
        """Hand the book to the shelf."""
        if self.home.demand is not None:
            self.home.ports.store.save(DEMAND_KEY, self.home.demand.to_json())

    async def _ask_holidays(self, _: datetime | None = None) -> None:
        assert self.home.holidays is not None
        await self.home.holidays.refresh()

    @override
    async def _async_update_data(self) -> DemandNow | None:
        return self.data

    @callback
    def _look(self, _: datetime | None = None) -> None:
        book, now = self.home.demand, self.home.ports.clock.now()
        assert book is not None
        grid = demand_reading(self.home)
        book.look(now, grid.power_kw if grid is not None else None)
        figures = book.now(now, grid)
        turned = figures.window != self._window
        if turned and self._window is not None:
            self.keep()
        changed = (grid is None) != (self.data is None)
        if turned or changed or self._told is None or now - self._told >= TELL_EVERY:
            self._window, self._told = figures.window, now
            self.async_set_updated_data(figures if grid is not None else None)
