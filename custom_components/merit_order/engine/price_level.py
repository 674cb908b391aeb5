"""Is power cheap, normal or expensive? By the person's own thresholds, else by the prices of the window ahead.

Without thresholds: cheap is what lies in the lowest quarter of the time ahead (as far as prices are published, at most
two days) *and* clearly below its median, expensive likewise above. So a two-rate tariff has a cheap night and a normal
day, and a fixed price is always normal. A price below zero is always cheap.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .model.series import FloatArray, Series

CHEAP, NORMAL, EXPENSIVE = "cheap", "normal", "expensive"
WINDOW = timedelta(hours=48)
CLEARLY = 0.02
"""As a share of the median: a difference that nobody would move a load for does not make a level."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Cheap is below `cheap`, expensive above `expensive` (currency/kWh)."""

    cheap: float
    expensive: float

    @classmethod
    def of(
        cls,
        prices: FloatArray,
        hours: FloatArray,
        cheap_below: float | None = None,
        expensive_above: float | None = None,
    ) -> Self:
        """From prices that hold for `hours` each, both of shape (n,); NaN prices are left out."""
        known = ~np.isnan(prices)
        low, middle, high = _quantiles(prices[known], hours[known])
        margin = CLEARLY * abs(middle)
        # A quantile is one of the prices and belongs to its level; the median and its margin do not.
        cheap = max(min(float(np.nextafter(low, np.inf)), middle - margin), 0.0)
        expensive = max(float(np.nextafter(high, -np.inf)), middle + margin)
        return cls(
            cheap if cheap_below is None else cheap_below,
            expensive if expensive_above is None else expensive_above,
        )

    def level(self, price: float) -> str:
        """The level of one price; of NaN it is normal."""
        if price < self.cheap:
            return CHEAP
        return EXPENSIVE if price > self.expensive else NORMAL


def price_levels(
    prices: FloatArray,
    hours: FloatArray,
    cheap_below: float | None = None,
    expensive_above: float | None = None,
    published: NDArray[np.bool_] | None = None,
) -> tuple[str, ...]:
    """The level of each slot among those whose price is `published`; without any, among all of them."""
    among = published if published is not None and published.any() else np.ones(len(prices), dtype=bool)
    levels = Levels.of(prices[among], hours[among], cheap_below, expensive_above)
    return tuple(levels.level(float(price)) for price in prices)


def price_level(
    prices: Series,
    now: datetime,
    cheap_below: float | None = None,
    expensive_above: float | None = None,
    window: timedelta = WINDOW,
) -> str | None:
    """The level now among the prices of `window` from now on; None when there is no price now."""
    return price_level_until(prices, now, cheap_below, expensive_above, window)[0]


def price_level_until(
    prices: Series,
    now: datetime,
    cheap_below: float | None = None,
    expensive_above: float | None = None,
    window: timedelta = WINDOW,
) -> tuple[str | None, datetime | None]:
    """The level now, and when another begins as the window looks now; None where that is not known."""
    price = prices.value_at(now)
    if price is None:
        return None, None
    ahead = [span for span in prices.spans if span.end > now and span.start < now + window]
    values = np.array([span.value for span in ahead])
    hours = np.array(
        [(min(span.end, now + window) - max(span.start, now)).total_seconds() / 3600 for span in ahead]
    )
    levels = Levels.of(values, hours, cheap_below, expensive_above)
    level = levels.level(price)
    others = (span.start for span in ahead if span.start > now and levels.level(span.value) != level)
    return level, next(others, None)


def _quantiles(values: FloatArray, weights: FloatArray) -> tuple[float, float, float]:
    """First quarter, median and third quarter of values that count by weight; NaN when there are none."""
    if not len(values):
        return float("nan"), float("nan"), float("nan")
    order = np.argsort(values)
    share = np.cumsum(weights[order]) / weights.sum()
    low, below, above, high = (
        float(values[order][np.searchsorted(share, q)])
        for q in (0.25 - 1e-9, 0.5 - 1e-9, 0.5 + 1e-9, 0.75 - 1e-9)
    )
    return low, (below + above) / 2, high
