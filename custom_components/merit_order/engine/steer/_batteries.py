"""What a home battery is told between two plans: left alone where it follows the meter by itself, led where not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ._around import LASTS_S, NOW_S, STEADY_S, Around, used
from ._knobs import Knob, Sort
from ._view import Cause

SAME_KW = 0.2
FAR_KW = 1.0
"""Off by so much, it is told sooner."""
MORE_KW = 0.3
"""Sun beyond the planned charge that is worth a command."""
SPARE_KW = 0.1
DWELL = timedelta(minutes=1)


def follow_net(knobs: Sequence[Knob], around: Around) -> None:
    """Say what each battery is to do about what the others leave, one after the other."""
    for knob in knobs:
        if knob.sort is Sort.BATTERY and not knob.pinned:
            rest = [each for each in knobs if each is not knob]
            _follow(knob, used(rest), around)


def _follow(knob: Knob, rest_kw: float, around: Around) -> None:
    intent, at = knob.driven.intent, around.view.at
    now = around.mean(NOW_S) + rest_kw
    covering = knob.fits(-now)
    if intent.mode == "self":
        _lead(knob, covering, rest_kw, around)
        return
    if intent.mode == "hold":
        knob.wish = 0.0
        if not intent.feed_in:
            _store(knob, covering, rest_kw, around)
        elif around.feed_in_kw is not None:
            # Feeding in is the point; what may not be fed in would be lost.
            beyond = min(around.hidden_kw - now - around.feed_in_kw, knob.most)
            if beyond > MORE_KW:
                knob.wish, knob.cause = _steady(knob, beyond, at), Cause.SPARE
        return
    if intent.mode == "charge":
        free = min(-(around.mean(STEADY_S) + rest_kw), knob.most)
        knob.wish = min(knob.plan, knob.most)
        if free > knob.wish + MORE_KW:
            knob.wish, knob.cause = _steady(knob, free, at), Cause.SPARE
        return
    knob.wish = knob.fits(knob.plan)
    home = around.plan.home
    if covering < knob.wish - MORE_KW and home is not None and home.grid_kw[around.slot] <= 0:
        # It gives to the grid; what the home needs comes first.
        knob.wish, knob.cause = _steady(knob, covering, at), Cause.FOLLOW


def _store(knob: Knob, covering: float, rest_kw: float, around: Around) -> None:
    """One that holds takes the sun to spare: it gives nothing either way, and the sun is free.

    Replayed, this is worth three hundredths of the saving. To and fro is paced: each time it is told anew.
    """
    at, taking = around.view.at, knob.mark.cause is Cause.SPARE
    rested = at - knob.mark.told >= DWELL
    free = -(around.most(NOW_S) + rest_kw) > SPARE_KW
    if (free and rested) or (taking and (covering > 0 or (not rested and covering > -FAR_KW))):
        knob.wish, knob.cause = max(covering, 0.0), Cause.SPARE
        if not knob.driven.follows_itself:
            knob.wish = _steady(knob, knob.wish, at)


def _lead(knob: Knob, covering: float, rest_kw: float, around: Around) -> None:
    at = around.view.at
    knob.wish = covering
    if not knob.driven.follows_itself and (knob.mark.led or _idle(knob, rest_kw, around)):
        knob.mark = replace(knob.mark, led=True)
        knob.wish, knob.cause = _steady(knob, covering, at), Cause.FOLLOW


def _idle(knob: Knob, rest_kw: float, around: Around) -> bool:
    """Whether it stands still by itself although there was something to cover, or to store, for a minute."""
    at = around.view.at
    since = at - timedelta(seconds=LASTS_S)
    seen = around.samples[0].at <= since and knob.mark.told <= since
    to_cover = knob.fits(-(around.least(LASTS_S) + rest_kw))
    to_store = knob.fits(-(around.most(LASTS_S) + rest_kw))
    return seen and abs(knob.drawn) < SPARE_KW and (to_cover < -MORE_KW or to_store > MORE_KW)


def _steady(knob: Knob, kw: float, at: datetime) -> float:
    """`kw`, or what it was told, if that is near enough or too short ago."""
    if knob.mark.cause not in (Cause.FOLLOW, Cause.SPARE):
        return kw
    told, age = knob.fits(knob.mark.kw), at - knob.mark.told
    off = abs(kw - told)
    pace = timedelta(seconds=knob.driven.pace_s / (4 if off > FAR_KW else 1))
    return told if off <= SAME_KW or age < pace else kw
