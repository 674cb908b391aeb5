"""Hot water drawn is found again from a tank that was heated and drawn from; gaps and little history are said."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.merit_order.engine.learning.draws import Draws, draws_at, learn_draws
from custom_components.merit_order.engine.model.program import IntArray
from custom_components.merit_order.engine.model.series import FloatArray

PARIS = ZoneInfo("Europe/Paris")
MONDAY = int(datetime(2026, 3, 2, tzinfo=PARIS).timestamp())
CAPACITY, LOSS, AROUND = 200 * 1.163e-3, 1.5 / 24 / 45, 18.0
SHOWERS = np.where(np.arange(24) == 7, 2.0, np.where(np.arange(24) == 19, 1.5, 0.05))


def tank(
    days: int, *, weekend: float = 1.0, noise_c: float = 0.2, seed: int = 1
) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
    """(starts, heat, water, drawn) by hour: a boiler that heats by night, drawn from by the wall clock."""
    random = np.random.default_rng(seed)
    starts = MONDAY + 3600 * np.arange(days * 24, dtype=np.int64)
    local = [datetime.fromtimestamp(int(at), UTC).astimezone(PARIS) for at in starts]
    drawn = np.array([SHOWERS[at.hour] * (weekend if at.weekday() >= 5 else 1.0) for at in local])
    drawn = drawn * random.gamma(4.0, 0.25, len(drawn))
    water, heat, mean = 55.0, np.zeros(len(starts)), np.empty(len(starts))
    for i, at in enumerate(local):
        heating = at.hour < 5 and water < 58
        total = 0.0
        for _ in range(60):
            heat_kw = 2.0 if heating and water < 60 else 0.0
            water += (heat_kw - drawn[i] - LOSS * (water - AROUND)) / CAPACITY / 60
            heat[i] += heat_kw / 60
            total += water
        mean[i] = total / 60
    return starts, heat, mean + random.normal(0, noise_c, len(mean)), drawn


def learn(starts: IntArray, heat: FloatArray, water: FloatArray) -> Draws | None:
    return learn_draws(
        starts,
        heat,
        water,
        PARIS,
        capacity_kwh_k=CAPACITY,
        loss_kw_k=LOSS,
        around_c=AROUND,
        usual_c=52.0,
    )


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 1000))
def test_what_is_drawn_is_found_again(seed: int) -> None:
    """Over the change of clocks of 29 March too: people shower by the wall clock."""
    starts, heat, water, drawn = tank(35, seed=seed)
    draws = learn(starts, heat, water)
    assert draws is not None
    assert draws.timed
    assert not draws.provisional
    assert draws.daily_kwh == pytest.approx(drawn.sum() / 35, rel=0.05)
    morning, evening = draws.kw[:, 6:9].sum(axis=1), draws.kw[:, 18:21].sum(axis=1)
    assert morning.mean() == pytest.approx(2.1, rel=0.25)
    assert evening.mean() == pytest.approx(1.6, rel=0.25)
    assert morning.min() > 0.7
    assert draws.kw[:, 10:17].sum(axis=1).mean() < 0.8


def test_weekends_are_told_from_working_days() -> None:
    starts, heat, water, _ = tank(42, weekend=2.0)
    draws = learn(starts, heat, water)
    assert draws is not None
    days = draws.kw.sum(axis=1)
    assert days[5:].mean() == pytest.approx(2 * days[:5].mean(), rel=0.2)


def test_the_profile_stands_on_the_wall_clock_of_the_hours_asked_for() -> None:
    starts, heat, water, _ = tank(21)
    draws = learn(starts, heat, water)
    assert draws is not None
    for date in ("2026-03-28", "2026-03-30"):
        midnight = int(datetime.fromisoformat(date).replace(tzinfo=PARIS).timestamp())
        shower = draws_at(draws.kw, midnight + 3600 * np.arange(5, 10, dtype=np.int64), PARIS)
        assert shower @ np.arange(5, 10) / shower.sum() == pytest.approx(7.0, abs=0.4)


def test_gaps_cost_hours_and_not_energy() -> None:
    starts, heat, water, drawn = tank(35)
    holes = np.random.default_rng(5).random(len(heat)) < 0.15
    draws = learn(starts, np.where(holes, np.nan, heat), np.where(holes, np.nan, water))
    assert draws is not None
    assert draws.daily_kwh == pytest.approx(drawn.sum() / 35, rel=0.15)


def test_without_a_temperature_the_energy_is_learned_and_the_shape_is_a_usual_one() -> None:
    starts, heat, water, drawn = tank(35)
    draws = learn(starts, heat, np.full(len(water), np.nan))
    assert draws is not None
    assert not draws.timed
    assert draws.daily_kwh == pytest.approx(drawn.sum() / 35, rel=0.08)
    assert np.all(draws.kw[0] == draws.kw[6])


@pytest.mark.parametrize(
    ("days", "known", "settled"), [(1, False, False), (5, True, False), (20, True, True)]
)
def test_a_few_days_are_provisional_and_one_is_nothing(days: int, known: bool, settled: bool) -> None:
    starts, heat, water, _ = tank(days)
    draws = learn(starts, heat, water)
    assert (draws is not None) == known
    assert draws is None or draws.provisional != settled


def test_a_tank_nobody_draws_from_has_no_draws() -> None:
    starts, _, water, _ = tank(10)
    assert learn(starts, np.zeros(len(starts)), np.full(len(water), 50.0)) is None


def test_days_that_differ_are_less_sure_than_days_alike() -> None:
    alike, spread = tank(28), tank(28, weekend=4.0)
    sure, unsure = learn(*alike[:3]), learn(*spread[:3])
    assert sure is not None
    assert unsure is not None
    assert sure.daily_error < 0.5 * unsure.daily_error
