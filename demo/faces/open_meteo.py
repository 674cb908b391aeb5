"""The face of Open-Meteo's forecast API: hourly and 15-minutely variables of one place.

Whatever coordinates are asked for, the weather is the virtual home's: synthetic, see `demo.weather`. Radiation is the
mean of the preceding interval, as the real API gives it; temperature and cloud cover are of the moment.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, override
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web

from demo import weather
from demo.faces._http import ForecastFace
from demo.faults import Fault
from demo.sun import Sky, Sun, on_plane

Light = Callable[[Sun, Sky, float, float], float]

# Means over the interval that ends at the time given; the last two arguments are tilt and azimuth.
RADIATION: dict[str, Light] = {
    "shortwave_radiation": lambda sun, sky, tilt, azimuth: sky.ghi,
    "direct_radiation": lambda sun, sky, tilt, azimuth: sky.ghi - sky.dhi,
    "diffuse_radiation": lambda sun, sky, tilt, azimuth: sky.dhi,
    "direct_normal_irradiance": lambda sun, sky, tilt, azimuth: sky.dni,
    "global_tilted_irradiance": on_plane,
}
UNITS = {
    **dict.fromkeys(RADIATION, "W/m²"),
    **{f"{name}_instant": "W/m²" for name in RADIATION},
    "temperature_2m": "°C",
    "cloud_cover": "%",
    "wind_speed_10m": "km/h",
}
# The virtual home's weather has no wind of its own: a steady breeze.
WIND_KM_H = 10.8
STEPS = {"hourly": 3600, "minutely_15": 900}
# A model run is out about this long after the hour it starts from.
RUN_EVERY_S = 3600


class Refused(Exception):
    """The request cannot be answered; the text says why."""


def _number(query: Any, name: str, default: float | None, least: float, most: float) -> float:
    text = query.get(name)
    if text is None:
        if default is None:
            raise Refused(f"Value of type 'String' required for key '{name}'.")
        return default
    try:
        value = float(text)
    except ValueError as err:
        raise Refused(f"Cannot read '{text}' for key '{name}'.") from err
    if not least <= value <= most:
        raise Refused(
            f"Parameter '{name}' is out of allowed range from {least:g} to {most:g}. Given {value:g}."
        )
    return value


def _zone(query: Any) -> tzinfo:
    name = query.get("timezone", "GMT")
    try:
        return ZoneInfo("Europe/Paris" if name == "auto" else name)
    except (ZoneInfoNotFoundError, ValueError) as err:
        raise Refused("Invalid timezone") from err


class OpenMeteoFace(ForecastFace):
    """`/v1/forecast`, no key."""

    @override
    def routes(self) -> list[web.RouteDef]:
        return [web.get("/v1/forecast", self._forecast)]

    async def _forecast(self, request: web.Request) -> web.Response:
        try:
            return web.json_response(self._answer(request.query))
        except Refused as refused:
            return web.json_response({"error": True, "reason": str(refused)}, status=400)

    def _answer(self, query: Any) -> dict[str, Any]:
        latitude = _number(query, "latitude", None, -90, 90)
        longitude = _number(query, "longitude", None, -180, 180)
        zone = _zone(query)
        now = self.world.clock.now()
        midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        first = midnight - timedelta(days=int(_number(query, "past_days", 0, 0, 92)))
        last = midnight + timedelta(days=int(_number(query, "forecast_days", 7, 0, 16)))
        offset = midnight.utcoffset() or timedelta(0)
        answer: dict[str, Any] = {
            "latitude": round(latitude * 16) / 16,
            "longitude": round(longitude * 16) / 16,
            "generationtime_ms": 0.1,
            "utc_offset_seconds": int(offset.total_seconds()),
            "timezone": str(zone),
            "timezone_abbreviation": midnight.tzname(),
            "elevation": 120.0,
        }
        for block, step in STEPS.items():
            names = [name for part in query.getall(block, []) for name in part.split(",") if name]
            if names:
                # The whole answer uses one UTC offset, across a change of the clock too.
                times = range(
                    int(first.timestamp()), int((last - offset).replace(tzinfo=UTC).timestamp()), step
                )
                answer |= self._block(block, step, names, times, offset, query)
        return answer

    def _block(
        self, block: str, step: int, names: list[str], times: range, offset: timedelta, query: Any
    ) -> dict[str, Any]:
        unknown = next((name for name in names if name not in UNITS), None)
        if unknown:
            raise Refused(
                f"Cannot initialize ForecastVariable from invalid String value {unknown} for key {block}"
            )
        tilt = _number(query, "tilt", 0, 0, 90)
        azimuth = _number(query, "azimuth", 0, -180, 180)
        unix = query.get("timeformat", "iso8601") == "unixtime"
        columns = {name: self._column(name, step, times, tilt, azimuth) for name in names}
        stamps = [
            time if unix else f"{datetime.fromtimestamp(time, UTC) + offset:%Y-%m-%dT%H:%M}" for time in times
        ]
        units = UNITS | ({"wind_speed_10m": "m/s"} if query.get("wind_speed_unit") == "ms" else {})
        if units["wind_speed_10m"] == "m/s" and "wind_speed_10m" in columns:
            columns["wind_speed_10m"] = [round(WIND_KM_H / 3.6, 2) for _ in times]
        return {
            f"{block}_units": {
                "time": "unixtime" if unix else "iso8601",
                **{name: units[name] for name in names},
            },
            block: {"time": stamps, **columns},
        }

    def _column(self, name: str, step: int, times: range, tilt: float, azimuth: float) -> list[float | int]:
        issued = self.world.clock.now().timestamp() // RUN_EVERY_S * RUN_EVERY_S
        if name == "temperature_2m":
            return [round(weather.temperature_c(time, issued, self.seed), 1) for time in times]
        if name == "wind_speed_10m":
            return [WIND_KM_H for _ in times]
        if name == "cloud_cover":
            clear = (weather.forecast_clearness(time, issued, self.seed) for time in times)
            return [round(100 * min(1.0, max(0.0, (1.0 - each) / 0.75))) for each in clear]
        if Fault.ZERO in self.faults:
            return [0.0 for _ in times]
        of = RADIATION[name.removesuffix("_instant")]

        def at(time: float) -> float:
            sun, sky, _ = weather.light(time, issued, self.seed)
            return of(sun, sky, tilt, azimuth)

        if name.endswith("_instant"):
            return [round(at(time), 1) for time in times]
        parts = [-step + 450 + 900 * n for n in range(step // 900)]
        return [round(sum(at(time + part) for part in parts) / len(parts), 1) for time in times]
