"""Who is at home, as far as the load cares: long absences of everybody, and public holidays.

Absences are read from the states of `zone.home`, which counts the persons in it, and kept longer than the recorder
keeps states. Holidays are asked of core's Workday or Holiday where a person has set one up; no list of ours knows their
region.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.calendar import DOMAIN as CALENDAR_DOMAIN
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er

from .engine.forecasts import STILL_AWAY, People
from .engine.model.codec import from_json, to_json
from .engine.model.errors import InputError, SourceError
from .engine.model.ports import Ports
from .engine.tariffs._holidays import Holidays
from .recorder_past import AssetPast

KEY: Final = "presence"
KEEP: Final = timedelta(days=30)
STATES_KEPT: Final = timedelta(days=9)
LEAST: Final = timedelta(hours=12)
"""Shorter ones are no absence to anybody; what is long enough the engine decides."""
HOME: Final = "zone.home"
AHEAD: Final = timedelta(days=3)
EPOCH: Final = date(1970, 1, 1)
TELL_HOLIDAYS: Final = (("workday", BINARY_SENSOR_DOMAIN), ("holiday", CALENDAR_DOMAIN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """Nobody was at home from `left` to `back`."""

    left: datetime
    back: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """What was seen `until` then; `left` is when everybody went if nobody is back yet."""

    until: datetime
    left: datetime | None = None
    absences: tuple[Away, ...] = ()


class Presence:
    """The people of one home, as far as they can be known."""

    def __init__(self, hass: HomeAssistant, ports: Ports) -> None:
        self._hass = hass
        self._ports = ports
        self._asked: dict[str, Holidays] = {}
        self._known: frozenset[int] = frozenset()

    async def people(self, now: datetime) -> People:
        """Absences and holidays of the last weeks; nothing of either where nobody tells."""
        return People(absences=await self._absences(now), holidays=await self._holidays(now))

    async def _absences(self, now: datetime) -> Sequence[tuple[int, int]]:
        if not self._tracked():
            return ()
        kept = self._kept()
        since = now - STATES_KEPT if kept is None else max(kept.until, now - STATES_KEPT)
        states = await AssetPast(self._hass, self._ports, since, now).states(HOME)
        kept = watched(kept, states, now)
        self._ports.store.save(KEY, to_json(kept))
        over = [(int(away.left.timestamp()), int(away.back.timestamp())) for away in kept.absences]
        return over if kept.left is None else [*over, (int(kept.left.timestamp()), STILL_AWAY)]

    def _kept(self) -> Whereabouts | None:
        try:
            return from_json(Whereabouts, self._ports.store.load(KEY))
        except InputError:
            return None

    def _tracked(self) -> bool:
        """Whether anybody's whereabouts are known: a count of nobody who could be counted says nothing."""
        unknown = (STATE_UNKNOWN, STATE_UNAVAILABLE)
        return any(state.state not in unknown for state in self._hass.states.async_all("person"))

    async def _holidays(self, now: datetime) -> frozenset[int]:
        """Days (since 1970-01-01) lived like a Sunday; those known last while nobody answers."""
        entity_id = self._who_knows()
        if entity_id is None:
            return frozenset()
        if entity_id not in self._asked:
            self._asked = {entity_id: Holidays(self._ports, entity_id)}
        try:
            days = await self._asked[entity_id].between(now - KEEP, now + AHEAD)
        except SourceError:
            return self._known
        self._known = frozenset((day - EPOCH).days for day in days)
        return self._known

    def _who_knows(self) -> str | None:
        """The Workday sensor, else the calendar of core's Holiday."""
        entries = er.async_get(self._hass).entities.values()
        found = {
            entry.platform: entry.entity_id
            for entry in entries
            if (entry.platform, entry.domain) in TELL_HOLIDAYS and entry.disabled_by is None
        }
        return next((found[platform] for platform, _ in TELL_HOLIDAYS if platform in found), None)


def watched(kept: Whereabouts | None, states: Sequence[State], now: datetime) -> Whereabouts:
    """`kept` and what the states of `zone.home` after it say. When they begin with nobody at home, nobody knows since
    when: that absence does not count.
    """
    left = kept.left if kept is not None else None
    there = kept is not None and left is None
    absences = list(kept.absences) if kept is not None else []
    for state in states:
        if not state.state.isdigit():
            continue
        if state.state == "0":
            left = state.last_changed if there else left
        elif left is not None:
            absences += (
                [Away(left=left, back=state.last_changed)] if state.last_changed - left >= LEAST else []
            )
            left = None
        there = state.state != "0"
    recent = tuple(away for away in absences if away.back > now - KEEP)
    return Whereabouts(until=now, left=left, absences=recent)
