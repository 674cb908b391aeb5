"""The face of ENTSO-E's transparency platform: day-ahead prices (document A44) as XML, EUR/MWh.

Every bidding zone has the same prices here. As the real one: whole market days by quarter of an hour, in curve type
A03 (a point that repeats the one before it is left out), tomorrow's from 12:55 Brussels time on, and an
acknowledgement with reason 999 where there is nothing.
"""

from datetime import UTC, datetime, time, timedelta
from typing import ClassVar, override

from aiohttp import web

from demo import prices
from demo.faces._http import HttpFace
from demo.faults import Fault

TOKEN = "6e747365-0000-4000-8000-7669727475616c"
QUARTER = timedelta(minutes=15)
DOCUMENT = "urn:iec62325.351:tc57wg16:451-3:publicationdocument:7:3"
ACKNOWLEDGEMENT = "urn:iec62325.351:tc57wg16:451-1:acknowledgementdocument:7:0"
SEQUENCE = "classificationSequence_AttributeInstanceComponent.position"
EIC_CODE_LENGTH = 16


class EntsoeFace(HttpFace):
    """`/api` with a security token in the query."""

    supported: ClassVar[frozenset[Fault]] = HttpFace.supported | {Fault.WRONG_CURRENCY}

    @override
    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api", self._document)]

    @override
    def empty(self, request: web.Request) -> web.Response:
        return self._acknowledge("No matching data found for Data item ENERGY_PRICES [12.1.D].")

    async def _document(self, request: web.Request) -> web.Response:
        query = request.query
        if query.get("securityToken") != TOKEN:
            return self._acknowledge("Unauthorized. Missing or invalid security token", 401)
        zone = query.get("in_Domain", "")
        if (
            query.get("documentType") != "A44"
            or len(zone) != EIC_CODE_LENGTH
            or query.get("out_Domain") != zone
        ):
            return self._acknowledge("The combination of parameters is not valid.", 400)
        try:
            start, end = (
                datetime.strptime(query[name], "%Y%m%d%H%M").replace(tzinfo=UTC)
                for name in ("periodStart", "periodEnd")
            )
        except KeyError, ValueError:
            return self._acknowledge("The period is not valid.", 400)
        days = _market_days(start, min(end, prices.auctioned_until(self.world.clock.now())))
        if not days:
            return self.empty(request)
        series = "".join(self._series(number, *day, zone) for number, day in enumerate(days, 1))
        header = (
            f"<revisionNumber>1</revisionNumber><type>A44</type>{self._created()}"
            f"<period.timeInterval>{_interval(days[0][0], days[-1][1])}</period.timeInterval>"
        )
        return _xml(
            f'<Publication_MarketDocument xmlns="{DOCUMENT}"><mRID>1</mRID>{header}{series}'
            "</Publication_MarketDocument>"
        )

    def _series(self, number: int, start: datetime, end: datetime, zone: str) -> str:
        points, before = [], None
        for position in range(1, round((end - start) / QUARTER) + 1):
            price = f"{prices.market_eur_mwh(start + (position - 1) * QUARTER):.2f}"
            if price != before:
                points.append(
                    f"<Point><position>{position}</position><price.amount>{price}</price.amount></Point>"
                )
            before = price
        currency = "PLN" if Fault.WRONG_CURRENCY in self.faults else "EUR"
        domains = "".join(
            f'<{way}_Domain.mRID codingScheme="A01">{zone}</{way}_Domain.mRID>' for way in ("in", "out")
        )
        return (
            f"<TimeSeries><mRID>{number}</mRID><auction.type>A01</auction.type><businessType>A62</businessType>"
            f"{domains}<contract_MarketAgreement.type>A01</contract_MarketAgreement.type>"
            f"<currency_Unit.name>{currency}</currency_Unit.name>"
            f"<price_Measure_Unit.name>MWH</price_Measure_Unit.name><{SEQUENCE}>1</{SEQUENCE}>"
            f"<curveType>A03</curveType><Period><timeInterval>{_interval(start, end)}</timeInterval>"
            f"<resolution>PT15M</resolution>{''.join(points)}</Period></TimeSeries>"
        )

    def _acknowledge(self, why: str, status: int = 200) -> web.Response:
        return _xml(
            f'<Acknowledgement_MarketDocument xmlns="{ACKNOWLEDGEMENT}"><mRID>1</mRID>{self._created()}'
            f"<Reason><code>999</code><text>{why}</text></Reason></Acknowledgement_MarketDocument>",
            status,
        )

    def _created(self) -> str:
        return (
            f"<createdDateTime>{self.world.clock.now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</createdDateTime>"
        )


def _market_days(start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Return start and end, in UTC, of the days in Brussels that [start, end) touches."""
    days = []
    day = start.astimezone(prices.CENTRAL_EUROPE).date()
    while (begin := datetime.combine(day, time(0), prices.CENTRAL_EUROPE).astimezone(UTC)) < end:
        day += timedelta(days=1)
        days.append((begin, datetime.combine(day, time(0), prices.CENTRAL_EUROPE).astimezone(UTC)))
    return days


def _interval(start: datetime, end: datetime) -> str:
    return f"<start>{start:%Y-%m-%dT%H:%MZ}</start><end>{end:%Y-%m-%dT%H:%MZ}</end>"


def _xml(body: str, status: int = 200) -> web.Response:
    text = f'<?xml version="1.0" encoding="utf-8"?>\n{body}'
    return web.Response(text=text, status=status, content_type="text/xml")
