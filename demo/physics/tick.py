"""One step of simulated time, as every part of the house sees it."""

from dataclasses import dataclass


@dataclass(slots=True)
class Tick:
    """A step from `epoch` (Unix seconds, UTC) over `dt` seconds.

    `local_s` counts seconds since local midnight, `day` is the local day's ordinal, `weekday` 0 is Monday. The house
    reuses one object for all steps: do not keep it.
    """

    epoch: float = 0.0
    dt: float = 1.0
    local_s: float = 0.0
    day: int = 0
    weekday: int = 0
