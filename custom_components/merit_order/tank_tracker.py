"""When the water of a tank was last hot enough to be safe.

Pure: readings come in, a record that goes to disk comes out.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from .engine.assets._hot_water import HotWaterParams
from .engine.model.roles import TankReading

# A sensor half-way up the tank is a little colder than its top, and rounds.
NEARLY_K = 0.5
FIRST_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TankRecord:
    """`disinfected` is when it was last at the temperature that kills; `at` the last reading."""

    disinfected: datetime
    at: datetime | None = None


def track(
    record: TankRecord | None, params: HotWaterParams, reading: TankReading, now: datetime
) -> TankRecord:
    """The record after a reading at `now`. A tank nobody knows anything of is due within a day."""
    if record is None:
        known = timedelta(days=max(params.legionella_days, 1.0)) - FIRST_WITHIN
        record = TankRecord(disinfected=now - known)
    if reading.temperature_c is not None and reading.temperature_c >= params.legionella_c - NEARLY_K:
        record = replace(record, disinfected=now)
    return replace(record, at=now)


def state(record: TankRecord) -> dict[str, Any]:
    """The fields of the tank's state that the record fills."""
    return {"disinfected": record.disinfected.isoformat()}
