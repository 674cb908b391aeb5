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
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .const import DOMAIN
from .past import Quarter, columns
from .runtime import MeritOrderConfigEntry
from .websocket_parts import capacity_json, commands_json, entities_json, home_json, savings_json

SIGNAL_LOADED: Final = f"{DOMAIN}_loaded"


@callback
def async_setup_websocket(hass: HomeAssistant) -> None:
    """Register the commands."""
    async_register_command(hass, subscribe)


@callback
@websocket_command({"type": "merit_order/subscribe"})
def subscribe(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Push the parts of the picture (websocket_parts.py) and the history now, after that what changed of them.

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
                runtime.demand.async_add_listener(self._push),
                runtime.trail.listen(lambda _: self._push()),
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
            "capacity": capacity_json(runtime),
            "commands": commands_json(runtime),
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
