"""What the fast loop is told, what it keeps in mind, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from ..assets._grid import GridParams
from ..model.plan import Intent, Plan
from ..model.roles import GridReading, Readings, Role
from ..model.snapshot import AssetSpec, CapacityCharge


class Cause(StrEnum):
    """Why an asset does otherwise than planned; stands in `Intent.reason`."""

    SPARE = "spare"
    """Power is to spare: it is used before it is fed in."""
    NO_SPARE = "no_spare"
    """The sun it was to run on is not there."""
    FOLLOW = "follow"
    """A battery that cannot follow the meter by itself is led."""
    REST = "rest"
    """It was switched a moment ago: what the plan says anew waits for its contactor."""
    IMPORT_LIMIT = "import_limit"
    PHASE_LIMIT = "phase_limit"
    QUARTER_GUARD = "quarter_guard"


LIMITS = frozenset({Cause.IMPORT_LIMIT, Cause.PHASE_LIMIT, Cause.QUARTER_GUARD})
SAFETY = frozenset({Cause.IMPORT_LIMIT, Cause.PHASE_LIMIT})
"""What may wear a contactor: a fuse that blows is worse."""


class Note(StrEnum):
    """Whether the loop could do its work."""

    OK = "ok"
    NO_METER = "no_meter"
    """The meter is silent: the plan's word holds as it is."""
    NO_PLAN = "no_plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """One asset that takes commands: what the plan wants of it now, and what its device says.

    `follows_itself`: a battery that, given back to itself, keeps the grid at zero; False: that is to be seen.
    `pace_s` is the least time between two set-points that are not urgent, in seconds: what it takes in a day is
    limited.
    """

    spec: AssetSpec
    role: Role
    intent: Intent
    readings: Readings | None = None
    follows_itself: bool = True
    pace_s: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All the loop goes by at `at`. `grid_at` is when the meter said `grid`; `capacity` holds what the running window
    has had by now.
    """

    at: datetime
    zone: ZoneInfo
    plan: Plan | None
    driven: tuple[Driven, ...]
    grid: GridReading | None = None
    grid_at: datetime | None = None
    solar_kw: float | None = None
    limits: GridParams = field(default_factory=GridParams)
    capacity: CapacityCharge | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What became of one asset: on or off since `since`, told `kw` at `told` because of `cause` (None: as planned).

    `starts` are those of the last day that were seen. `switched` is when we told it last to switch. `led`: a battery
    that was seen to stand still by itself.
    """

    on: bool
    since: datetime
    kw: float
    told: datetime
    cause: Cause | None = None
    starts: tuple[datetime, ...] = ()
    led: bool = False
    switched: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the home takes from the grid (kW, + import) apart from all that is driven."""

    at: datetime
    kw: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is kept from one step to the next. Marks by asset id."""

    samples: tuple[Sample, ...] = ()
    marks: Mapping[str, Mark] = field(default_factory=dict)
    acting: frozenset[Cause] = frozenset()
    """The limits that held something back in the last step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One asset that does otherwise than planned: powers in kW, + consumes."""

    asset: str
    cause: Cause
    planned_kw: float
    kw: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A need that may not be met because its asset was held back; `by` is its deadline."""

    asset: str
    by: datetime
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Steered:
    """What is wanted of every driven asset at this instant, and why it differs from the plan.

    `heading_kw` is the demand the running window ends with if nothing changes, `allowed_kw` the one it may end with;
    None without a charge on demand. `over` names limits that nothing more can be done about.
    """

    intents: tuple[Intent, ...]
    memory: Memory
    note: Note = Note.OK
    acts: tuple[Act, ...] = ()
    risks: tuple[Risk, ...] = ()
    over: tuple[Cause, ...] = ()
    heading_kw: float | None = None
    allowed_kw: float | None = None
