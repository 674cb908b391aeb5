"""Between two plans: keep to what the plan means against the real load and sun, every few seconds, without a solver.

Pure. `steer` takes the plan's intents, what is measured and what was kept in mind, and gives intents for this instant:
- what is to spare is used in the order of merit before it is fed in (`_spare`), also sun that is held back,
- batteries that do not follow the meter by themselves are led (`_batteries`),
- import limit, phases and the running quarter hour are kept (`_limits`),
and nothing is switched faster than its least times, but for a fuse. Without a word of the meter the plan's holds.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ..model.plan import Intent, Plan
from ._around import Around, feed_in_limit, hidden, prices, sampled
from ._batteries import follow_net
from ._demand import Demand, demand
from ._knobs import TRACE_KW, Knob, Sort, knob, measured_kw
from ._limits import keep_limits
from ._outlook import outlook
from ._spare import follow_spare
from ._view import (
    LIMITS,
    SAFETY,
    Act,
    Cause,
    Driven,
    Mark,
    Memory,
    Note,
    Risk,
    Sample,
    Steered,
    View,
)

__all__ = [
    "LIMITS",
    "METER_OLD",
    "SAFETY",
    "Act",
    "Cause",
    "Driven",
    "Mark",
    "Memory",
    "Note",
    "Risk",
    "Sample",
    "Steered",
    "View",
    "steer",
]

METER_OLD = timedelta(seconds=30)
LATE = timedelta(minutes=15)
"""Held back with less than this to spare, a need may come late."""
ON_MODES = {"load": "on", "vehicle": "charge", "hot_water": "heat", "heating": "heat"}


def steer(view: View, memory: Memory) -> Steered:
    """One step."""
    planned = tuple(driven.intent for driven in view.driven)
    slot = view.plan.slot_at(view.at) if view.plan is not None else None
    if view.plan is None or slot is None:
        return Steered(intents=planned, memory=Memory(), note=Note.NO_PLAN)
    if not _hears(view):
        # Marks are kept: least times hold through a silence.
        return Steered(intents=planned, memory=Memory(marks=memory.marks), note=Note.NO_METER)
    knobs = [
        found
        for driven in view.driven
        if (found := knob(driven, memory.marks.get(driven.spec.id), view.at)) is not None
    ]
    around = _around(view, view.plan, slot, memory, knobs)
    running = demand(view)
    follow_spare(knobs, around)
    follow_net(knobs, around)
    over = keep_limits(knobs, around, running)
    return _said(view, memory, knobs, around, running, over)


def _hears(view: View) -> bool:
    said = view.grid is not None and view.grid.power_kw is not None and view.grid_at is not None
    return said and view.grid_at is not None and view.at - view.grid_at <= METER_OLD


def _around(view: View, plan: Plan, slot: int, memory: Memory, knobs: Sequence[Knob]) -> Around:
    known = {each.id for each in knobs}
    others = sum(
        measured_kw(driven, memory.marks.get(driven.spec.id))
        for driven in view.driven
        if driven.spec.id not in known
    )
    buy, sell = prices(plan, slot)
    most_out = feed_in_limit(view, sell)
    samples = sampled(view, memory, knobs, others)
    return Around(
        view=view,
        plan=plan,
        slot=slot,
        samples=samples,
        others_kw=others,
        buy=buy,
        sell=sell,
        hidden_kw=hidden(view, plan, slot, most_out),
        feed_in_kw=most_out,
        acting=memory.acting,
        outlooks={
            each.id: outlook(plan, each.driven.spec, view.at, view.zone, each.most)
            for each in knobs
            if each.sort is not Sort.BATTERY
        },
    )


def _said(
    view: View,
    memory: Memory,
    knobs: Sequence[Knob],
    around: Around,
    running: Demand | None,
    over: tuple[Cause, ...],
) -> Steered:
    by_id = {each.id: each for each in knobs}
    acts = tuple(
        Act(asset=each.id, cause=each.cause, planned_kw=each.plan, kw=each.wish)
        for each in knobs
        if each.cause is not None
    )
    grid_kw = around.samples[-1].kw + around.others_kw + sum(each.drawn for each in knobs)
    return Steered(
        intents=tuple(
            _intent(by_id[driven.spec.id]) if driven.spec.id in by_id else driven.intent
            for driven in view.driven
        ),
        memory=Memory(
            samples=around.samples,
            marks={**memory.marks, **{each.id: _marked(each, view.at) for each in knobs}},
            acting=frozenset(act.cause for act in acts if act.cause in LIMITS),
        ),
        acts=acts,
        risks=tuple(_risks(knobs, around)),
        over=over,
        heading_kw=running.heading(view.at, grid_kw) if running is not None else None,
        allowed_kw=running.limit_kw if running is not None else None,
    )


def _risks(knobs: Sequence[Knob], around: Around) -> list[Risk]:
    found = []
    for each in knobs:
        if each.sort is Sort.BATTERY or each.optional or each.cause is None or each.wish >= each.plan:
            continue
        ahead = around.outlook(each)
        if ahead.by is not None and ahead.slack < LATE:
            found.append(Risk(asset=each.id, by=ahead.by, cause=each.cause))
    return found


def _intent(each: Knob) -> Intent:
    """The plan's intent, or another one with its cause."""
    planned = each.driven.intent
    if each.cause is None:
        return planned
    if each.sort is Sort.BATTERY:
        if (
            each.cause is Cause.SPARE
            and each.driven.follows_itself
            and planned.mode == "hold"
            and not planned.feed_in
        ):
            return replace(planned, mode="self", reason=each.cause.value)
        mode = "charge" if each.wish > TRACE_KW else "discharge" if each.wish < -TRACE_KW else "hold"
        # Standing still is meant: sun to spare would show as spare.
        return replace(
            planned, mode=mode, power_kw=each.wish, reason=each.cause.value, feed_in=mode == "hold"
        )
    on_mode = planned.mode if planned.mode != "off" else ON_MODES.get(each.driven.spec.kind, "on")
    return replace(
        planned,
        mode=on_mode if each.wish > 0 else "off",
        power_kw=each.wish,
        reason=each.cause.value,
    )


def _marked(each: Knob, at: datetime) -> Mark:
    """What it was told, when that changed."""
    mark = each.mark
    if each.sort is Sort.BATTERY and each.cause is mark.cause is None:
        # What it does by itself it was not told.
        return replace(mark, kw=each.wish)
    if abs(each.wish - mark.kw) <= TRACE_KW:
        return replace(mark, cause=each.cause)
    turned = (each.wish > TRACE_KW) is not (mark.kw > TRACE_KW)
    return replace(mark, kw=each.wish, told=at, cause=each.cause, switched=at if turned else mark.switched)
