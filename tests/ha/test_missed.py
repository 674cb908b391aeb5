"""A need that will be missed is told before its deadline, with why and what would help, and goes by itself."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.model.plan import Plan, PlanStatus, Remedy, Shortfall
from custom_components.merit_order.engine.steer import Cause, Memory, Risk, Steered
from custom_components.merit_order.missed import Wording, missed

from .homes import BOILER_ID, START, respond

type Advance = Callable[[float], Awaitable[None]]

ISSUE = "need_missed_socket_load_runs"
SENSOR = "binary_sensor.boiler_need_will_be_missed"


def plan(*shortfalls: Shortfall) -> Plan:
    return Plan(
        id="p",
        at=START,
        status=PlanStatus.OPTIMAL,
        currency="EUR",
        timezone="Europe/Paris",
        edges=(),
        home=None,
        shortfalls=shortfalls,
    )


def short(hours: float, asset: str = "car", **more: Any) -> Shortfall:
    given = {"need": "charge", "amount": 4.5, "unit": "kWh", **more}
    return Shortfall(asset=asset, by=START + timedelta(hours=hours), **given)


async def test_a_missed_need_is_told_before_its_deadline_and_goes_when_it_is_taken_back(
    hass: HomeAssistant, clock: Advance, home: MockConfigEntry
) -> None:
    issues = ir.async_get(hass)
    state = hass.states.get(SENSOR)
    assert state is not None
    assert state.state == "off"
    by = START + timedelta(minutes=50)
    need = {"asset": "Boiler", "amount": 1, "unit": "runs", "by": by.isoformat()}
    await respond(hass, DOMAIN, "need", need)
    await clock(4)
    told = issues.async_get_issue(DOMAIN, ISSUE)
    assert told is not None
    assert told.translation_placeholders == {
        "asset": "Boiler",
        "amount": "1 ×",
        "time": "10:52",
        "why": "There is too little time. All of it fits by 11:45.",
    }
    state = hass.states.get(SENSOR)
    assert state is not None
    assert (state.state, state.attributes["by"], state.attributes["limit"]) == ("on", by, "time")
    assert state.attributes["text"] == told.translation_placeholders["why"]
    await hass.services.async_call(DOMAIN, "resume", {"asset": "Boiler"}, blocking=True)
    await clock(4)
    assert issues.async_get_issue(DOMAIN, ISSUE) is None
    state = hass.states.get(SENSOR)
    assert state is not None
    assert state.state == "off"


async def test_what_is_past_or_more_than_a_day_off_is_not_told() -> None:
    found = plan(short(-0.1), short(30), short(9), short(2), short(3, "tank"))
    assert [each.by for each in missed(found, START, "car")] == [START + timedelta(hours=h) for h in (2, 9)]
    assert [each.asset for each in missed(found, START)] == ["car", "tank", "car"]
    assert missed(None, START) == []


def test_a_little_less_warmth_is_not_told() -> None:
    cool, cold = (
        short(1, "tank", need="temperature", amount=kelvin, unit="celsius") for kelvin in (0.3, 2.0)
    )
    assert missed(plan(cool, cold), START) == [cold]


async def test_a_tank_that_is_cool_after_a_bath_is_told_only_when_it_stays_so(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, clock: Advance, home: MockConfigEntry
) -> None:
    planner, repairs = home.runtime_data.planner, home.runtime_data.repairs
    cold = short(1, BOILER_ID, need="temperature", amount=5.0, unit="celsius")
    issue = f"need_missed_{BOILER_ID}_temperature"

    def look() -> bool:
        thought = planner.data
        made = replace(thought.decision.plan, at=planner.now, shortfalls=(cold,))
        planner.data = replace(thought, decision=replace(thought.decision, plan=made))
        repairs.look()
        return ir.async_get(hass).async_get_issue(DOMAIN, issue) is not None

    assert not look()
    freezer.tick(timedelta(minutes=15))
    assert not look()
    freezer.tick(timedelta(minutes=16))
    cold = replace(cold, by=cold.by + timedelta(hours=1))
    assert look()
    await clock(4)


async def test_what_is_held_back_for_long_may_come_late_though_the_plan_sees_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, clock: Advance, home: MockConfigEntry
) -> None:
    """What the fast loop holds back the plan does not foresee: it goes on saying that there is time."""
    runtime, issues = home.runtime_data, ir.async_get(hass)
    risk = Risk(asset=BOILER_ID, by=START + timedelta(hours=2), cause=Cause.IMPORT_LIMIT)
    steered = Steered(intents=(), memory=Memory())

    def look(*risks: Risk) -> ir.IssueEntry | None:
        runtime.steering.data = replace(steered, risks=risks)
        runtime.steering.async_update_listeners()
        return issues.async_get_issue(DOMAIN, f"need_at_risk_{BOILER_ID}")

    assert runtime.planner.plan.shortfalls == ()
    assert look(risk) is None, "it may pass"
    freezer.tick(timedelta(minutes=2))
    told = look(risk)
    assert told is not None
    why = {"asset": "Boiler", "time": "12:02", "why": "The connection is at its limit."}
    assert told.translation_placeholders == why
    assert look() is None
    await clock(4)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Its power is too low. All of it fits with 7.4 kW or with 3 starts."),
        ("fr", "Sa puissance est trop faible. Tout passe avec 7,4 kW ou avec 3 démarrages."),
        ("nl", "Het vermogen is te laag. Alles past met 7,4 kW of met 3 starts."),
        ("de", "Die Leistung ist zu gering. Alles geht mit 7,4 kW oder mit 3 Starts."),
    ],
)
async def test_it_is_said_in_the_language_of_the_home(hass: HomeAssistant, language: str, said: str) -> None:
    hass.config.language = language
    await async_get_translations(hass, language, "selector", {DOMAIN})
    remedies = (
        Remedy(code="more_power", values={"kw": 7.4}),
        Remedy(code="unheard_of"),
        Remedy(code="more_starts", values={"starts": 3}),
    )
    found = plan(short(2, limit="power", remedies=remedies))
    assert Wording(hass, found).why(found.shortfalls[0]) == said


async def test_a_limit_nobody_found_is_said_so(hass: HomeAssistant) -> None:
    await async_get_translations(hass, "en", "selector", {DOMAIN})
    found = plan(short(2))
    assert Wording(hass, found).why(found.shortfalls[0]) == "What stands in the way was not found."
