"""Core's DSMR integration on the virtual home's Fluvius meter, adopted by entity."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.clock import ScaledClock
from demo.home import VirtualHome

from .conftest import Open


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Core's DSMR leaves its keep-alive timer running when it is unloaded."""
    return True


@pytest.fixture
async def virtual(loopback: None) -> AsyncIterator[VirtualHome]:
    # A summer week, so that both tariffs have fed in: core shows a counter at zero as unknown.
    home = VirtualHome(ScaledClock(datetime(2026, 6, 12, 10, 0, tzinfo=UTC), speed=20), history_days=6)
    await home.dsmr.start()
    yield home
    await home.stop()


async def test_a_meter_with_two_tariffs(hass: HomeAssistant, virtual: VirtualHome, open_device: Open) -> None:
    # Core's serial ports of this computer are not asked for.
    with patch("homeassistant.components.usb.async_setup", return_value=True):
        assert await async_setup_component(hass, "usb", {})
    entry = MockConfigEntry(
        domain="dsmr",
        data={
            "host": "127.0.0.1",
            "port": virtual.dsmr.port,
            "dsmr_version": "5B",
            "protocol": "dsmr_protocol",
            "serial_id": "1SAG3101021605",
            "serial_id_gas": None,
        },
        options={"time_between_update": 0},
        unique_id="1SAG3101021605",
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    ids: dict[str, str] = {}
    for _ in range(100):
        await asyncio.sleep(0.05)
        rows = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        ids = {row.unique_id.partition("_")[2]: row.entity_id for row in rows if row.disabled_by is None}
        power = hass.states.get(ids.get("current_electricity_usage", "sensor.none"))
        if power is not None and power.state not in ("unknown", "unavailable"):
            break
    device = await open_device(
        "entities_grid",
        {
            "import_power": ids["current_electricity_usage"],
            "export_power": ids["current_electricity_delivery"],
            "import_energy": ids["electricity_used_tariff_1"],
            "import_energy_2": ids["electricity_used_tariff_2"],
            "export_energy": ids["electricity_delivered_tariff_1"],
            "export_energy_2": ids["electricity_delivered_tariff_2"],
            "quarter_demand": ids["belgium_current_average_demand"],
            "month_peak": ids["belgium_maximum_demand_current_month"],
        },
    )
    said = (await device.read()).grid
    meter = virtual.house.meter
    assert said is not None
    assert said.power_kw == pytest.approx(meter.power_w / 1000, abs=0.5)
    assert said.import_kwh == pytest.approx(sum(meter.import_wh) / 1000, abs=0.05)
    assert said.export_kwh == pytest.approx(sum(meter.export_wh) / 1000, abs=0.05)
    assert said.month_peak_kw == pytest.approx(meter.month_peak.watts / 1000, abs=0.01)
    assert said.quarter_demand_kw is not None
    assert await hass.config_entries.async_unload(entry.entry_id)
