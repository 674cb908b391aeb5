"""What is known, aligned to the slots of one plan: no gaps, no odd units, one number per slot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from .plan import InputStatus
from .series import FloatArray, Quality, Slots
from .snapshot import CapacityCharge


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A forecast on the slots, each of shape (n,) and free of NaN: `low` <= `mid` <= `high`."""

    mid: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """The time axis and everything that lies on it.

    `hours` shape (n,); prices in currency/kWh, `load` in kW. `series` holds per asset id the forecasts that asset
    came with, by name (solar: `power` in kW). A key that is absent was missing and is not to be read as zero.
    """

    at: datetime
    slots: Slots
    hours: FloatArray
    zone: ZoneInfo
    currency: str
    import_price: FloatArray
    export_price: FloatArray
    price_quality: tuple[Quality, ...]
    load: Band
    series: Mapping[str, Mapping[str, Band]] = field(default_factory=dict)
    outdoor_c: FloatArray | None = None
    capacity: CapacityCharge | None = None
    inputs: tuple[InputStatus, ...] = ()

    @property
    def n(self) -> int:
        """How many slots there are."""
        return len(self.slots)
