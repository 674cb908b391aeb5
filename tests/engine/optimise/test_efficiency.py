"""A battery whose efficiency depends on how full it is."""

from typing import Any

import numpy as np
import pytest

from custom_components.merit_order.engine.model.snapshot import AssetSpec
from tests.engine.homes import battery, home, of, plan, powers

WEAK_AT_THE_TOP = [[0.0, 1.0], [60.0, 1.0], [100.0, 0.4]]


def stored(power: list[float], start: float, table: list[list[float]]) -> list[float]:
    """kWh at the end of each hour of charging, in steps of a second."""
    levels, socs = [start], np.array(table)
    for kw in power:
        level = levels[-1]
        for _ in range(3600):
            level += kw / 3600 * float(np.interp(level * 10, socs[:, 0], socs[:, 1]))
        levels.append(level)
    return levels[1:]


def bent(soc: float, **params: Any) -> AssetSpec:
    """10 kWh, 1 kW in."""
    return battery(soc, max_charge_kw=1.0, **params)


def test_the_level_rises_as_the_table_says() -> None:
    """Proves: the planned level is what the planned power makes of it, second by second. Sensitivity: without a
    table 5 kWh fill it.
    """
    spec = bent(50, charge_efficiency_at=WEAK_AT_THE_TOP, terminal_value=9.0)
    found = of(plan(home([0.1] * 8, spec)), "battery")
    # From 60 to 100 % it takes 4 kWh / 0.6 × ln(1 / 0.4) = 6.1 kWh.
    assert sum(found.power_kw) == pytest.approx(1 + 6.1, abs=0.25)
    assert found.level == pytest.approx(stored(list(found.power_kw), 5.0, WEAK_AT_THE_TOP), abs=0.1)
    plain = of(plan(home([0.1] * 8, bent(50, terminal_value=9.0))), "battery")
    assert sum(plain.power_kw) == pytest.approx(5)


def test_what_does_not_pay_near_full_is_left() -> None:
    """Proves: bought for 0.2 to save 0.3 it pays down to an efficiency of two thirds, which ends at 71 %. Sensitivity:
    always that weak nothing is bought, never weak all of it is.
    """
    prices, need = [0.2] * 8 + [0.3], [0] * 8 + [10]

    def level(table: list[list[float]]) -> float:
        spec = bent(40, charge_efficiency_at=table, max_discharge_kw=20.0)
        return (of(plan(home(prices, spec, load=need)), "battery").level or ())[7]

    assert level([[0.0, 1.0], [50.0, 1.0], [100.0, 0.2]]) == pytest.approx(7.1, abs=0.5)
    assert level([[0.0, 0.6], [100.0, 0.6]]) == pytest.approx(4)
    assert level([[0.0, 0.9], [100.0, 0.9]]) == pytest.approx(10)


def test_giving_is_weaker_when_empty() -> None:
    """Proves: from 20 % at half the efficiency 1 kWh comes out of 2. Sensitivity: without a table 2 do."""
    weak = battery(20, discharge_efficiency_at=[[0.0, 0.5], [20.0, 0.5], [100.0, 1.0]])
    assert -sum(powers(plan(home([0.5] * 3, weak, load=1.0)), "battery")) == pytest.approx(1.0, abs=0.01)
    assert -sum(powers(plan(home([0.5] * 3, battery(20), load=1.0)), "battery")) == pytest.approx(2.0)


def test_a_hostile_table_is_cut_to_what_can_be() -> None:
    """Nothing gives more than it took, whatever a table says."""
    magic = battery(
        50, charge_efficiency_at=[[-50.0, 9.0], [300.0, -1.0]], discharge_efficiency_at=[[50.0, 5.0]]
    )
    found = plan(home([0.1, 0.5], magic, load=1.0))
    assert found.cost >= -1e-6
