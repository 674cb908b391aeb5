"""What the past taught of the home's assets: learned four times a day, kept over a restart, never over a person's word.

A parameter that a person changed from its default is theirs. What stands at its default may be learned.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_utc_time_change

from .car_past import Watch
from .const import MODE_AUTOMATIC
from .controls import Controls
from .engine.assets._heating import HeatingParams
from .engine.assets._hot_water import HotWaterParams
from .engine.assets._load import NEEDED
from .engine.assets._vehicle import VehicleParams
from .engine.learning.draws import draws_at
from .engine.model.codec import from_json, to_json
from .engine.model.errors import InputError, MeritOrderError
from .engine.model.plan import Health, InputStatus
from .engine.model.ports import Ports
from .engine.model.roles import Role
from .engine.model.series import Forecast, Quality, Series
from .lessons import Lesson, Steered, Teacher
from .planned import PlannedAsset
from .sources import AHEAD, Sources
from .stored import settings

LOGGER = logging.getLogger(__name__)

KEY: Final = "learned"
WATCHED: Final = "car_watch"
HOURS: Final = (2, 8, 14, 20)
MINUTE: Final = 25
"""The recorder has an hour's statistics some minutes after it."""
FRESH_FOR: Final = timedelta(hours=12)
"""A restart alone is no reason to learn again."""
HABIT: Final = timedelta(weeks=2)
BUILDING: Final = timedelta(days=365)
"""How long a lesson holds without a new one: people change, walls do not."""
OWN: Final[Mapping[str, tuple[str, ...]]] = {
    "hot_water": ("draw_kwh_day",),
    "heating": ("capacity_kwh_k", "loss_kw_k", "gains_kw"),
}
"""Parameters that are learned together: one that a person set makes all of them theirs."""
PUMP: Final = ("cop", "flow_c")
TEACHABLE: Final = ("vehicle", *OWN)
STEERED: Final = "steered"
"""From when to when a load was ours: what it did in between is no habit of its own."""


def teachable(asset: PlannedAsset) -> bool:
    """Whether it has habits to learn: of loads those that take what they need over the day, a boiler for one."""
    params = asset.config.params
    by_day = params.get("mode", NEEDED) == NEEDED and params.get("contiguous") is False
    return asset.kind.key in TEACHABLE or (asset.kind.key == "load" and asset.role is Role.SWITCH and by_day)


