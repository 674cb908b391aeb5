"""What a person sets for the connection to the grid, and what its meter says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GridParams:
    """Limits of the connection in kW; None means that nothing but the home's own reach limits it."""

    import_limit_kw: float | None = None
    export_limit_kw: float | None = None
    phase_limit_a: float | None = None
    """Amperes per phase of a three-phase connection; None: only the limits above."""
    voltage: float = 230.0
    export_when_negative: bool = True
    """False: nothing is fed in while that costs money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridState:
    """What the meter says now; the plan needs none of it."""

    power_kw: float | None = None
