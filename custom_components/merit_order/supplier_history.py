"""What the supplier's meter counted, fetched once a day and kept as long-term statistics of the recorder."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    statistics_during_period,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import UnitOfEnergy
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.recorder import DATA_INSTANCE

from .const import DOMAIN
from .engine.model.errors import RateLimited, SourceError
from .engine.model.series import Series
from .engine.tariffs import Hour, Tariff, TariffKind, by_hour, tariff_kind
from .flow_schema import label
from .gather import Home
from .stored import PlugIn

LOGGER = logging.getLogger(__name__)

KEY: Final = "supplier_history"
HOUR: Final = timedelta(hours=1)
# Suppliers correct what an estimate stood in for; the same hours are written again.
REVISED: Final = timedelta(days=7)
EVERY: Final = timedelta(days=1)
SHORTEST_WAIT_S: Final = 60.0
FIRST_RETRY_S: Final = 3600.0
SLOWEST_RETRY_S: Final = 6 * 3600.0
# Between two questions of a long first run: nobody waits for it.
PAUSE_S: Final = 1.0
# How far the sum so far is looked for hour by hour; before that, by months: those must be over when `start` comes.
NEAR: Final = timedelta(days=40)
FAR: Final = timedelta(days=3650)


@dataclass(slots=True, kw_only=True)
class Meter:
    """One direction of the contract whose supplier tells what it counted. All before `until` has been imported."""

    direction: str
    kind: TariffKind
    options: Mapping[str, Any]
    tariff: Tariff
    until: datetime | None = None
    asked: datetime | None = None
    error: SourceError | None = None

    @property
    def energy_id(self) -> str:
        """The statistic of its energy, in kWh."""
        return f"{DOMAIN}:supplier_{self.direction}"

    @property
    def cost_id(self) -> str:
        """The statistic of what that cost or earned."""
        return f"{DOMAIN}:supplier_{self.direction}_cost"


class SupplierHistory:
    """Keeps the statistics up to date, one run a day, on from where the last one ended."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, home: Home) -> None:
        self._hass = hass
        self._entry = entry
        self._home = home
        self._failures = 0
        self._timer: CALLBACK_TYPE | None = None
        self.meters: tuple[Meter, ...] = ()

    @callback
    def start(self) -> None:
        """Begin, unless no supplier tells anything or there is no recorder to keep it."""
        if DATA_INSTANCE not in self._hass.data:
            return
        self.meters = tuple(self._found())
        self._entry.async_on_unload(self._cancel)
        if self.meters:
            now = self._home.ports.clock.now()
            waits = [meter.asked + EVERY - now if meter.asked else timedelta() for meter in self.meters]
            self._later(max(min(waits).total_seconds(), 0.0))

    async def run(self) -> None:
        """Import what is new. What fails is tried again later, from where it stopped."""
        wait = EVERY.total_seconds()
        self._later(wait)
        for meter in self.meters:
            try:
                await self._import(meter)
                meter.error = None
            except RateLimited as err:
                wait = min(wait, max(err.retry_after_s, SHORTEST_WAIT_S))
            except SourceError as err:
                if meter.error is None:
                    LOGGER.warning("No history of %s from %s: %s", meter.direction, meter.kind.key, err)
                meter.error = err
                wait = min(wait, FIRST_RETRY_S * 2**self._failures, SLOWEST_RETRY_S)
        self._failures = self._failures + 1 if any(meter.error for meter in self.meters) else 0
        self._later(wait)

    def _found(self) -> list[Meter]:
        tariff = self._home.tariff
        if tariff is None:
            return []
        kept = self._home.ports.store.load(KEY)
        plugs: Sequence[tuple[str, PlugIn | None]] = (("import", tariff.supply), ("export", tariff.export))
        found = []
        for direction, plug in plugs:
            kind = tariff_kind(plug.kind) if plug is not None else None
            if plug is None or kind is None or kind.history is None:
                continue
            if all(plug.options.get(key) for key in kind.history_needs):
                source = kind.build(plug.options, self._home.ports, direction)
                meter = Meter(direction=direction, kind=kind, options=plug.options, tariff=source)
                meter.until, meter.asked = _times(kept, direction)
                found.append(meter)
        return found

    async def _import(self, meter: Meter) -> None:
        """Raises SourceError."""
        now = self._home.ports.clock.now()
        newest = _floor(now)
        start = (
            meter.until - REVISED
            if meter.until is not None
            else newest - timedelta(days=meter.kind.history_back_days)
        )
        names = await self._names(meter)
        totals = await get_instance(self._hass).async_add_executor_job(
            _sums_before, self._hass, (meter.energy_id, meter.cost_id), start
        )
        while start < newest:
            end = min(start + timedelta(days=meter.kind.history_days), newest)
            hours = await self._hours(meter, start, end)
            totals = self._write(meter, names, hours, totals)
            # What is not there yet may come tomorrow; what lies further back never will.
            reached = [hours[-1].start + HOUR] if hours else []
            reached += [end] if end < newest - REVISED else []
            meter.until = max([*reached, *([meter.until] if meter.until else [])], default=None)
            self._keep()
            start = end
            if start < newest:
                await self._home.ports.clock.sleep(PAUSE_S)
        meter.asked = now
        self._keep()

    async def _hours(self, meter: Meter, start: datetime, end: datetime) -> list[Hour]:
        assert meter.kind.history is not None
        counted = await meter.kind.history(meter.options, self._home.ports, meter.direction, start, end)
        price = counted.price
        if price is None and counted.power.spans:
            try:
                price = await meter.tariff.prices(start, end)
            except RateLimited:
                raise
            except SourceError as err:
                LOGGER.debug("Energy without its cost: %s", err)
        return await self._hass.async_add_executor_job(
            by_hour, counted.power, price or Series(()), start, end
        )

    @callback
    def _write(
        self, meter: Meter, names: Mapping[str, str], hours: Sequence[Hour], totals: Mapping[str, float]
    ) -> dict[str, float]:
        """Hand the hours to the recorder; what the sums are after them."""
        energy, cost = totals[meter.energy_id], totals[meter.cost_id]
        energies: list[StatisticData] = []
        costs: list[StatisticData] = []
        for hour in hours:
            energy += hour.kwh
            energies.append(StatisticData(start=hour.start, state=hour.kwh, sum=energy))
            if hour.cost is not None:
                cost += hour.cost
                costs.append(StatisticData(start=hour.start, state=hour.cost, sum=cost))
        for statistic, unit, unit_class, rows in (
            (meter.energy_id, UnitOfEnergy.KILO_WATT_HOUR.value, "energy", energies),
            (meter.cost_id, self._home.currency, None, costs),
        ):
            if rows:
                metadata = StatisticMetaData(
                    statistic_id=statistic,
                    source=DOMAIN,
                    name=names[statistic],
                    unit_of_measurement=unit,
                    unit_class=unit_class,
                    has_sum=True,
                    mean_type=StatisticMeanType.NONE,
                )
                async_add_external_statistics(self._hass, metadata, rows)
        return {meter.energy_id: energy, meter.cost_id: cost}

    async def _names(self, meter: Meter) -> dict[str, str]:
        """What people choose the statistics by, in the language of the home."""
        supplier = await label(self._hass, "tariff_kind", meter.kind.key)
        keys = {meter.energy_id: meter.direction, meter.cost_id: f"{meter.direction}_cost"}
        return {
            statistic: f"{supplier}: {await label(self._hass, 'supplier_statistic', key)}"
            for statistic, key in keys.items()
        }

    def _keep(self) -> None:
        kept = {
            meter.direction: {
                "until": meter.until.isoformat() if meter.until else None,
                "asked": meter.asked.isoformat() if meter.asked else None,
            }
            for meter in self.meters
        }
        self._home.ports.store.save(KEY, kept)

    @callback
    def _later(self, seconds: float) -> None:
        self._cancel()

        @callback
        def due(_: datetime) -> None:
            self._timer = None
            self._entry.async_create_background_task(self._hass, self.run(), "merit_order supplier history")

        job = HassJob(due, "merit_order supplier history", cancel_on_shutdown=True)
        self._timer = async_call_later(self._hass, seconds, job)

    @callback
    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None


def _sums_before(hass: HomeAssistant, statistics: Sequence[str], start: datetime) -> dict[str, float]:
    """Blocking: the sum of each statistic at `start`; 0 where it had none."""
    found = dict.fromkeys(statistics, 0.0)
    missing = set(statistics)
    spans: tuple[tuple[datetime, datetime, Literal["hour", "month"]], ...] = (
        (start - NEAR, start, "hour"),
        (start - FAR, start - NEAR, "month"),
    )
    for begin, end, period in spans:
        if missing:
            rows = statistics_during_period(hass, begin, end, missing, period, None, {"sum"})
            for statistic, values in rows.items():
                if values and (total := values[-1].get("sum")) is not None:
                    found[statistic] = total
                    missing.discard(statistic)
    return found


def _times(kept: Any, direction: str) -> tuple[datetime | None, datetime | None]:
    """What the shelf says of a direction; nothing when it says something else."""
    row: Any = kept.get(direction) if isinstance(kept, dict) else None
    try:
        until, asked = (datetime.fromisoformat(row[key]) if row[key] else None for key in ("until", "asked"))
    except KeyError, TypeError, ValueError:
        return None, None
    return until, asked


def _floor(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
