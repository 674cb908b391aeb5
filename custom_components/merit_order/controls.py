"""What people set through entities: which assets may be run, and their needs. Survives restarts without a reload."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from homeassistant.core import callback

from .engine.model.codec import from_json, to_json
from .engine.model.ports import Store
from .engine.model.snapshot import Need, Override

KEY = "controls"


class Controls:
    """Per asset: `enabled` and parameters that stand in for the configured ones."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._values: dict[str, dict[str, Any]] = store.load(KEY) or {}
        self._listeners: list[Callable[[], None]] = []

    def enabled(self, asset_id: str) -> bool:
        """Whether Merit Order may run the asset; yes unless a person said no."""
        return bool(self._values.get(asset_id, {}).get("enabled", True))

    def params(self, asset_id: str) -> Mapping[str, Any]:
        """Parameters set through entities."""
        params: Mapping[str, Any] = self._values.get(asset_id, {}).get("params", {})
        return params

    @callback
    def set_enabled(self, asset_id: str, enabled: bool) -> None:
        """Allow or forbid running the asset."""
        self._of(asset_id)["enabled"] = enabled
        self._changed()

    @callback
    def set_param(self, asset_id: str, name: str, value: Any) -> None:
        """Set one parameter (JSON types)."""
        self._of(asset_id).setdefault("params", {})[name] = value
        self._changed()

    def needs(self, asset_id: str, now: datetime) -> tuple[Need, ...]:
        """One-off wishes that are still ahead."""
        raw = self._values.get(asset_id, {}).get("needs", [])
        return tuple(need for need in (from_json(Need, item) for item in raw) if need.by > now)

    def overrides(self, asset_id: str, now: datetime) -> tuple[Override, ...]:
        """Orders that hold or are still ahead."""
        raw = self._values.get(asset_id, {}).get("overrides", [])
        return tuple(order for order in (from_json(Override, item) for item in raw) if order.end > now)

    @callback
    def add_need(self, asset_id: str, need: Need, now: datetime) -> None:
        """Wish for something once; a wish in the same unit by the same time is replaced."""
        kept = [n for n in self.needs(asset_id, now) if (n.unit, n.by) != (need.unit, need.by)]
        self._of(asset_id)["needs"] = to_json((*kept, need))
        self._changed()

    @callback
    def add_override(self, asset_id: str, override: Override, now: datetime) -> None:
        """Order something for a stated time; what was ordered for any of that time before is taken back."""
        kept = [
            other
            for other in self.overrides(asset_id, now)
            if other.end <= override.start or override.end <= other.start
        ]
        self._of(asset_id)["overrides"] = to_json((*kept, override))
        self._changed()

    @callback
    def set_override(self, asset_id: str, override: Override | None) -> None:
        """Order something for a stated time, instead of all that was ordered before; None takes it back."""
        self._of(asset_id)["overrides"] = to_json((override,)) if override is not None else []
        self._changed()

    @callback
    def clear_needs(self, asset_id: str) -> None:
        """Take all one-off wishes back."""
        self._of(asset_id)["needs"] = []
        self._changed()

    @callback
    def keep_only(self, asset_ids: set[str]) -> None:
        """Forget assets that were removed."""
        if gone := set(self._values) - asset_ids:
            for asset_id in gone:
                del self._values[asset_id]
            self._store.save(KEY, self._values)

    @callback
    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` on every change; returns the way to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _of(self, asset_id: str) -> dict[str, Any]:
        return self._values.setdefault(asset_id, {})

    def _changed(self) -> None:
        self._store.save(KEY, self._values)
        for listener in list(self._listeners):
            listener()
