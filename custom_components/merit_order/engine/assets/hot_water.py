"""A hot-water tank: one well-mixed mass that loses heat, is drawn from, and must be hot at times of day.

dT/dt = (heat − draw − loss (T − around)) / capacity. Once in `legionella_days` it reaches `legionella_c`, when
heating up is cheapest before that is due.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from ..model.clock_times import daily, parse_clock
from ..model.codec import from_json
from ..model.plan import Health, InputStatus, Shortfall
from ..model.program import IntArray
from ..model.roles import Role
from ..model.series import FloatArray
from ..model.snapshot import AssetSpec
from ._asking import now_or_later
from ._base import AssetKind, Opposite, Outcome, Unplanned, Values, measured_c, read
from ._comfort import by_needs, by_time, too_cold
from ._heat_relief import hot_water_reliefs
from ._heater import Heater, add_heater, left_alone
from ._hot_water import DRAW_BY_HOUR, KWH_PER_LITRE_K, OPTIONS, HotWaterParams, HotWaterState, from_options
from ._site import Site
from ._thermal import (
    Dynamics,
    Kept,
    add_states,
    cop_at,
    drawn,
    keep_above,
    keep_below,
    never_above,
    one_mass,
    thermostat,
    value_last,
)

ASSUMED_OUTDOOR_C = 7.0
COLD_C = 10.0
"""Water from the main."""
OVERSHOOT_C = 3.0
"""Whole slots of heating may end so far above the most; beyond, the tank's own thermostat cuts in."""
OVERDUE = timedelta(hours=6)
"""Within that time water is heated up that should have been."""


@dataclass(frozen=True, slots=True)
class HotWaterPart:
    """A tank in a program; `water` are temperature columns of shape (n,)."""

    spec: AssetSpec
    site: Site
    params: HotWaterParams
    heater: Heater
    cop: FloatArray
    dynamics: Dynamics
    start: FloatArray
    kept: Kept
    water: IntArray
    low: FloatArray
    where: IntArray
    short: IntArray
    due: datetime | None
    hygiene_short: int | None

    def outcome(self, values: Values) -> Outcome:
        """Electric power and water temperature."""
        power = self.heater.electric(values)
        power = np.where(power < 1e-6, 0.0, power)
        horizon = self.site.horizon
        short = list(too_cold(self.spec, horizon, values, self.where, self.short, self.water, self.low))
        if (
            self.due is not None
            and self.hygiene_short is not None
            and (missing := float(values.x[self.hygiene_short])) > 0.1
        ):
            short.append(
                Shortfall(asset=self.spec.id, need="hygiene", by=self.due, amount=missing, unit="celsius")
            )
        return Outcome(
            power_kw=power,
            active=power > 1e-3,
            mode_on="heat",
            level=values.x[self.water],
            level_unit="°C",
            level_start=float(self.start[0]),
            level_min=self.params.min_c,
            level_max=self.params.max_c,
            shortfalls=tuple(short),
        )

    def opposites(self, values: Values) -> Sequence[Opposite]:
        """Why it heats or waits now."""
        power = self.heater.electric(values)
        slots = np.arange(len(power))
        most = self.params.power_kw / self.heater.kw
        return now_or_later(power, slots, self.heater.power, most, self.heater.on, ("heats_now", "waits"))

    def unplanned(self, values: Values, net_kw: FloatArray) -> Unplanned:
        """A thermostat at the temperature for hot water."""
        hot = np.full(len(net_kw), self.params.hot_c)
        units, end = thermostat(
            self.dynamics,
            self.site.horizon.hours,
            self.start,
            self.cop * self.heater.kw,
            self.params.power_kw / self.heater.kw,
            hot,
        )
        return Unplanned(units * self.heater.kw, -self.kept.worth(float(end[0])))


def build(spec: AssetSpec, site: Site) -> HotWaterPart | None:
    """Add the tank; without a temperature it is left out and the plan says so."""
    path = f"assets.{spec.id}"
    params = read(HotWaterParams, spec.params, f"{path}.params", OPTIONS)
    state = from_json(HotWaterState, dict(spec.state), f"{path}.state")
    start = measured_c(state.temperature_c)
    if start is None:
        note = InputStatus(
            key=f"hot_water:{spec.id}", health=Health.MISSING, rule="left_out", reason="no_temperature"
        )
        site.note(note)
        return None
    horizon = site.horizon
    capacity = max(params.volume_l, 1.0) * KWH_PER_LITRE_K
    loss = params.loss_kwh_day / 24 / 45
    around, cop = np.full(horizon.n, params.around_c), _cop(site, params)
    heated = one_mass(capacity, loss, around, cop * params.power_kw)
    hottest = max(params.max_c, start)
    draw = drawn(heated, horizon.hours, start, _draw(spec, site, params), COLD_C, hottest)
    dynamics = one_mass(capacity, loss, around, -draw)
    begin = np.array([start])
    if spec.controlled:
        heater = _heater(spec, site, params, state)
    else:
        hot = np.full(horizon.n, params.hot_c)
        heater = left_alone(site, thermostat(dynamics, horizon.hours, begin, cop, params.power_kw, hot)[0])
    water = add_states(site, dynamics, begin, heater.power, cop * heater.kw)[0][0]
    price = site.wishes.priced(params.priority) * capacity * np.ones(horizon.n)
    low, _ = by_time(horizon, params.periods, params.min_c, None, f"{path}.params.periods")
    low = by_needs(horizon, spec.needs, _hot_at(site, params, low, path))
    where, short = keep_above(site, water, low, price)
    keep_below(site, water, np.full(horizon.n, hottest), price)
    never_above(site, water, hottest + OVERSHOOT_C, site.wishes.physics * capacity * horizon.n)
    kept = Kept(site.stored_value * capacity / float(np.mean(cop)), start, params.hot_c)
    value_last(site, water, kept)
    due, hygiene = _hygiene(site, params, state, water, price[0])
    return HotWaterPart(
        spec, site, params, heater, cop, dynamics, begin, kept, water, low, where, short, due, hygiene
    )


