"""Prices and forecasts: asked when something new may be there, backed off when not, last good kept over a restart."""

import hashlib
import json
import logging
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .engine.forecasts import (
    BlendedSolar,
    CorrectedSolar,
    Forecaster,
    Subject,
    expected_prices,
    forecast_kind,
)
from .engine.model.codec import from_json, to_json
from .engine.model.errors import BadData, InputError, RateLimited, SourceError
from .engine.model.layers import over
from .engine.model.ports import Ports
from .engine.model.series import Forecast, Series
from .engine.tariffs import Dispatched, Spiking, tariff_kind
from .load_history import LoadForecaster, solar_statistics
from .outdoor_past import OutdoorPast
from .planned import planned_assets
from .stored import ForecastConfig, TariffConfig, forecasts, tariffs

LOGGER = logging.getLogger(__name__)

# Today from midnight (for cards and the price level) and the longest plan ahead, plus a refresh that fails once.
AHEAD = timedelta(hours=54)
FIRST_RETRY_S = 60.0
SLOWEST_RETRY_S = 1800.0
SPREAD = timedelta(seconds=20)
RETRY_SPREAD = 0.5
# Nothing is asked more often than this, whatever a plug-in says, nor less often: clocks and contracts change.
OFTENEST = timedelta(seconds=60)
RAREST = timedelta(hours=1)
# The tariff's own past teaches what comes after the published prices.
KEPT_BACK = timedelta(days=15)
# So that the first plan of all has something to go by beyond publication; services sell more in smaller portions.
FIRST_BACK = timedelta(days=1)

type Fetch[T] = Callable[[datetime, datetime], Awaitable[T]]


@dataclass(slots=True, kw_only=True)
class Source[T: (Series, Forecast)]:
    """One thing that is fetched now and then. `value` is the last good one; `error` why the last attempt failed.

    `key` is the input's name in the plan ("price", "export_price", "load", "solar:<asset>", "outdoor").
    """

    key: str
    kind: str
    type: type[T]
    fetch: Fetch[T]
    next_after: Callable[[datetime], datetime]
    shelf_key: str
    publishes: bool = True
    """Prices only: whether they are published day by day; what a contract fixes needs no forecast."""
    spike: Callable[[], str | None] | None = None
    """Prices only: "none", "potential" or "spike", where the supplier warns of them."""
    aside: Callable[[], SourceError | None] | None = None
    """Prices only: what went wrong with the car's dispatches, where they lower the price."""
    value: T | None = None
    expected: Series | None = None
    """Prices only: what is expected after the last published one. Kept apart from `value`, which was published."""
    fetched: datetime | None = None
    error: SourceError | None = None
    failures: int = 0


