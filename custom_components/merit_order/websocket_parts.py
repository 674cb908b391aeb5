"""The parts of what cards see, as JSON."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .audit import news
from .binary_sensor import wants_nothing
from .const import DOMAIN
from .demand import charge
from .engine.ledger import METHOD
from .engine.model.codec import to_json
from .engine.model.roles import Role
from .gather import grid_reading
from .plan_view import active_now
from .planned import PlannedAsset
from .runtime import Runtime

# The entities of an asset a card may want: key in the answer, platform, end of the unique id.
ASSET_ENTITIES = (
    ("switch", "switch", "allowed"),
    ("binary_sensor", "binary_sensor", "planned"),
    ("calendar", "calendar", "plan"),
    ("next_start", "sensor", "next_start"),
    ("next_end", "sensor", "next_end"),
)
# What was told to devices lately: enough to see a pattern, not so much that it is scrolled through.
COMMANDS_SHOWN: Final = 12
PERIODS: Final = ("today", "month", "year", "total")


def home_json(runtime: Runtime) -> dict[str, Any]:
    """The moment: powers in kW, prices in currency/kWh."""
    live: dict[str, Any] = to_json(runtime.live.data)
    return {
        "mode": runtime.planner.mode,
        "currency": runtime.home.currency,
        "timezone": runtime.home.ports.timezone,
        **live,
        "updated_at": live["measured_at"],
    }


def savings_json(hass: HomeAssistant, runtime: Runtime) -> dict[str, Any] | None:
    """What was saved, in the home's currency; None until something was measured.

    Per period `saved` ± `uncertainty` and what was `paid`; per asset, once worked out, the two bounds of its share
    (engine/ledger/shares.py). `entity` has the long-term statistics.
    """
    result, shares = runtime.savings.data, runtime.savings.shares
    if result is None:
        return None
    home_id = runtime.savings.config_entry.entry_id
    return {
        **{period: _rounded(to_json(getattr(result, period))) for period in PERIODS},
        "since": to_json(result.since),
        "method": METHOD,
        "entity": er.async_get(hass).async_get_entity_id("sensor", DOMAIN, f"{home_id}_savings_total"),
        "assets": None
        if shares is None
        else {
            key: {period: _rounded(to_json(getattr(share, period))) for period in PERIODS}
            for key, share in shares.items()
        },
    }


def _rounded(figures: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 4) for key, value in figures.items()}


def entities_json(hass: HomeAssistant, runtime: Runtime) -> dict[str, dict[str, Any]]:
    """Per asset: the entities that show and steer it, what it is to do now, and whether it is on and draws nothing."""
    return {
        asset.id: _asset_json(er.async_get(hass), runtime, asset)
        for asset in runtime.home.assets
        if asset.steerable
    }


def _asset_json(registry: er.EntityRegistry, runtime: Runtime, asset: PlannedAsset) -> dict[str, Any]:
    plan = runtime.planner.plan
    readings = runtime.home.devices[asset.subentry_id].readings
    ids = {
        name: registry.async_get_entity_id(domain, DOMAIN, f"{asset.id}_{key}")
        for name, domain, key in ASSET_ENTITIES
    }
    return {
        **ids,
        "enabled": runtime.home.controls.enabled(asset.id),
        "overrides": to_json(runtime.home.controls.overrides(asset.id, runtime.planner.now)),
        "needs": to_json(runtime.home.controls.needs(asset.id, runtime.planner.now)),
        "active": active_now(plan, plan.asset(asset.id) if plan is not None else None, runtime.planner.now),
        "wants_nothing": wants_nothing(readings)
        if readings is not None and asset.role is Role.SWITCH
        else None,
        "withheld": to_json(runtime.home.withheld.get(asset.id)),
    }


def capacity_json(runtime: Runtime) -> dict[str, Any] | None:
    """The charge on demand: figures of DemandNow, and what one more kW of the month's peak costs (currency/kW).

    None in a home without such a charge, or while its meter is silent.
    """
    figures, home = runtime.demand.data, runtime.home
    config = home.tariff.capacity if home.tariff is not None else None
    found = grid_reading(home)
    if figures is None or config is None or home.demand is None or found is None:
        return None
    cost = charge(config, home.demand, found[0], home.ports.clock.now())
    told: dict[str, Any] = to_json(figures)
    return {
        **{key: round(value, 4) if isinstance(value, float) else value for key, value in told.items()},
        "window_minutes": config.window_minutes,
        "price_per_kw": round(cost.price_per_kw, 4),
    }


def commands_json(runtime: Runtime) -> list[dict[str, Any]]:
    """What was told to devices lately, or would be if it were not for the mode, newest first."""
    recent = runtime.trail.recent(COMMANDS_SHOWN)
    return [{"at": to_json(entry.at), **news(entry)} for entry in reversed(recent)]
