"""The registry of forecast kinds."""

from typing import Final

from ..model.errors import InputError
from . import energy_platform, open_meteo, quartz, weather_entity, weather_open_meteo
from ._base import Forecaster, ForecastKind, Subject

__all__ = ["FORECASTS", "ForecastKind", "Forecaster", "Subject", "forecast_kind"]

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