class Learned:
    """The lessons of one home."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        ports: Ports,
        assets: tuple[PlannedAsset, ...],
        sources: Sources,
        controls: Controls,
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._ports = ports
        self._controls = controls
        self._sources = sources
        self._all = assets
        self._assets = {asset.id: asset for asset in assets if teachable(asset)}
        self._lessons = _kept(Lesson, ports.store.load(KEY), self._assets)
        self._watched = _kept(Watch, ports.store.load(WATCHED), self._assets)
        self._steered = _kept(Steered, ports.store.load(STEERED), self._assets)
        self._listeners: list[Callable[[], None]] = []

    @callback
    def start(self) -> None:
        """Learn now unless that was done lately, and four times a day; each hour while something is not known yet."""
        if not self._assets:
            return
        self._entry.async_on_unload(
            async_track_utc_time_change(self._hass, self._tick, minute=MINUTE, second=0)
        )
        now = self._ports.clock.now()
        if any(a not in self._lessons or now - self._lessons[a].learned > FRESH_FOR for a in self._assets):
            self._entry.async_create_background_task(self._hass, self.learn(), "merit_order learning")

    @callback
    def listen(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call `listener` when something was learned; returns the way to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def learn(self, among: Collection[str] | None = None) -> None:
        """Learn of every asset, or of those whose ids are `among` these. A past that says nothing now (summer, a
        recorder being repaired) does not undo what it said before, until that is too old.
        """
        teacher = Teacher(self._hass, self._ports, self._all, self._sources.outdoor)
        lessons: dict[str, Lesson] = {}
        for asset in self._assets.values():
            if among is not None and asset.id not in among:
                continue
            try:
                new = await self._taught(teacher, asset)
            except MeritOrderError as err:
                LOGGER.warning("Nothing learned of %s: %s", asset.config.name, err)
                new = None
            if (lesson := self._better(asset, new)) is not None:
                lessons[asset.id] = lesson
        if among is not None:
            lessons = self._lessons | lessons
        self._ports.store.save(WATCHED, to_json(self._watched))
        self._ports.store.save(STEERED, to_json(self._steered))
        if lessons == self._lessons:
            return
        self._lessons = lessons
        self._ports.store.save(KEY, to_json(lessons))
        for listener in list(self._listeners):
            listener()

    def _better(self, asset: PlannedAsset, new: Lesson | None) -> Lesson | None:
        """The new lesson; or the old one while there is no new one, or, of a room, none as good."""
        old = self._lessons.get(asset.id)
        if old is None or asset.kind.key == "load":
            return new or old
        building = asset.kind.key == "heating"
        if self._ports.clock.now() - old.learned > (BUILDING if building else HABIT):
            return new
        return old if new is None or (building and old.good and not new.good) else new

    def lesson(self, asset_id: str) -> Lesson | None:
        """What was learned of an asset, used or not."""
        return self._lessons.get(asset_id)

    def given(self, asset: PlannedAsset) -> bool:
        """Whether a person said themselves what would be learned."""
        if asset.kind.key == "vehicle":
            departures = self._configured(asset).get("departures") or ()
            return any(departure.get("returns") for departure in departures)
        return self._touched(asset, OWN.get(asset.kind.key, ()))

    def _touched(self, asset: PlannedAsset, names: Iterable[str]) -> bool:
        """Whether one of these parameters was changed from its default."""
        params = self._configured(asset)
        defaults = {option.key: option.default for option in asset.kind.options}
        return any(params.get(name, defaults[name]) != defaults[name] for name in names)

    def used(self, asset: PlannedAsset) -> Lesson | None:
        """What was learned of an asset if the plan goes by it."""
        lesson = self._lessons.get(asset.id)
        return lesson if lesson is not None and lesson.good and not self.given(asset) else None

    def params(self, asset: PlannedAsset) -> Mapping[str, Any]:
        """Parameters that stand in for the configured ones."""
        lesson = self.used(asset)
        if lesson is None or asset.kind.key == "hot_water":
            return {}
        if asset.kind.key == "vehicle":
            wished = list(self._configured(asset).get("departures") or ())
            return {"departures": [*wished, *_within(lesson.values["departures"], wished)]}
        if asset.kind.key == "load":
            return lesson.values
        # A COP and its curve belong together too.
        theirs = PUMP if self._touched(asset, PUMP) else ()
        return {name: value for name, value in lesson.values.items() if name not in theirs}

    def series(self, asset: PlannedAsset, now: datetime) -> dict[str, Forecast]:
        """Forecasts of the asset by name: of a tank what will be drawn, in kW."""
        lesson = self.used(asset)
        if lesson is None or asset.kind.key != "hot_water":
            return {}
        first = now.replace(minute=0, second=0, microsecond=0)
        starts = int(first.timestamp()) + 3600 * np.arange(
            int(AHEAD / timedelta(hours=1)) + 1, dtype=np.int64
        )
        drawn = draws_at(np.array(lesson.values["kw"]), starts, ZoneInfo(self._ports.timezone))
        series = Series.regular(
            first.astimezone(UTC), 60, drawn, Quality.FORECAST, "own_history", lesson.learned
        )
        return {"draw": Forecast(series, provisional=lesson.provisional)}

    def status(self, asset: PlannedAsset) -> InputStatus | None:
        """How sure the plan may be of what it took from the past; None when it took nothing."""
        if (lesson := self.used(asset)) is None:
            return None
        marks = {name: f"{value:g}" for name, value in lesson.marks.items()}
        return InputStatus(
            key=f"learned:{asset.id}",
            origin="own_history",
            health=Health.PROVISIONAL if lesson.provisional else Health.FRESH,
            issued=lesson.learned,
            rule="learned",
            reason="learned",
            placeholders={"days": f"{lesson.days:g}", **marks},
        )

    async def _tick(self, at: datetime) -> None:
        """Of what nothing is known yet there may be a past by now: a first set-up, a history that was imported."""
        if at.hour in HOURS:
            await self.learn()
        elif unknown := self._assets.keys() - self._lessons.keys():
            await self.learn(unknown)

    def _configured(self, asset: PlannedAsset) -> dict[str, Any]:
        return {**asset.config.params, **self._controls.params(asset.id)}

    async def _taught(self, teacher: Teacher, asset: PlannedAsset) -> Lesson | None:
        params = self._configured(asset)
        match asset.kind.key:
            case "hot_water":
                return await teacher.hot_water(asset, from_json(HotWaterParams, params))
            case "heating":
                return await teacher.heating(asset, from_json(HeatingParams, params))
            case "load":
                if settings(self._entry).mode == MODE_AUTOMATIC and self._controls.enabled(asset.id):
                    now, before = self._ports.clock.now(), self._steered.get(asset.id)
                    self._steered[asset.id] = Steered(first=now if before is None else before.first, last=now)
                return await teacher.load(asset, self._steered.get(asset.id), self._lessons.get(asset.id))
        known = self._watched.get(asset.id)
        watch, lesson = await teacher.vehicle(asset, from_json(VehicleParams, params), known)
        if watch is not None:
            self._watched[asset.id] = watch
        return lesson


def _within(learned: list[dict[str, Any]], wished: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is learned asks for no more than a person does."""
    most = max((float(wish.get("soc", 100.0)) for wish in wished), default=100.0)
    return [{**trip, "soc": min(trip["soc"], most)} for trip in learned]


def _kept[T](kind: type[T], raw: Any, assets: Mapping[str, PlannedAsset]) -> dict[str, T]:
    kept = {}
    for asset_id in assets:
        try:
            kept[asset_id] = from_json(kind, (raw or {})[asset_id])
        except InputError, KeyError, TypeError:
            continue
    return kept
