"""One price, always."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..model.options import Option, OptionType
from ..model.ports import Ports
from ..model.series import Series, Span
from ._base import TariffKind


@dataclass(frozen=True, slots=True)
class Fixed:
    """`price` in currency/kWh, taxes included."""

    price: float

    async def prices(self, start: datetime, end: datetime) -> Series:
        """One span over the whole of [start, end)."""
        return Series.of([Span(start, end, self.price)], origin="fixed")

    def next_publication(self, now: datetime) -> datetime | None:
        """Never: the price is what the person typed."""
        return None


def _build(options: Mapping[str, Any], ports: Ports, direction: str) -> Fixed:
    return Fixed(float(options["price"]))


KIND = TariffKind(
    key="fixed",
    options=(
        Option(
            key="price",
            type=OptionType.NUMBER,
            required=True,
            minimum=-10.0,
            maximum=100_000.0,
            step=0.0001,
            unit="currency/kWh",
        ),
    ),
    build=_build,
)
