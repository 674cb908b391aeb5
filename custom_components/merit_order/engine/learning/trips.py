"""When a car is usually away and what it uses then, by weekday, from when it was unplugged and plugged in again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

LEAST_AWAY = timedelta(hours=1)
"""Shorter than that it was moved, or somebody needed the cable."""
OFTEN = 0.6
"""On so many of the days it must leave, and so many times within `NEAR_MINUTES` of the usual time, to be planned by."""
NEAR_MINUTES = 90.0
EARLY, LATE = 0.2, 0.8
"""Quantiles of leaving and of coming back: ready in time four days out of five, no charging before it is back."""
ROUND_MINUTES = 5
OWN_DAYS = 3
"""With fewer of its own a weekday is judged with its kind: working days, or the weekend."""
SETTLED_DAYS = 14
DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """The car was not plugged in from `left` to `back` and used `used_kwh` of its battery (None: not known)."""

    left: datetime
    back: datetime
    used_kwh: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """On `weekdays` (0 = Monday) away from `time` to `returns` ("HH:MM", the next day if not later than `time`).

    `used_kwh` in the mean and `most_kwh` on nine days of ten; None: not known.
    """

    time: str
    returns: str
    weekdays: tuple[int, ...]
    used_kwh: float | None
    most_kwh: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trips:
    """`foretold` is the share of the `days` watched that went as the trips say."""

    trips: tuple[Trip, ...]
    days: int
    foretold: float
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """One local day: minutes from its midnight to leaving and coming back, None when the car stayed."""

    away: tuple[float, float] | None
    used_kwh: float | None


def learn_trips(
    absences: Sequence[Absence], since: datetime, until: datetime, zone: ZoneInfo
) -> Trips | None:
    """What is regular about the absences between `since` and `until`, while the plug was watched without a break.

    None before `OWN_DAYS` whole days were watched. A day counts by its longest absence.
    """
    days = _days(absences, since, until, zone)
    if len(days) < OWN_DAYS:
        return None
    found = {weekday: _usual(_like(days, weekday)) for weekday in range(7)}
    trips = {weekday: trip for weekday, trip in found.items() if trip is not None}
    right = sum(_as_said(day, trips.get(at.weekday())) for at, day in days.items())
    return Trips(
        trips=_merged(trips),
        days=len(days),
        foretold=right / len(days),
        provisional=len(days) < SETTLED_DAYS,
    )


def _days(
    absences: Sequence[Absence], since: datetime, until: datetime, zone: ZoneInfo
) -> Mapping[date, _Day]:
    """Every whole local day that was watched and on which the car was there at all."""
    first, last = since.astimezone(zone), until.astimezone(zone)
    day = first.date() + timedelta(days=first.timetz().replace(tzinfo=None) > datetime.min.time())
    found: dict[date, _Day] = {}
    longest: dict[date, Absence] = {}
    for absence in absences:
        if absence.back - absence.left >= LEAST_AWAY:
            at = absence.left.astimezone(zone).date()
            other = longest.get(at)
            if other is None or absence.back - absence.left > other.back - other.left:
                longest[at] = absence
    elsewhere = {day for one in absences for day in _between(one, zone)}
    while day < last.date():
        gone = longest.get(day)
        if day not in elsewhere:
            used = gone.used_kwh if gone is not None else None
            found[day] = _Day(away=_minutes(gone, day, zone), used_kwh=used)
        day += timedelta(days=1)
    return found


def _between(absence: Absence, zone: ZoneInfo) -> Iterator[date]:
    """The whole days on which the car was away all along."""
    day, back = absence.left.astimezone(zone).date(), absence.back.astimezone(zone).date()
    while (day := day + timedelta(days=1)) < back:
        yield day


def _minutes(absence: Absence | None, day: date, zone: ZoneInfo) -> tuple[float, float] | None:
    """Minutes by the wall clock from midnight of `day`."""
    if absence is None:
        return None
    midnight = datetime.combine(day, datetime.min.time())
    left, back = (at.astimezone(zone).replace(tzinfo=None) for at in (absence.left, absence.back))
    return (left - midnight) / timedelta(minutes=1), (back - midnight) / timedelta(minutes=1)


def _like(days: Mapping[date, _Day], weekday: int) -> Sequence[_Day]:
    own = [day for at, day in days.items() if at.weekday() == weekday]
    alike = [day for at, day in days.items() if (at.weekday() < 5) == (weekday < 5)]
    return own if len(own) >= OWN_DAYS else alike if len(alike) >= OWN_DAYS else []


def _usual(days: Sequence[_Day]) -> Trip | None:
    """The trip of most of these days (of any weekday), or None when there is none."""
    away = [day for day in days if day.away is not None]
    if not away or len(away) < OFTEN * len(days):
        return None
    left, back = (np.array([day.away[i] for day in away if day.away is not None]) for i in (0, 1))
    near = (np.abs(left - np.median(left)) <= NEAR_MINUTES) & (back - left < DAY_MINUTES)
    if near.sum() < OFTEN * len(days):
        return None
    early = float(np.quantile(left[near], EARLY)) // ROUND_MINUTES * ROUND_MINUTES
    late = -(-float(np.quantile(back[near], LATE)) // ROUND_MINUTES) * ROUND_MINUTES
    late = min(max(late, early + ROUND_MINUTES), early + DAY_MINUTES - ROUND_MINUTES)
    used = [
        day.used_kwh for day, counts in zip(away, near, strict=True) if counts and day.used_kwh is not None
    ]
    return Trip(
        time=_clock(early),
        returns=_clock(late),
        weekdays=(),
        used_kwh=round(float(np.mean(used)), 2) if used else None,
        most_kwh=round(float(np.quantile(used, 0.9)), 2) if used else None,
    )


def _merged(trips: Mapping[int, Trip]) -> tuple[Trip, ...]:
    """Weekdays of the same trip in one."""
    together: dict[Trip, list[int]] = {}
    for weekday, trip in trips.items():
        together.setdefault(trip, []).append(weekday)
    return tuple(
        Trip(
            time=trip.time,
            returns=trip.returns,
            weekdays=tuple(weekdays),
            used_kwh=trip.used_kwh,
            most_kwh=trip.most_kwh,
        )
        for trip, weekdays in together.items()
    )


def _as_said(day: _Day, trip: Trip | None) -> bool:
    """Whether the car left and came back as the trip says, half an hour either way; or stayed when there is none."""
    if day.away is None or trip is None:
        return (day.away is None) == (trip is None)
    leaves, returns = _minute(trip.time), _minute(trip.returns)
    returns += DAY_MINUTES if returns <= leaves else 0
    return day.away[0] >= leaves - 30 and day.away[1] <= returns + 30


def _clock(minutes: float) -> str:
    whole = int(minutes) % DAY_MINUTES
    return f"{whole // 60:02d}:{whole % 60:02d}"


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])
