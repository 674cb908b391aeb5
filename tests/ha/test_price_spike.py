"""A supplier's warning of a price spike, as Home Assistant sees it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.engine.model.plan import Health
from tests.apis import Service

from .homes import supplied_home

type Advance = Callable[[float], Awaitable[None]]

SPIKE = "binary_sensor.home_price_spike"


def market(status: str) -> Callable[[web.Request], web.Response]:
    """Half-hours of today and tomorrow at 30 c, the running one with this warning."""

    def answer(request: web.Request) -> web.Response:
        now = dt_util.utcnow()
        half = timedelta(minutes=30)
        running = now - timedelta(seconds=now.timestamp() % 1800)
        rows = []
        for i in range(-4, 60):
            end = running + (i + 1) * half
            rows.append(
                {
                    "type": "ActualInterval"
                    if i < 0
                    else "CurrentInterval"
                    if i == 0
                    else "ForecastInterval",
                    "duration": 30,
                    "endTime": end.isoformat(),
                    "perKwh": 30.0,
                    "channelType": "general",
                    "spikeStatus": status if i == 0 else "none",
                }
            )
        return web.json_response(rows)

    return answer


async def test_a_spike_is_a_binary_sensor_with_its_status(
    hass: HomeAssistant, clock: Advance, supplier: Service
) -> None:
    hass.config.currency = "AUD"
    options = {"token": "psk", "site": "01F", "resolution": "30", "url": supplier.url}
    entry = supplied_home("amber", options)
    entry.add_to_hass(hass)
    supplier.says(market("potential"))
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    def shown() -> tuple[str, str]:
        state = hass.states.get(SPIKE)
        assert state is not None
        return state.state, state.attributes["status"]

    assert shown() == ("off", "potential")
    supplier.says(market("spike"))
    await clock(330)
    assert shown() == ("on", "spike")
    supplier.says(market("none"))
    await clock(300)
    assert shown() == ("off", "none")
    assert len(supplier.requests) <= 10
    inputs = entry.runtime_data.planner.data.decision.plan.inputs
    (price,) = (each for each in inputs if each.key == "price")
    assert price.health is Health.FRESH, (
        "only the running interval is known; the service's forecasts are its word too"
    )
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_supplier_that_does_not_warn_has_no_such_sensor(
    hass: HomeAssistant, home: MockConfigEntry
) -> None:
    assert hass.states.get(SPIKE) is None
