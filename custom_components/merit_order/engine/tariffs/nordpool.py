"""Nord Pool through Home Assistant's own `nordpool` integration, by the person's own formula.

Its action `nordpool.get_prices_for_date` gives a day's prices per MWh; no second client, no quota of ours. Options:
`config_entry` (of the nordpool integration), `area` (empty: the only one that entry has), FORMULA_OPTIONS.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ..model.errors import BadData, SourceError
from ..model.options import Option, OptionType
from ..model.ports import Ports
from ..model.series import Series, Span, utc
from ..model.web import reading
from ._base import TariffKind
from ._clean import DAY_AHEAD, clip
from ._formula import FORMULA_OPTIONS, Formula

SERVICE = "Nord Pool"
MARKET_ZONE = ZoneInfo("Europe/Brussels")
CURRENCIES = ("DKK", "EUR", "NOK", "PLN", "SEK")


class NordPool:
    """Day-ahead prices of one area as the person pays them."""

    def __init__(self, ports: Ports, *, config_entry: str, area: str | None, formula: Formula) -> None:
        self._ports, self._entry, self._area, self._formula = ports, config_entry, area, formula
        self._known_until: datetime | None = None

    async def prices(self, start: datetime, end: datetime) -> Series:
        """What is published of [start, end). Raises SourceError."""
        spans: list[Span] = []
        day = start.astimezone(MARKET_ZONE).date()
        while day <= (end - timedelta(seconds=1)).astimezone(MARKET_ZONE).date():
            spans += await self._day(day)
            day += timedelta(days=1)
        market = Series.of(clip(spans, start, end), origin="nordpool", issued=self._ports.clock.now())
        self._known_until = max(filter(None, (market.end, self._known_until)), default=None)
        return self._formula.apply(market)

    def next_publication(self, now: datetime) -> datetime | None:
        """After the auction, and soon again while its result is late."""
        return DAY_AHEAD.next(now, self._known_until)

    async def _day(self, day: date) -> list[Span]:
        now = self._ports.clock.now().astimezone(MARKET_ZONE)
        # Before the auction tomorrow's prices do not exist: asking only makes an error in the log.
        if day > now.date() and (day > now.date() + timedelta(days=1) or now.time() < DAY_AHEAD.at):
            return []
        if self._ports.actions is None:
            raise SourceError("Nord Pool: works inside Home Assistant only", service=SERVICE)
        data: dict[str, Any] = {"config_entry": self._entry, "date": day.isoformat()}
        if self._area:
            data["areas"] = [self._area.upper()]
        if self._ports.currency in CURRENCIES:
            data["currency"] = self._ports.currency
        answer = await self._ports.actions.ask("nordpool", "get_prices_for_date", data)
        with reading(SERVICE):
            rows = answer[self._area.upper()] if self._area else _only(answer)
            return [Span(utc(row["start"]), utc(row["end"]), float(row["price"]) / 1000) for row in rows]


def _only(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if len(answer) != 1:
        raise BadData("Nord Pool: the entry has several areas, one must be chosen", service=SERVICE)
    rows: list[Mapping[str, Any]] = next(iter(answer.values()))
    return rows


def _build(options: Mapping[str, Any], ports: Ports, direction: str) -> NordPool:
    formula = Formula.of(options, ports.timezone)
    return NordPool(ports, config_entry=options["config_entry"], area=options.get("area"), formula=formula)


async def _check(options: Mapping[str, Any], ports: Ports, direction: str) -> Mapping[str, Any]:
    """See that today's prices come."""
    now = ports.clock.now()
    series = await _build(options, ports, direction).prices(now, now + timedelta(hours=1))
    if not series.spans:
        raise BadData("Nord Pool: no prices of this area now", service=SERVICE)
    return {}


KIND = TariffKind(
    key="nordpool",
    options=(
        Option(key="config_entry", type=OptionType.TEXT, required=True),
        Option(key="area", type=OptionType.TEXT),
        *FORMULA_OPTIONS,
    ),
    build=_build,
    check=_check,
    field_of_error={"cannot_connect": "config_entry", "bad_data": "area"},
)
