"""What lives as long as the config entry is loaded."""

from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry

from .audit import Trail
from .coordinator import PlanCoordinator
from .demand_meter import DemandCoordinator
from .driver import Driver
from .gather import Home
from .history import HistoryBook
from .leases import Leases
from .live import LiveCoordinator
from .loads import LoadBook
from .ports import Shelf
from .repairs import Repairs
from .savings import SavingsCoordinator
from .scorecard import ScorecardCoordinator
from .steering import Steering
from .supplier_history import SupplierHistory
from .writes import Writes


@dataclass(slots=True, kw_only=True)
class Runtime:
    """The parts of a running home. `loaded_with` is the configuration they were built from."""

    home: Home
    shelf: Shelf
    planner: PlanCoordinator
    loads: LoadBook
    leases: Leases
    writes: Writes
    trail: Trail
    driver: Driver
    steering: Steering
    repairs: Repairs
    live: LiveCoordinator
    savings: SavingsCoordinator
    history: HistoryBook
    scorecard: ScorecardCoordinator
    supplier_history: SupplierHistory
    demand: DemandCoordinator
    loaded_with: dict[str, Any]


type MeritOrderConfigEntry = ConfigEntry[Runtime]
