"""With the capacity charge in the plan the whole bill is lower than without it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.merit_order.engine.capacity import (
    Terms,
    Window,
    capacity_charge,
    counted_mean,
    daily_peaks,
    marginal_price_per_kw,
    month_peaks,
)
from custom_components.merit_order.engine.model.plan import Plan
from custom_components.merit_order.engine.model.series import Forecast, Series
from custom_components.merit_order.engine.model.snapshot import (
    AssetSpec,
    DemandHours,
    Settings,
    Snapshot,
    TariffView,
)
from custom_components.merit_order.engine.pipeline import think

BRUSSELS = ZoneInfo("Europe/Brussels")
START = datetime(2026, 6, 15, tzinfo=BRUSSELS).astimezone(ZoneInfo("UTC"))
FLANDERS = Terms(price_per_kw_year=54.0)
# A cheap hour at night, a dear evening: without a charge on the peak the battery fills in the cheap hour.
PRICES = [0.25] * 3 + [0.10] + [0.14] * 4 + [0.25] * 9 + [0.45] * 4 + [0.25] * 3


def plan(*, charged: bool, terms: Terms = FLANDERS) -> Plan:
    battery = AssetSpec(
        id="battery",
        kind="battery",
        name="Battery",
        params={"capacity_kwh": 10.0, "max_charge_kw": 8.0, "max_discharge_kw": 8.0},
        state={"soc_percent": 10.0},
    )
    grid = AssetSpec(id="grid", kind="grid", name="Grid")
    charge = capacity_charge(terms, month_peak_kw=1.0, history_kw=[3.0] * 11) if charged else None
    snapshot = Snapshot(
        at=START,
        timezone="Europe/Brussels",
        currency="EUR",
        tariff=TariffView(import_price=Series.regular(START, 60, PRICES), capacity=charge),
        load=Forecast(Series.regular(START, 60, [0.4] * 17 + [2.2] * 4 + [0.4] * 3)),
        assets=(battery, grid),
        settings=Settings(slot_minutes=15, horizon_hours=24, explain=False),
    )
    return think(snapshot).plan


def bill(found: Plan) -> tuple[float, float]:
    """Energy and capacity of this day in EUR (what its peak adds over the months it counts for), and the peak in kW."""
    assert found.home is not None
    hours = [(b - a) / timedelta(hours=1) for a, b in zip(found.edges, found.edges[1:], strict=False)]
    drawn = [max(kw, 0.0) * h for kw, h in zip(found.home.grid_kw, hours, strict=True)]
    energy = sum(kwh * price for kwh, price in zip(drawn, found.home.import_price, strict=True))
    windows = [Window(start=start, import_kwh=kwh) for start, kwh in zip(found.edges, drawn, strict=False)]
    (peak,) = month_peaks(daily_peaks(windows, FLANDERS, BRUSSELS), FLANDERS).values()
    more = counted_mean([3.0] * 11 + [peak], FLANDERS) - counted_mean([3.0] * 11 + [1.0], FLANDERS)
    return energy + more * 12 * marginal_price_per_kw(FLANDERS), peak


def test_the_plan_that_knows_of_the_charge_pays_less_in_total() -> None:
    blind, blind_peak = bill(plan(charged=False))
    seeing, seeing_peak = bill(plan(charged=True))
    # Without: as much as fits into the cheapest hour, 8 kW beside the load. With: no more than what is due anyway.
    assert blind_peak > 6
    assert seeing_peak == pytest.approx(2.5, abs=0.05)
    # 54 / 12 for each kW above 2.5: the peak alone is worth far more than the night's cheapest hour.
    assert blind - seeing > 0.8 * 4.5 * (blind_peak - 2.5)


def test_a_peak_is_free_on_a_public_holiday_where_the_charge_says_so() -> None:
    """Proves: the plan fills the battery at full power on a holiday Monday. Sensitivity: on a working one it spares."""
    workdays = DemandHours(weekdays=(0, 1, 2, 3, 4), except_dates=(date(2026, 6, 15),))
    _, holiday = bill(plan(charged=True, terms=replace(FLANDERS, hours=(workdays,))))
    _, working = bill(
        plan(charged=True, terms=replace(FLANDERS, hours=(replace(workdays, except_dates=()),)))
    )
    assert holiday > 6
    assert working == pytest.approx(2.5, abs=0.05)


def test_demand_that_does_not_count_is_free_to_take() -> None:
    """Proves: hours outside the charge are not limited. Sensitivity: where half counts, twice the peak is due."""

    def most(found: Plan, first: int, last: int) -> float:
        assert found.home is not None
        return max(found.home.grid_kw[first * 4 : last * 4])

    evenings = Terms(price_per_kw_year=54.0, hours=(DemandHours(start=16, end=22),))
    found = plan(charged=True, terms=evenings)
    assert most(found, 0, 16) > 6
    assert most(found, 16, 22) <= 2.5 + 1e-6
    nights_half = Terms(price_per_kw_year=54.0, hours=(DemandHours(share=0.5, end=6), DemandHours()))
    found = plan(charged=True, terms=nights_half)
    assert most(found, 0, 6) == pytest.approx(5.0, abs=0.1)
    assert most(found, 6, 24) <= 2.5 + 1e-6
