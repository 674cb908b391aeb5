"""A home battery.

Per slot: charge c, discharge d >= 0 (AC), level e at the end: e_t = e_{t-1} + eta_c c dt − d dt / eta_d.
c / C + d / D <= 1; where doing both at once would pay (energy has a negative worth) a binary forbids it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..model.codec import from_json
from ..model.horizon import Horizon
from ..model.plan import Health, InputStatus, Shortfall
from ..model.program import IntArray
from ..model.roles import Role
from ..model.series import FloatArray
from ..model.snapshot import AssetSpec, OverrideMode
from ._asking import NEVER
from ._base import AssetKind, Opposite, Outcome, Unplanned, Values, none_if_nan, read
from ._battery import OPTIONS, BatteryParams, BatteryState, measured, start_level
from ._efficiency import add_curves
from ._relief import Relief, Step, with_params
from ._site import Giver, Site
from ._store import self_consumption

__all__ = ["BATTERY", "BatteryParams", "BatteryState"]


@dataclass(frozen=True, slots=True)
class BatteryPart:
    """A battery in a program; every array has shape (n,)."""

    spec: AssetSpec
    params: BatteryParams
    charge: IntArray
    discharge: IntArray
    level: IntArray
    storage: IntArray
    start_kwh: float
    low_kwh: float
    high_kwh: float
    switch: IntArray
    hours: FloatArray
    net_kw: FloatArray
    """What the home needs without any store, to see whether holding still is a decision."""
    end_value: float

    def outcome(self, values: Values) -> Outcome:
        """Signed power, level and the worth of a stored kWh."""
        power = values.x[self.charge] - values.x[self.discharge]
        power = np.where(np.abs(power) < 1e-7, 0.0, power)
        return Outcome(
            power_kw=power,
            active=np.abs(power) > 1e-3,
            mode_on="charge",
            level=values.x[self.level],
            level_unit="kWh",
            level_start=self.start_kwh,
            level_min=self.low_kwh,
            level_max=self.high_kwh,
            value=-values.dual[self.storage],
        )

    def opposites(self, values: Values) -> tuple[Opposite, ...]:
        """What it would cost to hold still while it acts, or to act while it waits."""
        power = values.x[self.charge] - values.x[self.discharge]
        doing = np.where(np.abs(power) > NEVER, np.sign(power), 0.0)
        change = np.flatnonzero(doing != doing[0])
        last = int(change[0]) if len(change) else len(doing)
        block, zero = np.arange(last), np.zeros(2 * last)
        if doing[0] != 0:
            code = "charges_now" if doing[0] > 0 else "discharges_now"
            both = np.concatenate((self.charge[block], self.discharge[block]))
            return (Opposite(code, 0, last, both, zero, zero, self.switch),)
        if self.start_kwh <= self.low_kwh + 1e-3 or self.net_kw[0] <= NEVER:
            return ()
        both = np.array([self.charge[0], self.discharge[0]])
        give = np.array([0.0, min(self.net_kw[0], self.params.max_discharge_kw)])
        return (Opposite("keeps_for_later", 0, last, both, give, give, self.switch),)

    def unplanned(self, values: Values, net_kw: FloatArray) -> Unplanned:
        """Self-consumption: it takes what is spare and gives what is missing."""
        params = self.params
        power, level = self_consumption(
            net_kw,
            self.hours,
            level_kwh=self.start_kwh,
            low_kwh=self.low_kwh,
            high_kwh=self.high_kwh,
            charge_kw=params.max_charge_kw,
            discharge_kw=params.max_discharge_kw,
            charge_efficiency=params.charge_efficiency,
            discharge_efficiency=params.discharge_efficiency,
        )
        wear = float(np.maximum(-power, 0.0) @ self.hours) * params.wear_cost
        return Unplanned(power, wear - self.end_value * (float(level[-1]) - self.start_kwh))


@dataclass(frozen=True, slots=True)
class FollowingPart:
    """A battery that is not ours to plan: foreseen as following the home's own surplus and need."""

    spec: AssetSpec
    power: FloatArray
    level: FloatArray
    start_kwh: float
    low_kwh: float
    high_kwh: float

    def outcome(self, values: Values) -> Outcome:
        """The foreseen behaviour; the solution does not change it."""
        return Outcome(
            power_kw=self.power,
            active=np.abs(self.power) > 1e-3,
            mode_on="self",
            level=self.level,
            level_unit="kWh",
            level_start=self.start_kwh,
            level_min=self.low_kwh,
            level_max=self.high_kwh,
        )

    def opposites(self, values: Values) -> tuple[Opposite, ...]:
        """Nothing was decided."""
        return ()

    def unplanned(self, values: Values, net_kw: FloatArray) -> Unplanned:
        """The same as foreseen."""
        return Unplanned(self.power)


