"""Market × factor + supplier + grid fee + levy, then VAT; export by its own numbers."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.series import Quality, Series
from custom_components.merit_order.engine.tariffs._formula import FORMULA_OPTIONS, Formula
from tests.apis import at


def formula(zone: str = "Europe/Brussels", **options: Any) -> Formula:
    return Formula.of(settle(FORMULA_OPTIONS, options), zone)


def test_a_belgian_bill_by_hand() -> None:
    # (0.10 × 1.02 + 0.004 + 0.05 + 0.0503) × 1.06 = 0.218678
    bill = formula(factor=1.02, supplier=0.004, grid_fee=0.05, levy=0.0503, vat=6)
    paid = bill.apply(Series.regular(at("2026-06-15"), 15, [0.10, -0.20]))
    assert paid.spans[0].value == pytest.approx(0.218678)
    # A negative market price may still be a positive bill: (−0.204 + 0.1043) × 1.06.
    assert paid.spans[1].value == pytest.approx(-0.105682)


def test_export_has_its_own_numbers() -> None:
    sold = formula(factor=0.95, supplier=-0.012).apply(Series.regular(at("2026-06-15"), 60, [0.10]))
    assert sold.spans[0].value == pytest.approx(0.083)


def test_the_grid_fee_follows_the_wall_clock_inside_an_hour() -> None:
    rows = [{"price": 0.08, "start": "16:30", "end": "20:00"}]
    market = Series.regular(at("2026-06-15T14:00"), 60, [0.10, 0.20], Quality.FORECAST, "x", at("2026-06-15"))
    paid = formula(grid_fee=0.02, grid_fee_periods=rows).apply(market)
    assert [(span.start, round(span.value, 4)) for span in paid.spans] == [
        (at("2026-06-15T14:00"), 0.12),
        (at("2026-06-15T14:30"), 0.18),
        (at("2026-06-15T15:00"), 0.28),
    ]
    assert {span.quality for span in paid.spans} == {Quality.FORECAST}
    assert (paid.origin, paid.issued) == ("x", at("2026-06-15"))


@given(low=st.floats(-1, 3), more=st.floats(0, 3), vat=st.floats(0, 100), factor=st.floats(0, 3))
def test_law_a_dearer_market_is_never_a_cheaper_bill(
    low: float, more: float, vat: float, factor: float
) -> None:
    bill = formula(factor=factor, vat=vat, grid_fee=0.05)
    assert bill.paid(low + more, 0.05) >= bill.paid(low, 0.05) - 1e-12
