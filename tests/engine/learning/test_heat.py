"""A simulated room with known parameters is found again; a past that says nothing teaches nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.merit_order.engine.assets._thermal import cop_at
from custom_components.merit_order.engine.learning.heat import fit_cop, fit_room
from custom_components.merit_order.engine.model.series import FloatArray


def lived(
    capacity: float,
    loss: float,
    gains: float,
    *,
    days: int = 28,
    seed: int = 1,
    noise_k: float = 0.1,
    sun: float = 0.0,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Hourly means of a room under a thermostat with a night setback, simulated by the minute.

    Room and outside in °C, heat and sun in kW.
    """
    random = np.random.default_rng(seed)
    minutes = np.arange(days * 1440)
    weather = np.cumsum(random.normal(0, 1.5, days + 1))
    outside = 4 + np.interp(minutes / 1440, np.arange(days + 1), weather - weather.mean())
    outside = outside + 4 * np.sin((minutes / 60 - 9) * np.pi / 12)
    cloud = np.repeat(random.uniform(0.1, 1.0, days), 1440)
    bright = (
        np.maximum(np.sin((minutes / 60 % 24 - 8) * np.pi / 9), 0.0) * (minutes / 60 % 24 < 17) * cloud * 5
    )
    target = np.where((minutes / 60 % 24 > 6) & (minutes / 60 % 24 < 22), 21.0, 18.5)
    most = 1.8 * loss * 30
    now, on, temperature, heat = 20.0, False, np.empty(len(minutes)), np.zeros(len(minutes))
    for i in range(len(minutes)):
        on = now < target[i] + (0.25 if on else -0.25)
        heat[i] = most if on else 0.0
        now += (heat[i] + gains + sun * bright[i] - loss * (now - outside[i])) / capacity / 60
        temperature[i] = now
    measured = temperature + random.normal(0, noise_k, len(minutes))
    room, outdoor, power, sunny = (
        x.reshape(-1, 60).mean(axis=1) for x in (np.round(measured, 1), outside, heat, bright)
    )
    return room, outdoor, power, sunny


@settings(max_examples=5, deadline=None)
@given(
    capacity=st.floats(3.0, 25.0),
    time_constant=st.floats(20.0, 120.0),
    seed=st.integers(0, 1000),
    gains_share=st.floats(0.0, 0.3),
)
def test_the_parameters_of_a_simulated_room_are_found_again(
    capacity: float, time_constant: float, seed: int, gains_share: float
) -> None:
    """Within 15 % for loss, 20 % for capacity, from three weeks with a sensor of 0.1 K."""
    loss = capacity / time_constant
    room, outside, heat, _ = lived(capacity, loss, gains_share * loss * 15, days=21, seed=seed)
    fit = fit_room(room, outside, heat)
    assert fit is not None
    assert fit.loss_kw_k == pytest.approx(loss, rel=0.15)
    assert fit.capacity_kwh_k == pytest.approx(capacity, rel=0.2)
    assert fit.good
    assert fit.error_k < 0.3


def test_a_room_does_not_tell_how_much_heat_a_kilowatt_hour_makes() -> None:
    """Why without a heat meter the COP that was set stays: a pump twice as good in a house twice as heavy that loses
    twice as much is warm at the same hours for the same kilowatt-hours.
    """
    room, outside, heat, _ = lived(8.0, 0.2, 0.1, days=14)
    power = heat / cop_at(3.0, outside, 40.0)
    one, two = (fit_room(room, outside, cop_at(cop, outside, 40.0) * power) for cop in (2.0, 4.0))
    assert one is not None
    assert two is not None
    assert two.error_k == pytest.approx(one.error_k, rel=1e-6)
    assert two.capacity_kwh_k == pytest.approx(2 * one.capacity_kwh_k, rel=1e-6)
    assert two.loss_kw_k == pytest.approx(2 * one.loss_kw_k, rel=1e-6)


def test_the_sun_is_told_from_a_smaller_loss_when_it_is_known() -> None:
    """Sensitivity: without the sun the room seems to lose less."""
    room, outside, heat, sun = lived(8.0, 0.2, 0.1, sun=0.25)
    with_sun, without = fit_room(room, outside, heat, sun), fit_room(room, outside, heat)
    assert with_sun is not None
    assert without is not None
    assert with_sun.loss_kw_k == pytest.approx(0.2, rel=0.1)
    assert with_sun.error_k < without.error_k
    assert abs(with_sun.loss_kw_k - 0.2) < abs(without.loss_kw_k - 0.2)


def test_panels_that_are_new_do_not_cost_the_time_before_them() -> None:
    room, outside, heat, sun = lived(8.0, 0.2, 0.1)
    sun[: len(sun) * 3 // 4] = np.nan
    fit = fit_room(room, outside, heat, sun)
    assert fit is not None
    assert fit.days == 28


def test_gaps_are_passed_over() -> None:
    room, outside, heat, _ = lived(8.0, 0.18, 0.3)
    gaps = np.random.default_rng(3).integers(0, len(room), 5)
    for gap in gaps:
        room[gap : gap + 6] = np.nan
    fit = fit_room(room, outside, heat)
    assert fit is not None
    assert fit.days < 28
    assert fit.loss_kw_k == pytest.approx(0.18, rel=0.15)


def test_a_few_days_teach_nothing() -> None:
    room, outside, heat, _ = lived(8.0, 0.18, 0.3, days=7)
    assert fit_room(room, outside, heat) is None


def test_a_summer_without_heating_teaches_nothing() -> None:
    room, outside, heat, _ = lived(8.0, 0.18, 0.3)
    assert fit_room(room, outside, np.zeros(len(heat))) is None


def test_a_temperature_that_has_nothing_to_do_with_the_heating_is_no_good_fit() -> None:
    room, outside, heat, _ = lived(8.0, 0.18, 0.3)
    other = 20 + np.cumsum(np.random.default_rng(2).normal(0, 0.3, len(room)))
    fit = fit_room(other, outside, heat)
    assert fit is None or not fit.good


@pytest.mark.parametrize(("cop", "flow"), [(3.2, 35.0), (4.1, 45.0)])
def test_the_cop_curve_is_found_again_from_metered_heat(cop: float, flow: float) -> None:
    random = np.random.default_rng(1)
    outside, power = random.uniform(-8, 14, 500), random.uniform(0, 2, 500)
    heat = cop_at(cop, outside, flow) * power * random.normal(1, 0.05, 500)
    fit = fit_cop(heat, power, outside, 40.0)
    assert fit is not None
    assert fit.good
    assert fit.flow_c == pytest.approx(flow, abs=3)
    np.testing.assert_allclose(cop_at(fit.cop, outside, fit.flow_c), cop_at(cop, outside, flow), rtol=0.05)


def test_without_a_spread_of_temperatures_the_flow_that_was_configured_stays() -> None:
    random = np.random.default_rng(1)
    outside, power = random.uniform(6, 8, 200), random.uniform(0.5, 2, 200)
    fit = fit_cop(cop_at(3.0, outside, 50.0) * power, power, outside, 50.0)
    assert fit is not None
    assert fit.flow_c == 50.0
    assert fit.cop == pytest.approx(3.0, rel=0.01)


def test_a_pump_that_hardly_ran_teaches_no_cop() -> None:
    assert fit_cop(np.full(40, 3.0), np.full(40, 1.0), np.full(40, 5.0), 40.0) is None
