"""What can be turned: every driven asset as a power within bounds, in steps, with what it draws now."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from ..actuate import charging_phases
from ..assets._load import OPTIONAL
from ..assets._vehicle import AT_ONCE, SOLAR_ONLY, VehicleParams, powers, settings_kw
from ..model.codec import from_json
from ..model.plan import Intent
from ..model.roles import BatteryReading, Role
from ..model.snapshot import AssetSpec
from ._view import Cause, Driven, Mark

# What a relay is spared in any case: fewer moves than a thermostat would make. A compressor wants longer rests, and a
# car that is interrupted too often gives up charging.
LEAST_REST = {"load": 3.0, "hot_water": 5.0, "heating": 10.0, "vehicle": 5.0}
TRACE_KW = 0.05
"""Standby, or a meter's noise."""
SETTLE = timedelta(seconds=20)
"""So long after it was told something, an asset's and the meter's word need not fit together yet."""
DEAF, ASKED_AGAIN = timedelta(seconds=90), timedelta(minutes=10)
"""What still draws more than it was told so long ago does not obey; after the longer time it is tried again."""
DEFAULT_KW = 1.0
ANY_KW = 0.1
"""Steps in which a charger is told its power when it takes any."""
USUAL_PRIORITY = 5
ONE_PHASE_KW = 3.7
"""What draws more hangs on three phases: a socket carries 16 A."""


class Sort(Enum):
    """How an asset is turned."""

    BATTERY = auto()
    STEPS = auto()
    """One of several powers, or off: a car."""
    SWITCH = auto()


@dataclass(slots=True)
class Knob:
    """One asset in a step. Powers in kW, + consumes; `wish` is what is wanted of it so far, `give` what a battery can,
    `levels` are the powers that others can be set to, rising.

    `drawn` is measured; `pinned` stands by a person's order; `deaf` does not obey; `resting` may not be switched yet;
    `held_off` was taken off against the plan, and rests; `settled`: what it draws is what it was told.
    """

    driven: Driven
    sort: Sort
    mark: Mark
    drawn: float
    plan: float
    wish: float
    most: float
    levels: tuple[float, ...] = ()
    give: float = 0.0
    pinned: bool = False
    deaf: bool = False
    resting: bool = False
    held_off: bool = False
    settled: bool = True
    cause: Cause | None = None

    @property
    def id(self) -> str:
        """The asset's."""
        return self.driven.spec.id

    @property
    def params(self) -> Mapping[str, Any]:
        """The asset's."""
        return self.driven.spec.params

    @property
    def optional(self) -> bool:
        """Whether nobody misses it: a load on spare power, a car that is to have the sun alone."""
        wanted = self.params.get("mode")
        return wanted == (SOLAR_ONLY if self.driven.spec.kind == "vehicle" else OPTIONAL)

    @property
    def at_once(self) -> bool:
        """A car that is to charge as fast as it can."""
        return self.driven.spec.kind == "vehicle" and self.params.get("mode") == AT_ONCE

    @property
    def priority(self) -> int:
        """1 is served first, 9 last."""
        return int(self.params.get("priority") or USUAL_PRIORITY)

    def just_switched(self, at: datetime) -> bool:
        """Whether its contactor moved so recently that it must not move again."""
        return self.mark.switched is not None and at - self.mark.switched < timedelta(
            minutes=LEAST_REST.get(self.driven.spec.kind, 5.0)
        )

    @property
    def least(self) -> float:
        """The least power it takes when it is not off."""
        return self.levels[0] if self.levels else 0.0

    @property
    def is_on(self) -> bool:
        """Whether it stands switched on, as far as was seen."""
        return self.mark.on

    def expected(self, wish: float | None = None) -> float:
        """What it will draw when it is told `wish` (default: what is wanted so far).

        What is on and draws less than it may (a warm boiler, a washing machine between two heatings, a car on one
        phase of three) goes on doing so.
        """
        told = self.wish if wish is None else wish
        if self.deaf:
            return self.drawn
        if told <= TRACE_KW or self.sort is Sort.BATTERY or not (self.is_on and self.settled):
            return told
        if self.sort is Sort.SWITCH:
            return self.drawn
        share = self.drawn / self.mark.kw if self.mark.kw > TRACE_KW else 1.0
        return told * min(max(share, 0.25), 1.0)

    def fits(self, kw: float) -> float:
        """The greatest power it can be told that is not above `kw`; 0 below its least."""
        if self.sort is Sort.BATTERY:
            return min(max(kw, -self.give), self.most)
        reached = bisect_right(self.levels, kw + 1e-6)
        return self.levels[reached - 1] if reached else 0.0

    def above(self, kw: float) -> float:
        """The next power it can be told above `kw`; the greatest when there is none."""
        return self.levels[min(bisect_right(self.levels, kw + 1e-6), len(self.levels) - 1)]

    def share_on(self, phase: int) -> float:
        """How much of its power hangs on phase 1, 2 or 3, as far as is known."""
        return share_on(self.driven, phase)

    @property
    def phase_known(self) -> bool:
        """Whether it is told on which one phase it always hangs."""
        return any(self.share_on(phase) == 1.0 for phase in (1, 2, 3))

    def phases(self, kw: float) -> int:
        """On how many phases it draws `kw`; a home battery is taken to use all."""
        if self.sort is Sort.STEPS:
            return charging_phases(kw, self.params)
        return 1 if self.sort is Sort.SWITCH and self.most <= ONE_PHASE_KW else 3


