"""The face of Amber's API (Australia): the site, its prices and its usage, in c/kWh with GST.

As the real one: a start is one second late, feed-in prices are negative when the home earns, dates are NEM time
(UTC+10 all year), at most seven days of usage in one answer. Its forecasts always come true here.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, override

from aiohttp import web

from demo.faces._http import HttpFace
from demo.past import counted_kwh
from demo.prices import HALF_HOUR_S, australian_cents

TOKEN, SITE = "psk_of_the_virtual_home", "01VIRTUALHOME"
NEM = timezone(timedelta(hours=10))
CHANNELS = {"general": "E1", "feedIn": "B1"}
MOST_INTERVALS, MOST_DAYS = 2048, 7
POTENTIAL_CENTS, SPIKE_CENTS = 60.0, 100.0


def _refused(status: int, why: str) -> web.Response:
    return web.json_response({"message": why}, status=status)


class AmberFace(HttpFace):
    """REST with a bearer token."""

    @override
    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/sites", self._sites),
            web.get("/v1/sites/{site}/prices/current", self._current),
            web.get("/v1/sites/{site}/usage", self._usage),
        ]

    @override
    def empty(self, request: web.Request) -> web.Response:
        return web.json_response([])

    def _wrong(self, request: web.Request) -> web.Response | None:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _refused(401, "Unauthorized")
        if request.match_info.get("site", SITE) != SITE:
            return _refused(404, "Site not found")
        return None

    async def _sites(self, request: web.Request) -> web.Response:
        channels = [
            {"identifier": identifier, "type": kind, "tariff": "A100"}
            for kind, identifier in CHANNELS.items()
        ]
        site = {
            "id": SITE,
            "nmi": "3052282872",
            "channels": channels,
            "network": "Jemena",
            "status": "active",
            "activeFrom": "2024-02-29",
            "intervalLength": 30,
        }
        return self._wrong(request) or web.json_response([site])

    async def _current(self, request: web.Request) -> web.Response:
        if wrong := self._wrong(request):
            return wrong
        try:
            minutes = int(request.query.get("resolution", 30))
            before, after = (int(request.query.get(name, 0)) for name in ("previous", "next"))
        except ValueError:
            return _refused(400, "Bad request")
        if minutes not in (5, 30) or not 0 <= before + after <= MOST_INTERVALS:
            return _refused(400, "Bad request")
        now, step = self.world.clock.now().timestamp(), minutes * 60
        running = int(now // step) * step
        rows = []
        for start in range(running - before * step, running + (after + 1) * step, step):
            kind = "Actual" if start < running else "Current" if start == running else "Forecast"
            rows += [_interval(f"{kind}Interval", start, minutes, channel) for channel in CHANNELS]
        return web.json_response(rows)

    async def _usage(self, request: web.Request) -> web.Response:
        if wrong := self._wrong(request):
            return wrong
        try:
            first, last = (date.fromisoformat(request.query[name]) for name in ("startDate", "endDate"))
        except KeyError, ValueError:
            return _refused(400, "Bad request")
        if not 0 <= (last - first).days < MOST_DAYS:
            return _refused(400, "Bad request")
        today = self.world.clock.now().astimezone(NEM).date()
        start, end = (
            int(datetime(day.year, day.month, day.day, tzinfo=NEM).timestamp())
            for day in (first, min(last + timedelta(days=1), today))
        )
        rows = [
            _interval("Usage", at, 30, channel)
            | {"channelIdentifier": CHANNELS[channel], "kwh": kwh, "quality": "billable"}
            for at in range(start, end, HALF_HOUR_S)
            for channel, kwh in zip(CHANNELS, counted_kwh(at // HALF_HOUR_S), strict=True)
        ]
        return web.json_response([row | {"cost": round(row["kwh"] * row["perKwh"], 4)} for row in rows])


def _interval(kind: str, start: int, minutes: int, channel: str) -> dict[str, Any]:
    begin = datetime.fromtimestamp(start, UTC)
    end = begin + timedelta(minutes=minutes)
    spot, paid = australian_cents(begin)
    spike = "spike" if paid >= SPIKE_CENTS else "potential" if paid >= POTENTIAL_CENTS else "none"
    return {
        "type": kind,
        "date": begin.astimezone(NEM).date().isoformat(),
        "duration": minutes,
        "startTime": f"{begin + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}",
        "endTime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        "nemTime": end.astimezone(NEM).isoformat(),
        "perKwh": paid if channel == "general" else -spot,
        "spotPerKwh": spot,
        "renewables": 40.0,
        "channelType": channel,
        "spikeStatus": spike,
        "descriptor": "spike" if spike == "spike" else "neutral",
    }
