"""Small shared steps of tariffs."""

from collections.abc import Iterable
from datetime import datetime

from ..model.series import Span


def clip(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """The parts of `spans` that lie in [start, end)."""
    return [
        Span(max(span.start, start), min(span.end, end), span.value, span.quality)
        for span in spans
        if span.start < end and span.end > start
    ]