def build(spec: AssetSpec, site: Site) -> BatteryPart | FollowingPart | None:
    """Add the battery; without a state of charge it is left out and the plan says so."""
    state = from_json(BatteryState, dict(spec.state), f"assets.{spec.id}.state")
    params = measured(read(BatteryParams, spec.params, f"assets.{spec.id}.params", OPTIONS), state)
    start = start_level(params, state)
    if start is None:
        site.note(
            InputStatus(key=f"battery:{spec.id}", health=Health.MISSING, rule="left_out", reason="no_soc")
        )
        return None
    low = max(params.min_soc, params.reserve_soc) / 100 * params.capacity_kwh
    high = params.max_soc / 100 * params.capacity_kwh
    if not spec.controlled:
        return _following(spec, site, params, start, low, high)
    return _planned(spec, site, params, start, low, high)


def _following(
    spec: AssetSpec, site: Site, params: BatteryParams, start: float, low: float, high: float
) -> FollowingPart:
    power, level = self_consumption(
        site.fixed,
        site.horizon.hours,
        level_kwh=start,
        low_kwh=low,
        high_kwh=high,
        charge_kw=params.max_charge_kw,
        discharge_kw=params.max_discharge_kw,
        charge_efficiency=params.charge_efficiency,
        discharge_efficiency=params.discharge_efficiency,
    )
    site.fixed = site.fixed + power
    return FollowingPart(spec, power, level, start, low, high)


def _planned(
    spec: AssetSpec, site: Site, params: BatteryParams, start: float, low: float, high: float
) -> BatteryPart:
    horizon, program = site.horizon, site.program
    n, hours = horizon.n, horizon.hours
    most_charge, most_discharge = (np.full(n, params.max_charge_kw), np.full(n, params.max_discharge_kw))
    own = none_if_nan(params.terminal_value)
    value = site.stored_value if own is None else own
    worth = np.zeros(n)
    worth[-1] = -value
    program.offset += value * start
    charge = program.columns(n, upper=most_charge, taste=hours)
    discharge = program.columns(n, upper=most_discharge, money=params.wear_cost * hours, taste=hours)
    level = program.columns(n, lower=min(low, start), upper=max(high, start), money=worth)
    storage = program.rows(n, lower=_first(n, start), upper=_first(n, start))
    program.put(storage, level, 1.0)
    program.put(storage[1:], level[:-1], -1.0)
    program.put(storage, charge, -params.charge_efficiency * hours)
    program.put(storage, discharge, hours / params.discharge_efficiency)
    add_curves(site, params, charge, discharge, level, storage, start)
    switch = site.one_way(charge, discharge, np.arange(n), most_charge, most_discharge)
    if start < low:
        below = program.columns(n, upper=low, wish=site.wishes.level * hours)
        rows = program.rows(n, lower=low)
        program.put(rows, level, 1.0)
        program.put(rows, below, 1.0)
    _orders(spec, site, charge, discharge, most_charge, most_discharge)
    slots = np.arange(n)
    site.use(charge, slots, 1.0, most_charge)
    site.give(discharge, slots, most_discharge)
    site.givers.append(Giver(discharge, slots, params.max_discharge_kw, params.export))
    if not params.grid_charge:
        site.solar_only(charge)
    _physics(site, params, charge, discharge, level)
    site.stay_near(spec.id, charge, discharge, slots)
    return BatteryPart(
        spec,
        params,
        charge,
        discharge,
        level,
        storage,
        start,
        low,
        high,
        switch,
        hours,
        site.fixed.copy(),
        value,
    )


