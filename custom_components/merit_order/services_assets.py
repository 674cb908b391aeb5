"""The actions that ask something of one asset: a one-off need, an order, and taking both back."""

from datetime import datetime
from typing import Any, Final

import probatio
from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.service import async_get_config_entry
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .engine.model.codec import to_json
from .engine.model.snapshot import Need, Override, OverrideMode
from .planned import PlannedAsset
from .runtime import MeritOrderConfigEntry, Runtime

ATTR_ASSET: Final = "asset"
NEED, OVERRIDE, RESUME = "need", "override", "resume"
UNITS: Final = ("kwh", "percent", "runs", "celsius")

NEED_SCHEMA = probatio.Schema(
    {
        probatio.Required(ATTR_ASSET): cv.string,
        probatio.Required("amount"): probatio.All(probatio.Coerce(float), probatio.Range(min=0, max=1000)),
        probatio.Required("unit"): probatio.In(UNITS),
        probatio.Required("by"): cv.datetime,
    }
)
OVERRIDE_SCHEMA = probatio.Schema(
    {
        probatio.Required(ATTR_ASSET): cv.string,
        probatio.Required("mode"): probatio.In([mode.value for mode in OverrideMode]),
        probatio.Required("until"): cv.datetime,
        probatio.Optional("start"): cv.datetime,
        probatio.Optional("power"): probatio.All(probatio.Coerce(float), probatio.Range(min=-100, max=100)),
    }
)
RESUME_SCHEMA = probatio.Schema({probatio.Required(ATTR_ASSET): cv.string})


@callback
def async_setup_asset_services(hass: HomeAssistant) -> None:
    """Register the actions."""

    async def need(call: ServiceCall) -> ServiceResponse:
        runtime, asset = await _asked(hass, call)
        now = runtime.planner.now
        by = _ahead(call.data["by"], now)
        wish = Need(amount=call.data["amount"], unit=call.data["unit"], by=by)
        runtime.home.controls.add_need(asset.id, wish, now)
        return await _answer(runtime, asset)

    async def override(call: ServiceCall) -> ServiceResponse:
        runtime, asset = await _asked(hass, call)
        now = runtime.planner.now
        order = Override(
            mode=OverrideMode(call.data["mode"]),
            start=max(dt_util.as_utc(call.data["start"]), now) if "start" in call.data else now,
            end=_ahead(call.data["until"], now),
            power_kw=call.data.get("power"),
        )
        if order.end <= order.start:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="ends_before_it_starts")
        runtime.home.controls.add_override(asset.id, order, now)
        if order.start <= now:
            # Who gives an order through us has taken their own hand off.
            runtime.driver.resume(asset)
        return await _answer(runtime, asset)

    async def resume(call: ServiceCall) -> ServiceResponse:
        runtime, asset = await _asked(hass, call)
        runtime.home.controls.set_override(asset.id, None)
        runtime.home.controls.clear_needs(asset.id)
        runtime.driver.resume(asset)
        return await _answer(runtime, asset)

    for name, handler, schema in (
        (NEED, need, NEED_SCHEMA),
        (OVERRIDE, override, OVERRIDE_SCHEMA),
        (RESUME, resume, RESUME_SCHEMA),
    ):
        hass.services.async_register(
            DOMAIN, name, handler, schema=schema, supports_response=SupportsResponse.OPTIONAL
        )


async def _asked(hass: HomeAssistant, call: ServiceCall) -> tuple[Runtime, PlannedAsset]:
    """The asset that is meant, by id or name, if this person may control it."""
    entry: MeritOrderConfigEntry = async_get_config_entry(hass, DOMAIN, None)
    runtime = entry.runtime_data
    wanted = call.data[ATTR_ASSET]
    asset = next((a for a in runtime.home.assets if a.steerable and wanted in (a.id, a.config.name)), None)
    if asset is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_such_asset",
            translation_placeholders={"asset": wanted},
        )
    await _check_control(hass, call, asset)
    return runtime, asset


async def _check_control(hass: HomeAssistant, call: ServiceCall, asset: PlannedAsset) -> None:
    """Who may switch the asset's own switch may ask something of it."""
    if call.context.user_id is None:
        return
    user = await hass.auth.async_get_user(call.context.user_id)
    if user is None:
        raise UnknownUser(context=call.context)
    entity_id = er.async_get(hass).async_get_entity_id(SWITCH_DOMAIN, DOMAIN, f"{asset.id}_allowed")
    if entity_id is None or not user.permissions.check_entity(entity_id, POLICY_CONTROL):
        raise Unauthorized(context=call.context, entity_id=entity_id, permission=POLICY_CONTROL)


def _ahead(at: datetime, now: datetime) -> datetime:
    """As UTC (a time without a zone is the home's); raises when it has passed."""
    moment = dt_util.as_utc(at)
    if moment <= now:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="already_past")
    return moment


async def _answer(runtime: Runtime, asset: PlannedAsset) -> dict[str, Any]:
    """What the plan makes of it."""
    await runtime.planner.async_refresh()
    plan = runtime.planner.plan
    found = plan.asset(asset.id) if plan is not None else None
    short = [s for s in plan.shortfalls if s.asset == asset.id] if plan is not None else []
    return {
        "asset": asset.id,
        "blocks": to_json(found.blocks) if found is not None else [],
        "cost": found.cost if found is not None else None,
        "shortfalls": to_json(tuple(short)),
    }
