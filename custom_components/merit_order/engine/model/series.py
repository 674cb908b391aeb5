"""Values over time: spans as sources give them, slots as the plan needs them."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .errors import InputError

type FloatArray = NDArray[np.float64]


class Quality(StrEnum):
    """How far a value can be trusted, best first."""

    KNOWN = "known"
    FORECAST = "forecast"
    ASSUMED = "assumed"
    MISSING = "missing"


QUALITIES = tuple(Quality)


@dataclass(frozen=True, slots=True)
class Span:
    """One value that holds from `start` (inclusive) to `end` (exclusive), both aware UTC."""

    start: datetime
    end: datetime
    value: float
    quality: Quality = Quality.KNOWN


@dataclass(frozen=True, slots=True)
class Slots:
    """The time axis of a plan: `edges` are n + 1 aware UTC instants, strictly rising."""

    edges: tuple[datetime, ...]

    def __post_init__(self) -> None:
        if len(self.edges) < 2:
            raise InputError("slots.edges", "needs at least two edges")
        if any(b <= a for a, b in zip(self.edges, self.edges[1:], strict=False)):
            raise InputError("slots.edges", "must rise strictly")

    @classmethod
    def regular(cls, start: datetime, minutes: int, count: int) -> Self:
        """`count` slots of `minutes` each, the first one starting at `start`."""
        step = timedelta(minutes=minutes)
        return cls(tuple(start + i * step for i in range(count + 1)))

    def __len__(self) -> int:
        return len(self.edges) - 1

    @property
    def starts(self) -> tuple[datetime, ...]:
        """Start of each slot, length n."""
        return self.edges[:-1]

    @property
    def hours(self) -> FloatArray:
        """Length of each slot in hours, shape (n,)."""
        seconds = self.seconds
        return np.diff(seconds) / 3600

    @property
    def seconds(self) -> FloatArray:
        """Edges as seconds since the epoch, shape (n + 1,)."""
        return np.array([edge.timestamp() for edge in self.edges])

    def index(self, at: datetime) -> int | None:
        """The slot that holds `at`, or None outside the horizon."""
        if not self.edges[0] <= at < self.edges[-1]:
            return None
        return int(np.searchsorted(self.seconds, at.timestamp(), side="right")) - 1

    def count_before(self, at: datetime) -> int:
        """How many slots end at or before `at` (0 … n): the exclusive slot bound of a deadline."""
        return int(
            np.clip(
                np.searchsorted(self.seconds, at.timestamp() + 1e-6, side="right") - 1,
                0,
                len(self),
            )
        )


@dataclass(frozen=True, slots=True)
class Series:
    """Spans in rising order without overlap, and where they came from.

    `origin` names the source ("octopus", "sensor.x"); `issued` is when the source made or measured it.
    """

    spans: tuple[Span, ...]
    origin: str = ""
    issued: datetime | None = None

    def __post_init__(self) -> None:
        for a, b in zip(self.spans, self.spans[1:], strict=False):
            if b.start < a.end:
                raise InputError(f"series {self.origin}", f"spans overlap at {b.start.isoformat()}")

    @classmethod
    def of(cls, spans: Iterable[Span], origin: str = "", issued: datetime | None = None) -> Self:
        """A series from spans in any order; empty spans go, of two that start together the later given wins."""
        chosen = {span.start: span for span in spans if span.end > span.start}
        ordered = [chosen[start] for start in sorted(chosen)]
        # Weeks of hours are read at a time: each object made anew brings Python's garbage collector nearer.
        clipped = [
            a if a.end <= b.start else Span(a.start, b.start, a.value, a.quality)
            for a, b in pairwise(ordered)
        ]
        return cls(tuple(clipped + ordered[-1:]), origin, issued)

    @classmethod
    def regular(
        cls,
        start: datetime,
        minutes: float,
        values: Sequence[float] | FloatArray,
        quality: Quality = Quality.KNOWN,
        origin: str = "",
        issued: datetime | None = None,
    ) -> Self:
        """Equal steps of `minutes` from `start`; NaN leaves a gap."""
        step = timedelta(minutes=minutes)
        spans = tuple(
            Span(start + i * step, start + (i + 1) * step, float(value), quality)
            for i, value in enumerate(values)
            if not np.isnan(value)
        )
        return cls(spans, origin, issued)

    def value_at(self, at: datetime) -> float | None:
        """The value that holds at `at`, or None in a gap."""
        before = bisect_right(self.spans, at, key=lambda span: span.start)
        if before and at < self.spans[before - 1].end:
            return self.spans[before - 1].value
        return None

    @property
    def end(self) -> datetime | None:
        """Where the last span ends, or None when empty."""
        return self.spans[-1].end if self.spans else None

    def onto(self, slots: Slots) -> tuple[FloatArray, tuple[Quality, ...]]:
        """Mean value per slot, shape (n,), and the worst quality that went into it.

        A slot of which any part is not covered by a span is NaN and `missing`: a gap is never read as zero.
        """
        edges, n = slots.seconds, len(slots)
        known = [span for span in self.spans if np.isfinite(span.value)]
        start = np.array([span.start.timestamp() for span in known])
        end = np.array([span.end.timestamp() for span in known])
        first = np.maximum(np.searchsorted(edges, start, side="right") - 1, 0)
        count = np.maximum(np.minimum(np.searchsorted(edges, end, side="left"), n) - first, 0)
        # One entry for each pair of a span and a slot it reaches into.
        span = np.repeat(np.arange(len(known)), count)
        slot = first[span] + np.arange(len(span)) - (np.cumsum(count) - count)[span]
        part = np.maximum(np.minimum(edges[slot + 1], end[span]) - np.maximum(edges[slot], start[span]), 0.0)
        value = np.array([span.value for span in known])
        total = np.bincount(slot, weights=part * value[span], minlength=n)
        covered = np.bincount(slot, weights=part, minlength=n)
        rank = np.zeros(n, dtype=int)
        quality = np.array([QUALITIES.index(span.quality) for span in known], dtype=int)
        used = part > 0
        np.maximum.at(rank, slot[used], quality[span[used]])
        whole = covered >= np.diff(edges) - 0.5
        values = np.where(whole, total / np.where(whole, covered, 1.0), np.nan)
        missing = QUALITIES.index(Quality.MISSING)
        return values, tuple(QUALITIES[i] for i in np.where(whole, rank, missing))


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected, and how sure: `low` and `high` are roughly the 10 % and 90 % quantiles, or absent.

    `provisional` says that nothing has been learned yet and a default stands in.
    """

    mid: Series
    low: Series | None = None
    high: Series | None = None
    provisional: bool = False


def utc(text: str) -> datetime:
    """An ISO 8601 instant as aware UTC; raises InputError when it carries no offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise InputError("time", f"{text!r} has no UTC offset")
    return at.astimezone(UTC)
