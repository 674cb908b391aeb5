"""Loads that can wait, on hand-solved homes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.merit_order.engine.assets import asset_kind
from custom_components.merit_order.engine.model.plan import PlanStatus
from custom_components.merit_order.engine.model.series import Forecast, Series
from custom_components.merit_order.engine.model.snapshot import (
    AssetSpec,
    Need,
    Override,
    OverrideMode,
    Snapshot,
)
from custom_components.merit_order.engine.pipeline import think
from tests.engine.homes import MIDNIGHT, asset, battery, grid, home, of, plan, powers, solar

HOUR = timedelta(hours=1)


def load(name: str = "load", *, state: dict[str, Any] | None = None, **params: Any) -> AssetSpec:
    more = {key: params.pop(key) for key in ("needs", "overrides", "controlled") if key in params}
    return asset("load", {"power_kw": 1.0} | params, state, id=name, **more)


def test_a_run_waits_for_the_cheapest_time_before_its_deadline() -> None:
    """Proves: it runs at 0.10, not at once. Sensitivity: with an earlier deadline it cannot wait so long."""
    prices = [0.5, 0.4, 0.1, 0.3]
    assert powers(plan(home(prices, load(run_minutes=60, deadline="04:00"))), "load") == [0, 0, 1, 0]
    assert powers(plan(home(prices, load(run_minutes=60, deadline="02:00"))), "load") == [0, 1, 0, 0]


def test_a_run_is_not_interrupted() -> None:
    """Proves: two hours in one go cost 0.5. Sensitivity: interruptible they cost 0.2."""
    prices = [0.1, 0.4, 0.1, 0.6]
    whole = load(run_minutes=120, deadline="04:00")
    assert plan(home(prices, whole)).cost == pytest.approx(0.5)
    parts = load(energy_kwh=2.0, contiguous=False, deadline="04:00")
    assert plan(home(prices, parts)).cost == pytest.approx(0.2)


def test_the_earliest_time_is_kept() -> None:
    """Proves: not before 02:00 though 01:00 is cheapest."""
    found = plan(home([0.5, 0.1, 0.3, 0.4], load(run_minutes=60, earliest="02:00", deadline="04:00")))
    assert powers(found, "load") == [0, 0, 1, 0]


def test_allowed_windows_are_kept() -> None:
    """Proves: only 02:00 to 03:00 is allowed. Sensitivity: the deadline alone would choose 01:00."""
    spec = load(run_minutes=60, deadline="04:00", windows=[["02:00", "03:00"]])
    assert powers(plan(home([0.5, 0.1, 0.3, 0.4], spec)), "load") == [0, 0, 1, 0]


def test_what_a_person_answers_becomes_an_allowed_window() -> None:
    kind = asset_kind("load")
    made = kind.from_options({"allowed_from": "09:00:00", "allowed_until": "17:00:00", "max_starts": 2.0})
    assert made == {"max_starts": 2, "windows": [["09:00:00", "17:00:00"]]}
    assert kind.from_options({"allowed_from": "22:00"}) == {"windows": [["22:00", "00:00"]]}


def test_a_profile_is_laid_where_its_peak_is_cheap() -> None:
    """Proves: 0.1 then 2 kW: the second hour falls into the cheap slot. Sensitivity: mirrored it starts there."""
    prices = [0.5, 0.5, 0.1, 0.5]
    late = load(profile_kw=[0.1, 2.0], profile_minutes=60, deadline="04:00")
    assert powers(plan(home(prices, late)), "load") == [0, pytest.approx(0.1), 2, 0]
    early = load(profile_kw=[2.0, 0.1], profile_minutes=60, deadline="04:00")
    assert powers(plan(home(prices, early)), "load") == [0, 0, 2, pytest.approx(0.1)]


def test_several_runs_a_day_do_not_overlap() -> None:
    """Proves: the two cheapest hours, one after the other."""
    found = plan(home([0.5, 0.1, 0.2, 0.4], load(run_minutes=60, runs_per_day=2, deadline="04:00")))
    assert powers(found, "load") == [0, 1, 1, 0]


def test_runs_that_are_done_are_not_done_again() -> None:
    """Proves: with today's run done nothing is left. Sensitivity: the tests above."""
    found = plan(home([0.5, 0.1], load(run_minutes=60, deadline="02:00", state={"done_runs": 1})))
    assert powers(found, "load") == [0, 0]


