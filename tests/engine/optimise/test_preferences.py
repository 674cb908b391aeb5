"""Money first; among what costs the same fewer starts, less cycling, the earlier finish. And the time axis."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from custom_components.merit_order.engine.model.series import Forecast, Series
from custom_components.merit_order.engine.model.snapshot import AssetSpec, Snapshot
from tests.engine.homes import asset, battery, home, of, plan, powers

HOUR = timedelta(hours=1)


def load(**params: Any) -> AssetSpec:
    return asset("load", {"power_kw": 1.0} | params)


def moved(snapshot: Snapshot, at: datetime) -> Snapshot:
    """The same home at another time."""
    values = np.array([span.value for span in snapshot.tariff.import_price.spans])
    tariff = replace(snapshot.tariff, import_price=Series.regular(at, 60, values), export_price=None)
    return replace(snapshot, at=at, tariff=tariff, load=Forecast(Series.regular(at, 60, 0 * values)))


def test_of_equal_hours_the_earlier() -> None:
    assert powers(plan(home([0.3] * 4, load(run_minutes=60, deadline="04:00"))), "load") == [1, 0, 0, 0]
    parts = load(energy_kwh=2.0, contiguous=False, deadline="04:00")
    assert powers(plan(home([0.3] * 4, parts)), "load") == [1, 1, 0, 0]


def test_of_equal_hours_those_with_fewer_starts() -> None:
    """Proves: 02:00 to 04:00 in one go. Sensitivity: for a cent it is switched twice."""
    parts = load(energy_kwh=2.0, contiguous=False, deadline="04:00")
    assert powers(plan(home([0.1, 0.5, 0.1, 0.1], parts)), "load") == [0, 0, 1, 1]
    assert powers(plan(home([0.09, 0.5, 0.1, 0.1], parts)), "load") == [1, 0, 1, 0]


def test_a_battery_does_not_cycle_for_nothing() -> None:
    assert powers(plan(home([0.3] * 4, battery(50, terminal_value=0.3), load=1.0)), "battery") == [0, 0, 0, 0]


@pytest.mark.parametrize("minutes", [5, 10, 15, 20, 30, 60])
def test_slots_of_any_length_cost_the_same(minutes: int) -> None:
    """5 kWh moved from 0.5 to 0.1, however finely it is planned."""
    found = plan(home([0.1, 0.5], battery(), load=[0, 5], minutes=minutes))
    assert len(found.edges) == 120 // minutes + 1
    assert found.cost == pytest.approx(0.5)


def test_finer_first_and_coarser_later() -> None:
    """Proves: 5-minute slots for an hour, then half hours, at the same cost."""
    settings = {"fine_hours": 1.0, "coarse_minutes": 30}
    found = plan(home([0.1, 0.5, 0.5], battery(), load=[0, 2.5, 2.5], minutes=5, settings=settings))
    lengths = {later - first for first, later in zip(found.edges[:-1], found.edges[1:], strict=True)}
    assert lengths == {timedelta(minutes=5), timedelta(minutes=30)}
    assert len(found.edges) == 12 + 4 + 1
    assert found.cost == pytest.approx(0.5)


SPRING, AUTUMN = datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)


@pytest.mark.parametrize(("start", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_a_day_on_which_the_clocks_change_has_one_of_everything(start: datetime, hours: int) -> None:
    """From local midnight to local midnight: one run, one hot tank at 06:30, a departure at 07:00."""
    tank: dict[str, Any] = {
        "volume_l": 100.0, "draw_kwh_day": 0.0, "loss_kwh_day": 0.0, "min_c": 20.0, "hot_at": ["06:30"],
        "hot_c": 50.0, "legionella_days": 0.0, "modulating": True,
    }  # fmt: skip
    car: dict[str, Any] = {"capacity_kwh": 20.0, "max_kw": 4.0, "min_kw": 0.0, "charge_efficiency": 1.0}
    snapshot = home(
        [0.3] * hours,
        load(run_minutes=60, deadline="08:00"),
        asset("hot_water", tank, {"temperature_c": 40.0}),
        asset("vehicle", car | {"departures": [{"time": "07:00", "soc": 70.0}]}, {"soc_percent": 50.0}),
        timezone="Europe/Amsterdam",
        minutes=30,
    )
    found = plan(moved(snapshot, start))
    assert found.edges[-1] - found.edges[0] == hours * HOUR
    assert sum(powers(found, "load")) / 2 == pytest.approx(1)
    six = start + (hours - 24 + 6) * HOUR
    assert (of(found, "vehicle").level or ())[(found.slot_at(six + HOUR) or 0) - 1] == pytest.approx(14)
    assert (of(found, "hot_water").level or ())[found.slot_at(six) or 0] == pytest.approx(50)
    assert found.shortfalls == ()


def test_the_end_is_no_cliff() -> None:
    """Proves: with worth at the end it keeps what it has for what comes after, where now pays less than usual."""
    kept = plan(home([0.5] * 20 + [0.2] * 4, battery(50, terminal_value=None), load=[0] * 20 + [1] * 4))
    spent = plan(home([0.5] * 20 + [0.2] * 4, battery(50), load=[0] * 20 + [1] * 4))
    assert powers(spent, "battery")[20:] == pytest.approx([-1] * 4)
    assert (of(kept, "battery").level or ())[-1] > (of(spent, "battery").level or ())[-1]
