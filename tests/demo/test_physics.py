"""Laws of the house: energy is conserved, limits hold, and what is asked for happens within a step."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.clock import ManualClock
from demo.home import VirtualHome
from demo.physics.battery import Battery
from demo.physics.boiler import WATER, Boiler
from demo.physics.inverter import FeedIn, Forced, Inverter, WorkingMode
from demo.physics.meter import Meter
from demo.physics.tick import Tick

NOON = datetime(2026, 6, 12, 10, 0, tzinfo=UTC)
WATTS = st.floats(0, 12_000)


def inverter_with(soc: float) -> Inverter:
    return Inverter(battery=Battery(stored_wh=soc * 10_000))


def run(inverter: Inverter, load: float, pv: float, seconds: int = 1, dt: float = 1.0) -> float:
    """Step the inverter and return the grid power of the last step."""
    for second in range(seconds):
        inverter.step(Tick(epoch=second * dt, dt=dt), load, pv)
    return load - inverter.ac_w


@given(
    soc=st.floats(0.05, 1),
    load=WATTS,
    pv=WATTS,
    mode=st.sampled_from(WorkingMode),
    kind=st.sampled_from(Forced),
    watts=st.integers(0, 5_000),
    limits=st.tuples(st.integers(0, 5_000), st.integers(0, 5_000)),
    feed_in=st.sampled_from(FeedIn),
    dt=st.sampled_from([0.5, 1.0, 60.0, 900.0]),
)
def test_no_limit_is_ever_broken_and_power_balances(
    soc: float,
    load: float,
    pv: float,
    mode: WorkingMode,
    kind: Forced,
    watts: int,
    limits: tuple[int, int],
    feed_in: FeedIn,
    dt: float,
) -> None:
    inverter = inverter_with(soc)
    settings, battery = inverter.settings, inverter.battery
    settings.working_mode, settings.feed_in_mode, settings.feed_in_w = mode, feed_in, 2_000
    settings.max_charge_w, settings.max_discharge_w = limits
    inverter.asked.charge_w = inverter.asked.discharge_w = watts
    inverter.asked.minutes = 60
    inverter.command(kind, 0.0)
    before = battery.stored_wh
    grid = run(inverter, load, pv, 3, dt)
    assert load + battery.power_w - inverter.pv_w - grid == pytest.approx(0, abs=1e-6)
    assert 0 <= inverter.pv_w <= pv + 1e-9
    assert -limits[1] - 1e-6 <= battery.power_w <= limits[0] + 1e-6
    assert abs(inverter.ac_w) <= inverter.rated_w + 1e-6
    assert 0.05 - 1e-9 <= battery.soc <= 1
    assert battery.stored_wh - before == pytest.approx(
        battery.charged_wh * 0.95 - battery.discharged_wh / 0.95, abs=1e-6
    )
    allowed = {FeedIn.UNLIMITED: 6_000, FeedIn.ZERO: 0, FeedIn.WATTS: 2_000, FeedIn.PERCENT: 6_000}
    assert -grid <= allowed[feed_in] + 1e-6


def test_self_consumption_brings_the_meter_to_zero() -> None:
    assert run(inverter_with(0.5), load=800, pv=2_500) == pytest.approx(0)
    assert run(inverter_with(0.5), load=2_500, pv=800) == pytest.approx(0)
    # Sensitivity: an empty battery cannot cover, a full one cannot take.
    assert run(inverter_with(0.05), load=2_500, pv=800) == pytest.approx(1_700)
    assert run(inverter_with(1.0), load=800, pv=2_500) == pytest.approx(-1_700)


def test_forced_charge_draws_from_the_grid_and_ends_by_its_own_timer() -> None:
    inverter = inverter_with(0.3)
    inverter.asked.charge_w, inverter.asked.minutes = 3_000, 1
    inverter.command(Forced.CHARGE, 0.0)
    assert run(inverter, load=500, pv=0, seconds=60) == pytest.approx(3_500)
    inverter.step(Tick(epoch=60.0, dt=1.0), 500, 0)
    assert inverter.running.kind is Forced.STOP
    assert inverter.battery.power_w == pytest.approx(-500)


def test_forced_discharge_exports_and_stops_at_its_target() -> None:
    inverter = inverter_with(0.5)
    inverter.asked.discharge_w, inverter.asked.to_soc, inverter.asked.target_soc = 4_000, True, 0.4
    inverter.command(Forced.DISCHARGE, 0.0)
    assert run(inverter, load=500, pv=0) == pytest.approx(-3_500)
    run(inverter, load=0, pv=0, seconds=30, dt=60)
    assert inverter.running.kind is Forced.STOP
    assert inverter.battery.soc == pytest.approx(0.4, abs=0.01)


def test_a_command_takes_what_stood_when_it_was_given() -> None:
    inverter = inverter_with(0.5)
    inverter.asked.charge_w, inverter.asked.minutes = 1_000, 5
    inverter.command(Forced.CHARGE, 0.0)
    inverter.asked.charge_w = 4_000
    run(inverter, load=0, pv=0)
    assert inverter.battery.power_w == 1_000


def test_a_reboot_forgets_the_command_and_keeps_the_settings() -> None:
    inverter = inverter_with(0.5)
    inverter.settings.max_discharge_w = 0
    inverter.asked.charge_w, inverter.asked.minutes = 1_000, 60
    inverter.command(Forced.CHARGE, 0.0)
    inverter.reboot()
    assert run(inverter, load=700, pv=0) == pytest.approx(700)
    assert inverter.settings.max_discharge_w == 0


def test_zero_feed_in_curtails() -> None:
    inverter = inverter_with(1.0)
    inverter.settings.feed_in_mode = FeedIn.ZERO
    assert run(inverter, load=300, pv=4_000) == pytest.approx(0)
    assert inverter.curtailed_w == pytest.approx(3_700)


def boiler_day(boiler: Boiler, on: bool, day: int = 739_000, hours: range = range(24)) -> None:
    for second in range(hours.start * 3600, hours.stop * 3600, 10):
        boiler.step(Tick(epoch=float(second), dt=10, local_s=second, day=day), on)


def test_the_tank_keeps_its_energy() -> None:
    boiler = Boiler(temperature_c=40.0)
    boiler_day(boiler, on=True)
    gained = (boiler.temperature_c - 40.0) * boiler.litres * WATER
    assert gained == pytest.approx(boiler.heated_wh - boiler.lost_wh - boiler.drawn_wh, abs=1e-6)
    assert boiler.drawn_wh > 2_000
    assert boiler.short_wh == 0


def test_the_thermostat_cuts_off_and_comes_back() -> None:
    boiler = Boiler(temperature_c=64.5)
    powers = [boiler.step(Tick(epoch=n, dt=10, local_s=n, day=1), True) for n in range(0, 3_000, 10)]
    assert powers[0] == pytest.approx(2_000)
    assert powers[-1] == 0
    assert boiler.temperature_c <= 65.0 + 1e-9
    boiler.temperature_c = 60.5
    assert boiler.step(Tick(epoch=3_000, dt=10, local_s=3_000, day=1), True) == pytest.approx(2_000)


def test_a_tank_without_power_cools_and_falls_short() -> None:
    boiler = Boiler(temperature_c=55.0)
    for day in range(1, 4):
        boiler_day(boiler, on=False, day=day)
    assert boiler.temperature_c < 30
    assert boiler.short_wh > 500
    assert boiler.last_hot is None


def test_quarter_hour_demand_grows_from_zero_and_makes_the_peak() -> None:
    meter = Meter()
    tick = Tick(epoch=0.0, dt=60)
    meter.start_quarter(tick, (2026, 6))
    for minute in range(15):
        tick.epoch = 60.0 * minute
        meter.step(tick, (1_000.0, 1_000.0, 1_000.0))
        # Energy so far, not a mean of the past: a third of the quarter gives a third of the power.
        assert meter.demand_w == pytest.approx(3_000 * (minute + 1) / 15)
    tick.epoch = 900.0
    meter.start_quarter(tick, (2026, 6))
    assert meter.demand_w == 0
    assert meter.month_peak.watts == pytest.approx(3_000)
    assert meter.month_peak.ended == 900.0
    meter.start_quarter(Tick(epoch=1_800.0), (2026, 7))
    assert meter.history[-1][0] == (2026, 6)
    assert meter.month_peak.watts == 0


def test_export_never_raises_the_demand() -> None:
    meter = Meter()
    meter.start_quarter(Tick(), (2026, 6))
    meter.step(Tick(dt=60), (-4_000.0, 500.0, 500.0))
    assert meter.demand_w == 0
    assert sum(meter.export_wh) == pytest.approx(50)
    assert sum(meter.import_wh) == 0


@given(st.integers(0, 3), st.sampled_from([1.0, 5.0, 60.0, 900.0]), st.floats(0.05, 1.0))
def test_a_day_balances_to_the_watt_hour(seed: int, step: float, soc: float) -> None:
    home = VirtualHome(ManualClock(NOON), seed=seed, step=step, soc=soc)
    battery = home.house.inverter.battery
    for _ in range(6):
        home.advance(900)
        home.sockets["pump"].switch(not home.sockets["pump"].relay)
        totals = home.house.totals
        assert totals.import_wh - totals.export_wh == pytest.approx(
            totals.load_wh + battery.charged_wh - battery.discharged_wh - totals.pv_wh, abs=1e-6
        )
        assert sum(home.house.meter.import_wh) == pytest.approx(totals.import_wh)
        assert sum(home.house.meter.export_wh) == pytest.approx(totals.export_wh)
        sockets = sum(socket.energy_wh for socket in home.sockets.values())
        assert totals.load_wh == pytest.approx(totals.base_wh + sockets)


def test_a_whole_day_heats_the_tank_and_costs_money() -> None:
    home = VirtualHome(ManualClock(datetime(2026, 1, 15, tzinfo=UTC)), soc=0.05)
    home.advance(86_400)
    truth = home.truth()
    assert truth["import_kwh"] > 3
    assert truth["bill"] > 0.5
    assert truth["loads"]["boiler"]["energy_kwh"] > 2
    assert truth["loads"]["boiler"]["last_hot"] is not None
    assert truth["loads"]["boiler"]["short_kwh"] == 0
    assert truth["month_peak_w"] > 500


def test_switching_the_pump_moves_the_meter_within_a_step(clock: ManualClock) -> None:
    home = VirtualHome(clock, soc=0.05)
    home.house.inverter.settings.max_charge_w = 0
    before = home.advance(1).grid_w
    home.sockets["pump"].switch(True)
    assert home.advance(1).grid_w - before == pytest.approx(800, abs=250)


def test_history_ends_where_the_meters_stand(clock: ManualClock) -> None:
    home = VirtualHome(clock, history_days=2)
    assert len(home.history) == 48
    assert all(row.start.minute == 0 for row in home.history)
    last, truth = home.history[-1], home.truth()
    assert last.import_kwh == pytest.approx(truth["import_kwh"])
    assert last.solar_kwh == pytest.approx(truth["solar_kwh"])
    assert last.soc == pytest.approx(truth["soc"] * 100)
    assert home.house.epoch == clock.now().timestamp()


def test_a_step_must_divide_the_quarter_hour(clock: ManualClock) -> None:
    with pytest.raises(ValueError, match="900"):
        VirtualHome(clock, step=7)


def test_a_clock_set_back_stops_time_and_does_not_undo_it(clock: ManualClock) -> None:
    home = VirtualHome(clock)
    clock.advance(60)
    epoch = home.catch_up().epoch
    clock.advance(-3600)
    assert home.catch_up().epoch == epoch
    clock.advance(3610)
    assert home.catch_up().epoch == epoch + 10
