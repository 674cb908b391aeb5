"""From the configured charge and what the meter says to the charge in the plan, and to what people see of it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.json import JsonValueType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.merit_order.const import DOMAIN
from custom_components.merit_order.demand import charge, terms
from custom_components.merit_order.engine.demand import DemandBook
from custom_components.merit_order.engine.model.plan import Health
from custom_components.merit_order.engine.model.roles import GridReading
from custom_components.merit_order.engine.model.snapshot import CapacityCharge, DemandHours, demand_share
from custom_components.merit_order.gather import demand_reading, gather
from custom_components.merit_order.stored import CapacityConfig, PlugIn, TariffConfig

from .homes import CONTRACT, WATT, entity_devices, set_house, state_of, subentry

type Advance = Callable[[float], Awaitable[None]]

NOW = datetime(2026, 11, 21, 9, 2, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


def charged(config: CapacityConfig, grid: GridReading) -> CapacityCharge:
    return charge(config, DemandBook(terms(config), PARIS), grid, NOW)


def test_a_flemish_meter_tells_its_quarter_and_its_month() -> None:
    reading = GridReading(quarter_demand_kw=1.2, month_peak_kw=3.4, peak_history_kw=(3.0, 4.0))
    found = charged(CapacityConfig(price_per_kw_year=54.0), reading)
    assert (found.price_per_kw, found.floor_kw, found.month_peak_kw) == (4.5, 2.5, 3.4)
    assert found.quarter_so_far_kwh == pytest.approx(0.3)
    assert (found.window_minutes, found.hours) == (15, ())


def test_a_quarter_hour_says_nothing_of_an_hour() -> None:
    config = CapacityConfig(
        price_per_kw_year=120.0,
        floor_kw=0.0,
        window_minutes=60,
        from_hour=16,
        to_hour=21,
        weekdays=("mon", "fri"),
    )
    found = charged(config, GridReading(quarter_demand_kw=1.2))
    assert (found.quarter_so_far_kwh, found.window_minutes) == (0.0, 60)
    assert found.hours == (DemandHours(weekdays=(0, 4), start=16, end=21),)


def test_where_the_maximum_tariff_binds_a_higher_peak_costs_nothing() -> None:
    config = CapacityConfig(
        price_per_kw_year=54.0, max_per_kwh=0.24, grid_fee_per_kwh=0.06, yearly_import_kwh=500.0
    )
    assert charged(config, GridReading(month_peak_kw=3.0)).price_per_kw == 0.0


@pytest.mark.parametrize(
    ("local", "share"),
    [
        ("2026-01-14T23:00", 1.0),
        ("2026-01-15T03:00", 1.0),
        ("2026-01-14T12:00", 0.5),
        ("2026-01-17T23:00", 0.5),
        ("2026-07-15T23:00", 0.0),
    ],
    ids=["evening", "after midnight", "by day", "weekend", "summer"],
)
def test_winter_nights_on_weekdays_count_in_full_other_hours_half_and_summer_not(
    local: str, share: float
) -> None:
    config = CapacityConfig(
        price_per_kw_year=480.0,
        from_hour=22,
        to_hour=6,
        weekdays=("mon", "tue", "wed", "thu", "fri"),
        from_month=11,
        to_month=3,
        outside_percent=50.0,
        days=3,
    )
    found = charged(config, GridReading())
    assert demand_share(found.hours, datetime.fromisoformat(local)) == share
    assert found.price_per_kw == pytest.approx(480 / 12 / 3)


async def test_a_charge_spares_the_holidays_of_a_calendar_and_keeps_them_while_it_is_silent(
    hass: HomeAssistant, clock: Advance
) -> None:
    """The Monday to come is one, its Tuesday is not; then the calendar fails and the home is set up anew."""
    hass.config.currency = "EUR"
    await set_house(hass)
    answers: list[JsonValueType] = [{"start": "2026-11-23", "end": "2026-11-24", "summary": "A free Monday"}]

    async def events(call: ServiceCall) -> ServiceResponse:
        if not answers:
            raise HomeAssistantError("no calendar today")
        return {"calendar.free": {"events": answers}}

    hass.services.async_register("calendar", "get_events", events, supports_response=SupportsResponse.ONLY)
    config = CapacityConfig(
        price_per_kw_year=60.0,
        from_hour=15,
        to_hour=21,
        weekdays=("mon", "tue", "wed", "thu", "fri"),
        holidays_entity="calendar.free",
    )
    tariff = TariffConfig(supply=PlugIn(kind="fixed", options={"price": 0.30}), capacity=config)
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        entry_id="home",
        subentries_data=[*entity_devices(), subentry(CONTRACT, "tariff", "Contract", tariff)],
    )
    entry.add_to_hass(hass)

    def shares() -> list[float]:
        found = gather(entry.runtime_data.home, {}, None).tariff.capacity
        assert found is not None
        days = [datetime(2026, 11, day, 18, tzinfo=PARIS) for day in (23, 24)]
        return [demand_share(found.hours, day) for day in days]

    def holidays() -> tuple[Health, str]:
        inputs = gather(entry.runtime_data.home, {}, None).inputs
        return next((each.health, each.rule) for each in inputs if each.key == "holidays")

    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert shares() == [0.0, 1.0]
    assert holidays() == (Health.FRESH, "used")
    answers.clear()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await clock(4500)
    assert shares() == [0.0, 1.0]
    assert holidays() == (Health.STALE, "last_good")
    assert ir.async_get(hass).async_get_issue(DOMAIN, "holidays_failed") is None
    await clock(7200)
    assert ir.async_get(hass).async_get_issue(DOMAIN, "holidays_failed") is not None
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_meters_word_of_the_quarter_before_is_not_taken_for_this_ones(
    hass: HomeAssistant, clock: Advance
) -> None:
    """The meter says 4 kW at 09:14 and falls silent: at 09:15 a new quarter has begun, of which it has said nothing."""
    hass.config.currency = "EUR"
    await set_house(hass)
    kw = {"unit_of_measurement": "kW", "device_class": "power"}
    hass.states.async_set("sensor.demand", "4.0", kw)
    meter, *others = entity_devices()
    options = {**meter["data"]["options"], "quarter_demand": "sensor.demand"}
    meter["data"] = {**meter["data"], "options": options}
    tariff = TariffConfig(
        supply=PlugIn(kind="fixed", options={"price": 0.30}), capacity=CapacityConfig(price_per_kw_year=60.0)
    )
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        entry_id="home",
        subentries_data=[meter, *others, subentry(CONTRACT, "tariff", "Contract", tariff)],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await clock(770)
    reading = demand_reading(entry.runtime_data.home)
    assert reading is not None
    assert reading.quarter_demand_kw == 4.0
    assert float(state_of(hass, "sensor.home_drawn_in_the_running_window")) == 1.0
    for device in entry.runtime_data.home.devices.values():
        await device.async_shutdown()
    await clock(15)
    reading = demand_reading(entry.runtime_data.home)
    assert reading is not None
    assert reading.quarter_demand_kw is None
    await clock(20)
    assert state_of(hass, "sensor.home_drawn_in_the_running_window") != "1.0"
    await hass.config_entries.async_unload(entry.entry_id)


async def test_what_people_see_of_the_running_quarter(hass: HomeAssistant, clock: Advance) -> None:
    """A meter that tells its power alone: 4.8 kW from 09:15 on, the peak kept over a restart."""
    hass.config.currency = "EUR"
    await set_house(hass)
    tariff = TariffConfig(
        supply=PlugIn(kind="fixed", options={"price": 0.30}), capacity=CapacityConfig(price_per_kw_year=60.0)
    )
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        entry_id="home",
        subentries_data=[*entity_devices(), subentry(CONTRACT, "tariff", "Contract", tariff)],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)

    def shown(name: str) -> float:
        return float(state_of(hass, f"sensor.home_{name}"))

    async def live(seconds: int, watts: int) -> None:
        for _ in range(seconds // 60):
            hass.states.async_set("sensor.grid_power", str(watts), WATT)
            await clock(60)

    assert state_of(hass, "sensor.home_drawn_in_the_running_window") == "unknown", "most of it went by unseen"
    await live(13 * 60, 4800)
    await live(10 * 60, 4800)
    assert shown("drawn_in_the_running_window") == pytest.approx(0.8, abs=0.09)
    assert shown("demand_heading_for") == pytest.approx(4.8, abs=0.1)
    assert shown("peak_this_month") == 0.0, "no quarter is over that was seen in full"
    assert shown("power_allowed_now") == 0.0, "2.5 kW are free, 0.625 kWh were soon drawn"
    await live(6 * 60, 4800)
    assert shown("peak_this_month") == pytest.approx(4.8)
    assert shown("mean_peak_billed") == pytest.approx(4.8), "no month before is known"
    assert shown("peak_charge_this_month") == pytest.approx(24.0)
    assert shown("power_allowed_now") == pytest.approx(4.8, abs=0.1)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert shown("peak_this_month") == pytest.approx(4.8)
    entry.runtime_data.planner.request()
    await clock(timedelta(seconds=4).total_seconds())
    capacity = entry.runtime_data.planner.data.snapshot.tariff.capacity
    assert capacity.month_peak_kw == pytest.approx(4.8), "the plan does not pay for it twice"
    await hass.config_entries.async_unload(entry.entry_id)
