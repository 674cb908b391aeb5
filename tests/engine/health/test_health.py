"""Each fault is caught by its name, what is left is stated, and nothing missing becomes a zero."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.health import (
    LOAD,
    OUTDOOR,
    Bounds,
    Fault,
    Verdict,
    examine,
    price_bounds,
    solar_bounds,
)
from custom_components.merit_order.engine.model.horizon import Horizon
from custom_components.merit_order.engine.model.layers import over
from custom_components.merit_order.engine.model.plan import (
    AssetPlan,
    Health,
    HomePlan,
    InputStatus,
    Plan,
    PlanStatus,
)
from custom_components.merit_order.engine.model.series import Forecast, Quality, Series, Span
from custom_components.merit_order.engine.model.snapshot import AssetSpec, Settings, Snapshot, TariffView
from custom_components.merit_order.engine.normalise import DEFAULT_LOAD_KW, normalise
from tests.apis import at

NOW = at("2026-06-15T00:00")
UNTIL = NOW + timedelta(hours=48)
LONDON, BRUSSELS, SYDNEY = (
    ZoneInfo(name) for name in ("Europe/London", "Europe/Brussels", "Australia/Sydney")
)


def hourly(
    *values: float, start: datetime = NOW, minutes: float = 60, issued: datetime | None = None
) -> Series:
    return Series.regular(start, minutes, values, Quality.KNOWN, "test", issued)


def judge(series: Series, bounds: Bounds, zone: ZoneInfo = LONDON, now: datetime = NOW) -> Verdict:
    return examine(series, bounds, now, now + timedelta(hours=48), zone)


DAYS = [0.2 + 0.01 * (i % 24) for i in range(48)]


def test_a_sound_input_is_left_as_it_is() -> None:
    series = hourly(*DAYS)
    assert judge(series, price_bounds("EUR")) == Verdict(series=series)


@pytest.mark.parametrize(
    ("values", "bounds", "unit"),
    [
        ([450.0 + i for i in range(48)], LOAD, "W"),
        ([0.0004] * 48, LOAD, "MW"),
        ([0.0] * 30 + [3200.0] * 18, solar_bounds(5.0), "W"),
        ([28.4] * 48, price_bounds("EUR"), "ct/kWh or EUR/MWh"),
        ([95.0] * 48, price_bounds("EUR"), "ct/kWh or EUR/MWh"),
        ([0.0003] * 48, price_bounds("EUR"), "EUR/Wh"),
        ([68.0] * 48, OUTDOOR, "°F or K"),
        ([288.0] * 48, OUTDOOR, "°F or K"),
    ],
    ids=["load_w", "load_mw", "solar_w", "cents", "per_mwh", "per_wh", "fahrenheit", "kelvin"],
)
def test_another_unit_is_named_and_left_out(values: list[float], bounds: Bounds, unit: str) -> None:
    verdict = judge(hourly(*values), bounds)
    assert verdict.faults == (Fault.EMPTY, Fault.WRONG_UNIT)
    assert verdict.placeholders["unit"] == unit
    assert verdict.series.spans == ()


@pytest.mark.parametrize(
    ("values", "bounds"),
    [
        ([0.0] * 48, solar_bounds(5.0)),
        ([-0.1, -0.05, *[0.001] * 46], price_bounds("EUR")),
        ([2.5] * 48, price_bounds("SEK")),
        ([90.0] * 48, price_bounds("HUF")),
        ([3.1] * 48, price_bounds("TRY")),
        ([160.0] * 48, price_bounds("KRW")),
        ([0.006] * 48, price_bounds("KWD")),
        ([0.05] * 48, LOAD),
    ],
    ids=["night", "negative", "kronor", "forint", "lira", "won", "dinar", "nobody_home"],
)
def test_what_is_unusual_but_real_stays(values: list[float], bounds: Bounds) -> None:
    assert judge(hourly(*values), bounds).faults == ()


def test_single_impossible_values_are_dropped_and_counted() -> None:
    verdict = judge(hourly(*[0.4] * 20, 4e4, *[0.4] * 20, -3.0, *[0.4] * 6), LOAD)
    assert verdict.faults == (Fault.JUMPING, Fault.GAP)
    assert verdict.placeholders == {"count": "2", "hours": "2.0"}
    assert {span.value for span in verdict.series.spans} == {0.4}


def test_gap_short_and_stale() -> None:
    holes = Series(tuple(span for span in hourly(*DAYS).spans if span.start.hour != 5))
    assert judge(holes, price_bounds("EUR")).fault is Fault.GAP
    assert judge(holes, price_bounds("EUR")).placeholders["hours"] == "2.0"
    ends = judge(hourly(*DAYS[:4]), price_bounds("EUR"))
    assert (ends.fault, ends.placeholders["end"]) == (Fault.SHORT, "2026-06-15T05:00+01:00")
    assert (
        judge(hourly(*DAYS[:8]), price_bounds("EUR")).faults == ()
    )  # the evening before publication is like that
    old = judge(hourly(*[0.0] * 48, issued=NOW - timedelta(hours=14)), solar_bounds(5.0))
    assert (old.fault, old.placeholders["age_h"]) == (Fault.STALE, "14")
    assert judge(Series(()), LOAD).faults == (Fault.EMPTY,)


def test_a_suppliers_own_forecast_is_its_word_and_ours_is_not() -> None:
    known = tuple(hourly(0.3).spans)
    later = tuple(Span(s.start, s.end, 0.3, Quality.FORECAST) for s in hourly(*[0.3] * 48).spans[1:])
    series, until = Series((*known, *later)), NOW + timedelta(hours=48)
    bounds = price_bounds("AUD")
    ours = examine(series, bounds, NOW, until, LONDON)
    theirs = examine(series, bounds, NOW, until, LONDON, told_until=series.end)
    assert (ours.faults, theirs.faults) == ((Fault.SHORT,), ())


def test_hourly_values_that_last_half_an_hour_are_held() -> None:
    spans = [Span(span.start, span.start + timedelta(minutes=30), span.value) for span in hourly(*DAYS).spans]
    verdict = judge(Series(tuple(spans)), price_bounds("EUR"))
    assert verdict.faults == (Fault.WRONG_RESOLUTION,)
    assert verdict.series.spans == hourly(*DAYS).spans


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-06-15", 24), ("2026-03-29", 23), ("2026-10-25", 25)],
    ids=["plain", "spring", "autumn"],
)
def test_a_day_of_hours_squeezed_into_half_a_day_is_left_out(day: str, hours: int) -> None:
    midnight = datetime.fromisoformat(day).replace(tzinfo=BRUSSELS)
    start = at(midnight.isoformat())
    squeezed = hourly(*[0.1 + 0.01 * i for i in range(hours)], start=start, minutes=30)
    verdict = judge(squeezed, price_bounds("EUR"), BRUSSELS, start)
    assert verdict.faults == (Fault.EMPTY, Fault.WRONG_RESOLUTION)
    honest = hourly(*[0.1 + 0.01 * i for i in range(hours)], start=start)
    assert judge(honest, price_bounds("EUR"), BRUSSELS, start).faults == ()


@pytest.mark.parametrize(
    ("zone", "midnight", "second"),
    [
        (LONDON, "2026-10-24T23:00", "2026-10-25T01:00"),
        (BRUSSELS, "2026-10-24T22:00", "2026-10-25T01:00"),
        (SYDNEY, "2026-04-04T13:00", "2026-04-04T16:00"),
    ],
    ids=["london", "brussels", "sydney"],
)
def test_the_hour_that_comes_twice_and_was_written_once(zone: ZoneInfo, midnight: str, second: str) -> None:
    whole = hourly(*[0.1 + 0.01 * i for i in range(25)], start=at(midnight))
    once = Series(tuple(span for span in whole.spans if span.start != at(second)))
    verdict = judge(once, price_bounds("EUR"), zone, at(midnight))
    assert verdict.faults == (Fault.DST_HOUR,)
    assert len(verdict.series.spans) == 25
    assert verdict.series.value_at(at(second)) == verdict.series.value_at(at(second) - timedelta(hours=1))
    assert judge(whole, price_bounds("EUR"), zone, at(midnight)).faults == ()


def test_the_graver_note_wins_and_keeps_where_it_came_from() -> None:
    stale = InputStatus(key="price", origin="octopus", health=Health.STALE, issued=NOW, rule="last_good")
    short = judge(hourly(*DAYS[:4]), price_bounds("EUR")).status(stale)
    assert (short.health, short.origin, short.rule, short.reason) == (
        Health.PARTIAL,
        "octopus",
        "last_good",
        "short",
    )
    broken = replace(stale, reason="cannot_connect")
    assert judge(hourly(*DAYS[:4]), price_bounds("EUR")).status(broken).reason == "cannot_connect"
    doubted = judge(hourly(*[30.0] * 48), price_bounds("EUR")).status(broken)
    assert (doubted.health, doubted.reason) == (Health.MISSING, "wrong_unit")
    missing = InputStatus(key="price", health=Health.MISSING, rule="left_out", reason="cannot_connect")
    assert judge(Series(()), price_bounds("EUR")).status(missing) == missing


def test_a_source_that_forgets_does_not_make_us_forget() -> None:
    last, new = hourly(*[0.1] * 6), hourly(0.2, 0.2, start=NOW + timedelta(hours=1, minutes=30))
    merged = over(new, last)
    assert [merged.value_at(NOW + timedelta(minutes=30 * i)) for i in range(12)] == [0.1] * 3 + [0.2] * 4 + [
        0.1
    ] * 5
    assert over(Series(()), last).spans == last.spans
    assert over(new, Series(())).spans == new.spans


# The door itself: what a snapshot becomes.


def snapshot(**changes: Any) -> Snapshot:
    given_: dict[str, Any] = {
        "at": NOW,
        "timezone": "Europe/London",
        "currency": "GBP",
        "tariff": TariffView(import_price=hourly(*DAYS)),
        "load": Forecast(hourly(*[0.5] * 48)),
        "settings": Settings(slot_minutes=60, horizon_hours=48),
    }
    return Snapshot(**(given_ | changes))


def horizon(given_: Snapshot) -> tuple[Horizon, dict[str, InputStatus]]:
    found = normalise(given_)
    assert isinstance(found, Horizon)
    return found, {status.key: status for status in found.inputs}


def sun(*values: float) -> AssetSpec:
    return AssetSpec(
        id="roof",
        kind="solar",
        name="Roof",
        params={"peak_kw": 5.0},
        series={"power": Forecast(hourly(*values))},
    )


def earlier(load: float, solar: float) -> Plan:
    edges = tuple(NOW + timedelta(hours=i - 1) for i in range(49))
    row = (0.0,) * 48
    return Plan(
        id="p",
        at=NOW,
        status=PlanStatus.OPTIMAL,
        currency="GBP",
        timezone="Europe/London",
        edges=edges,
        home=HomePlan(
            import_price=row,
            export_price=row,
            price_quality=(Quality.KNOWN,) * 48,
            price_level=("normal",) * 48,
            load_kw=(load,) * 48,
            solar_kw=row,
            solar_low_kw=row,
            solar_high_kw=row,
            grid_kw=row,
            cost=row,
        ),
        assets=(
            AssetPlan(id="roof", kind="solar", name="Roof", power_kw=(solar,) * 48, active=(False,) * 48),
        ),
    )


def test_a_sound_snapshot_has_no_notes() -> None:
    found, notes = horizon(snapshot(assets=(sun(*[1.0] * 48),)))
    assert notes == {}
    assert list(found.import_price) == pytest.approx(DAYS)
    assert set(found.series["roof"]["power"].mid) == {1.0}


@pytest.mark.parametrize(
    ("values", "reason"), [([], "empty"), ([30.0] * 48, "wrong_unit")], ids=["empty", "pence"]
)
def test_without_prices_that_can_be_believed_there_is_no_plan(values: list[float], reason: str) -> None:
    notes = normalise(snapshot(tariff=TariffView(import_price=hourly(*values))))
    assert isinstance(notes, tuple)
    (note,) = notes
    assert (note.key, note.health, note.rule, note.reason) == ("price", Health.MISSING, "left_out", reason)


def test_a_gap_in_prices_is_yesterdays_and_called_assumed() -> None:
    spans = tuple(span for span in hourly(*DAYS).spans if span.start != NOW + timedelta(hours=30))
    found, notes = horizon(snapshot(tariff=TariffView(import_price=Series(spans))))
    assert found.import_price[30] == pytest.approx(DAYS[6])
    assert found.price_quality[30] is Quality.ASSUMED
    assert (notes["price"].health, notes["price"].reason) == (Health.PARTIAL, "gap")


def test_no_load_is_the_last_plans_and_then_a_households_never_zero() -> None:
    empty = Forecast(Series(()))
    found, notes = horizon(snapshot(load=empty, previous=earlier(0.7, 0.0)))
    assert set(found.load.mid) == {0.7}
    assert (notes["load"].health, notes["load"].rule) == (Health.MISSING, "last_good")
    found, notes = horizon(snapshot(load=empty))
    assert set(found.load.mid) == {DEFAULT_LOAD_KW}
    assert notes["load"].rule == "default"
    found, notes = horizon(snapshot(load=Forecast(hourly(*[500.0] * 48))))
    assert set(found.load.mid) == {DEFAULT_LOAD_KW}
    assert notes["load"].placeholders["unit"] == "W"


def test_no_sun_forecast_is_the_last_plans_or_absent_never_zero() -> None:
    found, notes = horizon(snapshot(assets=(sun(),), previous=earlier(0.5, 2.0)))
    assert set(found.series["roof"]["power"].mid) == {2.0}
    assert notes["solar:roof"].rule == "last_good"
    found, notes = horizon(snapshot(assets=(sun(),)))
    assert "power" not in found.series["roof"]
    assert (notes["solar:roof"].health, notes["solar:roof"].rule) == (Health.MISSING, "left_out")


def test_a_gap_in_load_and_sun_is_filled_from_the_day_before() -> None:
    values = [float(i % 24) / 10 + 0.1 for i in range(48)]
    holes = [np.nan if 26 <= i < 29 else value for i, value in enumerate(values)]
    found, notes = horizon(snapshot(load=Forecast(hourly(*holes)), assets=(sun(*holes),)))
    assert list(found.load.mid) == pytest.approx(values)
    assert list(found.series["roof"]["power"].mid) == pytest.approx(values)
    assert {notes[key].reason for key in ("load", "solar:roof")} == {"gap"}


def test_missing_export_prices_count_as_nothing_and_are_told() -> None:
    tariff = TariffView(import_price=hourly(*DAYS), export_price=Series(()))
    found, notes = horizon(snapshot(tariff=tariff))
    assert set(found.export_price) == {0.0}
    assert (notes["export_price"].health, notes["export_price"].rule) == (Health.MISSING, "default")
    assert horizon(snapshot())[1] == {}


@given(
    missing=st.sets(st.integers(0, 47), max_size=47),
    spikes=st.dictionaries(st.integers(0, 47), st.sampled_from([-50.0, 1e5]), max_size=4),
)
def test_law_whatever_is_missing_the_horizon_has_no_hole_and_only_believable_values(
    missing: set[int], spikes: dict[int, float]
) -> None:
    values = [np.nan if i in missing else spikes.get(i, 0.5 + i / 100) for i in range(48)]
    found, _ = horizon(snapshot(load=Forecast(hourly(*values))))
    assert np.all(np.isfinite(found.load.mid))
    assert np.all(found.load.mid >= 0.4)
    assert np.all(found.load.mid <= 1.0)