def test_a_run_that_has_begun_goes_on() -> None:
    """Proves: of two hours one and a half are left and are used at once, whatever they cost."""
    state = {"on": True, "on_since": (MIDNIGHT - HOUR / 2).isoformat()}
    found = plan(home([0.5, 0.5, 0.1, 0.1], load(run_minutes=120, deadline="04:00", state=state)))
    assert powers(found, "load") == [1, pytest.approx(0.5), 0, 0]


def test_energy_used_since_the_deadline_counts() -> None:
    """Proves: of 3 kWh 2 are done: one hour is left."""
    spec = load(energy_kwh=3.0, contiguous=False, deadline="03:00", state={"done_kwh": 2.0})
    assert sum(powers(plan(home([0.3, 0.1, 0.2], spec)), "load")) == pytest.approx(1)


def test_variable_power_follows_the_sun() -> None:
    """Proves: 2 kWh from 2 kW of sun at no cost. Sensitivity: all or nothing at 3 kW buys."""
    follows = load(power_kw=3.0, energy_kwh=2.0, contiguous=False, variable_power=True, deadline="02:00")
    assert plan(home([0.3, 0.3], follows, solar([2, 0], 2))).cost == pytest.approx(0)
    switched = load(power_kw=3.0, energy_kwh=2.0, contiguous=False, deadline="02:00")
    assert plan(home([0.3, 0.3], switched, solar([2, 0], 2))).cost == pytest.approx(0.3)


def test_least_on_time_keeps_it_from_toggling() -> None:
    """Proves: two hours at a time. Sensitivity: without it the two cheapest single hours."""
    prices = [0.1, 0.5, 0.1, 0.3, 0.6]
    toggles = load(energy_kwh=2.0, contiguous=False, deadline="05:00")
    assert powers(plan(home(prices, toggles)), "load") == [1, 0, 1, 0, 0]
    steady = load(energy_kwh=2.0, contiguous=False, deadline="05:00", min_on_minutes=120)
    assert powers(plan(home(prices, steady)), "load") == [0, 0, 1, 1, 0]


def test_least_off_time_keeps_pauses_long() -> None:
    """Proves: it must rest two hours: 0.1 and 0.3. Sensitivity: a pause of one hour is enough for 0.1 and 0.1."""
    prices = [0.1, 0.5, 0.1, 0.3, 0.6]
    rests = load(energy_kwh=2.0, contiguous=False, deadline="05:00", min_off_minutes=120)
    assert plan(home(prices, rests)).cost == pytest.approx(0.4)


def test_a_limit_on_starts() -> None:
    """Proves: one start only: 0.4 in one go. Sensitivity: two starts cost 0.2."""
    once = load(energy_kwh=2.0, contiguous=False, deadline="05:00", max_starts=1)
    assert plan(home([0.1, 0.5, 0.1, 0.3, 0.6], once)).cost == pytest.approx(0.4)


def test_the_dryer_runs_after_the_washer() -> None:
    """Proves: in order they cost 0.5. Sensitivity: each on its own would take the cheapest hour."""
    prices = [0.5, 0.1, 0.4, 0.5]
    washer = load("washer", run_minutes=60, deadline="04:00")
    dryer = load("dryer", run_minutes=60, deadline="04:00", after="washer")
    found = plan(home(prices, dryer, washer))
    assert powers(found, "washer") == [0, 1, 0, 0]
    assert powers(found, "dryer") == [0, 0, 1, 0]
    assert powers(plan(home(prices, load("dryer", run_minutes=60, deadline="04:00"))), "dryer") == [
        0,
        1,
        0,
        0,
    ]


