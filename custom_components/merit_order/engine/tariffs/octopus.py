"""Octopus Energy (Great Britain): every electricity product whose rates its public REST API publishes.

Agile, Go, Cosy, Flux, Tracker, Intelligent Go, fixed and variable ones, and their export twins are all read from
`standard-unit-rates`. Source: https://docs.octopus.energy/rest/. Prices are p/kWh and become GBP/kWh with VAT in; no
key is needed. With an account number and its key the home's own product and region are found, its half-hourly
consumption can be read, and the cheap half-hours of Intelligent Go follow the car's charging.

Options: `product` (code; the newest Agile of the direction when empty), `region` (letter of the grid supply point
group) or `postcode` (or MPAN, from which `check` finds the region), `payment` (which of two rates, where a product
distinguishes), `account` and `api_key`, `url`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ..model.errors import BadData, InputError, SourceError
from ..model.options import Option, OptionType
from ..model.ports import Ports
from ..model.series import Series, Span, utc
from ..model.web import NotFound, reading
from ._base import TariffKind
from ._clean import Publication, clip, same_currency
from ._counted import Counted
from ._octopus_account import meter_of, own_consumption
from ._octopus_api import SERVICE, URL, Api, stamp
from ._octopus_dispatches import LOOK_EVERY, Dispatches, has_dispatches
from ._octopus_region import REGIONS, region_of

NEWEST_AGILE = {"import": "AGILE-24-10-01", "export": "AGILE-OUTGOING-19-05-13"}
AGILE_DAY = Publication(zone=ZoneInfo("Europe/London"), at=time(16), day_end=time(23))


class UnknownProduct(BadData):
    """Octopus has no such product, or not in this region or direction."""

    key = "unknown_product"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product on sale: `code` as in the API, `name` for people."""

    code: str
    name: str
    direction: str


class Octopus:
    """The rates of one product in one region, in GBP/kWh with VAT."""

    def __init__(
        self,
        ports: Ports,
        *,
        product: str,
        region: str,
        payment: str = "DIRECT_DEBIT",
        url: str = URL,
        dispatches: Dispatches | None = None,
    ) -> None:
        self._ports = ports
        self._dispatches = dispatches
        self._payment = payment
        self._api = Api(ports=ports, url=url)
        self._path = (
            f"products/{product}/electricity-tariffs/E-1R-{product}-{region.upper()}/standard-unit-rates/"
        )
        self._known_until: datetime | None = None
        self.dispatch_error: SourceError | None = None
        """Why the last question for dispatches brought nothing."""

    async def prices(self, start: datetime, end: datetime) -> Series:
        """What is published of [start, end). Raises SourceError."""
        same_currency(self._ports, "GBP", SERVICE)
        spans: list[Span] = []
        params = {"period_from": stamp(start), "period_to": stamp(end)}
        try:
            async for row in self._api.rows(self._path, params):
                with reading(SERVICE):
                    if row.get("payment_method") in (None, self._payment):
                        spans.append(_rate(row, end))
        except NotFound as err:
            raise UnknownProduct("Octopus: no such product in this region", service=SERVICE) from err
        series = Series.of(clip(spans, start, end), origin="octopus", issued=self._ports.clock.now())
        self._known_until = max(filter(None, (series.end, self._known_until)), default=None)
        if self._dispatches is None:
            return series
        # Without a word of the car the rates still hold: the cheap hours of every night.
        self.dispatch_error = await self._dispatches.refresh()
        return self._dispatches.cheap(series)

    def next_publication(self, now: datetime) -> datetime | None:
        """16:00 UK time; after that every few minutes while the prices of the next Agile day (23:00 to 23:00) are
        late. Dispatches change while the car charges.
        """
        due = AGILE_DAY.next(now, self._known_until)
        return due if self._dispatches is None else min(due, now + LOOK_EVERY)


async def products(ports: Ports, direction: str, url: str = URL) -> tuple[Product, ...]:
    """The products of Octopus' own brand on sale now, by name. Raises SourceError."""
    found = []
    async for row in Api(ports=ports, url=url).rows("products/", {"brand": "OCTOPUS_ENERGY"}):
        with reading(SERVICE):
            if row.get("brand", "OCTOPUS_ENERGY") != "OCTOPUS_ENERGY" or row.get("is_business"):
                continue
            way = str(row.get("direction") or "IMPORT").lower()
            found.append(Product(code=str(row["code"]), name=str(row["display_name"]), direction=way))
    return tuple(
        sorted(
            (item for item in found if item.direction == direction), key=lambda item: (item.name, item.code)
        )
    )


