"""Small shared steps of forecasts."""

from datetime import datetime

from ..model.series import Series


def within(series: Series, start: datetime, end: datetime) -> Series:
    """The spans that touch [start, end), whole."""
    spans = tuple(span for span in series.spans if span.start < end and span.end > start)
    return Series(spans, series.origin, series.issued)
