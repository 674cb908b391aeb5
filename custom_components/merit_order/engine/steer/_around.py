"""What surrounds the knobs in a step: the home's other use, prices, and what the plan holds for each."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..model.plan import Plan
from ._knobs import Knob, Sort
from ._outlook import Outlook
from ._view import Cause, Memory, Sample, View

KEPT = timedelta(seconds=150)
NOW_S = 15.0
"""A meter's slip of a few seconds is no reason to act, and a command takes as long to show."""
STEADY_S = 30.0
LASTS_S = 60.0
"""Power is to spare, or missing, once it was for so long: a cloud's edge passes in less."""
GONE_S = 120.0
AT_LIMIT_KW = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """`samples` are of the last minutes, oldest first, one at least. Prices in currency/kWh, powers in kW.

    `hidden_kw` is sun that is held back because nothing more than `feed_in_kw` may be fed in (None: as much as there
    is).
    """

    view: View
    plan: Plan
    slot: int
    samples: tuple[Sample, ...]
    buy: float
    sell: float
    hidden_kw: float
    feed_in_kw: float | None
    outlooks: Mapping[str, Outlook]
    others_kw: float = 0.0
    """What driven assets draw that only pass on the plan's word."""
    acting: frozenset[Cause] = frozenset()
    """The limits that held something back a step ago."""

    def most(self, seconds: float) -> float:
        """The highest other use of the last seconds."""
        return max(self._of(seconds))

    def least(self, seconds: float) -> float:
        """The lowest other use of the last seconds."""
        return min(self._of(seconds))

    def mean(self, seconds: float) -> float:
        """The mean other use of the last seconds."""
        found = self._of(seconds)
        return sum(found) / len(found)

    def middle(self, seconds: float) -> float:
        """The median of the last seconds, the upper of two: a step counts at its second word, a slip never."""
        found = sorted(self._of(seconds))
        return found[len(found) // 2]

    def _of(self, seconds: float) -> list[float]:
        since = self.view.at - timedelta(seconds=seconds)
        return [sample.kw for sample in self.samples if sample.at >= since] or [self.samples[-1].kw]

    def outlook(self, knob: Knob) -> Outlook:
        """What the plan holds for a knob that is no battery."""
        return self.outlooks[knob.id]


def used(knobs: Iterable[Knob]) -> float:
    """What all of them will draw as they are wished."""
    return sum(knob.expected() for knob in knobs)


def spare_for(knob: Knob, knobs: Sequence[Knob], other_kw: float, around: Around) -> float:
    """What this one could draw without importing, in kW: what would be fed in, and what a battery would store that is
    worth less there than the kWh that it takes later anyway costs.
    """
    rest = [each for each in knobs if each is not knob and each.sort is not Sort.BATTERY]
    left = around.hidden_kw - other_kw - used(rest)
    for battery in knobs:
        if battery.sort is Sort.BATTERY and not _yields(battery, knob, around):
            left -= _takes(battery, left)
    return left


def _takes(battery: Knob, left: float) -> float:
    """What a battery takes of what is left, as the plan wants it to; what it gives on purpose is nobody's spare."""
    intent = battery.driven.intent
    if intent.mode == "charge":
        return max(battery.plan, 0.0)
    if intent.mode == "self" or (intent.mode == "hold" and not intent.feed_in):
        return min(max(left, 0.0), battery.most)
    return 0.0


def _yields(battery: Knob, knob: Knob, around: Around) -> bool:
    if battery.driven.intent.mode == "charge":
        return False
    outlook = around.outlook(knob)
    if knob.plan > 0 and outlook.sunny:
        return True  # the plan gave both their part of the sun; the car cannot take it from the battery later
    mine = around.plan.asset(battery.id)
    value = mine.value[around.slot] if mine is not None and mine.value is not None else math.inf
    return not knob.optional and outlook.later_cost is not None and outlook.later_cost > value


def sampled(view: View, memory: Memory, knobs: Sequence[Knob], unknobbed_kw: float) -> tuple[Sample, ...]:
    """The samples with one of now. None is taken while something that was told moves: meters speak at their own pace.

    `unknobbed_kw` is what driven assets draw that only pass on the plan.
    """
    assert view.grid is not None
    assert view.grid.power_kw is not None
    kept = tuple(sample for sample in memory.samples if view.at - sample.at <= KEPT and sample.at < view.at)
    moving = any(not knob.settled for knob in knobs)
    if moving and memory.samples:
        return kept or memory.samples[-1:]
    other = view.grid.power_kw - sum(knob.drawn for knob in knobs) - unknobbed_kw
    return (*kept, Sample(at=view.at, kw=other))


def prices(plan: Plan, slot: int) -> tuple[float, float]:
    """What a kWh costs and earns now; unknown ones move nothing."""
    home = plan.home
    if home is None:
        return math.inf, math.inf
    buy, sell = home.import_price[slot], home.export_price[slot]
    return (buy if math.isfinite(buy) else math.inf), (sell if math.isfinite(sell) else 0.0)


def feed_in_limit(view: View, sell: float) -> float | None:
    """What may be fed in now, in kW; None without a limit."""
    return 0.0 if sell < 0 and not view.limits.export_when_negative else view.limits.export_limit_kw


def hidden(view: View, plan: Plan, slot: int, limit: float | None) -> float:
    """The sun that is held back, at least: none unless the home feeds in all it may (`limit`)."""
    grid = view.grid.power_kw if view.grid is not None else None
    if limit is None or grid is None or view.solar_kw is None or plan.home is None:
        return 0.0
    if view.solar_kw <= AT_LIMIT_KW or not -limit - AT_LIMIT_KW <= grid <= -limit + AT_LIMIT_KW:
        return 0.0
    return max(plan.home.solar_low_kw[slot] - view.solar_kw, 0.0)


type Rank = Callable[[Knob], tuple[float, ...]]


def by_slack(around: Around) -> Rank:
    """What is shed first: the last by priority, then what can wait longest."""

    def rank(knob: Knob) -> tuple[float, ...]:
        return -knob.priority, -around.outlook(knob).slack.total_seconds()

    return rank


def time_left(at: datetime, minutes: int) -> timedelta:
    """How long the running window still lasts."""
    length = minutes * 60
    return timedelta(seconds=length - at.timestamp() % length)
