"""What was learned of tank, rooms and car stands in the plan, says how sure it is, and never over a person's word."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant, State
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.car_past import absences
from custom_components.merit_order.engine.assets import asset_kind
from custom_components.merit_order.engine.assets.heating import HEATING
from custom_components.merit_order.engine.model.plan import Health, InputStatus
from custom_components.merit_order.engine.model.roles import Role
from custom_components.merit_order.engine.model.snapshot import AssetSpec
from custom_components.merit_order.flow_assets import make_asset

from .homes import START, device, entity_home, set_house

type Advance = Callable[[float], Awaitable[None]]

TANK, ROOMS, CAR = "cylinder_hot_water", "rooms_heating", "wallbox_vehicle"
KITCHEN = "kitchen_load"
COMMUTE = {"time": "07:20", "weekdays": [0, 1, 2, 3, 4], "soc": 38.0, "trip_kwh": 9.0, "returns": "18:15"}


def thing(
    subentry_id: str, kind: str, role: Role, entities: dict[str, str], **given: Any
) -> ConfigSubentryDataWithId:
    """A device bound to entities, with the asset it brings as a person would have made it."""
    asset = make_asset(asset_kind(kind), kind, given)
    return device(subentry_id, subentry_id, f"entities_{role.value}", entities, (role,), (asset,), (role,))


def tank(**given: Any) -> ConfigSubentryDataWithId:
    return thing(
        "cylinder", "hot_water", Role.TANK, {"tank": "switch.tank", "temperature": "sensor.tank"}, **given
    )


def rooms(**given: Any) -> ConfigSubentryDataWithId:
    return thing("rooms", "heating", Role.HEAT, {"climate": "climate.rooms"}, **given)


def car(**given: Any) -> ConfigSubentryDataWithId:
    bound = {"switch": "switch.wallbox", "connected": "binary_sensor.plug", "soc": "sensor.car"}
    return thing("wallbox", "vehicle", Role.CHARGER, bound, capacity_kwh=50.0, **given)


def lesson(values: dict[str, Any], *, good: bool = True, provisional: bool = False) -> dict[str, Any]:
    return {
        "learned": (START - timedelta(hours=1)).isoformat(),
        "values": values,
        "days": 21.0,
        "good": good,
        "provisional": provisional,
        "marks": {"daily_error": 0.2},
    }


DRAWS = {"kw": [[0.1] * 7 + [2.0] + [0.1] * 16] * 7}
ROOM = {"capacity_kwh_k": 12.5, "loss_kw_k": 0.31, "gains_kw": 0.2}


async def planned(
    hass: HomeAssistant,
    clock: Advance,
    storage: dict[str, Any],
    lessons: dict[str, Any],
    *things: ConfigSubentryDataWithId,
) -> tuple[dict[str, AssetSpec], dict[str, InputStatus], dict[str, State]]:
    """Assets, inputs and sensors of the first plan of a home that has learned so much before."""
    storage["merit_order.home"] = {"version": 1, "key": "merit_order.home", "data": {"learned": lessons}}
    await set_house(hass)
    hass.states.async_set("switch.tank", "off")
    hass.states.async_set("sensor.tank", "50", {"unit_of_measurement": "°C", "device_class": "temperature"})
    hass.states.async_set("climate.rooms", "heat", {"current_temperature": 20.5, "temperature": 21.0})
    hass.states.async_set("switch.wallbox", "off")
    hass.states.async_set("binary_sensor.plug", "on")
    hass.states.async_set("sensor.car", "60", {"unit_of_measurement": "%", "device_class": "battery"})
    entry = entity_home(*things)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await clock(4)
    found = _known(hass, entry)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return found


def _known(
    hass: HomeAssistant, entry: MockConfigEntry
) -> tuple[dict[str, AssetSpec], dict[str, InputStatus], dict[str, State]]:
    thought = entry.runtime_data.planner.data
    specs = {spec.id: spec for spec in thought.snapshot.assets}
    inputs = {status.key: status for status in thought.decision.plan.inputs}
    names = {TANK: "hot_water", ROOMS: "heating", CAR: "vehicle", KITCHEN: "load"}
    sensors = {at: hass.states.get(f"sensor.{name}_learned_from_the_past") for at, name in names.items()}
    return specs, inputs, {at: state for at, state in sensors.items() if state is not None}


async def test_a_boiler_is_planned_for_what_it_takes_and_compared_with_its_habit(
    hass: HomeAssistant, clock: Advance, hass_storage: dict[str, Any]
) -> None:
    habit = {"alone_kw": [0.2] * 24, "usual_day_kwh": 3.0}
    kitchen = thing(
        "kitchen", "load", Role.SWITCH, {"switch": "switch.kitchen"}, energy_kwh=5.0, contiguous=False
    )
    hass.states.async_set("switch.kitchen", "off")
    assets, inputs, states = await planned(hass, clock, hass_storage, {KITCHEN: lesson(habit)}, kitchen)
    params = assets[KITCHEN].params
    assert params["usual_day_kwh"] == 3.0
    assert params["alone_kw"] == [0.2] * 24
    assert params["energy_kwh"] == 5.0
    assert inputs[f"learned:{KITCHEN}"].health is Health.FRESH
    assert states[KITCHEN].state == "learned"


async def test_what_was_learned_stands_in_the_plan_and_says_how_sure_it_is(
    hass: HomeAssistant, clock: Advance, hass_storage: dict[str, Any]
) -> None:
    lessons = {
        TANK: lesson(DRAWS, provisional=True),
        ROOMS: lesson({**ROOM, "cop": 3.9, "flow_c": 45.0}),
        CAR: lesson({"departures": [COMMUTE]}),
    }
    specs, inputs, sensors = await planned(
        hass, clock, hass_storage, lessons, tank(), rooms(cop=4.5), car(departure=None)
    )
    drawn = specs[TANK].series["draw"].mid
    # 07:00 on the wall clock in Paris is 06:00 UTC.
    assert drawn.value_at(datetime(2026, 11, 22, 6, 30, tzinfo=UTC)) == 2.0
    assert drawn.value_at(datetime(2026, 11, 22, 12, 30, tzinfo=UTC)) == pytest.approx(0.1)
    assert {name: specs[ROOMS].params[name] for name in ROOM} == ROOM
    # The person set the COP: its curve is theirs too.
    assert (specs[ROOMS].params["cop"], specs[ROOMS].params["flow_c"]) == (4.5, 40.0)
    assert specs[CAR].params["departures"] == [COMMUTE]
    assert inputs[f"learned:{TANK}"].health is Health.PROVISIONAL
    assert inputs[f"learned:{ROOMS}"].health is Health.FRESH
    assert inputs[f"learned:{CAR}"].placeholders == {"days": "21", "daily_error": "0.2"}
    assert (sensors[TANK].state, sensors[ROOMS].state) == ("provisional", "learned")
    assert sensors[ROOMS].attributes["loss_kw_k"] == 0.31


async def test_what_a_person_said_wins(
    hass: HomeAssistant, clock: Advance, hass_storage: dict[str, Any]
) -> None:
    lessons = {TANK: lesson(DRAWS), ROOMS: lesson(ROOM), CAR: lesson({"departures": [COMMUTE]})}
    specs, inputs, sensors = await planned(
        hass,
        clock,
        hass_storage,
        lessons,
        tank(draw_kwh_day=7.0),
        rooms(loss_kw_k=0.25),
        car(departure="06:30", returns="20:00"),
    )
    assert not specs[TANK].series
    assert specs[ROOMS].params["loss_kw_k"] == 0.25
    assert specs[ROOMS].params["capacity_kwh_k"] == 8.0
    assert [departure["time"] for departure in specs[CAR].params["departures"]] == ["06:30"]
    assert not any(key.startswith("learned") for key in inputs)
    assert {state.state for state in sensors.values()} == {"yours"}


async def test_a_person_s_departure_stays_beside_the_trips_that_were_learned(
    hass: HomeAssistant, clock: Advance, hass_storage: dict[str, Any]
) -> None:
    """A wish is when it must be ready; a trip tells when it is not there. It asks for no more than the wish."""
    specs, _, _ = await planned(
        hass,
        clock,
        hass_storage,
        {CAR: lesson({"departures": [COMMUTE]})},
        car(departure="07:00", departure_soc=30.0),
    )
    wish, trip = specs[CAR].params["departures"]
    assert (wish["time"], wish["soc"], wish["returns"]) == ("07:00", 30.0, None)
    assert trip == {**COMMUTE, "soc": 30.0}


async def test_a_lesson_that_is_not_good_enough_is_kept_and_not_planned_by(
    hass: HomeAssistant, clock: Advance, hass_storage: dict[str, Any]
) -> None:
    specs, inputs, sensors = await planned(
        hass, clock, hass_storage, {ROOMS: lesson(ROOM, good=False)}, rooms()
    )
    defaults = {option.key: option.default for option in HEATING.options}
    assert {name: specs[ROOMS].params[name] for name in ROOM} == {name: defaults[name] for name in ROOM}
    assert f"learned:{ROOMS}" not in inputs
    assert sensors[ROOMS].state == "unsure"


async def test_a_past_that_says_nothing_does_not_undo_what_it_said_before(
    hass: HomeAssistant, clock: Advance, hass_storage: dict[str, Any]
) -> None:
    """There is no recorder here. A habit holds for two weeks, what was learned of a building for a year."""
    lessons = {TANK: lesson(DRAWS), ROOMS: lesson(ROOM)}
    hass_storage["merit_order.home"] = {"version": 1, "key": "merit_order.home", "data": {"learned": lessons}}
    await set_house(hass)
    entry = entity_home(tank(), rooms())
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    learned = entry.runtime_data.home.learned
    for days, known in ((1, {TANK, ROOMS}), (15, {ROOMS}), (360, set())):
        await clock(days * 86_400)
        await learned.learn()
        assert {asset for asset in (TANK, ROOMS) if learned.lesson(asset) is not None} == known
    assert await hass.config_entries.async_unload(entry.entry_id)


def states(*rows: tuple[float, str]) -> list[State]:
    """States by hours after the start."""
    moments = [(START + timedelta(hours=hours), state) for hours, state in rows]
    return [State("sensor.x", state, last_changed=at, last_updated=at) for at, state in moments]


def test_absences_are_read_from_plug_and_charge() -> None:
    plug = states((0, "on"), (2, "off"), (3, "unavailable"), (4, "off"), (11, "on"), (20, "off"))
    soc = states((0, "50"), (1, "80"), (10, "unknown"), (11.1, "60"), (13, "90"))
    watch = absences(plug, soc, 50.0, START + timedelta(hours=30))
    assert watch is not None
    (one,) = watch.absences
    assert (one.left, one.back) == (START + timedelta(hours=2), START + timedelta(hours=11))
    assert one.used_kwh == pytest.approx(10.0)
    # It is away since hour 20: that absence is read whole the next time.
    assert watch.until < START + timedelta(hours=20)


def test_a_car_that_is_away_when_the_watch_begins_left_at_no_known_time() -> None:
    watch = absences(states((0, "off"), (5, "on")), [], 50.0, START + timedelta(hours=9))
    assert watch is not None
    assert not watch.absences
    assert watch.until == START + timedelta(hours=9)


def test_a_plug_that_never_spoke_teaches_nothing() -> None:
    assert absences(states((0, "unavailable"), (3, "unknown")), [], 50.0, START) is None
