"""Prices by wall clock: hours of the day, days of the week, seasons, holidays.

Option `periods` is a list of rows; every key but `price` may be absent:

    {"price": 0.31, "weekdays": ["mon", …], "start": "07:00", "end": "22:00", "months": [10, 11, 12, 1, 2, 3]}

The first row that fits wins, else `price`. A row whose end is not after its start runs past midnight and
belongs to the day on which it starts; equal start and end are a whole day. On a holiday the rows of `sun`
hold.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from ..model.errors import InputError
from ..model.options import Option, OptionType
from ..model.ports import Ports
from ._base import TariffKind
from ._schedule import TimeOfUse, parse_period


def parse_dates(text: str, field: str) -> frozenset[date]:
    """ISO dates separated by commas or spaces. Raises InputError."""
    days = set()
    for part in text.replace(",", " ").split():
        try:
            days.add(date.fromisoformat(part))
        except ValueError as err:
            raise InputError(field, f"{part!r} is not a date like 2026-12-25") from err
    return frozenset(days)


def _build(options: Mapping[str, Any], ports: Ports, direction: str) -> TimeOfUse:
    rows = options.get("periods") or ()
    return TimeOfUse(
        base=float(options["price"]),
        periods=tuple(parse_period(row, f"periods[{i}]") for i, row in enumerate(rows)),
        zone=ZoneInfo(ports.timezone),
        holidays=parse_dates(options.get("holidays", ""), "holidays"),
    )


KIND = TariffKind(
    key="time_of_use",
    options=(
        Option(
            key="price",
            type=OptionType.NUMBER,
            required=True,
            minimum=-10.0,
            maximum=100.0,
            step=0.0001,
            unit="currency/kWh",
        ),
        Option(key="periods", type=OptionType.PERIODS, required=True),
        Option(key="holidays", type=OptionType.TEXT, advanced=True),
    ),
    build=_build,
)
