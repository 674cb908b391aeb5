"""Someone else's hand on a device: it wins, and what it changed is theirs until a stated time."""

import logging
from datetime import datetime, timedelta

from .engine.model.plan import Intent
from .engine.model.roles import Action, Command, Readings, Role
from .leases import Lease
from .planned import PlannedAsset

LOGGER = logging.getLogger(__name__)

# A relay seen otherwise than told so long after the write was moved by someone else.
SETTLED = timedelta(seconds=10)


class Hands:
    """Which parts are someone else's now, by lease key, and until when."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def forget(self, key: str) -> None:
        """Take a part back."""
        self._until.pop(key, None)

    def holds(
        self,
        key: str,
        asset: PlannedAsset,
        command: Command,
        intent: Intent,
        lease: Lease | None,
        readings: Readings | None,
        now: datetime,
    ) -> bool:
        """Whether someone else changed the relay; that is respected until the plan wants something else of it."""
        if (until := self._until.get(key)) is not None:
            if now < until:
                return True
            del self._until[key]
        if asset.role is not Role.SWITCH or lease is None or lease.command is None or lease.written is None:
            return False
        if lease.command.action is not command.action or readings is None or readings.switch is None:
            return False
        is_on, seen_after = readings.switch.on, lease.written + SETTLED
        if is_on is None or readings.at <= seen_after or is_on is (command.action is Action.ON):
            return False
        LOGGER.info("%s was switched by someone else; it is theirs until %s", asset.config.name, intent.until)
        self._until[key] = intent.until
        return True
