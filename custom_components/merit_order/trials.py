"""How devices took their commands: who refuses is asked again, then left alone for a while."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from .engine.model.errors import SourceError

LOGGER = logging.getLogger(__name__)

# A device that refuses is asked again at the driver's pace, then left alone: the plan goes on without it.
TRIES = 3
REST = timedelta(minutes=10)


@dataclass(slots=True)
class Trial:
    """Refusals in a row, and until when the device is left alone."""

    failures: int = 0
    rests_until: datetime | None = None
    error: str = ""


class Trials:
    """What came of the commands, by lease key."""

    def __init__(self) -> None:
        self._trials: dict[str, Trial] = {}

    def rests(self, key: str, now: datetime) -> bool:
        """Whether the part is left alone now."""
        trial = self._trials.get(key)
        return trial is not None and trial.rests_until is not None and now < trial.rests_until

    def resting(self, until: datetime) -> dict[str, str]:
        """The last error of every part that is left alone until then or longer."""
        return {
            key: trial.error
            for key, trial in self._trials.items()
            if trial.rests_until is not None and until < trial.rests_until
        }

    def took(self, key: str) -> None:
        """A command was taken."""
        self._trials.pop(key, None)

    def refused(self, key: str, name: str, err: SourceError, now: datetime) -> None:
        """A command was not taken."""
        trial = self._trials.setdefault(key, Trial())
        trial.failures += 1
        trial.error = str(err)
        if trial.failures == 1:
            LOGGER.warning("%s did not take a command: %s", name, err)
        if trial.failures >= TRIES:
            trial.failures, trial.rests_until = 0, now + REST
