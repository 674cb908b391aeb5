"""The configured charge on demand, with what the meter says, as the plan needs it."""

from .engine.capacity import Terms, capacity_charge
from .engine.model.roles import GridReading
from .engine.model.snapshot import CapacityCharge, DemandHours
from .stored import CapacityConfig

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
QUARTER_MINUTES = 15


def charge(config: CapacityConfig, grid: GridReading) -> CapacityCharge:
    """What one more kW of this month's peak costs, from which peak on, and what the running window has already had."""
    # A meter tells its running quarter hour; of a longer window that would be a part only.
    quarterly = config.window_minutes == QUARTER_MINUTES
    demand = grid.quarter_demand_kw if quarterly else None
    return capacity_charge(
        _terms(config),
        month_peak_kw=grid.month_peak_kw or 0.0,
        so_far_kwh=(demand or 0.0) * QUARTER_MINUTES / 60,
        history_kw=grid.peak_history_kw,
        yearly_import_kwh=config.yearly_import_kwh,
    )


def _terms(config: CapacityConfig) -> Terms:
    days = tuple(WEEKDAYS.index(day) for day in config.weekdays) or tuple(range(len(WEEKDAYS)))
    always = len(days) == len(WEEKDAYS) and (config.from_hour, config.to_hour) == (0, 24)
    hours = DemandHours(weekdays=days, start=config.from_hour, end=config.to_hour)
    return Terms(
        price_per_kw_year=config.price_per_kw_year,
        floor_kw=config.floor_kw,
        window_minutes=config.window_minutes,
        hours=() if always else (hours,),
        max_per_kwh=config.max_per_kwh,
        grid_fee_per_kwh=config.grid_fee_per_kwh,
    )
