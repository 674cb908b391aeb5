"""Solar power from Open-Meteo's irradiance on up to three planes of panels that share an inverter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from ..model.errors import BadData, InputError
from ..model.options import Option, OptionType
from ..model.ports import Ports
from ..model.series import FloatArray, Forecast, Quality, Series
from ._base import ForecastKind, Subject
from ._open_meteo import SERVICE, STEP, URL, URL_OPTION, ask
from ._planes import INVERTER_OPTION, PLANE_OPTIONS, read_planes
from ._pv import Array, Plane, band
from ._spans import within
from ._sun import clear_sky_w_m2, sun_position

SUN = ("shortwave_radiation", "temperature_2m", "wind_speed_10m")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMeteoSolar:
    """AC power of `planes` in kW, by quarter of an hour."""

    ports: Ports
    planes: tuple[Plane, ...]
    array: Array
    url: str = URL

    @property
    def refresh_s(self) -> float:
        """The models behind it are renewed every one to six hours."""
        return 3600.0

    async def forecast(self, start: datetime, end: datetime) -> Forecast:
        """Power with a band for [start, end). Raises SourceError."""
        total: dict[str, FloatArray] = {}
        for plane in self.planes:
            # The API's azimuth: 0 = south, −90 = east.
            extra = {"tilt": f"{plane.tilt:g}", "azimuth": f"{plane.azimuth - 180:g}"}
            weather = await ask(self.ports, self.url, ("global_tilted_irradiance", *SUN), start, end, extra)
            light = weather.values["global_tilted_irradiance"]
            air, wind = weather.values["temperature_2m"], weather.values["wind_speed_10m"]
            middles = [label - STEP / 2 for label in weather.labels]
            elevation, _ = sun_position(middles, self.ports.latitude, self.ports.longitude)
            low, high = band(weather.values["shortwave_radiation"], clear_sky_w_m2(elevation))
            power = self.array.dc_kw(plane, light, air, wind)
            for name, factor in (("mid", np.ones(len(power))), ("low", low), ("high", high)):
                total[name] = total.get(name, np.zeros(len(power))) + power * factor
        first, issued = weather.labels[0] - STEP, self.ports.clock.now()

        def series(name: str) -> Series:
            values = self.array.ac_kw(total[name])
            return within(
                Series.regular(first, 15, values, Quality.FORECAST, "open_meteo", issued), start, end
            )

        mid = series("mid")
        if not mid.spans:
            raise BadData("Open-Meteo: no irradiance for these days", service=SERVICE)
        return Forecast(mid, series("low"), series("high"))


def _build(options: Mapping[str, Any], ports: Ports) -> OpenMeteoSolar:
    planes = read_planes(options)
    if not planes:
        raise InputError("kwp", "is required")
    array = Array(
        losses=options["losses"] / 100,
        temperature_coefficient=options["temperature_coefficient"] / 100,
        inverter_kw=options.get("inverter_kw"),
    )
    return OpenMeteoSolar(ports=ports, planes=planes, array=array, url=options["url"])


async def _check(options: Mapping[str, Any], ports: Ports) -> Mapping[str, Any]:
    """See that the service answers for this place."""
    now = ports.clock.now()
    await _build(options, ports).forecast(now, now + STEP)
    return {}


KIND = ForecastKind(
    key="open_meteo",
    subject=Subject.SOLAR,
    options=(
        *PLANE_OPTIONS,
        INVERTER_OPTION,
        Option(
            key="losses",
            type=OptionType.NUMBER,
            default=14.0,
            minimum=0.0,
            maximum=60.0,
            step=1.0,
            unit="%",
            advanced=True,
        ),
        Option(
            key="temperature_coefficient",
            type=OptionType.NUMBER,
            default=-0.35,
            minimum=-1.0,
            maximum=0.0,
            step=0.01,
            unit="%/K",
            advanced=True,
        ),
        URL_OPTION,
    ),
    build=_build,
    check=_check,
)
