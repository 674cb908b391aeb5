"""What will be done, slot by slot, what it costs, and why. Everything a card, an entity or an assistant shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .series import Quality


class PlanStatus(StrEnum):
    """How good the plan is."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    """Good, with a proven `gap` that is not zero: time ran out."""
    PROVISIONAL = "provisional"
    """As good as can be, but some input is only a default yet."""
    NONE = "none"
    """No plan: an input that cannot be done without is missing (see `inputs`)."""


class Health(StrEnum):
    """State of one input."""

    FRESH = "fresh"
    STALE = "stale"
    PARTIAL = "partial"
    PROVISIONAL = "provisional"
    SUSPECT = "suspect"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputStatus:
    """One input of the plan: where it came from, how old, and by which rule it was used.

    `key` is what it is ("load", "solar:roof", "price", "battery:home"); `rule` is what was done ("used", "last_good",
    "forecast", "default", "left_out"); `reason` is a translation key.
    """

    key: str
    origin: str = ""
    health: Health = Health.FRESH
    issued: datetime | None = None
    rule: str = "used"
    reason: str | None = None
    placeholders: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One checked sentence as data: `code` is a translation key, numbers are measured by solving again.

    `cost_of_opposite` (currency) is what the opposite for the slots `start` … `end` would have cost more.
    """

    code: str
    start: datetime
    end: datetime
    cost_of_opposite: float | None = None
    values: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What would let a missed wish be met, by itself, as data: `code` is a translation key.

    `values` say how far: `kw`, `ampere`, `starts` and the like as numbers, instants in ISO 8601, an asset by its id.
    """

    code: str
    values: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A wish that is not met in full: what, by when, how much short, what stood in the way, what would fix it.

    `limit` was found by planning again without it; None: there was no time to look, "several": no single one.
    """

    asset: str
    need: str
    by: datetime
    amount: float
    unit: str
    limit: str | None = None
    remedies: tuple[Remedy, ...] = ()
    values: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A stretch of slots in which an asset does one thing.

    `mode`: "charge", "discharge", "hold", "self" (battery, car), "on" (loads), "heat" (tank, rooms), "curtail" (solar).
    `power_kw` is the mean, `energy_kwh` and `cost` the sum over the block; `source` says what feeds it mostly:
    "solar", "grid", "battery" or "mixed".
    """

    start: datetime
    end: datetime
    mode: str
    power_kw: float
    energy_kwh: float
    cost: float
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetPlan:
    """One asset over the horizon. Arrays have one value per slot.

    `power_kw`: + consumes (battery: + charge, − discharge; solar: generation >= 0 after curtailment).
    `level` is the state at the END of each slot in `level_unit` ("kWh", "°C"), None where the asset has none.
    `active` is the binary truth for automations. `value` is the marginal worth of one stored kWh (currency/kWh).
    """

    id: str
    kind: str
    name: str
    power_kw: tuple[float, ...]
    active: tuple[bool, ...]
    level: tuple[float, ...] | None = None
    level_unit: str | None = None
    level_start: float | None = None
    level_min: float | None = None
    level_max: float | None = None
    blocks: tuple[Block, ...] = ()
    energy_kwh: float = 0.0
    cost: float = 0.0
    value: tuple[float, ...] | None = None
    reasons: tuple[Reason, ...] = ()
    controlled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePlan:
    """The home as a whole, one value per slot: prices in currency/kWh, powers in kW, cost in currency per slot.

    NaN (JSON null) where unknown. `load_kw` is the base load; assets stand in `Plan.assets`.
    """

    import_price: tuple[float, ...]
    export_price: tuple[float, ...]
    price_quality: tuple[Quality, ...]
    price_level: tuple[str, ...]
    """"cheap", "normal" or "expensive"."""
    load_kw: tuple[float, ...]
    solar_kw: tuple[float, ...]
    solar_low_kw: tuple[float, ...]
    solar_high_kw: tuple[float, ...]
    grid_kw: tuple[float, ...]
    """+ import, − export."""
    cost: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The plan. `edges` has n + 1 instants. `cost` and `baseline_cost` cover the whole horizon, in `currency`, with the
    change of stored energy valued the same way in both; the baseline is the home without us (self-consumption battery,
    loads at once). `gap` is the proven relative distance to the optimum.
    """

    id: str
    at: datetime
    status: PlanStatus
    currency: str
    timezone: str
    edges: tuple[datetime, ...]
    home: HomePlan | None
    assets: tuple[AssetPlan, ...] = ()
    cost: float = 0.0
    baseline_cost: float = 0.0
    expected_saving: float = 0.0
    """What is likely saved over the horizon: the difference of the two, less what plans turn out worse than told."""
    gap: float = 0.0
    solve_ms: float = 0.0
    total_ms: float = 0.0
    shortfalls: tuple[Shortfall, ...] = ()
    inputs: tuple[InputStatus, ...] = ()
    kept: bool = False
    """The previous plan was kept because a new one gained too little."""

    def asset(self, asset_id: str) -> AssetPlan | None:
        """The plan of one asset, or None."""
        return next((asset for asset in self.assets if asset.id == asset_id), None)

    def slot_at(self, at: datetime) -> int | None:
        """The slot that holds `at`, or None outside the horizon."""
        if not self.edges or not self.edges[0] <= at < self.edges[-1]:
            return None
        return next(i for i, end in enumerate(self.edges[1:]) if at < end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What the plan wants of one asset now, before any device is known. `until` is the end of the stretch it holds for.

    `mode` as in `Block.mode`, or "off" / "release"; `power_kw` signed as in `AssetPlan.power_kw`. A battery that holds
    gives nothing; it still takes sun to spare, unless feeding that in is the point (`feed_in`). `reason` is a code when
    it is not the plan that wants this, but whoever steers between two plans.
    """

    asset: str
    mode: str
    power_kw: float
    until: datetime
    feed_in: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What `think` gives: the plan, and what it means for each controlled asset right now."""

    plan: Plan
    intents: tuple[Intent, ...]