def test_what_can_be_interrupted_keeps_the_order_too() -> None:
    """Proves: the element waits for the pump, and the pump for the run before it. Sensitivity: without an order each
    takes the cheapest hours.
    """
    prices = [0.5, 0.4, 0.3, 0.2, 0.1]
    pump = load("pump", energy_kwh=2.0, contiguous=False, deadline="05:00")
    element = load("element", energy_kwh=1.0, contiguous=False, deadline="05:00")
    assert powers(plan(home(prices, pump, element)), "element") == [0, 0, 0, 0, 1]
    after = replace(element, params={**element.params, "after": "pump"})
    found = plan(home(prices, after, pump))
    assert powers(found, "pump") == [0, 0, 1, 1, 0]
    assert powers(found, "element") == [0, 0, 0, 0, 1]
    run = load("run", run_minutes=60, deadline="05:00", after="pump")
    found = plan(home(prices, run, pump))
    assert (powers(found, "pump"), powers(found, "run")) == ([0, 0, 1, 1, 0], [0, 0, 0, 0, 1])
    found = plan(
        home(
            prices,
            replace(after, params={**after.params, "after": "first"}),
            load("first", run_minutes=60, deadline="05:00"),
        )
    )
    assert (powers(found, "first"), powers(found, "element")) == ([0, 0, 0, 1, 0], [0, 0, 0, 0, 1])


def test_a_chain_of_loads_keeps_its_order_however_it_is_listed() -> None:
    """Proves: one after the other, the last in the cheapest hour; and a ring holds nobody up for ever."""
    names = ["iron", "dryer", "washer"]
    chain = [
        load(a, run_minutes=60, deadline="04:00", after=b)
        for a, b in zip(names, [*names[1:], "x"], strict=True)
    ]
    found = plan(home([0.4, 0.3, 0.2, 0.1], *chain))
    assert [powers(found, name).index(1) for name in names] == [3, 2, 1]
    ring = [load(a, run_minutes=60, deadline="04:00", after=b) for a, b in (("a", "b"), ("b", "a"))]
    assert sum(powers(plan(home([0.3] * 4, *ring)), "a")) == 1


def test_a_load_is_known_by_its_name_too() -> None:
    washer = replace(load("ab12", run_minutes=60, deadline="02:00"), name="Washer")
    dryer = load("dryer", run_minutes=60, deadline="02:00", after=" washer")
    found = plan(home([0.5, 0.1], dryer, washer))
    assert (powers(found, "ab12"), powers(found, "dryer")) == ([1, 0], [0, 1])


def test_the_dryer_waits_for_the_washer_that_runs() -> None:
    """Proves: not now, though now is cheapest. Sensitivity: with the washer idle and done it starts at once."""
    begun = {"on": True, "on_since": (MIDNIGHT - HOUR / 2).isoformat()}
    dryer = load("dryer", run_minutes=60, deadline="04:00", after="washer")
    washer = load("washer", run_minutes=90, deadline="04:00", state=begun)
    assert powers(plan(home([0.1, 0.2, 0.3, 0.3], dryer, washer)), "dryer") == [0, 1, 0, 0]
    done = load("washer", run_minutes=90, deadline="04:00", state={"done_runs": 1})
    assert powers(plan(home([0.1, 0.2, 0.3, 0.3], dryer, done)), "dryer") == [1, 0, 0, 0]


def test_one_off_needs_come_on_top() -> None:
    """Proves: one run between 01:00 and 03:00 though nothing is daily."""
    need = Need(amount=1, unit="runs", start=MIDNIGHT + HOUR, by=MIDNIGHT + 3 * HOUR)
    found = plan(home([0.1, 0.5, 0.4, 0.1], load(run_minutes=60, runs_per_day=0, needs=(need,))))
    assert powers(found, "load") == [0, 0, 1, 0]


def test_a_daily_and_a_one_off_need_add_up_over_time_and_not_in_power() -> None:
    """Proves: 1 kWh a day and 2 kWh more are three hours of a thing of 1 kW, not one hour at 0.10 of 2 kW."""
    need = Need(amount=2, unit="kwh", by=MIDNIGHT + 4 * HOUR)
    parts = load(energy_kwh=1.0, contiguous=False, deadline="04:00", needs=(need,))
    assert powers(plan(home([0.4, 0.1, 0.3, 0.2], parts)), "load") == [0, 1, 1, 1]


def test_what_is_asked_of_an_optional_load_is_needed_once() -> None:
    """Proves: without spare power it runs for the one-off need. Sensitivity: without the need it does not."""
    need = Need(amount=2, unit="kwh", by=MIDNIGHT + 4 * HOUR)
    parts: dict[str, Any] = {"mode": "optional", "contiguous": False}
    asked = plan(home([0.4, 0.1, 0.3, 0.2], load(needs=(need,), **parts)))
    assert powers(asked, "load") == [0, 1, 0, 1]
    assert powers(plan(home([0.4, 0.1, 0.3, 0.2], load(**parts))), "load") == [0, 0, 0, 0]
    (short,) = plan(home([0.4], load(needs=(need,), **parts))).shortfalls
    assert short.amount == pytest.approx(1.0)


