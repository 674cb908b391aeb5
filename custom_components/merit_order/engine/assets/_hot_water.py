"""What a person sets for a hot-water tank, and what was measured of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..model.options import Option, OptionType
from ._base import PRIORITY
from ._comfort import Period

KWH_PER_LITRE_K = 1.163e-3
"""Heat capacity of water: 4.186 kJ/(kg K)."""
DRAW_BY_HOUR = (0, 0, 0, 0, 0, 1, 5, 8, 6, 3, 2, 2, 3, 2, 2, 2, 2, 4, 6, 8, 6, 4, 2, 1)
"""Weights of hot-water use by hour of the day: morning and evening peaks, as in EN 16147's tapping cycle M."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HotWaterParams:
    """`power_kw` is electric. `cop` 1 is an immersion heater, more a heat pump (at 7 °C outside, 35 °C flow).

    `loss_kwh_day` is the standing loss at 45 K above the room; `draw_kwh_day` what is drawn (or series `draw`, kW).
    The water is at least `min_c` always, at least `hot_c` at `hot_at`, and never above `max_c`.
    """

    volume_l: float = 200.0
    power_kw: float = 2.0
    cop: float = 1.0
    modulating: bool = False
    loss_kwh_day: float = 1.5
    draw_kwh_day: float = 4.0
    around_c: float = 18.0
    min_c: float = 40.0
    hot_c: float = 52.0
    hot_at: tuple[str, ...] = ("06:30", "18:30")
    max_c: float = 65.0
    periods: tuple[Period, ...] = ()
    legionella_c: float = 60.0
    legionella_days: float = 7.0
    min_on_minutes: float = 0.0
    min_off_minutes: float = 0.0
    priority: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class HotWaterState:
    """`temperature_c` of the tank; `disinfected` when it last was at `legionella_c`."""

    temperature_c: float | None = None
    power_kw: float | None = None
    disinfected: datetime | None = None


def _number(
    key: str, default: float, low: float, high: float, unit: str | None, *, advanced: bool = True
) -> Option:
    return Option(
        key=key,
        type=OptionType.NUMBER,
        default=default,
        minimum=low,
        maximum=high,
        unit=unit,
        advanced=advanced,
    )


def from_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Params from what a person answered: the times of day at which the water is to be hot become one list."""
    params = {key: value for key, value in options.items() if key not in ("hot_at", "hot_again_at")}
    times = [str(options[key]) for key in ("hot_at", "hot_again_at") if options.get(key)]
    if "priority" in params:
        params["priority"] = int(params["priority"])
    return {**params, "hot_at": sorted(set(times))}


OPTIONS = (
    _number("volume_l", 200, 5, 5000, "L", advanced=False),
    _number("power_kw", 2.0, 0.05, 50, "kW", advanced=False),
    _number("cop", 1.0, 1, 8, None, advanced=False),
    _number("hot_c", 52, 30, 80, "°C", advanced=False),
    Option(key="hot_at", type=OptionType.TIME, default="06:30"),
    Option(key="hot_again_at", type=OptionType.TIME, default="18:30"),
    _number("min_c", 40, 10, 70, "°C"),
    _number("max_c", 65, 30, 95, "°C"),
    _number("loss_kwh_day", 1.5, 0, 30, "kWh"),
    _number("draw_kwh_day", 4.0, 0, 100, "kWh"),
    _number("legionella_c", 60, 50, 80, "°C"),
    _number("legionella_days", 7, 0, 60, "d"),
    _number("min_on_minutes", 0, 0, 240, "min"),
    _number("min_off_minutes", 0, 0, 240, "min"),
    replace(PRIORITY, default=4),
    Option(key="modulating", type=OptionType.BOOLEAN, default=False, advanced=True),
)
