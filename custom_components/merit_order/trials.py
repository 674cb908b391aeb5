"""How devices took their commands: who does not obey is told again, then given up for a while."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from .engine.devices._base import Conduct
from .engine.model.errors import SourceError
from .engine.model.roles import Readings
from .engine.model.snapshot import AssetSpec
from .engine.verdict import BAD, Verdict, Watch, look
from .leases import Lease

LOGGER = logging.getLogger(__name__)

# A device that does not obey is told again so often, then given up: the plan goes on without it.
TRIES = 3
RETRY = timedelta(seconds=25)
# Given up for ten minutes at first, and for longer each time that it fails again.
REST, LONGEST_REST = timedelta(minutes=10), timedelta(hours=2)


@dataclass(slots=True)
class Trial:
    """What is known of one part: failures in a row, how often it was given up, until when it is left alone."""

    failures: int = 0
    rounds: int = 0
    not_before: datetime | None = None
    rests_until: datetime | None = None
    error: str = ""
    why: str = "given_up"
    again: bool = False
    watch: Watch = field(default_factory=Watch)


class GivenUp(NamedTuple):
    """Why a part is left alone ("given_up", "budget"), its last error, and until when."""

    why: str
    error: str
    until: datetime


class Trials:
    """What came of the commands, by lease key."""

    def __init__(self) -> None:
        self._trials: dict[str, Trial] = {}

    def rests(self, key: str, now: datetime) -> bool:
        """Whether the part is given up now."""
        trial = self._trials.get(key)
        return trial is not None and trial.rests_until is not None and now < trial.rests_until

    def waits(self, key: str, now: datetime) -> bool:
        """Whether the part is not to be told anything yet."""
        trial = self._trials.get(key)
        return self.rests(key, now) or (
            trial is not None and trial.not_before is not None and now < trial.not_before
        )

    def again(self, key: str) -> bool:
        """Whether the part is to be told once more what it was told already."""
        trial = self._trials.get(key)
        return trial is not None and trial.again

    def tell_again(self, key: str) -> None:
        """The part lost what it was told."""
        self._trials.setdefault(key, Trial()).again = True

    def told(self, key: str) -> None:
        """A command went out."""
        if (trial := self._trials.get(key)) is not None:
            trial.again, trial.not_before = False, None

    def given_up(self) -> dict[str, GivenUp]:
        """Every part that was given up and has not obeyed since."""
        return {
            key: GivenUp(trial.why, trial.error, trial.rests_until)
            for key, trial in self._trials.items()
            if trial.rounds and trial.rests_until is not None
        }

    def forget(self, key: str) -> None:
        """Let the part begin anew."""
        self._trials.pop(key, None)

    def judge(
        self, key: str, lease: Lease, readings: Readings, spec: AssetSpec, conduct: Conduct
    ) -> Verdict | None:
        """The verdict on what the part was told, if there is one now."""
        if lease.command is None or lease.written is None:
            return None
        trial = self._trials.setdefault(key, Trial())
        if trial.failures and trial.again:
            return None
        trial.watch, verdict = look(trial.watch, lease.command, lease.written, readings, spec.params, conduct)
        return verdict

    def obeyed(self, key: str) -> bool:
        """It does as told, or nothing says otherwise; whether it had been given up before."""
        trial = self._trials.get(key)
        if trial is None:
            return False
        was = trial.rounds > 0
        trial.failures = trial.rounds = 0
        trial.rests_until = trial.not_before = None
        trial.error = ""
        return was

    def disobeyed(self, key: str, name: str, verdict: Verdict, error: str, now: datetime) -> bool:
        """It was told and did not do it; whether it is given up now."""
        assert verdict in BAD
        trial = self._trials.setdefault(key, Trial())
        trial.failures += 1
        trial.error, trial.again = error, True
        trial.not_before, trial.watch = now + RETRY, Watch()
        if trial.failures == 1 and not trial.rounds:
            LOGGER.warning("%s did not take a command: %s", name, error)
        if trial.failures < TRIES:
            return False
        self.give_up(key, now + min(REST * 2**trial.rounds, LONGEST_REST), error)
        return True

    def refused(self, key: str, name: str, err: SourceError, now: datetime) -> bool:
        """It did not take a command; whether it is given up now."""
        return self.disobeyed(key, name, Verdict.REFUSED, str(err), now)

    def give_up(self, key: str, until: datetime, error: str, why: str = "given_up") -> None:
        """Leave the part alone until then."""
        trial = self._trials.setdefault(key, Trial())
        trial.failures, trial.again, trial.watch = 0, False, Watch()
        trial.rounds += 1
        trial.rests_until, trial.error, trial.why = until, error, why
