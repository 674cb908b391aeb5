"""What the home itself used, hour by hour, from the recorder's own statistics; and the forecast learned from it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .engine.forecasts import People, Record, forecast_load
from .engine.learning.base_load import base_load as without_planned
from .engine.model.ports import Ports
from .engine.model.roles import Role
from .engine.model.series import FloatArray, Forecast, Quality, Series
from .outdoor_past import OutdoorPast
from .planned import PlannedAsset
from .presence import Presence
from .recorder_past import AssetPast

LEARN: Final = timedelta(days=57)
"""The days themselves are of the last four weeks, what a degree outside costs of the last eight."""
HOUR_S: Final = 3600
HOUR: Final = timedelta(hours=1)
# The recorder writes an hour's statistics right after it; in between only who is at home may change.
WRITTEN_AFTER: Final = timedelta(minutes=2)
REFRESH_S: Final = 1800.0
# Until there is history, look often: a backfill or a first set-up of the Energy dashboard brings it all at once.
REFRESH_PROVISIONAL_S: Final = 300.0

# What flows into the home counts for its load, what flows out or into a store against it.
FLOWS: Final[Mapping[str, float]] = {
    "grid_import": 1.0,
    "grid_export": -1.0,
    "solar": 1.0,
    "battery_discharge": 1.0,
    "battery_charge": -1.0,
}
OWN_SENSORS: Final[Mapping[str, tuple[Role, str]]] = {
    "grid_import": (Role.GRID, "grid_import"),
    "grid_export": (Role.GRID, "grid_export"),
    "solar": (Role.SOLAR, "solar_energy"),
    "battery_discharge": (Role.BATTERY, "battery_discharge"),
    "battery_charge": (Role.BATTERY, "battery_charge"),
}
# The Energy dashboard's own fields, by type of source.
ENDS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "grid": (("grid_import", "stat_energy_from"), ("grid_export", "stat_energy_to")),
    "solar": (("solar", "stat_energy_from"),),
    "battery": (("battery_discharge", "stat_energy_from"), ("battery_charge", "stat_energy_to")),
}
PLANNED_SENSORS: Final[Mapping[Role, str]] = {
    Role.SWITCH: "switch_energy",
    Role.CHARGER: "charger_energy",
    Role.HEAT: "heat_energy",
    Role.TANK: "tank_energy",
}


@dataclass(frozen=True, slots=True)
class Past:
    """`flows` of the whole home, + into it, and what of it went to `planned` assets: hourly means in kW, shape (n,).

    As read at `at`; the first hour is LEARN before.
    """

    at: datetime
    flows: tuple[FloatArray, ...]
    planned: tuple[FloatArray, ...]


class LoadForecaster:
    """The home's load without the assets that are planned for, learned from its own past."""

    def __init__(
        self,
        hass: HomeAssistant,
        ports: Ports,
        assets: Sequence[PlannedAsset],
        outdoor: OutdoorPast | None = None,
    ) -> None:
        self._hass = hass
        self._ports = ports
        self._assets = assets
        self._outdoor = outdoor
        self._presence = Presence(hass, ports)
        self._provisional = True
        self._recent: Past | None = None

    @property
    def refresh_s(self) -> float:
        """How often asking again makes sense, in seconds."""
        return REFRESH_PROVISIONAL_S if self._provisional else REFRESH_S

    async def forecast(self, start: datetime, end: datetime) -> Forecast:
        """Hourly load from the running hour on; without history the shape of a usual household, called provisional."""
        now = self._ports.clock.now()
        if self._recent is None or self._provisional or _written(self._recent.at) != _written(now):
            self._recent = await self._past(now)
        people = await self._presence.people(now)
        outdoor = await self._outdoor.around(now - LEARN, end + HOUR) if self._outdoor is not None else None
        forecast = await self._hass.async_add_executor_job(
            _learn, self._recent, people, outdoor, now, end, ZoneInfo(self._ports.timezone)
        )
        self._provisional = forecast.provisional
        return forecast

    async def measured(self, now: datetime) -> Record:
        """The same load as it was measured: hourly means in kW, what is planned for left out; gaps are NaN."""
        return await self._hass.async_add_executor_job(base_load, await self._past(now))

    async def _past(self, now: datetime) -> Past:
        """Mean power of each past hour by statistic, and whether it counts for or against the load."""

        async def ask(statistic: str) -> FloatArray:
            # As numbers at once: thousands of objects that stay while the next are read wake the garbage collector.
            found = await self._ports.history.mean_power_kw(statistic, now - LEARN, now)
            record = await self._hass.async_add_executor_job(Record.of, found, now - LEARN, now, HOUR_S)
            return record.values

        flows = [FLOWS[what] * await ask(s) for what, found in (await self._flows()).items() for s in found]
        past = AssetPast(self._hass, self._ports, now - LEARN, now)
        planned = [await past.power_kw(asset, key) for asset, key in self._planned()]
        return Past(now, tuple(flows), tuple(planned))

    async def _flows(self) -> Mapping[str, Sequence[str]]:
        """Statistics of what flows in and out: the Energy dashboard's, which reach back further, else our own."""
        known = await _dashboard(self._hass)
        if known["grid_import"]:
            return known
        return {what: self.own(*OWN_SENSORS[what]) for what in FLOWS}

    def own(self, role: Role, key: str) -> tuple[str, ...]:
        """Statistics of our own energy sensors of that kind."""
        found = (self._sensor(a.subentry_id, key) for a in self._assets if a.role is role)
        return tuple(dict.fromkeys(sensor for sensor in found if sensor is not None))

    def _planned(self) -> Iterator[tuple[PlannedAsset, str]]:
        """What is planned for, with its energy sensor: its use is no part of the load that cannot be moved."""
        seen = set()
        for asset in self._assets:
            if asset.kind.controllable and asset.role is not None and asset.role in PLANNED_SENSORS:
                meter = asset.subentry_id, PLANNED_SENSORS[asset.role]
                if meter not in seen:
                    yield asset, meter[1]
                seen.add(meter)

    def _sensor(self, subentry_id: str, key: str) -> str | None:
        return er.async_get(self._hass).async_get_entity_id(SENSOR_DOMAIN, DOMAIN, f"{subentry_id}_{key}")


