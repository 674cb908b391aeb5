"""What people ask of one asset: a one-off need, an order, and taking both back."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.model.series import utc

from .homes import BOILER_ID, START, respond, state_of

type Advance = Callable[[float], Awaitable[None]]

PLANNED = "binary_sensor.boiler_planned_now"


async def test_an_order_wins_until_it_ends(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance
) -> None:
    until = START.replace(minute=30)
    assert state_of(hass, PLANNED) == STATE_ON
    answer = await respond(
        hass, DOMAIN, "override", {"asset": "Boiler", "mode": "off", "until": until.isoformat()}
    )
    assert state_of(hass, PLANNED) == STATE_OFF
    assert answer["blocks"]
    assert all(utc(block["start"]) >= until for block in answer["blocks"])
    for _ in range(6):
        await clock(300)
    assert state_of(hass, PLANNED) == STATE_ON


async def test_orders_for_other_times_stand_beside_each_other(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance
) -> None:
    def order(mode: str, start: int, end: int) -> dict[str, str]:
        times = {"start": START + timedelta(hours=start), "until": START + timedelta(hours=end)}
        return {"asset": "Boiler", "mode": mode, **{key: at.isoformat() for key, at in times.items()}}

    def held() -> list[tuple[str, timedelta]]:
        orders = home.runtime_data.home.controls.overrides(BOILER_ID, dt_util.utcnow())
        return [(each.mode.value, each.end - START) for each in orders]

    await respond(hass, DOMAIN, "override", order("off", 2, 4))
    answer = await respond(hass, DOMAIN, "override", order("on", 6, 8))
    assert [(mode, end // timedelta(hours=1)) for mode, end in held()] == [("off", 4), ("on", 8)]
    start, end = START + timedelta(hours=6), START + timedelta(hours=8)
    ordered = [b for b in answer["blocks"] if utc(b["start"]) < end and utc(b["end"]) > start]
    assert sum(block["energy_kwh"] for block in ordered) == pytest.approx(4.0, abs=0.6)
    await respond(hass, DOMAIN, "override", order("off", 7, 9))
    assert [(mode, end // timedelta(hours=1)) for mode, end in held()] == [("off", 4), ("off", 9)]
    with pytest.raises(ServiceValidationError, match="before it starts"):
        await respond(hass, DOMAIN, "override", order("on", 5, 4))


async def test_resume_takes_orders_and_needs_back(hass: HomeAssistant, home: MockConfigEntry) -> None:
    until = dt_util.utcnow() + timedelta(hours=3)
    await respond(hass, DOMAIN, "override", {"asset": BOILER_ID, "mode": "off", "until": until.isoformat()})
    need = {"asset": BOILER_ID, "amount": 1, "unit": "runs", "by": until.isoformat()}
    answer = await respond(hass, DOMAIN, "need", need)
    assert [short["unit"] for short in answer["shortfalls"]] == ["runs"]
    answer = await respond(hass, DOMAIN, "resume", {"asset": BOILER_ID})
    assert answer["shortfalls"] == []
    controls, now = home.runtime_data.home.controls, dt_util.utcnow()
    assert (controls.overrides(BOILER_ID, now), controls.needs(BOILER_ID, now)) == ((), ())


async def test_a_need_is_planned_and_gone_after_its_time(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance
) -> None:
    by = dt_util.utcnow() + timedelta(hours=5)
    before = home.runtime_data.planner.plan.asset(BOILER_ID).energy_kwh
    answer = await respond(
        hass, DOMAIN, "need", {"asset": "Boiler", "amount": 1, "unit": "runs", "by": by.isoformat()}
    )
    assert sum(block["energy_kwh"] for block in answer["blocks"]) == pytest.approx(before + 3.0)
    controls = home.runtime_data.home.controls
    assert len(controls.needs(BOILER_ID, dt_util.utcnow())) == 1
    assert controls.needs(BOILER_ID, by) == ()


async def test_the_past_and_the_unknown_are_refused(hass: HomeAssistant, home: MockConfigEntry) -> None:
    past = (dt_util.utcnow() - timedelta(minutes=1)).isoformat()
    later = (dt_util.utcnow() + timedelta(hours=1)).isoformat()
    for asset, until in (("Boiler", past), ("Spaceship", later)):
        with pytest.raises(ServiceValidationError):
            await respond(hass, DOMAIN, "override", {"asset": asset, "mode": "on", "until": until})


async def test_who_may_not_control_may_not_order(
    hass: HomeAssistant, home: MockConfigEntry, hass_read_only_user: MockUser
) -> None:
    later = (dt_util.utcnow() + timedelta(hours=1)).isoformat()
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "override",
            {"asset": "Boiler", "mode": "on", "until": later},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )
