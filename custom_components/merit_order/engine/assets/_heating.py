"""What a person sets for rooms and circuits, and what was measured of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..model.options import Option, OptionType
from ._base import PRIORITY
from ._comfort import Period

RADIATORS, UNDERFLOOR = "radiators", "underfloor"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatingParams:
    """`capacity_kwh_k` and `loss_kw_k` are the room's; `floor_*` the slab's (underfloor only). `power_kw` is electric.

    `cop` is the heat pump's at 7 °C outside and 35 °C flow; 1 is direct heating. `low_c` … `high_c` hold outside
    `periods`.
    """

    emitter: str = RADIATORS
    power_kw: float = 2.0
    min_power_kw: float = 0.0
    modulating: bool = True
    cop: float = 3.5
    flow_c: float = 40.0
    capacity_kwh_k: float = 8.0
    loss_kw_k: float = 0.18
    floor_kwh_k: float = 6.0
    floor_kw_k: float = 1.0
    gains_kw: float = 0.3
    low_c: float = 20.0
    high_c: float = 22.0
    periods: tuple[Period, ...] = ()
    min_on_minutes: float = 0.0
    min_off_minutes: float = 0.0
    priority: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatingState:
    """What was measured; `floor_c` None is taken from the room."""

    room_c: float | None = None
    floor_c: float | None = None
    power_kw: float | None = None


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
    """Params from what a person answered: the cooler time of day becomes a period."""
    params = {key: value for key, value in options.items() if not key.startswith("cooler")}
    if "priority" in params:
        params["priority"] = int(params["priority"])
    first, last = options.get("cooler_from"), options.get("cooler_until")
    if first and last:
        params["periods"] = [{"start": first, "end": last, "low": options.get("cooler_c", 17.0)}]
    return params


OPTIONS = (
    Option(
        key="emitter",
        type=OptionType.CHOICE,
        default=RADIATORS,
        choices=(RADIATORS, UNDERFLOOR),
        required=True,
    ),
    _number("power_kw", 2.0, 0.05, 50, "kW", advanced=False),
    _number("low_c", 20.0, 5, 30, "°C", advanced=False),
    _number("high_c", 22.0, 5, 35, "°C", advanced=False),
    Option(key="cooler_from", type=OptionType.TIME),
    Option(key="cooler_until", type=OptionType.TIME),
    _number("cooler_c", 17.0, 5, 30, "°C", advanced=False),
    _number("cop", 3.5, 1, 8, None, advanced=False),
    _number("min_power_kw", 0.0, 0, 50, "kW"),
    _number("flow_c", 40.0, 20, 75, "°C"),
    _number("capacity_kwh_k", 8.0, 0.1, 200, "kWh/K"),
    _number("loss_kw_k", 0.18, 0.005, 5, "kW/K"),
    _number("floor_kwh_k", 6.0, 0.1, 200, "kWh/K"),
    _number("floor_kw_k", 1.0, 0.01, 20, "kW/K"),
    _number("gains_kw", 0.3, 0, 20, "kW"),
    _number("min_on_minutes", 0, 0, 240, "min"),
    _number("min_off_minutes", 0, 0, 240, "min"),
    PRIORITY,
    Option(key="modulating", type=OptionType.BOOLEAN, default=True, advanced=True),
)
