"""Heat that is stored: a small linear thermal model, exact over each slot, in a program.

States x (°C) follow dx/dt = A x + B u with constant u within a slot; so x_t = Ad x_{t-1} + Bd u_t (zero-order hold).
"""

from dataclasses import dataclass

import numpy as np

from ..model.program import INF, IntArray
from ..model.series import FloatArray
from ._site import Site

KELVIN = 273.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Dynamics:
    """`a` (k, k) per hour, `heat` (k,) °C per kWh of heat put in, `drift` (n, k) °C per hour from all that is given."""

    a: FloatArray
    heat: FloatArray
    drift: FloatArray


def one_mass(
    capacity_kwh_k: float, loss_kw_k: float, outside_c: FloatArray, gains_kw: FloatArray | float
) -> Dynamics:
    """1R1C: a room or a tank of `capacity_kwh_k` losing `loss_kw_k` per degree to `outside_c` (n,)."""
    drift = (loss_kw_k * outside_c + gains_kw) / capacity_kwh_k
    return Dynamics(
        a=np.array([[-loss_kw_k / capacity_kwh_k]]),
        heat=np.array([1.0 / capacity_kwh_k]),
        drift=np.reshape(drift, (-1, 1)),
    )


def two_masses(
    capacity_kwh_k: float,
    loss_kw_k: float,
    floor_kwh_k: float,
    floor_kw_k: float,
    outside_c: FloatArray,
    gains_kw: FloatArray | float,
) -> Dynamics:
    """2R2C: heat goes into the floor slab (second state), from there into the room (first), from there outside."""
    a = np.array(
        [
            [-(loss_kw_k + floor_kw_k) / capacity_kwh_k, floor_kw_k / capacity_kwh_k],
            [floor_kw_k / floor_kwh_k, -floor_kw_k / floor_kwh_k],
        ]
    )
    drift = np.zeros((len(outside_c), 2))
    drift[:, 0] = (loss_kw_k * outside_c + gains_kw) / capacity_kwh_k
    return Dynamics(a=a, heat=np.array([0.0, 1.0 / floor_kwh_k]), drift=drift)


def step(dynamics: Dynamics, hours: float) -> tuple[FloatArray, FloatArray]:
    """(Ad, Bd) of one slot: Bd (k, k) turns a rate of °C per hour into °C."""
    k = len(dynamics.a)
    block = np.zeros((2 * k, 2 * k))
    block[:k, :k], block[:k, k:] = dynamics.a * hours, np.eye(k) * hours
    whole = _expm(block)
    return whole[:k, :k], whole[:k, k:]


def _expm(matrix: FloatArray) -> FloatArray:
    """Matrix exponential by scaling, a Taylor series and squaring; exact to rounding for these small stable blocks."""
    norm = float(np.max(np.sum(np.abs(matrix), axis=1)))
    squarings = max(int(np.ceil(np.log2(max(norm, 1e-12)))) + 4, 0)
    scaled = matrix / 2.0**squarings
    total = term = np.eye(len(matrix))
    for i in range(1, 13):
        term = term @ scaled / i
        total = total + term
    for _ in range(squarings):
        total = total @ total
    return total


def add_states(
    site: Site, dynamics: Dynamics, start: FloatArray, heat: IntArray, kw_per_unit: FloatArray
) -> tuple[IntArray, IntArray]:
    """Temperature columns (k, n) and their rows (k, n); `heat` columns (n,) put `kw_per_unit` (n,) kW of heat in."""
    program, n, k = site.program, site.horizon.n, len(dynamics.a)
    # No bounds: what a person says of a house may be impossible, a plan must not be.
    states = program.columns(n * k, lower=-INF).reshape(k, n)
    rows = program.rows(n * k).reshape(k, n)
    right = np.zeros((k, n))
    for hours in np.unique(site.horizon.hours):
        slots = np.flatnonzero(site.horizon.hours == hours)
        ad, bd = step(dynamics, float(hours))
        gain = bd @ dynamics.heat
        right[:, slots] = bd @ dynamics.drift[slots].T
        for i in range(k):
            program.put(rows[i, slots], heat[slots], -gain[i] * kw_per_unit[slots])
            for j in range(k):
                later = slots[slots > 0]
                program.put(rows[i, later], states[j, later - 1], -ad[i, j])
        if slots[0] == 0:
            right[:, 0] += ad @ start
    program.put(rows, states, 1.0)
    program.fix_rows(rows.ravel(), right.ravel())
    return states, rows


