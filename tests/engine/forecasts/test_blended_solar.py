"""Several providers of one array's sun: the better one counts for more, and none of them is needed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.forecasts import BlendedSolar, CorrectedSolar
from custom_components.merit_order.engine.forecasts._blended import weights
from custom_components.merit_order.engine.model.errors import CannotConnect, RateLimited
from custom_components.merit_order.engine.model.series import Forecast, Series, Span
from tests.apis import ports

from .test_corrected_solar import METER, Clock, Disk, Recorder, sun_kw

HOUR = timedelta(hours=1)


@dataclass
class Guess:
    """Says each day's sun with an error of its own, one for the whole day."""

    seed: int
    spread: float
    refresh_s: float = 3600.0
    asked: int = 0
    failure: Exception | None = None
    age: timedelta = timedelta(0)

    async def forecast(self, start: datetime, end: datetime) -> Forecast:
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        first = start.replace(minute=0)
        hours = [first + i * HOUR for i in range(int((end - first) / HOUR))]
        return Forecast(
            Series(tuple(Span(at, at + HOUR, self.says(at)) for at in hours), "guess", start - self.age)
        )

    def says(self, at: datetime) -> float:
        off = np.random.default_rng([self.seed, at.toordinal()]).normal(0, self.spread)
        return sun_kw(at) * max(1.0 + float(off), 0.1)


async def meters() -> tuple[str, ...]:
    return (METER,)


async def blend(clock: Clock, **guesses: Guess) -> BlendedSolar:
    async with ports(clock=clock, history=Recorder(), store=Disk()) as home:
        return BlendedSolar(
            {
                name: CorrectedSolar(inner=guess, ports=home, statistics=meters, shelf=name)
                for name, guess in guesses.items()
            }
        )


async def live(blended: BlendedSolar, clock: Clock, days: int) -> tuple[list[float], list[float]]:
    """Look at each midnight; the energy told for the day ahead, and the one that came."""
    told, came = [], []
    for _ in range(days):
        clock.at += timedelta(days=1)
        day = clock.at
        forecast = await blended.forecast(day, day + 48 * HOUR)
        told.append(sum(s.value / 4 for s in forecast.mid.spans if day <= s.start < day + timedelta(days=1)))
        came.append(sum(sun_kw(day + i * HOUR) for i in range(24)))
    return told, came


async def test_the_better_provider_counts_for_more() -> None:
    clock = Clock()
    blended = await blend(clock, good=Guess(1, 0.05), bad=Guess(2, 0.5))
    await live(blended, clock, 20)
    good, bad = (provider.error for provider in blended.providers.values())
    assert good is not None
    assert bad is not None
    assert good < 0.5 * bad
    assert weights([good, bad])[0] > 0.8


async def test_two_of_equal_skill_are_better_together_than_either_alone() -> None:
    """Sensitivity: either one alone is a tenth worse or more."""
    errors = []
    for names in (("one",), ("two",), ("one", "two")):
        clock = Clock()
        guesses = {"one": Guess(1, 0.35), "two": Guess(2, 0.35)}
        told, came = await live(await blend(clock, **{name: guesses[name] for name in names}), clock, 24)
        errors.append(float(np.abs(np.array(told[6:]) - np.array(came[6:])).sum()) / sum(came[6:]))
    assert errors[2] < 0.9 * min(errors[:2])


async def test_a_silent_provider_is_left_out_until_it_speaks_again() -> None:
    clock = Clock()
    one, two = Guess(1, 0.1), Guess(2, 0.1)
    blended = await blend(clock, one=one, two=two)
    one.failure = CannotConnect("nobody there")
    alone = await blended.forecast(clock.at, clock.at + 48 * HOUR)
    assert alone.mid.origin == "guess"
    one.failure = None
    clock.at += 2 * HOUR
    both = await blended.forecast(clock.at, clock.at + 48 * HOUR)
    assert both.mid.origin == "one 50%, two 50%"


async def test_a_provider_whose_word_is_a_day_old_is_left_out_beside_a_fresh_one() -> None:
    """Sensitivity: when both are as old there is nothing better, and the blend says how old it is."""
    clock = Clock()
    one, two = Guess(1, 0.1, age=26 * HOUR), Guess(2, 0.1)
    blended = await blend(clock, one=one, two=two)
    alone = await blended.forecast(clock.at, clock.at + 48 * HOUR)
    assert (alone.mid.origin, alone.mid.issued) == ("guess", clock.at)
    clock.at += 2 * HOUR
    two.age = one.age
    both = await blended.forecast(clock.at, clock.at + 48 * HOUR)
    assert (both.mid.origin, both.mid.issued) == ("one 50%, two 50%", clock.at - 26 * HOUR)


async def test_when_all_are_silent_it_says_why() -> None:
    clock = Clock()
    down = CannotConnect("nobody there")
    blended = await blend(clock, one=Guess(1, 0.1, failure=down), two=Guess(2, 0.1, failure=down))
    with pytest.raises(CannotConnect):
        await blended.forecast(clock.at, clock.at + 48 * HOUR)


async def test_one_that_asks_us_to_wait_is_not_asked_before() -> None:
    clock = Clock()
    busy = Guess(1, 0.1, failure=RateLimited("wait", 6 * 3600.0))
    blended = await blend(clock, one=busy, two=Guess(2, 0.1))
    for _ in range(4):
        await blended.forecast(clock.at, clock.at + 48 * HOUR)
        clock.at += HOUR
    assert busy.asked == 1
    clock.at += 6 * HOUR
    await blended.forecast(clock.at, clock.at + 48 * HOUR)
    assert busy.asked == 2


@given(errors=st.lists(st.none() | st.floats(0.0, 2.0), min_size=1, max_size=5))
def test_weights_sum_to_one_and_rise_with_skill(errors: list[float | None]) -> None:
    shares = weights(errors)
    assert shares.sum() == pytest.approx(1.0)
    known = [(error, share) for error, share in zip(errors, shares, strict=True) if error is not None]
    for error, share in known:
        assert all(share >= other for worse, other in known if worse >= error)
    unknown = [share for error, share in zip(errors, shares, strict=True) if error is None]
    assert not known or all(share <= max(other for _, other in known) + 1e-12 for share in unknown)
