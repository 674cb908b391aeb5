"""The trail: every command, what came of it, and why. Thirty days on disk, in human words in the logbook."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .engine.model.codec import from_json, to_json
from .engine.model.errors import InputError
from .engine.model.roles import Action, Command, Readings, Role
from .engine.verdict import Verdict
from .sure_store import SureStore

LOGGER = logging.getLogger(__name__)
STORE_VERSION = 1
KEEP = timedelta(days=30)
# A crash loses a minute at most, and a flash card is spared.
SAVE_EVERY = timedelta(minutes=1)
# Some 300 bytes each: a day is 1.5 MB at the very most, an ordinary one a fiftieth of that.
MOST_A_DAY = 5000
EVENT: str = f"{DOMAIN}_activity"


class Happening(StrEnum):
    """What an entry tells of."""

    COMMANDED = "commanded"
    REFUSED = "refused"
    """Not taken, or taken and not done."""
    GIVEN_UP = "given_up"
    HAND = "hand"
    RESTORED = "restored"
    WOULD = "would"
    """Advise: what automatic would have told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line. `before` and `after` are what the part measured; a lease that is renewed unchanged only counts up."""

    at: datetime
    happening: Happening
    asset: str
    name: str
    role: Role
    action: Action | None = None
    power_kw: float | None = None
    current_a: float | None = None
    target_c: float | None = None
    reason: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    verdict: Verdict | None = None
    until: datetime | None = None
    error: str = ""
    renewed: int = 0

    @property
    def told(self) -> tuple[Any, ...]:
        """What it was told, to tell a renewal from a change."""
        return self.happening, self.action, self.power_kw, self.current_a, self.target_c, self.reason

    @property
    def does(self) -> str | None:
        """The action as people see it: a key of the translations."""
        if self.action is Action.POWER:
            power = self.power_kw or 0.0
            return "charge" if power > 0 else "discharge" if power < 0 else "hold"
        return self.action.value if self.action is not None else None


type Listener = Callable[[Entry], None]


def entry_of(
    happening: Happening, asset: str, name: str, command: Command, before: Readings | None, at: datetime
) -> Entry:
    """The line for a command."""
    return Entry(
        at=at,
        happening=happening,
        asset=asset,
        name=name,
        role=command.role,
        action=command.action,
        power_kw=command.power_kw,
        current_a=command.current_a,
        target_c=command.target_c,
        reason=command.reason,
        before=measured(command.role, before),
    )


def as_happened(line: Entry, happening: Happening, **changed: Any) -> Entry:
    """The same line for something else that happened."""
    return replace(line, happening=happening, **changed)


def measured(role: Role, readings: Readings | None) -> dict[str, Any]:
    """What of a part's reading says how it stands."""
    part = getattr(readings, role.value) if readings is not None else None
    values = {
        name: getattr(part, name, None)
        for name in ("power_kw", "on", "soc_percent", "current_a", "target_c", "mode")
    }
    return {name: value for name, value in values.items() if value is not None}


