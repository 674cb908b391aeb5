"""Solar power from Quartz Solar's hosted model (Open Climate Fix, https://open.quartz.solar), site by site, no key.

It predicts 48 hours by quarter of an hour in kW, UTC without an offset. Its forecasts are of one plane; several
planes are asked for one by one and added. Options as open_meteo's planes, `inverter_kw`, `url`.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from ..model.errors import BadData, InputError
from ..model.options import Option, OptionType
from ..model.ports import Ports
from ..model.series import Forecast, Quality, Series
from ..model.web import Question, ask_json, reading
from ._base import ForecastKind, Subject
from ._planes import INVERTER_OPTION, PLANE_OPTIONS, read_planes
from ._pv import Plane
from ._spans import within

SERVICE = "Quartz Solar"
URL = "https://open.quartz.solar"
STEP = timedelta(minutes=15)
TIMEOUT_S = 60.0
"""It computes on request: half a minute is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quartz:
    """AC power of `planes` in kW, by quarter of an hour."""

    ports: Ports
    planes: tuple[Plane, ...]
    inverter_kw: float | None = None
    url: str = URL

    @property
    def refresh_s(self) -> float:
        """Its weather input is renewed every few hours; the service is free and slow."""
        return 3 * 3600.0

    async def forecast(self, start: datetime, end: datetime) -> Forecast:
        """Power for as much of [start, end) as is predicted. Raises SourceError."""
        total: dict[datetime, float] = {}
        for number, plane in enumerate(self.planes):
            found = await self._plane(plane)
            # A moment that one plane lacks would look like less sun.
            total = found if number == 0 else {at: total[at] + kw for at, kw in found.items() if at in total}
        most = np.inf if self.inverter_kw is None else self.inverter_kw
        values = [min(max(kw, 0.0), most) for _, kw in sorted(total.items())]
        starts = sorted(total)
        if any(b - a != STEP for a, b in itertools.pairwise(starts)):
            raise BadData("Quartz Solar: the values are not by quarter of an hour", service=SERVICE)
        if not starts:
            raise BadData("Quartz Solar: the answer is empty", service=SERVICE)
        now = self.ports.clock.now()
        mid = within(Series.regular(starts[0], 15, values, Quality.FORECAST, "quartz", now), start, end)
        if not mid.spans:
            raise BadData("Quartz Solar: no power for these days", service=SERVICE)
        return Forecast(mid)

    async def _plane(self, plane: Plane) -> dict[datetime, float]:
        site = {
            "latitude": self.ports.latitude,
            "longitude": self.ports.longitude,
            "capacity_kwp": plane.kwp,
            "tilt": plane.tilt,
            "orientation": plane.azimuth,
        }
        question = Question(
            service=SERVICE,
            url=f"{self.url.rstrip('/')}/forecast/",
            body={"site": site},
            timeout_s=TIMEOUT_S,
            attempts=2,
        )
        answer = await ask_json(self.ports, question)
        with reading(SERVICE):
            found = {_quarter(text): float(kw) for text, kw in answer["predictions"]["power_kw"].items()}
        if any(kw > 2 * plane.kwp + 0.1 for kw in found.values()):
            raise BadData("Quartz Solar: more power than the panels can give", service=SERVICE)
        return found


def _quarter(text: str) -> datetime:
    """The quarter of an hour it falls in: predictions start at the second they were asked for."""
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return datetime.fromtimestamp(moment.timestamp() // 900 * 900, UTC)


def _build(options: Mapping[str, Any], ports: Ports) -> Quartz:
    planes = read_planes(options)
    if not planes:
        raise InputError("kwp", "is required")
    return Quartz(ports=ports, planes=planes, inverter_kw=options.get("inverter_kw"), url=options["url"])


async def _check(options: Mapping[str, Any], ports: Ports) -> Mapping[str, Any]:
    """See that the service answers for this place."""
    now = ports.clock.now()
    await _build(options, ports).forecast(now, now + timedelta(hours=24))
    return {}


KIND = ForecastKind(
    key="quartz",
    subject=Subject.SOLAR,
    options=(
        *PLANE_OPTIONS,
        INVERTER_OPTION,
        Option(key="url", type=OptionType.TEXT, default=URL, advanced=True),
    ),
    build=_build,
    check=_check,
)
