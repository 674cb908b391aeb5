"""The forecast contract: what the sun will give, what the home will use, how warm it will be, what will be
paid.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from ..model.options import Option
from ..model.ports import Ports
from ..model.series import Forecast


class Subject(StrEnum):
    """What a forecast is about; the unit of its values."""

    SOLAR = "solar"
    """kW, AC side"""
    LOAD = "load"
    """kW, without controlled assets"""
    TEMPERATURE = "temperature"
    """°C outdoors"""
    PRICE = "price"
    """currency/kWh beyond publication"""


class Forecaster(Protocol):
    """One source of one forecast."""

    @property
    def refresh_s(self) -> float:
        """How often asking again makes sense, in seconds."""
        ...

    async def forecast(self, start: datetime, end: datetime) -> Forecast:
        """What is expected for [start, end). Raises SourceError when there is nothing to go by."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastKind:
    """A plug-in; see TariffKind for `check` and `field_of_error`."""

    key: str
    subject: Subject
    options: tuple[Option, ...]
    build: Callable[[Mapping[str, Any], Ports], Forecaster]
    check: Callable[[Mapping[str, Any], Ports], Awaitable[Mapping[str, Any]]] | None = None
    field_of_error: Mapping[str, str] | None = None
    offer: Callable[[Mapping[str, Any], Ports], Awaitable[Mapping[str, Mapping[str, str]]]] | None = None
    """Optional: what there is to choose from: {option key: {value: name for people}}."""
