"""What a store of energy does when nobody plans: it takes what is spare and gives what is missing."""

import numpy as np

from ..model.series import FloatArray


def self_consumption(
    net_kw: FloatArray,
    hours: FloatArray,
    *,
    level_kwh: float,
    low_kwh: float,
    high_kwh: float,
    charge_kw: float,
    discharge_kw: float,
    charge_efficiency: float,
    discharge_efficiency: float,
) -> tuple[FloatArray, FloatArray]:
    """Battery power (AC, + charge) and level at slot ends, both (n,), when it follows `net_kw` (+ = need)."""
    power, level = np.zeros(len(net_kw)), np.zeros(len(net_kw))
    now = level_kwh
    for t, (net, dt) in enumerate(zip(net_kw.tolist(), hours.tolist(), strict=True)):
        if net < 0:
            p = min(-net, charge_kw, max(high_kwh - now, 0.0) / (charge_efficiency * dt))
            now += p * charge_efficiency * dt
        else:
            p = -min(net, discharge_kw, max(now - low_kwh, 0.0) * discharge_efficiency / dt)
            now += p / discharge_efficiency * dt
        power[t], level[t] = p, now
    return power, level
