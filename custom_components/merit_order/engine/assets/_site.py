"""The home while its program is written: what assets share, and what they tell each other."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..model.horizon import Horizon
from ..model.plan import InputStatus, Plan
from ..model.program import Either, IntArray, Program, Switch
from ..model.series import FloatArray
from ..model.snapshot import Override


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What not meeting a wish is worth, in currency per kWh unless said otherwise; always above any real price."""

    physics: float
    """Breaking a limit that cannot be broken (a fuse): only when nothing else is left."""
    need: float
    """A needed energy that is not delivered, at the middle priority: as many times its price …"""
    least: float
    """… and what the dearest kWh can cost, at any priority."""
    level: float
    """One kWh below a wished storage level for one hour."""
    spare: float
    """What an optional use is worth above feeding in."""

    def priced(self, priority: int) -> float:
        """A need's price by priority: 1 is served first, 9 last; each step is worth the square root of two."""
        return self.least + (self.need - self.least) * float(2.0 ** ((5 - min(max(priority, 1), 9)) / 2))


@dataclass(frozen=True, slots=True)
class Giver:
    """Columns by which a store gives power, one for each of `slots`, at most `most` kW; may it be fed in?"""

    columns: IntArray
    slots: IntArray
    most: float
    export: bool


@dataclass(frozen=True, slots=True)
class OnPhase:
    """`columns` times `kw` is power used on one `phase` (1 … 3) in `slots`; all three of the same length."""

    phase: int
    columns: IntArray
    slots: IntArray
    kw: FloatArray


