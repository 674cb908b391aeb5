"""Rooms or a heating circuit: one mass (radiators) or slab and room (underfloor), heated by a heat pump or directly.

dT/dt = (heat + gains − loss (T − outside)) / capacity; comfort bands by time of day are soft at the price of a need.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..model.codec import from_json
from ..model.plan import Health, InputStatus
from ..model.program import IntArray
from ..model.roles import Role
from ..model.series import FloatArray
from ..model.snapshot import AssetSpec
from ._asking import now_or_later
from ._base import AssetKind, Opposite, Outcome, Unplanned, Values, measured_c, read
from ._comfort import by_needs, by_time, too_cold
from ._heat_relief import heating_reliefs
from ._heater import Heater, add_heater, left_alone
from ._heating import OPTIONS, UNDERFLOOR, HeatingParams, HeatingState, from_options
from ._site import Site
from ._thermal import (
    Dynamics,
    Kept,
    add_states,
    cop_at,
    keep_above,
    keep_below,
    one_mass,
    thermostat,
    two_masses,
    value_last,
)

WARMTH_KEPT = 0.8
"""Share of the warmth left at the end that still saves heating later; the rest is lost on the way."""
ASSUMED_OUTDOOR_C = 7.0
"""Stands in for a missing weather forecast; the plan is then provisional."""


@dataclass(frozen=True, slots=True)
class HeatingPart:
    """A circuit in a program; `room` are temperature columns of shape (n,)."""

    spec: AssetSpec
    site: Site
    params: HeatingParams
    heater: Heater
    cop: FloatArray
    dynamics: Dynamics
    start: FloatArray
    kept: Kept
    room: IntArray
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
            level_start=float(self.start[0]),
            level_min=float(np.nanmin(self.low)),
            level_max=float(np.nanmax(self.high)),
            shortfalls=too_cold(
                self.spec, self.site.horizon, values, self.where, self.short, self.room, self.low
            ),
        )

    def opposites(self, values: Values) -> Sequence[Opposite]:
        """Why it heats or waits now."""
        power = self.heater.electric(values)
        slots = np.arange(len(power))
        most = self.params.power_kw / self.heater.kw
        return now_or_later(power, slots, self.heater.power, most, self.heater.on, ("heats_now", "waits"))

    def unplanned(self, values: Values, net_kw: FloatArray) -> Unplanned:
        """A thermostat at the lower end of the comfort band."""
        units, end = thermostat(
            self.dynamics,
            self.site.horizon.hours,
            self.start,
            self.cop * self.heater.kw,
            self.params.power_kw / self.heater.kw,
            np.nan_to_num(self.low, nan=-99.0),
        )
        return Unplanned(units * self.heater.kw, -self.kept.worth(float(end[0])))


def build(spec: AssetSpec, site: Site) -> HeatingPart | None:
    """Add the circuit; without a room temperature it is left out and the plan says so."""
    path = f"assets.{spec.id}"
    params = read(HeatingParams, spec.params, f"{path}.params", OPTIONS)
    state = from_json(HeatingState, dict(spec.state), f"{path}.state")
    room = measured_c(state.room_c)
    if room is None:
        site.note(
            InputStatus(
                key=f"heating:{spec.id}", health=Health.MISSING, rule="left_out", reason="no_temperature"
            )
        )
        return None
    horizon = site.horizon
    outdoor = _outdoor(spec, site)
    cop = np.ones(horizon.n) if params.cop <= 1 else cop_at(params.cop, outdoor, params.flow_c)
    masses = params.capacity_kwh_k, params.loss_kw_k
    if params.emitter == UNDERFLOOR:
        dynamics = two_masses(*masses, params.floor_kwh_k, params.floor_kw_k, outdoor, params.gains_kw)
        floor = measured_c(state.floor_c)
        start = np.array([room, room if floor is None else floor])
    else:
        dynamics, start = one_mass(*masses, outdoor, params.gains_kw), np.array([room])
    low, high = by_time(horizon, params.periods, params.low_c, params.high_c, f"{path}.params.periods")
    low = by_needs(horizon, spec.needs, low)
    if spec.controlled:
        heater = _heater(spec, site, params, state)
    else:
        wanted = np.nan_to_num(low, nan=-99.0)
        heater = left_alone(site, thermostat(dynamics, horizon.hours, start, cop, params.power_kw, wanted)[0])
    states, _ = add_states(site, dynamics, start, heater.power, cop * heater.kw)
    price = site.wishes.priced(params.priority) * horizon.hours
    where, short = keep_above(site, states[0], low, price)
    keep_below(site, states[0], high, price / 2)
    # Warmth left at the end saves heating later; else the last hours would always cool to the band's edge.
    worth = site.stored_value * params.capacity_kwh_k / float(np.mean(cop)) * WARMTH_KEPT
    kept = Kept(worth, room, float(np.nanmean(high)))
    value_last(site, states[0], kept)
    return HeatingPart(
        spec, site, params, heater, cop, dynamics, start, kept, states[0], low, high, where, short
    )


def _heater(spec: AssetSpec, site: Site, params: HeatingParams, state: HeatingState) -> Heater:
    return add_heater(
        site,
        spec,
        most_kw=params.power_kw,
        least_kw=params.min_power_kw,
        modulating=params.modulating,
        was_on=(state.power_kw or 0.0) > 0.05,
        min_on_minutes=params.min_on_minutes,
        min_off_minutes=params.min_off_minutes,
    )


def _outdoor(spec: AssetSpec, site: Site) -> FloatArray:
    if site.horizon.outdoor_c is not None:
        return site.horizon.outdoor_c
    site.note(
        InputStatus(key=f"outdoor:{spec.id}", health=Health.PROVISIONAL, rule="default", reason="no_forecast")
    )
    return np.full(site.horizon.n, ASSUMED_OUTDOOR_C)


HEATING = AssetKind(
    key="heating",
    options=OPTIONS,
    params=HeatingParams,
    state=HeatingState,
    role=Role.HEAT,
    controllable=True,
    build=build,
    from_options=from_options,
    reliefs=heating_reliefs,
)
