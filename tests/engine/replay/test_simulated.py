"""The simulated home: modes followed as a real inverter would, needs judged when they are due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.model.plan import Intent
from custom_components.merit_order.engine.model.snapshot import AssetSpec
from custom_components.merit_order.engine.replay.simulated import Battery, Load, Step, Tank, Vehicle

MONDAY = datetime(2026, 6, 15, tzinfo=UTC)
ZONE = ZoneInfo("UTC")


def intent(mode: str, power: float = 0.0) -> Intent:
    return Intent(asset="x", mode=mode, power_kw=power, until=MONDAY + timedelta(days=1))


def step(net: float, at: datetime = MONDAY, hours: float = 1.0) -> Step:
    return Step(at, hours, net)


def battery(soc: float = 50.0, **params: Any) -> Battery:
    given = {"capacity_kwh": 10.0, "min_soc": 0.0, "charge_efficiency": 0.9, "discharge_efficiency": 0.9}
    spec = AssetSpec(id="x", kind="battery", name="", params=given | params, state={"soc_percent": soc})
    return Battery.of(spec)


@pytest.mark.parametrize(
    ("mode", "planned", "net", "power"),
    [
        ("self", 0.0, 2.0, -2.0),
        ("self", 0.0, -2.0, 2.0),
        ("hold", 0.0, 2.0, 0.0),
        ("hold", 0.0, -2.0, 2.0),
        ("charge", 3.0, 1.0, 3.0),
        ("charge", 1.0, -4.0, 4.0),
        ("discharge", -3.0, 1.0, -3.0),
        ("discharge", -1.0, 4.0, -4.0),
        ("off", 0.0, 2.0, -2.0),
    ],
)
def test_a_battery_follows_the_mode(mode: str, planned: float, net: float, power: float) -> None:
    assert battery().act(intent(mode, planned), step(net)) == pytest.approx(power)


def test_a_battery_that_holds_for_feeding_in_leaves_the_sun() -> None:
    assert battery().act(replace(intent("hold"), feed_in=True), step(-2.0)) == 0.0


def test_a_battery_left_alone_covers_the_home() -> None:
    assert battery().act(None, step(1.5)) == pytest.approx(-1.5)


@given(
    soc=st.floats(0, 100),
    mode=st.sampled_from(["self", "hold", "charge", "discharge"]),
    planned=st.floats(-20, 20),
    net=st.floats(-20, 20),
    hours=st.sampled_from([0.25, 0.5, 1.0]),
)
def test_no_energy_comes_from_nowhere(
    soc: float, mode: str, planned: float, net: float, hours: float
) -> None:
    home = battery(soc)
    before = home.level_kwh
    power = home.act(intent(mode, planned), step(net, hours=hours))
    assert -5.0 <= power <= 5.0
    gained = power * hours * (0.9 if power > 0 else 1 / 0.9)
    assert home.level_kwh == pytest.approx(before + gained)
    assert -1e-9 <= home.level_kwh <= 10.0 + 1e-9


def test_a_battery_keeps_to_its_limits() -> None:
    assert battery(grid_charge=False).act(intent("charge", 4.0), step(1.0)) == 0.0
    assert battery(export=False).act(intent("discharge", -4.0), step(1.0)) == pytest.approx(-1.0)
    assert battery(20.0, reserve_soc=20.0).act(intent("self"), step(3.0)) == 0.0
    assert battery(90.0, max_soc=90.0).act(intent("self"), step(-3.0)) == 0.0


def car(soc: float = 50.0) -> Vehicle:
    params = {
        "capacity_kwh": 50.0,
        "phases": 1,
        "max_current_a": 32,
        "charge_efficiency": 1.0,
        "departures": [{"time": "07:00", "returns": "17:00", "weekdays": [0], "soc": 60.0, "trip_kwh": 10.0}],
    }
    return Vehicle.of(
        AssetSpec(id="x", kind="vehicle", name="", params=params, state={"soc_percent": soc}), ZONE
    )


def live(thing: Vehicle | Load | Tank, wanted: Intent | None, hours: int) -> float:
    used = 0.0
    for i in range(hours):
        at = MONDAY + timedelta(hours=i)
        thing.begin(at)
        used += thing.act(wanted, step(0.0, at))
    thing.begin(MONDAY + timedelta(hours=hours))
    return used


def test_a_car_leaves_comes_back_and_has_used_energy() -> None:
    one = car(80.0)
    live(one, intent("off"), 12)
    assert not one.connected
    assert one.level_kwh == pytest.approx(30.0)
    live(one, intent("off"), 18)
    assert one.connected
    assert one.missed == 0


def test_a_car_that_is_not_ready_is_a_missed_need() -> None:
    one = car(50.0)
    live(one, intent("off"), 8)
    assert one.missed == 1
    two = car(50.0)
    assert live(two, None, 8) == pytest.approx(5.0)
    assert two.missed == 0


def test_a_car_takes_no_less_than_its_least_current() -> None:
    assert car().act(intent("charge", 0.4), step(0.0)) == 0.0
    assert car().act(intent("charge", 3.0), step(0.0)) == pytest.approx(3.0)


def dishwasher(**more: Any) -> Load:
    params: dict[str, Any] = {"mode": "needed", "profile_kw": [2.0, 0.0, 1.0], "profile_minutes": 60, **more}
    return Load.of(AssetSpec(id="x", kind="load", name="", params=params), ZONE)


def test_a_run_once_begun_goes_on_to_its_end() -> None:
    machine = dishwasher(deadline="18:00")
    powers = []
    for i, mode in enumerate(["on", "off", "off", "off"]):
        at = MONDAY + timedelta(hours=i)
        machine.begin(at)
        powers.append(machine.act(intent(mode), step(0.0, at)))
    assert powers == [2.0, 0.0, 1.0, 0.0]
    assert machine.state(MONDAY)["done_runs"] == 1


def test_a_day_without_its_run_is_missed_and_the_count_starts_anew() -> None:
    machine = dishwasher(deadline="18:00")
    live(machine, intent("off"), 24)
    assert machine.missed == 1
    eager = dishwasher(deadline="18:00")
    assert live(eager, None, 18) == pytest.approx(3.0)
    assert eager.missed == 0
    assert eager.done_runs == 0


def test_energy_by_a_deadline_may_be_interrupted() -> None:
    pump = dishwasher(contiguous=False, energy_kwh=2.0, power_kw=1.0, profile_kw=[], deadline="12:00")
    assert live(pump, None, 12) == pytest.approx(2.0)
    assert pump.missed == 0


def tank(celsius: float) -> Tank:
    return Tank.of(
        AssetSpec(id="x", kind="hot_water", name="", params={}, state={"temperature_c": celsius}), ZONE
    )


def test_a_tank_cools_and_misses_its_time_unless_it_is_heated() -> None:
    cold, warm = tank(48.0), tank(48.0)
    live(cold, intent("off"), 8)
    live(warm, None, 8)
    assert cold.water_c < 48.0
    assert cold.missed == 1
    assert warm.missed == 0


def test_what_a_tank_takes_is_in_the_water_or_drawn_or_lost() -> None:
    one = tank(50.0)
    power = one.act(intent("heat", 2.0), step(0.0))
    stored = 200 * 1.163e-3 * (one.water_c - 50.0)
    assert power == 2.0
    assert stored == pytest.approx(2.0 - 1.5 / 24 / 45 * 32.0)
    assert tank(65.0).act(intent("heat", 2.0), step(0.0)) < 0.1
