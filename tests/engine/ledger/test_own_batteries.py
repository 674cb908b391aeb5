"""The ledger of a home with a battery that nobody steers: it follows the meter, with us and without us."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.ledger import BatterySlot, LoadSlot, MeasuredSlot, shares

from .test_ledger import LOSSLESS, PARIS, START, battery, book_of, result, slot


def own(kwh: float, before: float) -> dict[str, BatterySlot]:
    """A lossless battery that takes (+) or gives, as it likes."""
    return {key: replace(one, steered=False) for key, one in battery(kwh, before).items()}


def wash(kwh: float) -> dict[str, LoadSlot]:
    return {"wash": LoadSlot(kwh=kwh, since=START)}


def test_a_load_that_the_battery_feeds_at_any_hour_saves_nothing_by_another() -> None:
    """Proves: its 2 kWh come from the battery now or an hour later; without the battery 0.40 would be claimed."""
    first = slot(0, 0.0, price=0.30, batteries=own(0.0, 2.0), loads=wash(0.0))
    second = slot(1, 0.0, price=0.10, batteries=own(-2.0, 2.0), loads=wash(2.0))
    assert result([first, second]).total.saved == pytest.approx(0.0, abs=1e-9)


def test_with_an_empty_battery_it_saves_the_difference_of_prices() -> None:
    first = slot(0, 0.0, price=0.30, batteries=own(0.0, 0.0), loads=wash(0.0))
    second = slot(1, 2.0, price=0.10, batteries=own(0.0, 0.0), loads=wash(2.0))
    assert result([first, second]).total.saved == pytest.approx(2.0 * (0.30 - 0.10))


def test_sun_the_battery_would_have_kept_is_worth_what_it_spares_later() -> None:
    """Proves: moved onto 2 kWh of sun a load leaves the battery without them, and they are bought in the evening."""
    morning = slot(0, 0.0, price=0.30, batteries=own(0.0, 0.0), loads=wash(0.0))
    noon = slot(1, 0.0, price=0.30, batteries=own(0.0, 0.0), loads=wash(2.0))
    evening = slot(2, 2.0, price=0.40, batteries=own(0.0, 0.0), loads=wash(0.0))
    assert result([morning, noon, evening]).total.saved == pytest.approx(2.0 * 0.30 - 2.0 * 0.40)


@given(
    st.lists(
        st.tuples(st.floats(-5.0, 5.0), st.floats(-3.0, 3.0), st.floats(0.0, 10.0), st.floats(-0.1, 0.6)),
        min_size=1,
        max_size=12,
    )
)
def test_where_nothing_is_ours_nothing_is_saved_whatever_the_battery_does(
    hours: list[tuple[float, float, float, float]],
) -> None:
    slots: list[MeasuredSlot] = [
        slot(i, net, price=price, batteries=own(min(max(kwh, -level), 10.0 - level), level))
        for i, (net, kwh, level, price) in enumerate(hours)
    ]
    assert result(slots).total.saved == pytest.approx(0.0, abs=1e-9)


def test_it_has_no_share_in_what_is_saved() -> None:
    slots = [
        slot(0, 0.0, price=0.30, batteries=own(0.0, 0.0), loads=wash(0.0)),
        slot(1, 2.0, price=0.10, batteries=own(0.0, 0.0), loads=wash(2.0)),
    ]
    found = shares(book_of(slots), {"store": LOSSLESS}, slots[-1].end, PARIS)
    assert found.keys() == {"wash"}
    assert found["wash"].today.middle == pytest.approx(2.0 * (0.30 - 0.10))
