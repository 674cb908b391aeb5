"""The registry of forecast kinds."""

from typing import Final

from ..model.errors import InputError
from . import energy_platform, open_meteo, quartz, weather_entity, weather_open_meteo
from ._absence import STILL_AWAY, People
from ._base import Forecaster, ForecastKind, Subject
from ._blended import BlendedSolar
from ._corrected import CorrectedSolar
from ._load import Band, forecast_load
from ._price_extension import expected_prices, extend_prices
from ._record import Record, wall_clock
from ._solar_correction import Correction

__all__ = [
    "FORECASTS",
    "STILL_AWAY",
    "Band",
    "BlendedSolar",
    "CorrectedSolar",
    "Correction",
    "ForecastKind",
    "Forecaster",
    "People",
    "Record",
    "Subject",
    "expected_prices",
    "extend_prices",
    "forecast_kind",
    "forecast_load",
    "wall_clock",
]

FORECASTS: Final[tuple[ForecastKind, ...]] = (
    open_meteo.KIND,
    quartz.KIND,
    energy_platform.KIND,
    weather_open_meteo.KIND,
    weather_entity.KIND,
)


def forecast_kind(key: str) -> ForecastKind:
    """The kind of that key. Raises InputError when there is none."""
    for kind in FORECASTS:
        if kind.key == key:
            return kind
    raise InputError("kind", f"{key!r} is not a forecast")