def _rate(row: Mapping[str, Any], end: datetime) -> Span:
    """A row as a span in GBP/kWh; a rate without an end holds until further notice."""
    until = utc(row["valid_to"]) if row.get("valid_to") else end
    return Span(utc(row["valid_from"]), until, float(row["value_inc_vat"]) / 100)


def _build(options: Mapping[str, Any], ports: Ports, direction: str) -> Octopus:
    if not options.get("region"):
        raise InputError("region", "is required when no postcode was looked up")
    product = options.get("product") or NEWEST_AGILE[direction]
    dispatches = None
    if (
        direction == "import"
        and has_dispatches(product)
        and options.get("account")
        and options.get("api_key")
    ):
        dispatches = Dispatches(_account_api(options, ports), options["account"])
    return Octopus(
        ports,
        product=product,
        dispatches=dispatches,
        region=options["region"],
        payment=options["payment"].upper(),
        url=options["url"],
    )


async def _check(options: Mapping[str, Any], ports: Ports, direction: str) -> Mapping[str, Any]:
    """Find product and region (of the account, else the postcode's and the newest Agile); see that rates come."""
    url, region, product = options["url"], options.get("region"), options.get("product")
    if (options.get("api_key") or options.get("account")) and not (region and product):
        meter = await meter_of(_account_api(options, ports), options["account"], direction, ports.clock.now())
        region, product = region or meter.region, product or meter.product
    if not region:
        if not options.get("postcode"):
            raise InputError("postcode", "a postcode or a region is needed")
        region = await region_of(Api(ports=ports, url=url), options["postcode"])
    product = product or await _newest_agile(ports, direction, url)
    now = ports.clock.now()
    tariff = _build({**options, "region": region, "product": product}, ports, direction)
    if not (await tariff.prices(now - timedelta(hours=1), now + timedelta(hours=1))).spans:
        raise UnknownProduct("Octopus: this product has no rates in this region now", service=SERVICE)
    return {"region": region, "product": product}


def _account_api(options: Mapping[str, Any], ports: Ports) -> Api:
    for key in ("api_key", "account"):
        if not options.get(key):
            raise InputError(key, "the key and the account number belong together")
    return Api(ports=ports, url=options["url"], key=options["api_key"])


async def _history(
    options: Mapping[str, Any], ports: Ports, direction: str, start: datetime, end: datetime
) -> Counted:
    """The home's own half-hours."""
    api = _account_api(options, ports)
    return Counted(await own_consumption(api, options["account"], direction, start, end))


async def _newest_agile(ports: Ports, direction: str, url: str) -> str:
    agile = [item.code for item in await products(ports, direction, url) if item.code.startswith("AGILE")]
    # Codes end in their date (yy-mm-dd), so the last in order of that date is the newest.
    return max(agile, key=lambda code: code[-8:], default=NEWEST_AGILE[direction])


async def _offer(options: Mapping[str, Any], ports: Ports, direction: str) -> Mapping[str, Mapping[str, str]]:
    """Products on sale, to choose from."""
    return {"product": {item.code: item.name for item in await products(ports, direction, options["url"])}}


KIND = TariffKind(
    key="octopus",
    options=(
        Option(key="product", type=OptionType.TEXT),
        Option(key="postcode", type=OptionType.TEXT),
        Option(key="region", type=OptionType.CHOICE, choices=REGIONS),
        Option(
            key="payment",
            type=OptionType.CHOICE,
            choices=("direct_debit", "non_direct_debit"),
            default="direct_debit",
            advanced=True,
        ),
        Option(key="account", type=OptionType.TEXT, advanced=True),
        Option(key="api_key", type=OptionType.SECRET, advanced=True),
        Option(key="url", type=OptionType.TEXT, default=URL, advanced=True),
    ),
    build=_build,
    currency="GBP",
    check=_check,
    offer=_offer,
    history=_history,
    history_needs=("account", "api_key"),
    field_of_error={
        "unknown_postcode": "postcode",
        "unknown_product": "product",
        "unknown_account": "account",
        "two_registers": "account",
        "invalid_auth": "api_key",
        "wrong_currency": "product",
    },
)