def knob(driven: Driven, mark: Mark | None, at: datetime) -> Knob | None:
    """The knob of an asset; None for one that only passes on what the plan says."""
    if driven.intent.mode == "release" or (driven.role is Role.CHARGER and driven.intent.power_kw < 0):
        return None
    if driven.role is Role.BATTERY:
        return _battery(driven, mark, at)
    drawn = measured_kw(driven, mark)
    levels = levels_kw(driven)
    sort = Sort.STEPS if driven.role is Role.CHARGER else Sort.SWITCH
    on = is_on(driven, drawn)
    seen = _seen(mark, on, at, drawn)
    told_kw = seen.kw if mark is not None else (drawn if on else 0.0)
    made = Knob(driven, sort, seen, drawn, 0.0, 0.0, levels[-1], levels)
    if driven.intent.mode != "off":
        made.plan = made.wish = made.fits(driven.intent.power_kw) if sort is Sort.STEPS else made.most
    made.settled = at - seen.told >= SETTLE or abs(drawn - told_kw) < max(TRACE_KW, 0.1 * told_kw)
    made.pinned = ordered(driven.spec, at)
    if _deaf(made, at):
        # It is told the same on: whoever watches over commands gives it up, or it obeys yet.
        made.deaf = made.pinned = True
        made.wish, made.cause = seen.kw, seen.cause
    made.resting = _resting(made, at)
    just_told = at - seen.told < _least(made, "min_off_minutes")
    made.held_off = (
        seen.cause is not None and seen.kw <= TRACE_KW and (just_told or (made.resting and not on))
    )
    if _plugged(driven) is False:
        made.most = made.plan = made.wish = 0.0
        made.pinned = True
    return made


def ordered(spec: AssetSpec, at: datetime) -> bool:
    """Whether a person's order holds now."""
    return any(order.start <= at < order.end for order in spec.overrides)


def measured_kw(driven: Driven, mark: Mark | None) -> float:
    """What it draws (+) or gives (−) now; without a meter of its own what it was told."""
    part = getattr(driven.readings, driven.role.value, None) if driven.readings is not None else None
    power: float | None = getattr(part, "power_kw", None)
    if power is not None:
        return power
    on: bool | None = getattr(part, "on", None)
    if on is False:
        return 0.0
    if on and (mark is None or mark.kw <= 0):
        return levels_kw(driven)[-1]
    return mark.kw if mark is not None else 0.0


def is_on(driven: Driven, drawn: float) -> bool:
    """Whether its relay is closed, or it draws power where nothing tells of a relay."""
    switch = driven.readings.switch if driven.readings is not None else None
    return switch.on if switch is not None and switch.on is not None else drawn > TRACE_KW


def share_on(driven: Driven, phase: int) -> float:
    """How much of its power hangs on phase 1, 2 or 3; what is not told to hang on one is taken to use all."""
    params = driven.spec.params
    own, own_phases = params.get("phase"), int(params.get("phases", 3))
    if own in (1, 2, 3) and not (driven.role is Role.CHARGER and own_phases > 1):
        return 1.0 if own == phase else 0.0
    return 1 / 3