def _heater(spec: AssetSpec, site: Site, params: HotWaterParams, state: HotWaterState) -> Heater:
    return add_heater(
        site,
        spec,
        most_kw=params.power_kw,
        least_kw=0.0,
        modulating=params.modulating,
        was_on=(state.power_kw or 0.0) > 0.05,
        min_on_minutes=params.min_on_minutes,
        min_off_minutes=params.min_off_minutes,
    )


def _cop(site: Site, params: HotWaterParams) -> FloatArray:
    horizon = site.horizon
    if params.cop <= 1:
        return np.ones(horizon.n)
    outdoor = np.full(horizon.n, ASSUMED_OUTDOOR_C) if horizon.outdoor_c is None else horizon.outdoor_c
    return cop_at(params.cop, outdoor, params.hot_c + 5.0)


def _draw(spec: AssetSpec, site: Site, params: HotWaterParams) -> FloatArray:
    """kW drawn per slot."""
    given = site.horizon.series.get(spec.id, {}).get("draw")
    if given is not None:
        return np.maximum(given.mid, 0.0)
    weights = np.array(DRAW_BY_HOUR) / sum(DRAW_BY_HOUR)
    hours = [edge.astimezone(site.horizon.zone).hour for edge in site.horizon.slots.starts]
    return np.asarray(weights[hours] * params.draw_kwh_day, dtype=float)


def _hot_at(site: Site, params: HotWaterParams, low: FloatArray, path: str) -> FloatArray:
    """`low` raised to `hot_c` in the slot before each of the times of `hot_at`."""
    raised = low.copy()
    slots = site.horizon.slots
    for i, text in enumerate(params.hot_at):
        clock = parse_clock(text, f"{path}.params.hot_at[{i}]")
        for at in daily(clock, site.horizon.zone, slots.edges[0], slots.edges[-1]):
            slot = slots.count_before(at) - 1
            if slot >= 0:
                raised[slot] = max(np.nan_to_num(raised[slot], nan=-99.0), params.hot_c)
    return raised


def _hygiene(
    site: Site, params: HotWaterParams, state: HotWaterState, water: IntArray, price: float
) -> tuple[datetime | None, int | None]:
    """Reach `legionella_c` once before it is due, if that is within the horizon."""
    horizon = site.horizon
    if params.legionella_days <= 0:
        return None, None
    if state.disinfected is None:
        due = horizon.at + timedelta(days=1)
    else:
        # What is overdue is not put off from one cheap night to the next.
        due = max(state.disinfected + timedelta(days=params.legionella_days), horizon.at + OVERDUE)
    last = horizon.slots.count_before(due)
    if due > horizon.slots.edges[-1] or last == 0:
        return None, None
    slot = _cheapest_end(site, params, water_kwh=params.volume_l * KWH_PER_LITRE_K * 15.0, last=last)
    wanted = np.full(horizon.n, np.nan)
    wanted[slot] = params.legionella_c
    short = keep_above(site, water, wanted, np.full(horizon.n, price))[1]
    return due, int(short[0])


def _cheapest_end(site: Site, params: HotWaterParams, water_kwh: float, last: int) -> int:
    """The slot before `last` at whose end a heat-up of `water_kwh` costs least: what it costs is the import price,
    or the export price while the panels give enough. Chosen beforehand: as a whole-number choice its relaxation is
    empty (a little of every slot) and the search goes astray.
    """
    horizon = site.horizon
    spare = -site.fixed >= params.power_kw
    price = np.where(spare, horizon.export_price, horizon.import_price)
    total = np.concatenate(([0.0], np.cumsum(price * horizon.hours)))
    edges = np.concatenate(([0.0], np.cumsum(horizon.hours)))
    long = min(water_kwh / max(params.power_kw * max(params.cop, 1.0), 0.1), edges[-1])
    ends = edges[1 : last + 1]
    cost = np.interp(ends, edges, total) - np.interp(np.maximum(ends - long, 0.0), edges, total)
    cost = np.where(ends >= long, cost, np.inf)
    return int(np.argmin(cost)) if np.any(np.isfinite(cost)) else last - 1


HOT_WATER = AssetKind(
    key="hot_water",
    options=OPTIONS,
    params=HotWaterParams,
    state=HotWaterState,
    role=Role.TANK,
    controllable=True,
    build=build,
    from_options=from_options,
    reliefs=hot_water_reliefs,
)
