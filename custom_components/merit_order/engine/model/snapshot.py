"""All that is known at one instant. A snapshot file is a diagnostics download, a test case, a benchmark and a demo."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from .plan import InputStatus, Plan
from .series import Forecast, Series

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to plan. Lengths in minutes and hours; money in the home's currency."""

    slot_minutes: int = 15
    horizon_hours: float = 48.0
    fine_hours: float | None = None
    """With `coarse_minutes`: slots of `slot_minutes` for so long, `coarse_minutes` after."""
    coarse_minutes: int | None = None
    time_limit_s: float = 0.4
    """Seconds to look for something better than the first good plan, which always comes."""
    stay_gain: float = 0.02
    """A new plan must gain more than this (currency) over the previous one to replace it while no input changed."""
    kept_share: float = 1.0
    """Share of what plans promised to save that was kept lately: see `Plan.expected_saving`."""
    explain: bool = True
    cheap_below: float | None = None
    """Currency/kWh below which the person calls a price cheap; None: by the prices ahead. See `price_level`."""
    expensive_above: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandHours:
    """When demand counts, and how much (`share`, 1 = fully), by the wall clock: weekdays 0 = Monday, months 1 … 12,
    from the hour `start` up to the hour `end` of the same day, but not on the days `except_dates` (public holidays).
    """

    share: float = 1.0
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    months: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
    start: int = 0
    end: int = 24
    except_dates: tuple[date, ...] = ()

    def hold(self, local: datetime) -> bool:
        """Whether a window that starts at the wall-clock moment `local` counts by this row."""
        return (
            local.weekday() in self.weekdays
            and local.month in self.months
            and self.start <= local.hour < self.end
            and local.date() not in self.except_dates
        )


def demand_share(hours: tuple[DemandHours, ...], local: datetime) -> float:
    """How much of the demand of the window that starts at `local` counts: the first row that fits, else nothing.

    No rows at all: all of it, always.
    """
    return next((row.share for row in hours if row.hold(local)), 0.0) if hours else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityCharge:
    """A price on the highest mean demand of `window_minutes` within a month.

    `price_per_kw` is what one more kW of this month's peak costs (currency/kW, all months it counts for added up).
    Nothing is due below `floor_kw`, nor below the peak of the month so far.
    """

    price_per_kw: float
    floor_kw: float = 0.0
    month_peak_kw: float = 0.0
    window_minutes: int = 15
    quarter_so_far_kwh: float = 0.0
    """Energy already imported in the running window."""
    hours: tuple[DemandHours, ...] = ()
    """When demand counts; the first row that fits holds, no rows mean always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffView:
    """What power costs and earns, in currency/kWh as the person pays it (levies and VAT in).

    `export_price` None means that feeding in earns nothing. Slots after the published prices come as spans
    of quality `forecast`.
    """

    import_price: Series
    export_price: Series | None = None
    capacity: CapacityCharge | None = None
    name: str = ""
    import_told_until: datetime | None = None
    """Where the supplier's own word ends, known or forecast; None: with the last known price."""
    export_told_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A one-off wish of a person: `amount` in `unit` ("percent", "celsius", "kwh", "runs") by `by`."""

    amount: float
    unit: str
    by: datetime
    start: datetime | None = None


class OverrideMode(StrEnum):
    """What a person ordered for an asset."""

    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person's order that wins over the plan from `start` to `end`; `power_kw` narrows ON for a battery or car."""

    mode: OverrideMode
    start: datetime
    end: datetime
    power_kw: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetSpec:
    """One thing the plan knows. `params` and `state` are the JSON of the kind's own dataclasses (see assets/).

    `params` is what was configured, `state` what was measured, `series` forecasts by name (solar: `power`, in kW).
    `controlled` False: it is foreseen but not planned for (the person switched us off for it).
    """

    id: str
    kind: str
    name: str
    params: Mapping[str, Any] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    series: Mapping[str, Forecast] = field(default_factory=dict)
    needs: tuple[Need, ...] = ()
    overrides: tuple[Override, ...] = ()
    controlled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The whole input of one plan. `timezone` is an IANA name (daily needs follow the home's wall clock)."""

    at: datetime
    timezone: str
    currency: str
    tariff: TariffView
    load: Forecast
    """Base load in kW, without the assets below."""
    assets: tuple[AssetSpec, ...] = ()
    outdoor_c: Series | None = None
    settings: Settings = Settings()
    inputs: tuple[InputStatus, ...] = ()
    previous: Plan | None = None
    version: int = VERSION
