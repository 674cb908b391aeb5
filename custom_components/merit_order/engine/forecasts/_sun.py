"""Where the sun stands, and how bright a cloudless sky is.

Position by the low-precision formulas of the Astronomical Almanac (0.01° until 2050, as in Michalsky 1988);
clear sky by Haurwitz (1945), which needs nothing but the elevation.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from ..model.series import FloatArray

J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)


def sun_position(
    times: Sequence[datetime], latitude: float, longitude: float
) -> tuple[FloatArray, FloatArray]:
    """Elevation above the horizon and azimuth (0 = north, 90 = east), both in degrees, shape (n,); no
    refraction.
    """
    days = np.array([(at - J2000).total_seconds() / 86400 for at in times])
    mean_longitude = 280.460 + 0.9856474 * days
    anomaly = np.radians(357.528 + 0.9856003 * days)
    ecliptic = np.radians(mean_longitude + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    tilt = np.radians(23.439 - 4e-7 * days)
    right_ascension = np.arctan2(np.cos(tilt) * np.sin(ecliptic), np.cos(ecliptic))
    declination = np.arcsin(np.sin(tilt) * np.sin(ecliptic))
    hours_ut = (days % 1.0) * 24 + 12
    sidereal_hours = 6.697375 + 0.0657098242 * days + hours_ut
    hour_angle = np.radians(sidereal_hours * 15 + longitude) - right_ascension
    phi = np.radians(latitude)
    sin_elevation = np.sin(declination) * np.sin(phi) + np.cos(declination) * np.cos(phi) * np.cos(hour_angle)
    elevation = np.arcsin(np.clip(sin_elevation, -1, 1))
    azimuth = np.arctan2(
        -np.cos(declination) * np.sin(hour_angle),
        np.sin(declination) * np.cos(phi) - np.cos(declination) * np.sin(phi) * np.cos(hour_angle),
    )
    return np.degrees(elevation), np.degrees(azimuth) % 360


def clear_sky_w_m2(elevation_deg: FloatArray) -> FloatArray:
    """Global horizontal irradiance under a cloudless sky, in W/m², shape (n,)."""
    sine = np.sin(np.radians(np.maximum(elevation_deg, 0.0)))
    clear: FloatArray = 1098 * sine * np.exp(-0.059 / np.maximum(sine, 1e-3))
    return clear
