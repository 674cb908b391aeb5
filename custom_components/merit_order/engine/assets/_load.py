"""What a person sets for a load, and what was measured of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..model.options import Option, OptionType
from ._base import PRIORITY
from ._profile import read_profile

NEEDED, OPTIONAL = "needed", "optional"
MOST_KW = 100.0
"""No load in a home draws more."""
DEFAULT_KW = 1.0
"""Stands in until a power is set or measured; the plan is then provisional."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadParams:
    """`power_kw` None: measured. A day's need is `runs_per_day` runs of `run_minutes`, or `energy_kwh`, by `deadline`.

    Times are "HH:MM" of the home's clock; no `deadline` is midnight. `priority` 1 is served first, 9 last.
    `windows` are the only times of day it may run ([["09:00", "17:00"]]); `profile_kw` the power in steps of
    `profile_minutes`. An optional load may use `energy_kwh` a day at most.
    """

    mode: str = NEEDED
    power_kw: float | None = None
    energy_kwh: float | None = None
    run_minutes: float | None = None
    runs_per_day: int = 1
    earliest: str | None = None
    deadline: str | None = None
    contiguous: bool = True
    variable_power: bool = False
    priority: int = 5
    windows: tuple[tuple[str, str], ...] = ()
    profile_kw: tuple[float, ...] = ()
    profile_minutes: float = 15.0
    min_on_minutes: float = 0.0
    min_off_minutes: float = 0.0
    max_starts: int | None = None
    """Interruptible only: at most so many starts within each day's window."""
    phase: int | None = None
    """1, 2 or 3 when it hangs on one phase that is known."""
    after: str | None = None
    """Id or name of a load that must have finished before this one starts (the dryer after the washer)."""
    from_grid: bool = False
    """Optional only: it may also be fed from the grid …"""
    from_battery: bool = False
    """… or from a battery, when that is worth it."""
    worth: float | None = None
    """Optional only: what a kWh is worth to the person; None: a little more than feeding it in."""
    alone_kw: tuple[float, ...] = ()
    """Learned: mean kW by hour of the clock (24) when nobody steers it. Empty: it would run as soon as it may."""
    usual_day_kwh: float | None = None
    """Learned: what a day really takes, where `energy_kwh` is a generous guess."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadState:
    """What was done since the last deadline, and whether it runs now. `typical_kw` is learned from past runs.

    `full_at` is when it last was offered power and took none, `after_full_kwh` what it drew since then.
    """

    done_kwh: float = 0.0
    full_at: datetime | None = None
    after_full_kwh: float = 0.0
    done_runs: int = 0
    on: bool | None = None
    on_since: datetime | None = None
    power_kw: float | None = None
    typical_kw: float | None = None


def from_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers a person types are counted in whole ones where the params say so."""
    whole = ("runs_per_day", "priority", "max_starts")
    params: dict[str, Any] = {key: int(value) if key in whole else value for key, value in options.items()}
    first, last = params.pop("allowed_from", None), params.pop("allowed_until", None)
    if first or last:
        params["windows"] = [[first or "00:00", last or "00:00"]]
    if profile := params.pop("profile", None):
        params["profile_kw"] = read_profile(profile, "profile")
    return params


OPTIONS = (
    Option(key="mode", type=OptionType.CHOICE, default=NEEDED, choices=(NEEDED, OPTIONAL), required=True),
    Option(key="power_kw", type=OptionType.NUMBER, minimum=0.01, maximum=100, unit="kW"),
    Option(key="run_minutes", type=OptionType.NUMBER, minimum=1, maximum=1440, unit="min"),
    Option(key="energy_kwh", type=OptionType.NUMBER, minimum=0.01, maximum=500, unit="kWh"),
    Option(key="deadline", type=OptionType.TIME),
    Option(key="earliest", type=OptionType.TIME, advanced=True),
    Option(
        key="runs_per_day",
        type=OptionType.NUMBER,
        default=1,
        minimum=0,
        maximum=24,
        step=1,
        advanced=True,
    ),
    Option(key="profile", type=OptionType.TEXT, advanced=True),
    Option(key="after", type=OptionType.TEXT, advanced=True),
    Option(key="contiguous", type=OptionType.BOOLEAN, default=True, advanced=True),
    Option(key="variable_power", type=OptionType.BOOLEAN, default=False, advanced=True),
    PRIORITY,
    Option(key="allowed_from", type=OptionType.TIME, advanced=True),
    Option(key="allowed_until", type=OptionType.TIME, advanced=True),
    *(
        Option(key=key, type=OptionType.NUMBER, default=0, minimum=0, maximum=1440, unit="min", advanced=True)
        for key in ("min_on_minutes", "min_off_minutes")
    ),
    Option(key="max_starts", type=OptionType.NUMBER, minimum=1, maximum=48, step=1, advanced=True),
    Option(key="from_grid", type=OptionType.BOOLEAN, default=False, advanced=True),
    Option(key="from_battery", type=OptionType.BOOLEAN, default=False, advanced=True),
)
