"""Forecasts that Home Assistant already has: the Energy dashboard's solar providers and weather entities."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.merit_order.engine.forecasts import forecast_kind
from custom_components.merit_order.engine.model.errors import BadData, SourceError
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import EntityState
from tests.apis import ActionAnswers, House, StoppedClock, at, ports

SOLAR = forecast_kind("energy_platform")
WEATHER = forecast_kind("weather_entity")


@dataclass
class Dashboard:
    """The energy platform's answers by config entry."""

    found: dict[str, Mapping[datetime, float] | None] = field(default_factory=dict)

    async def providers(self) -> Mapping[str, str]:
        return {"abc": "Forecast.Solar"}

    async def wh_by_start(self, provider: str) -> Mapping[datetime, float] | None:
        if provider not in self.found:
            raise SourceError("no such provider")
        return self.found[provider]


# A June day in London as Forecast.Solar writes it: from sunrise (03:43 UTC) to sunset (20:20 UTC), then the next
# day's.
DAY = {
    at("2026-06-15T03:43"): 20.0,
    at("2026-06-15T04:00"): 100.0,
    **{at("2026-06-15T05:00") + timedelta(hours=i): 1000.0 for i in range(15)},
    at("2026-06-15T20:00"): 50.0,
}


async def solar(found: Mapping[datetime, float] | None, start: str, end: str, **options: Any) -> Any:
    given = settle(SOLAR.options, {"provider": "abc", **options})
    async with ports("2026-06-15T02:00Z", solar_forecasts=Dashboard({"abc": found})) as home:
        return await SOLAR.build(given, home).forecast(at(start), at(end))


async def test_watt_hours_become_power_and_the_night_is_dark() -> None:
    forecast = await solar(DAY, "2026-06-15T00:00", "2026-06-16T12:00")
    value = forecast.mid.value_at
    assert value(at("2026-06-15T03:50")) == pytest.approx(0.02 / (17 / 60))
    assert value(at("2026-06-15T04:30")) == pytest.approx(0.1)
    assert value(at("2026-06-15T12:00")) == pytest.approx(1.0)
    assert value(at("2026-06-15T20:30")) == pytest.approx(0.05)
    # Night before and after is zero; the next morning, of which nothing is given, is a gap.
    assert value(at("2026-06-15T01:00")) == 0
    assert value(at("2026-06-15T23:30")) == 0
    assert value(at("2026-06-16T09:00")) is None


async def test_a_provider_that_says_nothing_new_for_a_day_is_as_old_as_its_word() -> None:
    """Sensitivity: whatever is new, or a day that is over and goes, is told apart."""
    clock = StoppedClock(at("2026-06-15T06:00"))
    dashboard = Dashboard({"abc": DAY})
    options = settle(SOLAR.options, {"provider": "abc"})
    async with ports(clock=clock, solar_forecasts=dashboard) as home:
        source = SOLAR.build(options, home)

        async def issued() -> datetime | None:
            return (await source.forecast(at("2026-06-15T00:00"), at("2026-06-17T00:00"))).mid.issued

        assert await issued() == clock.moment
        clock.moment = at("2026-06-16T05:00")
        assert await issued() == clock.moment, "nights are long"
        clock.moment = at("2026-06-16T08:00")
        dashboard.found["abc"] = dict(list(DAY.items())[4:])
        assert await issued() == at("2026-06-15T06:00")
        dashboard.found["abc"] = {**DAY, at("2026-06-15T20:00"): 51.0}
        assert await issued() == clock.moment


async def test_half_hours_are_told_by_their_starts() -> None:
    half = {at("2026-06-15T10:00") + timedelta(minutes=30 * i): 500.0 for i in range(6)}
    forecast = await solar(half, "2026-06-15T10:00", "2026-06-15T12:00")
    assert {span.value for span in forecast.mid.spans} == {1.0}
    assert forecast.mid.end == at("2026-06-15T12:00")


async def test_a_hole_by_day_is_a_gap() -> None:
    holes = {start: wh for start, wh in DAY.items() if start.hour not in (10, 11)}
    forecast = await solar(holes, "2026-06-15T00:00", "2026-06-15T23:00")
    assert forecast.mid.value_at(at("2026-06-15T10:30")) is None
    assert forecast.mid.value_at(at("2026-06-15T12:30")) == 1.0


