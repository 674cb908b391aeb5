"""The face of Octopus' API: products, tariffs, rates, the way from a postcode to a region, and one account.

Same paths, fields and paging as the real one; every region has the same prices here. Tomorrow's half-hours appear at
16:00 UK time and reach to 23:00 UK time; the newest comes first.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, override

from aiohttp import web

from demo import prices
from demo.faces import octopus_account as own
from demo.faces import octopus_graphql
from demo.faces._http import HttpFace, json_body

AGILE, OUTGOING = "AGILE-24-10-01", "AGILE-OUTGOING-19-05-13"
REGIONS = "ABCDEFGHJKLMNP"
STANDING_P_A_DAY = 47.85
# First letters of postcodes and the region they lie in: enough for a person to try; others are unknown here.
POSTCODES = {
    "SW": "C",
    "EC": "C",
    "N": "C",
    "M": "G",
    "B": "E",
    "CB": "A",
    "G": "N",
    "EH": "N",
    "CF": "K",
    "BS": "L",
}
STARTED = datetime(2024, 10, 1, tzinfo=UTC)
PRODUCTS = {
    AGILE: ("Agile Octopus", "Agile Octopus October 2024 v1", "IMPORT", "2024-10-01T00:00:00+01:00"),
    OUTGOING: ("Agile Outgoing Octopus", "Agile Outgoing Octopus May 2019", "EXPORT", "2018-01-01T00:00:00Z"),
}
MOST_A_PAGE = 1500


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _not_found() -> web.Response:
    return web.json_response({"detail": "Not found."}, status=404)


def _unauthorized() -> web.Response:
    return web.json_response({"detail": "Authentication credentials were not provided."}, status=401)


def _bad_period() -> web.Response:
    return web.json_response({"period_from": ["Enter a valid date/time."]}, status=400)


class OctopusFace(HttpFace):
    """REST; public but for what belongs to the account."""

    @override
    def routes(self) -> list[web.RouteDef]:
        tariff = "/v1/products/{product}/electricity-tariffs/{tariff}"
        return [
            web.get("/v1/products/", self._products),
            web.get("/v1/products/{product}/", self._product),
            web.get(tariff + "/standard-unit-rates/", self._unit_rates),
            web.get(tariff + "/standing-charges/", self._standing_charges),
            web.get("/v1/industry/grid-supply-points/", self._regions),
            web.get("/v1/accounts/{account}/", self._account),
            web.get("/v1/electricity-meter-points/{mpan}/", self._meter_point),
            web.get("/v1/electricity-meter-points/{mpan}/meters/{serial}/consumption/", self._consumption),
            web.post("/v1/graphql/", self._graphql),
            # The real one redirects a path without its slash.
            web.get("/v1/{rest:.*[^/]}", self._add_slash),
        ]

    @override
    def empty(self, request: web.Request) -> web.Response:
        if request.path.endswith("/graphql/"):
            return web.json_response({"data": {}})
        if "account" in request.match_info:
            return web.json_response({"number": own.ACCOUNT, "properties": []})
        return web.json_response({"count": 0, "next": None, "previous": None, "results": []})

    async def _add_slash(self, request: web.Request) -> web.Response:
        location = request.rel_url.with_path(request.path + "/").with_query(request.rel_url.query)
        return web.Response(status=301, headers={"Location": str(location)})

    def _summary(self, code: str) -> dict[str, Any]:
        name, full_name, direction, available_from = PRODUCTS[code]
        return {
            "code": code,
            "direction": direction,
            "full_name": full_name,
            "display_name": name,
            "description": "Half-hourly prices of the virtual home.",
            "is_variable": True,
            "is_green": True,
            "is_tracker": False,
            "is_prepay": False,
            "is_business": False,
            "is_restricted": False,
            "term": 12 if direction == "IMPORT" else None,
            "available_from": available_from,
            "available_to": None,
            "links": [{"href": f"{self.url}/v1/products/{code}/", "method": "GET", "rel": "self"}],
            "brand": "OCTOPUS_ENERGY",
        }

    async def _products(self, request: web.Request) -> web.Response:
        return self._page(request, [self._summary(code) for code in PRODUCTS])

    async def _product(self, request: web.Request) -> web.Response:
        code = request.match_info["product"]
        if code not in PRODUCTS:
            return _not_found()
        tariffs = {
            f"_{region}": {
                "direct_debit_monthly": {
                    "code": f"E-1R-{code}-{region}",
                    "standing_charge_exc_vat": self._standing(code)[0],
                    "standing_charge_inc_vat": self._standing(code)[1],
                    "online_discount_exc_vat": 0,
                    "online_discount_inc_vat": 0,
                    "dual_fuel_discount_exc_vat": 0,
                    "dual_fuel_discount_inc_vat": 0,
                    "exit_fees_exc_vat": 0,
                    "exit_fees_inc_vat": 0,
                    "exit_fees_type": "NONE",
                    "links": [
                        {
                            "href": f"{self.url}/v1/products/{code}/electricity-tariffs/E-1R-{code}-{region}/{kind}/",
                            "method": "GET",
                            "rel": rel,
                        }
                        for kind, rel in (
                            ("standing-charges", "standing_charges"),
                            ("standard-unit-rates", "standard_unit_rates"),
                        )
                    ],
                }
            }
            for region in REGIONS
        }
        summary = self._summary(code)
        del summary["direction"], summary["links"]
        return web.json_response(
            {
                "tariffs_active_at": _iso(self.world.clock.now()),
                **summary,
                "single_register_electricity_tariffs": tariffs,
                "dual_register_electricity_tariffs": {},
                "single_register_gas_tariffs": {},
                "sample_quotes": {},
                "sample_consumption": {},
                "links": [{"href": f"{self.url}/v1/products/{code}/", "method": "GET", "rel": "self"}],
            }
        )

    @staticmethod
    def _standing(code: str) -> tuple[float, float]:
        if code == OUTGOING:
            return 0.0, 0.0
        return STANDING_P_A_DAY, round(STANDING_P_A_DAY * (1 + prices.VAT), 4)

    @staticmethod
    def _knows(request: web.Request) -> str | None:
        code, tariff = request.match_info["product"], request.match_info["tariff"]
        known = code in PRODUCTS and tariff in {f"E-1R-{code}-{region}" for region in REGIONS}
        return code if known else None

    async def _unit_rates(self, request: web.Request) -> web.Response:
        code = self._knows(request)
        if code is None:
            return _not_found()
        period = _period(request)
        if period is None:
            return _bad_period()
        start, end = period
        first = int(start.timestamp() // prices.HALF_HOUR_S)
        until = min(end, prices.published_until(self.world.clock.now()))
        last = -int(-until.timestamp() // prices.HALF_HOUR_S)
        rate: Callable[[int], prices.Rate] = prices.import_rate if code == AGILE else prices.export_rate
        return self._page(request, range(last - 1, first - 1, -1), lambda slot: _rate_row(rate(slot)))

    async def _standing_charges(self, request: web.Request) -> web.Response:
        code = self._knows(request)
        if code is None:
            return _not_found()
        exc_vat, inc_vat = self._standing(code)
        row = {
            "value_exc_vat": exc_vat,
            "value_inc_vat": inc_vat,
            "valid_from": _iso(STARTED),
            "valid_to": None,
            "payment_method": None,
        }
        return self._page(request, [row])

    async def _regions(self, request: web.Request) -> web.Response:
        postcode = request.query.get("postcode", "").strip().upper()
        letters = "".join(char for char in postcode[:2] if char.isalpha())
        found = [f"_{POSTCODES[letters]}"] if letters in POSTCODES else []
        if not postcode:
            found = [f"_{region}" for region in REGIONS]
        return self._page(request, [{"group_id": group} for group in found])

    async def _account(self, request: web.Request) -> web.Response:
        if not own.may(request):
            return _unauthorized()
        if request.match_info["account"] != own.ACCOUNT:
            return _not_found()
        products = {direction: code for code, (_, _, direction, _) in PRODUCTS.items()}
        return web.json_response(own.account(products, _iso(STARTED)))

    async def _meter_point(self, request: web.Request) -> web.Response:
        mpan = request.match_info["mpan"]
        if mpan not in own.MPANS:
            return _not_found()
        return web.json_response({"gsp": f"_{own.REGION}", "mpan": mpan, "profile_class": 1})

    async def _consumption(self, request: web.Request) -> web.Response:
        if not own.may(request):
            return _unauthorized()
        direction, period = own.MPANS.get(request.match_info["mpan"]), _period(request)
        if direction is None or request.match_info["serial"] != own.SERIAL:
            return _not_found()
        if period is None:
            return _bad_period()
        oldest_first = request.query.get("order_by") == "period"
        slots = own.counted_slots(self.world.clock.now(), *period, oldest_first=oldest_first)
        return self._page(request, slots, lambda slot: own.counted_row(slot, direction))

    async def _graphql(self, request: web.Request) -> web.Response:
        body = await json_body(request) or {}
        token = request.headers.get("Authorization")
        return web.json_response(octopus_graphql.answer(body, token, self.world.clock.now()))

    def _page(
        self, request: web.Request, rows: Any, make: Callable[[Any], dict[str, Any]] = lambda row: row
    ) -> web.Response:
        """Return one page of `rows`, each made only if it is on it."""
        try:
            size = min(max(int(request.query.get("page_size", 100)), 1), MOST_A_PAGE)
            page = int(request.query.get("page", 1))
        except ValueError:
            return _not_found()
        if page < 1 or (page > 1 and (page - 1) * size >= len(rows)):
            return web.json_response({"detail": "Invalid page."}, status=404)

        def link(number: int) -> str:
            return f"{self.url}{request.rel_url.update_query(page=number)}"

        return web.json_response(
            {
                "count": len(rows),
                "next": link(page + 1) if page * size < len(rows) else None,
                "previous": link(page - 1) if page > 1 else None,
                "results": [make(row) for row in rows[(page - 1) * size : page * size]],
            }
        )


def _rate_row(rate: prices.Rate) -> dict[str, Any]:
    return {
        "value_exc_vat": rate.exc_vat,
        "value_inc_vat": rate.inc_vat,
        "valid_from": _iso(rate.start),
        "valid_to": _iso(rate.start + timedelta(seconds=prices.HALF_HOUR_S)),
        "payment_method": None,
    }


def _period(request: web.Request) -> tuple[datetime, datetime] | None:
    """Return the query's period, or None when it cannot be read."""
    try:
        start = _moment(request.query.get("period_from"), STARTED)
        end = _moment(request.query.get("period_to"), datetime.max.replace(tzinfo=UTC))
    except ValueError:
        return None
    return max(start, STARTED), end


def _moment(text: str | None, default: datetime) -> datetime:
    """Return a query's time; without a zone it is UK time, as the real API takes it."""
    if not text:
        return default
    moment = datetime.fromisoformat(text.replace(" ", "+"))
    return moment if moment.tzinfo else moment.replace(tzinfo=prices.UK)