def test_needs_are_served_by_priority_when_not_all_fit() -> None:
    """Proves: 1 kW of connection serves the first; the other is named, and that others come first."""
    first = load("first", run_minutes=60, deadline="01:00", priority=1)
    second = load("second", run_minutes=60, deadline="01:00", priority=9)
    found = plan(home([0.3], first, second, grid(import_limit_kw=1.0), settings={"explain": True}))
    assert powers(found, "first") == [1]
    assert powers(found, "second") == [0]
    [short] = found.shortfalls
    assert (short.asset, short.need, short.amount, short.limit) == ("second", "runs", 1, "others")


def test_a_need_that_cannot_be_met_is_met_as_far_as_can_be() -> None:
    """Proves: 2 of 5 kWh, the rest named; the plan ends with the deadline, so only more power would do."""
    spec = load(energy_kwh=5.0, contiguous=False, deadline="02:00")
    found = plan(home([0.3, 0.2], spec, settings={"explain": True}))
    assert powers(found, "load") == [1, 1]
    [short] = found.shortfalls
    assert short.amount == pytest.approx(3)
    assert short.limit == "power"
    assert short.by == MIDNIGHT + 2 * HOUR


def test_a_run_longer_than_its_window_is_named() -> None:
    found = plan(home([0.3, 0.2], load(run_minutes=180, deadline="02:00")))
    assert [(s.need, s.amount) for s in found.shortfalls] == [("runs", 1)]


def test_optional_runs_on_spare_power_only() -> None:
    """Proves: it takes the hour the sun covers and no other. Sensitivity: allowed the grid, it pays at 0.01 too."""
    pump = load(mode="optional", power_kw=2.0)
    found = plan(home([0.01, 0.3, 0.3], pump, solar([0, 1, 3], 3), export=0.0))
    assert powers(found, "load") == [0, 0, 2]
    grid_too = load(mode="optional", power_kw=2.0, from_grid=True, worth=0.1)
    assert powers(plan(home([0.01, 0.3, 0.3], grid_too, export=0.0)), "load") == [2, 0, 0]


def test_optional_never_takes_from_the_battery() -> None:
    """Proves: a full battery does not feed it. Sensitivity: unless allowed and worth it."""
    pump = load(mode="optional", power_kw=2.0)
    assert powers(plan(home([0.3], pump, battery(100))), "load") == [0]
    allowed = load(mode="optional", power_kw=2.0, from_battery=True, worth=0.1)
    assert powers(plan(home([0.3], allowed, battery(100))), "load") == [2]


def test_needed_comes_before_optional() -> None:
    """Proves: 2 kW of sun go to the needed load; the optional one gets nothing."""
    needed = load("needed", power_kw=2.0, run_minutes=60, deadline="02:00")
    optional = load("optional", power_kw=2.0, mode="optional")
    found = plan(home([0.3, 0.3], needed, optional, solar([2, 0], 2)))
    assert powers(found, "needed") == [2, 0]
    assert powers(found, "optional") == [0, 0]


def test_optional_keeps_its_least_on_time() -> None:
    """Proves: one hour of sun is too short for two. Sensitivity: without a least time it takes that hour too."""
    sun = solar([3, 0, 3, 3], 4)
    long = load(mode="optional", power_kw=2.0, min_on_minutes=120)
    assert powers(plan(home([0.3] * 4, long, sun)), "load") == [0, 0, 2, 2]
    assert powers(plan(home([0.3] * 4, load(mode="optional", power_kw=2.0), sun)), "load") == [2, 0, 2, 2]


def test_optional_stops_at_its_daily_energy() -> None:
    found = plan(home([0.3] * 4, load(mode="optional", energy_kwh=2.0), solar(3, 4)))
    assert sum(powers(found, "load")) == pytest.approx(2)


