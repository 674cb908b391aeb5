"""Where the sun stands and what a clear or cloudy sky puts on a plane. Angles in degrees, irradiance in W/m².

Position by the usual low-precision formulas (Spencer's series), clear sky by Haurwitz, diffuse share by Erbs,
transposition isotropic with a ground albedo of 0.2. Azimuth as Open-Meteo counts: 0 south, -90 east, 90 west.
"""

import math
from dataclasses import dataclass

ALBEDO = 0.2
SOLAR_CONSTANT = 1361.0


@dataclass(frozen=True, slots=True)
class Sun:
    """The sun seen from one place at one time: sine of its height, its azimuth, the radiation above the air."""

    sin_height: float
    azimuth: float
    extraterrestrial: float


@dataclass(frozen=True, slots=True)
class Sky:
    """Irradiance in W/m²: global and diffuse horizontal, direct normal."""

    ghi: float
    dhi: float
    dni: float


def sun_at(epoch: float, latitude: float, longitude: float) -> Sun:
    """Return the sun's position at Unix second `epoch`."""
    days = epoch / 86_400
    year_angle = 2 * math.pi * ((days - 10_957.0) % 365.25) / 365.25
    declination = (
        0.006918
        - 0.399912 * math.cos(year_angle)
        + 0.070257 * math.sin(year_angle)
        - 0.006758 * math.cos(2 * year_angle)
        + 0.000907 * math.sin(2 * year_angle)
    )
    equation_min = 229.18 * (
        0.000075
        + 0.001868 * math.cos(year_angle)
        - 0.032077 * math.sin(year_angle)
        - 0.014615 * math.cos(2 * year_angle)
        - 0.040849 * math.sin(2 * year_angle)
    )
    solar_minutes = (days % 1.0) * 1440 + equation_min + 4 * longitude
    hour_angle = math.radians(solar_minutes / 4 - 180)
    lat = math.radians(latitude)
    sin_height = math.sin(lat) * math.sin(declination) + math.cos(lat) * math.cos(declination) * math.cos(
        hour_angle
    )
    azimuth = math.degrees(
        math.atan2(
            math.sin(hour_angle),
            math.cos(hour_angle) * math.sin(lat) - math.tan(declination) * math.cos(lat),
        )
    )
    return Sun(sin_height, azimuth, SOLAR_CONSTANT * (1 + 0.033 * math.cos(year_angle)))


def sky(sun: Sun, clearness: float) -> Sky:
    """Return the irradiance under a sky that lets `clearness` (0 to about 1.1) of a clear one's through."""
    if sun.sin_height <= 0.005:
        return Sky(0.0, 0.0, 0.0)
    clear = 1098 * sun.sin_height * math.exp(-0.057 / sun.sin_height)
    ghi = clear * clearness
    kt = min(1.0, ghi / (sun.extraterrestrial * sun.sin_height))
    if kt <= 0.22:
        share = 1 - 0.09 * kt
    elif kt <= 0.8:
        share = 0.9511 - 0.1604 * kt + 4.388 * kt**2 - 16.638 * kt**3 + 12.336 * kt**4
    else:
        share = 0.165
    dhi = ghi * share
    return Sky(ghi, dhi, min((ghi - dhi) / max(sun.sin_height, 0.05), sun.extraterrestrial))


def on_plane(sun: Sun, light: Sky, tilt: float, azimuth: float) -> float:
    """Return the global irradiance on a plane tilted by `tilt` towards `azimuth`."""
    slope, turn = math.radians(tilt), math.radians(sun.azimuth - azimuth)
    cos_height = math.sqrt(max(0.0, 1 - sun.sin_height**2))
    incidence = sun.sin_height * math.cos(slope) + cos_height * math.sin(slope) * math.cos(turn)
    beam = light.dni * max(0.0, incidence) if sun.sin_height > 0 else 0.0
    return beam + light.dhi * (1 + math.cos(slope)) / 2 + light.ghi * ALBEDO * (1 - math.cos(slope)) / 2
