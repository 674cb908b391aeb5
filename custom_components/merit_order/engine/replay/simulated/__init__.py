"""The home of a replay as physics: each thing does what it is told as far as it can, as its real counterpart would."""

from zoneinfo import ZoneInfo

from ...model.snapshot import AssetSpec
from ._base import Simulated, Step
from .battery import Battery
from .hot_water import Tank
from .load import Load
from .vehicle import Vehicle

__all__ = ["Battery", "Load", "Simulated", "Step", "Tank", "Vehicle", "simulated"]


def simulated(spec: AssetSpec, zone: ZoneInfo) -> Simulated | None:
    """The thing for an asset; None for what the recording itself is (solar) or what has no state (grid)."""
    match spec.kind:
        case "battery":
            return Battery.of(spec)
        case "vehicle":
            return Vehicle.of(spec, zone)
        case "load":
            return Load.of(spec, zone)
        case "hot_water":
            return Tank.of(spec, zone)
    return None
