"""What each steered thing contributed: days worked out by hand, and the laws that hold for every home."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.merit_order.engine.ledger import (
    Book,
    LoadSlot,
    MeasuredSlot,
    Share,
    record,
    shares,
    sums,
)
from custom_components.merit_order.engine.model.codec import from_json, to_json

from .test_ledger import LOSSLESS, PARIS, START, battery, slot

HOUR = timedelta(hours=1)
PARAMS = {"store": LOSSLESS}


def book_of(slots: list[MeasuredSlot]) -> Book:
    book: Book | None = None
    for one in slots:
        book = record(book, one.start, one.end, one, PARAMS, PARIS)
    assert book is not None
    return book


def shares_of(slots: list[MeasuredSlot]) -> dict[str, Share]:
    return shares(book_of(slots), PARAMS, slots[-1].end, PARIS)


def load(kwh: float) -> dict[str, LoadSlot]:
    """A load that could have run from the first hour on."""
    return {"washer": LoadSlot(kwh=kwh, since=START)}


def test_alone_a_thing_is_credited_with_all_of_it() -> None:
    # 2 kWh run in the second hour at 0.10 instead of the first at 0.30.
    day = [slot(0, 0.0, price=0.30, loads=load(0.0)), slot(1, 2.0, price=0.10, loads=load(2.0))]
    share = shares_of(day)["washer"].today
    assert (share.last, share.first) == pytest.approx((0.40, 0.40))


def test_two_that_do_not_touch_each_other_are_credited_apart() -> None:
    # The battery was kept full for the dear hour by buying in the cheap one; the washer waited for the cheap one.
    day = [
        slot(0, 1.0, price=0.30, batteries=battery(0.0, 0.0), loads=load(0.0)),
        slot(1, 6.0, price=0.10, batteries=battery(3.0, 0.0), loads=load(2.0)),
        slot(2, 0.0, price=0.50, batteries=battery(-3.0, 3.0), loads=load(0.0)),
    ]
    found = shares_of(day)
    assert found["washer"].today.middle == pytest.approx(0.40)
    assert found["store"].today.middle == pytest.approx(3 * (0.50 - 0.10))


def test_two_that_share_one_gain_are_each_credited_with_half_and_the_rest_is_doubt() -> None:
    # One kWh of sun is fed in for nothing unless someone takes it in the second hour: the washer took it, and the
    # battery, which would have taken it by itself, was held empty for it.
    day = [
        slot(0, 1.0, price=0.30, export=0.0, batteries=battery(0.0, 0.0), loads=load(0.0)),
        slot(1, 0.0, price=0.30, export=0.0, batteries=battery(0.0, 0.0), loads=load(1.0)),
        slot(2, 1.0, price=0.30, export=0.0, batteries=battery(0.0, 0.0), loads=load(0.0)),
    ]
    found = shares_of(day)
    total = sums(book_of(day), PARAMS, day[-1].end, PARIS).today.saved
    assert sum(one.today.middle for one in found.values()) == pytest.approx(total)
    assert found["store"].today.last != pytest.approx(found["store"].today.first)


def test_at_one_price_for_all_hours_nobody_is_credited_for_shifting() -> None:
    day = [slot(0, 0.0, loads=load(0.0)), slot(1, 2.0, loads=load(2.0))]
    assert shares_of(day)["washer"].total.middle == pytest.approx(0.0)


def test_one_who_comes_later_is_not_credited_with_what_was_saved_before() -> None:
    early = [
        slot(0, 0.0, price=0.10, batteries=battery(0.0, 0.0)),
        slot(1, 3.0, price=0.10, batteries=battery(3.0, 0.0)),
        slot(2, -3.0, price=0.50, export=0.5, batteries=battery(-3.0, 3.0)),
    ]
    late = [
        slot(
            3,
            0.0,
            price=0.30,
            batteries=battery(0.0, 0.0),
            loads={"washer": LoadSlot(kwh=0.0, since=START + 3 * HOUR)},
        ),
        slot(
            4,
            2.0,
            price=0.10,
            batteries=battery(0.0, 0.0),
            loads={"washer": LoadSlot(kwh=2.0, since=START + 3 * HOUR)},
        ),
    ]
    found = shares_of([*early, *late])
    assert found["washer"].total.middle == pytest.approx(0.40)
    assert found["store"].total.middle == pytest.approx(3 * 0.40)


def test_each_period_begins_at_nothing_and_the_book_survives_its_json() -> None:
    day = [slot(0, 0.0, price=0.30, loads=load(0.0)), slot(1, 2.0, price=0.10, loads=load(2.0))]
    night = [slot(at, 0.0, price=0.30) for at in range(2, 25)]
    book = from_json(Book, to_json(book_of([*day, *night])))
    found = shares(book, PARAMS, night[-1].end, PARIS)["washer"]
    assert found.today.middle == pytest.approx(0.0)
    assert found.month.middle == found.year.middle == found.total.middle == pytest.approx(0.40)


prices = st.lists(st.floats(0.0, 0.6), min_size=48, max_size=48)


@settings(max_examples=15)
@given(prices, st.lists(st.sampled_from([0.0, 0.0, 1.0]), min_size=48, max_size=48))
def test_of_two_the_shares_make_the_whole_also_after_settling(cost: list[float], runs: list[float]) -> None:
    level, slots = 0.0, []
    for at, (price, kwh) in enumerate(zip(cost, runs, strict=True)):
        into = 1.0 if price < 0.2 and level < 9.0 else -1.0 if price > 0.4 and level >= 1.0 else 0.0
        slots.append(
            slot(
                at, 0.5 + kwh + into, price=price, export=0.0, batteries=battery(into, level), loads=load(kwh)
            )
        )
        level += into
    book = book_of(slots)
    total = sums(book, PARAMS, slots[-1].end, PARIS).total.saved
    parts = shares(book, PARAMS, slots[-1].end, PARIS)
    assert sum(part.total.middle for part in parts.values()) == pytest.approx(total, abs=1e-6)
