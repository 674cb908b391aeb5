"""What was saved: days worked out by hand, gaps, and the laws that hold for every home."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.assets.battery import BatteryParams
from custom_components.merit_order.engine.assets.load import LoadParams
from custom_components.merit_order.engine.ledger import (
    BatterySlot,
    Book,
    LoadSlot,
    MeasuredSlot,
    Sums,
    load_since,
    record,
    sums,
)
from custom_components.merit_order.engine.model.codec import from_json, to_json

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)  # local midnight
HOUR = timedelta(hours=1)
LOSSLESS = BatteryParams(
    capacity_kwh=10.0, min_soc=0.0, charge_efficiency=1.0, discharge_efficiency=1.0, max_charge_kw=5.0
)


def slot(
    at: int,
    net_kwh: float,
    price: float = 0.30,
    export: float = 0.08,
    batteries: dict[str, BatterySlot] | None = None,
    loads: dict[str, LoadSlot] | None = None,
) -> MeasuredSlot:
    """An hour with so much drawn from (+) or fed into the grid."""
    return MeasuredSlot(
        start=START + at * HOUR,
        end=START + (at + 1) * HOUR,
        import_kwh=max(net_kwh, 0.0),
        export_kwh=max(-net_kwh, 0.0),
        import_price=price,
        export_price=export,
        batteries=batteries or {},
        loads=loads or {},
    )


def battery(kwh: float, before: float) -> dict[str, BatterySlot]:
    """A lossless battery that takes (+) or gives."""
    return {
        "store": BatterySlot(
            charge_kwh=max(kwh, 0.0),
            discharge_kwh=max(-kwh, 0.0),
            before_kwh=before,
            after_kwh=before + kwh,
        )
    }


def book_of(slots: list[MeasuredSlot], params: BatteryParams = LOSSLESS) -> Book:
    book: Book | None = None
    for one in slots:
        book = record(book, one.start, one.end, one, {"store": params}, PARIS)
    assert book is not None
    return book


def result(slots: list[MeasuredSlot], params: BatteryParams = LOSSLESS) -> Sums:
    return sums(book_of(slots, params), {"store": params}, slots[-1].end, PARIS)


def test_a_load_moved_to_the_night_saves_the_difference_of_prices() -> None:
    evening = START + 19 * HOUR
    slots = [
        slot(i, 0.5, price=0.40, loads={"wash": LoadSlot(kwh=0.0, since=evening)}) for i in range(19, 26)
    ]
    slots[5] = slot(24, 2.5, price=0.10, loads={"wash": LoadSlot(kwh=2.0, since=evening)})
    assert result(slots).total.saved == pytest.approx(2.0 * (0.40 - 0.10))


def test_what_a_moved_load_saves_is_booked_on_the_day_it_ran() -> None:
    evening = START + 19 * HOUR
    slots = [
        slot(i, 0.5, price=0.40, loads={"wash": LoadSlot(kwh=0.0, since=evening)}) for i in range(19, 24)
    ]
    before = result(slots)
    assert before.today.saved == before.total.saved == 0.0
    slots.append(slot(24, 2.5, price=0.10, loads={"wash": LoadSlot(kwh=2.0, since=evening)}))
    after = result(slots)
    assert after.today.saved == after.month.saved == pytest.approx(0.60)
    assert after.today.counted == 1
    assert after.total.counted == 6


def test_an_optional_load_costs_what_it_could_have_earned() -> None:
    assert result([slot(12, -1.0, loads={"pool": LoadSlot(kwh=1.0)})]).total.saved == pytest.approx(-0.08)


def test_night_charging_saves_once_the_energy_is_used() -> None:
    night = slot(2, 5.5, price=0.10, batteries=battery(5.0, 0.0))
    evening = [slot(18 + i, 0.0, price=0.40, batteries=battery(-1.0, 5.0 - i)) for i in range(5)]
    between = [slot(i, 0.5, price=0.25, batteries=battery(0.0, 5.0)) for i in range(3, 18)]
    assert result([night, *between, *evening]).total.saved == pytest.approx(5.0 * (0.40 - 0.10))


def test_energy_still_stored_counts_at_the_mean_price_and_makes_the_sum_uncertain() -> None:
    night = slot(2, 5.0, price=0.10, batteries=battery(5.0, 0.0))
    later = slot(3, 0.0, price=0.30, batteries=battery(0.0, 5.0))
    total = result([night, later]).total
    assert total.saved == pytest.approx(5.0 * 0.20 - 5.0 * 0.10)
    assert total.uncertainty >= 5.0 * (0.30 - 0.08) / 2


def test_a_battery_left_to_itself_saves_nothing() -> None:
    sun = slot(12, 0.0, batteries=battery(3.0, 2.0))
    dusk = slot(13, 0.0, batteries=battery(-1.0, 5.0))
    assert result([sun, dusk]).total.saved == pytest.approx(0.0)


def test_after_a_long_silence_the_baseline_starts_from_what_is_measured() -> None:
    before = slot(0, 0.0, batteries=battery(0.0, 2.0))
    # Filled to the brim while nobody looked: no credit for what it now gives.
    after = slot(6, 0.0, batteries=battery(-1.0, 10.0))
    sum_ = result([before, after]).total
    assert sum_.saved == pytest.approx(0.0)
    assert sum_.left_out == 5


def test_what_is_not_known_is_left_out_and_said() -> None:
    book = book_of([slot(0, 1.0)])
    book_ = record(book, START + HOUR, START + 2 * HOUR, None, {}, PARIS)
    broken = replace(slot(2, 1.0), import_kwh=math.nan)
    book_ = record(book_, broken.start, broken.end, broken, {}, PARIS)
    assert book_ is not None
    total = sums(book_, {}, broken.end, PARIS).total
    assert (total.counted, total.left_out) == (1, 2)
    assert math.isfinite(total.saved)


def test_nothing_begins_without_a_whole_slot() -> None:
    assert record(None, START, START + HOUR, None, {}, PARIS) is None


def test_the_book_survives_being_written_down() -> None:
    evening = START + 19 * HOUR
    slots = [
        slot(i, 0.5, batteries=battery(0.1, i * 0.1), loads={"wash": LoadSlot(kwh=0.2, since=evening)})
        for i in range(50)
    ]
    book = book_of(slots)
    assert book.settled.end is not None
    assert from_json(Book, to_json(book)) == book


def test_a_load_could_have_run_since_the_last_deadline_or_its_earliest_time() -> None:
    at = START + 3 * HOUR  # 03:00 local
    assert load_since(LoadParams(deadline="19:00"), at, PARIS) == START - 5 * HOUR
    assert load_since(LoadParams(deadline="07:00", earliest="22:00"), at, PARIS) == START - 2 * HOUR
    assert load_since(LoadParams(), at, PARIS) == START


def _lived(
    nets: list[float], kwhs: list[float], washes: list[float], prices: list[float]
) -> list[MeasuredSlot]:
    """Hours of a home whose battery does as it is told, as far as it can."""
    level, slots = 5.0, []
    for i, (net, kwh, wash, price) in enumerate(zip(nets, kwhs, washes, prices, strict=True)):
        moved = min(max(kwh, -level), 10.0 - level)
        since = START + (i // 24) * 24 * HOUR
        slots.append(
            slot(
                i,
                net + moved + wash,
                price,
                price,
                battery(moved, level),
                {"wash": LoadSlot(kwh=wash, since=since)},
            )
        )
        level += moved
    return slots


N = 60
energy = st.floats(-5, 5, allow_nan=False)
many = st.lists(energy, min_size=N, max_size=N)
runs = st.lists(st.sampled_from([0.0, 0.0, 0.0, 1.5, 0.7]), min_size=N, max_size=N)
price = st.floats(-0.2, 0.8)


@given(many, many, runs, price)
def test_on_a_flat_tariff_without_losses_nothing_is_credited(
    nets: list[float], kwhs: list[float], washes: list[float], flat: float
) -> None:
    total = result(_lived(nets, kwhs, washes, [flat] * N)).total
    assert total.saved == pytest.approx(0.0, abs=1e-6)


@given(
    many,
    st.lists(st.tuples(price, price), min_size=N, max_size=N),
    st.lists(st.floats(0, 1), min_size=N, max_size=N),
)
def test_a_home_without_anything_to_steer_saves_nothing(
    nets: list[float], prices: list[tuple[float, float]], both: list[float]
) -> None:
    slots = [
        replace(one, import_kwh=one.import_kwh + more, export_kwh=one.export_kwh + more)
        for one, more in zip(
            [slot(i, net, *pair) for i, (net, pair) in enumerate(zip(nets, prices, strict=True))],
            both,
            strict=True,
        )
    ]
    total = result(slots).total
    assert total.saved == pytest.approx(0.0, abs=1e-9)
    assert total.counted == N


@given(many, many, runs, st.lists(price, min_size=N, max_size=N), st.floats(0.1, 10))
def test_prices_scale_what_is_saved(
    nets: list[float], kwhs: list[float], washes: list[float], prices: list[float], factor: float
) -> None:
    once = result(_lived(nets, kwhs, washes, prices)).total
    scaled = result(_lived(nets, kwhs, washes, [p * factor for p in prices])).total
    assert scaled.saved == pytest.approx(once.saved * factor, abs=1e-6)
    assert scaled.uncertainty == pytest.approx(once.uncertainty * factor, abs=1e-6)


@given(runs, st.lists(price, min_size=N, max_size=N))
def test_settling_neither_loses_nor_doubles_the_energy_of_a_load(
    washes: list[float], prices: list[float]
) -> None:
    """The bill of the baseline, day by day and all at once, over slots of which the first ones are settled."""
    slots = _lived([1.0] * N, [0.0] * N, washes, prices)
    slots = [replace(one, batteries={}) for one in slots]
    book = book_of(slots)
    assert book.settled.end is not None
    expected = 0.0
    for day in range(0, N, 24):
        own, rates = washes[day : day + 24], prices[day : day + 24]
        left, most = sum(own), max(own)
        for kwh, rate in zip(own, rates, strict=True):
            part = min(left, most)
            left -= part
            expected += (part - kwh) * rate
    assert sums(book, {}, slots[-1].end, PARIS).total.saved == pytest.approx(expected, abs=1e-6)


@given(many, many, runs, st.lists(price, min_size=N, max_size=N))
def test_never_nan_and_the_parts_make_the_whole(
    nets: list[float], kwhs: list[float], washes: list[float], prices: list[float]
) -> None:
    found = result(_lived(nets, kwhs, washes, prices))
    for one in (found.today, found.month, found.total):
        assert math.isfinite(one.saved)
        assert one.uncertainty >= 0.0
    assert found.month == found.total
