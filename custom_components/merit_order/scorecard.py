"""How well each forecast of the home did: kept as it was made, compared once the recorder knows better."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, override
from zoneinfo import ZoneInfo

import numpy as np
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_utc_time_change
from homeassistant.helpers.translation import async_get_translations
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util.unit_conversion import TemperatureDeltaConverter

from .const import DOMAIN
from .coordinator import LOGGER
from .engine.model.errors import SourceError
from .engine.model.series import Forecast, Quality, Series
from .engine.scores import KELVIN, SHARES, Yardstick
from .engine.track_record import HOUR_S, Lead, TrackRecord, hourly
from .gather import Home
from .load_history import LoadForecaster, solar_statistics

KEY: Final = "scorecard"
LOAD, PRICE, SOLAR, TEMPERATURE = "load", "price", "solar", "temperature"
PRICES: Final = (PRICE, "export_price")
# The recorder has an hour's statistics some minutes after it; suppliers' and other integrations' come later still.
SETTLE_MINUTE: Final = 20
BACK: Final = timedelta(days=3)
LEADS: Final[Mapping[str, tuple[Lead, ...]]] = {
    SOLAR: (Lead.DAY_AHEAD, Lead.HOURS_AHEAD),
    LOAD: (Lead.DAY_AHEAD, Lead.HOURS_AHEAD),
    **dict.fromkeys(PRICES, (Lead.UNPUBLISHED,)),
    TEMPERATURE: (Lead.DAY_AHEAD, Lead.HOURS_AHEAD),
}

type Measured = dict[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One forecast at one lead. `forecast` is its key ("load", "price", "export_price", "temperature",
    "solar:<asset>"), `name` the panels' name.

    `mae` in `unit`; `bias` (+ forecasts too much) and `daily_error` (of a whole day's sum) as shares of what was
    measured, over `days` days; of a temperature, where not `relative`, both in `unit` and of the day's mean. None
    before anything was measured. `main` marks the one lead to show when there is room for one. `verdict`:
    "learning", "good", "too_high", "too_low" or "poor".
    """

    forecast: str
    lead: str
    main: bool
    name: str | None
    unit: str
    relative: bool
    mae: float | None
    bias: float | None
    daily_error: float | None
    days: int
    verdict: str


