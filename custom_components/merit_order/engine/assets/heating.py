"""Rooms or a heating circuit: one mass (radiators) or slab and room (underfloor), heated by a heat pump or directly.

dT/dt = (heat + gains − loss (T − outside)) / capacity; comfort bands by time of day are soft at the price of a need.
"""

from dataclasses import dataclass

import numpy as np

from ..model.codec import from_json
from ..model.options import Option, OptionType
from ..model.plan import Health, InputStatus
from ..model.program import IntArray
from ..model.roles import Role
from ..model.series import FloatArray
from ..model.snapshot import AssetSpec
from ._base import AssetKind, Opposite, Outcome, Site, Values, none_if_nan
from ._comfort import Period, by_needs, by_time, too_cold
from ._heater import Heater, add_heater
from ._thermal import add_states, cop_at, keep_above, keep_below, one_mass, two_masses, value_last

RADIATORS, UNDERFLOOR = "radiators", "underfloor"
ASSUMED_OUTDOOR_C = 7.0
"""Stands in for a missing weather forecast; the plan is then provisional."""


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


@dataclass(frozen=True, slots=True)
class HeatingPart:
    """A circuit in a program; `room` are temperature columns of shape (n,)."""

    spec: AssetSpec
    site: Site
    heater: Heater
    room: IntArray
    start_c: float
    low: FloatArray
    high: FloatArray
    where: IntArray
    short: IntArray

    def outcome(self, values: Values) -> Outcome:
        """Electric power and room temperature."""
        power = self.heater.electric(values)
        power = np.where(power < 1e-6, 0.0, power)
        return Outcome(
            power_kw=power,
            active=power > 1e-3,
            mode_on="heat",
            level=values.x[self.room],
            level_unit="°C",
            level_start=self.start_c,
            level_min=float(np.nanmin(self.low)),
            level_max=float(np.nanmax(self.high)),
            shortfalls=too_cold(self.spec, self.site.horizon, values, self.where, self.short),
        )

    def opposites(self, values: Values) -> tuple[Opposite, ...]:
        """Nothing to ask yet."""
        return ()


def build(spec: AssetSpec, site: Site) -> HeatingPart | None:
    """Add the circuit; without a room temperature it is left out and the plan says so."""
    path = f"assets.{spec.id}"
    params = from_json(HeatingParams, dict(spec.params), f"{path}.params")
    state = from_json(HeatingState, dict(spec.state), f"{path}.state")
    room = none_if_nan(state.room_c)
    if room is None:
        site.note(
            InputStatus(
                key=f"heating:{spec.id}", health=Health.MISSING, rule="left_out", reason="no_temperature"
            )
        )
        return None
    horizon = site.horizon
    outdoor = _outdoor(spec, site)
    heater = add_heater(
        site,
        spec,
        most_kw=params.power_kw,
        least_kw=params.min_power_kw,
        modulating=params.modulating,
        was_on=(state.power_kw or 0.0) > 0.05,
        min_on_minutes=params.min_on_minutes,
        min_off_minutes=params.min_off_minutes,
    )
    cop = np.ones(horizon.n) if params.cop <= 1 else cop_at(params.cop, outdoor, params.flow_c)
    masses = params.capacity_kwh_k, params.loss_kw_k
    if params.emitter == UNDERFLOOR:
        dynamics = two_masses(*masses, params.floor_kwh_k, params.floor_kw_k, outdoor, params.gains_kw)
        floor = none_if_nan(state.floor_c)
        start = np.array([room, room if floor is None else floor])
    else:
        dynamics, start = one_mass(*masses, outdoor, params.gains_kw), np.array([room])
    states, _ = add_states(site, dynamics, start, heater.power, cop * heater.kw)
    low, high = by_time(horizon, params.periods, params.low_c, params.high_c, f"{path}.params.periods")
    low = by_needs(horizon, spec.needs, low)
    price = site.wishes.priced(params.priority) * horizon.hours
    where, short = keep_above(site, states[0], low, price)
    keep_below(site, states[0], high, price / 2)
    # Warmth left at the end saves heating later; else the last hours would always cool to the band's edge.
    worth = site.stored_value * params.capacity_kwh_k / float(np.mean(cop)) * 0.8
    value_last(site, states[0], worth, room, float(np.nanmean(low)), float(np.nanmean(high)))
    return HeatingPart(spec, site, heater, states[0], room, low, high, where, short)


def _outdoor(spec: AssetSpec, site: Site) -> FloatArray:
    if site.horizon.outdoor_c is not None:
        return site.horizon.outdoor_c
    site.note(
        InputStatus(key=f"outdoor:{spec.id}", health=Health.PROVISIONAL, rule="default", reason="no_forecast")
    )
    return np.full(site.horizon.n, ASSUMED_OUTDOOR_C)


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


HEATING = AssetKind(
    key="heating",
    options=(
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
        Option(key="modulating", type=OptionType.BOOLEAN, default=True, advanced=True),
    ),
    params=HeatingParams,
    state=HeatingState,
    role=Role.HEAT,
    controllable=True,
    build=build,
)
