"""An input that is not what it says raises a repair issue by its name, which clears itself."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.model.plan import Health
from custom_components.merit_order.engine.model.series import Series, Span

from .homes import START

type Advance = Callable[[float], Awaitable[None]]

MIDNIGHT = START.replace(hour=0, minute=0)


def prices(*values: float, minutes: int = 60) -> Series:
    """Prices from today's midnight on, as if the tariff had given them."""
    return Series.regular(MIDNIGHT, minutes, values)


SOUND = prices(*[0.30] * 72)
HOLES = Series(tuple(span for span in SOUND.spans if span.start.hour not in (20, 21)))
HALVES = Series(tuple(Span(s.start, s.start + timedelta(minutes=30), 0.3) for s in SOUND.spans))


@pytest.mark.parametrize(
    ("fault", "value"),
    [
        ("jumping", prices(*[0.30] * 12, 999.0, *[0.30] * 59)),
        ("gap", HOLES),
        ("short", prices(*[0.30] * 11)),
        ("wrong_resolution", HALVES),
    ],
)
async def test_a_fault_is_named_and_goes_with_its_cause(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance, fault: str, value: Series
) -> None:
    async def run(given: Series) -> Any:
        source = home.runtime_data.home.sources.find("price")
        for _ in range(8):
            source.value = given
            await clock(300)
        await home.runtime_data.planner.async_request_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)
        (status,) = (each for each in home.runtime_data.planner.plan.inputs if each.key == "price")
        return status

    status = await run(value)
    assert status.reason == fault
    assert status.health in (Health.PARTIAL, Health.SUSPECT)
    issues = ir.async_get(hass)
    assert issues.async_get_issue(DOMAIN, f"input_{fault}_price") is not None
    assert (await run(SOUND)).health is Health.FRESH
    assert issues.async_get_issue(DOMAIN, f"input_{fault}_price") is None
