"""What the recorder knows of an asset's past: statistics of our own sensors and, older still, of the entities bound."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.history import state_changes_during_period
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import UnitOfPower, UnitOfTemperature
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import DATA_INSTANCE

from .const import DOMAIN
from .engine.devices import device_kind
from .engine.forecasts import Record
from .engine.model.options import OptionType
from .engine.model.ports import Ports
from .engine.model.series import FloatArray, Series, Span
from .planned import PlannedAsset

HOUR: Final = timedelta(hours=1)
HOUR_S: Final = 3600
UNITS: Final[Mapping[str, str]] = {
    "temperature": UnitOfTemperature.CELSIUS,
    "power": UnitOfPower.KILO_WATT,
}


@dataclass(frozen=True, slots=True)
class AssetPast:
    """Reads the past of one home's assets from `start` to `end` (whole hours)."""

    hass: HomeAssistant
    ports: Ports
    start: datetime
    end: datetime

    async def power_kw(self, asset: PlannedAsset, energy: str, power: str | None = None) -> FloatArray:
        """Hourly kW by our energy sensor of that key, the bound `energy` entity, else by the mean of power; (n,)."""
        found = [await self._counted(statistic) for statistic in self._statistics(asset, energy, "energy")]
        if power is not None:
            found += [await self._mean(s) for s in self._statistics(asset, power, "power")]
        return self._first_known(found)

    async def bound_kw(self, asset: PlannedAsset, option: str) -> FloatArray:
        """Hourly kW by the counter bound under that option; (n,)."""
        counter = bound_entity(asset, option)
        return self._first_known([await self._counted(counter)] if counter is not None else [])

    async def mean(
        self, asset: PlannedAsset, key: str, option: str, entity_id: str | None = None
    ) -> FloatArray:
        """Hourly means by our sensor of that `key`, else of the entity bound as `option`, else of `entity_id`; (n,)."""
        statistics = [*self._statistics(asset, key, option), *([entity_id] if entity_id else [])]
        return self._first_known([await self._mean(statistic) for statistic in statistics])

    async def states(self, entity_id: str | None) -> Sequence[State]:
        """What an entity said, from the state that held at `start` on; nothing without a recorder."""
        if entity_id is None or DATA_INSTANCE not in self.hass.data:
            return ()
        found = await get_instance(self.hass).async_add_executor_job(
            lambda: state_changes_during_period(
                self.hass, self.start, self.end, entity_id, no_attributes=True, include_start_time_state=True
            )
        )
        return found.get(entity_id.lower(), ())

    def _statistics(self, asset: PlannedAsset, key: str, option: str) -> tuple[str, ...]:
        """Our own sensor comes first: it has been checked, and keeps its name when the entity is renamed."""
        found = (own_entity(self.hass, SENSOR_DOMAIN, asset, key), bound_entity(asset, option))
        return tuple(statistic for statistic in found if statistic is not None)

    async def _counted(self, statistic: str) -> FloatArray:
        return self._hourly(await self.ports.history.mean_power_kw(statistic, self.start, self.end))

    async def _mean(self, statistic: str) -> FloatArray:
        return self._hourly(await hourly_means(self.hass, statistic, self.start, self.end))

    def _hourly(self, series: Series) -> FloatArray:
        return Record.of(series, self.start, self.end, HOUR_S).values

    def _first_known(self, found: Sequence[FloatArray]) -> FloatArray:
        whole = self._hourly(Series(()))
        for values in found:
            whole = np.where(np.isnan(whole), values, whole)
        return whole


async def hourly_means(hass: HomeAssistant, statistic_id: str, start: datetime, end: datetime) -> Series:
    """Hourly means of a measurement in °C, kW or percent; hours without data are gaps."""
    if DATA_INSTANCE not in hass.data:
        return Series((), statistic_id)
    return await get_instance(hass).async_add_executor_job(_hourly_means, hass, statistic_id, start, end)


def _hourly_means(hass: HomeAssistant, statistic_id: str, start: datetime, end: datetime) -> Series:
    """In the recorder's thread, also what is made of the rows."""
    rows = statistics_during_period(hass, start, end, {statistic_id}, "hour", dict(UNITS), {"mean"})
    spans = [
        Span(begin, begin + HOUR, mean)
        for row in rows.get(statistic_id, [])
        if (mean := row.get("mean")) is not None
        for begin in (datetime.fromtimestamp(row["start"], UTC),)
    ]
    return Series.of(spans, statistic_id, spans[-1].end if spans else None)


def own_entity(hass: HomeAssistant, domain: str, asset: PlannedAsset, key: str) -> str | None:
    """The entity id of our own entity of an asset's device."""
    return er.async_get(hass).async_get_entity_id(domain, DOMAIN, f"{asset.subentry_id}_{key}")


def bound_entity(asset: PlannedAsset, option: str) -> str | None:
    """The entity a person bound to the asset's device under that option."""
    options = device_kind(asset.device.kind).options
    bound = any(known.key == option and known.type is OptionType.ENTITY for known in options)
    entity_id = asset.device.options.get(option) if bound else None
    return entity_id if isinstance(entity_id, str) else None
