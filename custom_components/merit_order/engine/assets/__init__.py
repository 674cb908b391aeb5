"""The registry of asset kinds, in the order they are added to a program: what is given first, the grid last."""

from ..model.errors import InputError
from ._base import AssetKind
from .battery import BATTERY, BatteryPart
from .grid import GRID, GridPart
from .heating import HEATING
from .hot_water import HOT_WATER
from .load import LOAD
from .solar import SOLAR, peak_kw
from .vehicle import VEHICLE

__all__ = ["ASSETS", "GRID", "SOLAR", "AssetKind", "BatteryPart", "GridPart", "asset_kind", "peak_kw"]

ASSETS: tuple[AssetKind, ...] = (SOLAR, HOT_WATER, HEATING, LOAD, VEHICLE, BATTERY, GRID)


def asset_kind(key: str) -> AssetKind:
    """The kind of that name; raises InputError when there is none."""
    for kind in ASSETS:
        if kind.key == key:
            return kind
    raise InputError("kind", f"{key!r} is none of {', '.join(kind.key for kind in ASSETS)}")
