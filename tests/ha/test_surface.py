"""Everything that shows the plan: calendar, schedule, actions, websocket, Energy dashboard, diagnostics, repairs."""

import json
from collections.abc import Awaitable, Callable
from datetime import time, timedelta
from typing import Any

import pytest
from homeassistant.components.schedule import DOMAIN as SCHEDULE
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket, WebSocketGenerator

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.diagnostics import PRIVATE, async_get_config_entry_diagnostics
from custom_components.merit_order.energy import async_get_solar_forecast
from custom_components.merit_order.engine.devices import DEVICES
from custom_components.merit_order.engine.forecasts import FORECASTS
from custom_components.merit_order.engine.model.codec import from_json
from custom_components.merit_order.engine.model.options import OptionType
from custom_components.merit_order.engine.model.series import Forecast, Series, utc
from custom_components.merit_order.engine.model.snapshot import Snapshot
from custom_components.merit_order.engine.pipeline import think
from custom_components.merit_order.engine.tariffs import TARIFFS
from custom_components.merit_order.sources import Source

from .homes import BOILER_ID, METER, SOCKET, respond, state_of

type Advance = Callable[[float], Awaitable[None]]


async def call(hass: HomeAssistant, action: str, **data: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await respond(hass, DOMAIN, action, data)
    return answer


async def test_the_calendar_holds_the_planned_blocks(hass: HomeAssistant, home: MockConfigEntry) -> None:
    now = dt_util.utcnow()
    asked = {
        "entity_id": "calendar.boiler_plan",
        "start_date_time": now,
        "end_date_time": now + timedelta(days=3),
    }
    answer = await respond(hass, "calendar", "get_events", asked)
    events = answer["calendar.boiler_plan"]["events"]
    blocks = home.runtime_data.planner.plan.asset(BOILER_ID).blocks
    assert [dt_util.parse_datetime(e["start"]) for e in events] == [b.start for b in blocks]
    assert "kWh" in events[0]["description"]


async def test_a_real_schedule_follows_the_plan_and_goes_with_the_home(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    state = hass.states.get("schedule.boiler")
    assert state is not None
    assert state.state == state_of(hass, "binary_sensor.boiler_planned_now") == STATE_ON
    ends = dt_util.parse_datetime(state_of(hass, "sensor.boiler_next_end"))
    assert state.attributes["next_event"] == ends
    answer = await respond(hass, SCHEDULE, "get_schedule", {"entity_id": "schedule.boiler"})
    first = answer["schedule.boiler"]["saturday"][0]
    # Planned at 10:02 of the home's clock.
    assert first == {"from": time(10, 2), "to": dt_util.as_local(ends).time()}
    assert await hass.config_entries.async_unload(home.entry_id)
    await hass.async_block_till_done()
    assert state_of(hass, "schedule.boiler") == STATE_UNAVAILABLE
    await hass.config_entries.async_remove(home.entry_id)
    assert er.async_get(hass).async_get("schedule.boiler") is None


async def test_a_broken_schedule_component_costs_nothing_else(
    hass: HomeAssistant, home: MockConfigEntry, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    monkeypatch.setattr("custom_components.merit_order.schedules.Schedule", None)
    assert await hass.config_entries.async_reload(home.entry_id)
    await hass.async_block_till_done()
    assert "everything else works" in caplog.text
    assert state_of(hass, "sensor.home_price_now") == "0.3"


async def test_get_plan_answers_with_the_plan(hass: HomeAssistant, home: MockConfigEntry) -> None:
    plan = await call(hass, "get_plan")
    assert plan["currency"] == "EUR"
    assert {asset["name"] for asset in plan["assets"]} >= {"Boiler", "Battery"}
    one = await call(hass, "get_plan", asset="Boiler")
    assert [asset["id"] for asset in one["assets"]] == [BOILER_ID]
    json.dumps(plan)
    with pytest.raises(ServiceValidationError):
        await call(hass, "get_plan", asset="Spaceship")


async def test_replan_thinks_again(hass: HomeAssistant, home: MockConfigEntry, clock: Advance) -> None:
    before = await call(hass, "get_plan")
    await clock(30)
    answer = await call(hass, "replan")
    assert answer["at"] > before["at"]
    assert answer["slots"] > 100


async def test_a_card_is_told_at_once_and_on_change(
    hass: HomeAssistant, home: MockConfigEntry, hass_ws_client: WebSocketGenerator, clock: Advance
) -> None:
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "merit_order/subscribe"})
    assert (await client.receive_json())["success"]
    first = (await client.receive_json())["event"]
    assert first["plan"]["assets"]
    assert first["home"]["mode"] == "advise"
    assert first["home"]["grid_kw"] == 0.8
    assert first["entities"][BOILER_ID]["switch"] == "switch.boiler_controlled_by_the_plan"
    assert first["entities"][BOILER_ID]["active"] is True
    assert first["entities"][BOILER_ID]["wants_nothing"] in (True, False)
    hass.states.async_set("sensor.grid_power", "1500", {"unit_of_measurement": "W", "device_class": "power"})
    await clock(6)
    second = await _told(client, lambda event: event.get("home", {}).get("grid_kw") == 1.5)
    assert "plan" not in second


async def test_a_card_is_still_told_after_a_reload(
    hass: HomeAssistant, home: MockConfigEntry, hass_ws_client: WebSocketGenerator, clock: Advance
) -> None:
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "merit_order/subscribe"})
    await client.receive_json()
    await client.receive_json()
    assert await hass.config_entries.async_reload(home.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await clock(4)
    await _told(client, lambda event: bool(event.get("plan")))


async def _told(client: MockHAClientWebSocket, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The next message that is wanted; others (history, savings) come in between, whenever they are ready."""
    for _ in range(10):
        event: dict[str, Any] = (await client.receive_json())["event"]
        if wanted(event):
            return event
    raise AssertionError("ten messages, and none was the one")


async def test_a_card_hears_that_nothing_is_set_up(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "merit_order/subscribe"})
    assert (await client.receive_json())["error"]["code"] == "not_found"


async def test_solar_forecast_for_the_energy_dashboard(hass: HomeAssistant, home: MockConfigEntry) -> None:
    assert await async_get_solar_forecast(hass, home.entry_id) is None
    noon = utc("2026-11-21T12:00:00+00:00")
    forecast = Forecast(Series.regular(noon, 30, [1.0, 2.0, 3.0, 4.0]))
    _give(home, "solar", forecast)
    answer = await async_get_solar_forecast(hass, home.entry_id)
    assert answer == {"wh_hours": {"2026-11-21T12:00:00+00:00": 1500.0, "2026-11-21T13:00:00+00:00": 3500.0}}


def _give(home: MockConfigEntry, key: str, value: Forecast) -> None:
    async def never(start: Any, end: Any) -> Forecast:
        raise AssertionError("not asked")

    home.runtime_data.home.sources.items.append(
        Source(
            key=key,
            kind="test",
            type=Forecast,
            fetch=never,
            next_after=lambda now: now,
            shelf_key=key,
            value=value,
        )
    )


async def test_diagnostics_replay_and_keep_secrets(hass: HomeAssistant, home: MockConfigEntry) -> None:
    found = json.loads(json.dumps(await async_get_config_entry_diagnostics(hass, home)))
    decision = think(from_json(Snapshot, found["snapshot"]))
    assert abs(decision.plan.cost - found["plan"]["cost"]) < 1e-6
    assert {device["kind"] for device in found["devices"]} >= {"entities_grid", "entities_battery"}


async def test_diagnostics_keep_every_secret(hass: HomeAssistant, home: MockConfigEntry) -> None:
    """Whatever a plug-in asks as a secret, and whatever says where or whose something is."""
    secrets = {
        option.key: f"secret-{option.key}"
        for options in (kind.options for rack in (DEVICES, TARIFFS, FORECASTS) for kind in rack)
        for option in options
        if option.type is OptionType.SECRET or option.key in PRIVATE
    }
    assert {"host", "api_key", "token", "encryption_key", "postcode"} <= secrets.keys()
    meter = home.subentries[METER]
    data = {**meter.data, "options": {**meter.data["options"], **secrets}}
    hass.config_entries.async_update_subentry(home, meter, data=data)
    await hass.async_block_till_done(wait_background_tasks=True)
    found = json.dumps(await async_get_config_entry_diagnostics(hass, home))
    assert "secret-" not in found


async def test_an_unreachable_device_is_reported_and_the_report_taken_back(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance
) -> None:
    registry = ir.async_get(hass)
    gone = {
        name: hass.states.get(name)
        for name in ("sensor.grid_power", "sensor.grid_import", "sensor.grid_export")
    }
    for name in gone:
        hass.states.async_set(name, STATE_UNAVAILABLE)
    for _ in range(8):
        await clock(150)
    assert registry.async_get_issue(DOMAIN, f"device_unreachable_{METER}") is not None
    assert state_of(hass, "sensor.meter_grid_power") == STATE_UNAVAILABLE
    for name, state in gone.items():
        assert state is not None
        hass.states.async_set(name, state.state, state.attributes)
    for _ in range(4):
        await clock(150)
    assert registry.async_get_issue(DOMAIN, f"device_unreachable_{METER}") is None
    assert float(state_of(hass, "sensor.meter_grid_power")) == 800


async def test_missing_solar_forecast_is_reported(hass: HomeAssistant, home: MockConfigEntry) -> None:
    assert ir.async_get(hass).async_get_issue(DOMAIN, "no_solar_forecast") is not None


async def test_needs_set_by_hand_change_the_plan_and_survive_a_restart(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance
) -> None:
    await hass.services.async_call(
        "number", "set_value", {"entity_id": "number.boiler_run_time", "value": 30}, blocking=True
    )
    await hass.services.async_call(
        "time", "set_value", {"entity_id": "time.boiler_done_by", "time": "20:00:00"}, blocking=True
    )
    await clock(4)
    assert home.runtime_data.planner.plan.asset(BOILER_ID).energy_kwh == pytest.approx(2.0)
    await hass.config_entries.async_reload(home.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert float(state_of(hass, "number.boiler_run_time")) == 30
    assert state_of(hass, "time.boiler_done_by") == "20:00:00"


async def test_own_triggers_and_conditions_work_in_an_automation(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance
) -> None:
    calls = async_mock_service(hass, "test", "heard")
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {
                    "trigger": "merit_order.block_ended",
                    "target": {"entity_id": "binary_sensor.boiler_planned_now"},
                },
                "conditions": {
                    "condition": "not",
                    "conditions": {
                        "condition": "merit_order.is_planned",
                        "target": {"entity_id": "binary_sensor.boiler_planned_now"},
                        "options": {"behavior": "any"},
                    },
                },
                "actions": {"action": "test.heard"},
            }
        },
    )
    home.runtime_data.home.controls.set_enabled(BOILER_ID, False)
    await clock(4)
    assert state_of(hass, "binary_sensor.boiler_planned_now") == STATE_OFF
    assert len(calls) == 1


async def test_removing_a_device_removes_all_of_it(hass: HomeAssistant, home: MockConfigEntry) -> None:
    hass.config_entries.async_remove_subentry(home, SOCKET)
    await hass.async_block_till_done(wait_background_tasks=True)
    for entity_id in ("sensor.boiler_socket_power", "binary_sensor.boiler_planned_now", "schedule.boiler"):
        assert hass.states.get(entity_id) is None, entity_id
    assert hass.states.get("sensor.home_price_now") is not None
