"""From the configured charge and the meter's reading to the charge in the plan."""

import pytest

from custom_components.merit_order.demand import charge
from custom_components.merit_order.engine.model.roles import GridReading
from custom_components.merit_order.engine.model.snapshot import DemandHours
from custom_components.merit_order.stored import CapacityConfig


def test_a_flemish_meter_tells_its_quarter_and_its_month() -> None:
    reading = GridReading(quarter_demand_kw=1.2, month_peak_kw=3.4, peak_history_kw=(3.0, 4.0))
    found = charge(CapacityConfig(price_per_kw_year=54.0), reading)
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
    found = charge(config, GridReading(quarter_demand_kw=1.2))
    assert (found.quarter_so_far_kwh, found.window_minutes) == (0.0, 60)
    assert found.hours == (DemandHours(weekdays=(0, 4), start=16, end=21),)


def test_where_the_maximum_tariff_binds_a_higher_peak_costs_nothing() -> None:
    config = CapacityConfig(
        price_per_kw_year=54.0, max_per_kwh=0.24, grid_fee_per_kwh=0.06, yearly_import_kwh=500.0
    )
    assert charge(config, GridReading(month_peak_kw=3.0)).price_per_kw == 0.0
