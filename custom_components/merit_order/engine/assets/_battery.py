"""What a person sets for a home battery, and what it says of itself."""

from dataclasses import dataclass, replace

import numpy as np

from ..model.options import Option, OptionType
from ._base import none_if_nan

MOST = 1000.0
"""kW or kWh; no home has more, a wrong unit has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryParams:
    """Powers are on the AC side, efficiencies one way. SoC in percent of `capacity_kwh`.

    `wear_cost` is currency per kWh taken out. `terminal_value` (currency per stored kWh at the end of the horizon)
    None: from the prices ahead. Below `reserve_soc` it is kept for an outage (a wish: the plan does not go there).
    """

    capacity_kwh: float = 10.0
    max_charge_kw: float = 5.0
    max_discharge_kw: float = 5.0
    charge_efficiency: float = 0.95
    discharge_efficiency: float = 0.95
    charge_efficiency_at: tuple[tuple[float, float], ...] = ()
    """(SoC in percent, efficiency), rising in SoC and straight between: in place of `charge_efficiency` …"""
    discharge_efficiency_at: tuple[tuple[float, float], ...] = ()
    """… and of `discharge_efficiency`."""
    min_soc: float = 5.0
    max_soc: float = 100.0
    reserve_soc: float = 0.0
    wear_cost: float = 0.0
    grid_charge: bool = True
    export: bool = True
    terminal_value: float | None = None
    inverter: str | None = None
    """Id of the solar asset whose (hybrid) inverter it hangs on."""
    taper_soc: float = 100.0
    """Above it charging slows down in a straight line to a tenth of `max_charge_kw` at 100 %."""
    ramp_kw_per_h: float | None = None
    """How fast its power may change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryState:
    """What the battery says; measured capacity and limits win over configured ones."""

    soc_percent: float | None = None
    power_kw: float | None = None
    capacity_kwh: float | None = None
    max_charge_kw: float | None = None
    max_discharge_kw: float | None = None


def measured(params: BatteryParams, state: BatteryState) -> BatteryParams:
    """`params` with what the battery itself says; implausible values are not believed."""

    def best(found: float | None, configured: float) -> float:
        known = none_if_nan(found)
        return known if known is not None and 0 < known <= MOST else configured

    return replace(
        params,
        capacity_kwh=best(state.capacity_kwh, params.capacity_kwh),
        max_charge_kw=best(state.max_charge_kw, params.max_charge_kw),
        max_discharge_kw=best(state.max_discharge_kw, params.max_discharge_kw),
    )


def start_level(params: BatteryParams, state: BatteryState) -> float | None:
    """Energy in the battery now in kWh, clamped to what it can hold; None when unknown."""
    soc = none_if_nan(state.soc_percent)
    return None if soc is None else float(np.clip(soc, 0.0, 100.0)) / 100 * params.capacity_kwh


def _number(key: str, default: float, low: float, high: float, unit: str, advanced: bool = True) -> Option:
    return Option(
        key=key,
        type=OptionType.NUMBER,
        default=default,
        minimum=low,
        maximum=high,
        unit=unit,
        advanced=advanced,
        required=not advanced,
    )


OPTIONS = (
    _number("capacity_kwh", 10.0, 0.1, 1000, "kWh", advanced=False),
    _number("max_charge_kw", 5.0, 0.05, 500, "kW", advanced=False),
    _number("max_discharge_kw", 5.0, 0.05, 500, "kW", advanced=False),
    _number("min_soc", 5.0, 0, 100, "%", advanced=False),
    _number("reserve_soc", 0.0, 0, 100, "%"),
    _number("max_soc", 100.0, 1, 100, "%"),
    _number("taper_soc", 100.0, 1, 100, "%"),
    _number("charge_efficiency", 0.95, 0.5, 1, ""),
    _number("discharge_efficiency", 0.95, 0.5, 1, ""),
    _number("wear_cost", 0.0, 0, 2, "/kWh"),
    Option(key="grid_charge", type=OptionType.BOOLEAN, default=True, advanced=True),
    Option(key="export", type=OptionType.BOOLEAN, default=True, advanced=True),
)
