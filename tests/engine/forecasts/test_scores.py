"""Error, bias and daily error on numbers small enough to check by hand."""

import numpy as np
import pytest

from custom_components.merit_order.engine.scores import KELVIN, Scorecard, as_shares, score


def test_a_score_by_hand() -> None:
    measured = np.array([1.0, 3.0, 2.0, 2.0])
    forecast = np.array([2.0, 2.0, 4.0, 2.0])
    found = score(measured, forecast, np.array([0, 0, 1, 1]), full=2)
    assert found is not None
    assert (found.mae, found.nmae, found.bias) == (1.0, 0.5, 0.25)
    # Day 0: 4 and 4. Day 1: 4 measured, 6 said.
    assert found.daily_nmae == pytest.approx(2 / 8)


def test_a_gap_is_not_compared_and_its_day_is_not_whole() -> None:
    measured = np.array([1.0, np.nan, 2.0, 2.0])
    found = score(measured, np.array([1.0, 9.0, 2.0, 2.0]), np.array([0, 0, 1, 1]), full=2)
    assert found is not None
    assert found.count == 3
    assert found.daily_nmae == 0.0


def test_nothing_to_compare_is_no_score() -> None:
    nothing = np.array([np.nan])
    assert score(nothing, nothing, np.array([0]), full=1) is None
    assert as_shares(None) == {"nmae": None, "bias": None, "daily_nmae": None}


def test_a_card_agrees_with_the_score_and_survives_the_store() -> None:
    random = np.random.default_rng(1)
    measured, forecast, day = random.random(96), random.random(96), np.repeat(np.arange(4), 24)
    card = Scorecard()
    for values in zip(day, measured, forecast, strict=True):
        card.add(*values)
    whole = score(measured, forecast, day, full=24)
    again = Scorecard.from_json(card.to_json()).score()
    assert whole is not None
    assert again is not None
    assert again.nmae == pytest.approx(whole.nmae)
    assert again.bias == pytest.approx(whole.bias)
    assert again.daily_nmae == pytest.approx(whole.daily_nmae)


def test_a_card_forgets_days_that_are_long_gone() -> None:
    card = Scorecard()
    card.add(1, 1.0, 100.0)
    card.add(60, 1.0, 1.0)
    found = card.score()
    assert found is not None
    assert found.mae == 0.0


@pytest.mark.parametrize(("said", "verdict"), [(1.0, "good"), (1.4, "too_high"), (0.6, "too_low")])
def test_a_card_names_what_is_wrong(said: float, verdict: str) -> None:
    card = Scorecard()
    assert card.verdict() == "learning"
    for day in range(5):
        for _ in range(24):
            card.add(day, 1.0, said)
    assert card.verdict() == verdict


def test_a_forecast_without_bias_can_be_poor() -> None:
    card = Scorecard()
    for day in range(5):
        for hour in range(24):
            card.add(day, 1.0, 2.5 if hour % 2 else -0.5)
    assert card.verdict() == "poor"


def degrees(*said: float) -> Scorecard:
    """Five winter days at -1 °C, each hour of which one of `said` was forecast, in turn."""
    card = Scorecard()
    for day in range(5):
        for hour in range(24):
            card.add(day, -1.0, said[hour % len(said)])
    return card


def test_a_temperature_is_judged_by_differences_not_by_shares_of_a_mean() -> None:
    card = degrees(0.0, 1.0)
    found = card.figures(KELVIN)
    assert found is not None
    assert (found.mae, found.bias, found.daily) == (1.5, 1.5, 1.5)
    assert card.figures() is None, "there is no share of a mean below zero"


def test_a_days_mean_counts_when_the_day_is_whole() -> None:
    card = degrees(-1.0)
    card.add(9, -1.0, 20.0)
    found = card.figures(KELVIN)
    assert found is not None
    assert found.daily == 0.0
    assert found.bias == pytest.approx(21 / 121)


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ((0.9,), "good"),
        ((1.1,), "too_high"),
        ((-2.9,), "good"),
        ((-3.1,), "too_low"),
        ((1.9, -3.9), "good"),
        ((2.1, -4.1), "poor"),
    ],
)
def test_a_bad_temperature_is_named_from_two_kelvin_of_bias_and_three_of_error(
    said: tuple[float, ...], verdict: str
) -> None:
    assert degrees(*said).verdict(KELVIN) == verdict
    assert Scorecard().verdict(KELVIN) == "learning"
