"""Prices by wall clock: hours of the day, days of the week, seasons, holidays.

Option `periods` is a list of rows; every key but `price` may be absent:

    {"price": 0.31, "weekdays": ["mon", …], "start": "07:00", "end": "22:00", "months": [10, 11, 12, 1, 2, 3]}

The first row that fits wins, else `price`. A row whose end is not after its start runs past midnight and
belongs to the day on which it starts; equal start and end are a whole day. On a holiday the rows of `sun`
hold: on the dates of `holidays`, and on those `holidays_entity` (a calendar or a Workday sensor) knows. With
`winter_time` the hours are those of a meter whose clock does not change in summer (Economy 7, older two-rate meters).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from ..model.errors import InputError
from ..model.options import Option, OptionType
from ..model.ports import Ports
from ..model.series import Series
from ._base import TariffKind
from ._holidays import DAY, Holidays
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


@dataclass(frozen=True, slots=True)
class WithHolidays:
    """`typed` on whose holidays someone else is asked too."""

    typed: TimeOfUse
    asked: Holidays

    async def prices(self, start: datetime, end: datetime) -> Series:
        """Every instant of [start, end) is known. Raises SourceError when nobody tells the holidays."""
        days = await self.asked.between(start, end)
        return replace(self.typed, holidays=self.typed.holidays | days).schedule(start, end)

    def next_publication(self, now: datetime) -> datetime | None:
        """Never: holidays are known years ahead."""
        return None


def winter_time(zone: ZoneInfo, now: datetime) -> tzinfo:
    """The clock that stays as it is in winter, on either half of the Earth: the smaller of its offsets."""
    middles = (datetime(now.year, month, 1, tzinfo=zone).utcoffset() for month in (1, 7))
    return timezone(min(offset for offset in middles if offset is not None))


def _build(options: Mapping[str, Any], ports: Ports, direction: str) -> TimeOfUse | WithHolidays:
    rows = options.get("periods") or ()
    zone = ZoneInfo(ports.timezone)
    typed = TimeOfUse(
        base=float(options["price"]),
        periods=tuple(parse_period(row, f"periods[{i}]") for i, row in enumerate(rows)),
        zone=winter_time(zone, ports.clock.now()) if options.get("winter_time") else zone,
        holidays=parse_dates(options.get("holidays", ""), "holidays"),
    )
    entity = options.get("holidays_entity")
    return WithHolidays(typed, Holidays(ports, entity)) if entity else typed


async def _check(options: Mapping[str, Any], ports: Ports, direction: str) -> Mapping[str, Any]:
    """See that who is to tell of holidays does."""
    now = ports.clock.now()
    await _build(options, ports, direction).prices(now, now + DAY)
    return {}


KIND = TariffKind(
    key="time_of_use",
    options=(
        Option(
            key="price",
            type=OptionType.NUMBER,
            required=True,
            minimum=-10.0,
            maximum=100_000.0,
            step=0.0001,
            unit="currency/kWh",
        ),
        Option(key="periods", type=OptionType.PERIODS, required=True),
        Option(
            key="holidays_entity",
            type=OptionType.ENTITY,
            domains=("calendar", "binary_sensor"),
        ),
        Option(key="holidays", type=OptionType.TEXT, advanced=True),
        Option(key="winter_time", type=OptionType.BOOLEAN, advanced=True),
    ),
    build=_build,
    check=_check,
    field_of_error={"cannot_connect": "holidays_entity", "bad_data": "holidays_entity"},
)
