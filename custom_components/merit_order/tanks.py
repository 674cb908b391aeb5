"""Remembers for every tank of the home, over restarts, when its water was last hot enough to be safe."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from .engine.assets._hot_water import HotWaterParams
from .engine.model.codec import from_json, to_json
from .engine.model.errors import InputError
from .engine.model.ports import Ports
from .engine.model.roles import Role, TankReading
from .planned import PlannedAsset
from .tank_tracker import TankRecord, state, track

KEY = "tanks"
# Flash cards wear out; a quarter of an hour more or less is nothing in a week.
NEWS = timedelta(minutes=15)


class TankBook:
    """The records of all tanks with a thermometer."""

    def __init__(self, ports: Ports, assets: tuple[PlannedAsset, ...]) -> None:
        self._ports = ports
        self.assets = [a for a in assets if a.kind.key == "hot_water" and a.role is Role.TANK]
        self._records = self._kept()

    def look(self, asset: PlannedAsset, reading: TankReading, params: Mapping[str, Any]) -> None:
        """Take in what a tank says now."""
        now = self._ports.clock.now()
        before = self._records.get(asset.id)
        after = track(before, from_json(HotWaterParams, dict(params)), reading, now)
        self._records[asset.id] = after
        if before is None or after.disinfected - before.disinfected >= NEWS:
            self._ports.store.save(KEY, to_json(self._records))

    def states(self) -> Mapping[str, Mapping[str, Any]]:
        """By asset id, what the plan is to know."""
        return {asset_id: state(record) for asset_id, record in self._records.items()}

    def _kept(self) -> dict[str, TankRecord]:
        kept: dict[str, TankRecord] = {}
        for asset in self.assets:
            raw = (self._ports.store.load(KEY) or {}).get(asset.id)
            try:
                kept[asset.id] = from_json(TankRecord, raw)
            except InputError:
                continue
        return kept
