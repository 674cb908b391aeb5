"""What the energy costs: the recorded day-ahead price by calendar day, and the tariffs made of it.

The formulas are those Octopus publishes for Agile (a multiple of the wholesale price, a peak surcharge from 16:00 to
19:00 UK time, a cap) and Amber's kind (wholesale price and network fee, with GST) with round coefficients; the
wholesale price is German, so the result is realistic, not real.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from demo.series import read_csv

UK, CENTRAL_EUROPE = ZoneInfo("Europe/London"), ZoneInfo("Europe/Brussels")
HALF_HOUR_S = 1800
VAT = 0.05
# p/kWh for EUR/MWh: 0.1 ct/kWh, at a fixed 0.85 GBP per EUR.
PENCE_PER_EUR_MWH = 0.085
# Australian c/kWh for EUR/MWh, at a fixed 1.65 AUD per EUR; the fee in c/kWh.
CENTS_PER_EUR_MWH = 0.165
NETWORK_CENTS = 11.0
GST = 0.10
AUCTION = time(12, 55)
PUBLICATION_HOUR_UK = 16
DAY_END_HOUR_UK = 23
# Five days: more than anybody asks for again and again; what went before is asked for once.
MOST_KEPT = 240


@dataclass(frozen=True, slots=True)
class Rate:
    """One half-hour's price in p/kWh, without and with VAT; `start` aware UTC."""

    start: datetime
    exc_vat: float
    inc_vat: float


@lru_cache(maxsize=1)
def _recorded() -> dict[datetime, float]:
    return {
        datetime.fromisoformat(row["time_utc"]): float(row["eur_per_mwh"])
        for row in read_csv("day_ahead_de_2024.csv.gz")
    }


def market_eur_mwh(moment: datetime) -> float:
    """Return the day-ahead price of the same calendar hour (UTC) of 2024; an hour that lacks takes the one before."""
    hour = moment.astimezone(UTC).replace(year=2024, minute=0, second=0, microsecond=0)
    while hour not in _recorded():
        hour -= timedelta(hours=1)
    return _recorded()[hour]


def _peak(start: datetime) -> bool:
    return 16 <= start.astimezone(UK).hour < 19


@lru_cache(maxsize=MOST_KEPT)
def import_rate(slot: int) -> Rate:
    """Return the Agile import rate of the half-hour `slot`, counted from the Unix epoch."""
    start = datetime.fromtimestamp(slot * HALF_HOUR_S, UTC)
    market = market_eur_mwh(start) * PENCE_PER_EUR_MWH
    exc_vat = round(min(2.2 * market + (12.0 if _peak(start) else 0.0), 95.0), 2)
    return Rate(start, exc_vat, round(exc_vat * (1 + VAT), 4))


@lru_cache(maxsize=MOST_KEPT)
def export_rate(slot: int) -> Rate:
    """Return the Agile Outgoing rate of the half-hour `slot`; never below 0, without VAT."""
    start = datetime.fromtimestamp(slot * HALF_HOUR_S, UTC)
    market = market_eur_mwh(start) * PENCE_PER_EUR_MWH
    value = round(max(0.0, 0.95 * market + (6.0 if _peak(start) else 1.0)), 2)
    return Rate(start, value, value)


def published_until(now: datetime) -> datetime:
    """Return the end of what is public at `now`: 23:00 UK time today, from 16:00 on tomorrow's."""
    local = now.astimezone(UK)
    end = local.replace(hour=DAY_END_HOUR_UK, minute=0, second=0, microsecond=0)
    if local.hour >= PUBLICATION_HOUR_UK:
        end += timedelta(days=1)
    return end.astimezone(UTC)


def auctioned_until(now: datetime) -> datetime:
    """Return the end of the day-ahead prices public at `now`: midnight in Brussels, from 12:55 on tomorrow's."""
    local = now.astimezone(CENTRAL_EUROPE)
    days = 2 if local.time() >= AUCTION else 1
    return datetime.combine(local.date() + timedelta(days=days), time(0), CENTRAL_EUROPE).astimezone(UTC)


def australian_cents(moment: datetime) -> tuple[float, float]:
    """Return the spot price and what a home pays for the energy at `moment`, both in c/kWh with GST."""
    spot = market_eur_mwh(moment) * CENTS_PER_EUR_MWH
    return round(spot * (1 + GST), 5), round((spot + NETWORK_CENTS) * (1 + GST), 5)