async def solar_statistics(
    hass: HomeAssistant, ports: Ports, assets: Sequence[PlannedAsset], asset_id: str | None
) -> tuple[str, ...]:
    """Energy statistics of one solar asset: the dashboard's, which reach back further, when it is the only one."""
    solar = [asset for asset in assets if asset.role is Role.SOLAR]
    mine = [asset for asset in solar if asset_id in (None, asset.id)]
    if len(mine) == len(solar) and (known := (await _dashboard(hass))["solar"]):
        return tuple(known)
    return LoadForecaster(hass, ports, mine).own(*OWN_SENSORS["solar"])


async def _dashboard(hass: HomeAssistant) -> Mapping[str, list[str]]:
    """The statistics the Energy dashboard counts with, by flow; it calls discharge "from" a battery, charge "to" it."""
    found: dict[str, list[str]] = {what: [] for what in FLOWS}
    preferences = (await async_get_manager(hass)).data
    for source in preferences["energy_sources"] if preferences is not None else ():
        for what, end in ENDS.get(source["type"], ()):
            if statistic := source.get(end):
                found[what].append(str(statistic))
    return found


def _learn(
    past: Past, people: People, outdoor: Record | None, now: datetime, end: datetime, zone: ZoneInfo
) -> Forecast:
    """Blocking."""
    first = int(now.timestamp()) // HOUR_S * HOUR_S
    count = max(int((end.timestamp() - first) // HOUR_S) + 1, 1)
    band = forecast_load(base_load(past), first, count, zone, people=people, outdoor=outdoor)
    start = datetime.fromtimestamp(first, UTC)
    quality = Quality.ASSUMED if band.provisional else Quality.FORECAST

    def series(values: FloatArray) -> Series:
        return Series.regular(start, 60, values, quality, "own_history", now)

    return Forecast(series(band.mid), series(band.low), series(band.high), band.provisional)


def _written(at: datetime) -> int:
    """The last hour whose statistics the recorder has written at a time, in hours since the epoch."""
    return int((at - WRITTEN_AFTER).timestamp()) // HOUR_S


def base_load(past: Past) -> Record:
    """Mean load of each past hour in kW; an hour in which one of the meters says nothing is a gap."""
    start = past.at - LEARN
    load: FloatArray = np.empty(0)
    if past.flows:
        load = without_planned(np.sum(past.flows, axis=0), past.planned)
    return Record(int(start.timestamp()) // HOUR_S * HOUR_S, HOUR_S, load)
