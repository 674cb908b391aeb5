"""The contract of the home: supply, feeding in, capacity; Octopus against the virtual home's server."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order import stored
from custom_components.merit_order.const import DOMAIN
from demo.clock import RealClock
from demo.home import VirtualHome

from .conftest import Result, suggested

EVENING = {"price": 0.42, "start": "17:00:00", "end": "21:00:00", "weekdays": ["mon", "tue"]}


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A home with nothing in it yet, not running."""
    made = MockConfigEntry(domain=DOMAIN, title="Home")
    made.add_to_hass(hass)
    return made


@pytest.fixture
async def octopus(loopback: None, socket_enabled: None) -> AsyncIterator[VirtualHome]:
    home = VirtualHome(RealClock())
    await home.octopus.start()
    yield home
    await home.octopus.stop()


async def choose(hass: HomeAssistant, result: Result, step: str) -> Result:
    return await submit(hass, result, {"next_step_id": step})


async def submit(hass: HomeAssistant, result: Result, answers: dict[str, Any]) -> Result:
    return dict(await hass.config_entries.subentries.async_configure(result["flow_id"], answers))


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> Result:
    flows = hass.config_entries.subentries
    return dict(await flows.async_init((entry.entry_id, "tariff"), context={"source": SOURCE_USER}))


async def fixed(hass: HomeAssistant, entry: MockConfigEntry) -> Result:
    """A contract of one price and no earnings."""
    result = await choose(hass, await begin(hass, entry), "import_fixed")
    result = await submit(hass, result, {"price": 0.30})
    assert result["step_id"] == "export"
    result = await choose(hass, result, "export_none")
    assert result["step_id"] == "capacity"
    return await submit(hass, result, {})


