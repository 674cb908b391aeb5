"""A provider's solar forecast, corrected by what the recorder measured, hour after hour for weeks."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from custom_components.merit_order.engine.forecasts import CorrectedSolar
from custom_components.merit_order.engine.model.errors import CannotConnect
from custom_components.merit_order.engine.model.series import Forecast, Series, Span
from tests.apis import ports

START = datetime(2026, 6, 1, tzinfo=UTC)
METER = "sensor.roof_energy"


def sun_kw(at: datetime) -> float:
    """A day's arch, dimmer on some days than on others."""
    clear = 4.0 * max(float(np.sin((at.hour + at.minute / 60 - 5) / 14 * np.pi)), 0.0)
    return clear * (0.4 + 0.6 * ((at.toordinal() * 7) % 10) / 10)


@dataclass
class Clock:
    """Moved by the test."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Recorder:
    """The recorder's answers: what the sun gave, hour by hour."""

    async def mean_power_kw(self, statistic_id: str, start: datetime, end: datetime) -> Series:
        assert statistic_id == METER
        first = max(START, start).replace(minute=0, second=0, microsecond=0)
        count = max(int((end - first) / timedelta(hours=1)), 0)
        hours = [first + timedelta(hours=i) for i in range(count)]
        return Series(tuple(Span(h, h + timedelta(hours=1), sun_kw(h)) for h in hours))


@dataclass
class Disk:
    """What survives a restart."""

    values: dict[str, Any] = field(default_factory=dict)

    def load(self, key: str) -> Any:
        return self.values.get(key)

    def save(self, key: str, value: Any) -> None:
        self.values[key] = value

    async def keep(self, key: str, value: Any) -> None:
        self.save(key, value)


@dataclass
class Provider:
    """Says `factor` of what will come, by quarter of an hour; or nothing at all."""

    factor: float = 0.6
    refresh_s: float = 3600.0
    asked: int = 0
    down: bool = False
    gap: tuple[int, int] = (0, 0)

    async def forecast(self, start: datetime, end: datetime) -> Forecast:
        if self.down:
            raise CannotConnect("nobody there")
        self.asked += 1
        step = timedelta(minutes=15)
        spans, at = [], start
        while at < end:
            if not self.gap[0] <= at.hour < self.gap[1]:
                hour = at.replace(minute=0)
                spans.append(
                    Span(at, at + step, self.factor * sun_kw(hour) * (0.9 if at.minute < 30 else 1.1))
                )
            at += step
        return Forecast(Series(tuple(spans), "provider", start))


async def live(solar: CorrectedSolar, clock: Clock, days: int, every: int = 6) -> Forecast:
    """Look every few hours for so many days; the last forecast."""
    for _ in range(days * 24 // every):
        clock.at += timedelta(hours=every)
        start = clock.at.replace(hour=0)
        last = await solar.forecast(start, clock.at + timedelta(hours=48))
    return last


def day_kwh(forecast: Forecast, day: datetime, side: str = "mid") -> float:
    series: Series = getattr(forecast, side)
    inside = [s for s in series.spans if day <= s.start < day + timedelta(days=1)]
    return sum(s.value * ((s.end - s.start) / timedelta(hours=1)) for s in inside)


def truth_kwh(day: datetime) -> float:
    return sum(sun_kw(day + timedelta(hours=h)) for h in range(24))


async def meters() -> tuple[str, ...]:
    return (METER,)


async def corrected(clock: Clock, provider: Provider, store: Disk) -> CorrectedSolar:
    async with ports(clock=clock, history=Recorder(), store=store) as home:
        return CorrectedSolar(inner=provider, ports=home, statistics=meters, shelf="corrected:roof")


async def test_a_provider_that_says_too_little_is_put_right_within_weeks() -> None:
    clock, provider, store = Clock(), Provider(), Disk()
    solar = await corrected(clock, provider, store)
    forecast = await live(solar, clock, 21)
    tomorrow = clock.at.replace(hour=0) + timedelta(days=1)
    assert day_kwh(forecast, tomorrow) == pytest.approx(truth_kwh(tomorrow), rel=0.1)
    assert (
        day_kwh(forecast, tomorrow, "low") < day_kwh(forecast, tomorrow) < day_kwh(forecast, tomorrow, "high")
    )
    # The course within the hour is the provider's.
    noon = [s.value for s in forecast.mid.spans if s.start.hour == 12 and s.start >= tomorrow][:4]
    assert noon[2] / noon[1] == pytest.approx(1.1 / 0.9)


async def test_what_was_learned_survives_a_restart() -> None:
    clock, provider, store = Clock(), Provider(), Disk()
    await live(await corrected(clock, provider, store), clock, 21)
    forecast = await live(await corrected(clock, provider, store), clock, 1)
    tomorrow = clock.at.replace(hour=0) + timedelta(days=1)
    assert day_kwh(forecast, tomorrow) == pytest.approx(truth_kwh(tomorrow), rel=0.1)


async def test_on_the_first_day_the_provider_is_believed() -> None:
    clock, provider = Clock(), Provider()
    forecast = await live(await corrected(clock, provider, Disk()), clock, 1)
    tomorrow = clock.at.replace(hour=0) + timedelta(days=1)
    assert day_kwh(forecast, tomorrow) == pytest.approx(0.6 * truth_kwh(tomorrow), rel=0.35)
    assert not forecast.provisional


async def test_the_provider_is_asked_no_more_often_than_it_wants() -> None:
    clock, provider = Clock(), Provider(refresh_s=3 * 3600.0)
    solar = await corrected(clock, provider, Disk())
    assert solar.refresh_s == 1800.0
    await live(solar, clock, 2, every=1)
    assert provider.asked <= 2 * 24 // 3 + 1


async def test_hours_the_provider_leaves_out_are_filled_from_the_last_days() -> None:
    clock, provider = Clock(), Provider(factor=1.0)
    solar = await corrected(clock, provider, Disk())
    await live(solar, clock, 14)
    provider.gap = (11, 14)
    forecast = await live(solar, clock, 1)
    tomorrow = clock.at.replace(hour=0) + timedelta(days=1)
    filled = forecast.mid.value_at(tomorrow + timedelta(hours=12))
    assert filled is not None
    assert 1.0 < filled < 4.0


async def test_a_provider_that_is_down_is_the_callers_business() -> None:
    clock = Clock()
    solar = await corrected(clock, Provider(down=True), Disk())
    with pytest.raises(CannotConnect):
        await solar.forecast(clock.at, clock.at + timedelta(hours=24))


async def test_without_the_recorder_the_forecast_stands_as_it_was_given() -> None:
    async def silent() -> tuple[str, ...]:
        raise CannotConnect("no recorder")

    clock, provider = Clock(START + timedelta(hours=9)), Provider()
    solar = await corrected(clock, provider, Disk())
    solar.statistics = silent
    given = await provider.forecast(clock.at, clock.at + timedelta(hours=24))
    found = await solar.forecast(clock.at, clock.at + timedelta(hours=24))
    noon = clock.at + timedelta(hours=3)
    assert found.mid.value_at(noon) == pytest.approx(given.mid.value_at(noon))


async def test_a_broken_shelf_starts_anew() -> None:
    clock = Clock()
    for junk in ("text", {"x": 1, "12": "y"}, [1, 2]):
        solar = await corrected(clock, Provider(), Disk({"corrected:roof": junk}))
        assert (await live(solar, clock, 1)).mid.spans
