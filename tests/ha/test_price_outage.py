"""The price server goes away for six hours and comes back: a notice, and nothing else."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.model.plan import Health, InputStatus, PlanStatus
from custom_components.merit_order.ports import HassClock
from custom_components.merit_order.stored import PlugIn, TariffConfig
from demo.clock import ManualClock
from demo.faults import Fault
from demo.home import VirtualHome

from .homes import CONTRACT, START, entity_devices, set_house, subentry

type Advance = Callable[[float], Awaitable[None]]


@pytest.fixture
def server_clock() -> ManualClock:
    """The price server's own time."""
    return ManualClock(START)


@pytest.fixture
async def octopus(
    loopback: None, socket_enabled: None, monkeypatch: pytest.MonkeyPatch, server_clock: ManualClock
) -> AsyncIterator[VirtualHome]:
    """The virtual home's price server alone."""

    async def at_once(clock: HassClock, seconds: float) -> None:
        """The test stops the clock, so a wait between two attempts would never end."""

    monkeypatch.setattr(HassClock, "sleep", at_once)
    virtual = VirtualHome(server_clock)
    await virtual.octopus.start()
    yield virtual
    await virtual.octopus.stop()


@pytest.fixture
async def agile_home(
    hass: HomeAssistant, octopus: VirtualHome, clock: Advance
) -> AsyncIterator[MockConfigEntry]:
    """A home on Agile, both ways."""
    hass.config.currency = "GBP"
    await set_house(hass)
    options = {"region": "c", "payment": "direct_debit", "url": octopus.addresses()["octopus"]["url"]}
    agile = PlugIn(kind="octopus", options=options)
    tariff = TariffConfig(supply=agile, export=agile)
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        entry_id="home",
        subentries_data=[*entity_devices(), subentry(CONTRACT, "tariff", "Agile", tariff)],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await clock(4)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


def price_input(entry: MockConfigEntry) -> InputStatus:
    plan = entry.runtime_data.planner.plan
    assert plan is not None
    assert plan.status is not PlanStatus.NONE
    found: list[InputStatus] = [each for each in plan.inputs if each.key == "price"]
    (status,) = found
    return status


async def live(clock: Advance, hours: int, quarters: int = 0) -> None:
    """By the hour where nothing is looked at: a plan each quarter would prove no more."""
    for _ in range(hours):
        await clock(3600)
    for _ in range(quarters):
        await clock(900)


async def test_six_hours_without_the_price_server(
    hass: HomeAssistant,
    agile_home: MockConfigEntry,
    octopus: VirtualHome,
    server_clock: ManualClock,
    clock: Advance,
) -> None:
    """Away from 14:02 to 20:02 UTC: tomorrow's prices, due at 16:00, come four hours late."""
    issues = ir.async_get(hass)
    await live(clock, 5)
    assert price_input(agile_home).health is Health.FRESH
    await octopus.break_("octopus", Fault.CLOSED)
    await live(clock, 2, 3)
    status = price_input(agile_home)
    assert (status.health, status.rule, status.reason) == (Health.STALE, "last_good", "cannot_connect")
    assert issues.async_get_issue(DOMAIN, "no_prices") is not None
    await live(clock, 3, 1)
    status = price_input(agile_home)
    assert (status.health, status.reason) == (Health.PARTIAL, "cannot_connect"), "three hours are left"
    price = hass.states.get("sensor.home_price_now")
    assert price is not None
    assert float(price.state) > 0, "today's prices are still known"

    server_clock.set(START + timedelta(hours=11))
    await octopus.mend("octopus")
    await live(clock, 0, 3)
    assert price_input(agile_home).health is Health.FRESH
    assert issues.async_get_issue(DOMAIN, "no_prices") is None
    source = agile_home.runtime_data.home.sources.find("price")
    assert source is not None
    assert source.value is not None
    assert source.value.value_at(START + timedelta(hours=36)) is not None, "tomorrow evening"