class ScorecardCoordinator(DataUpdateCoordinator[tuple[Row, ...]]):
    """The rows of the scorecard, worked out anew each hour."""

    config_entry: ConfigEntry

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, home: Home) -> None:
        super().__init__(hass, LOGGER, config_entry=entry, name="scorecard", always_update=False)
        self.home = home
        self.data = ()
        self._zone = ZoneInfo(home.ports.timezone)
        self._load = LoadForecaster(hass, home.ports, home.assets)
        self._records: dict[str, tuple[TrackRecord, ...]] = {}

    @callback
    def start(self) -> None:
        """Take up what was kept, and begin to listen to the clock. The sources have been built."""
        kept = self.home.ports.store.load(KEY)
        kept = kept if isinstance(kept, dict) else {}
        for key in [item.key for item in self.home.sources.items if item.publishes]:
            leads = LEADS.get(key.partition(":")[0], ())
            if leads:
                self._records[key] = tuple(
                    TrackRecord.from_json(lead, kept.get(f"{key}/{lead}")) for lead in leads
                )
        self.data = tuple(self._rows())
        unload = self.config_entry.async_on_unload
        unload(async_track_utc_time_change(self.hass, self._say, minute=0, second=0))
        unload(async_track_utc_time_change(self.hass, self._settle, minute=SETTLE_MINUTE, second=0))

    def json(self) -> list[dict[str, Any]]:
        """One row per forecast, for cards."""
        return [as_json(row) for row in self.data if row.main]

    @override
    async def _async_update_data(self) -> tuple[Row, ...]:
        return tuple(self._rows())

    @callback
    def _say(self, _: datetime) -> None:
        """An hour begins: keep what is being said."""
        hour = _hour(self.home.ports.clock.now())
        # Before the weather is asked again: many a service forgets an hour as soon as it is over.
        self.home.sources.outdoor.note()
        for key, records in self._records.items():
            if (said := self._said(key)) is not None:
                for record in records:
                    record.say(said, hour, self._zone)
        self._keep()

    async def _settle(self, _: datetime) -> None:
        """Compare with what the recorder has learned meanwhile."""
        now = self.home.ports.clock.now()
        changed = False
        for key, records in self._records.items():
            if not any(record.said for record in records):
                continue
            try:
                measured = await self._measured(key, now)
            except SourceError as err:
                LOGGER.debug("Nothing measured of %s: %s", key, err)
                continue
            for record in records:
                changed |= record.settle(measured, int(now.timestamp()), self._zone)
        if changed:
            self._keep()
            self.async_set_updated_data(tuple(self._rows()))

    def _keep(self) -> None:
        kept = {
            f"{key}/{record.lead}": record.to_json()
            for key, records in self._records.items()
            for record in records
        }
        self.home.ports.store.save(KEY, kept)

    def _said(self, key: str) -> Series | None:
        """What the source says now of the time ahead."""
        source = self.home.sources.find(key)
        if source is None or source.value is None:
            return None
        if isinstance(source.value, Forecast):
            return source.value.mid
        later = source.expected.spans if source.expected is not None else ()
        return Series((*source.value.spans, *later))

    async def _measured(self, key: str, now: datetime) -> Measured:
        """What the last days brought, by hour. Raises SourceError."""
        kind, _, asset_id = key.partition(":")
        start = _hour(now - BACK)
        count = (_hour(now) - start) // HOUR_S
        if kind == LOAD:
            found = (await self._load.measured(now)).between(start, count)
        elif kind == TEMPERATURE:
            found = self.home.sources.outdoor.known(datetime.fromtimestamp(start, UTC), now)
        elif kind in PRICES:
            source = self.home.sources.find(key)
            spans = source.value.spans if source is not None and source.value is not None else ()
            found = hourly(Series(tuple(s for s in spans if s.quality is Quality.KNOWN)), start, count)
        else:
            names = await solar_statistics(self.hass, self.home.ports, self.home.assets, asset_id or None)
            history, begin = self.home.ports.history, datetime.fromtimestamp(start, UTC)
            meters = [await history.mean_power_kw(name, begin, now) for name in names]
            # An hour in which one of the meters says nothing is not known.
            found = sum((hourly(meter, start, count) for meter in meters), start=np.zeros(count))
            if not meters:
                return {}
        return {start + i * HOUR_S: float(value) for i, value in enumerate(found) if np.isfinite(value)}

    def _rows(self) -> Iterator[Row]:
        units = dict.fromkeys(PRICES, f"{self.home.currency}/kWh")
        units[TEMPERATURE] = UnitOfTemperature.CELSIUS.value
        for key, records in self._records.items():
            kind = key.partition(":")[0]
            by = _yardstick(kind)
            for record in records:
                found = record.card.figures(by)
                yield Row(
                    forecast=key,
                    lead=record.lead.value,
                    main=record is records[0],
                    name=self._name(key),
                    unit=units.get(kind, "kW"),
                    relative=by.relative,
                    mae=round(found.mae, 4) if found is not None else None,
                    bias=round(found.bias, 4) if found is not None else None,
                    daily_error=round(found.daily, 4)
                    if found is not None and np.isfinite(found.daily)
                    else None,
                    days=record.card.days,
                    verdict=record.card.verdict(by),
                )

    def _name(self, key: str) -> str | None:
        """The panels a solar forecast is for, where that is one roof."""
        kind, _, asset_id = key.partition(":")
        roofs = [
            asset for asset in self.home.assets if asset.kind.key == SOLAR and asset_id in ("", asset.id)
        ]
        return roofs[0].config.name if kind == SOLAR and len(roofs) == 1 else None


def _yardstick(kind: str) -> Yardstick:
    return KELVIN if kind == TEMPERATURE else SHARES


def as_json(row: Row) -> dict[str, Any]:
    """A row for programs."""
    return {
        "forecast": row.forecast,
        "lead": row.lead,
        "name": row.name,
        "mae": row.mae,
        "unit": row.unit,
        "relative": row.relative,
        "bias": row.bias,
        "daily_error": row.daily_error,
        "days": row.days,
        "verdict": row.verdict,
    }


async def in_words(hass: HomeAssistant, rows: Sequence[Row]) -> list[Any]:
    """The rows with a sentence each, in the language of the home."""
    texts = await async_get_translations(hass, hass.config.language, "selector", [DOMAIN])

    def text(group: str, option: str, **words: str) -> str:
        found = texts.get(f"component.{DOMAIN}.selector.{group}.options.{option}", option)
        return found.format(**words)

    def sentence(row: Row) -> str:
        subject = text("forecast_subject", row.forecast.partition(":")[0])
        name = f"{subject} ({row.name})" if row.name else subject
        bias, off = row.bias or 0.0, row.daily_error or 0.0
        if row.relative:
            words = {"bias": f"{abs(bias) * 100:.0f}", "daily": f"{off * 100:.0f}"}
            return text("forecast_verdict", row.verdict, name=name, days=str(row.days), **words)
        shown = hass.config.units.temperature_unit
        figures = {"bias": abs(bias), "mae": row.mae or 0.0}
        words = {
            key: f"{TemperatureDeltaConverter.convert(value, row.unit, shown):.1f} {shown}"
            for key, value in figures.items()
        }
        return text("temperature_verdict", row.verdict, name=name, days=str(row.days), **words)

    return [as_json(row) | {"text": sentence(row)} for row in rows]


def _hour(at: datetime) -> int:
    return int(at.timestamp()) // HOUR_S * HOUR_S