def keep_above(
    site: Site, columns: IntArray, wanted: FloatArray, price: FloatArray
) -> tuple[IntArray, IntArray]:
    """Soft floor on temperature columns: (positions, short columns) where `wanted` is not NaN; price per °C each."""
    where = np.flatnonzero(~np.isnan(wanted))
    short = site.program.columns(len(where), wish=price[where])
    rows = site.program.rows(len(where), lower=wanted[where])
    site.program.put(rows, columns[where], 1.0)
    site.program.put(rows, short, 1.0)
    return where, short


def keep_below(site: Site, columns: IntArray, wanted: FloatArray, price: FloatArray) -> None:
    """Soft ceiling on temperature columns where `wanted` is not NaN."""
    where = np.flatnonzero(~np.isnan(wanted))
    over = site.program.columns(len(where), wish=price[where])
    rows = site.program.rows(len(where), upper=wanted[where])
    site.program.put(rows, columns[where], 1.0)
    site.program.put(rows, over, -1.0)


def never_above(site: Site, columns: IntArray, limit: float, price: float) -> None:
    """A ceiling no wish is worth breaking: the worst °C above it costs `price`, so that no order is infeasible."""
    rows = site.program.rows(len(columns), upper=limit)
    site.program.put(rows, columns, 1.0)
    site.program.put(rows, site.program.columns(1, wish=price), -1.0)


def cop_at(cop: float, outdoor_c: FloatArray, flow_c: float) -> FloatArray:
    """COP per slot from the one at 7 °C outside and 35 °C flow (A7/W35), scaled by Carnot's; at least 1."""

    def carnot(outside: FloatArray | float) -> FloatArray:
        return np.asarray((flow_c + KELVIN) / np.maximum(flow_c - np.asarray(outside), 10.0), dtype=float)

    rated = (35.0 + KELVIN) / (35.0 - 7.0)
    return np.clip(cop * carnot(outdoor_c) / rated, 1.0, 8.0)


@dataclass(frozen=True, slots=True)
class Kept:
    """What warmth left at the end is worth: `per_degree` (currency) up to `high`, counted from `start`."""

    per_degree: float
    start: float
    high: float

    def worth(self, end: float) -> float:
        """Currency of ending at `end` °C."""
        return self.per_degree * (min(end, self.high) - min(self.start, self.high))


def value_last(site: Site, columns: IntArray, kept: Kept) -> None:
    """Put that worth into the program; it goes on below the band, so nothing is gained by letting go."""
    if kept.per_degree <= 0:
        return
    left = site.program.columns(1, lower=-INF, upper=kept.high, money=-kept.per_degree)
    site.program.row(np.append(left, columns[-1]), np.array([1.0, -1.0]), upper=0.0)
    site.program.offset += kept.per_degree * min(kept.start, kept.high)


def drawn(
    dynamics: Dynamics, hours: FloatArray, start: float, draw_kw: FloatArray, cold: float, hot: float
) -> FloatArray:
    """`draw_kw` (n,) less what no heating could make warm: what runs into a tank is no colder than `cold`.

    `dynamics` are those of one mass that is heated all the time and not drawn from; it stops at `hot`.
    """
    steps = {float(h): step(dynamics, float(h)) for h in np.unique(hours)}
    now, drawn_kw = start, draw_kw.copy()
    for t, h in enumerate(hours.tolist()):
        ad, bd = steps[h]
        fall = float(bd[0, 0] * dynamics.heat[0])
        free = float(ad[0, 0] * now + bd[0, 0] * dynamics.drift[t, 0])
        drawn_kw[t] = min(draw_kw[t], max(free - min(cold, start), 0.0) / fall)
        now = min(free - fall * drawn_kw[t], hot)
    return drawn_kw


def thermostat(
    dynamics: Dynamics,
    hours: FloatArray,
    start: FloatArray,
    kw_per_unit: FloatArray,
    most: float,
    wanted: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """(units of heat input per slot, states at the end) of a thermostat that keeps the first state at `wanted` (n,)."""
    steps = {float(h): step(dynamics, float(h)) for h in np.unique(hours)}
    x, units = start.astype(float), np.zeros(len(hours))
    for t, h in enumerate(hours.tolist()):
        ad, bd = steps[h]
        free = ad @ x + bd @ dynamics.drift[t]
        gain = bd @ dynamics.heat * kw_per_unit[t]
        missing = float(wanted[t] - free[0])
        if missing > 0:
            units[t] = min(missing / max(float(gain[0]), 1e-9), most)
        x = free + gain * units[t]
    return units, x
