"""Small shared steps of tariffs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..model.errors import BadData
from ..model.ports import Ports
from ..model.series import Span


class WrongCurrency(BadData):
    """The prices are in other money than the home's."""

    key = "wrong_currency"


def clip(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """The parts of `spans` that lie in [start, end)."""
    return [
        Span(max(span.start, start), min(span.end, end), span.value, span.quality)
        for span in spans
        if span.start < end and span.end > start
    ]


def same_currency(ports: Ports, currency: str | None, service: str) -> None:
    """Raises WrongCurrency when a source says its currency and it is not the home's: money is not converted."""
    if ports.currency and currency and currency.upper() != ports.currency.upper():
        raise WrongCurrency(
            f"{service}: prices are in {currency}, the home counts in {ports.currency}",
            service=service,
            currency=currency,
            home=ports.currency,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A day's prices come out once: at `at` on the day before, for the day that ends at `day_end`, by the clock of
    `zone`.
    """

    zone: ZoneInfo
    at: time
    day_end: time = time(0)
    retry: timedelta = timedelta(minutes=10)

    def next(self, now: datetime, known_until: datetime | None) -> datetime:
        """When to ask again: at the next publication, or soon while one is late."""
        local = now.astimezone(self.zone)
        due = datetime.combine(local.date(), self.at, self.zone)
        if local < due:
            return due.astimezone(UTC)
        days = 2 if self.day_end == time(0) else 1
        complete = datetime.combine(local.date() + timedelta(days=days), self.day_end, self.zone)
        if known_until is None or known_until < complete.astimezone(UTC):
            return now + self.retry
        return datetime.combine(local.date() + timedelta(days=1), self.at, self.zone).astimezone(UTC)


DAY_AHEAD = Publication(zone=ZoneInfo("Europe/Brussels"), at=time(12, 50))
"""The European day-ahead auction: results about 12:45 to 13:00 Brussels time for the whole next day."""
