"""Did it obey? What is measured is held against what was told. Pure.

An accepted write proves nothing: a battery may be asleep, a charger may wait for its car, an inverter may follow its
own schedule. A relay and a set-point are judged by how they read back: a boiler that is hot draws nothing and obeys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from .actuate import VOLT
from .devices._base import Conduct
from .model.roles import Action, BatteryReading, ChargerReading, Command, Readings, Role

# Meters, losses and a forecast that moves on make this much of a difference without anyone disobeying.
NEAR_KW, NEAR_SHARE = 0.3, 0.25
# Below this nothing is taken for charging or discharging: electronics draw some.
STILL_KW = 0.25
# From this share on it does what it was told, but not as much.
HALF_SHARE = 0.3
# Near its ends a battery throttles itself.
NEARLY_FULL, NEARLY_EMPTY = 90.0, 7.0
LEAST_A = 6.0
# Panels are measured before the inverter's loss.
NEARLY_ALL = 0.93


class Verdict(StrEnum):
    """What came of a command."""

    OBEYED = "obeyed"
    HALF = "half"
    IGNORED = "ignored"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """Nothing measures it."""


BAD = frozenset({Verdict.HALF, Verdict.IGNORED, Verdict.REFUSED})
_RANK = {Verdict.UNKNOWN: 0, Verdict.IGNORED: 1, Verdict.HALF: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A part under watch: since when it is not seen to do as told, and the best that was seen since."""

    since: datetime | None = None
    best: Verdict = Verdict.UNKNOWN


def look(
    watch: Watch,
    command: Command,
    told_at: datetime,
    readings: Readings,
    params: Mapping[str, Any],
    conduct: Conduct,
) -> tuple[Watch, Verdict | None]:
    """The watch after one more reading, and the verdict if there is one now.

    One reading that agrees is enough to have obeyed; to be found wanting takes the device's time without any. A command
    that is changed meanwhile does not start that time anew: who changes its mind each ten seconds would never know.
    """
    if readings.at <= told_at:
        return watch, None
    seen = compare(command, readings, params, conduct)
    if seen is Verdict.OBEYED:
        return Watch(), seen
    since = watch.since or readings.at
    best = max(watch.best, seen, key=_RANK.__getitem__)
    if readings.at - since < timedelta(seconds=conduct.shows_within_s):
        return Watch(since=since, best=best), None
    return Watch(), best


def compare(command: Command, readings: Readings, params: Mapping[str, Any], conduct: Conduct) -> Verdict:
    """Whether one reading looks as the command wants it."""
    if command.role is Role.BATTERY and command.action is Action.POWER and command.power_kw is not None:
        if _all_passes(command.power_kw, readings):
            return Verdict.OBEYED
        return _battery(command.power_kw, readings.battery, params, conduct)
    if command.role is Role.CHARGER:
        return _charger(command, readings.charger, params)
    stands = reads_back(command, readings)
    return Verdict.UNKNOWN if stands is None else Verdict.OBEYED if stands else Verdict.IGNORED


def reads_back(command: Command | None, readings: Readings) -> bool | None:
    """Whether the part, read back, stands as it was told; None when nothing says so. `command` None: told nothing."""
    if command is not None and command.role is Role.SWITCH:
        on = readings.switch.on if readings.switch is not None else None
        return None if on is None else on is (command.action is Action.ON)
    return None if command is None else readings.stands.get(command.role)


def _battery(
    told: float, reading: BatteryReading | None, params: Mapping[str, Any], conduct: Conduct
) -> Verdict:
    if reading is None or reading.power_kw is None:
        return Verdict.UNKNOWN
    does = reading.power_kw
    if abs(told) < STILL_KW and abs(does - told) <= STILL_KW:
        return Verdict.OBEYED
    if told == 0.0:
        return Verdict.IGNORED
    along = does if told > 0 else -does
    if (not conduct.sets_power or _throttled(told, reading.soc_percent, params)) and along >= -STILL_KW:
        return Verdict.OBEYED
    if abs(does - told) <= max(NEAR_KW, NEAR_SHARE * abs(told)):
        return Verdict.OBEYED
    return Verdict.HALF if along >= HALF_SHARE * abs(told) else Verdict.IGNORED


def _all_passes(told: float, readings: Readings) -> bool:
    """Whether the battery is to give, and its inverter passes on already, with the sun, all that it can."""
    sun, battery = readings.solar, readings.battery
    if told >= 0 or sun is None or battery is None or sun.inverter_kw is None:
        return False
    given = (sun.power_kw or 0.0) - min(battery.power_kw or 0.0, 0.0)
    return given >= NEARLY_ALL * sun.inverter_kw


def _throttled(told: float, soc: float | None, params: Mapping[str, Any]) -> bool:
    """Whether the battery is so full or so empty that it takes or gives what it likes."""
    if soc is None:
        return False
    if told > 0:
        return soc >= NEARLY_FULL
    return soc <= max(params.get("min_soc") or 0.0, params.get("reserve_soc") or 0.0) + NEARLY_EMPTY


def _charger(command: Command, reading: ChargerReading | None, params: Mapping[str, Any]) -> Verdict:
    """A charger offers; how much of it is taken is the car's business, and none at all when it is full or away."""
    if reading is None or reading.power_kw is None:
        return Verdict.UNKNOWN
    amps = command.current_a if command.action is Action.CURRENT else None
    if command.action is Action.OFF or (amps is not None and amps < LEAST_A):
        return Verdict.OBEYED if reading.power_kw <= STILL_KW else Verdict.IGNORED
    if amps is None:
        return Verdict.OBEYED
    most = amps * VOLT * (command.phases or int(params.get("phases") or 3)) / 1000
    if reading.power_kw <= most + max(NEAR_KW, NEAR_SHARE * most):
        return Verdict.OBEYED
    return Verdict.HALF
