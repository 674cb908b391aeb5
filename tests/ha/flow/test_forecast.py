"""Forecast sources: tried out before they are kept, bound to a roof where there are several."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order import stored
from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.engine.model.roles import Role
from demo.clock import RealClock
from demo.faults import Fault
from demo.home import VirtualHome

from ..homes import device
from .conftest import Result, suggested

PANELS = {"kwp": 4.2, "tilt": 35.0, "azimuth": 180.0}


@pytest.fixture
async def meteo(loopback: None, socket_enabled: None) -> AsyncIterator[VirtualHome]:
    home = VirtualHome(RealClock())
    await home.open_meteo.start()
    yield home
    await home.open_meteo.stop()


def home(hass: HomeAssistant, *roofs: str) -> MockConfigEntry:
    subentries = [
        device(
            name,
            name,
            "entities_solar",
            {"power": f"sensor.{name}"},
            (Role.SOLAR,),
            (stored.AssetConfig(key="solar", kind="solar", name=name, role=Role.SOLAR),),
        )
        for name in roofs
    ]
    entry = MockConfigEntry(domain=DOMAIN, title="Home", subentries_data=subentries)
    entry.add_to_hass(hass)
    return entry


async def submit(hass: HomeAssistant, result: Result, answers: dict[str, Any]) -> Result:
    return dict(await hass.config_entries.subentries.async_configure(result["flow_id"], answers))


async def begin(hass: HomeAssistant, entry: MockConfigEntry, kind: str) -> Result:
    flows = hass.config_entries.subentries
    menu = await flows.async_init((entry.entry_id, "forecast"), context={"source": SOURCE_USER})
    return await submit(hass, dict(menu), {"next_step_id": kind})


async def test_one_roof_needs_no_choice(hass: HomeAssistant, meteo: VirtualHome) -> None:
    entry = home(hass, "roof")
    result = await begin(hass, entry, "open_meteo")
    assert "asset" not in [marker.schema for marker in result["data_schema"].schema]
    service = {"advanced": {"url": meteo.addresses()["open_meteo"]["url"]}}

    await meteo.break_("open_meteo", Fault.HTTP_STATUS, 429)
    result = await submit(hass, result, PANELS | service)
    assert result["errors"] == {"base": "rate_limited"}
    await meteo.mend("open_meteo")
    result = await submit(hass, result, PANELS | service)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    assert result["title"] == "Solar power from Open-Meteo"
    ((_, forecast),) = stored.forecasts(entry)
    assert forecast.asset is None
    assert {key: forecast.source.options[key] for key in PANELS} == PANELS

    result = await submit(hass, await begin(hass, entry, "open_meteo"), PANELS | service)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_several_roofs_are_told_apart(hass: HomeAssistant, meteo: VirtualHome) -> None:
    entry = home(hass, "east", "west")
    service = {"advanced": {"url": meteo.addresses()["open_meteo"]["url"]}}
    for roof in ("east", "west"):
        result = await begin(hass, entry, "open_meteo")
        assert suggested(result)["asset"] == "east_solar"
        result = await submit(hass, result, {"asset": f"{roof}_solar", **PANELS, **service})
        assert result["title"] == f"Solar power from Open-Meteo ({roof})"
    assert [forecast.asset for _, forecast in stored.forecasts(entry)] == ["east_solar", "west_solar"]

    subentry, _ = stored.forecasts(entry)[1]
    result = dict(await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id))
    assert suggested(result)["asset"] == "west_solar"
    assert suggested(result)["kwp"] == 4.2
    result = await submit(hass, result, {"asset": "west_solar", **PANELS, "kwp": 6.0, **service})
    assert result["reason"] == "reconfigure_successful"
    assert stored.forecasts(entry)[1][1].source.options["kwp"] == 6.0
