"""The table of entities: names, classes, units, where they stand. And what time alone does to them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from custom_components.merit_order import coordinator
from custom_components.merit_order.engine.model.plan import Decision
from custom_components.merit_order.engine.model.snapshot import Snapshot

from .homes import BOILER, BOILER_ID, SOCKET, WATT, state_of

type Advance = Callable[[float], Awaitable[None]]

ATTRIBUTES = ("device_class", "state_class", "unit_of_measurement", "options", "friendly_name")


async def test_the_table(
    hass: HomeAssistant,
    home: MockConfigEntry,
    snapshot: SnapshotAssertion,
    entity_registry: er.EntityRegistry,
    device_registry: dr.DeviceRegistry,
) -> None:
    """A change here is a change people's automations and dashboards see."""
    table = {}
    for entry in er.async_entries_for_config_entry(entity_registry, home.entry_id):
        state = hass.states.get(entry.entity_id)
        assert entry.disabled or state is not None, entry.entity_id
        device = device_registry.async_get(entry.device_id or "")
        assert device is not None
        shown = state.attributes if state is not None else {}
        table[entry.entity_id] = {
            "unique_id": entry.unique_id,
            "subentry": entry.config_subentry_id,
            "device": device.name,
            "category": str(entry.entity_category) if entry.entity_category else None,
            **({"disabled": "True"} if entry.disabled else {}),
            **{name: str(shown[name]) for name in ATTRIBUTES if name in shown},
        }
    assert dict(sorted(table.items())) == snapshot


async def test_values_are_what_the_devices_say(hass: HomeAssistant, home: MockConfigEntry) -> None:
    def value(entity_id: str) -> str:
        state = hass.states.get(entity_id)
        assert state is not None, entity_id
        return state.state

    assert float(value("sensor.meter_grid_power")) == 800
    assert float(value("sensor.meter_grid_import")) == 1000
    assert float(value("sensor.store_state_of_charge")) == 50
    assert float(value("sensor.store_battery_power")) == -200
    assert float(value("sensor.home_price_now")) == 0.30
    assert float(value("sensor.home_export_price_now")) == 0.08
    assert abs(float(value("sensor.home_cost_per_hour")) - 0.24) < 1e-9
    assert value("sensor.home_price_level") == "normal"
    assert value("select.home_mode") == "advise"
    assert value("sensor.home_plan_status") in ("optimal", "provisional")


async def test_no_state_carries_an_array(hass: HomeAssistant, home: MockConfigEntry) -> None:
    for state in hass.states.async_all():
        for name, value in state.attributes.items():
            # What a select or an event may be is Home Assistant's own list, and never recorded.
            if name not in ("options", "event_types"):
                assert not isinstance(value, (list, tuple, dict)), (state.entity_id, name)


async def test_planned_turns_off_at_the_slot_edge_by_time_alone(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two thoughts only time passes: the sensor follows the plan that there is."""
    planner = home.runtime_data.planner
    plan = planner.plan
    boiler = next(asset for asset in plan.assets if asset.id == BOILER_ID)
    edge = plan.edges[1]
    cut = replace(boiler, active=(True, False, *boiler.active[2:]))
    short = replace(plan, assets=tuple(cut if a.id == BOILER_ID else a for a in plan.assets))
    planner.async_set_updated_data(replace(planner.data, decision=replace(planner.data.decision, plan=short)))
    home.runtime_data.planner._watch_edge(short)
    monkeypatch.setattr(coordinator, "think", _thinks_no_more)
    left = (edge - dt_util.utcnow()).total_seconds()
    await clock(left - 1)
    assert state_of(hass, "binary_sensor.boiler_planned_now") == STATE_ON
    await clock(1)
    assert state_of(hass, "binary_sensor.boiler_planned_now") == STATE_OFF


def _thinks_no_more(snapshot: Snapshot) -> Decision:
    raise RuntimeError("out of thoughts")


async def test_a_plan_that_cannot_be_renewed_is_lost(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coordinator, "think", _thinks_no_more)
    await clock(600)
    assert state_of(hass, "binary_sensor.boiler_planned_now") == STATE_ON
    await clock(700)
    await clock(300)
    assert state_of(hass, "binary_sensor.boiler_planned_now") == STATE_UNAVAILABLE
    assert state_of(hass, "sensor.home_plan_status") == "none"


async def test_a_home_without_prices_has_no_plan(hass: HomeAssistant, home: MockConfigEntry) -> None:
    home.runtime_data.home.sources.find("price").value = None
    await home.runtime_data.planner.async_refresh()
    assert state_of(hass, "sensor.home_plan_status") == "none"
    assert state_of(hass, "binary_sensor.boiler_planned_now") == STATE_UNAVAILABLE


async def test_a_device_that_is_its_asset_is_one_device_also_after_it_was_two(
    hass: HomeAssistant, home: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> None:
    def names() -> list[str]:
        found = dr.async_entries_for_config_entry(device_registry, home.entry_id)
        return sorted(device.name or "" for device in found)

    assert {"Boiler", "Boiler socket"} <= set(names())
    socket = home.subentries[SOCKET]
    hass.config_entries.async_update_subentry(home, socket, title="Boiler")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert "Boiler socket" not in names()
    assert names().count("Boiler") == 1


async def test_the_plan_and_the_sensor_call_a_price_by_the_persons_own_thresholds(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance
) -> None:
    assert state_of(hass, "sensor.home_price_level") == "normal"
    assert set(home.runtime_data.planner.plan.home.price_level) == {"normal"}
    hass.config_entries.async_update_entry(home, options={"mode": "advise", "cheap_below": 0.35})
    await hass.async_block_till_done(wait_background_tasks=True)
    await clock(4)
    assert state_of(hass, "sensor.home_price_level") == "cheap"
    assert set(home.runtime_data.planner.plan.home.price_level) == {"cheap"}


async def test_a_boiler_that_is_on_and_hot_is_seen_to_want_nothing(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance
) -> None:
    idle = "binary_sensor.boiler_socket_on_draws_nothing"
    assert state_of(hass, idle) == "off"
    await hass.services.async_call("input_boolean", "turn_on", {"entity_id": BOILER}, blocking=True)
    await clock(5)
    assert state_of(hass, idle) == "off", "it heats"
    hass.states.async_set("sensor.boiler_power", "0", WATT)
    await clock(5)
    assert state_of(hass, idle) == "on"
