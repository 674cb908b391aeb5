"""Power to spare is used in the order of merit; what was to run on the sun follows it."""

import math
from collections.abc import Sequence
from datetime import timedelta

from ..actuate import charging_phases
from ..assets._load import OPTIONAL
from ._around import GONE_S, LASTS_S, STEADY_S, Around, spare_for
from ._knobs import TRACE_KW, Knob, Sort
from ._outlook import run_length
from ._view import Cause

CLEARLY = 0.01
"""Currency/kWh by which now must be cheaper than later: the plan's forecast is no better."""
MOSTLY, PARTLY = 0.8, 0.4
"""Shares of a load that must be covered to bring it forward, and for it to stay on."""
ROOM_TO_WAIT = timedelta(minutes=30)
UP_PACE = timedelta(seconds=30)
DOWN_PACE = timedelta(seconds=15)
PHASES_PACE = timedelta(minutes=5)
"""Another number of phases opens and closes the contactor."""
KEPT_BACK = 0.3
"""Share of a step that must be there beyond the step before it is taken."""


def follow_spare(knobs: Sequence[Knob], around: Around) -> None:
    """Raise and lower wishes to what is there. One that stands still begins at a time: the next sees the effect."""
    begun = False
    for knob in sorted((k for k in knobs if k.sort is not Sort.BATTERY), key=_merit):
        if knob.pinned:
            continue
        if knob.plan > 0 and knob.held_off and _can_wait(knob, around):
            # What was taken off has its rest before the plan's word counts again.
            _set(knob, 0.0, knob.mark.cause)
            continue
        if knob.at_once or _rests(knob, around):
            continue
        before = knob.is_on
        if knob.sort is Sort.STEPS:
            _follow_car(knob, knobs, around, may_begin=not begun)
        elif knob.driven.spec.kind != "heating":
            _follow_load(knob, knobs, around, may_begin=not begun)
        begun = begun or (knob.cause is Cause.SPARE and knob.wish > 0 and not before)


def _rests(knob: Knob, around: Around) -> bool:
    """Keep what was switched a moment ago as it is, though a new plan says otherwise; unless its need cannot wait."""
    stands = knob.mark.kw > TRACE_KW
    if knob.sort is not Sort.SWITCH or (knob.plan > 0) is stands or not knob.just_switched(around.view.at):
        return False
    if knob.plan > 0 and not _can_wait(knob, around):
        return False
    _set(knob, knob.most if stands else 0.0, knob.mark.cause or Cause.REST)
    return True


def _merit(knob: Knob) -> tuple[bool, int]:
    return knob.optional, knob.priority


def _follow_load(knob: Knob, knobs: Sequence[Knob], around: Around, *, may_begin: bool) -> None:
    params = knob.params
    fed_anyhow = bool(params.get("from_grid") or params.get("from_battery"))
    if knob.plan > 0 and (not knob.optional or fed_anyhow):
        return
    wanted = _optional(knob, knobs, around) if knob.optional else _forward(knob, knobs, around)
    if wanted and not knob.is_on and not may_begin:
        wanted = False
    ours = knob.mark.cause is not None or knob.plan > 0
    if wanted is not knob.is_on and knob.resting and (knob.is_on is False or ours):
        wanted = knob.is_on
    _set(knob, knob.most if wanted else 0.0, Cause.SPARE if wanted else Cause.NO_SPARE)


def _optional(knob: Knob, knobs: Sequence[Knob], around: Around) -> bool:
    if not _may_have(knob, around):
        return False
    if knob.is_on:
        return spare_for(knob, knobs, around.least(GONE_S), around) >= MOSTLY * knob.most
    return spare_for(knob, knobs, around.most(LASTS_S), around) >= knob.most


def _may_have(knob: Knob, around: Around) -> bool:
    """Whether an optional load may run on spare power the plan did not foresee, and is worth more than feeding in."""
    if knob.plan > 0:
        return True
    limit, worth = knob.params.get("energy_kwh"), knob.params.get("worth")
    done = float(knob.driven.spec.state.get("done_kwh") or 0.0)
    return (
        around.outlook(knob).may_run
        and (limit is None or done < float(limit))
        and (worth is None or float(worth) > around.sell)
    )


