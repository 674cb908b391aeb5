"""Amber Electric (Australia): actual, current and forecast prices of a site, feed-in, spikes, usage.

REST with a personal token (https://app.amber.com.au/developers/documentation). c/kWh with GST become AUD/kWh. **Feed-
in prices are negative when you earn**, so the export price is the opposite. An interval's `startTime` is one second
late, so spans are counted back from `endTime`. Options: `token`, `site` (empty: the only active one), `resolution`
(minutes of your billing: 5 or 30), `url`.
"""

from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from aiohttp import ClientSession

from ..model.errors import BadData, RateLimited
from ..model.layers import over
from ..model.options import Option, OptionType
from ..model.ports import Ports
from ..model.series import Quality, Series, Span, utc
from ..model.web import NotFound, Question, ask_json, reading
from ._base import TariffKind
from ._clean import clip, same_currency
from ._counted import Counted

SERVICE = "Amber"
URL = "https://api.amber.com.au"
CHANNELS = {"import": "general", "export": "feedIn"}
MARKET_ZONE = ZoneInfo("Australia/Brisbane")
"""NEM time: UTC+10 all year; Amber's dates are in it."""
CALLS, CALLS_WITHIN = 10, timedelta(minutes=5)
"""The service allows about ten requests in five minutes; we never ask an eleventh."""
SPARED_FOR_PRICES = 4
_QUOTAS: WeakKeyDictionary[ClientSession, dict[tuple[str, str], deque[datetime]]] = WeakKeyDictionary()
MOST_INTERVALS = 2048
USAGE_DAYS = 7
USAGE_BACK_DAYS = 89
FRESH_AFTER = timedelta(seconds=20)
"""The new price is there some seconds into its interval."""


class UnknownSite(BadData):
    """The account has no such site, or several and none was chosen."""

    key = "unknown_site"