def _seen(mark: Mark | None, on: bool, at: datetime, drawn: float) -> Mark:
    """The mark with what is seen now: whoever switched it, from now on its times count anew."""
    if mark is None:
        return Mark(on=on, since=at, kw=drawn if on else 0.0, told=at - SETTLE)
    if mark.on is on:
        return mark
    starts = tuple(start for start in mark.starts if at - start < timedelta(days=1))
    return Mark(
        on=on,
        since=at,
        kw=mark.kw,
        told=mark.told,
        cause=mark.cause,
        starts=(*starts, at) if on else starts,
        # As told: that was counted then. Else somebody else did it.
        switched=mark.switched if on is (mark.kw > TRACE_KW) else None,
    )


def _resting(knob: Knob, at: datetime) -> bool:
    """Whether it was switched so recently that switching it again must wait, or has had all its starts."""
    least = _least(knob, "min_on_minutes" if knob.is_on else "min_off_minutes")
    most_starts = knob.params.get("max_starts")
    used_up = most_starts is not None and len(knob.mark.starts) >= int(most_starts)
    return used_up or at - knob.mark.since < least


def _least(knob: Knob, which: str) -> timedelta:
    own = float(knob.params.get(which) or 0.0)
    least = timedelta(minutes=max(own, LEAST_REST.get(knob.driven.spec.kind, 5.0)))
    return max(least, timedelta(seconds=knob.driven.pace_s))


def _deaf(knob: Knob, at: datetime) -> bool:
    too_much = knob.drawn > knob.mark.kw + max(0.3, 0.2 * knob.mark.kw)
    return knob.mark.cause is not None and too_much and DEAF < at - knob.mark.told < ASKED_AGAIN


def _plugged(driven: Driven) -> bool | None:
    charger = driven.readings.charger if driven.readings is not None else None
    return charger.connected if charger is not None else None


def levels_kw(driven: Driven) -> tuple[float, ...]:
    """The powers that what is not a battery can be set to, rising, one at least."""
    spec, params = driven.spec, driven.spec.params
    if driven.role is Role.CHARGER:
        car = from_json(VehicleParams, dict(params))
        if len(settings := settings_kw(car)):
            return tuple(settings.tolist())
        least, most = powers(car)
        count = max(int((most - least) / ANY_KW), 0)
        return (*(least + i * ANY_KW for i in range(count)), most)
    nominal = (
        params.get("power_kw") or spec.state.get("typical_kw") or max(params.get("profile_kw") or (0.0,))
    )
    return (float(nominal or driven.intent.power_kw or DEFAULT_KW),)


def _battery(driven: Driven, mark: Mark | None, at: datetime) -> Knob | None:
    battery = driven.readings.battery if driven.readings is not None else None
    if battery is None or battery.soc_percent is None or driven.intent.mode == "off":
        return None
    charge, give = reach_kw(driven.intent, driven.spec, battery)
    drawn = measured_kw(driven, mark)
    seen = mark or Mark(on=True, since=at, kw=drawn, told=at - SETTLE)
    return Knob(
        driven,
        Sort.BATTERY,
        seen,
        drawn,
        plan=driven.intent.power_kw,
        wish=driven.intent.power_kw,
        most=charge,
        give=give,
        pinned=ordered(driven.spec, at),
    )


def reach_kw(intent: Intent, spec: AssetSpec, battery: BatteryReading) -> tuple[float, float]:
    """What a battery can take and give now, in kW, both >= 0."""
    params, soc = spec.params, battery.soc_percent
    assert soc is not None

    def most(measured: float | None, key: str) -> float:
        known = [float(value) for value in (measured, params.get(key)) if value is not None]
        return min(known, default=abs(intent.power_kw))

    charge = (
        0.0 if soc >= float(params.get("max_soc", 100.0)) else most(battery.max_charge_kw, "max_charge_kw")
    )
    lowest = max(float(params.get("min_soc", 5.0)), float(params.get("reserve_soc", 0.0)))
    give = 0.0 if soc <= lowest else most(battery.max_discharge_kw, "max_discharge_kw")
    return charge, give
