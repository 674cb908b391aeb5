"""The asset contract: parameters a person sets, state that is measured, variables and constraints it adds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Protocol

import numpy as np

from ..model.codec import from_json
from ..model.errors import InputError
from ..model.horizon import Horizon
from ..model.options import Option, OptionType
from ..model.plan import Shortfall
from ..model.program import BoolArray, IntArray
from ..model.roles import Role
from ..model.series import FloatArray
from ..model.snapshot import AssetSpec, Override
from ._relief import Relief
from ._site import Site

SIGNED = frozenset({"around_c", "low_c", "high_c", "worth", "terminal_value"})
"""Numbers of params that may be below zero; no other one may."""


@dataclass(frozen=True, slots=True)
class Values:
    """A solution: `x` and `reduced` cost per column, `dual` per row (currency per unit of its right-hand side)."""

    x: FloatArray
    dual: FloatArray
    reduced: FloatArray


@dataclass(frozen=True, slots=True)
class Unplanned:
    """What an asset would do by itself: kW per slot (n,), and money beside the energy (wear, less what is stored)."""

    power_kw: FloatArray
    money: float = 0.0


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


@dataclass(frozen=True, slots=True)
class Opposite:
    """A question to be answered by solving again: column bounds that force the asset to do otherwise.

    `code` names the reason if the answer is that it costs more; `first` and `last` are slots (last exclusive). `free`
    are whole-number columns of the asset that may follow, in fractions: the answer is what it costs at least.
    """

    code: str
    first: int
    last: int
    columns: IntArray
    lower: FloatArray
    upper: FloatArray
    free: IntArray
    values: Mapping[str, float | str] = field(default_factory=dict)
    slots: IntArray | None = None
    """The slot of each column, where the question can be asked of a shorter time too."""

    def until(self, slot: int) -> Opposite | None:
        """The same question of the time before `slot`; None when it is no other."""
        if self.slots is None or slot >= self.last or not np.any(inside := self.slots < slot):
            return None
        return replace(
            self,
            last=slot,
            columns=self.columns[inside],
            lower=self.lower[inside],
            upper=self.upper[inside],
            slots=self.slots[inside],
        )


def no_reliefs(spec: AssetSpec, short: Shortfall, horizon: Horizon) -> Sequence[Relief]:
    """An asset that misses nothing."""
    return ()


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

    def unplanned(self, values: Values, net_kw: FloatArray) -> Unplanned:
        """What it would do by itself to the same end; `net_kw` is what the home else needs (+) or has spare (−)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetKind:
    """A plug-in.

    `params` and `state` are frozen dataclasses whose JSON stands in AssetSpec.params and .state; `options` is what the
    config flow asks (each option's key is a field of `params`, unless `from_options` makes params from them).
    `role` is the device part that feeds its state and takes its commands; None needs no device.
    `controllable`: it gets a switch, a binary_sensor, a schedule, overrides.
    `build` adds the asset to the program; None when an input it cannot do without is missing (it leaves a note).
    `reliefs` are the limits that can stand in the way of a wish of its own, those first that are easiest to move; the
    grid's those of the connection.
    """

    key: str
    options: tuple[Option, ...]
    params: type
    state: type
    role: Role | None
    controllable: bool
    build: Callable[[AssetSpec, Site], Part | None]
    from_options: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
    reliefs: Callable[[AssetSpec, Shortfall, Horizon], Sequence[Relief]] = no_reliefs


def read[T](kind: type[T], raw: Mapping[str, Any], path: str, options: tuple[Option, ...] = ()) -> T:
    """`raw` as `kind`; numbers are finite and within what `options` allow. Raises InputError naming the field."""
    params = from_json(kind, dict(raw), path)
    limits = {option.key: option for option in options if option.type is OptionType.NUMBER}
    for item in fields(params):  # type: ignore[arg-type]  # kind is a dataclass
        value = getattr(params, item.name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            _all_finite(value, f"{path}.{item.name}")
            continue
        if not np.isfinite(value):
            if item.default is None:
                continue
            raise InputError(f"{path}.{item.name}", "is not a number")
        option = limits.get(item.name)
        low = 0.0 if option is None or option.minimum is None else option.minimum
        high = float("inf") if option is None or option.maximum is None else option.maximum
        if item.name not in SIGNED and not low - 1e-9 <= value <= high + 1e-9:
            raise InputError(f"{path}.{item.name}", f"{value} is outside {low} … {high}")
    return params


def _all_finite(value: object, path: str) -> None:
    """Raise InputError for a number within lists and rows that is none."""
    if isinstance(value, tuple):
        for i, item in enumerate(value):
            _all_finite(item, f"{path}[{i}]")
    elif is_dataclass(value):
        for item in fields(value):
            _all_finite(getattr(value, item.name), f"{path}.{item.name}")
    elif isinstance(value, float) and not np.isfinite(value):
        raise InputError(path, "is not a number")


PRIORITY = Option(
    key="priority", type=OptionType.NUMBER, default=5, minimum=1, maximum=9, step=1, advanced=True
)
"""Who is served first when not all fits."""


def none_if_nan(value: float | None) -> float | None:
    """Absent and not-a-number are the same to an asset: not known."""
    return None if value is None or not np.isfinite(value) else float(value)


def order_kw(order: Override, default: float) -> float:
    """The power a person ordered, or `default`."""
    known = none_if_nan(order.power_kw)
    return known if known is not None and 0 < known <= 1000 else default


def measured_c(value: float | None) -> float | None:
    """A temperature in or around a house in °C; what no house can have is not known."""
    known = none_if_nan(value)
    return known if known is not None and -40.0 <= known <= 130.0 else None