class Amber:
    """Prices of one site in one direction, in AUD/kWh. `spike` is the status of the current interval when known."""

    def __init__(
        self,
        ports: Ports,
        *,
        token: str,
        site: str | None,
        direction: str,
        resolution: int = 30,
        url: str = URL,
    ) -> None:
        self._ports, self._token, self._site = ports, token, site
        self._direction, self._resolution = direction, resolution
        self._url = f"{url.rstrip('/')}/v1"
        self._sign = -1 if direction == "export" else 1
        self._asked = _asked(ports, self._url, token)
        self.spike: str | None = None
        """"none", "potential" or "spike"."""

    async def prices(self, start: datetime, end: datetime) -> Series:
        """Actual and current prices are known, the service's forecasts are forecasts. Raises SourceError."""
        same_currency(self._ports, "AUD", SERVICE)
        series = await self._intervals(start, end, 30)
        if self._resolution == 5:
            # Five-minute prices reach about an hour ahead; the half-hours carry on from there.
            near = min(end, self._ports.clock.now() + timedelta(hours=1))
            if near > start:
                series = over(await self._intervals(max(start, near - timedelta(hours=2)), near, 5), series)
        return series

    def next_publication(self, now: datetime) -> datetime | None:
        """Every five minutes: the price of a running half-hour settles while it lasts."""
        step = 300
        return datetime.fromtimestamp((now.timestamp() // step + 1) * step, UTC) + FRESH_AFTER

    async def usage(self, first: date, last: date) -> Counted:
        """Mean power and price of each interval of the days `first` … `last` (NEM dates), in calls of at most seven
        days. Prices go before: some of the quota is left to them.
        """
        power: list[Span] = []
        price: list[Span] = []
        while first <= last:
            until = min(first + timedelta(days=USAGE_DAYS - 1), last)
            params = {"startDate": first.isoformat(), "endDate": until.isoformat()}
            with reading(SERVICE):
                async for row, span in self._rows("usage", params, SPARED_FOR_PRICES):
                    hours = (span.end - span.start).total_seconds() / 3600
                    power.append(replace(span, value=abs(float(row["kwh"])) / hours))
                    price.append(replace(span, value=self._sign * float(row["perKwh"]) / 100))
            first = until + timedelta(days=1)
        now = self._ports.clock.now()
        return Counted(Series.of(power, origin="amber", issued=now), Series.of(price, origin="amber"))

    async def _intervals(self, start: datetime, end: datetime, minutes: int) -> Series:
        now = self._ports.clock.now()
        step = timedelta(minutes=minutes)
        params = {
            "resolution": str(minutes),
            "previous": str(min(max(int((now - start) / step) + 1, 0), MOST_INTERVALS)),
            "next": str(min(max(int((end - now) / step) + 1, 0), MOST_INTERVALS)),
        }
        spans = []
        with reading(SERVICE):
            async for row, span in self._rows("prices/current", params):
                if row["type"] == "CurrentInterval":
                    self.spike = row.get("spikeStatus")
                quality = Quality.FORECAST if row["type"] == "ForecastInterval" else Quality.KNOWN
                spans.append(Span(span.start, span.end, self._sign * float(row["perKwh"]) / 100, quality))
        return Series.of(clip(spans, start, end), origin="amber", issued=now)

    async def _rows(
        self, what: str, params: Mapping[str, str], spare: int = 0
    ) -> AsyncIterator[tuple[Mapping[str, Any], Span]]:
        """The rows of our channel, each with the time it covers."""
        site = await self._site_id()
        answer = await self._ask(f"sites/{site}/{what}", params, spare)
        with reading(SERVICE):
            for row in answer:
                if row["channelType"] == CHANNELS[self._direction]:
                    until = utc(row["endTime"])
                    yield row, Span(until - timedelta(minutes=row["duration"]), until, 0.0)

    async def _site_id(self) -> str:
        if not self._site:
            active = await active_sites(self)
            if len(active) != 1:
                raise UnknownSite(
                    "Amber: the account has several sites or none that is active", service=SERVICE
                )
            self._site = next(iter(active))
        return self._site

    async def _ask(self, path: str, params: Mapping[str, str], spare: int = 0) -> Any:
        now = self._ports.clock.now()
        most = CALLS - spare
        if len(self._asked) >= most and now - self._asked[-most] < CALLS_WITHIN:
            wait = (self._asked[-most] + CALLS_WITHIN - now).total_seconds()
            raise RateLimited(f"Amber: enough questions for now, {wait:.0f} s to wait", wait, service=SERVICE)
        self._asked.append(now)
        question = Question(
            service=SERVICE,
            url=f"{self._url}/{path}",
            params=params,
            headers={"Authorization": f"Bearer {self._token}"},
            secret=True,
            # A repeat counts against the quota too: the caller comes back later.
            attempts=1,
        )
        try:
            return await ask_json(self._ports, question)
        except NotFound as err:
            raise UnknownSite("Amber: the account has no such site", service=SERVICE) from err


def _asked(ports: Ports, url: str, token: str) -> deque[datetime]:
    """When the service was asked last with this token: both directions, set-up and history share its quota."""
    return _QUOTAS.setdefault(ports.http, {}).setdefault((url, token), deque(maxlen=CALLS))


async def active_sites(amber: Amber) -> dict[str, str]:
    """Sites of the account that are being billed: id and a name for people (network, last digits of the meter
    number).
    """
    answer = await amber._ask("sites", {})  # noqa: SLF001 - of this module
    with reading(SERVICE):
        return {
            str(row["id"]): f"{row.get('network', '')} …{str(row['nmi'])[-4:]}".strip()
            for row in answer
            if row.get("status", "active") == "active"
        }


def _build(options: Mapping[str, Any], ports: Ports, direction: str) -> Amber:
    return Amber(
        ports,
        token=options["token"],
        site=options.get("site"),
        direction=direction,
        resolution=int(options["resolution"]),
        url=options["url"],
    )


async def _check(options: Mapping[str, Any], ports: Ports, direction: str) -> Mapping[str, Any]:
    """See that the token is taken, find the site, and that it has this direction."""
    amber = _build(options, ports, direction)
    now = ports.clock.now()
    if not (await amber.prices(now - timedelta(hours=1), now + timedelta(hours=1))).spans:
        raise UnknownSite("Amber: the site has no prices in this direction", service=SERVICE)
    return {"site": await amber._site_id()}  # noqa: SLF001 - of this module


async def _offer(options: Mapping[str, Any], ports: Ports, direction: str) -> Mapping[str, Mapping[str, str]]:
    """Sites to choose from."""
    return {"site": await active_sites(_build(options, ports, direction))}


async def _history(
    options: Mapping[str, Any], ports: Ports, direction: str, start: datetime, end: datetime
) -> Counted:
    """The site's own intervals."""
    first, last = (at.astimezone(MARKET_ZONE).date() for at in (start, end - timedelta(seconds=1)))
    return await _build(options, ports, direction).usage(first, last)


KIND = TariffKind(
    key="amber",
    options=(
        Option(key="token", type=OptionType.SECRET, required=True),
        Option(key="site", type=OptionType.TEXT),
        Option(key="resolution", type=OptionType.CHOICE, choices=("5", "30"), default="30"),
        Option(key="url", type=OptionType.TEXT, default=URL, advanced=True),
    ),
    build=_build,
    currency="AUD",
    check=_check,
    offer=_offer,
    history=_history,
    # Six days from any hour touch seven dates: one call.
    history_days=USAGE_DAYS - 1,
    # The service tells the last 90 days.
    history_back_days=USAGE_BACK_DAYS,
    field_of_error={"invalid_auth": "token", "unknown_site": "site"},
)
