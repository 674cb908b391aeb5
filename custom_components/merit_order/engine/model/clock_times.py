"""Wall-clock times of the home as instants: right on the days the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .errors import InputError


def parse_clock(text: str, field: str) -> time:
    """A time of day from "HH:MM" or "HH:MM:SS"; raises InputError naming `field`."""
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError as err:
        raise InputError(field, f"{text!r} is not a time of day") from err


def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """`clock` on `day` in `zone` as UTC. A time the clocks skip is the instant they jump over it by an hour."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def daily(clock: time, zone: ZoneInfo, start: datetime, end: datetime) -> tuple[datetime, ...]:
    """Every instant in (start, end] at which the home's clock shows `clock`, in rising order."""
    day = start.astimezone(zone).date() - timedelta(days=1)
    last = end.astimezone(zone).date() + timedelta(days=1)
    found = []
    while day <= last:
        at = instant(day, clock, zone)
        if start < at <= end:
            found.append(at)
        day += timedelta(days=1)
    return tuple(found)


def last_before(clock: time, zone: ZoneInfo, at: datetime) -> datetime:
    """The latest instant <= `at` at which the home's clock showed `clock`."""
    times = daily(clock, zone, at - timedelta(days=2), at)
    return times[-1]


def next_after(clock: time, zone: ZoneInfo, at: datetime) -> datetime:
    """The first instant > `at` at which the home's clock shows `clock`."""
    return daily(clock, zone, at, at + timedelta(days=2))[0]
