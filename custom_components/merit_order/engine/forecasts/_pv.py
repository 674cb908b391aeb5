"""From sunlight on the panels to power at the inverter's AC side.

Model: DC = kWp · G/1000 · (1 + γ·(T_cell − 25 °C)) · (1 − losses); T_cell = T_air + G / (u0 + u1·wind)
(Faiman 2008, the coefficients of IEC 61853 for a free-standing glass module); AC = η · DC, cut at the
inverter's limit. Losses are those of PVWatts v5 (soiling, shading, mismatch, wiring, …: 14 %), η = 0.96 its
nominal inverter efficiency.

The band: irradiance forecasts are wrong by an amount that depends on how cloudy it is: small under a clear
sky, larger when clouds come and go (Lorenz et al. 2009). The error's standard deviation, as a share of the
clear sky, is taken as σ = 0.06 + 0.6·k·(1 − k) with k the clearness (share of the clear sky's irradiance), up
to 0.21 at k = ½; low and high are 1.28 σ away (10 % and 90 %). It is a start: what is learned from the site's
own output replaces it.
"""

from dataclasses import dataclass

import numpy as np

from ..model.series import FloatArray

FAIMAN_U0 = 25.0
FAIMAN_U1 = 6.84
INVERTER_EFFICIENCY = 0.96
STANDARD_TEMPERATURE_C = 25.0
SIGMA_CLEAR = 0.06
SIGMA_CLOUDS = 0.6
QUANTILE_90 = 1.2816


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Panels of one direction. `tilt` 0 = flat, 90 = a wall; `azimuth` 0 = north, 90 = east, 180 = south;
    degrees.
    """

    kwp: float
    tilt: float
    azimuth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """All that shares an inverter. Shares, not percent; `temperature_coefficient` per kelvin (negative)."""

    losses: float = 0.14
    temperature_coefficient: float = -0.0035
    inverter_kw: float | None = None

    def dc_kw(
        self, plane: Plane, irradiance: FloatArray, air_c: FloatArray, wind_m_s: FloatArray
    ) -> FloatArray:
        """DC power of one plane; `irradiance` on the plane in W/m². All of shape (n,); NaN where an input is."""
        light = np.maximum(irradiance, 0.0)
        cell_c = air_c + light / (FAIMAN_U0 + FAIMAN_U1 * wind_m_s)
        warmth = 1 + self.temperature_coefficient * (cell_c - STANDARD_TEMPERATURE_C)
        power: FloatArray = plane.kwp * light / 1000 * np.maximum(warmth, 0.0) * (1 - self.losses)
        return power

    def ac_kw(self, dc_kw: FloatArray) -> FloatArray:
        """AC power of the planes' summed DC power, cut at the inverter's limit."""
        ac = INVERTER_EFFICIENCY * dc_kw
        return ac if self.inverter_kw is None else np.minimum(ac, self.inverter_kw)


def band(horizontal: FloatArray, clear_sky: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Factors on the power for the low and the high forecast, from global horizontal W/m², shape (n,).

    The high one is never above a clear sky (but for what the forecast itself says), the low one never below
    zero.
    """
    k = np.clip(horizontal / np.maximum(clear_sky, 1.0), 0.02, 1.0)
    sigma = SIGMA_CLEAR + SIGMA_CLOUDS * k * (1 - k)
    low = np.maximum(k - QUANTILE_90 * sigma, 0.0) / k
    high = np.minimum(k + QUANTILE_90 * sigma, 1.05) / k
    return low, high
