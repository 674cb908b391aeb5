"""What the cards see: the plan and the moment, pushed as they change."""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.components.websocket_api import (
    ERR_NOT_FOUND,
    ActiveConnection,
    async_register_command,
    event_message,
    websocket_command,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import DOMAIN
from .engine.ledger import METHOD
from .engine.model.codec import to_json
from .past import Quarter, columns
from .plan_view import active_now
from .planned import PlannedAsset
from .runtime import MeritOrderConfigEntry, Runtime

SIGNAL_LOADED: Final = f"{DOMAIN}_loaded"

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
    """Push `{"plan", "home", "entities", "savings", "scorecard", "history"}` now, after that what changed of them.

    What is added to the history later comes as `history_add`, of the same shape. Any user may read.
    """
    if not hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False):
        connection.send_error(msg["id"], ERR_NOT_FOUND, "Merit Order is not set up")
        return
    feed = Feed(hass, connection, msg["id"])
    connection.subscriptions[msg["id"]] = feed.stop
    connection.send_result(msg["id"])
    feed.start()


class Feed:
    """One subscription. It outlives a reload: what it listens to is taken anew each time the home is loaded."""

    def __init__(self, hass: HomeAssistant, connection: ActiveConnection, message_id: int) -> None:
        self._hass = hass
        self._connection = connection
        self._message_id = message_id
        self._sent: dict[str, Any] = {}
        self._stops: list[Callable[[], None]] = []
        self._stop_loaded: Callable[[], None] | None = None

    @callback
    def start(self) -> None:
        """Begin to push."""
        self._stop_loaded = async_dispatcher_connect(self._hass, SIGNAL_LOADED, self._hook)
        self._hook()

    @callback
    def stop(self) -> None:
        """Push no more."""
        self._unhook()
        if self._stop_loaded is not None:
            self._stop_loaded()
            self._stop_loaded = None

    @callback
    def _hook(self) -> None:
        self._unhook()
        entries: list[MeritOrderConfigEntry] = self._hass.config_entries.async_loaded_entries(DOMAIN)
        if entries:
            runtime = entries[0].runtime_data
            self._stops = [
                runtime.planner.async_add_listener(self._push),
                runtime.live.async_add_listener(self._push),
                runtime.savings.async_add_listener(self._push),
                runtime.scorecard.async_add_listener(self._push),
                runtime.history.listen(self._push_past),
                runtime.savings.watch(),
            ]
            self._sent.pop("history", None)
            self._push()
            runtime.history.complete()

    @callback
    def _unhook(self) -> None:
        while self._stops:
            self._stops.pop()()

    @callback
    def _push(self) -> None:
        entries: list[MeritOrderConfigEntry] = self._hass.config_entries.async_loaded_entries(DOMAIN)
        if not entries:
            return
        runtime = entries[0].runtime_data
        parts: dict[str, Any] = {
            "plan": runtime.planner.plan_json,
            "home": home_json(runtime),
            "entities": entities_json(self._hass, runtime),
            "savings": savings_json(self._hass, runtime),
            "scorecard": runtime.scorecard.json(),
        }
        sent = self._sent
        if "history" not in sent:
            parts["history"] = runtime.history.past.to_json()
        changed = {key: value for key, value in parts.items() if key not in sent or sent[key] != value}
        if changed:
            sent.update(changed)
            self._connection.send_message(event_message(self._message_id, changed))

    @callback
    def _push_past(self, quarter: Quarter | None) -> None:
        """The quarter hour that was added, or the whole past anew."""
        if quarter is not None:
            added = {"history_add": columns([quarter])}
            self._connection.send_message(event_message(self._message_id, added))
        else:
            self._sent.pop("history", None)
            self._push()


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
    periods = ("today", "month", "year", "total")
    home_id = runtime.savings.config_entry.entry_id
    return {
        **{period: _rounded(to_json(getattr(result, period))) for period in periods},
        "since": to_json(result.since),
        "method": METHOD,
        "entity": er.async_get(hass).async_get_entity_id("sensor", DOMAIN, f"{home_id}_savings_total"),
        "assets": None
        if shares is None
        else {
            key: {period: _rounded(to_json(getattr(share, period))) for period in periods}
            for key, share in shares.items()
        },
    }


def _rounded(figures: dict[str, Any]) -> dict[str, Any]:
    return {key: round(value, 4) for key, value in figures.items()}


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
        "overrides": to_json(runtime.home.controls.overrides(asset.id, runtime.planner.now)),
        "needs": to_json(runtime.home.controls.needs(asset.id, runtime.planner.now)),
        "active": active_now(plan, plan.asset(asset.id) if plan is not None else None, runtime.planner.now),
        "withheld": to_json(runtime.home.withheld.get(asset.id)),
    }
