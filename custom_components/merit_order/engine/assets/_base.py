"""The asset contract: parameters a person sets, state that is measured, variables and constraints it adds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..model.options import Option
from ..model.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetKind:
    """A plug-in.

    `params` and `state` are frozen dataclasses whose JSON stands in AssetSpec.params and .state; `options` is what the
    config flow asks (each option's key is a field of `params`, unless `from_options` makes params from them).
    `role` is the device part that feeds its state and takes its commands; None needs no device.
    `controllable`: it gets a switch, a binary_sensor, a schedule, overrides.
    """

    key: str
    options: tuple[Option, ...]
    params: type
    state: type
    role: Role | None
    controllable: bool
    from_options: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
