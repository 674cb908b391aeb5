"""Laws of the fast loop, for any house."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.merit_order.engine.assets._grid import GridParams
from custom_components.merit_order.engine.steer import SAFETY, Cause

from .house import FLANDERS, House, Thing, battery, boiler, car, intent, pump

MINUTES = 60.0
NOTHING_KW = 0.1
REST = timedelta(minutes=3)
kw = st.floats(-8, 8).map(lambda value: round(value, 2))


@st.composite
def switches(draw: st.DrawFn) -> list[Thing]:
    """Any of a boiler, two pumps of other priority, a car; planned on or off, now or for later."""
    found = []
    later = draw(st.none() | st.just((2.0, 0.30)))
    if draw(st.booleans()):
        found.append(boiler(draw(st.sampled_from(["on", "off"])), later=later))
    for i, name in enumerate(draw(st.sampled_from([(), ("pump",), ("pump", "fan")]))):
        mode = draw(st.sampled_from(["on", "off"]))
        each = replace(
            pump(mode, priority=5 + i), id=name, plan=intent(name, mode, 0.8 if mode == "on" else 0.0)
        )
        found.append(each)
    if draw(st.booleans()):
        phases = draw(st.sampled_from([1, 3]))
        planned = draw(st.sampled_from([0.0, 6 * 0.23 * phases, 16 * 0.23 * phases]))
        mode = draw(st.sampled_from(["cheapest", "solar", "asap"]))
        source = draw(st.sampled_from(["solar", "grid"]))
        takes = draw(st.none() | st.floats(1.0, 8.0))
        found.append(car(planned, phases, {"mode": mode}, later=later, source=source, takes=takes))
    return found


@st.composite
def stores(draw: st.DrawFn) -> list[Thing]:
    """No battery, or one, in any mode."""
    mode, power = draw(
        st.sampled_from([("self", 0.0), ("hold", 0.0), ("charge", 3.0), ("discharge", -3.0), ("none", 0.0)])
    )
    if mode == "none":
        return []
    soc, follows = draw(st.sampled_from([0.0, 50.0, 100.0])), draw(st.booleans())
    return [battery(mode, power, soc=soc, follows=follows, value=draw(st.none() | st.floats(0, 0.5)))]


things = st.tuples(stores(), switches()).map(lambda both: both[0] + both[1])


@settings(max_examples=25)
@given(things=things, first=kw, then=kw, limit=st.floats(2.0, 12.0))
def test_the_import_limit_holds_as_long_as_there_is_anything_to_take_back(
    things: list[Thing], first: float, then: float, limit: float
) -> None:
    house = House(things, base_kw=first, limits=GridParams(import_limit_kw=limit))
    house.live(5 * MINUTES)
    house.base_kw = then
    house.live(MINUTES)
    if house.grid_kw > limit + NOTHING_KW:
        assert house.last is not None
        assert Cause.IMPORT_LIMIT in house.last.over
        for thing in things:
            empty = thing.soc <= 5.0
            assert thing.drawn <= (-5.0 if thing.kind == "battery" and not empty else 0.0) + 1e-6


@settings(max_examples=20)
@given(things=things, bases=st.lists(kw, min_size=8, max_size=20), limit=st.none() | st.floats(2.0, 12.0))
def test_relays_keep_their_least_times_but_for_a_fuse(
    things: list[Thing], bases: list[float], limit: float | None
) -> None:
    house = House(things, limits=GridParams(import_limit_kw=limit), capacity=FLANDERS)
    for base in bases:
        house.base_kw = base
        house.live(MINUTES, every=10)
    for thing in things:
        if thing.kind == "battery":
            continue
        turned = [
            (at, reason)
            for (_, before, _), (at, told, reason) in pairwise(thing.moves)
            if (before > 0) is not (told > 0)
        ]
        for (last, _), (at, reason) in pairwise(turned):
            assert at - last >= REST or reason in {cause.value for cause in SAFETY}, (thing.id, thing.moves)


@settings(max_examples=20)
@given(things=things, base=kw, limit=st.none() | st.floats(2.0, 12.0))
def test_nothing_swings_while_nothing_changes(things: list[Thing], base: float, limit: float | None) -> None:
    house = House(things, base_kw=base, limits=GridParams(import_limit_kw=limit, phase_limit_a=None))
    house.live(15 * MINUTES, every=10)
    told = [len(thing.moves) for thing in things]
    house.live(8 * MINUTES, every=10)
    assert [len(thing.moves) for thing in things] == told, [(t.id, t.moves[-4:]) for t in things]


@settings(max_examples=10)
@given(base=kw, store=stores())
def test_of_two_alike_the_first_by_priority_runs(base: float, store: list[Thing]) -> None:
    first = pump(priority=3)
    second = replace(pump(priority=6), id="fan", plan=intent("fan", "off"))
    House([second, first, *store], base_kw=base).live(10 * MINUTES, every=10)
    assert first.drawn >= second.drawn


@settings(max_examples=40)
@given(things=things, grid=st.floats(0.3, 6.0), capacity=st.booleans())
def test_a_plan_that_comes_true_is_left_alone(things: list[Thing], grid: float, capacity: bool) -> None:
    """What it planned is drawn, what it planned to buy is bought: nothing is said but the plan."""
    kept = []
    for thing in things:
        if thing.kind == "battery" and (
            not thing.follows or thing.soc in (0.0, 100.0) or thing.plan.mode == "self"
        ):
            continue
        if thing.params.get("mode") in ("optional", "solar") or thing.takes is not None:
            continue
        thing.later, thing.source = None, "grid"
        thing.drawn = thing.told = thing.plan.power_kw
        kept.append(thing)
    house = House(kept, planned_grid_kw=grid, capacity=FLANDERS if capacity else None)
    house.limits = GridParams(import_limit_kw=grid + 0.2)
    house.base_kw = grid - sum(thing.drawn for thing in kept)
    for _ in range(12):
        said = house.step()
        assert said.acts == ()
        assert said.intents == tuple(thing.plan for thing in kept)


@settings(max_examples=10)
@given(
    bases=st.lists(st.floats(0, 3.5), min_size=15, max_size=15),
    charge=st.floats(0.5, 5.0),
    amperes=st.integers(6, 16),
)
def test_a_quarter_ends_within_its_limit_when_what_is_not_driven_stays_below(
    bases: list[float], charge: float, amperes: int
) -> None:
    house = House([battery("charge", charge), car(amperes * 0.23)], capacity=FLANDERS)
    for i, base in enumerate(bases):
        house.base_kw = base
        house.live(MINUTES - (5 if i == 14 else 0))
    assert house.quarter_kwh * 4 <= FLANDERS.month_peak_kw + 0.05
