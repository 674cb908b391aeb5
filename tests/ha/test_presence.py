"""Absences are read from zone.home, holidays are asked of Workday, and both reach the load that is forecast."""

from datetime import date, timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant, ServiceCall, State, SupportsResponse
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.merit_order.engine.forecasts import STILL_AWAY
from custom_components.merit_order.ports import Shelf, build_ports
from custom_components.merit_order.presence import Away, Presence, Whereabouts, watched

from .homes import START

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _our_integration(
    recorder_mock: Recorder, enable_custom_integrations: None, hass_storage: dict[str, Any]
) -> None:
    """The recorder comes first, as its fixture wants it."""


def counts(*rows: tuple[float, str]) -> list[State]:
    """States of zone.home by hours after the start."""
    moments = [(START + hours * HOUR, state) for hours, state in rows]
    return [State("zone.home", state, last_changed=at, last_updated=at) for at, state in moments]


def test_a_long_absence_is_kept_and_a_day_out_is_not() -> None:
    seen = watched(None, counts((0, "2"), (3, "0"), (9, "1"), (20, "0"), (60, "2")), START + 70 * HOUR)
    assert seen.absences == (Away(left=START + 20 * HOUR, back=START + 60 * HOUR),)
    assert seen.left is None


def test_an_absence_goes_on_over_readings_and_outages() -> None:
    first = watched(None, counts((0, "1"), (5, "0")), START + 6 * HOUR)
    second = watched(first, counts((6, "0"), (10, "unavailable"), (11, "0")), START + 30 * HOUR)
    assert second.left == START + 5 * HOUR
    third = watched(second, counts((30, "0"), (50, "1")), START + 51 * HOUR)
    assert third.absences == (Away(left=START + 5 * HOUR, back=START + 50 * HOUR),)


def test_an_absence_nobody_saw_begin_does_not_count() -> None:
    seen = watched(None, counts((0, "0"), (40, "1")), START + 41 * HOUR)
    assert seen == Whereabouts(until=START + 41 * HOUR)


async def test_the_people_of_a_home(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Recorded states and an answering Workday. Sensitivity: without a person known nobody is away."""
    asked: list[str] = []

    async def check(call: ServiceCall) -> dict[str, Any]:
        asked.append(call.data["check_date"])
        return {call.data["entity_id"]: {"workday": call.data["check_date"] != "2026-11-23"}}

    await hass.config.async_set_time_zone("Europe/Paris")
    for at, count in ((START - 50 * HOUR, "2"), (START - 30 * HOUR, "0")):
        freezer.move_to(at)
        hass.states.async_set("zone.home", count)
    freezer.move_to(START)
    await async_wait_recording_done(hass)
    presence = Presence(hass, build_ports(hass, Shelf()))
    assert not (await presence.people(START)).absences

    hass.states.async_set("person.anna", "not_home")
    er.async_get(hass).async_get_or_create("binary_sensor", "workday", "x", suggested_object_id="workday")
    hass.services.async_register("workday", "check_date", check, supports_response=SupportsResponse.ONLY)
    people = await presence.people(START)
    ((left, back),) = people.absences
    assert (left, back) == (int((START - 30 * HOUR).timestamp()), STILL_AWAY)
    monday = (date(2026, 11, 23) - date(1970, 1, 1)).days
    assert people.holidays == {monday}
    # A day that is over is asked for once.
    before = len(asked)
    await presence.people(START + HOUR)
    assert before > 20
    assert set(asked[before:]) == {"2026-11-23", "2026-11-24"}


async def test_holidays_of_core_s_calendar_are_known_and_stay_while_it_is_silent(hass: HomeAssistant) -> None:
    calendar = er.async_get(hass).async_get_or_create("calendar", "holiday", "x", suggested_object_id="be")
    feast = {"start": "2026-11-11", "end": "2026-11-12", "summary": "Armistice"}
    answers: list[dict[str, Any]] = [{calendar.entity_id: {"events": [feast]}}, {}]

    async def events(call: ServiceCall) -> dict[str, Any]:
        return answers.pop(0)

    hass.services.async_register("calendar", "get_events", events, supports_response=SupportsResponse.ONLY)
    presence = Presence(hass, build_ports(hass, Shelf()))
    feast_day = (date(2026, 11, 11) - date(1970, 1, 1)).days
    for _ in range(2):
        assert (await presence.people(START)).holidays == {feast_day}
    assert not answers