async def test_one_price(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await fixed(hass, entry)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "One price"
    ((_, tariff),) = stored.tariffs(entry)
    assert tariff == stored.TariffConfig(supply=stored.PlugIn(kind="fixed", options={"price": 0.30}))


async def test_prices_by_time_with_earnings_and_a_peak_charge(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await choose(hass, await begin(hass, entry), "import_time_of_use")
    result = await submit(
        hass, result, {"price": 0.25, "periods": [EVENING], "advanced": {"holidays": "2026-12-25"}}
    )
    result = await choose(hass, result, "export_fixed")
    result = await submit(hass, result, {"price": 0.05})
    await submit(hass, result, {"price_per_kw_year": 53.0, "floor_kw": 2.5})
    ((_, tariff),) = stored.tariffs(entry)
    by_wall_clock = {"holidays": "2026-12-25", "winter_time": False}
    assert tariff.supply.options == {"price": 0.25, "periods": [EVENING], **by_wall_clock}
    assert tariff.export == stored.PlugIn(kind="fixed", options={"price": 0.05})
    assert tariff.capacity == stored.CapacityConfig(price_per_kw_year=53.0, floor_kw=2.5)


async def test_a_period_that_cannot_be_is_refused(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await choose(hass, await begin(hass, entry), "import_time_of_use")
    answers = {"price": 0.25, "periods": [EVENING], "advanced": {"holidays": "Christmas"}}
    result = await submit(hass, result, answers)
    assert result["errors"] == {"base": "invalid_input"}


async def test_holidays_of_an_entity_that_tells_none_are_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await choose(hass, await begin(hass, entry), "import_time_of_use")
    answers = {"price": 0.25, "periods": [EVENING], "holidays_entity": "calendar.nowhere", "advanced": {}}
    result = await submit(hass, result, answers)
    assert result["errors"] == {"holidays_entity": "cannot_connect"}


async def test_a_home_has_one_tariff(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await fixed(hass, entry)
    result = await begin(hass, entry)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "single_tariff"


async def test_parts_are_changed_one_at_a_time(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await fixed(hass, entry)
    (subentry,) = entry.subentries.values()

    async def change() -> Result:
        return dict(await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id))

    menu = await change()
    assert menu["menu_options"] == ["import_fixed", "supply", "export", "capacity"]
    result = await choose(hass, menu, "import_fixed")
    assert suggested(result) == {"price": 0.30}
    result = await submit(hass, result, {"price": 0.33})
    assert result["reason"] == "reconfigure_successful"

    result = await choose(hass, await choose(hass, await change(), "export"), "export_fixed")
    await submit(hass, result, {"price": 0.07})
    result = await choose(hass, await change(), "capacity")
    await submit(hass, result, {"price_per_kw_year": 40.0})
    ((_, tariff),) = stored.tariffs(entry)
    assert tariff.supply.options == {"price": 0.33}
    assert tariff.export == stored.PlugIn(kind="fixed", options={"price": 0.07})
    assert tariff.capacity == stored.CapacityConfig(price_per_kw_year=40.0)

    assert "export_fixed" in (await change())["menu_options"]
    result = await choose(hass, await choose(hass, await change(), "supply"), "import_time_of_use")
    assert suggested(result) == {"advanced": {"winter_time": False}}, "another contract starts empty"
    await submit(hass, result, {"price": 0.2, "periods": []})
    ((subentry_now, tariff),) = stored.tariffs(entry)
    assert tariff.supply.kind == "time_of_use"
    assert subentry_now.title == "Prices by time"


async def test_octopus_finds_product_and_region(
    hass: HomeAssistant, entry: MockConfigEntry, octopus: VirtualHome
) -> None:
    hass.config.currency = "GBP"
    address = octopus.addresses()["octopus"]
    service = {"advanced": {"url": address["url"], "payment": "direct_debit"}}
    result = await choose(hass, await begin(hass, entry), "import_octopus")
    result = await submit(hass, result, {"postcode": "XX1 1XX", **service})
    assert result["errors"] == {"postcode": "unknown_postcode"}
    result = await submit(hass, result, {"region": "c", "product": "NOPE-1", **service})
    assert result["errors"] == {"product": "unknown_product"}
    result = await submit(hass, result, {"postcode": address["postcode"], **service})
    assert result["step_id"] == "export", result

    result = await choose(hass, result, "export_octopus")
    answers = {"postcode": address["postcode"], "product": address["export_product"], **service}
    result = await submit(hass, result, answers)
    await submit(hass, result, {})
    ((_, tariff),) = stored.tariffs(entry)
    assert tariff.supply.options["product"] == address["import_product"], "the newest Agile"
    assert tariff.supply.options["region"] == "c", "found from the postcode"
    assert tariff.export is not None
    assert tariff.export.options["product"] == address["export_product"]


async def test_a_demand_charge_of_certain_hours_with_a_cap(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await choose(hass, await begin(hass, entry), "import_fixed")
    result = await choose(hass, await submit(hass, result, {"price": 0.30}), "export_none")
    folded = {
        "window_minutes": "60",
        "from_hour": 16,
        "to_hour": 21,
        "weekdays": ["mon", "fri"],
        "from_month": 11,
        "to_month": 3,
        "outside_percent": 50,
        "holidays_entity": "calendar.holidays",
        "days": 3,
        "months": 1,
        "max_per_kwh": 0.24,
        "grid_fee_per_kwh": 0.06,
        "yearly_import_kwh": 2000,
    }
    answers = {"price_per_kw_year": 120.0, "floor_kw": 0.0, "advanced": folded}
    await submit(hass, result, answers)
    ((_, tariff),) = stored.tariffs(entry)
    assert tariff.capacity == stored.CapacityConfig(
        price_per_kw_year=120.0,
        floor_kw=0.0,
        window_minutes=60,
        from_hour=16,
        to_hour=21,
        weekdays=("mon", "fri"),
        from_month=11,
        to_month=3,
        outside_percent=50.0,
        holidays_entity="calendar.holidays",
        days=3,
        months=1,
        max_per_kwh=0.24,
        grid_fee_per_kwh=0.06,
        yearly_import_kwh=2000.0,
    )
    (subentry,) = entry.subentries.values()
    menu = dict(await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id))
    assert suggested(await choose(hass, menu, "capacity")) == answers


async def test_a_refused_token_is_said_on_its_field(
    hass: HomeAssistant, entry: MockConfigEntry, aioclient_mock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    hass.config.currency = "AUD"
    aioclient_mock.get(re.compile(r"https://api\.amber\.com\.au/.*"), status=403)
    result = await choose(hass, await begin(hass, entry), "import_amber")
    answers = {"token": "psk_secret", "resolution": "30", "advanced": {"url": "https://api.amber.com.au"}}
    result = await submit(hass, result, answers)
    assert result["errors"] == {"token": "invalid_auth"}
    assert "psk_secret" not in caplog.text
