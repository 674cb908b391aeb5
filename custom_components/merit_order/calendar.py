"""Calendars: the schedule of each asset, to look at. Automations go by the binary sensor (see its docstring)."""

from datetime import datetime
from typing import override

from homeassistant.components.calendar import CalendarEntity, CalendarEntityDescription, CalendarEvent
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .engine.model.plan import Block
from .entity import AssetEntity
from .runtime import MeritOrderConfigEntry

PARALLEL_UPDATES = 0
PLAN = CalendarEntityDescription(key="plan", translation_key="plan")
# What a battery does by itself is no appointment.
UNPLANNED = ("self", "hold")


async def async_setup_entry(
    hass: HomeAssistant, entry: MeritOrderConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up a calendar for every asset that can be run."""
    runtime = entry.runtime_data
    for asset in runtime.home.assets:
        if asset.steerable:
            async_add_entities(
                [PlanCalendar(runtime.planner, asset, PLAN)], config_subentry_id=asset.subentry_id
            )


class PlanCalendar(AssetEntity, CalendarEntity):
    """The blocks planned for an asset."""

    @property
    @override
    def available(self) -> bool:
        return self.asset_plan is not None

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """The block that runs or comes next."""
        now = self.coordinator.now
        return next((self._event(block) for block in self._blocks() if block.end > now), None)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """The blocks within a stretch of time."""
        return [
            self._event(block)
            for block in self._blocks()
            if block.start < end_date and block.end > start_date
        ]

    def _blocks(self) -> list[Block]:
        asset = self.asset_plan
        return [block for block in asset.blocks if block.mode not in UNPLANNED] if asset is not None else []

    def _event(self, block: Block) -> CalendarEvent:
        currency = self.coordinator.home.currency
        return CalendarEvent(
            start=block.start,
            end=block.end,
            summary=f"{self.asset.config.name}: {block.power_kw:.1f} kW",
            description=f"{block.energy_kwh:.2f} kWh, {block.cost:.2f} {currency}",
            uid=f"{self.asset.id}_{block.start.isoformat()}",
        )
