"""How often each register and entity was written today. Writing wears out, so there is a budget, over restarts too."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .const import DOMAIN
from .engine.devices._base import Conduct
from .engine.model.errors import WriteRefused
from .engine.model.ports import Clock

STORE_VERSION = 1
# Flash cards wear out too: a crash forgets a minute's writes at most.
SAVE_DELAY_S = 60.0


class BudgetSpent(WriteRefused):
    """A register or entity was written as often as is good for it; tomorrow there is more."""

    key = "budget_spent"


class Writes:
    """Today's writes by device and by what was written. The day is the home's."""

    def __init__(self, hass: HomeAssistant, entry_id: str, clock: Clock, timezone: str) -> None:
        self._file = _file(hass, entry_id)
        self._clock, self._zone = clock, ZoneInfo(timezone)
        self._day = ""
        self._counts: dict[str, dict[str, int]] = {}
        self._saving = False

    async def load(self) -> None:
        """Read what was written before the restart."""
        kept = await self._file.async_load() or {}
        self._day, self._counts = str(kept.get("day", "")), dict(kept.get("counts", {}))

    def counter(self, device: str) -> Callable[[str], None]:
        """What a device's driver tells of each write."""

        @callback
        def count(what: str) -> None:
            counts = self._today().setdefault(device, {})
            counts[what] = counts.get(what, 0) + 1
            if not self._saving:
                self._saving = True
                self._file.async_delay_save(self._saved, SAVE_DELAY_S)

        return count

    def of(self, device: str) -> Mapping[str, int]:
        """Today's writes of a device."""
        return self._today().get(device, {})

    def check(self, device: str, conduct: Conduct) -> None:
        """Raises BudgetSpent when something of the device may not be written again today."""
        for what, times in self.of(device).items():
            most = budget(conduct, what)
            if times >= most:
                raise BudgetSpent(f"{what} was written {times} times today", what=what, times=times)

    async def flush(self) -> None:
        """Write to disk now."""
        await self._file.async_save(self._saved())

    def _today(self) -> dict[str, dict[str, int]]:
        day = self._clock.now().astimezone(self._zone).date().isoformat()
        if day != self._day:
            self._day, self._counts = day, {}
        return self._counts

    @callback
    def _saved(self) -> dict[str, Any]:
        self._saving = False
        return {"day": self._day, "counts": {device: dict(counts) for device, counts in self._counts.items()}}


def budget(conduct: Conduct, what: str) -> int:
    """How often `what` may be written in a day."""
    fitting = [prefix for prefix in conduct.writes_per_day if what.startswith(prefix)]
    return conduct.writes_per_day[max(fitting, key=len)]


def tomorrow(now: datetime, timezone: str) -> datetime:
    """When the next day of the home begins."""
    zone = ZoneInfo(timezone)
    local = now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    # Around a change of the clock a day has 23 or 25 hours; its end is found from the middle of the next one.
    later = datetime.fromtimestamp(midnight.timestamp() + 36 * 3600, zone)
    return later.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)


def _file(hass: HomeAssistant, entry_id: str) -> Store[dict[str, Any]]:
    return Store(hass, STORE_VERSION, f"{DOMAIN}.{entry_id}.writes", private=True)


async def remove_writes(hass: HomeAssistant, entry_id: str) -> None:
    """Forget the counts of a home that is removed."""
    await _file(hass, entry_id).async_remove()
