"""Core's HomeWizard integration on the virtual home's P1 meter and socket, adopted by entity."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.engine.model.roles import Action, Role
from demo.clock import ManualClock
from demo.home import VirtualHome

from .conftest import Open, Order


@pytest.fixture
async def virtual(loopback: None) -> AsyncIterator[VirtualHome]:
    clock = ManualClock(datetime(2026, 6, 12, 10, 0, tzinfo=UTC))
    # Core leaves the feed-in counters of a home that never fed in switched off: this one has lived a day.
    home = VirtualHome(clock, history_days=1)
    for face in ("p1", "boiler"):
        await home.faces[face].start()
    yield home
    await home.stop()


async def adopted(hass: HomeAssistant, virtual: VirtualHome, face: str) -> dict[str, str]:
    """Set core's integration up; returns its entity ids by the end of their unique ids."""
    entry = MockConfigEntry(
        domain="homewizard",
        data={"ip_address": f"127.0.0.1:{virtual.ports[face]}"},
        title=face,
        unique_id=face,
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    rows = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {row.unique_id.partition("_")[2]: row.entity_id for row in rows}


async def test_a_meter(hass: HomeAssistant, virtual: VirtualHome, open_device: Open) -> None:
    ids = await adopted(hass, virtual, "p1")
    device = await open_device(
        "entities_grid",
        {
            "power": ids["active_power_w"],
            "import_energy": ids["total_power_import_kwh"],
            "export_energy": ids["total_power_export_kwh"],
            "quarter_demand": ids["active_power_average_w"],
            "month_peak": ids["monthly_power_peak_w"],
        },
    )
    said, truth = (await device.read()).grid, virtual.truth()
    assert said is not None
    assert said.power_kw == pytest.approx(truth["grid_w"] / 1000, abs=0.001)
    assert said.import_kwh == pytest.approx(sum(virtual.house.meter.import_wh) / 1000, abs=0.001)
    assert said.export_kwh == pytest.approx(sum(virtual.house.meter.export_wh) / 1000, abs=0.001)
    assert said.quarter_demand_kw == pytest.approx(truth["demand_w"] / 1000, abs=0.001)
    assert said.month_peak_kw == pytest.approx(truth["month_peak_w"] / 1000, abs=0.001)


async def test_a_socket(hass: HomeAssistant, virtual: VirtualHome, open_device: Open, order: Order) -> None:
    ids = await adopted(hass, virtual, "boiler")
    switch = next(entity for entity in ids.values() if entity.startswith("switch.") and "lock" not in entity)
    power = ids["active_power_w"]
    device = await open_device("entities_switch", {"switch": switch, "power": power})
    before = virtual.truth()["loads"]["boiler"]["relay"]
    for action, relay in ((Action.ON, True), (Action.OFF, False), (Action.ON, True)):
        await device.write(order(Role.SWITCH, action))
        assert virtual.truth()["loads"]["boiler"]["relay"] is relay
    await device.write(order(Role.SWITCH, Action.RELEASE))
    assert virtual.truth()["loads"]["boiler"]["relay"] is before
    assert (await device.read()).switch is not None
