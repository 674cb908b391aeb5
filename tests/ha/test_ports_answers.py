"""What other integrations know, through Home Assistant's own machinery."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest
from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_integration,
    mock_platform,
)

from custom_components.merit_order.engine.model.errors import SilentPeer, SourceError
from custom_components.merit_order.engine.tariffs._holidays import Holidays
from custom_components.merit_order.ports import build_ports

SUNNY = {"wh_hours": {"2026-06-15T12:00:00+02:00": 1000, "2026-06-15T13:00:00+02:00": 500.5}}


def sun_integration(hass: HomeAssistant, answer: Any) -> MockConfigEntry:
    """An integration with an energy platform, and its loaded entry."""

    class Platform(MockPlatform):
        async def async_get_solar_forecast(self, hass: HomeAssistant, entry_id: str) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return await answer() if callable(answer) else answer

    mock_integration(hass, MockModule("sunny"))
    mock_platform(hass, "sunny.energy", Platform())
    entry = MockConfigEntry(domain="sunny", title="My roof")
    entry.add_to_hass(hass)
    entry.mock_state(hass, ConfigEntryState.LOADED)
    return entry


class Feasts(CalendarEntity):
    """A calendar of holidays, as core's Holiday makes them: whole days."""

    _attr_name = "Holidays"
    event = None

    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        return [CalendarEvent(start=date(2026, 12, 25), end=date(2026, 12, 27), summary="Christmas")]


async def test_holidays_are_read_from_a_real_calendar(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "calendar", {})
    await hass.data[DATA_COMPONENT].async_add_entities([Feasts()])
    holidays = Holidays(build_ports(hass), "calendar.holidays")
    found = await holidays.between(datetime(2026, 12, 24, tzinfo=UTC), datetime(2026, 12, 28, tzinfo=UTC))
    assert found == {date(2026, 12, 25), date(2026, 12, 26)}


async def test_a_solar_forecast_of_another_integration_is_found_and_read(hass: HomeAssistant) -> None:
    entry = sun_integration(hass, SUNNY)
    mock_integration(hass, MockModule("lamps"))
    MockConfigEntry(domain="lamps").add_to_hass(hass)
    port = build_ports(hass).solar_forecasts
    assert port is not None
    assert await port.providers() == {entry.entry_id: "My roof"}
    assert await port.wh_by_start(entry.entry_id) == {
        datetime(2026, 6, 15, 10, tzinfo=UTC): 1000.0,
        datetime(2026, 6, 15, 11, tzinfo=UTC): 500.5,
    }
    with pytest.raises(SourceError):
        await port.wh_by_start("gone")


@pytest.mark.parametrize(
    "answer", [RuntimeError("boom"), {"wh_hours": {"noon": 1}}, {"watts": {}}], ids=["fails", "time", "shape"]
)
async def test_another_integrations_surprise_is_a_named_error(hass: HomeAssistant, answer: Any) -> None:
    entry = sun_integration(hass, answer)
    port = build_ports(hass).solar_forecasts
    assert port is not None
    with pytest.raises(SourceError):
        await port.wh_by_start(entry.entry_id)


async def test_no_forecast_now_is_none(hass: HomeAssistant) -> None:
    entry = sun_integration(hass, None)
    port = build_ports(hass).solar_forecasts
    assert port is not None
    assert await port.wh_by_start(entry.entry_id) is None


async def test_an_actions_answer_and_its_failures(hass: HomeAssistant) -> None:
    async def prices(call: ServiceCall) -> ServiceResponse:
        if call.data["area"] != "BE":
            raise ServiceValidationError("no such area")
        return {"BE": [{"price": 81.5}]}

    hass.services.async_register("market", "prices", prices, supports_response=SupportsResponse.ONLY)
    port = build_ports(hass).actions
    assert port is not None
    assert await port.ask("market", "prices", {"area": "BE"}) == {"BE": [{"price": 81.5}]}
    with pytest.raises(SourceError, match="no such area"):
        await port.ask("market", "prices", {"area": "XX"})
    with pytest.raises(SourceError):
        await port.ask("market", "gone", {})


async def test_an_integration_that_hangs_or_breaks_is_a_named_error(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(call: ServiceCall) -> ServiceResponse:
        await asyncio.Event().wait()
        return {}

    async def fail(call: ServiceCall) -> ServiceResponse:
        raise KeyError("their own")

    for name, action in {"hang": hang, "fail": fail}.items():
        hass.services.async_register("market", name, action, supports_response=SupportsResponse.ONLY)
    monkeypatch.setattr("custom_components.merit_order.ports_answers.ANSWER_S", 0.05)
    port = build_ports(hass).actions
    assert port is not None
    with pytest.raises(SilentPeer, match=r"market\.hang"):
        await port.ask("market", "hang", {})
    with pytest.raises(SourceError, match="their own"):
        await port.ask("market", "fail", {})


async def test_a_solar_forecast_that_hangs_is_a_named_error(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = sun_integration(hass, asyncio.Event().wait)
    monkeypatch.setattr("custom_components.merit_order.ports_answers.ANSWER_S", 0.05)
    port = build_ports(hass).solar_forecasts
    assert port is not None
    with pytest.raises(SilentPeer, match="My roof"):
        await port.wh_by_start(entry.entry_id)
