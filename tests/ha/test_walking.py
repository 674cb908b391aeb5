"""The home comes up, shows what its devices say, and plans."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .homes import BOILER_ID


async def test_the_home_shows_and_plans(hass: HomeAssistant, home: MockConfigEntry) -> None:
    assert home.state is ConfigEntryState.LOADED
    planner = home.runtime_data.planner
    assert planner.plan is not None
    boiler = planner.plan.asset(BOILER_ID)
    assert boiler is not None
    # One run of 90 minutes at 2 kW before 19:00 today, one before 19:00 tomorrow.
    assert boiler.energy_kwh == 6.0
