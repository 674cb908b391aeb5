"""Whether a need of an asset will be missed by the plan: said before its deadline, while something can be done."""

from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)

from .engine.model.plan import Shortfall
from .entity import AssetEntity
from .missed import Wording, missed

WILL_MISS = BinarySensorEntityDescription(
    key="will_miss", translation_key="will_miss", device_class=BinarySensorDeviceClass.PROBLEM
)


class MissedBinarySensor(AssetEntity, BinarySensorEntity):
    """On while a need within a day will be missed: `amount` and `unit` are short at `by`, because of `limit`; `text`
    says so, and what would help, in the language of the home.
    """

    _unrecorded_attributes = frozenset({"text"})

    @property
    @override
    def available(self) -> bool:
        return self.asset_plan is not None

    @property
    @override
    def is_on(self) -> bool:
        return self._first is not None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        first, plan = self._first, self.coordinator.plan
        if first is None or plan is None:
            return dict.fromkeys(("by", "amount", "unit", "limit", "text"))
        return {
            "by": first.by,
            "amount": round(first.amount, 2),
            "unit": first.unit,
            "limit": first.limit,
            "text": Wording(self.hass, plan).why(first),
        }

    @property
    def _first(self) -> Shortfall | None:
        found = missed(self.coordinator.plan, self.coordinator.now, self.asset.id)
        return found[0] if found else None
