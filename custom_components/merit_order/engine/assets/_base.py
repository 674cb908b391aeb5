"""The asset contract: parameters a person sets, state that is measured, variables and constraints it adds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from ..model.horizon import Horizon
from ..model.options import Option
from ..model.plan import InputStatus, Shortfall
from ..model.program import BoolArray, IntArray, Program
from ..model.roles import Role
from ..model.series import FloatArray
from ..model.snapshot import AssetSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What not meeting a wish is worth, in currency per kWh unless said otherwise; always above any real price."""

    physics: float
    """Breaking a limit that cannot be broken (a fuse): only when nothing else is left."""
    need: float
    """A needed energy that is not delivered, at the middle priority."""
    level: float
    """One kWh below a wished storage level for one hour."""
    spare: float
    """What an optional use is worth above feeding in."""


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
    discharges: list[tuple[IntArray, float]] = field(default_factory=list)
    """Columns (n,) of each battery's discharge and their upper bound."""
    not_from_grid: list[tuple[IntArray, IntArray]] = field(default_factory=list)
    """(on/off columns, their slots) in which nothing may be bought while one is on."""
    not_from_battery: list[tuple[IntArray, IntArray]] = field(default_factory=list)
    """The same for discharging a battery."""
    notes: list[InputStatus] = field(default_factory=list)

    def use(self, columns: IntArray, slots: ArrayLike, coefficient: ArrayLike, most: ArrayLike) -> None:
        """`columns` times `coefficient` is power used in `slots`, at most `most` kW per slot (shape (n,) or scalar)."""
        self.program.put(self.balance[np.asarray(slots)], columns, -np.asarray(coefficient, dtype=float))
        self.most_use = self.most_use + np.maximum(most, 0.0)

    def give(self, columns: IntArray, slots: ArrayLike, most: ArrayLike) -> None:
        """`columns` is power given in `slots`."""
        self.program.put(self.balance[np.asarray(slots)], columns, 1.0)
        self.most_give = self.most_give + np.maximum(most, 0.0)

    def optional(self, columns: IntArray, slots: IntArray, *, from_grid: bool, from_battery: bool) -> None:
        """`columns` may only be above zero in `slots` while nothing is bought and no battery gives, unless allowed."""
        if not from_grid:
            self.not_from_grid.append((columns, slots))
        if not from_battery:
            self.not_from_battery.append((columns, slots))

    def note(self, status: InputStatus) -> None:
        """Say by which rule an input was used."""
        self.notes.append(status)


@dataclass(frozen=True, slots=True)
class Values:
    """A solution: `x` per column, `dual` per row (currency per unit of the row's right-hand side)."""

    x: FloatArray
    dual: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one asset does in a solution; fields as in model.plan.AssetPlan, arrays of shape (n,)."""

    power_kw: FloatArray
    active: BoolArray
    mode_on: str = "on"
    level: FloatArray | None = None
    level_unit: str | None = None
    level_start: float | None = None
    level_min: float | None = None
    level_max: float | None = None
    value: FloatArray | None = None
    shortfalls: tuple[Shortfall, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opposite:
    """A question to be answered by solving again: column bounds that force the asset to do otherwise.

    `code` names the reason if the answer is that it costs more; `first` and `last` are slots (last exclusive).
    """

    code: str
    first: int
    last: int
    columns: IntArray
    lower: FloatArray
    upper: FloatArray
    values: Mapping[str, float | str] = field(default_factory=dict)


class Part(Protocol):
    """One asset inside a program."""

    @property
    def spec(self) -> AssetSpec:
        """Whose part this is."""
        ...

    def outcome(self, values: Values) -> Outcome:
        """What the asset does in this solution."""
        ...

    def opposites(self, values: Values) -> Sequence[Opposite]:
        """What a person would ask about this solution, most wanted first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetKind:
    """A plug-in.

    `params` and `state` are frozen dataclasses whose JSON stands in AssetSpec.params and .state; `options` is what the
    config flow asks (each option's key is a field of `params`, unless `from_options` makes params from them).
    `role` is the device part that feeds its state and takes its commands; None needs no device.
    `controllable`: it gets a switch, a binary_sensor, a schedule, overrides.
    `build` adds the asset to the program; None when an input it cannot do without is missing (it leaves a note).
    """

    key: str
    options: tuple[Option, ...]
    params: type
    state: type
    role: Role | None
    controllable: bool
    build: Callable[[AssetSpec, Site], Part | None]
    from_options: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict


def none_if_nan(value: float | None) -> float | None:
    """Absent and not-a-number are the same to an asset: not known."""
    return None if value is None or not np.isfinite(value) else float(value)
