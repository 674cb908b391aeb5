"""What things are worth: wishes above money, stored energy at the end, and how small a preference is."""

import numpy as np

from ..assets._base import Wishes
from ..model.horizon import Horizon

TASTE = 1e-6
"""Currency per unit of taste while wishes and money are solved: below any real price, above the solver's tolerance."""


def wishes(horizon: Horizon) -> Wishes:
    """Prices of unmet wishes, scaled to the prices of this horizon so that a spike does not turn the order round."""
    top = float(max(np.max(np.abs(horizon.import_price)), np.max(np.abs(horizon.export_price)), 0.1))
    return Wishes(physics=1000 * top, need=20 * top, level=0.2 * top, spare=0.02 * min(top, 1.0))


def stored_value(horizon: Horizon, efficiency: float = 0.95) -> float:
    """What a stored kWh is worth at the end: what it saves later, but no more than what it costs to store anew.

    The mean import price ahead is what a kWh saves when tomorrow is like today; the cheapest hours (a tenth of the
    horizon) are what storing one anew costs.
    """
    saves = float(np.average(horizon.import_price, weights=horizon.hours)) * efficiency
    anew = float(np.quantile(horizon.import_price, 0.1)) / efficiency
    return max(min(saves, anew), 0.0)
