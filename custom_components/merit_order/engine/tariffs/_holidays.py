"""Public holidays as the house around us knows them: from a calendar's all-day entries, or core's Workday.

Workday answers day by day and is asked for Monday to Friday only: it cannot tell a holiday on a Saturday from any
Saturday. A calendar (core's Holiday, or one's own) knows them all.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from ..model.errors import BadData, SourceError
from ..model.ports import Ports
from ..model.web import reading

SERVICE = "calendar"
DAY: Final = timedelta(days=1)
SATURDAY: Final = 5
DATE_LENGTH: Final = len("2026-12-25")


class Holidays:
    """Asks `entity_id`; what it said of a day that is over is not asked for again."""

    def __init__(self, ports: Ports, entity_id: str) -> None:
        self._ports = ports
        self._entity = entity_id
        self._over: dict[date, bool] = {}

    async def between(self, start: datetime, end: datetime) -> frozenset[date]:
        """Holidays on the home's days that [start, end) touches. Raises SourceError: no holiday is ever guessed."""
        zone = ZoneInfo(self._ports.timezone)
        # A period over midnight belongs to the day before.
        first, last = start.astimezone(zone).date() - DAY, end.astimezone(zone).date()
        days = [first + i * DAY for i in range((last - first).days + 1)]
        asked = [day for day in days if day not in self._over]
        found = {**self._over, **(await self._ask(asked, zone) if asked else {})}
        today = self._ports.clock.now().astimezone(zone).date()
        self._over = {day: free for day, free in found.items() if first <= day < today}
        return frozenset(day for day in days if found.get(day))

    async def _ask(self, days: list[date], zone: ZoneInfo) -> Mapping[date, bool]:
        if self._ports.actions is None:
            raise SourceError("holidays: known inside Home Assistant only", service=SERVICE)
        if self._entity.startswith("calendar."):
            return await self._of_calendar(days, zone)
        return {day: await self._free(day) for day in days if day.weekday() < SATURDAY}

    async def _of_calendar(self, days: list[date], zone: ZoneInfo) -> Mapping[date, bool]:
        begin, end = (datetime.combine(day, datetime.min.time(), zone) for day in (days[0], days[-1] + DAY))
        asked = {
            "entity_id": self._entity,
            "start_date_time": begin.isoformat(),
            "end_date_time": end.isoformat(),
        }
        answer = await self._action("calendar", "get_events", asked)
        with reading(SERVICE):
            free = {day for event in answer[self._entity]["events"] for day in _whole_days(event)}
        return {day: day in free for day in days}

    async def _free(self, day: date) -> bool:
        answer = await self._action(
            "workday", "check_date", {"entity_id": self._entity, "check_date": day.isoformat()}
        )
        with reading(SERVICE):
            works = answer[self._entity]["workday"]
        if not isinstance(works, bool):
            raise BadData(f"{self._entity} does not say whether {day} is a workday", service=SERVICE)
        return not works

    async def _action(self, domain: str, action: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        assert self._ports.actions is not None
        return await self._ports.actions.ask(domain, action, data)


def _whole_days(event: Mapping[str, Any]) -> Iterator[date]:
    """The days of an all-day entry; of one with hours (an appointment) none."""
    start, end = str(event["start"]), str(event["end"])
    if len(start) == DATE_LENGTH:
        day = date.fromisoformat(start)
        while day < date.fromisoformat(end):
            yield day
            day += DAY
