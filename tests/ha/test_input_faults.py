"""Each fault of each input is caught by name, stands on the plan with the rule that helps, and raises a repair issue
that clears itself.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.model.errors import BadData
from custom_components.merit_order.engine.model.plan import Health, InputStatus, PlanStatus
from custom_components.merit_order.engine.model.series import Forecast, Quality, Series, Span
from custom_components.merit_order.sources import Source

from .homes import ROOF, START, entity_home, set_house, state_of

type Advance = Callable[[float], Awaitable[None]]

MIDNIGHT = START.replace(hour=0, minute=0)
SOLAR = f"solar:{ROOF}_solar"
OUTDOOR = "temperature"


def hourly(*values: float, issued: datetime | None = None, first: datetime = MIDNIGHT) -> Series:
    """Values from today's midnight on, as if the source had given them."""
    return Series.regular(first, 60, values, Quality.KNOWN, "test", issued)


def without(series: Series, *hours: int) -> Series:
    return Series(tuple(span for span in series.spans if span.start.hour not in hours), series.origin)


def halved(series: Series) -> Series:
    return Series(tuple(Span(s.start, s.start + timedelta(minutes=30), s.value) for s in series.spans))


def in_watts(series: Series) -> Series:
    return Series(tuple(Span(s.start, s.end, s.value * 1000) for s in series.spans))


SOUND = {
    "price": hourly(*[0.30] * 72),
    "export_price": hourly(*[0.08] * 72),
    "load": hourly(*[0.5] * 72),
    SOLAR: hourly(*[2.0 if 8 <= i % 24 < 16 else 0.0 for i in range(72)]),
    OUTDOOR: hourly(*[8.0] * 72),
}
PAST = hourly(*[0.30] * 9)
OLD = timedelta(hours=14)

type Fault = tuple[str, Series, Health, str]

# Faults of different inputs at once cost one home. Without believable prices nothing else is looked at.
ROUNDS: dict[str, dict[str, Fault]] = {
    "units": {
        "export_price": ("wrong_unit", hourly(*[80.0] * 72), Health.MISSING, "default"),
        "load": ("wrong_unit", hourly(*[500.0] * 72), Health.MISSING, "last_good"),
        SOLAR: ("wrong_unit", in_watts(SOUND[SOLAR]), Health.MISSING, "last_good"),
        OUTDOOR: ("wrong_unit", hourly(*[280.0] * 72), Health.MISSING, "left_out"),
    },
    "jumps": {
        "price": ("jumping", hourly(*[0.30] * 12, 999.0, *[0.30] * 59), Health.SUSPECT, "used"),
        "load": ("jumping", hourly(*[0.5] * 30, 400.0, *[0.5] * 41), Health.SUSPECT, "used"),
        SOLAR: ("stale", SOUND[SOLAR], Health.STALE, "last_good"),
    },
    "holes": {
        "price": ("gap", without(SOUND["price"], 20, 21), Health.PARTIAL, "used"),
        "load": ("empty", PAST, Health.MISSING, "last_good"),
        SOLAR: ("wrong_resolution", halved(SOUND[SOLAR]), Health.SUSPECT, "used"),
        OUTDOOR: ("gap", without(SOUND[OUTDOOR], 20), Health.PARTIAL, "used"),
    },
    "short": {"price": ("short", hourly(*[0.30] * 11), Health.PARTIAL, "used")},
    "half-hours": {"price": ("wrong_resolution", halved(SOUND["price"]), Health.SUSPECT, "used")},
    "cents": {"price": ("wrong_unit", hourly(*[30.0] * 72), Health.MISSING, "left_out")},
    "no prices": {"price": ("empty", PAST, Health.MISSING, "left_out")},
}


class Inputs:
    """All inputs of a home in the test's hand: a source says what it is given, whoever asks."""

    def __init__(self, hass: HomeAssistant, home: MockConfigEntry) -> None:
        self._hass = hass
        self._runtime = home.runtime_data
        sources = self._runtime.home.sources
        sources.stop()
        for key in (SOLAR, OUTDOOR):
            sources.items.append(
                Source(
                    key=key,
                    kind="test",
                    type=Forecast,
                    fetch=_never,
                    next_after=lambda now: now,
                    shelf_key=key,
                )
            )
        for key, series in SOUND.items():
            self.give(key, series)

    def give(self, key: str, series: Series, age: timedelta | None = None) -> None:
        source = self._runtime.home.sources.find(key)
        issued = dt_util.utcnow() - age if age is not None else None
        series = Series(series.spans, series.origin, issued)
        source.value = series if source.type is Series else Forecast(series)
        source.expected = None

    async def think(self) -> dict[str, InputStatus]:
        """What the plan says of each input; every one stands there once."""
        await self._runtime.planner.async_refresh()
        await self._hass.async_block_till_done(wait_background_tasks=True)
        found: list[InputStatus] = list(self._runtime.planner.data.decision.plan.inputs)
        by_key = {status.key: status for status in found}
        assert len(by_key) == len(found)
        return by_key


