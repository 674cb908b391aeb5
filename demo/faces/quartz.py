"""The face of Quartz Solar's hosted model: 48 hours of PV power of one plane, by quarter of an hour.

Whatever place is asked for, the sky is the virtual home's forecast (`demo.weather`). As the real one: UTC without an
offset, from the second it was asked on.
"""

from datetime import UTC, timedelta
from typing import override

from aiohttp import web

from demo import weather
from demo.faces._http import ForecastFace, json_body
from demo.faults import Fault
from demo.sun import on_plane

QUARTERS = 48 * 4
SOUTH = 180.0


class QuartzFace(ForecastFace):
    """`/forecast/`, no key."""

    @override
    def routes(self) -> list[web.RouteDef]:
        return [web.post("/forecast/", self._forecast)]

    @override
    def empty(self, request: web.Request) -> web.Response:
        return self._predict({})

    async def _forecast(self, request: web.Request) -> web.Response:
        site = (await json_body(request) or {}).get("site")
        if not isinstance(site, dict):
            site = {}
        for name in ("latitude", "longitude", "capacity_kwp"):
            if not isinstance(site.get(name), (int, float)):
                row = {"type": "missing", "loc": ["body", "site", name], "msg": "Field required"}
                return web.json_response({"detail": [row]}, status=422)
        kwp, tilt = float(site["capacity_kwp"]), float(site.get("tilt", 35))
        azimuth = float(site.get("orientation", SOUTH)) - SOUTH
        now = self.world.clock.now().astimezone(UTC).replace(tzinfo=None)
        times = [now + timedelta(minutes=15 * n) for n in range(QUARTERS)]
        power = [self._kw(at.replace(tzinfo=UTC).timestamp(), kwp, tilt, azimuth) for at in times]
        return self._predict({at.isoformat(): kw for at, kw in zip(times, power, strict=True)})

    def _kw(self, at: float, kwp: float, tilt: float, azimuth: float) -> float:
        """Return the AC power half-way through the quarter of an hour that `at` lies in."""
        if Fault.ZERO in self.faults:
            return 0.0
        sun, sky, _ = weather.light(at // 900 * 900 + 450, self.world.clock.now().timestamp(), self.seed)
        watts = on_plane(sun, sky, tilt, azimuth) * kwp * weather.ARRAY.performance
        return round(max(watts, 0.0) / 1000, 4)

    def _predict(self, power_kw: dict[str, float]) -> web.Response:
        stamp = f"{self.world.clock.now().astimezone(UTC):%Y-%m-%d %H:%M:%S}"
        return web.json_response({"timestamp": stamp, "predictions": {"power_kw": power_kw}})