async def test_providers_are_offered_and_one_without_a_forecast_is_an_error() -> None:
    assert SOLAR.offer is not None
    async with ports(solar_forecasts=Dashboard()) as home:
        assert await SOLAR.offer({}, home) == {"provider": {"abc": "Forecast.Solar"}}
        with pytest.raises(SourceError):
            await SOLAR.build({"provider": "gone"}, home).forecast(at("2026-06-15"), at("2026-06-16"))
    with pytest.raises(BadData):
        await solar(None, "2026-06-15T00:00", "2026-06-16T00:00")
    with pytest.raises(BadData):
        await solar({}, "2026-06-15T00:00", "2026-06-16T00:00")
    async with ports() as home:
        with pytest.raises(SourceError):
            await SOLAR.build({"provider": "abc"}, home).forecast(at("2026-06-15"), at("2026-06-16"))


def hourly(*temperatures: float | None, step: int = 1) -> dict[str, Any]:
    rows = [
        {"datetime": (at("2026-06-15T10:00") + timedelta(hours=step * i)).isoformat(), "temperature": value}
        for i, value in enumerate(temperatures)
    ]
    return {"weather.home": {"forecast": rows}}


async def weather(answer: Any, unit: str = "°C", now: str = "2026-06-15T10:00Z", **attributes: Any) -> Any:
    told = {"temperature_unit": unit, **attributes}
    house = House({"weather.home": EntityState("sunny", None, at("2026-06-15"), told)})
    actions = ActionAnswers({"weather.get_forecasts": answer})
    async with ports(now, entities=house, actions=actions) as home:
        forecaster = WEATHER.build(settle(WEATHER.options, {"entity": "weather.home"}), home)
        found = await forecaster.forecast(at("2026-06-15T10:00"), at("2026-06-15T22:00"))
        assert actions.asked == [("weather.get_forecasts", {"entity_id": "weather.home", "type": "hourly"})]
        return found


async def test_temperatures_hold_until_the_next_and_no_longer_than_three_hours() -> None:
    hours = (await weather(hourly(20.0, 22.0, 24.0))).mid
    assert [hours.value_at(at(f"2026-06-15T{hour}:30")) for hour in (10, 11, 12, 13)] == [
        20.0,
        22.0,
        24.0,
        None,
    ]
    every_third = (await weather(hourly(20.0, 22.0, step=3))).mid
    assert every_third.value_at(at("2026-06-15T12:59")) == 20.0
    every_fifth = (await weather(hourly(20.0, 22.0, step=5))).mid
    assert every_fifth.value_at(at("2026-06-15T14:00")) is None


@pytest.mark.parametrize(
    ("now", "known"),
    [
        ("2026-06-15T09:40Z", (None, 20.0, 22.0, 24.0)),
        ("2026-06-15T10:40Z", (None, 18.5, 22.0, 24.0)),
        ("2026-06-15T11:40Z", (None, None, 18.5, 24.0)),
    ],
    ids=["before what is asked", "the first hour", "an hour that is over is not told by its forecast"],
)
async def test_the_running_hour_is_what_the_entity_observes(
    now: str, known: tuple[float | None, ...]
) -> None:
    hours = (await weather(hourly(20.0, 22.0, 24.0), now=now, temperature=18.5)).mid
    assert tuple(hours.value_at(at(f"2026-06-15T{hour:02}:30")) for hour in (9, 10, 11, 12)) == known


async def test_what_is_observed_alone_is_no_forecast() -> None:
    with pytest.raises(BadData):
        await weather({"weather.home": {"forecast": []}}, temperature=18.5)


async def test_fahrenheit_is_turned_and_an_unknown_unit_refused() -> None:
    assert (await weather(hourly(68.0), "°F")).mid.spans[0].value == pytest.approx(20.0)
    with pytest.raises(BadData):
        await weather(hourly(68.0), "hot")


@pytest.mark.parametrize(
    "answer",
    [
        SourceError("no hourly forecast"),
        {},
        {"weather.home": {"forecast": []}},
        hourly(None, None),
        {"weather.home": {"forecast": [{"datetime": "2026-06-15T10:00:00", "temperature": 1.0}]}},
    ],
    ids=["refused", "other_entity", "empty", "all_null", "no_offset"],
)
async def test_a_weather_entity_without_an_hourly_forecast_is_an_error(answer: Any) -> None:
    with pytest.raises(SourceError):
        await weather(answer)


async def test_a_weather_entity_that_is_not_there() -> None:
    async with ports(actions=ActionAnswers()) as home:
        with pytest.raises(SourceError):
            await WEATHER.build({"entity": "weather.gone"}, home).forecast(at("2026-06-15"), at("2026-06-16"))