@dataclass(slots=True)
class Sources:
    """All sources of a home, and who wants to know when one brings something new."""

    hass: HomeAssistant
    entry: ConfigEntry
    ports: Ports
    items: list[Source[Any]] = field(default_factory=list)
    outdoor: OutdoorPast = field(init=False)
    _timers: dict[str, CALLBACK_TYPE] = field(default_factory=dict)
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.outdoor = OutdoorPast(self.ports, lambda: self.find("temperature"))

    def find(self, key: str) -> Source[Any] | None:
        """The source of one input, or None when nobody chose one."""
        return next((item for item in self.items if item.key == key), None)

    async def start(self) -> None:
        """Build every source, put back what was known before the restart, and fetch what is due."""
        self.items = [*self._tariff_sources(), *self._forecast_sources()]
        if self.find("load") is None:
            self.items.append(self._load_source())
        await self.hass.async_add_executor_job(self._restore_all)
        self.entry.async_on_unload(self.listen(self.outdoor.note))
        for item in self.items:
            # Quotas are counted by the day: a restart alone is no reason to ask again.
            due = item.next_after(item.fetched) if item.fetched is not None else self.ports.clock.now()
            self._at(item, due)

    @callback
    def listen(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call `listener` whenever a source brought something new or failed; returns the way to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def stop(self) -> None:
        """Cancel every timer."""
        while self._timers:
            self._timers.popitem()[1]()

    async def refresh(self) -> None:
        """Fetch everything now, for a person who asks."""
        for item in self.items:
            await self._refresh(item)

    def _tariff_sources(self) -> list[Source[Series]]:
        found = []
        for sub, config in tariffs(self.entry)[:1]:
            found.append(self._tariff_source("price", "import", sub.subentry_id, config))
            if config.export is not None:
                found.append(self._tariff_source("export_price", "export", sub.subentry_id, config))
        return found

    def _tariff_source(
        self, key: str, direction: str, subentry_id: str, config: TariffConfig
    ) -> Source[Series]:
        plug = config.supply if direction == "import" else config.export
        assert plug is not None
        tariff = tariff_kind(plug.kind).build(plug.options, self.ports, direction)
        return Source(
            key=key,
            kind=plug.kind,
            type=Series,
            fetch=tariff.prices,
            next_after=lambda now: tariff.next_publication(now) or now + RAREST,
            spike=(lambda: tariff.spike) if isinstance(tariff, Spiking) else None,
            aside=(lambda: tariff.dispatch_error) if isinstance(tariff, Dispatched) else None,
            publishes=tariff.next_publication(self.ports.clock.now()) is not None,
            shelf_key=f"{key}:{subentry_id}:{_fingerprint(to_json(plug))}",
        )

    def _forecast_sources(self) -> list[Source[Forecast]]:
        """One source for each subject; several providers of the same panels' sun are one, blended."""
        chosen: dict[str, list[tuple[str, ForecastConfig]]] = {}
        for sub, config in forecasts(self.entry):
            subject = forecast_kind(config.source.kind).subject
            panels = config.asset if subject is Subject.SOLAR else None
            key = subject.value if panels is None else f"{subject.value}:{panels}"
            chosen.setdefault(key, []).append((sub.subentry_id, config))
        return [self._forecast_source(key, found) for key, found in chosen.items()]

    def _forecast_source(self, key: str, chosen: list[tuple[str, ForecastConfig]]) -> Source[Forecast]:
        solar = forecast_kind(chosen[0][1].source.kind).subject is Subject.SOLAR
        used = chosen if solar else chosen[:1]
        forecaster = self._blended(used) if len(used) > 1 else self._forecaster(*used[0], corrected=solar)
        names = "+".join(config.source.kind for _, config in used)
        shelf = ":".join(f"{sub_id}:{_fingerprint(to_json(config.source))}" for sub_id, config in used)
        return Source(
            key=key,
            kind=names,
            type=Forecast,
            fetch=forecaster.forecast,
            next_after=lambda now: now + timedelta(seconds=forecaster.refresh_s),
            shelf_key=f"{key}:{shelf}",
        )

    def _blended(self, chosen: list[tuple[str, ForecastConfig]]) -> Forecaster:
        providers: dict[str, CorrectedSolar] = {}
        for subentry_id, config in chosen:
            kind = config.source.kind
            name = kind if kind not in providers else f"{kind} {len(providers) + 1}"
            providers[name] = self._corrected(self._built(config), subentry_id, config)
        return BlendedSolar(providers)

    def _forecaster(self, subentry_id: str, config: ForecastConfig, *, corrected: bool) -> Forecaster:
        plain = self._built(config)
        return self._corrected(plain, subentry_id, config) if corrected else plain

    def _built(self, config: ForecastConfig) -> Forecaster:
        return forecast_kind(config.source.kind).build(config.source.options, self.ports)

    def _corrected(self, inner: Forecaster, subentry_id: str, config: ForecastConfig) -> CorrectedSolar:
        """Any provider's solar forecast, corrected by what these panels gave against what it had said."""

        async def statistics() -> tuple[str, ...]:
            return await solar_statistics(self.hass, self.ports, planned_assets(self.entry), config.asset)

        shelf = f"said:{subentry_id}:{_fingerprint(to_json(config.source))}"
        return CorrectedSolar(inner=inner, ports=self.ports, statistics=statistics, shelf=shelf)

    def _load_source(self) -> Source[Forecast]:
        """Nobody chooses where the load comes from: it is learned from the home's own history."""
        forecaster = LoadForecaster(self.hass, self.ports, planned_assets(self.entry), self.outdoor)
        return Source(
            key="load",
            kind="own_history",
            type=Forecast,
            fetch=forecaster.forecast,
            next_after=lambda now: now + timedelta(seconds=forecaster.refresh_s),
            shelf_key="load:own_history",
        )

    @property
    def own_share(self) -> float:
        """0 … 1, each home's own: homes that wait for the same hour, or fail together, do not ask together."""
        return zlib.crc32(self.entry.entry_id.encode()) / 2**32

    def _restore_all(self) -> None:
        """Blocking: a fortnight of prices is thousands of spans."""
        for item in self.items:
            self._restore(item)

    def _restore(self, item: Source[Any]) -> None:
        if (kept := self.ports.store.load(item.shelf_key)) is None:
            return
        try:
            item.value = from_json(item.type, kept["value"])
            item.fetched = datetime.fromisoformat(kept["fetched"])
            if isinstance(item.value, Series):
                zone = ZoneInfo(self.ports.timezone)
                item.expected = expected_prices(item.value, self.ports.clock.now() + AHEAD, zone)
        except (InputError, KeyError, ValueError) as err:
            LOGGER.debug("Forgetting what was kept of %s: %s", item.key, err)

    async def _refresh(self, item: Source[Any]) -> None:
        now = self.ports.clock.now()
        start = dt_util.as_utc(dt_util.start_of_local_day(dt_util.as_local(now)))
        if item.type is Series and item.value is None:
            start -= (
                KEPT_BACK  # the first time also what was paid before: there is nothing else to learn from yet
            )
        try:
            value = await item.fetch(start, now + AHEAD)
        except SourceError as err:
            self._failed(item, err, now)
        except Exception as err:
            if self.hass.is_stopping:
                # What Home Assistant takes down under a question is no surprise, and nobody will ask again.
                return
            # Nobody would ask again after a surprise of ours or of another integration.
            LOGGER.exception("Unexpected while fetching %s from %s", item.key, item.kind)
            self._failed(item, BadData(f"{item.kind}: {type(err).__name__}", service=item.kind), now)
        else:
            zone = ZoneInfo(self.ports.timezone)
            found = await self.hass.async_add_executor_job(_settled, item, value, now, zone)
            self._fetched(item, *found, now)
        for listener in list(self._listeners):
            listener()

    def _fetched(
        self, item: Source[Any], value: Series | Forecast, expected: Series | None, kept: Any, now: datetime
    ) -> None:
        if item.error is not None:
            LOGGER.info("%s from %s is back", item.key, item.kind)
        item.value, item.expected = value, expected
        item.fetched, item.error, item.failures = now, None, 0
        self.ports.store.save(item.shelf_key, {"value": kept, "fetched": now.isoformat()})
        self._at(item, max(item.next_after(now) + self.own_share * SPREAD, now + OFTENEST))

    def _failed(self, item: Source[Any], err: SourceError, now: datetime) -> None:
        if item.error is None:
            LOGGER.warning("No %s from %s: %s", item.key, item.kind, err)
        item.error = err
        wait = min(FIRST_RETRY_S * 2**item.failures * (1 + RETRY_SPREAD * self.own_share), SLOWEST_RETRY_S)
        if isinstance(err, RateLimited):
            wait = max(wait, err.retry_after_s)
        item.failures += 1
        self._at(item, now + timedelta(seconds=wait))

    def _at(self, item: Source[Any], when: datetime) -> None:
        if timer := self._timers.pop(item.key, None):
            timer()
        if self.hass.is_stopping:
            return

        @callback
        def due(_: datetime) -> None:
            self._timers.pop(item.key, None)
            self.entry.async_create_background_task(self.hass, self._refresh(item), f"merit_order {item.key}")

        if when <= self.ports.clock.now():
            due(when)
            return

        job = HassJob(due, f"merit_order {item.key}", cancel_on_shutdown=True)
        self._timers[item.key] = async_track_point_in_utc_time(self.hass, job, when)


def _settled(
    item: Source[Any], value: Series | Forecast, now: datetime, zone: ZoneInfo
) -> tuple[Series | Forecast, Series | None, Any]:
    """What is known now that `value` came, what is expected after it, and its JSON.

    Done off the event loop: days of prices are thousands of spans. A service that answers with less than before does
    not make us forget the prices that were published.
    """
    if not isinstance(value, Series):
        return value, None, to_json(value)
    if isinstance(item.value, Series):
        value = over(value, Series(tuple(span for span in item.value.spans if span.end > now - KEPT_BACK)))
    return value, expected_prices(value, now + AHEAD, zone), to_json(value)


def _fingerprint(options: Any) -> str:
    """Changes with the options, so that prices kept of another contract are not taken for this one's."""
    return hashlib.sha256(json.dumps(options, sort_keys=True).encode()).hexdigest()[:12]
