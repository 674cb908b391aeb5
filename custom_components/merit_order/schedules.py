"""Real `schedule.*` entities, one for each asset that can be run, filled from the plan.

Home Assistant has no way for an integration to offer schedules, so they are added through the schedule component's own
entity component. That is no supported path: it may break with any release, and then it breaks alone. The binary sensor
and the calendar show the same and always work.
"""

import logging
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from homeassistant.components.schedule import DOMAIN as SCHEDULE_DOMAIN
from homeassistant.components.schedule import Schedule
from homeassistant.components.schedule.const import CONF_ALL_DAYS, CONF_FROM, CONF_TO, WEEKDAY_TO_CONF
from homeassistant.const import CONF_ID, CONF_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.setup import async_setup_component

from .const import DOMAIN
from .engine.model.plan import AssetPlan, Plan
from .plan_view import stretches
from .runtime import MeritOrderConfigEntry

LOGGER = logging.getLogger(__name__)

type Week = dict[str, list[dict[str, str]]]


async def async_setup_schedules(hass: HomeAssistant, entry: MeritOrderConfigEntry) -> None:
    """Add the schedules and keep them at the plan; a failure is logged and costs nothing else."""
    try:
        await _setup(hass, entry)
    except Exception:
        LOGGER.warning("Could not add schedule entities; everything else works", exc_info=True)


@callback
def async_forget_schedules(hass: HomeAssistant, keep: set[str]) -> None:
    """Remove the registry entries of assets that are gone; `keep` are the ids of those that are not."""
    registry = er.async_get(hass)
    for entity in list(registry.entities.values()):
        if entity.platform != SCHEDULE_DOMAIN or not entity.unique_id.startswith(f"{DOMAIN}_"):
            continue
        if entity.unique_id.removeprefix(f"{DOMAIN}_") not in keep:
            registry.async_remove(entity.entity_id)


async def _setup(hass: HomeAssistant, entry: MeritOrderConfigEntry) -> None:
    runtime = entry.runtime_data
    assets = [asset for asset in runtime.home.assets if asset.steerable]
    async_forget_schedules(hass, {asset.id for asset in assets})
    if not assets or not await async_setup_component(hass, SCHEDULE_DOMAIN, {}):
        return
    zone = ZoneInfo(runtime.home.ports.timezone)
    shown: dict[str, Week] = {asset.id: week(None, None, zone) for asset in assets}
    made = {
        asset.id: Schedule(
            {CONF_ID: f"{DOMAIN}_{asset.id}", CONF_NAME: asset.config.name, **shown[asset.id]}, False
        )
        for asset in assets
    }
    await hass.data[DATA_INSTANCES][SCHEDULE_DOMAIN].async_add_entities(made.values())

    async def follow() -> None:
        plan = runtime.planner.plan
        for asset in assets:
            wanted = week(plan, plan.asset(asset.id) if plan is not None else None, zone)
            if wanted != shown[asset.id] and made[asset.id].hass is not None:
                shown[asset.id] = wanted
                await made[asset.id].async_update_config(
                    {CONF_ID: f"{DOMAIN}_{asset.id}", CONF_NAME: asset.config.name, **wanted}
                )

    @callback
    def planned() -> None:
        entry.async_create_task(hass, follow(), "merit_order schedules")

    async def remove() -> None:
        for schedule in made.values():
            await schedule.async_remove()

    entry.async_on_unload(runtime.planner.async_add_listener(planned))
    entry.async_on_unload(remove)
    planned()


def week(plan: Plan | None, asset: AssetPlan | None, zone: ZoneInfo) -> Week:
    """The stretches in which the asset is active as blocks of local weekdays, as the schedule component wants them.

    No block begins or ends within the hour that comes twice in autumn: the component takes the first of the two for one
    to come while the second runs, and looks for it without a pause, which holds up all of Home Assistant.
    """
    days: Week = {day: [] for day in CONF_ALL_DAYS}
    for stretch in stretches(plan, asset):
        start, end = (
            _named_once(stretch.start.astimezone(zone), -1),
            _named_once(stretch.end.astimezone(zone), 1),
        )
        while start < end:
            midnight = datetime.combine(start.date() + timedelta(days=1), time(), zone)
            until = min(end, midnight)
            last = "24:00:00" if until == midnight else until.time().isoformat()
            _append(days[WEEKDAY_TO_CONF[start.weekday()]], start.time().isoformat(), last)
            start = until
    return days


def _named_once(local: datetime, minutes: int) -> datetime:
    """The nearest time of day before (-1) or from then on (1) that the day has only once; the begin of an hour that
    comes twice counts as such, for it is never still to come in it.
    """
    at = local.replace(second=0, microsecond=0, fold=0)
    step = timedelta(minutes=minutes)
    while _twice(at) and (minutes > 0 or _twice(at + step)):
        at += step
    return at


def _twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _append(blocks: list[dict[str, str]], start: str, end: str) -> None:
    """Add a block; one that overlaps the last (the hour that comes twice) makes it longer instead."""
    if blocks and start < blocks[-1][CONF_TO]:
        blocks[-1][CONF_TO] = max(blocks[-1][CONF_TO], end)
    else:
        blocks.append({CONF_FROM: start, CONF_TO: end})
