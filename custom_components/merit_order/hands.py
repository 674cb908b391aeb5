"""Someone else's hand on a device: it wins, and what it changed is theirs until a stated time."""

from datetime import datetime, timedelta
from enum import StrEnum

from .engine.model.codec import from_json, to_json
from .engine.model.errors import InputError
from .engine.model.ports import Store
from .engine.model.roles import Readings, Role
from .engine.verdict import reads_back
from .leases import Lease

KEY = "hands"
# One reading may have been under way while we wrote; a second one so long after it cannot.
CONFIRM = timedelta(seconds=5)
# What we did ourselves may show so much later without a lease to compare with.
SETTLED = timedelta(seconds=15)
# A device that loses what it was told so often within an hour does not restart: someone takes it each time.
LOSSES, LOSSES_WITHIN = 3, timedelta(hours=1)
# A hand is respected until the planned block ends, but for so long at least and at most.
LEAST, MOST = timedelta(hours=1), timedelta(hours=6)


class Seen(StrEnum):
    """How a part stands, held against how we left it."""

    FINE = "fine"
    DOUBT = "doubt"
    HAND = "hand"
    LOST = "lost"
    """It was away and came back otherwise: it restarted; nobody touched it."""


class Hands:
    """Which parts are someone else's now, by lease key, and until when. Kept over restarts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._until: dict[str, datetime] = {}
        for key, raw in (store.load(KEY) or {}).items():
            try:
                self._until[key] = from_json(datetime, raw)
            except InputError:
                continue
        self._doubts: dict[str, datetime] = {}
        self._gaps: set[str] = set()
        self._stood: dict[str, bool] = {}
        self._ours: dict[str, datetime] = {}
        self._connected: dict[str, int] = {}
        self._losses: dict[str, list[datetime]] = {}

    def until(self, key: str, now: datetime) -> datetime | None:
        """Until when a part is someone else's; None when it is not."""
        until = self._until.get(key)
        return until if until is not None and now < until else None

    def in_doubt(self, key: str) -> bool:
        """Whether the part was seen otherwise than we left it, and it is not yet clear why."""
        return key in self._doubts

    def take(self, key: str, block_ends: datetime | None, now: datetime) -> datetime:
        """Someone took the part; says until when it is theirs."""
        until = min(max(block_ends or now, now + LEAST), now + MOST)
        self._until[key] = until
        self._doubts.pop(key, None)
        self._stood.pop(key, None)
        self._save()
        return until

    def forget(self, key: str) -> None:
        """Take a part back."""
        self._doubts.pop(key, None)
        if self._until.pop(key, None) is not None:
            self._save()

    def ours(self, key: str, now: datetime) -> None:
        """We changed the part ourselves."""
        self._ours[key] = now
        self._doubts.pop(key, None)
        self._stood.pop(key, None)
        self._gaps.discard(key)

    def gap(self, key: str) -> None:
        """The part was not heard: what changes meanwhile may be its own doing."""
        self._doubts.pop(key, None)
        self._gaps.add(key)

    def look(self, key: str, role: Role, lease: Lease | None, readings: Readings) -> Seen:
        """How the part stands by one more reading."""
        ours = self._ours.get(key)
        if ours is not None and readings.at <= ours:
            return Seen.FINE
        connected = readings.counters.get("reconnects", 0)
        if connected != self._connected.setdefault(key, connected):
            # The line broke and was mended within one reading: a restart that is quick, or another client.
            self._connected[key] = connected
            self.gap(key)
        stands = self._stands(key, role, lease, readings, ours)
        if stands is None:
            self.gap(key)
            return Seen.FINE
        if stands:
            self._doubts.pop(key, None)
            self._gaps.discard(key)
            return Seen.FINE
        if key in self._gaps:
            self._gaps.discard(key)
            self._stood.pop(key, None)
            return self._lost(key, lease, readings.at)
        since = self._doubts.setdefault(key, readings.at)
        return Seen.HAND if readings.at - since >= CONFIRM else Seen.DOUBT

    def _lost(self, key: str, lease: Lease | None, at: datetime) -> Seen:
        if lease is None:
            return Seen.LOST
        recent = [loss for loss in self._losses.get(key, []) if at - loss < LOSSES_WITHIN]
        self._losses[key] = [*recent, at]
        if len(recent) + 1 < LOSSES:
            return Seen.LOST
        del self._losses[key]
        self._doubts[key] = at
        return Seen.HAND

    def _stands(
        self, key: str, role: Role, lease: Lease | None, readings: Readings, ours: datetime | None
    ) -> bool | None:
        if lease is not None and lease.command is not None:
            return reads_back(lease.command, readings)
        if role is not Role.SWITCH:
            return readings.stands.get(role, True)
        on = readings.switch.on if readings.switch is not None else None
        if on is None or (ours is not None and readings.at <= ours + SETTLED):
            return None if on is None else True
        return on is self._stood.setdefault(key, on)

    def _save(self) -> None:
        self._store.save(KEY, to_json(self._until))
