"""What the outdoor temperature adds to the load: taken up where it foresees the days better, left alone where not."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from custom_components.merit_order.engine.forecasts import Record, forecast_load
from custom_components.merit_order.engine.model.series import FloatArray

UTC = ZoneInfo("UTC")
HOUR, DAY = 3600, 86_400
DAYS = 70


def weather(mean_c: float, seed: int = 3) -> FloatArray:
    """Hours of days that differ, each colder by night."""
    random, days = np.random.default_rng(seed), np.zeros(DAYS)
    for day in range(1, DAYS):
        days[day] = 0.7 * days[day - 1] + random.normal(0, 3)
    hours = np.arange(DAYS * 24)
    night = np.cos(2 * np.pi * (hours % 24 - 4) / 24)
    return np.asarray(mean_c + np.interp(hours / 24, np.arange(DAYS), days) - 3 * night)


def plain_home(seed: int = 1) -> FloatArray:
    """An evening peak and noise, whatever the weather."""
    hours = np.arange(DAYS * 24)
    evening = np.exp(-((hours % 24 - 19) ** 2) / 4)
    return np.asarray((0.3 + 1.2 * evening) * np.random.default_rng(seed).gamma(4.0, 0.25, len(hours)))


def slow(outdoor: FloatArray) -> FloatArray:
    """What a building feels of it: a day behind."""
    felt = outdoor.copy()
    for i in range(1, len(felt)):
        felt[i] = felt[i - 1] + (outdoor[i] - felt[i - 1]) / 20
    return felt


def day_errors(load: FloatArray, outdoor: FloatArray | None) -> tuple[float, float]:
    """Mean error of a day's energy and bias, as shares, over the last 28 days, each foreseen at midnight."""
    record = Record(0, HOUR, load)
    temperature = None if outdoor is None else Record(0, HOUR, outdoor)
    said, real = [], []
    for day in range(DAYS - 28, DAYS):
        said.append(forecast_load(record, day * DAY, 24, UTC, outdoor=temperature).mid.sum())
        real.append(load[day * 24 : day * 24 + 24].sum())
    error = np.array(said) - np.array(real)
    return float(np.abs(error).sum() / np.sum(real)), float(error.sum() / np.sum(real))


@pytest.mark.parametrize(("mean_c", "heats", "cools"), [(3.0, 0.12, 0.0), (25.0, 0.0, 0.15)])
def test_a_home_heated_or_cooled_by_the_weather_is_foreseen_by_it(
    mean_c: float, heats: float, cools: float
) -> None:
    """Sensitivity: blind to the weather a day's energy is off by nearly twice as much."""
    outdoor = weather(mean_c)
    felt = slow(outdoor)
    load = plain_home() + heats * np.maximum(16 - felt, 0) + cools * np.maximum(felt - 22, 0)
    (aware, bias), (blind, _) = day_errors(load, outdoor), day_errors(load, None)
    assert aware < 0.6 * blind
    assert abs(bias) < 0.03


def test_weather_that_has_nothing_to_do_with_the_load_changes_nothing() -> None:
    load = plain_home()
    errors = [day_errors(load, weather(3.0, seed))[0] for seed in range(4)]
    assert np.mean(errors) == pytest.approx(day_errors(load, None)[0], rel=0.02)


def test_a_cold_snap_that_is_forecast_is_seen_before_it_comes() -> None:
    outdoor = weather(3.0)
    load = plain_home() + 0.12 * np.maximum(16 - slow(outdoor), 0)
    now = (DAYS - 2) * DAY

    def said(colder: float) -> float:
        ahead = np.where(np.arange(len(outdoor)) * HOUR >= now, outdoor - colder, outdoor)
        return float(
            forecast_load(Record(0, HOUR, load), now, 48, UTC, outdoor=Record(0, HOUR, ahead)).mid.sum()
        )

    more = said(8.0) - said(0.0)
    # The mean of 24 hours falls by 4 °C in the mean of the first day, by 8 on the second.
    assert more == pytest.approx(24 * 0.12 * (4 + 8), rel=0.35)


@pytest.mark.parametrize("known", ["no hour", "only hours to come", "a week"])
def test_without_enough_known_weather_the_forecast_is_the_plain_one(known: str) -> None:
    outdoor = weather(3.0)
    load = plain_home() + 0.12 * np.maximum(16 - slow(outdoor), 0)
    now, hours = (DAYS - 2) * DAY, np.arange(len(outdoor))
    since = {"no hour": DAYS * 24, "only hours to come": now // HOUR, "a week": now // HOUR - 168}[known]
    seen = Record(0, HOUR, np.where(hours < since, np.nan, outdoor))
    aware, blind = (forecast_load(Record(0, HOUR, load), now, 48, UTC, outdoor=o) for o in (seen, None))
    np.testing.assert_array_equal(aware.mid, blind.mid)


def test_hours_of_which_the_weather_is_not_known_stand_as_they_would_without_it() -> None:
    """A forecast of the weather that ends after a day does not end that of the load."""
    outdoor = weather(3.0)
    load = plain_home() + 0.12 * np.maximum(16 - slow(outdoor), 0)
    now = (DAYS - 2) * DAY
    outdoor[now // HOUR + 12 :] = np.nan
    said = forecast_load(Record(0, HOUR, load), now, 48, UTC, outdoor=Record(0, HOUR, outdoor)).mid
    assert np.isfinite(said).all()
    assert said.min() > 0.2
