"""Event: what Merit Order told devices, and what came of it."""

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .audit import Entry, Happening, Trail, news
from .coordinator import PlanCoordinator
from .entity import HomePlanEntity
from .runtime import MeritOrderConfigEntry

PARALLEL_UPDATES = 0
ACTIVITY = EventEntityDescription(
    key="activity", translation_key="activity", event_types=[happening.value for happening in Happening]
)


async def async_setup_entry(
    hass: HomeAssistant, entry: MeritOrderConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the event."""
    async_add_entities([ActivityEvent(entry.runtime_data.planner, entry.runtime_data.trail)])


class ActivityEvent(HomePlanEntity, EventEntity):
    """Fires when a device is told something new, does not obey, is given back, or is changed by someone else."""

    entity_description: EventEntityDescription

    def __init__(self, coordinator: PlanCoordinator, trail: Trail) -> None:
        super().__init__(coordinator, ACTIVITY)
        self._trail = trail

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the trail."""
        await super().async_added_to_hass()
        self.async_on_remove(self._trail.listen(self._noted))

    @property
    @override
    def available(self) -> bool:
        return True

    @callback
    def _noted(self, entry: Entry) -> None:
        told = news(entry)
        self._trigger_event(told.pop("happening"), told)
        self.async_write_ha_state()
