"""The registry of tariff kinds."""

from typing import Final

from ..model.errors import InputError
from . import amber, entity, entsoe, fixed, nordpool, octopus, tiered, time_of_use
from ._base import Dispatched, Spiking, Tariff, TariffKind
from ._counted import Counted, Hour, by_hour

__all__ = [
    "TARIFFS",
    "Counted",
    "Dispatched",
    "Hour",
    "Spiking",
    "Tariff",
    "TariffKind",
    "by_hour",
    "tariff_kind",
]

TARIFFS: Final[tuple[TariffKind, ...]] = (
    fixed.KIND,
    time_of_use.KIND,
    tiered.KIND,
    octopus.KIND,
    amber.KIND,
    entsoe.KIND,
    nordpool.KIND,
    entity.KIND,
)


def tariff_kind(key: str) -> TariffKind:
    """The kind of that key. Raises InputError when there is none."""
    for kind in TARIFFS:
        if kind.key == key:
            return kind
    raise InputError("kind", f"{key!r} is not a tariff")