def test_orders_win() -> None:
    """Proves: ordered on it runs in the dear hour, ordered off it does not run in the cheap one."""
    on = Override(mode=OverrideMode.ON, start=MIDNIGHT, end=MIDNIGHT + HOUR)
    spec = load(energy_kwh=2.0, contiguous=False, deadline="03:00", overrides=(on,))
    assert powers(plan(home([0.9, 0.1, 0.2], spec)), "load") == [1, 1, 0]
    off = Override(mode=OverrideMode.OFF, start=MIDNIGHT + HOUR, end=MIDNIGHT + 2 * HOUR)
    spec = load(run_minutes=60, deadline="03:00", overrides=(off,))
    assert powers(plan(home([0.9, 0.1, 0.2], spec)), "load") == [0, 0, 1]


def test_what_is_not_ours_is_not_planned() -> None:
    decision = think(home([0.3, 0.1], load(run_minutes=60, deadline="02:00", controlled=False)))
    assert powers(decision.plan, "load") == [0, 0]
    assert not decision.intents


def test_an_unknown_power_is_assumed_and_said() -> None:
    found = plan(home([0.3, 0.1], asset("load", {"run_minutes": 60.0, "deadline": "02:00"})))
    assert found.status is PlanStatus.PROVISIONAL
    assert powers(found, "load") == [0, 1]


def test_daily_deadlines_follow_the_clock_when_it_changes() -> None:
    """On the night the clocks go back a run due at 03:00 Amsterdam time is due at 02:00 UTC, the second 03:00."""
    at = MIDNIGHT.replace(month=10, day=24, hour=22)
    spec = load(run_minutes=60, deadline="03:00")
    found = plan(_moved(home([0.5, 0.4, 0.3, 0.2, 0.1, 0.6], spec, timezone="Europe/Amsterdam"), at))
    assert powers(found, "load")[3] == 1


def _moved(snapshot: Snapshot, at: datetime) -> Snapshot:
    values = [span.value for span in snapshot.tariff.import_price.spans]
    tariff = replace(snapshot.tariff, import_price=Series.regular(at, 60, values), export_price=None)
    return replace(snapshot, at=at, tariff=tariff, load=Forecast(Series.regular(at, 60, [0.0] * len(values))))


def test_a_plan_does_not_flip_for_less_than_it_gains() -> None:
    """Proves: 1 cent better elsewhere does not move a planned run; 5 cents do. Sensitivity: stay_gain 0 moves it."""
    spec = load(run_minutes=60, deadline="04:00")
    before = plan(home([0.5, 0.20, 0.21, 0.5], spec))
    assert powers(before, "load") == [0, 1, 0, 0]
    slightly, clearly = [0.5, 0.21, 0.20, 0.5], [0.5, 0.25, 0.20, 0.5]
    stays = {"stay_gain": 0.02}
    again = plan(home(slightly, spec, previous=before, settings=stays))
    assert powers(again, "load") == [0, 1, 0, 0]
    assert again.kept
    assert powers(plan(home(slightly, spec, previous=before)), "load") == [0, 0, 1, 0]
    moved = plan(home(clearly, spec, previous=before, settings=stays))
    assert powers(moved, "load") == [0, 0, 1, 0]
    assert not moved.kept


def test_reasons_are_measured() -> None:
    """Proves: starting now costs 0.4 more than waiting; and once it is time, the next best hour costs 0.2 more."""
    explain = {"explain": True}
    waits = plan(home([0.5, 0.1, 0.3], load(run_minutes=60, deadline="03:00"), settings=explain))
    [reason] = of(waits, "load").reasons
    assert reason.code == "waits"
    assert reason.cost_of_opposite == pytest.approx(0.4)
    assert reason.end == MIDNIGHT + HOUR
    now = plan(home([0.1, 0.5, 0.4, 0.4, 0.3], load(run_minutes=60, deadline="05:00"), settings=explain))
    [reason] = of(now, "load").reasons
    assert reason.code == "runs_now"
    assert reason.cost_of_opposite == pytest.approx(0.2)


def test_intents_tell_the_present() -> None:
    """On until the end of its block; off until the next one starts."""
    decision = think(home([0.1, 0.5, 0.5], load(run_minutes=60, deadline="03:00")))
    assert [(i.mode, i.power_kw, i.until) for i in decision.intents] == [("on", 1.0, MIDNIGHT + HOUR)]
    decision = think(home([0.5, 0.1, 0.5], load(run_minutes=60, deadline="03:00")))
    assert [(i.mode, i.until) for i in decision.intents] == [("off", MIDNIGHT + HOUR)]
