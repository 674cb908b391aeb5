"""A car on a charger: plugged in or not, ready by departure, charging at no less than its least current.

Per slot: charge p (AC), 0 or least … most; discharge d where the car can feed the house; level e like a battery's, less
what trips use. A departure asks for a level; what is missing is short at the price of a need.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np

from ..model.codec import from_json
from ..model.plan import Health, InputStatus, Shortfall
from ..model.program import BoolArray, IntArray, Steps
from ..model.roles import Role
from ..model.series import FloatArray
from ..model.snapshot import AssetSpec, OverrideMode
from ._asking import now_or_later
from ._base import AssetKind, Opposite, Outcome, Unplanned, Values, none_if_nan, order_kw, read
from ._car_level import Level, add_level
from ._departures import Stay, stay
from ._site import Giver, Site
from ._slots import Use, add_use
from ._switching import add_switching
from ._vehicle import (
    ASSUMED_SOC,
    OPTIONS,
    SOLAR_ONLY,
    VehicleParams,
    VehicleState,
    from_options,
    powers,
    settings_kw,
)
from ._vehicle_relief import vehicle_reliefs
from ._windows import one_off

__all__ = ["VEHICLE", "VehicleParams", "VehicleState"]


@dataclass(frozen=True, slots=True)
class VehiclePart:
    """A car in a program. `charge` and `discharge` are columns, one for each of `slots`."""

    spec: AssetSpec
    params: VehicleParams
    hours: FloatArray
    slots: IntArray
    charge: IntArray
    discharge: IntArray
    uses: tuple[Use, ...]
    level: Level | None
    on: IntArray
    most_kw: float

    def outcome(self, values: Values) -> Outcome:
        """Signed power, level, and departures it is not ready for."""
        power = np.zeros(len(self.hours))
        power[self.slots] += values.x[self.charge]
        if len(self.discharge):
            power[self.slots] -= values.x[self.discharge]
        short = []
        for use in self.uses:
            power += use.power(values, len(power))
            if (missing := use.missing(values, self.hours)) > 0.01:
                short.append(self._short("energy", use.window.by, missing, "kWh"))
        power = np.where(np.abs(power) < 1e-7, 0.0, power)
        if self.level is None:
            return Outcome(power_kw=power, active=power > 1e-3, mode_on="charge", shortfalls=tuple(short))
        for target, column in self.level.targets:
            if (missing := float(values.x[column])) > 0.01:
                percent = missing / self.level.capacity_kwh * 100
                short.append(self._short("departure", target.by, percent, "percent"))
        return Outcome(
            power_kw=power,
            active=np.abs(power) > 1e-3,
            mode_on="charge",
            level=values.x[self.level.level],
            level_unit="kWh",
            level_start=self.level.start_kwh,
            level_min=0.0,
            level_max=self.level.max_kwh,
            value=-values.dual[self.level.storage],
            shortfalls=tuple(short),
        )

    def opposites(self, values: Values) -> Sequence[Opposite]:
        """Why it charges, feeds the house or waits now."""
        power = np.zeros(len(self.hours))
        power[self.slots] = values.x[self.charge]
        return now_or_later(power, self.slots, self.charge, self.most_kw, self.on, ("charges_now", "waits"))

    def unplanned(self, values: Values, net_kw: FloatArray) -> Unplanned:
        """As fast as it can once plugged in, what it gets before each departure; it feeds nobody."""
        power = np.zeros(len(self.hours))
        for use in self.uses:
            power += use.unplanned(values, self.hours)
        if self.level is None:
            power[self.slots] += values.x[self.charge]
            return Unplanned(power)
        gets = values.x[self.charge]
        if len(self.discharge):
            both = self.params.charge_efficiency * self.params.discharge_efficiency
            gets = gets - values.x[self.discharge] / both
        cuts = [0, *sorted({target.slot for target, _ in self.level.targets}), len(self.hours)]
        for first, last in pairwise(cuts):
            inside = (self.slots >= first) & (self.slots < last)
            left = float(gets[inside] @ self.hours[self.slots[inside]])
            for slot in self.slots[inside]:
                power[slot] = float(np.clip(left / self.hours[slot], 0.0, self.most_kw))
                left -= power[slot] * self.hours[slot]
        return Unplanned(power)

    def _short(self, need: str, by: datetime, amount: float, unit: str) -> Shortfall:
        return Shortfall(asset=self.spec.id, need=need, by=by, amount=amount, unit=unit)


def build(spec: AssetSpec, site: Site) -> VehiclePart:
    """Add the car."""
    path = f"assets.{spec.id}"
    params = read(VehicleParams, spec.params, f"{path}.params", OPTIONS)
    state = from_json(VehicleState, dict(spec.state), f"{path}.state")
    connected = state.connected is not False
    capacity = none_if_nan(params.capacity_kwh)
    where = stay(
        site.horizon,
        params.departures,
        spec.needs,
        capacity or 0.0,
        connected=connected,
        path=f"{path}.params",
    )
    if where.assumed is not None:
        site.note(InputStatus(key=f"vehicle:{spec.id}", rule="default", reason="no_return"))
    free = where.plugged & _not_off(spec, site)
    if not spec.controlled:
        return _following(spec, site, params, state, free)
    if capacity is None or capacity <= 0:
        return _by_energy(spec, site, params, free)
    return _by_level(spec, site, params, state, where, free, capacity)


def _not_off(spec: AssetSpec, site: Site) -> BoolArray:
    free = np.ones(site.horizon.n, dtype=bool)
    for order in spec.overrides:
        if order.mode is OverrideMode.OFF:
            free[site.slots_of(order)] = False
    return free


def _following(
    spec: AssetSpec, site: Site, params: VehicleParams, state: VehicleState, free: BoolArray
) -> VehiclePart:
    """A car that is not ours to plan is foreseen as going on as it does now until it is full."""
    power, soc, capacity = (none_if_nan(v) for v in (state.power_kw, state.soc_percent, params.capacity_kwh))
    none = np.zeros(0, dtype=np.int64)
    fixed = np.zeros(site.horizon.n)
    if power is not None and power > 0 and state.connected is not False:
        room = 20.0 if capacity is None or soc is None else max(params.max_soc - soc, 0.0) / 100 * capacity
        left = room / params.charge_efficiency
        for t in np.flatnonzero(free):
            fixed[t] = min(power, left / site.horizon.hours[t])
            left -= fixed[t] * site.horizon.hours[t]
    site.fixed = site.fixed + fixed
    slots = np.arange(site.horizon.n)
    columns = site.program.columns(site.horizon.n, lower=fixed, upper=fixed)
    return VehiclePart(spec, params, site.horizon.hours, slots, columns, none, (), None, none, 0.0)


def _by_energy(spec: AssetSpec, site: Site, params: VehicleParams, free: BoolArray) -> VehiclePart:
    """Without a known battery only needs in kWh (AC) can be planned."""
    least, most = powers(params)
    uses = []
    for window in one_off(site.horizon, spec.needs, "kwh"):
        price = site.wishes.priced(params.priority)
        use = add_use(site, window, most, free, window.amount, price, switched=False)
        if least > 0:
            _semi(site, params, use.columns, use.slots, least, most, was_on=False)
        uses.append(use)
    none = np.zeros(0, dtype=np.int64)
    return VehiclePart(spec, params, site.horizon.hours, none, none, none, tuple(uses), None, none, most)


def _by_level(
    spec: AssetSpec,
    site: Site,
    params: VehicleParams,
    state: VehicleState,
    where: Stay,
    free: BoolArray,
    capacity: float,
) -> VehiclePart:
    horizon, program = site.horizon, site.program
    soc = none_if_nan(state.soc_percent)
    if soc is None:
        site.note(
            InputStatus(key=f"vehicle:{spec.id}", health=Health.PROVISIONAL, rule="default", reason="no_soc")
        )
        soc = ASSUMED_SOC
    start = float(np.clip(soc, 0, 100)) / 100 * capacity
    slots = np.flatnonzero(free)
    hours = horizon.hours[slots]
    least, most = powers(params)
    most_use, upper = np.zeros(horizon.n), np.full(len(slots), most)
    worth = np.zeros(len(slots))
    if params.mode == SOLAR_ONLY:
        worth = np.maximum(horizon.export_price[slots], 0.0) + site.wishes.spare
        if params.min_soc <= 0 and not spec.overrides:
            upper = np.minimum(upper, np.maximum(-site.fixed[slots], 0.0))
    most_use[slots] = upper
    later = np.arange(len(slots)) / max(len(slots), 1) * hours
    charge = program.columns(len(slots), upper=upper, wish=-worth * hours, taste=later)
    site.use(charge, slots, 1.0, most_use)
    # What is on all three phases is spread; what switches between one and three is counted so too.
    if max(params.phases, 1) == 1:
        site.on_phase(params.phase, charge, slots, 1.0)
    discharge = _discharge(site, params, slots, charge, most)
    on = _semi(site, params, charge, slots, least, most, was_on=(state.power_kw or 0.0) > 0.1)
    if params.mode == SOLAR_ONLY:
        site.optional(on, slots, from_grid=False, from_battery=False)
    site.stay_near(spec.id, charge, discharge, slots)
    level = add_level(site, params, where, start, capacity, charge, discharge, slots)
    _orders(spec, site, charge, slots, most)
    return VehiclePart(spec, params, horizon.hours, slots, charge, discharge, (), level, on, most)


def _semi(
    site: Site,
    params: VehicleParams,
    charge: IntArray,
    slots: IntArray,
    least: float,
    most: float,
    *,
    was_on: bool,
) -> IntArray:
    """Either off or at `least` … `most`. A slight liking for on makes rounding follow the current, not the ratio."""
    on = site.program.columns(len(slots), upper=1.0, taste=-0.01, integer=True)
    under = site.program.rows(len(slots), upper=0.0)
    site.program.put(under, charge, 1.0)
    site.program.put(under, on, -most)
    above = site.program.rows(len(slots), lower=0.0)
    site.program.put(above, charge, 1.0)
    site.program.put(above, on, -least)
    # Never worth it; but rounding may leave it on with nothing to fill, and no step may make the program infeasible.
    site.program.put(
        above, site.program.columns(1, wish=site.wishes.need * float(np.sum(site.horizon.hours))), 1.0
    )
    if len(levels := settings_kw(params)):
        site.program.steps.append(Steps(charge, site.horizon.hours[slots], levels))
    add_switching(
        site,
        on,
        slots,
        was_on=was_on,
        min_on_minutes=params.min_on_minutes,
        min_off_minutes=params.min_off_minutes,
        lead=0.0,
    )
    return on


def _discharge(site: Site, params: VehicleParams, slots: IntArray, charge: IntArray, most: float) -> IntArray:
    if params.max_discharge_kw <= 0 or not len(slots):
        return np.zeros(0, dtype=np.int64)
    program, horizon = site.program, site.horizon
    hours = horizon.hours[slots]
    discharge = program.columns(len(slots), upper=params.max_discharge_kw, money=params.wear_cost * hours)
    most_give = np.zeros(horizon.n)
    most_give[slots] = params.max_discharge_kw
    site.give(discharge, slots, most_give)
    most_in, most_out = np.full(len(slots), most), np.full(len(slots), params.max_discharge_kw)
    site.one_way(charge, discharge, slots, most_in, most_out, has_least=True)
    site.givers.append(Giver(discharge, slots, params.max_discharge_kw, params.v2g))
    return discharge


def _orders(spec: AssetSpec, site: Site, charge: IntArray, slots: IntArray, most: float) -> None:
    for order in spec.overrides:
        if order.mode is not OverrideMode.ON:
            continue
        inside = np.isin(slots, np.arange(site.horizon.n)[site.slots_of(order)])
        wanted = min(order_kw(order, most), most)
        short = site.program.columns(int(np.sum(inside)), wish=site.wishes.need)
        rows = site.program.rows(int(np.sum(inside)), lower=wanted)
        site.program.put(rows, charge[inside], 1.0)
        site.program.put(rows, short, 1.0)


VEHICLE = AssetKind(
    key="vehicle",
    options=OPTIONS,
    params=VehicleParams,
    state=VehicleState,
    role=Role.CHARGER,
    controllable=True,
    build=build,
    from_options=from_options,
    reliefs=vehicle_reliefs,
)
