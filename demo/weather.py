"""Synthetic weather that belongs to the recorded PV, and a forecast of it with an honest error.

For every half-hour the sky's clearness is the one that makes the array of the virtual home yield the recorded power;
the irradiance of any other plane follows from it. The place, tilt and azimuth are not known of the recorded home: they
are the ones that fit its clear days best. Temperature is a seasonal and a daily wave. Nothing here was measured.

The forecast multiplies clearness by an error that is fixed for the hour it is for and grows with the lead time, so a
forecast converges to the truth as the hour comes near, and asking twice gives the same answer.
"""

import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from demo.series import SLOT_S, slot_means
from demo.sun import Sky, Sun, on_plane, sky, sun_at

QUARTER_S = 900
HOUR_S = 3600
MOST_CLEAR = 1.15


@dataclass(frozen=True, slots=True)
class Array:
    """The PV array of the virtual home. Degrees; azimuth 0 is south, east is negative."""

    latitude: float = 46.0
    longitude: float = 5.0
    tilt: float = 40.0
    azimuth: float = 15.0
    kwp: float = 4.5
    # W of AC per W/m² and kWp, over 1: inverter, cables, heat, dust.
    performance: float = 0.91


ARRAY = Array()


def _sun(epoch: float) -> Sun:
    return sun_at(epoch, ARRAY.latitude, ARRAY.longitude)


@lru_cache(maxsize=2_000)
def clearness(slot: int) -> float:
    """Return the share of clear-sky radiation in the half-hour `slot`, 0.03 to 1.15, from the recorded PV."""
    sun = _sun(slot * SLOT_S + SLOT_S / 2)
    wanted = slot_means(slot)[1] / (ARRAY.kwp * ARRAY.performance)
    if sun.sin_height <= 0.05:
        return 0.5
    low, high = 0.03, MOST_CLEAR
    for _ in range(20):
        middle = (low + high) / 2
        if on_plane(sun, sky(sun, middle), ARRAY.tilt, ARRAY.azimuth) < wanted:
            low = middle
        else:
            high = middle
    return (low + high) / 2


@lru_cache(maxsize=2_000)
def _node(seed: int, scale: float, number: int) -> float:
    return random.Random(f"{seed} {scale} {number}").gauss(0, 1)


def _wave(seed: int, index: float, scale: float) -> float:
    """Return smooth noise of about unit spread at `index`, with features `scale` long."""
    left, within = divmod(index / scale, 1.0)
    a, b = (_node(seed, scale, int(left) + n) for n in (0, 1))
    smooth = (1 - math.cos(math.pi * within)) / 2
    # Interpolation halves the variance half-way between the nodes; this undoes it.
    return (a * (1 - smooth) + b * smooth) / math.sqrt((1 - smooth) ** 2 + smooth**2)


def error_spread(lead_hours: float) -> float:
    """Return the relative spread of the forecast's error: 8 % for the next hour, about 30 % for the day after next."""
    return 0.0 if lead_hours <= 0 else min(0.35, 0.08 + 0.032 * math.sqrt(lead_hours))


def forecast_clearness(epoch: float, issued: float, seed: int) -> float:
    """Return the clearness that a forecast made at `issued` gives for `epoch`; for the past it is the truth."""
    true = clearness(int(epoch // SLOT_S))
    spread = error_spread((epoch - issued) / HOUR_S)
    if spread == 0.0:
        return true
    hour = epoch / HOUR_S
    noise = 0.8 * _wave(seed, hour, 24.0) + 0.6 * _wave(seed, hour, 3.0)
    return min(MOST_CLEAR, true * math.exp(spread * noise - spread**2 / 2))


def light(epoch: float, issued: float, seed: int) -> tuple[Sun, Sky, float]:
    """Return sun, forecast sky and clearness at `epoch`."""
    sun = _sun(epoch)
    clear = forecast_clearness(epoch, issued, seed)
    return sun, sky(sun, clear), clear


def temperature_c(epoch: float, issued: float, seed: int) -> float:
    """Return the forecast air temperature at `epoch`."""
    day = datetime.fromtimestamp(epoch, UTC).timetuple().tm_yday
    local_hour = (epoch / HOUR_S + ARRAY.longitude / 15) % 24
    season = 11.5 - 8.5 * math.cos(2 * math.pi * (day - 20) / 365.25)
    daily = 4.0 * math.cos(2 * math.pi * (local_hour - 15) / 24)
    weather = 3.0 * _wave(seed + 1, epoch / HOUR_S, 60.0)
    error = 4.0 * error_spread((epoch - issued) / HOUR_S) * _wave(seed + 2, epoch / HOUR_S, 18.0)
    return season + daily + weather + error