def _physics(
    site: Site, params: BatteryParams, charge: IntArray, discharge: IntArray, level: IntArray
) -> None:
    """What the inverter, the cells and the ramp allow beside plain limits of power."""
    program, n = site.program, site.horizon.n
    if params.inverter in site.inverters:
        rows = site.inverters[params.inverter]
        program.put(rows, discharge, 1.0)
        program.put(rows, charge, -1.0)
    if params.taper_soc < 100:
        # charge <= C (1 − 0.9 (level reached − knee) / (capacity − knee)): a straight cut.
        knee = params.taper_soc / 100 * params.capacity_kwh
        slope = 0.9 * params.max_charge_kw / (params.capacity_kwh - knee)
        rows = program.rows(n, upper=params.max_charge_kw + slope * knee)
        program.put(rows, charge, 1.0)
        program.put(rows, level, slope)
    if params.ramp_kw_per_h is not None and n > 1:
        most = params.ramp_kw_per_h * site.horizon.hours[1:]
        rows = program.rows(n - 1, lower=-most, upper=most)
        for columns, sign in ((charge, 1.0), (discharge, -1.0)):
            program.put(rows, columns[1:], sign)
            program.put(rows, columns[:-1], -sign)


def _first(n: int, value: float) -> FloatArray:
    array = np.zeros(n)
    array[0] = value
    return array


def _orders(
    spec: AssetSpec,
    site: Site,
    charge: IntArray,
    discharge: IntArray,
    most_charge: FloatArray,
    most_discharge: FloatArray,
) -> None:
    """What a person ordered: met as far as the level allows, at the price of a need.

    The other way is shut meanwhile: a battery that is full is not emptied to be charged again as ordered.
    """
    for order in spec.overrides:
        slots = np.arange(site.horizon.n)[site.slots_of(order)]
        if not len(slots):
            continue
        power = 0.0 if order.mode is OverrideMode.OFF else none_if_nan(order.power_kw) or 0.0
        wanted = np.clip(power, -most_discharge[slots], most_charge[slots])
        # What cannot all be done is done first, and not here and there.
        first = 1.0 + 0.01 * np.arange(len(slots), 0, -1) / len(slots)
        short = site.program.columns(len(slots), wish=site.wishes.need * first)
        more = site.program.columns(len(slots), wish=site.wishes.need)
        rows = site.program.rows(len(slots), lower=wanted, upper=wanted)
        for columns, sign in ((charge[slots], 1.0), (discharge[slots], -1.0), (short, 1.0), (more, -1.0)):
            site.program.put(rows, columns, sign)
        if power != 0:
            shut = site.program.rows(len(slots), upper=0.0)
            site.program.put(shut, discharge[slots] if power > 0 else charge[slots], 1.0)


def reliefs(spec: AssetSpec, short: Shortfall, horizon: Horizon) -> Sequence[Relief]:
    """The battery without what it keeps back: it may help a connection that is too small."""
    params = read(BatteryParams, spec.params, f"assets.{spec.id}.params", OPTIONS)
    if max(params.min_soc, params.reserve_soc) <= 0:
        return ()
    empty = with_params(spec, min_soc=0.0, reserve_soc=0.0)
    return (Relief("reserve", "lower_reserve", [Step(empty, {"asset": spec.id})]),)


BATTERY = AssetKind(
    key="battery",
    options=OPTIONS,
    params=BatteryParams,
    state=BatteryState,
    role=Role.BATTERY,
    controllable=True,
    build=build,
    reliefs=reliefs,
)
