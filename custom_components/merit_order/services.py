"""The actions."""

from datetime import timedelta
from typing import Any

import probatio
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_get_config_entry, async_register_admin_service

from .const import DOMAIN
from .coordinator import PlanCoordinator
from .engine.model.codec import to_json
from .engine.model.plan import PlanStatus
from .runtime import MeritOrderConfigEntry
from .scorecard import in_words

ATTR_ASSET = "asset"
ATTR_FETCH = "fetch"
GET_PLAN = "get_plan"
GET_SCORECARD = "get_scorecard"
REPLAN = "replan"
GET_AUDIT = "get_audit"
ATTR_HOURS = "hours"
MOST_LINES = 2000

GET_PLAN_SCHEMA = probatio.Schema({probatio.Optional(ATTR_ASSET): cv.string})
GET_AUDIT_SCHEMA = probatio.Schema(
    {
        probatio.Optional(ATTR_ASSET): cv.string,
        probatio.Optional(ATTR_HOURS, default=24): probatio.All(
            probatio.Coerce(float), probatio.Range(min=0, max=720)
        ),
    }
)
REPLAN_SCHEMA = probatio.Schema({probatio.Optional(ATTR_FETCH, default=False): cv.boolean})


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""

    async def get_plan(call: ServiceCall) -> ServiceResponse:
        return _plan(_runtime_planner(hass), call.data.get(ATTR_ASSET))

    async def get_scorecard(call: ServiceCall) -> ServiceResponse:
        entry: MeritOrderConfigEntry = async_get_config_entry(hass, DOMAIN, None)
        return {"forecasts": await in_words(hass, entry.runtime_data.scorecard.data)}

    async def get_audit(call: ServiceCall) -> ServiceResponse:
        entry: MeritOrderConfigEntry = async_get_config_entry(hass, DOMAIN, None)
        runtime, wanted = entry.runtime_data, call.data.get(ATTR_ASSET)
        since = runtime.planner.now - timedelta(hours=call.data[ATTR_HOURS])
        lines = await runtime.trail.read(since)
        chosen = [line for line in lines if wanted is None or wanted in (line.asset, line.name)]
        entries = await hass.async_add_executor_job(to_json, tuple(chosen[-MOST_LINES:]))
        return {"entries": entries, "left_out": max(len(chosen) - MOST_LINES, 0)}

    async def replan(call: ServiceCall) -> ServiceResponse:
        entry: MeritOrderConfigEntry = async_get_config_entry(hass, DOMAIN, None)
        if call.data[ATTR_FETCH]:
            await entry.runtime_data.home.sources.refresh()
        planner = entry.runtime_data.planner
        await planner.async_refresh()
        if not planner.last_update_success:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="plan_failed",
                translation_placeholders={"error": str(planner.last_exception)},
            )
        return _summary(planner)

    hass.services.async_register(
        DOMAIN, GET_PLAN, get_plan, schema=GET_PLAN_SCHEMA, supports_response=SupportsResponse.ONLY
    )
    hass.services.async_register(
        DOMAIN,
        GET_SCORECARD,
        get_scorecard,
        schema=probatio.Schema({}),
        supports_response=SupportsResponse.ONLY,
    )
    hass.services.async_register(
        DOMAIN, GET_AUDIT, get_audit, schema=GET_AUDIT_SCHEMA, supports_response=SupportsResponse.ONLY
    )
    async_register_admin_service(
        hass, DOMAIN, REPLAN, replan, schema=REPLAN_SCHEMA, supports_response=SupportsResponse.OPTIONAL
    )


def _runtime_planner(hass: HomeAssistant) -> PlanCoordinator:
    entry: MeritOrderConfigEntry = async_get_config_entry(hass, DOMAIN, None)
    return entry.runtime_data.planner


def _plan(planner: PlanCoordinator, wanted: str | None) -> dict[str, Any]:
    """The plan as JSON, or one asset of it found by id or name."""
    if (plan := planner.plan_json) is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_plan")
    if wanted is None:
        return plan
    chosen = [asset for asset in plan["assets"] if wanted in (asset["id"], asset["name"])]
    if not chosen:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_such_asset",
            translation_placeholders={"asset": wanted},
        )
    return {**plan, "assets": chosen}


def _summary(planner: PlanCoordinator) -> dict[str, Any]:
    plan = planner.plan
    if plan is None:
        return {"status": PlanStatus.NONE.value}
    return {
        "id": plan.id,
        "at": plan.at.isoformat(),
        "status": plan.status.value,
        "cost": plan.cost,
        "baseline_cost": plan.baseline_cost,
        "expected_saving": plan.expected_saving,
        "solve_ms": plan.solve_ms,
        "slots": len(plan.edges) - 1,
        "shortfalls": to_json(plan.shortfalls),
    }
