"""The recorded home on any date: load and PV by calendar day, gaps filled by a stated rule.

Placement: a moment takes the half-hour with the same month, day and time of day (UTC) of the recording, which covers
2024-02-29 to 2025-02-27; the one calendar day it lacks, 28 February, is `wrapped`: it repeats 27 February. Weekdays
shift with the year; seasons do not.

Gaps: a missing load takes the same half-hour of the nearest day that has one. A missing PV value takes the nearest of
the three days before and after; if none of them has one either, the sun was down and it is 0.
"""

import csv
import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
SLOT_S = 1800
SLOTS_A_DAY = 48
RECORDED_FROM = date(2024, 2, 29)
RECORDED_TO = date(2025, 2, 27)


@dataclass(frozen=True, slots=True)
class RecordedDay:
    """48 half-hour means in W, from 00:00 UTC; `wrapped` when the calendar day was not recorded."""

    load_w: tuple[float, ...]
    pv_w: tuple[float, ...]
    wrapped: bool


def read_csv(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the gzipped files in `demo/data`."""
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def recorded_date(day: date) -> date:
    """Return the day of the recording that stands for `day`."""
    wanted = (2, 27) if (day.month, day.day) == (2, 28) else (day.month, day.day)
    return date(2025 if wanted < (2, 28) else 2024, *wanted)


@lru_cache(maxsize=1)
def _recording() -> dict[date, tuple[list[float | None], list[float | None]]]:
    days: dict[date, tuple[list[float | None], list[float | None]]] = {}
    for row in read_csv("home_fr_2024.csv.gz"):
        moment = datetime.fromisoformat(row["time_utc"])
        load, pv = days.setdefault(moment.date(), ([None] * SLOTS_A_DAY, [None] * SLOTS_A_DAY))
        slot = moment.hour * 2 + moment.minute // 30
        load[slot] = float(row["load_w"]) if row["load_w"] else None
        pv[slot] = float(row["pv_w"]) if row["pv_w"] else None
    return days


def _nearest(day: date, slot: int, series: int, offsets: Iterable[int]) -> float | None:
    for offset in offsets:
        recorded = _recording().get(day + timedelta(days=offset))
        value = recorded[series][slot] if recorded else None
        if value is not None:
            return value
    return None


def _outward(limit: int) -> list[int]:
    return [0, *(signed for n in range(1, limit + 1) for signed in (-n, n))]


@lru_cache(maxsize=40)
def recorded_day(day: date) -> RecordedDay:
    """Return the recorded half-hours that stand for the UTC day `day`."""
    source = recorded_date(day)
    far, near = _outward(60), _outward(3)
    return RecordedDay(
        load_w=tuple(_nearest(source, slot, 0, far) or 0.0 for slot in range(SLOTS_A_DAY)),
        pv_w=tuple(_nearest(source, slot, 1, near) or 0.0 for slot in range(SLOTS_A_DAY)),
        wrapped=(day.month, day.day) == (2, 28),
    )


def slot_means(slot: int) -> tuple[float, float]:
    """Return the recorded mean load and PV in W of the half-hour `slot`, counted from the Unix epoch."""
    day, index = divmod(slot, SLOTS_A_DAY)
    recorded = recorded_day((datetime.fromtimestamp(0, UTC) + timedelta(days=day)).date())
    return recorded.load_w[index], recorded.pv_w[index]
