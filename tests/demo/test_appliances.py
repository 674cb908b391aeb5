"""Car, charger and dishwasher: what they draw, when they may, and what is missed when they may not."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.appliances import APPLIANCES
from demo.clock import ManualClock
from demo.home import VirtualHome
from demo.physics.car import COMMUTE, Car
from demo.physics.charger import Charger
from demo.physics.dishwasher import PROGRAMME, Dishwasher
from demo.physics.socket import Socket
from demo.physics.tick import Tick

MONDAY = 739_045


def at(hour: float, day: int = MONDAY, dt: float = 60.0) -> Tick:
    return Tick(
        epoch=day * 86_400 + hour * 3_600, dt=dt, local_s=hour * 3_600, day=day, weekday=(day - MONDAY) % 7
    )


def run(
    thing: Charger | Socket, start: float, hours: float, day: int = MONDAY, dt: float = 60.0
) -> list[float]:
    """Step from `start` o'clock for `hours`; return the powers."""
    powers = []
    for n in range(round(hours * 3_600 / dt)):
        days, hour = divmod(start + n * dt / 3_600, 24)
        powers.append(thing.step(at(hour, day + int(days), dt)))
    return powers


def test_an_untouched_charger_fills_the_car_at_once() -> None:
    charger = Charger(Car(stored_wh=30_000, trips=()))
    powers = run(charger, 18, 4)
    assert powers[0] == pytest.approx(16 * 230 * 3)
    assert charger.car.soc == pytest.approx(0.8)
    assert powers[-1] == 0
    assert charger.energy_wh == pytest.approx(18_000 / 0.9)
    assert charger.contactor == 2


@given(st.integers(0, 32_000), st.booleans(), st.sampled_from([1, 3]))
def test_current_limits_hold(set_ma: int, enabled: bool, phases: int) -> None:
    charger = Charger(Car(trips=()), set_ma=set_ma, enabled=enabled)
    charger.switch_phases(phases)
    power = charger.step(at(12))
    if not enabled or set_ma < 6_000:
        assert power == 0
    else:
        assert power == pytest.approx(min(set_ma, 16_000) / 1000 * 230 * phases)
    assert sum(charger.shares) == pytest.approx(1)


def test_the_car_leaves_uses_energy_and_comes_home() -> None:
    charger = Charger(Car(stored_wh=30_000), enabled=False)
    run(charger, 7, 2)
    assert charger.car.home is False
    assert charger.car.soc_at_departure == pytest.approx(0.5)
    used = 30_000 - charger.car.stored_wh
    assert 0.8 * COMMUTE.kwh * 1_000 <= used <= 1.25 * COMMUTE.kwh * 1_000
    assert charger.car.driven_wh == pytest.approx(used)
    run(charger, 9, 9)
    assert charger.car.home is True


def test_no_charging_while_it_is_away() -> None:
    charger = Charger(Car(stored_wh=30_000))
    assert max(run(charger, 8, 9)) == 0


def test_a_trip_the_battery_cannot_make_falls_short() -> None:
    charger = Charger(Car(stored_wh=4_000), enabled=False)
    run(charger, 7, 2)
    assert charger.car.short_wh == pytest.approx(charger.car.driven_wh - 1_000)
    assert charger.car.soc == pytest.approx(0.05)


def test_the_car_slows_down_near_full() -> None:
    charger = Charger(Car(stored_wh=56_000, target=1.0, trips=()))
    assert charger.step(at(12)) == pytest.approx(16 * 230 * 3 * (1 - 56 / 60) / 0.1)


def test_the_failsafe_ends_an_offer_nobody_renews() -> None:
    charger = Charger(Car(trips=(), stored_wh=10_000), failsafe_s=60, failsafe_ma=0)
    charger.heard()
    charger.heard_at = at(12).epoch
    assert charger.step(at(12, dt=1)) > 0
    assert charger.step(at(12 + 61 / 3_600, dt=1)) == 0
    charger.heard()
    assert charger.step(at(12 + 62 / 3_600, dt=1)) > 0


def test_a_session_limit_ends_the_session() -> None:
    charger = Charger(Car(trips=(), stored_wh=10_000), session_limit_wh=2_000)
    run(charger, 12, 1)
    assert charger.session_wh == pytest.approx(2_000, abs=200)


def full_evening_seed() -> int:
    for seed in range(10):
        washer = Dishwasher(seed=seed)
        washer.step(at(20), False)
        if washer.done_s is not None:
            return seed
    raise AssertionError


def test_a_dishwasher_runs_its_programme_once() -> None:
    socket = Socket(Dishwasher(seed=full_evening_seed()))
    powers = run(socket, 19, 5, dt=15)
    assert powers[: 4 * 60] == [0.0] * 240
    assert socket.energy_wh == pytest.approx(sum(minutes * watts for minutes, watts in PROGRAMME) / 60)
    assert socket.truth()["runs"] == 1
    assert max(powers) == pytest.approx(2_000)


def test_a_dishwasher_pauses_without_power() -> None:
    socket = Socket(Dishwasher(seed=full_evening_seed()))
    run(socket, 20, 1)
    socket.switch(False)
    assert max(run(socket, 21, 1)) == 0
    socket.switch(True)
    run(socket, 22, 1.1)
    assert socket.truth()["runs"] == 1


def test_dishes_that_wait_for_the_next_evening_are_missed() -> None:
    seed = next(seed for seed in range(50) if all(filled(seed, day) for day in (MONDAY, MONDAY + 1)))
    socket = Socket(Dishwasher(seed=seed), relay=False)
    run(socket, 20, 25)
    assert socket.truth()["missed"] == 1
    assert socket.truth()["runs"] == 0


def filled(seed: int, day: int) -> bool:
    washer = Dishwasher(seed=seed)
    washer.step(at(20, day), False)
    return washer.done_s is not None


def test_a_home_with_everything_still_balances() -> None:
    clock = ManualClock(datetime(2026, 1, 12, tzinfo=UTC))
    home = VirtualHome(clock, step=15, appliances=tuple(APPLIANCES))
    home.advance(2 * 86_400)
    totals, battery = home.house.totals, home.house.inverter.battery
    assert totals.import_wh - totals.export_wh == pytest.approx(
        totals.load_wh + battery.charged_wh - battery.discharged_wh - totals.pv_wh, abs=1e-5
    )
    truth = home.truth()["loads"]
    assert truth["charger"]["driven_kwh"] > 10
    assert truth["charger"]["energy_kwh"] > 10
    assert truth["charger"]["short_kwh"] == 0
    assert truth["dishwasher"]["runs"] >= 1
