"""What the cards see: the plan and the moment, pushed as they change."""

from typing import Any

from homeassistant.components.websocket_api import (
    ERR_NOT_FOUND,
    ActiveConnection,
    async_register_command,
    event_message,
    websocket_command,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .engine.model.codec import to_json
from .plan_view import active_now
from .planned import PlannedAsset
from .runtime import MeritOrderConfigEntry, Runtime

# The entities of an asset a card may want: key in the answer, platform, end of the unique id.
ASSET_ENTITIES = (
    ("switch", "switch", "allowed"),
    ("binary_sensor", "binary_sensor", "planned"),
    ("calendar", "calendar", "plan"),
    ("next_start", "sensor", "next_start"),
    ("next_end", "sensor", "next_end"),
)


@callback
def async_setup_websocket(hass: HomeAssistant) -> None:
    """Register the commands."""
    async_register_command(hass, subscribe)


@callback
@websocket_command({"type": "merit_order/subscribe"})
def subscribe(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Push `{"plan", "home", "entities"}` now, and after that those of the three that changed. Any user may read."""
    entries: list[MeritOrderConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    if not entries:
        connection.send_error(msg["id"], ERR_NOT_FOUND, "Merit Order is not set up")
        return
    entry = entries[0]
    sent: dict[str, Any] = {}

    @callback
    def push() -> None:
        if entry.state is not ConfigEntryState.LOADED:
            return
        parts = {
            "plan": entry.runtime_data.planner.plan_json,
            "home": home_json(entry.runtime_data),
            "entities": entities_json(hass, entry.runtime_data),
        }
        changed = {key: value for key, value in parts.items() if key not in sent or sent[key] != value}
        if changed:
            sent.update(changed)
            connection.send_message(event_message(msg["id"], changed))

    runtime = entry.runtime_data
    stops = [runtime.planner.async_add_listener(push), runtime.live.async_add_listener(push)]

    @callback
    def stop() -> None:
        while stops:
            stops.pop()()

    entry.async_on_unload(stop)
    connection.subscriptions[msg["id"]] = stop
    connection.send_result(msg["id"])
    push()


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


def entities_json(hass: HomeAssistant, runtime: Runtime) -> dict[str, dict[str, Any]]:
    """Per asset: the entities that show and steer it, and what it is to do now."""
    return {
        asset.id: _asset_json(er.async_get(hass), runtime, asset)
        for asset in runtime.home.assets
        if asset.steerable
    }


def _asset_json(registry: er.EntityRegistry, runtime: Runtime, asset: PlannedAsset) -> dict[str, Any]:
    plan = runtime.planner.plan
    ids = {
        name: registry.async_get_entity_id(domain, DOMAIN, f"{asset.id}_{key}")
        for name, domain, key in ASSET_ENTITIES
    }
    return {
        **ids,
        "enabled": runtime.home.controls.enabled(asset.id),
        "active": active_now(plan, plan.asset(asset.id) if plan is not None else None, runtime.planner.now),
    }