@dataclass(slots=True)
class Site:
    """The home while its program is written. Arrays have shape (n,), power in kW.

    Each balance row says: import − export − (what assets use − what they give) = `fixed`.
    """

    horizon: Horizon
    program: Program
    balance: IntArray
    fixed: FloatArray
    most_use: FloatArray
    most_give: FloatArray
    wishes: Wishes
    stored_value: float
    """What a kWh in the home battery is worth at the end of the horizon, in currency/kWh."""
    givers: list[Giver] = field(default_factory=list)
    generation: FloatArray = field(default_factory=lambda: np.zeros(0))
    """Solar power, (n,), before `curtailed`: (columns, their slots)."""
    curtailed: list[tuple[IntArray, IntArray]] = field(default_factory=list)
    not_from_grid: list[tuple[IntArray, IntArray]] = field(default_factory=list)
    """(on/off columns, their slots) in which nothing may be bought while one is on."""
    not_from_battery: list[tuple[IntArray, IntArray]] = field(default_factory=list)
    """The same for discharging a battery."""
    inverters: dict[str, IntArray] = field(default_factory=dict)
    """By solar asset id, rows (n,) of what passes its inverter: a battery behind it adds discharge − charge."""
    work: dict[str, list[Any]] = field(default_factory=dict)
    """Runs and uses that were placed, by asset id, for loads that come after others …"""
    busy: dict[str, int] = field(default_factory=dict)
    """… and the slot from which on one that runs already is done."""
    previous: Plan | None = None
    before_kw: FloatArray | None = None
    """(n,): what the previous plan said of the asset that is being built, NaN where it said nothing."""
    stay_gain: float = 0.0
    """Currency that a change of the previous plan must gain."""
    phased: list[OnPhase] = field(default_factory=list)
    notes: list[InputStatus] = field(default_factory=list)

    def use(self, columns: IntArray, slots: ArrayLike, coefficient: ArrayLike, most: ArrayLike) -> None:
        """`columns` times `coefficient` is power used in `slots`, at most `most` kW per slot (shape (n,) or scalar)."""
        self.program.put(self.balance[np.asarray(slots)], columns, -np.asarray(coefficient, dtype=float))
        self.most_use = self.most_use + np.maximum(most, 0.0)

    def on_phase(self, phase: int | None, columns: IntArray, slots: IntArray, kw: ArrayLike) -> None:
        """Say that this power is used on one phase; everything else counts as spread over all three."""
        if phase is not None:
            spread = np.array(np.broadcast_to(np.asarray(kw, dtype=float), (len(columns),)))
            self.phased.append(OnPhase(phase, columns, slots, spread))

    def give(self, columns: IntArray, slots: ArrayLike, most: ArrayLike) -> None:
        """`columns` is power given in `slots`."""
        self.program.put(self.balance[np.asarray(slots)], columns, 1.0)
        self.most_give = self.most_give + np.maximum(most, 0.0)

    def optional(self, columns: IntArray, slots: IntArray, *, from_grid: bool, from_battery: bool) -> None:
        """`columns` may only be above zero in `slots` while nothing is bought and no battery gives, unless allowed."""
        if not (from_grid and from_battery):
            self.program.switches.append(Switch(columns, lead=None))
        if not from_grid:
            self.not_from_grid.append((columns, slots))
        if not from_battery:
            self.not_from_battery.append((columns, slots))

    def one_way(
        self,
        charge: IntArray,
        discharge: IntArray,
        slots: IntArray,
        most_in: FloatArray,
        most_out: FloatArray,
        *,
        has_least: bool = False,
    ) -> IntArray:
        """A store does not take and give at once: a cut everywhere, a binary where burning pays at once (returned).

        Beside such slots it may pay to make room; there the search forbids what it meets.
        """
        program, horizon = self.program, self.horizon
        both = np.flatnonzero((most_in > 1e-6) & (most_out > 1e-6))
        rows = program.rows(len(both), upper=1.0)
        program.put(rows, charge[both], 1.0 / most_in[both])
        program.put(rows, discharge[both], 1.0 / most_out[both])
        program.stores.append((charge[both], discharge[both], has_least))
        negative = (horizon.import_price < 0) | (horizon.export_price < 0)
        pays = both[negative[slots[both]]]
        if not len(pays):
            return np.zeros(0, dtype=np.int64)
        switch = program.columns(len(pays), upper=1.0, integer=True)
        into = program.rows(len(pays), upper=0.0)
        program.put(into, charge[pays], 1.0)
        program.put(into, switch, -most_in[pays])
        out = program.rows(len(pays), upper=most_out[pays])
        program.put(out, discharge[pays], 1.0)
        program.put(out, switch, most_out[pays])
        program.eithers.append(Either(switch, charge[pays], discharge[pays]))
        return switch

    def solar_only(self, charge: IntArray) -> None:
        """`charge`, shape (n,), takes no more than the panels give."""
        rows = self.program.rows(self.horizon.n, upper=self.generation)
        self.program.put(rows, charge, 1.0)
        for columns, slots in self.curtailed:
            self.program.put(rows[slots], columns, 1.0)

    def planned_before(self, asset_id: str) -> FloatArray:
        """Shape (n,): what the previous plan said of an asset in kW, NaN where it said nothing."""
        said = np.full(self.horizon.n, np.nan)
        before = None if self.previous is None else self.previous.asset(asset_id)
        if self.previous is None or before is None or not before.controlled:
            return said
        edges = np.array([edge.timestamp() for edge in self.previous.edges])
        middle = (self.horizon.slots.seconds[:-1] + self.horizon.slots.seconds[1:]) / 2
        slot = np.searchsorted(edges, middle, side="right") - 1
        known = (slot >= 0) & (slot < len(before.power_kw))
        said[known] = np.array(before.power_kw)[slot[known]]
        return said

    def stay_near(self, asset_id: str, plus: IntArray, minus: IntArray, slots: IntArray) -> None:
        """Each kWh that `plus` − `minus` moves away from the previous plan costs a little: all of it `stay_gain`."""
        said = self.planned_before(asset_id)[slots]
        known = np.flatnonzero(~np.isnan(said))
        hours = self.horizon.hours[slots]
        moved = float(np.abs(said[known]) @ hours[known])
        if self.stay_gain <= 0 or moved <= 1e-6:
            return
        program = self.program
        # A kWh that moves leaves one slot and enters another: it is counted twice.
        price = self.stay_gain / moved / 2 * hours[known]
        away, back = (program.columns(len(known), stay=price) for _ in range(2))
        rows = program.rows(len(known), lower=said[known], upper=said[known])
        program.put(rows, plus[known], 1.0)
        if len(minus):
            program.put(rows, minus[known], -1.0)
        program.put(rows, away, -1.0)
        program.put(rows, back, 1.0)

    def slots_of(self, order: Override) -> slice:
        """The slots an order holds for; the running one when it has begun."""
        slots = self.horizon.slots
        running = order.start < slots.edges[0] < order.end
        first = 0 if running else slots.count_before(order.start)
        return slice(first, max(slots.count_before(order.end), first + running))

    def note(self, status: InputStatus) -> None:
        """Say by which rule an input was used."""
        self.notes.append(status)