async def _never(start: datetime, end: datetime) -> Forecast:
    raise AssertionError("not asked")


@pytest.mark.parametrize("name", ROUNDS)
async def test_a_fault_is_named_helped_and_gone_with_its_cause(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance, name: str
) -> None:
    faults, inputs, issues = ROUNDS[name], Inputs(hass, home), ir.async_get(hass)

    def raised() -> set[str]:
        return {
            key
            for key, (fault, *_) in faults.items()
            if issues.async_get_issue(DOMAIN, f"input_{fault}_{key}")
        }

    def break_them() -> None:
        for key, (fault, series, *_) in faults.items():
            inputs.give(key, series, OLD if fault == "stale" else None)

    sound = await inputs.think()
    assert {sound[key].health for key in faults} == {Health.FRESH}
    break_them()
    noted = await inputs.think()
    for key, (fault, _, health, rule) in faults.items():
        assert (noted[key].reason, noted[key].health, noted[key].rule) == (fault, health, rule), key
    assert raised() == set(), "it may pass by itself"
    await clock(1800)
    break_them()
    await inputs.think()
    assert raised() == set(faults)
    lost = noted["price"].health is Health.MISSING
    assert (state_of(hass, "sensor.home_plan_status") == PlanStatus.NONE) is lost
    for key in faults:
        inputs.give(key, SOUND[key])
    mended = await inputs.think()
    assert {mended[key].health for key in faults} == {Health.FRESH}
    assert raised() == set()


async def test_the_age_of_an_old_forecast_is_told(hass: HomeAssistant, home: MockConfigEntry) -> None:
    inputs = Inputs(hass, home)
    inputs.give(SOLAR, SOUND[SOLAR], OLD)
    assert (await inputs.think())[SOLAR].placeholders == {"age_h": "14"}


async def test_the_autumn_hour_that_was_written_once_is_repeated_and_told(
    hass: HomeAssistant, clock: Advance, freezer: FrozenDateTimeFactory
) -> None:
    """25 October, Paris: 02:00 comes twice, at 00:00 and 01:00 UTC. The source has only the first."""
    evening = datetime(2026, 10, 24, 18, 2, tzinfo=UTC)
    freezer.move_to(evening)
    hass.config.currency = "EUR"
    await set_house(hass)
    entry = entity_home()
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    inputs = Inputs(hass, entry)
    whole = hourly(*[0.20] * 72, first=datetime(2026, 10, 24, tzinfo=UTC))
    second = datetime(2026, 10, 25, 1, tzinfo=UTC)
    once = Series(tuple(span for span in whole.spans if span.start != second))
    issue = "input_dst_hour_price"
    for _ in range(2):
        inputs.give("price", once)
        status = (await inputs.think())["price"]
        await clock(1800)
    assert (status.reason, status.health) == ("dst_hour", Health.PARTIAL)
    inputs.give("price", once)
    await inputs.think()
    plan = entry.runtime_data.planner.data.decision.plan
    slot = plan.slot_at(second)
    assert plan.home.import_price[slot] == 0.20
    assert plan.home.price_quality[slot] is Quality.KNOWN
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue) is not None
    inputs.give("price", whole)
    assert (await inputs.think())["price"].health is Health.FRESH
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue) is None
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_surprise_while_fetching_is_an_error_like_any_other_and_asked_again(
    hass: HomeAssistant, home: MockConfigEntry, clock: Advance, caplog: Any
) -> None:
    sources = home.runtime_data.home.sources
    source = sources.find("price")
    good, calls = source.fetch, []

    async def surprise(start: datetime, end: datetime) -> Series:
        calls.append(start)
        raise ZeroDivisionError("of another integration")

    source.fetch = surprise
    await sources.refresh()
    assert isinstance(source.error, BadData)
    assert source.value is not None, "the last good prices are kept"
    assert "of another integration" in caplog.text
    await clock(100)
    assert len(calls) == 2
    source.fetch = good
    await clock(200)
    assert source.error is None
    caplog.clear()
