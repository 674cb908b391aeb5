"""The engine's ports, made of Home Assistant: its clock, web session, entities, statistics and storage."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import probatio
from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_UNAVAILABLE, STATE_UNKNOWN, UnitOfEnergy
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.recorder import DATA_INSTANCE
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .engine.model.errors import WriteRefused
from .engine.model.ports import EntityState, Ports
from .engine.model.series import Series, Span
from .ports_answers import HassActions, HassSolarForecasts
from .sure_store import SureStore

STORE_VERSION = 1
SAVE_DELAY_S = 5.0


class NotKept(WriteRefused):
    """The disk takes nothing: what a device was like before could not be put back after a crash."""

    key = "not_kept"


class HassClock:
    """Home Assistant's clock."""

    def now(self) -> datetime:
        """This instant, aware UTC."""
        return dt_util.utcnow()

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        await asyncio.sleep(seconds)


class HassEntities:
    """Home Assistant's states and actions. What we call carries `context`, so that our hand can be told from others."""

    def __init__(self, hass: HomeAssistant, context: Context | None = None) -> None:
        self._hass = hass
        self._context = context

    def get(self, entity_id: str) -> EntityState | None:
        """The entity's state; `changed` is when it was last reported, also when the value stayed the same."""
        if (state := self._hass.states.get(entity_id)) is None:
            return None
        known = state.state not in (STATE_UNKNOWN, STATE_UNAVAILABLE)
        return EntityState(
            state=state.state if known else None,
            unit=state.attributes.get(ATTR_UNIT_OF_MEASUREMENT),
            changed=state.last_reported,
            attributes=state.attributes,
        )

    async def call(self, domain: str, action: str, entity_id: str, data: Mapping[str, Any]) -> None:
        """Run an action on an entity and wait for it; raises WriteRefused when it fails."""
        try:
            await self._hass.services.async_call(
                domain,
                action,
                dict(data),
                blocking=True,
                context=self._context,
                target={"entity_id": entity_id},
            )
        except (HomeAssistantError, probatio.Invalid) as err:
            raise WriteRefused(f"{domain}.{action} on {entity_id}: {err}", entity=entity_id) from err


class HassHistory:
    """The recorder's long-term statistics."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass

    async def mean_power_kw(self, statistic_id: str, start: datetime, end: datetime) -> Series:
        """Hourly mean power of a rising energy statistic, in kW; hours without data are gaps.

        So is the hour after a gap: the recorder books on it all that piled up since, or, as the very first one, all
        that the counter ever counted.
        """
        if DATA_INSTANCE not in self._hass.data:
            return Series((), statistic_id)
        return await get_instance(self._hass).async_add_executor_job(
            _mean_power_kw, self._hass, statistic_id, start, end
        )


def _mean_power_kw(hass: HomeAssistant, statistic_id: str, start: datetime, end: datetime) -> Series:
    """In the recorder's thread, also what is made of the rows: thousands of them would hold up Home Assistant."""
    hour = timedelta(hours=1)
    units: dict[str, str] = {"energy": UnitOfEnergy.KILO_WATT_HOUR}
    rows = statistics_during_period(hass, start - hour, end, {statistic_id}, "hour", units, {"change"})
    spans = []
    recorded_until: datetime | None = None
    for row in rows.get(statistic_id, []):
        begin = datetime.fromtimestamp(row["start"], UTC)
        if (change := row.get("change")) is not None and begin == recorded_until:
            spans.append(Span(begin, begin + hour, change))
        recorded_until = begin + hour
    return Series.of(spans, statistic_id, spans[-1].end if spans else None)


class Shelf:
    """JSON values by key that survive a restart. Without a file (config flow) they live as long as the object."""

    def __init__(self, file: SureStore | None = None, values: dict[str, Any] | None = None) -> None:
        self._file = file
        self._values = values or {}

    @classmethod
    async def open(cls, hass: HomeAssistant, name: str) -> Self:
        """The shelf kept under `name`, read from disk."""
        file = SureStore(hass, STORE_VERSION, f"{DOMAIN}.{name}", private=True)
        return cls(file, await file.async_load())

    def load(self, key: str) -> Any:
        """What was saved under `key`, or None."""
        return self._values.get(key)

    def save(self, key: str, value: Any) -> None:
        """Keep `value` under `key`; written to disk within seconds and at shutdown."""
        self._values[key] = value
        if self._file is not None:
            self._file.async_delay_save(lambda: dict(self._values), SAVE_DELAY_S)

    async def keep(self, key: str, value: Any) -> None:
        """Keep `value` under `key`, on disk when this returns. Raises NotKept; then what was there before is kept."""
        before = self._values.get(key)
        self._values[key] = value
        await self.flush()
        if self._file is not None and not self._file.written:
            self._values[key] = before
            raise NotKept("what stood before could not be written to disk")

    async def flush(self) -> None:
        """Write to disk now, if it can be."""
        if self._file is not None:
            await self._file.async_save(self._values)

    async def remove(self) -> None:
        """Forget everything, on disk too."""
        self._values = {}
        if self._file is not None:
            await self._file.async_remove()


def build_ports(hass: HomeAssistant, shelf: Shelf | None = None, context: Context | None = None) -> Ports:
    """The ports for plug-ins built inside Home Assistant; without `shelf` nothing is kept over a restart."""
    return Ports(
        clock=HassClock(),
        http=async_get_clientsession(hass),
        entities=HassEntities(hass, context),
        history=HassHistory(hass),
        store=shelf or Shelf(),
        timezone=hass.config.time_zone,
        latitude=hass.config.latitude,
        longitude=hass.config.longitude,
        currency=hass.config.currency,
        actions=HassActions(hass),
        solar_forecasts=HassSolarForecasts(hass),
    )
