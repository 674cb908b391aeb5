"""Limits of the connection and of the running quarter hour, kept by taking back what matters least.

Batteries help first: they charge less, then give. Then, for a fuse: what is optional, the car, what is needed by how
long it can wait. For the quarter hour, which is only money: the car down to its least, then what is optional and can
wait, and nothing that would come too late or was switched a moment ago.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ._around import LASTS_S, NOW_S, Around, by_slack, time_left, used
from ._demand import Demand
from ._knobs import TRACE_KW, Knob, Sort
from ._phases import phases_over
from ._spare import ROOM_TO_WAIT, one_run
from ._view import SAFETY, Cause

MARGIN_KW = 0.05
"""What is taken back beyond the limit: a meter's noise and the seconds until a command shows."""
BACK_KW = 0.3
"""What was taken back is given back once there is so much more room: else it would come and go."""
BACK_PACE = {
    Sort.BATTERY: timedelta(seconds=15),
    Sort.STEPS: timedelta(minutes=1),
    Sort.SWITCH: timedelta(0),
}
OVER_KW = 0.1
URGENT = timedelta(minutes=6)
"""With less left of the window, a relay that waits for certainty comes too late."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`over` says by how many kW the wishes pass it; `share` how much of a knob's power counts.

    `certain`: it is worth a relay's move.
    """

    cause: Cause
    over: Callable[[], float]
    share: Callable[[Knob], float] = lambda _: 1.0
    certain: bool = True
    on_phase: bool = False


def keep_limits(knobs: Sequence[Knob], around: Around, demand: Demand | None) -> tuple[Cause, ...]:
    """Lower wishes until every limit holds; returns those that do not although nothing is left to take back."""
    failed: list[Cause] = []
    view = around.view
    for limit in _limits(knobs, around, demand):
        if limit.over() > 1e-6:
            for knob, floor in _in_order(knobs, limit, around):
                _take_back(knob, floor, limit, MARGIN_KW)
        _hold_back(knobs, limit, view.at)
        if limit.over() > OVER_KW and limit.cause not in failed:
            failed.append(limit.cause)
    return tuple(failed)


def _limits(knobs: Sequence[Knob], around: Around, demand: Demand | None) -> Iterator[Limit]:
    view = around.view

    def over(room: float, other: float) -> float:
        return other + used(knobs) - room

    if (most := view.limits.import_limit_kw) is not None:
        yield Limit(Cause.IMPORT_LIMIT, partial(over, most, around.most(NOW_S)))
    for phase, beyond in phases_over(view, knobs):
        yield Limit(Cause.PHASE_LIMIT, beyond, partial(_share_on, phase), on_phase=True)
    if demand is not None:
        room = demand.room(view.at)
        urgent = Cause.QUARTER_GUARD in around.acting or time_left(view.at, demand.minutes) < URGENT
        certain = urgent or over(room, around.least(LASTS_S)) > 0
        yield Limit(Cause.QUARTER_GUARD, partial(over, room, around.middle(NOW_S)), certain=certain)


def _share_on(phase: int, knob: Knob) -> float:
    return knob.share_on(phase)


def _in_order(knobs: Sequence[Knob], limit: Limit, around: Around) -> Iterator[tuple[Knob, float]]:
    """What is taken back, and how far at most, in this order."""
    for_fuse = limit.cause in SAFETY
    batteries = [knob for knob in knobs if knob.sort is Sort.BATTERY]
    yield from ((knob, 0.0) for knob in batteries if knob.wish > 0 and (for_fuse or not knob.pinned))
    if not limit.on_phase:
        # On a single phase a battery gives a third of what it takes out of itself.
        yield from ((knob, -knob.give) for knob in batteries if not knob.pinned)
    rest = sorted((k for k in knobs if k.sort is not Sort.BATTERY and not k.deaf), key=by_slack(around))
    free = [knob for knob in rest if not knob.pinned and (for_fuse or _may_guard(knob, limit, around))]
    steps = [knob for knob in rest if knob.sort is Sort.STEPS and not knob.pinned]
    optional = [(knob, 0.0) for knob in free if knob.optional]
    to_least = [(knob, knob.least) for knob in steps if for_fuse or _has_time(knob, around)]
    pause = [(knob, 0.0) for knob in free if knob.sort is Sort.STEPS]
    needed = [(knob, 0.0) for knob in free if knob.sort is Sort.SWITCH and not knob.optional]
    yield from [*optional, *to_least] if for_fuse else [*to_least, *optional]
    yield from pause
    yield from needed
    if for_fuse:
        yield from ((knob, 0.0) for knob in rest if knob.pinned)


def _may_guard(knob: Knob, limit: Limit, around: Around) -> bool:
    """Whether its relay may be moved for money's sake: holding off what stands still wears nothing."""
    if not (knob.optional or _has_time(knob, around)):
        return False
    return not knob.is_on or (limit.certain and not knob.resting and not one_run(knob))


def _has_time(knob: Knob, around: Around) -> bool:
    return around.outlook(knob).slack >= ROOM_TO_WAIT


def _hold_back(knobs: Sequence[Knob], limit: Limit, at: datetime) -> None:
    """What was taken back for this limit rises only as far as leaves some room, and not at each step."""
    for knob in knobs:
        if knob.mark.cause is not limit.cause or knob.wish <= knob.mark.kw or knob.deaf:
            continue
        pace = max(BACK_PACE[knob.sort], timedelta(seconds=knob.driven.pace_s))
        if at - knob.mark.told < pace:
            knob.wish, knob.cause = knob.mark.kw, limit.cause
        else:
            _take_back(
                knob, max(knob.mark.kw, 0.0 if knob.sort is not Sort.BATTERY else -knob.give), limit, BACK_KW
            )


def _take_back(knob: Knob, floor: float, limit: Limit, spare_kw: float) -> None:
    """Lower one knob's wish as far as the limit, with so much to spare, asks for; not below `floor`."""
    share, before = limit.share(knob), knob.expected()
    if share <= 0 or knob.wish <= floor + 1e-9 or (before <= TRACE_KW and knob.sort is not Sort.BATTERY):
        return
    over = limit.over() + spare_kw
    if over <= 1e-6:
        return
    wanted = before - over / share
    if knob.sort is Sort.BATTERY:
        knob.wish = max(wanted, floor)
    else:
        scale = knob.wish / before
        knob.wish = max(knob.fits(wanted * scale), floor)
    knob.cause = limit.cause
