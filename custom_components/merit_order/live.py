"""What the home does and pays at this moment."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .coordinator import LOGGER
from .engine.model.roles import Role
from .engine.model.series import Series
from .engine.price_level import price_level_until
from .gather import Home, grid_reading
from .stored import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """Powers in kW, prices in currency/kWh, `cost_per_hour` in currency/h (negative while feeding in earns).

    None where not known. `price_spike` is the supplier's warning: "none", "potential" or "spike". `measured_at` is when
    the meter said `grid_kw`, `price_level_until` when another level begins; `load_kw` is all that is used in the home.
    """

    price_now: float | None = None
    export_price_now: float | None = None
    next_price: float | None = None
    next_price_at: datetime | None = None
    price_level: str | None = None
    price_level_until: datetime | None = None
    price_spike: str | None = None
    grid_kw: float | None = None
    solar_kw: float | None = None
    battery_kw: float | None = None
    battery_soc: float | None = None
    load_kw: float | None = None
    cost_per_hour: float | None = None
    measured_at: datetime | None = None


class LiveCoordinator(DataUpdateCoordinator[Live]):
    """Follows devices as they report and prices as they change."""

    config_entry: ConfigEntry

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, home: Home) -> None:
        super().__init__(hass, LOGGER, config_entry=entry, name="live", always_update=False)
        self.home = home
        self.data = self._prices = Live()
        self._edge: CALLBACK_TYPE | None = None
        self._edge_at: datetime | None = None

    @callback
    def start(self) -> None:
        """Begin to follow."""
        unload = self.config_entry.async_on_unload
        for device in self.home.devices.values():
            unload(device.async_add_listener(self._measured))
        unload(self.home.sources.listen(self.look))
        unload(self._cancel_edge)
        self.look()

    @callback
    def look(self, _: datetime | None = None) -> None:
        """Work everything out anew and tell those who listen if anything changed."""
        now = self.home.ports.clock.now()
        self._prices = _prices(self.home, self.config_entry, now)
        self._measured()
        change = _next_change(self.home, now)
        if change == self._edge_at:
            return
        self._cancel_edge()
        if change is not None:
            self._edge, self._edge_at = async_track_point_in_utc_time(self.hass, self.look, change), change

    @callback
    def _measured(self) -> None:
        """A device spoke. Meters do so every second: what prices mean is worked out only when they change."""
        live = _live(self.home, self._prices)
        if live != self.data:
            self.async_set_updated_data(live)

    @override
    async def _async_update_data(self) -> Live:
        self.look()
        return self.data

    @callback
    def _cancel_edge(self) -> None:
        if self._edge is not None:
            self._edge()
            self._edge = self._edge_at = None


def prices(home: Home, key: str) -> Series | None:
    """The published prices of one direction ("price", "export_price"), or None."""
    source = home.sources.find(key)
    return source.value if source is not None else None


def _prices(home: Home, entry: ConfigEntry, now: datetime) -> Live:
    """What can be said of this moment without a meter."""
    buy, sell = prices(home, "price"), prices(home, "export_price")
    config = settings(entry)
    source = home.sources.find("price")
    spike = source.spike() if source is not None and source.spike is not None else None
    if buy is None:
        return Live(export_price_now=sell.value_at(now) if sell is not None else None)
    upcoming = next((span for span in buy.spans if span.start > now), None)
    level, until = price_level_until(buy, now, config.cheap_below, config.expensive_above)
    return Live(
        price_now=buy.value_at(now),
        export_price_now=sell.value_at(now) if sell is not None else None,
        next_price=upcoming.value if upcoming is not None else None,
        next_price_at=upcoming.start if upcoming is not None else None,
        price_spike=spike,
        price_level=level,
        price_level_until=until,
    )


def _live(home: Home, priced: Live) -> Live:
    """The same with what the meters say."""
    found = grid_reading(home)
    grid_kw = found[0].power_kw if found is not None else None
    solar_kw, battery_kw = _sum(home, Role.SOLAR), _sum(home, Role.BATTERY)
    return replace(
        priced,
        grid_kw=grid_kw,
        solar_kw=solar_kw,
        battery_kw=battery_kw,
        battery_soc=_soc(home),
        load_kw=None if grid_kw is None else max(grid_kw + (solar_kw or 0.0) - (battery_kw or 0.0), 0.0),
        cost_per_hour=_cost_per_hour(grid_kw, priced.price_now, priced.export_price_now),
        measured_at=found[1] if found is not None else None,
    )


def _cost_per_hour(grid_kw: float | None, price: float | None, export_price: float | None) -> float | None:
    if grid_kw is None or (price is None and grid_kw > 0):
        return None
    return grid_kw * price if grid_kw > 0 and price is not None else grid_kw * (export_price or 0.0)


def _sum(home: Home, role: Role) -> float | None:
    """Power of all assets of a role; None when one of them does not say, so that no half sum passes for a whole."""
    total: float | None = None
    for subentry_id in {asset.subentry_id for asset in home.assets if asset.role is role}:
        readings = home.devices[subentry_id].readings
        part = getattr(readings, role.value) if readings is not None else None
        if part is None or part.power_kw is None:
            return None
        total = (total or 0.0) + part.power_kw
    return total


def _soc(home: Home) -> float | None:
    """State of charge over all home batteries, weighted by what each can hold where that is known."""
    weights, levels = [], []
    for asset in home.assets:
        if asset.role is not Role.BATTERY:
            continue
        readings = home.devices[asset.subentry_id].readings
        battery = readings.battery if readings is not None else None
        if battery is None or battery.soc_percent is None:
            return None
        weights.append(battery.capacity_kwh or float(asset.config.params.get("capacity_kwh", 1.0)))
        levels.append(battery.soc_percent)
    if not levels:
        return None
    return sum(w * level for w, level in zip(weights, levels, strict=True)) / sum(weights)


def _next_change(home: Home, now: datetime) -> datetime | None:
    """When a price changes next."""
    found = [
        edge
        for key in ("price", "export_price")
        if (series := prices(home, key)) is not None
        for span in series.spans
        for edge in (span.start, span.end)
        if edge > now
    ]
    return min(found, default=None)
