"""From a market price to what the person pays: (market × factor + supplier + grid fee + levy) × (1 + VAT).

Export has its own formula by its own numbers (a factor below one, a negative `supplier`, no VAT). All in currency/kWh
but `vat`, in percent. The grid fee may follow the wall clock: `grid_fee_periods` are rows as in time_of_use, whose
`price` is the fee; outside them `grid_fee` holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from zoneinfo import ZoneInfo

from ..model.options import Option, OptionType
from ..model.series import Series, Span
from ._schedule import TimeOfUse, parse_period

_UNIT = "currency/kWh"


def _money(key: str) -> Option:
    return Option(
        key=key,
        type=OptionType.NUMBER,
        default=0.0,
        minimum=-10.0,
        maximum=100_000.0,
        step=0.0001,
        unit=_UNIT,
    )


FORMULA_OPTIONS: tuple[Option, ...] = (
    Option(key="factor", type=OptionType.NUMBER, default=1.0, minimum=0.0, maximum=100.0, step=0.0001),
    _money("supplier"),
    _money("grid_fee"),
    Option(key="grid_fee_periods", type=OptionType.PERIODS, advanced=True),
    _money("levy"),
    Option(key="vat", type=OptionType.NUMBER, default=0.0, minimum=0.0, maximum=100.0, step=0.1, unit="%"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """One direction's way from market to bill; `grid_fee` tells the fee at each moment."""

    factor: float = 1.0
    supplier: float = 0.0
    grid_fee: TimeOfUse
    levy: float = 0.0
    vat: float = 0.0
    """As a share: 0.21."""

    @classmethod
    def of(cls, options: Mapping[str, Any], timezone: str) -> Self:
        """From settled FORMULA_OPTIONS. Raises InputError."""
        rows = options.get("grid_fee_periods") or ()
        periods = tuple(parse_period(row, f"grid_fee_periods[{i}]") for i, row in enumerate(rows))
        return cls(
            factor=options["factor"],
            supplier=options["supplier"],
            grid_fee=TimeOfUse(options["grid_fee"], periods, ZoneInfo(timezone)),
            levy=options["levy"],
            vat=options["vat"] / 100,
        )

    def paid(self, market: float, grid_fee: float) -> float:
        """The price on the bill for one market price, both in currency/kWh."""
        return (market * self.factor + self.supplier + grid_fee + self.levy) * (1 + self.vat)

    def apply(self, market: Series) -> Series:
        """The whole series on the bill; a span is cut where the grid fee changes inside it."""
        spans = tuple(
            Span(fee.start, fee.end, self.paid(span.value, fee.value), span.quality)
            for span in market.spans
            for fee in self.grid_fee.schedule(span.start, span.end).spans
        )
        return replace(market, spans=spans)
