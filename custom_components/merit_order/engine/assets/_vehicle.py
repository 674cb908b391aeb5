"""What a person sets for a car, and what charger and car say."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..model.errors import InputError
from ..model.options import Option, OptionType
from ..model.series import FloatArray
from ._base import PRIORITY, none_if_nan
from ._departures import Departure

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHEAPEST, SOLAR_ONLY, AT_ONCE = "cheapest", "solar", "asap"
FINEST_A = 0.1
"""Chargers that take tenths of an ampere take any current."""
ASSUMED_SOC = 50.0
"""Stands in for a state of charge the car does not tell; the plan is then provisional."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleParams:
    """Powers are AC, SoC in percent of `capacity_kwh` (None: not known, only needs in kWh can be planned).

    `min_kw` and `max_kw` None follow from `phases`, amperes and `voltage`; the current is then set in steps of
    `current_step_a` (0: any). With `phase_switching` it charges on one phase below what all of them need. Below
    `min_soc` it charges at once.
    `max_discharge_kw` above 0: it can feed the house down to `floor_soc`, and the grid with `v2g`.
    `wear_cost` is currency per kWh taken out for the house.
    """

    capacity_kwh: float | None = None
    phases: int = 3
    phase_switching: bool = False
    voltage: float = 230.0
    min_current_a: float = 6.0
    max_current_a: float = 16.0
    current_step_a: float = 1.0
    min_kw: float | None = None
    max_kw: float | None = None
    charge_efficiency: float = 0.9
    discharge_efficiency: float = 0.9
    mode: str = CHEAPEST
    departures: tuple[Departure, ...] = ()
    min_soc: float = 0.0
    max_soc: float = 100.0
    max_discharge_kw: float = 0.0
    floor_soc: float = 40.0
    v2g: bool = False
    phase: int | None = None
    """1, 2 or 3 when it charges on one phase that is known."""
    wear_cost: float = 0.0
    min_on_minutes: float = 0.0
    min_off_minutes: float = 0.0
    priority: int = 4
    soc_entity: str | None = None
    """Where the car itself says its charge, when the charger does not; whoever gathers the state reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleState:
    """What charger and car say; `connected` None counts as plugged in."""

    connected: bool | None = None
    soc_percent: float | None = None
    power_kw: float | None = None


def powers(params: VehicleParams) -> tuple[float, float]:
    """Least and most charging power in kW."""
    per_ampere = params.voltage / 1000
    least, most = none_if_nan(params.min_kw), none_if_nan(params.max_kw)
    on_all = max(params.phases, 1)
    most = params.max_current_a * on_all * per_ampere if most is None else max(most, 0.0)
    on_least = 1 if params.phase_switching else on_all
    least = params.min_current_a * on_least * per_ampere if least is None else max(least, 0.0)
    return min(least, most), most


def settings_kw(params: VehicleParams) -> FloatArray:
    """The powers that can be set, rising; none where any can."""
    given = none_if_nan(params.min_kw), none_if_nan(params.max_kw)
    if given != (None, None) or not FINEST_A <= params.current_step_a <= params.max_current_a:
        return np.zeros(0)
    count = int((params.max_current_a - params.min_current_a) / params.current_step_a + 1e-6)
    amperes = np.minimum(params.min_current_a, params.max_current_a) + params.current_step_a * np.arange(
        max(count, 0) + 1
    )
    amperes = np.append(amperes, params.max_current_a)
    phases = {1, max(params.phases, 1)} if params.phase_switching else {max(params.phases, 1)}
    return np.unique(
        np.round(np.concatenate([amperes * n * params.voltage / 1000 for n in sorted(phases)]), 9)
    )


def from_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Params from what a person answered: the one departure that is asked for becomes the weekly pattern."""
    params = {
        key: int(value) if key in ("phases", "priority") else value
        for key, value in options.items()
        if not key.startswith("departure") and key != "returns"
    }
    if not (at := options.get("departure")):
        return params
    days = options.get("departure_weekdays") or WEEKDAYS
    if unknown := set(days) - set(WEEKDAYS):
        raise InputError("departure_weekdays", f"{min(unknown)!r} is not a weekday")
    params["departures"] = [
        {
            "time": at,
            "weekdays": [WEEKDAYS.index(day) for day in days],
            "soc": options.get("departure_soc", 80.0),
            "returns": options.get("returns"),
        }
    ]
    return params


OPTIONS = (
    Option(key="soc_entity", type=OptionType.ENTITY, domains=("sensor", "input_number", "number")),
    Option(key="capacity_kwh", type=OptionType.NUMBER, minimum=1, maximum=300, unit="kWh"),
    Option(key="phases", type=OptionType.NUMBER, default=3, minimum=1, maximum=3, step=1),
    Option(key="max_current_a", type=OptionType.NUMBER, default=16, minimum=6, maximum=80, unit="A"),
    Option(
        key="min_current_a", type=OptionType.NUMBER, default=6, minimum=1, maximum=32, unit="A", advanced=True
    ),
    Option(key="phase_switching", type=OptionType.BOOLEAN, default=False, advanced=True),
    Option(
        key="mode",
        type=OptionType.CHOICE,
        default=CHEAPEST,
        choices=(CHEAPEST, SOLAR_ONLY, AT_ONCE),
        required=True,
    ),
    Option(key="departure", type=OptionType.TIME, default="07:00"),
    Option(key="departure_soc", type=OptionType.NUMBER, default=80, minimum=0, maximum=100, unit="%"),
    Option(key="departure_weekdays", type=OptionType.WEEKDAYS, advanced=True),
    Option(key="returns", type=OptionType.TIME, advanced=True),
    Option(key="min_soc", type=OptionType.NUMBER, default=0, minimum=0, maximum=100, unit="%", advanced=True),
    Option(
        key="max_soc", type=OptionType.NUMBER, default=100, minimum=10, maximum=100, unit="%", advanced=True
    ),
    Option(
        key="max_discharge_kw",
        type=OptionType.NUMBER,
        default=0,
        minimum=0,
        maximum=50,
        unit="kW",
        advanced=True,
    ),
    Option(
        key="floor_soc", type=OptionType.NUMBER, default=40, minimum=0, maximum=100, unit="%", advanced=True
    ),
    Option(key="v2g", type=OptionType.BOOLEAN, default=False, advanced=True),
    Option(
        key="charge_efficiency",
        type=OptionType.NUMBER,
        default=0.9,
        minimum=0.5,
        maximum=1,
        step=0.01,
        advanced=True,
    ),
    replace(PRIORITY, default=4),
    Option(
        key="min_on_minutes",
        type=OptionType.NUMBER,
        default=0,
        minimum=0,
        maximum=240,
        unit="min",
        advanced=True,
    ),
    Option(
        key="min_off_minutes",
        type=OptionType.NUMBER,
        default=0,
        minimum=0,
        maximum=240,
        unit="min",
        advanced=True,
    ),
    Option(
        key="wear_cost", type=OptionType.NUMBER, default=0, minimum=0, maximum=2, unit="/kWh", advanced=True
    ),
)
