"""The connection to the grid: what can be bought and sold, and the fuse.

Variables per slot: import, export >= 0. import / I + export / X <= 1 with the slot's own reach I and X, which is exact
but for the mix inside the triangle; where mixing would pay (export price above import price) a binary forbids it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..model.horizon import Horizon
from ..model.options import Option, OptionType
from ..model.plan import Shortfall
from ..model.program import Either, IntArray
from ..model.roles import Role
from ..model.series import FloatArray
from ..model.snapshot import AssetSpec
from ._base import AssetKind, Opposite, Outcome, Unplanned, Values, none_if_nan, read
from ._grid import GridParams, GridState
from ._peak import add_peak
from ._relief import Relief, Step, with_params
from ._site import Site

STEP_KW, STEPS = 0.5, 64
"""By how much, and how often, a higher limit of import is thought of."""
FUSES_A = (16.0, 20.0, 25.0, 32.0, 35.0, 40.0, 50.0, 63.0, 80.0, 100.0)
"""Main fuses there are."""
TRACE_KW = 1e-6
"""A milliwatt is nothing, but its inverse would be a coefficient."""


@dataclass(frozen=True, slots=True)
class GridPart:
    """The grid in a program."""

    spec: AssetSpec
    imports: IntArray
    exports: IntArray
    over: IntArray
    spill: IntArray
    cuts: IntArray
    phases: IntArray
    """Rows of the limit on each phase, if any …"""
    phase_kw: float
    """… and that limit."""
    where_over: IntArray
    where_spill: IntArray

    def outcome(self, values: Values) -> Outcome:
        """Net power, + import; what flows though the connection forbids it is told too."""
        net = values.x[self.imports] - values.x[self.exports]
        net[self.where_over] += values.x[self.over]
        net[self.where_spill] -= values.x[self.spill]
        return Outcome(power_kw=net, active=np.abs(net) > 1e-6)

    def opposites(self, values: Values) -> tuple[Opposite, ...]:
        """The grid decides nothing by itself."""
        return ()

    def unplanned(self, values: Values, net_kw: FloatArray) -> Unplanned:
        """It gives what the home needs."""
        return Unplanned(net_kw)


def build(spec: AssetSpec, site: Site) -> GridPart:
    """Add the grid. Comes last: its reach follows from what the other assets can use and give."""
    params = read(GridParams, spec.params, f"assets.{spec.id}.params")
    horizon, program = site.horizon, site.program
    n, hours = horizon.n, horizon.hours
    reach_in = np.maximum(site.fixed + site.most_use, 0.0)
    reach_out = np.maximum(site.most_give - site.fixed, 0.0)
    most_in = np.minimum(reach_in, _limit(params.import_limit_kw))
    most_out = np.minimum(reach_out, _limit(params.export_limit_kw))
    if not params.export_when_negative:
        most_out = np.where(horizon.export_price < 0, 0.0, most_out)
    imports = program.columns(n, upper=most_in, money=horizon.import_price * hours)
    exports = program.columns(n, upper=most_out, money=-horizon.export_price * hours)
    program.put(site.balance, imports, 1.0)
    program.put(site.balance, exports, -1.0)
    # What was ordered or runs by itself may come on top, and a store that could help may be empty.
    where_over = np.flatnonzero(most_in < reach_in)
    over = _slack(site, where_over, 1.0, horizon.import_price)
    where_spill = np.flatnonzero(np.maximum(-site.fixed, 0.0) > most_out)
    spill = _slack(site, where_spill, -1.0, -horizon.export_price)
    cuts = _no_mixing(site, imports, exports, most_in, most_out)
    add_peak(site, imports)
    phases = np.zeros(0, dtype=np.int64)
    amperes = none_if_nan(params.phase_limit_a)
    limit = float("inf") if amperes is None else amperes * params.voltage / 1000
    if amperes is not None:
        phases = _phases(site, imports, exports, limit)
    return GridPart(spec, imports, exports, over, spill, cuts, phases, limit, where_over, where_spill)


def _phases(site: Site, imports: IntArray, exports: IntArray, limit_kw: float) -> IntArray:
    """On each phase: a third of what is spread, (net − S) / 3, and what hangs on it alone; S is all that does so."""
    program, n = site.program, site.horizon.n
    limits = program.rows(3 * n, upper=limit_kw)
    for phase in (1, 2, 3):
        rows = limits[(phase - 1) * n : phase * n]
        program.put(rows, imports, 1 / 3)
        program.put(rows, exports, -1 / 3)
        for use in site.phased:
            share = 2 / 3 if use.phase == phase else -1 / 3
            program.put(rows[use.slots], use.columns, use.kw * share)
        program.put(rows, program.columns(n, wish=site.wishes.physics * site.horizon.hours), -1.0)
    return limits


def _limit(value: float | None) -> float:
    known = none_if_nan(value)
    return float("inf") if known is None else max(known, 0.0)


def _slack(site: Site, slots: IntArray, sign: float, price: FloatArray) -> IntArray:
    """What the home must do though the connection forbids it; nobody would choose it, but it is paid for."""
    money, hours = price[slots], site.horizon.hours[slots]
    # What breaks it weighs the same in every slot: it is not put where it is cheap.
    wish = (site.wishes.physics - money) * hours
    columns = site.program.columns(len(slots), money=money * hours, wish=wish)
    site.program.put(site.balance[slots], columns, sign)
    return columns


def _no_mixing(
    site: Site, imports: IntArray, exports: IntArray, most_in: FloatArray, most_out: FloatArray
) -> IntArray:
    both = np.flatnonzero((most_in > TRACE_KW) & (most_out > TRACE_KW))
    program, horizon = site.program, site.horizon
    rows = program.rows(len(both), upper=1.0)
    program.put(rows, imports[both], 1.0 / most_in[both])
    program.put(rows, exports[both], 1.0 / most_out[both])
    pays = both[horizon.export_price[both] > horizon.import_price[both]]
    if not len(pays):
        return rows
    switch = program.columns(len(pays), upper=1.0, integer=True)
    buy = program.rows(len(pays), upper=0.0)
    program.put(buy, imports[pays], 1.0)
    program.put(buy, switch, -most_in[pays])
    sell = program.rows(len(pays), upper=most_out[pays])
    program.put(sell, exports[pays], 1.0)
    program.put(sell, switch, most_out[pays])
    for limits in (buy, sell):
        # What was to be sold may be needed after all while other eithers are settled: no step may be infeasible.
        program.put(limits, program.columns(len(pays), wish=site.wishes.physics * horizon.hours[pays]), -1.0)
    program.eithers.append(Either(switch, imports[pays], exports[pays]))
    return rows


def reliefs(spec: AssetSpec, short: Shortfall, horizon: Horizon) -> Sequence[Relief]:
    """What the connection could be instead."""
    params = read(GridParams, spec.params, f"assets.{spec.id}.params")
    found = []
    if (limit := none_if_nan(params.import_limit_kw)) is not None:
        powers = [limit + STEP_KW * i for i in range(1, STEPS + 1)]
        steps = [Step(with_params(spec, import_limit_kw=kw), {"kw": kw}, kw=kw) for kw in powers]
        found.append(Relief("import_limit", "raise_import_limit", steps))
    if (fuse := none_if_nan(params.phase_limit_a)) is not None:
        bigger = [ampere for ampere in FUSES_A if ampere > fuse]
        steps = [
            Step(with_params(spec, phase_limit_a=a), {"ampere": a}, kw=a * params.voltage / 1000)
            for a in bigger
        ]
        found.append(Relief("phase_limit", "raise_phase_limit", steps))
    return found


GRID = AssetKind(
    key="grid",
    options=(
        Option(key="import_limit_kw", type=OptionType.NUMBER, minimum=0.1, maximum=1000, unit="kW"),
        Option(key="export_limit_kw", type=OptionType.NUMBER, minimum=0, maximum=1000, unit="kW"),
        Option(key="phase_limit_a", type=OptionType.NUMBER, minimum=6, maximum=200, unit="A", advanced=True),
        Option(key="export_when_negative", type=OptionType.BOOLEAN, default=True, advanced=True),
    ),
    params=GridParams,
    state=GridState,
    role=Role.GRID,
    controllable=False,
    build=build,
    reliefs=reliefs,
)
