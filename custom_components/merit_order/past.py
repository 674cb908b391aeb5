"""The day that is over, by quarter hours: what was planned for each as it began, and what was measured in it.

Pure: figures come in, JSON goes out; small enough to keep and to send.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np

from .engine.model.codec import to_json
from .engine.model.plan import Plan

QUARTER: Final = timedelta(minutes=15)
KEEP: Final = timedelta(hours=24)
# What of the home is kept beside its assets, under these keys.
HOME: Final = ("load", "solar", "grid")
WITHOUT_FLOW: Final = ("grid", "solar")
DIGITS: Final = 4

type Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """One quarter hour. Prices in currency/kWh; `planned` and `measured` mean powers in kW by asset id or key of HOME,
    signed as in the plan; the levels are those of stores at its end, in kWh. What is not known is absent.
    """

    start: datetime
    price: float | None = None
    export_price: float | None = None
    price_level: str | None = None
    planned: Figures = field(default_factory=dict)
    measured: Figures = field(default_factory=dict)
    planned_level: Figures = field(default_factory=dict)
    measured_level: Figures = field(default_factory=dict)


VALUES: Final = ("price", "export_price", "price_level")
MAPS: Final = ("planned", "measured", "planned_level", "measured_level")


class Past:
    """The quarter hours of the last KEEP, oldest first; there may be gaps."""

    def __init__(self, quarters: Iterable[Quarter] = ()) -> None:
        self._quarters: dict[datetime, Quarter] = {}
        for quarter in quarters:
            self.put(quarter)

    def __len__(self) -> int:
        return len(self._quarters)

    def put(self, quarter: Quarter) -> None:
        """Keep a quarter hour; what is too old by now goes."""
        self._quarters[quarter.start] = quarter
        oldest = max(self._quarters) - KEEP
        self._quarters = {start: self._quarters[start] for start in sorted(self._quarters) if start > oldest}

    def unmeasured(self, now: datetime) -> list[datetime]:
        """Starts of the quarter hours before `now` of which nothing was measured, oldest first."""
        last = floor(now) - QUARTER
        starts = [last - i * QUARTER for i in range(int(KEEP / QUARTER))]
        return [at for at in reversed(starts) if at not in self._quarters or not self._quarters[at].measured]

    def find(self, start: datetime) -> Quarter | None:
        """The quarter hour that began at `start`, or None."""
        return self._quarters.get(start)

    def to_json(self) -> dict[str, Any] | None:
        """By columns, one value per quarter hour from `start` on, null where not known; None while there is nothing."""
        return columns(list(self._quarters.values())) if self._quarters else None

    @classmethod
    def from_json(cls, raw: Any) -> Past:
        """What `to_json` gave; anything else is an empty past."""
        try:
            return cls(_quarters(raw)) if raw is not None else cls()
        except AttributeError, IndexError, KeyError, TypeError, ValueError:
            return cls()


def floor(at: datetime) -> datetime:
    """The begin of the quarter hour that holds `at`."""
    seconds = int(QUARTER.total_seconds())
    return datetime.fromtimestamp(at.timestamp() // seconds * seconds, UTC)


def columns(quarters: list[Quarter]) -> dict[str, Any]:
    """Quarter hours in order of time as columns on an even grid."""
    first, last = quarters[0].start, quarters[-1].start
    count = int((last - first) / QUARTER) + 1

    def column(told: Mapping[datetime, Any]) -> list[Any]:
        return [_short(told.get(first + i * QUARTER)) for i in range(count)]

    def table(maps: Mapping[datetime, Figures]) -> dict[str, list[Any]]:
        keys = sorted({key for figures in maps.values() for key in figures})
        return {
            key: column({at: figures[key] for at, figures in maps.items() if key in figures}) for key in keys
        }

    return {
        "start": to_json(first),
        "minutes": int(QUARTER.total_seconds() // 60),
        **{name: column({quarter.start: getattr(quarter, name) for quarter in quarters}) for name in VALUES},
        **{name: table({quarter.start: getattr(quarter, name) for quarter in quarters}) for name in MAPS},
    }


def planned_for(plan: Plan | None, start: datetime) -> Quarter:
    """What `plan` holds for the quarter hour from `start` on; nothing where it does not reach over all of it."""
    quarter = Quarter(start=start)
    home = plan.home if plan is not None else None
    if plan is None or home is None or not plan.edges[0] <= start or not start + QUARTER <= plan.edges[-1]:
        return quarter
    edges = np.array([edge.timestamp() for edge in plan.edges])
    share = (
        np.diff(np.clip(edges, start.timestamp(), (start + QUARTER).timestamp())) / QUARTER.total_seconds()
    )
    flows = {"load": home.load_kw, "solar": home.solar_kw, "grid": home.grid_kw}
    flows |= {asset.id: asset.power_kw for asset in plan.assets if asset.kind not in WITHOUT_FLOW}
    means = {key: float(share @ np.nan_to_num(values)) for key, values in flows.items()}
    unknown = {key for key, values in flows.items() if np.isnan(np.asarray(values)[share > 0]).any()}
    end = (start + QUARTER).timestamp()
    slot = plan.slot_at(start)
    return Quarter(
        start=start,
        price_level=home.price_level[slot] if slot is not None else None,
        planned={key: mean for key, mean in means.items() if key not in unknown},
        planned_level={
            asset.id: float(np.interp(end, edges, [_start(asset.level_start, asset.level), *asset.level]))
            for asset in plan.assets
            if asset.level is not None and asset.level_unit == "kWh"
        },
    )


def _start(known: float | None, level: tuple[float, ...]) -> float:
    return known if known is not None else level[0]


def _short(value: Any) -> Any:
    return round(value, DIGITS) if isinstance(value, float) else value


def _quarters(raw: Mapping[str, Any]) -> list[Quarter]:
    first = datetime.fromisoformat(raw["start"]).astimezone(UTC)

    def row(i: int) -> Quarter:
        told: dict[str, Any] = {name: raw[name][i] for name in VALUES}
        for name in MAPS:
            told[name] = {key: values[i] for key, values in raw[name].items() if values[i] is not None}
        return Quarter(start=first + i * QUARTER, **told)

    found = [row(i) for i in range(len(raw["price"]))]
    return [quarter for quarter in found if quarter.measured or quarter.planned]
