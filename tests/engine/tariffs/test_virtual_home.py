"""Octopus and Open-Meteo as the virtual home serves them, on a clock the test steps."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from custom_components.merit_order.engine.forecasts import forecast_kind
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.series import Series
from custom_components.merit_order.engine.tariffs import Tariff, tariff_kind
from demo.clock import ManualClock
from demo.home import VirtualHome
from tests.apis import StoppedClock, at, ports

WINTER = at("2026-11-21T15:50Z")
MIDNIGHT = at("2026-11-21T00:00Z")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(WINTER)


@pytest.fixture
async def home(clock: ManualClock, loopback: None) -> AsyncIterator[VirtualHome]:
    virtual = VirtualHome(clock)
    await virtual.octopus.start()
    await virtual.open_meteo.start()
    yield virtual
    await virtual.octopus.stop()
    await virtual.open_meteo.stop()


@pytest.fixture
async def reach(home: VirtualHome) -> AsyncIterator[Ports]:
    """Ports whose waits cost nothing; their own clock starts with the virtual home's."""
    async with ports(WINTER.isoformat(), currency="GBP") as made:
        yield made


def agile(home: VirtualHome, reach: Ports, direction: str) -> Tariff:
    kind = tariff_kind("octopus")
    options = {"region": "c", "url": home.addresses()["octopus"]["url"]}
    return kind.build(settle(kind.options, options), reach, direction)


@pytest.mark.parametrize("direction", ["import", "export"])
async def test_tomorrows_prices_appear_late(
    home: VirtualHome, clock: ManualClock, reach: Ports, direction: str
) -> None:
    tariff = agile(home, reach, direction)
    window = MIDNIGHT, MIDNIGHT + timedelta(hours=54)
    before = await tariff.prices(*window)
    assert before.end == at("2026-11-21T23:00Z")
    assert len(before.spans) == 46
    due = tariff.next_publication(WINTER)
    assert due == at("2026-11-21T16:00Z")
    clock.set(due + timedelta(minutes=5))
    after = await tariff.prices(*window)
    assert after.end == at("2026-11-22T23:00Z")
    assert after.spans[:46] == before.spans
    assert tariff.next_publication(clock.now()) == at("2026-11-22T16:00Z")


async def sun(home: VirtualHome, reach: Ports) -> Series:
    kind = forecast_kind("open_meteo")
    options = {"kwp": 5.0, "url": home.addresses()["open_meteo"]["url"]}
    forecaster = kind.build(settle(kind.options, options), reach)
    return (await forecaster.forecast(MIDNIGHT, MIDNIGHT + timedelta(hours=54))).mid


async def test_the_sun_shines_by_day_only_and_no_quarter_is_missing(home: VirtualHome, reach: Ports) -> None:
    assert isinstance(reach.clock, StoppedClock)
    power = await sun(home, reach)
    assert power.end is not None
    assert power.end >= MIDNIGHT + timedelta(hours=54)
    assert len(power.spans) == 54 * 4
    assert power.value_at(MIDNIGHT) == 0
    noon = power.value_at(at("2026-11-22T12:00Z"))
    assert noon is not None
    assert 0 < noon < 5
