"""Whether a tank, a room, a car or a boiler is planned for as it was in the past, and how good that is."""

from collections.abc import Iterator
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription
from homeassistant.const import MATCH_ALL, EntityCategory

from .coordinator import PlanCoordinator
from .entity import AssetEntity
from .learned import teachable
from .planned import PlannedAsset

STATES = ["yours", "learning", "unsure", "provisional", "learned"]

LEARNED = SensorEntityDescription(
    key="learned",
    translation_key="learned",
    entity_category=EntityCategory.DIAGNOSTIC,
    device_class=SensorDeviceClass.ENUM,
    options=STATES,
)


def learned_sensors(planner: PlanCoordinator, asset: PlannedAsset) -> Iterator[LearnedSensor]:
    """The sensor of an asset that has habits to learn."""
    if teachable(asset):
        yield LearnedSensor(planner, asset, LEARNED)


class LearnedSensor(AssetEntity, SensorEntity):
    """Where the plan's idea of the asset comes from; its attributes are what was learned, used or not."""

    # A profile of a week is no history.
    _unrecorded_attributes = frozenset({MATCH_ALL})

    @property
    @override
    def available(self) -> bool:
        # What was learned stays so while there is no plan.
        return True

    @property
    @override
    def native_value(self) -> str:
        learned = self.coordinator.home.learned
        if learned.given(self.asset):
            return "yours"
        if (lesson := learned.lesson(self.asset.id)) is None:
            return "learning"
        if not lesson.good:
            return "unsure"
        return "provisional" if lesson.provisional else "learned"

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        lesson = self.coordinator.home.learned.lesson(self.asset.id)
        if lesson is None:
            return None
        return {"days": lesson.days, "learned_at": lesson.learned, **lesson.marks, **lesson.values}
