"""Keeps count for every load and every tank of the home, over restarts."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.core import callback

from .engine.assets.load import LoadParams
from .engine.model.codec import from_json, to_json
from .engine.model.errors import InputError
from .engine.model.roles import Role
from .gather import Home
from .load_tracker import LoadRecord, state, track
from .planned import PlannedAsset
from .tanks import TankBook

KEY = "loads"
# Flash cards wear out: energy is written down now and then, and once more at the end.
SAVE_EVERY = timedelta(minutes=5)


class LoadBook:
    """The records of all loads that hang on a relay."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._zone = ZoneInfo(home.ports.timezone)
        self._assets = [a for a in home.assets if a.kind.key == "load" and a.role is Role.SWITCH]
        self._records = self._kept()
        self._tanks = TankBook(home.ports, home.assets)
        self._saved = datetime.min.replace(tzinfo=UTC)
        self._dirty = False

    @callback
    def look(self) -> None:
        """Take in what the devices say now."""
        for asset in self._assets:
            readings = self._home.devices[asset.subentry_id].readings
            if readings is None or readings.switch is None:
                continue
            before = self._records.get(asset.id)
            if before is not None and before.at == readings.at:
                continue
            after = track(before, self._params(asset), readings.switch, readings.at, self._zone)
            self._records[asset.id] = after
            self._dirty = self._dirty or before is None or _matters(before, after)
        for asset in self._tanks.assets:
            said = self._home.devices[asset.subentry_id].readings
            if said is not None and said.tank is not None:
                self._tanks.look(asset, said.tank, self._home.params(asset))
        now = self._home.ports.clock.now()
        if self._dirty and now - self._saved >= SAVE_EVERY:
            self.keep()

    @callback
    def keep(self) -> None:
        """Hand the records to the shelf."""
        self._home.ports.store.save(KEY, to_json(self._records))
        self._saved, self._dirty = self._home.ports.clock.now(), False

    def states(self, now: datetime) -> Mapping[str, Mapping[str, Any]]:
        """By asset id, what the plan is to know: the first one too."""
        self.look()
        loads = {
            asset.id: state(record, self._params(asset), now, self._zone)
            for asset in self._assets
            if (record := self._records.get(asset.id)) is not None
        }
        return {**loads, **self._tanks.states()}

    def has_been_full(self, asset_id: str) -> bool:
        """Whether a load was seen to take nothing of what it was offered: it has a thermostat, and keeps warm."""
        record = self._records.get(asset_id)
        return record is not None and record.full_at is not None

    def _params(self, asset: PlannedAsset) -> LoadParams:
        return from_json(LoadParams, self._home.params(asset))

    def _kept(self) -> dict[str, LoadRecord]:
        kept: dict[str, LoadRecord] = {}
        for asset in self._assets:
            raw = (self._home.ports.store.load(KEY) or {}).get(asset.id)
            try:
                kept[asset.id] = from_json(LoadRecord, raw)
            except InputError:
                continue
        return kept


def _matters(before: LoadRecord, after: LoadRecord) -> bool:
    """Whether it changed in more than the time of the last look."""
    return (before.on_since, before.done_runs, before.since) != (
        after.on_since,
        after.done_runs,
        after.since,
    ) or (after.done_kwh != before.done_kwh)
