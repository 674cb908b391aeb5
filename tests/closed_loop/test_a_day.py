"""One simulated day with the real integration in Home Assistant, against the virtual home's protocol servers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant

from custom_components.merit_order.const import MODE_ADVISE, MODE_AUTOMATIC
from demo.clock import ManualClock
from demo.ha.entry import BOILER
from demo.home import VirtualHome
from demo.prices import import_rate

from .lived import life

START = datetime(2026, 5, 14, 22, 0, tzinfo=UTC)  # midnight in Brussels, long before the day's prices end
DAY = timedelta(days=1)
STEP_S = 60.0
SOC = 0.3
CAPACITY_KWH = 10.0
# What is left in the battery is valued at what it would cost to buy it back at the dearest time: hard on us.
DEAREST = (
    max(import_rate(int(START.timestamp() // 1800) + half_hour).inc_vat for half_hour in range(48)) / 100
)
LIMITS = {"soc": (0.05, 1.0), "battery_w": (-5000.0, 5000.0)}


@pytest.fixture(autouse=True)
def _our_integration(enable_custom_integrations: None) -> None:
    """Every test here loads the integration."""


def without_us() -> dict[str, Any]:
    """The same day of the same home, left to itself: battery in self-consumption, boiler always on."""
    home = VirtualHome(ManualClock(START), soc=SOC, appliances=(BOILER,))
    home.advance(DAY.total_seconds())
    return home.truth()


async def test_a_day_in_automatic_costs_less_meets_the_need_and_breaks_no_limit(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    loopback: None,
    enable_custom_integrations: None,
) -> None:
    broken: list[str] = []

    def watch(truth: dict[str, Any]) -> None:
        for key, (low, high) in LIMITS.items():
            if not low - 1e-6 <= truth[key] <= high + 1e-6:
                broken.append(f"{truth['time']}: {key} is {truth[key]}")

    async with life(hass, freezer, monkeypatch, START, SOC, MODE_AUTOMATIC) as lived:
        hot_by = START + timedelta(hours=18)
        await lived.until(hot_by, STEP_S, watch)
        boiler = lived.home.truth()["loads"]["boiler"]
        hot_at = datetime.fromtimestamp(boiler["last_hot"], UTC)
        await lived.until(START + DAY, STEP_S, watch)
        ours = lived.home.truth()
    theirs = without_us()
    borrowed_kwh = max(theirs["soc"] - ours["soc"], 0.0) * CAPACITY_KWH
    assert broken == []
    assert hot_at > START, "the boiler was not hot before its deadline"
    assert ours["bill"] + borrowed_kwh * DEAREST < theirs["bill"]


async def test_a_day_in_advise_touches_nothing(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    loopback: None,
    enable_custom_integrations: None,
) -> None:
    async with life(hass, freezer, monkeypatch, START, SOC, MODE_ADVISE) as lived:
        await lived.until(START + timedelta(hours=6), 300.0, lambda truth: None)
        truth = lived.home.truth()
    assert truth["huawei_writes"] == {}
    assert {key: load["switched"] for key, load in truth["loads"].items()} == {"boiler": 0}
