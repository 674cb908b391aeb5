"""The receding horizon: at each slot look, plan, act; and the same home without us, for comparison."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from ..model.plan import Decision, Intent, Plan
from ..model.series import FloatArray
from ..model.snapshot import AssetSpec
from ..pipeline import think
from .home import Home, with_state
from .knowledge import Knowledge
from .peaks import Meter, demand_bill
from .recording import Recording
from .simulated import Battery, Simulated, Step, Vehicle, simulated

type Chooser = Callable[[int, tuple[AssetSpec, ...]], Mapping[str, Intent]]


@dataclass(frozen=True, slots=True)
class Truth:
    """What happened in the window of a replay: `count` steps of `step` seconds from `start`."""

    start: int
    step: int
    load_kw: FloatArray
    solar_kw: FloatArray
    buy: FloatArray
    sell: FloatArray

    @classmethod
    def of(cls, recording: Recording, start: int, count: int) -> Truth:
        """The recording's, with its gaps filled."""

        def part(name: str) -> FloatArray:
            return recording.happened(name).between(start, count)

        solar = part("pv_kw") if "pv_kw" in recording.columns else np.zeros(count)
        return cls(start, recording.step, part("load_kw"), solar, part("import_price"), part("export_price"))

    def __len__(self) -> int:
        return len(self.load_kw)

    @property
    def hours(self) -> float:
        """Length of a step."""
        return self.step / 3600


@dataclass(slots=True)
class Run:
    """What came of a policy: money in currency, as a meter would bill it."""

    bill: float = 0.0
    capacity: float = 0.0
    """What its peaks cost, where the home pays for them; in `bill` too."""
    grid_kw: FloatArray = field(default_factory=lambda: np.zeros(0))
    stored_kwh: float = 0.0
    """In batteries and cars at the end, more than at the start."""
    out_kwh: float = 0.0
    missed: int = 0
    changes: int = 0


def simulate(
    truth: Truth,
    home: Home,
    choose: Chooser,
    *,
    without: frozenset[str] = frozenset(),
    meter: Callable[[int, float], None] = lambda now, net: None,
    tick: Callable[[], None] = lambda: None,
) -> Run:
    """Live through the window, following what `choose` wants at each step (nothing: each thing's own logic)."""
    things: dict[str, Simulated] = {}
    for spec in home.assets:
        if spec.kind not in without and (thing := simulated(spec, home.zone)) is not None:
            things[spec.id] = thing
    batteries = [name for name, thing in things.items() if isinstance(thing, Battery)]
    order = [name for name in things if name not in batteries] + batteries
    stored = sum(thing.level_kwh for thing in things.values() if isinstance(thing, Battery | Vehicle))
    run = Run(grid_kw=np.zeros(len(truth)))
    for i in range(len(truth)):
        now = truth.start + i * truth.step
        at = datetime.fromtimestamp(now, UTC)
        for thing in things.values():
            thing.begin(at)
        seen = tuple(with_state(s, things[s.id].state(at)) if s.id in things else s for s in home.assets)
        intents = choose(now, seen)
        net = float(truth.load_kw[i] - truth.solar_kw[i])
        for name in order:
            net += things[name].act(intents.get(name), Step(at, truth.hours, net))
        run.grid_kw[i] = net
        meter(now, net)
        run.bill += net * truth.hours * float(truth.buy[i] if net > 0 else truth.sell[i])
        tick()
    for thing in things.values():
        run.missed += thing.missed
        if isinstance(thing, Battery | Vehicle):
            run.stored_kwh += thing.level_kwh
        if isinstance(thing, Battery):
            run.out_kwh += thing.out_kwh
    run.stored_kwh -= stored
    if home.capacity is not None:
        run.capacity = demand_bill(home.capacity, home.zone, truth.start, truth.step, run.grid_kw)
        run.bill += run.capacity
    return run


def alone(now: int, assets: tuple[AssetSpec, ...]) -> Mapping[str, Intent]:
    """Nobody plans: the battery follows the home, everything else runs at once."""
    return {}


@dataclass(slots=True)
class Planner:
    """Ours: a plan at every slot, by the same pipeline as in the home."""

    knowledge: Knowledge
    home: Home
    plan: Plan | None = None
    modes: dict[str, str] = field(default_factory=dict)
    changes: int = 0
    plans: int = 0
    thinking_s: float = 0.0
    meter: Meter | None = None
    _wanted: Mapping[str, Intent] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.home.capacity is not None:
            self.meter = Meter(self.home.capacity, self.home.zone)

    def look(self, now: int, net_kw: float) -> None:
        """The meter's word of the step that begins `now`."""
        if self.meter is not None:
            self.meter.flows(now, net_kw)

    def __call__(self, now: int, assets: tuple[AssetSpec, ...]) -> Mapping[str, Intent]:
        """What the plan of now wants; between two slots the running plan's."""
        if self.plan is not None and now % (self.home.settings.slot_minutes * 60):
            return self._wanted
        began = time.perf_counter()
        capacity = self.meter.charge(now) if self.meter is not None else None
        decision = think(self.knowledge.snapshot(now, assets, capacity))
        self.thinking_s += time.perf_counter() - began
        self._count(decision)
        self.plan = decision.plan
        self.plans += 1
        self._wanted = {intent.asset: intent for intent in decision.intents}
        return self._wanted

    def _count(self, decision: Decision) -> None:
        """A change is a thing that does now what the plan before did not foresee for now."""
        if self.plan is None or not decision.plan.edges:
            return
        now = decision.plan.edges[0]
        for intent in decision.intents:
            before = self.plan.asset(intent.asset)
            if before is None:
                continue
            foreseen = next((b.mode for b in before.blocks if b.start <= now < b.end), "off")
            self.changes += foreseen != intent.mode


def window(recording: Recording, start: datetime | None, days: float | None) -> tuple[int, int]:
    """First second and number of steps of the part of the recording that is replayed."""
    first = recording.start if start is None else int(start.timestamp()) // recording.step * recording.step
    first = max(first, recording.start)
    last = recording.start + len(recording) * recording.step
    if days is not None:
        last = min(last, first + int(timedelta(days=days).total_seconds()) // recording.step * recording.step)
    return first, max((last - first) // recording.step, 0)
