"""Several providers chosen for the same panels are one input of the plan."""

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant

from custom_components.merit_order.engine.forecasts import BlendedSolar, forecast_kind
from custom_components.merit_order.flow_forecast import forecast_unique_id
from custom_components.merit_order.stored import ForecastConfig, PlugIn

from .conftest import Advance
from .homes import ROOF, entity_home, set_house, subentry

PANELS = f"{ROOF}_solar"


def provider(name: str, asset: str | None = PANELS) -> ConfigSubentryDataWithId:
    source = PlugIn(kind="energy_platform", options={"provider": name})
    return subentry(name, "forecast", name, ForecastConfig(source=source, asset=asset))


async def test_two_providers_of_the_same_panels_are_blended(hass: HomeAssistant, clock: Advance) -> None:
    await set_house(hass)
    entry = entity_home(provider("one"), provider("two"))
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    sources = entry.runtime_data.home.sources
    solar = [item for item in sources.items if item.key.startswith("solar")]
    assert [(item.key, item.kind) for item in solar] == [
        (f"solar:{PANELS}", "energy_platform+energy_platform")
    ]
    assert isinstance(solar[0].fetch.__self__, BlendedSolar)
    # Neither provider is there: that is said of the one input they are.
    assert solar[0].error is not None
    assert await hass.config_entries.async_unload(entry.entry_id)


def test_two_integrations_that_forecast_the_same_roof_can_both_be_chosen() -> None:
    """Sensitivity: the same one twice is one."""
    kind = forecast_kind("energy_platform")
    one, other = (
        forecast_unique_id(kind, PANELS, {"provider": name}) for name in ("forecast_solar", "solcast")
    )
    assert one != other
    assert one == forecast_unique_id(kind, PANELS, {"provider": "forecast_solar"})
