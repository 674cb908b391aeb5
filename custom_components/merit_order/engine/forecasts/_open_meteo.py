"""Open-Meteo's forecast API (https://open-meteo.com/en/docs; data CC BY 4.0, no key, 10,000 requests a day).

A quarter-hour's radiation is the mean of the 15 minutes *before* its label; temperature and wind hold at the
label.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np

from ..model.errors import BadData
from ..model.options import Option, OptionType
from ..model.ports import Ports
from ..model.series import FloatArray
from ..model.web import Question, ask_json, reading

SERVICE = "Open-Meteo"
URL = "https://api.open-meteo.com"
URL_OPTION = Option(key="url", type=OptionType.TEXT, default=URL, advanced=True)
STEP = timedelta(minutes=15)
UNITS = {
    "global_tilted_irradiance": "W/m²",
    "shortwave_radiation": "W/m²",
    "temperature_2m": "°C",
    "wind_speed_10m": "m/s",
}


@dataclass(frozen=True, slots=True)
class Weather:
    """Quarter-hour values by name (see UNITS), each of shape (n,); `labels` are the n aware UTC instants of
    the source.
    """

    labels: tuple[datetime, ...]
    values: Mapping[str, FloatArray]


async def ask(
    ports: Ports,
    url: str,
    names: tuple[str, ...],
    start: datetime,
    end: datetime,
    extra: Mapping[str, str] | None = None,
) -> Weather:
    """The variables `names` for the days that hold [start, end]. Raises SourceError."""
    today = ports.clock.now().astimezone(UTC).date()
    params = {
        "latitude": f"{ports.latitude:.4f}",
        "longitude": f"{ports.longitude:.4f}",
        "minutely_15": ",".join(names),
        "wind_speed_unit": "ms",
        "timezone": "UTC",
        "past_days": str(max((today - start.astimezone(UTC).date()).days, 0)),
        "forecast_days": str(max(((end + STEP).astimezone(UTC).date() - today).days + 1, 1)),
        **(extra or {}),
    }
    answer = await ask_json(
        ports, Question(service=SERVICE, url=f"{url.rstrip('/')}/v1/forecast", params=params)
    )
    with reading(SERVICE):
        if answer["utc_offset_seconds"] != 0:
            raise BadData("Open-Meteo: times are not in UTC", service=SERVICE)
        block, units = answer["minutely_15"], answer["minutely_15_units"]
        labels = tuple(datetime.fromisoformat(text).replace(tzinfo=UTC) for text in block["time"])
        values = {}
        for name in names:
            if units[name] != UNITS[name]:
                raise BadData(
                    f"Open-Meteo: {name} comes in {units[name]!r}, not {UNITS[name]}", service=SERVICE
                )
            values[name] = np.array([np.nan if item is None else float(item) for item in block[name]])
            if len(values[name]) != len(labels):
                raise BadData(f"Open-Meteo: {name} has another length than its times", service=SERVICE)
    if not labels:
        raise BadData("Open-Meteo: the answer is empty", service=SERVICE)
    if any(b - a != STEP for a, b in pairwise(labels)):
        raise BadData("Open-Meteo: the values are not by quarter of an hour", service=SERVICE)
    return Weather(labels, values)
