"""Two series of the same thing on top of each other."""

from dataclasses import replace

from .series import Series, Span


def over(top: Series, below: Series) -> Series:
    """`top`, and where it has nothing what `below` has: fine prices over coarse ones, new ones over the last good."""
    spans = list(top.spans)
    for span in below.spans:
        pieces = [(span.start, span.end)]
        for other in top.spans:
            if other.end <= span.start or other.start >= span.end:
                continue
            pieces = [
                part
                for start, end in pieces
                for part in ((start, min(end, other.start)), (max(start, other.end), end))
                if part[0] < part[1]
            ]
        spans += [Span(start, end, span.value, span.quality) for start, end in pieces]
    return replace(top, spans=tuple(sorted(spans, key=lambda span: span.start)))