class Trail:
    """The entries of a home, one file a day."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self._days: list[str] = []
        self._day = ""
        self._lines: list[Entry] = []
        self._json: list[Any] = []
        self._open: dict[str, int] = {}
        self._dirty = self._renewed = False
        self._listeners: list[Listener] = []

    async def load(self) -> None:
        """Read today's entries and which days there are."""
        index = await _index(self._hass, self._entry.entry_id).async_load() or {}
        self._days = [str(day) for day in index.get("days", [])]

    async def begin(self, now: datetime) -> None:
        """Go on with today's file, and write to it each minute from now on."""
        await self._turn(now)
        self._entry.async_on_unload(async_track_time_interval(self._hass, self._save_soon, SAVE_EVERY))

    @callback
    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every entry that is news to a person; returns the way to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def note(self, key: str, entry: Entry) -> None:
        """Write down one more entry about the part `key`."""
        last = self._lines[self._open[key]] if key in self._open else None
        if last is not None and last.told == entry.told and entry.action is not None and not entry.error:
            self._put(self._open[key], replace(last, renewed=last.renewed + 1))
            self._renewed = True
            return
        if len(self._lines) < MOST_A_DAY:
            self._open[key] = len(self._lines)
            self._put(len(self._lines), entry)
            self._dirty = True
        if last is None or _news(last, entry):
            self._tell(entry)

    @callback
    def amend(self, key: str, verdict: Verdict, after: Mapping[str, Any]) -> None:
        """Add to the last entry about a part what came of it."""
        if key not in self._open:
            return
        place = self._open[key]
        line = self._lines[place]
        if line.happening is Happening.COMMANDED and line.verdict is not verdict:
            self._put(place, replace(line, verdict=verdict, after=dict(after)))
            self._dirty = True

    def recent(self, most: int) -> list[Entry]:
        """The last entries of today."""
        return self._lines[-most:]

    async def read(self, since: datetime) -> list[Entry]:
        """All entries since then, oldest first."""
        found: list[Entry] = []
        for day in self._days:
            if day >= since.date().isoformat() and day != self._day:
                found += await _read(self._hass, self._entry.entry_id, day)
        return [entry for entry in (*found, *self._lines) if entry.at >= since]

    async def flush(self) -> None:
        """Write to disk what is not yet there."""
        if not self._dirty and not self._renewed:
            return
        self._dirty = self._renewed = False
        file = _file(self._hass, self._entry.entry_id, self._day)
        await file.async_save({"entries": list(self._json)})
        self._dirty = self._dirty or not file.written

    async def _save_soon(self, now: datetime) -> None:
        # That a lease was renewed once more can wait for the next line.
        if self._dirty:
            await self.flush()
        if now.astimezone(UTC).date().isoformat() != self._day:
            await self._turn(now)

    async def _turn(self, now: datetime) -> None:
        """Begin the day's file, and throw away those that are too old."""
        day = now.astimezone(UTC).date()
        lines = await _read(self._hass, self._entry.entry_id, day.isoformat())
        json = await self._hass.async_add_executor_job(to_json, tuple(lines))
        before, unwritten = (self._day, self._json), self._dirty or self._renewed
        # Nothing may wait in between: devices go on being told, and each note finds its line by its place.
        self._day, self._lines, self._json = day.isoformat(), lines, json
        self._open.clear()
        self._dirty = self._renewed = False
        if unwritten:
            await _file(self._hass, self._entry.entry_id, before[0]).async_save({"entries": before[1]})
        oldest = (day - KEEP).isoformat()
        for old in [kept for kept in self._days if kept < oldest]:
            await _file(self._hass, self._entry.entry_id, old).async_remove()
        days = [kept for kept in self._days if kept >= oldest]
        if self._day not in days:
            days.append(self._day)
        if days != self._days:
            self._days = days
            await _index(self._hass, self._entry.entry_id).async_save({"days": days})

    def _put(self, place: int, line: Entry) -> None:
        """Made into JSON one by one: all at once would hold up Home Assistant."""
        self._lines[place : place + 1] = [line]
        self._json[place : place + 1] = [to_json(line)]

    @callback
    def _tell(self, entry: Entry) -> None:
        self._hass.bus.async_fire(EVENT, news(entry))
        for listener in list(self._listeners):
            listener(entry)


def news(entry: Entry) -> dict[str, Any]:
    """An entry as people and automations get it: flat, and without what measures changed."""
    told = {
        "happening": entry.happening.value,
        "asset": entry.name,
        "asset_id": entry.asset,
        "action": entry.does,
        "power_kw": None if entry.power_kw is None else round(abs(entry.power_kw), 2),
        "current_a": entry.current_a,
        "target_c": entry.target_c,
        "reason": entry.reason or None,
        "verdict": entry.verdict.value if entry.verdict is not None else None,
        "until": to_json(entry.until),
    }
    return {name: value for name, value in told.items() if value is not None}


def _news(last: Entry, entry: Entry) -> bool:
    """Whether a person would want to know: not of each watt that a set-point moves."""
    return (last.happening, last.does, last.reason) != (entry.happening, entry.does, entry.reason)


async def _read(hass: HomeAssistant, entry_id: str, day: str) -> list[Entry]:
    kept = await _file(hass, entry_id, day).async_load() or {}
    return await hass.async_add_executor_job(_lines, kept.get("entries", []))


def _lines(raw: list[Any]) -> list[Entry]:
    lines = []
    for item in raw:
        try:
            lines.append(from_json(Entry, item))
        except InputError as err:
            LOGGER.debug("Leaving out a line of the trail that cannot be read: %s", err)
    return lines


def _index(hass: HomeAssistant, entry_id: str) -> Store[dict[str, Any]]:
    return Store(hass, STORE_VERSION, f"{DOMAIN}.{entry_id}.audit", private=True)


def _file(hass: HomeAssistant, entry_id: str, day: str) -> SureStore:
    date.fromisoformat(day)
    return SureStore(hass, STORE_VERSION, f"{DOMAIN}.{entry_id}.audit.{day}", private=True)


async def remove_audit(hass: HomeAssistant, entry_id: str) -> None:
    """Forget the trail of a home that is removed."""
    index = await _index(hass, entry_id).async_load() or {}
    for day in index.get("days", []):
        await _file(hass, entry_id, str(day)).async_remove()
    await _index(hass, entry_id).async_remove()
