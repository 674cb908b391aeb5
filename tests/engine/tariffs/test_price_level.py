"""Levels by the person's thresholds and by the window ahead."""

import math
from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.model.series import Series, Span
from custom_components.merit_order.engine.price_level import price_level, price_level_until, price_levels
from tests.apis import at

START = at("2026-06-15")


def hourly(*prices: float) -> Series:
    return Series.regular(START, 60, prices)


def levels(*prices: float, cheap_below: float | None = None, expensive_above: float | None = None) -> str:
    """One letter per hour: c, n, e."""
    found = price_levels(np.array(prices), np.ones(len(prices)), cheap_below, expensive_above)
    return "".join(level[0] for level in found)


def test_the_lowest_quarter_is_cheap_and_the_highest_expensive() -> None:
    assert levels(0.10, 0.20, 0.30, 0.40, 0.50, 0.60, 0.70, 0.80) == "ccnnneee"


def test_a_fixed_price_is_normal_and_a_two_rate_one_has_a_cheap_night() -> None:
    assert set(levels(*[0.3] * 24)) == {"n"}
    assert levels(*[0.2] * 9, *[0.3] * 15) == "c" * 9 + "n" * 15
    assert levels(*[0.085] * 5, *[0.26] * 19) == "c" * 5 + "n" * 19
    assert levels(*[0.26] * 20, *[0.40] * 4) == "n" * 20 + "e" * 4


def test_prices_that_hardly_differ_are_normal_and_negative_ones_cheap() -> None:
    assert set(levels(0.300, 0.301, 0.302, 0.303)) == {"n"}
    assert levels(-0.05, -0.04, -0.03, -0.02)[0] == "c"
    assert levels(*[0.3] * 20, -0.01, *[0.3] * 3) == "n" * 20 + "c" + "n" * 3


def test_the_persons_thresholds_win() -> None:
    assert levels(0.10, 0.15, 0.20, 0.25, cheap_below=0.15, expensive_above=0.20) == "cnne"


def test_the_level_now_looks_ahead_and_not_back() -> None:
    prices = hourly(*[0.05] * 12, 0.20, *[0.30] * 11)
    assert price_level(prices, START + timedelta(hours=12)) == "cheap"
    assert price_level(prices, START) == "cheap"
    assert price_level(prices, START + timedelta(hours=13)) == "normal"
    assert price_level(prices, START + timedelta(hours=24)) is None
    assert price_level(prices, START, cheap_below=0.01) == "normal"


def test_a_level_says_until_when_it_holds() -> None:
    prices = hourly(*[0.05] * 3, *[0.06] * 3, *[0.20] * 7, *[0.30] * 11)
    assert price_level_until(prices, START) == ("cheap", START + timedelta(hours=6))
    assert price_level_until(prices, START + timedelta(hours=13)) == ("normal", None)
    assert price_level_until(prices, START + timedelta(hours=24)) == (None, None)
    assert price_level_until(prices, START, cheap_below=0.055) == ("cheap", START + timedelta(hours=3))


def test_a_long_span_counts_by_its_length() -> None:
    spans = (
        Span(START, START + timedelta(hours=20), 0.30),
        Span(START + timedelta(hours=20), START + timedelta(hours=22), 0.20),
        Span(START + timedelta(hours=22), START + timedelta(hours=24), 0.10),
    )
    assert price_level(Series(spans), START) == "normal"


@given(st.lists(st.floats(-1, 2) | st.just(math.nan), min_size=1, max_size=60))
def test_law_dearer_is_never_called_cheaper(prices: list[float]) -> None:
    rank = {"cheap": 0, "normal": 1, "expensive": 2}
    found = price_levels(np.array(prices), np.ones(len(prices)))
    known = [pair for pair in zip(prices, found, strict=True) if not math.isnan(pair[0])]
    ranks = [rank[level] for _, level in sorted(known, key=lambda pair: pair[0])]
    assert ranks == sorted(ranks)


def test_expected_prices_are_called_by_the_published_ones() -> None:
    prices, hours = np.array([0.2, 0.3, 0.3, 0.4, 0.1, 0.1, 0.1, 0.5]), np.ones(8)
    published = np.arange(8) < 4
    assert price_levels(prices, hours)[0] == "normal"
    assert price_levels(prices, hours, published=published)[0] == "cheap"
    assert price_levels(prices, hours, published=published)[4:] == ("cheap", "cheap", "cheap", "expensive")
    assert price_levels(prices, hours, published=np.zeros(8, dtype=bool)) == price_levels(prices, hours)
