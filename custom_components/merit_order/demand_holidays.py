"""Public holidays on which the hours of a charge on demand do not count, from whom the person named."""

import logging
from datetime import date, datetime, timedelta
from typing import Final

from .demand import terms
from .engine.demand import DemandBook
from .engine.model.errors import SourceError
from .engine.model.plan import Health, InputStatus
from .engine.model.ports import Ports
from .engine.tariffs._holidays import Holidays
from .sources import AHEAD
from .stored import CapacityConfig

LOGGER = logging.getLogger(__name__)

KEY: Final = "demand_holidays"
ASK_EVERY: Final = timedelta(hours=1)
BACK: Final = timedelta(days=1)


class DemandHolidays:
    """Keeps the terms of the book up to date. Days known last hold while nobody answers, also over a restart; a day of
    which nothing is known is a working day: it is cheaper to spare a peak in vain than to pay for one.
    """

    def __init__(self, ports: Ports, config: CapacityConfig, book: DemandBook) -> None:
        assert config.holidays_entity is not None
        self.entity: Final = config.holidays_entity
        self.error: SourceError | None = None
        self._ports = ports
        self._config = config
        self._book = book
        self._asked = Holidays(ports, self.entity)
        self._told: datetime | None = None
        kept = ports.store.load(KEY)
        if isinstance(kept, dict) and kept.get("entity") == self.entity:
            self._hold(frozenset(date.fromisoformat(day) for day in kept["days"]))
            self._told = datetime.fromisoformat(kept["told"])

    async def refresh(self) -> None:
        """Ask, unless an answer of this hour is there."""
        now = self._ports.clock.now()
        if self.error is None and self._told is not None and timedelta() <= now - self._told < ASK_EVERY:
            return
        try:
            days = await self._asked.between(now - BACK, now + AHEAD)
        except SourceError as err:
            if self.error is None:
                LOGGER.debug("No holidays from %s: %s", self.entity, err)
            self.error = err
            return
        self.error, self._told = None, now
        self._hold(days)
        kept = {"entity": self.entity, "told": now.isoformat(), "days": [day.isoformat() for day in days]}
        self._ports.store.save(KEY, kept)

    def status(self) -> InputStatus | None:
        """How far these days can be trusted, for the plan; None before the first answer of any kind."""
        known = self._told is not None
        if not known and self.error is None:
            return None
        return InputStatus(
            key="holidays",
            origin=self.entity,
            health=Health.MISSING if not known else Health.FRESH if self.error is None else Health.STALE,
            issued=self._told,
            rule="left_out" if not known else "used" if self.error is None else "last_good",
            reason=self.error.key if self.error is not None else None,
        )

    def _hold(self, days: frozenset[date]) -> None:
        self._book.terms = terms(self._config, days)


def demand_holidays(
    ports: Ports, config: CapacityConfig | None, book: DemandBook | None
) -> DemandHolidays | None:
    """None where no demand is charged, or holidays make no difference to it."""
    if config is None or book is None or config.holidays_entity is None:
        return None
    return DemandHolidays(ports, config, book)
