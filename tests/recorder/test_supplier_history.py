"""The supplier's half-hours become long-term statistics: once, in full, revised, resumed and with what they cost."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.merit_order.engine.model.errors import InvalidAuth, RateLimited
from custom_components.merit_order.ports import HassClock
from tests.apis import Service, at, error, fixture, service
from tests.ha.homes import supplied_home

HOUR = timedelta(hours=1)
# Two days after the night with the hour that comes twice; the meter was put in two weeks before.
NOW = datetime(2026, 10, 27, 9, 2, tzinfo=UTC)
FIRST = datetime(2026, 10, 14, tzinfo=UTC)
ENERGY, COST = "merit_order:supplier_import", "merit_order:supplier_import_cost"

type Advance = Callable[[timedelta], Awaitable[None]]


class Supplier:
    """Octopus with one meter: 0.25 kWh in each half-hour, but for those in `special`; told until `until`."""

    def __init__(self) -> None:
        self.until = NOW.replace(hour=0, minute=0)
        self.special: dict[datetime, float] = {}
        self.refuse: int | None = None
        self.asked: list[str] = []

    def __call__(self, request: web.Request) -> web.StreamResponse:
        if "/accounts/" in request.path:
            return web.json_response(json.loads(fixture("octopus/account.json")))
        start, end = (at(request.query[key]) for key in ("period_from", "period_to"))
        if "standard-unit-rates" in request.path:
            rate = {"value_inc_vat": 20.0, "valid_from": "2020-01-01T00:00:00Z", "valid_to": None}
            return web.json_response({"results": [{**rate, "payment_method": None}], "next": None})
        self.asked.append(request.path)
        if self.refuse is not None and len(self.asked) > self.refuse:
            response = error(429, Retry_After="0")(request)
            assert isinstance(response, web.Response)
            return response
        rows = []
        start = max(start, FIRST)
        while start < min(end, self.until) and "24L000002" in request.path:
            later = start + HOUR / 2
            rows.append(
                {
                    "consumption": self.special.get(start, 0.25),
                    "interval_start": start.isoformat(),
                    "interval_end": later.isoformat(),
                }
            )
            start = later
        return web.json_response({"results": rows, "next": None})


@pytest.fixture
def supplier() -> Supplier:
    return Supplier()


@pytest.fixture
async def octopus(
    loopback: None, socket_enabled: None, monkeypatch: pytest.MonkeyPatch, supplier: Supplier
) -> AsyncIterator[Service]:
    """The supplier on loopback; pauses between its questions are not waited for."""

    async def at_once(clock: HassClock, seconds: float) -> None:
        """Time stands still here."""

    monkeypatch.setattr(HassClock, "sleep", at_once)
    async with service() as served:
        served.says(supplier)
        yield served


@pytest.fixture
def advance(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Advance:
    freezer.move_to(NOW)

    async def go(length: timedelta) -> None:
        freezer.tick(length)
        async_fire_time_changed(hass)
        await hass.async_block_till_done(wait_background_tasks=True)
        await async_wait_recording_done(hass)

    return go


async def contract(hass: HomeAssistant, octopus: Service, advance: Advance) -> MockConfigEntry:
    """A home with that supplier and nothing else."""
    hass.config.currency = "GBP"
    options = {
        "url": octopus.url,
        "account": "a-1b2c3d4e",
        "api_key": "sk_live_hush",
        "product": "GO-VAR-22-10-14",
        "region": "c",
        "payment": "direct_debit",
    }
    entry = supplied_home("octopus", options)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await advance(timedelta(seconds=1))
    return entry


async def kept(hass: HomeAssistant, statistic: str) -> dict[datetime, tuple[float, float]]:
    """Change and sum of each hour."""
    rows = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        FIRST - timedelta(days=400),
        dt_util.utcnow(),
        {statistic},
        "hour",
        None,
        {"change", "sum"},
    )
    return {
        datetime.fromtimestamp(row["start"], UTC): (row["change"] or 0.0, row["sum"] or 0.0)
        for row in rows.get(statistic, [])
    }


async def test_every_hour_is_there_once_with_its_cost_and_a_correction_is_taken_over(
    hass: HomeAssistant, octopus: Service, advance: Advance, supplier: Supplier
) -> None:
    entry = await contract(hass, octopus, advance)
    energy, cost = await kept(hass, ENERGY), await kept(hass, COST)
    hours = int((supplier.until - FIRST) / HOUR)
    assert sorted(energy) == sorted(cost) == [FIRST + i * HOUR for i in range(hours)]
    assert {round(change, 6) for change, _ in energy.values()} == {0.5}
    assert energy[supplier.until - HOUR][1] == pytest.approx(0.5 * hours)
    assert cost[supplier.until - HOUR][1] == pytest.approx(0.5 * hours * 0.20)

    asked = len(supplier.asked)
    await advance(timedelta(hours=20))
    assert len(supplier.asked) == asked, "once a day"
    corrected = supplier.until - timedelta(days=2)
    supplier.special[corrected] = 1.25
    supplier.until += timedelta(days=1)
    await advance(timedelta(hours=5))
    again = await kept(hass, ENERGY)
    assert len(again) == hours + 24
    assert again[corrected][0] == pytest.approx(1.5)
    assert again[supplier.until - HOUR][1] == pytest.approx(0.5 * (hours + 24) + 1.0)
    assert sum(change < 0 for change, _ in again.values()) == 0
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_quota_stops_the_run_and_it_goes_on_from_there_also_after_a_restart(
    hass: HomeAssistant, octopus: Service, advance: Advance, supplier: Supplier
) -> None:
    supplier.refuse = 2 * 13 + 1
    entry = await contract(hass, octopus, advance)
    history = entry.runtime_data.supplier_history
    (meter,) = history.meters
    assert meter.error is None, "to be asked to wait is no fault"
    reached = meter.until
    assert reached is not None
    asked = len(supplier.asked)
    await advance(timedelta(seconds=50))
    assert len(supplier.asked) == asked, "it waits, also where it is told to come back at once"
    assert FIRST + timedelta(days=7) < reached < supplier.until
    assert await hass.config_entries.async_unload(entry.entry_id)
    supplier.refuse = None
    supplier.asked.clear()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await advance(timedelta(seconds=1))
    assert 2 <= len(supplier.asked) <= 6, "only what was missing, and the days that may be revised"
    energy = await kept(hass, ENERGY)
    hours = int((supplier.until - FIRST) / HOUR)
    assert len(energy) == hours
    assert energy[supplier.until - HOUR][1] == pytest.approx(0.5 * hours)
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("recorder_db_url", ["sqlite"], indirect=True)
async def test_a_refused_key_is_named_and_costs_nothing_else(
    hass: HomeAssistant, octopus: Service, advance: Advance
) -> None:
    octopus.says(error(401))
    entry = await contract(hass, octopus, advance)
    (meter,) = entry.runtime_data.supplier_history.meters
    assert isinstance(meter.error, InvalidAuth)
    assert not isinstance(meter.error, RateLimited)
    assert "hush" not in str(meter.error)
    assert await kept(hass, ENERGY) == {}
    await hass.config_entries.async_unload(entry.entry_id)
