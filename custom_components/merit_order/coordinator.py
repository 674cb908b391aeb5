"""When to think: every five minutes, at slot edges, and when something that matters changed."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.event import async_track_point_in_utc_time, async_track_utc_time_change
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .const import DOMAIN, MODE_OFF, PLAN_INTERVAL
from .engine.model.codec import to_json
from .engine.model.plan import Decision, Intent, Plan, PlanStatus
from .engine.model.snapshot import AssetSpec, Snapshot
from .engine.pipeline import CONTROLLABLE, think
from .engine.plan import intents
from .gather import Home, gather
from .stored import settings

LOGGER = logging.getLogger(__name__)

# Several inputs change together (a poll of five devices, prices of two directions): wait for the last of them.
SETTLE_S = 3.0
# A plan that could not be renewed for so long is no longer one to act on.
LOST_AFTER = timedelta(minutes=20)

type Extra = Callable[[datetime], Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """One round: what was known, what was decided, and the plan as JSON (made off the event loop)."""

    snapshot: Snapshot
    decision: Decision
    plan_json: dict[str, Any]


class PlanCoordinator(DataUpdateCoordinator[Thought | None]):
    """Keeps the plan. Listeners are also called at slot edges, when only time changes what it says for now."""

    config_entry: ConfigEntry

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, home: Home, extra: Extra) -> None:
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name="plan",
            request_refresh_debouncer=Debouncer(hass, LOGGER, cooldown=SETTLE_S, immediate=False),
        )
        self.home = home
        self.thinking = False
        self.kept_share = 1.0
        """Of what plans promise; the book of savings knows."""
        self._extra = extra
        self._edge: CALLBACK_TYPE | None = None
        self._ticks: CALLBACK_TYPE | None = None

    @property
    def now(self) -> datetime:
        """This instant."""
        return self.home.ports.clock.now()

    @property
    def mode(self) -> str:
        """Off, advise or automatic."""
        return settings(self.config_entry).mode

    @property
    def plan(self) -> Plan | None:
        """The plan that holds now, or None: switched off, nothing to go by, or too old."""
        if self.data is None or self.mode == MODE_OFF:
            return None
        plan = self.data.decision.plan
        if (
            plan.status is PlanStatus.NONE
            or self.now - plan.at > LOST_AFTER
            or plan.slot_at(self.now) is None
        ):
            return None
        return plan

    def intents(self) -> tuple[Intent, ...]:
        """What the plan wants of every asset at this instant."""
        return intents(self.plan, CONTROLLABLE, self.now) if self.plan is not None else ()

    def spec(self, asset_id: str) -> AssetSpec | None:
        """An asset as the last plan knew it."""
        specs = self.data.snapshot.assets if self.data is not None else ()
        return next((spec for spec in specs if spec.id == asset_id), None)

    @property
    def plan_json(self) -> dict[str, Any] | None:
        """The plan that holds now, as JSON."""
        return self.data.plan_json if self.data is not None and self.plan is not None else None

    @callback
    def start(self) -> None:
        """Begin to think at regular times."""
        self._begin_ticks()
        for cancel in (self._cancel_ticks, self._cancel_edge):
            self.config_entry.async_on_unload(cancel)

    @callback
    def begin_again(self) -> None:
        """The clock was set back: timers wait for a time that has been, and the plan is of one that is to come."""
        self._cancel_ticks()
        self._begin_ticks()
        self.request()

    @callback
    def request(self) -> None:
        """Something that matters changed: think again soon."""
        self.config_entry.async_create_background_task(
            self.hass, self.async_request_refresh(), "merit_order plan requested"
        )

    async def _tick(self, _: datetime) -> None:
        self.async_update_listeners()
        await self.async_refresh()

    @override
    async def _async_update_data(self) -> Thought | None:
        if self.mode == MODE_OFF:
            return self.data
        levels = settings(self.config_entry)
        home = replace(
            self.home,
            settings=replace(
                self.home.settings,
                cheap_below=levels.cheap_below,
                expensive_above=levels.expensive_above,
                kept_share=self.kept_share,
            ),
        )
        snapshot = gather(home, self._extra(self.now), self.plan)
        self.thinking = True
        try:
            thought = await self.hass.async_add_executor_job(_think, snapshot)
        except Exception as err:
            # Whatever goes wrong in there must not take the house down: the last plan holds until it is too old.
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="plan_failed",
                translation_placeholders={"error": str(err)},
            ) from err
        finally:
            self.thinking = False
        self._watch_edge(thought.decision.plan)
        return thought

    @callback
    def _watch_edge(self, plan: Plan) -> None:
        self._cancel_edge()
        upcoming = next((edge for edge in plan.edges if edge > self.now), None)
        if upcoming is not None:
            self._edge = async_track_point_in_utc_time(self.hass, self._at_edge, upcoming)

    @callback
    def _at_edge(self, _: datetime) -> None:
        self._edge = None
        self.async_update_listeners()
        if self.data is not None:
            self._watch_edge(self.data.decision.plan)

    @callback
    def _begin_ticks(self) -> None:
        minutes = list(range(0, 60, int(PLAN_INTERVAL.total_seconds() // 60)))
        self._ticks = async_track_utc_time_change(self.hass, self._tick, minute=minutes, second=0)

    @callback
    def _cancel_ticks(self) -> None:
        if self._ticks is not None:
            self._ticks()
            self._ticks = None

    @callback
    def _cancel_edge(self) -> None:
        if self._edge is not None:
            self._edge()
            self._edge = None


def _think(snapshot: Snapshot) -> Thought:
    decision = think(snapshot)
    return Thought(snapshot=snapshot, decision=decision, plan_json=to_json(decision.plan))