def _forward(knob: Knob, knobs: Sequence[Knob], around: Around) -> bool:
    """Whether a needed load that is planned for later runs now."""
    if knob.is_on:
        if knob.mark.cause is not Cause.SPARE:
            return False
        if one_run(knob):
            return around.view.at - knob.mark.since < run_length(knob.driven.spec)
        if around.outlook(knob).later_cost is None:
            return False
        return spare_for(knob, knobs, around.least(GONE_S), around) >= PARTLY * knob.most
    spare = spare_for(knob, knobs, around.most(LASTS_S), around)
    return spare >= MOSTLY * knob.most and _pays(knob, spare, knob.most, around)


def _pays(knob: Knob, spare: float, kw: float, around: Around) -> bool:
    """Whether `kw` now, `spare` of it not fed in and the rest bought, costs clearly less than later."""
    later = around.outlook(knob).later_cost
    return later is not None and _cost(spare, kw, around) < later - CLEARLY


def _still_pays(knob: Knob, spare: float, around: Around) -> bool:
    """Whether what is planned now, with less sun than it needs, costs no more than the cheapest hour left would."""
    planned = knob.plan > 0 and not knob.optional
    return planned and spare > 0 and _cost(spare, knob.least, around) <= around.outlook(knob).cheapest


def _cost(spare: float, kw: float, around: Around) -> float:
    """What a kWh costs now, in currency, when so much of `kw` is to spare; infinite while that is not known."""
    free = min(max(spare, 0.0), kw)
    bought = (kw - free) * around.buy if kw - free > 1e-9 else 0.0
    now = (free * around.sell + bought) / kw
    return now if math.isfinite(now) else math.inf


def _follow_car(knob: Knob, knobs: Sequence[Knob], around: Around, *, may_begin: bool) -> None:
    outlook = around.outlook(knob)
    follows = knob.optional or (knob.plan > 0 and outlook.sunny)
    steady = spare_for(knob, knobs, around.mean(STEADY_S), around)
    if knob.plan > 0 and not follows:
        if (more := knob.fits(steady)) > knob.plan and _pays(knob, steady, more, around):
            _set(knob, _paced(knob, more, steady, around), Cause.SPARE)
        return
    most = knob.most if knob.optional or _pays(knob, steady, knob.least, around) else knob.plan
    if knob.is_on and knob.mark.kw > 0:
        left = spare_for(knob, knobs, around.least(GONE_S), around)
        lasting = left >= 0.9 * knob.least or _still_pays(knob, left, around)
        foreseen = knob.plan > 0 or knob.optional or knob.mark.cause is Cause.SPARE
        stays = foreseen and (lasting or (knob.resting and knob.mark.cause is not None))
    else:
        left = spare_for(knob, knobs, around.most(LASTS_S), around)
        enough = left >= knob.least or _still_pays(knob, left, around)
        may = knob.plan > 0 or knob.optional or _pays(knob, steady, knob.least, around)
        stays = enough and may and may_begin and not knob.resting
    if not stays and knob.plan > 0 and not knob.optional and not _can_wait(knob, around):
        return
    if not stays:
        _set(knob, 0.0, Cause.NO_SPARE)
        return
    wish = max(knob.fits(min(steady, most)), knob.least)
    wish = _paced(knob, wish, steady, around)
    _set(knob, wish, Cause.SPARE if wish > knob.plan else Cause.NO_SPARE)


def _paced(knob: Knob, wish: float, spare: float, around: Around) -> float:
    """A car is not told each ampere: up after half a minute and when it fits well, down after a quarter."""
    told = knob.mark.kw
    if not knob.is_on or told <= 0:
        return wish
    age = around.view.at - knob.mark.told
    if wish == told:
        return wish
    own = timedelta(seconds=knob.driven.pace_s)
    pace = max(UP_PACE, own) if wish > told else max(DOWN_PACE, own / 2)
    if _phases(knob, wish) != _phases(knob, told):
        pace = PHASES_PACE
    following = knob.above(told)
    if age < pace or (wish > told and spare < following + KEPT_BACK * (following - told)):
        return told
    return wish


def _phases(knob: Knob, kw: float) -> int:
    return charging_phases(kw, knob.params)


def _can_wait(knob: Knob, around: Around) -> bool:
    return knob.params.get("mode") == OPTIONAL or around.outlook(knob).slack >= ROOM_TO_WAIT


def one_run(knob: Knob) -> bool:
    """Whether what it began may not be interrupted."""
    return knob.driven.spec.kind == "load" and not knob.optional and bool(knob.params.get("contiguous", True))


def _set(knob: Knob, wish: float, cause: Cause | None) -> None:
    knob.wish = wish
    knob.cause = None if abs(wish - knob.plan) < 1e-6 else cause
