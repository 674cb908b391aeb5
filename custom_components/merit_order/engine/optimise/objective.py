"""What things are worth: wishes above money, stored energy at the end, and how small a preference is."""

import numpy as np

from ..assets._site import Wishes
from ..model.horizon import Horizon

TASTE = 1e-6
"""Currency per unit of taste while wishes and money are solved: below any real price, above the solver's tolerance."""


def wishes(horizon: Horizon) -> Wishes:
    """Prices of unmet wishes, scaled to the prices of this horizon so that a spike does not turn the order round.

    Above a capacity charge too: a kWh within one of its windows raises the peak by the inverse of the window's hours.
    """
    top = float(max(np.max(np.abs(horizon.import_price)), np.max(np.abs(horizon.export_price)), 0.1))
    charge = horizon.capacity
    peak = 0.0 if charge is None else max(charge.price_per_kw, 0.0) * 60 / charge.window_minutes
    least = 1.25 * peak
    need = 20 * top + least
    return Wishes(
        physics=max(1000 * top, 10 * need),
        need=need,
        least=least,
        level=0.2 * top,
        spare=0.02 * min(top, 1.0),
    )


def stored_value(horizon: Horizon, efficiency: float = 0.95) -> float:
    """What a stored kWh is worth at the end: what it saves later, but no more than what it costs to store anew.

    The mean import price ahead is what a kWh saves when tomorrow is like today. Storing one anew costs what spare solar
    would have earned, as far as there is enough of it for what the home lacks; beyond, the cheapest hours (a tenth of
    the horizon). Valued higher, a full battery meets the next morning's sun: replayed over 100 days that cost a tenth
    of all there is to win.
    """
    price, hours = horizon.import_price, horizon.hours
    saves = float(np.average(price, weights=hours)) * efficiency
    bought = float(np.quantile(price, 0.1)) / efficiency
    net = horizon.load.mid - sum(
        (bands["power"].mid for bands in horizon.series.values() if "power" in bands), 0.0
    )
    spare, lacking = np.maximum(-net, 0.0) * hours, float(np.maximum(net, 0.0) @ hours)
    if (total := float(np.sum(spare))) <= 0:
        return max(min(saves, bought), 0.0)
    share = min(total / lacking, 1.0) if lacking > 0 else 1.0
    forgone = min(float(spare @ horizon.export_price) / total / efficiency, bought)
    return max(share * forgone + (1 - share) * min(saves, bought), 0.0)
