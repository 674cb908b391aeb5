"""Several providers' forecasts of the same panels in one, each counting by how well it did lately.

The weight is the inverse square of the error that is left after its own correction: providers err partly by chance, and
chance cancels out in a mean. Who is not known yet counts as the worst of the others; who is silent, or says what is old
while another does not, is left out until it speaks again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from ..model.errors import RateLimited, SourceError
from ..model.series import FloatArray, Forecast, Quality, Series, Slots
from ._corrected import CorrectedSolar

STEP_S = 900
OLDER = timedelta(hours=12)
"""As old as a forecast of the sun may be: one so much older than the newest is of another day."""
LEAST_ERROR = 0.01
"""No provider is so good that the others have no say."""


@dataclass(slots=True)
class BlendedSolar:
    """`providers` by name, each with its own correction."""

    providers: dict[str, CorrectedSolar]
    _resting: dict[str, datetime] = field(default_factory=dict)

    @property
    def refresh_s(self) -> float:
        """As often as the one that changes most."""
        return min(provider.refresh_s for provider in self.providers.values())

    async def forecast(self, start: datetime, end: datetime) -> Forecast:
        """The blend for [start, end). Raises the first provider's SourceError when none of them answers."""
        said: dict[str, Forecast] = {}
        failed: list[SourceError] = []
        for name, provider in self.providers.items():
            now = provider.ports.clock.now()
            if self._resting.get(name, now) > now:
                continue
            try:
                said[name] = await provider.forecast(start, end)
            except SourceError as err:
                failed.append(err)
                if isinstance(err, RateLimited):
                    self._resting[name] = now + timedelta(seconds=err.retry_after_s)
        if not said:
            raise failed[0] if failed else SourceError("every solar forecast asks us to wait")
        said = _of_today(said)
        if len(said) == 1:
            return next(iter(said.values()))
        return _blend(said, weights([self.providers[name].error for name in said]))


def weights(errors: Sequence[float | None]) -> FloatArray:
    """Shares that sum to one, by each provider's error (None: not known yet)."""
    known = [error for error in errors if error is not None]
    worst = max(known, default=1.0)
    sizes = np.array([max(worst if error is None else error, LEAST_ERROR) for error in errors])
    shares = sizes**-2.0
    return np.asarray(shares / shares.sum(), dtype=float)


def _of_today(said: dict[str, Forecast]) -> dict[str, Forecast]:
    issued = {name: one.mid.issued for name, one in said.items()}
    newest = max((at for at in issued.values() if at is not None), default=None)
    return {
        name: one
        for name, one in said.items()
        if (at := issued[name]) is None or newest is None or newest - at < OLDER
    }


def _blend(said: dict[str, Forecast], shares: FloatArray) -> Forecast:
    forecasts = list(said.values())
    slots = _slots([one.mid for one in forecasts])
    mids = np.array([one.mid.onto(slots)[0] for one in forecasts])
    # Where one of them has nothing to say the others say it alone.
    voice = np.where(np.isfinite(mids), shares[:, None], 0.0)
    total = voice.sum(axis=0)
    voice = voice / np.where(total > 0, total, np.nan)
    origin = ", ".join(f"{name} {share:.0%}" for name, share in zip(said, shares, strict=True))
    issued = min((one.mid.issued for one in forecasts if one.mid.issued is not None), default=None)

    def side(name: str) -> Series:
        given = [getattr(one, name) for one in forecasts]
        own = [mid if one is None else one.onto(slots)[0] for one, mid in zip(given, mids, strict=True)]
        # A side that is not given is the middle.
        mixed = np.nansum(np.where(np.isfinite(own), own, mids) * voice, axis=0)
        values = np.where(total > 0, mixed, np.nan)
        return Series.regular(slots.edges[0], STEP_S / 60, values, Quality.FORECAST, origin, issued)

    return Forecast(side("mid"), side("low"), side("high"), all(one.provisional for one in forecasts))


def _slots(series: Sequence[Series]) -> Slots:
    starts = [one.spans[0].start for one in series if one.spans]
    ends = [one.spans[-1].end for one in series if one.spans]
    first = int(min(starts).timestamp()) // STEP_S * STEP_S
    count = -(-int(max(ends).timestamp() - first) // STEP_S)
    return Slots(tuple(datetime.fromtimestamp(first + i * STEP_S, UTC) for i in range(count + 1)))
