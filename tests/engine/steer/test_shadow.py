"""In advise nothing is told, and yet what is said is what automatic would tell: step by step, also in what follows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.merit_order.engine.model.plan import Intent
from custom_components.merit_order.engine.steer import Memory, steer
from custom_components.merit_order.engine.steer.shadow import Shadow, shadowed

from .house import FLANDERS, STEP_S, House, battery, boiler, car, limited, pump

type Said = list[tuple[tuple[str, str, float, str], ...]]


def words(intents: tuple[Intent, ...]) -> tuple[tuple[str, str, float, str], ...]:
    return tuple((each.asset, each.mode, round(each.power_kw, 6), each.reason) for each in intents)


def automatic(house: House, seconds: float, weather: Callable[[House, float], None]) -> Said:
    """What is said where it is done."""
    said = []
    for turn in range(int(seconds / STEP_S)):
        weather(house, turn * STEP_S)
        said.append(words(house.step().intents))
    return said


def advise(
    house: House, seconds: float, weather: Callable[[House, float], None], *, shadows: bool = True
) -> Said:
    """What is said where nothing is done: what is off stays off, and the battery follows the meter by itself."""
    said, memory, shadow = [], Memory(), Shadow()
    for turn in range(int(seconds / STEP_S)):
        weather(house, turn * STEP_S)
        for thing in house.things:
            thing.drawn = 0.0
        for thing in (each for each in house.things if each.kind == "battery" and each.follows):
            thing.drawn = max(min(-house.grid_kw, 5.0), -5.0)
        view, shadow = shadowed(house.view(), shadow) if shadows else (house.view(), shadow)
        steered = steer(view, memory)
        memory, shadow = steered.memory, replace(shadow, said=steered.intents)
        said.append(words(steered.intents))
        house.quarter_kwh += max(house.grid_kw, 0.0) * STEP_S / 3600
        house.now += timedelta(seconds=STEP_S)
        if house.now.timestamp() % 900 == 0:
            house.quarter_kwh = 0.0
    return said


def clouds(house: House, at: float) -> None:
    """Sun, a cloud, sun again, and a kettle in between."""
    sun = 4.5 if at < 300 or at >= 420 else 0.5
    house.base_kw = 0.5 - sun + (2.0 if 600 <= at < 720 else 0.0)


def evening(house: House, at: float) -> None:
    """A stove comes on, and goes."""
    house.base_kw = 4.5 if 120 <= at < 480 else 0.6


CASES: dict[str, tuple[Callable[[], House], Callable[[House, float], None]]] = {
    "loads take the sun": (lambda: House([boiler(later=(2.0, 0.3)), pump()]), clouds),
    "a car follows the sun": (lambda: House([car(later=(3.7, 0.3)), boiler(later=(2.0, 0.3))]), clouds),
    "a battery yields": (lambda: House([battery(value=0.1), boiler(later=(2.0, 0.3))]), clouds),
    "a battery is led": (lambda: House([battery(follows=False, known=False), pump()]), clouds),
    "a fuse": (lambda: limited(House([boiler("on"), car(3.7)]), import_limit_kw=6.0), evening),
    "a peak": (lambda: House([boiler("on"), battery("charge", 2.0)], capacity=FLANDERS), evening),
}


@pytest.mark.parametrize("name", CASES)
def test_advise_says_what_automatic_would(name: str) -> None:
    house, weather = CASES[name]
    told = automatic(house(), 1200, weather)
    assert {cause for step in told for *_, cause in step} - {""}, "something follows from the meter"
    for mine, theirs in zip(advise(house(), 1200, weather), told, strict=True):
        assert [(who, mode, why) for who, mode, _, why in mine] == [
            (who, mode, why) for who, mode, _, why in theirs
        ]
        # What a window has had so far is added up in steps.
        assert [kw for *_, kw, _ in mine] == pytest.approx([kw for *_, kw, _ in theirs], abs=0.05)


def test_without_the_shadow_it_would_say_something_else() -> None:
    house, weather = CASES["loads take the sun"]
    assert advise(house(), 1200, weather, shadows=False) != automatic(house(), 1200, weather)


def test_what_runs_by_itself_counts_as_it_is() -> None:
    """A boiler that is on by its own switch and hot draws nothing: saying so again changes no meter."""
    hot = boiler("on")
    hot.told, hot.drawn = 2.0, 0.0
    house = House([hot])
    view, _ = shadowed(house.view(), Shadow(said=(hot.plan,)))
    assert view.grid == house.meter()
    stopped = replace(hot.plan, mode="off", power_kw=0.0)
    view, _ = shadowed(house.view(), Shadow(said=(stopped,)))
    assert view.driven[0].readings is not None
    assert view.driven[0].readings.switch is not None
    assert view.driven[0].readings.switch.on is False


def test_phases_carry_what_would_run() -> None:
    heater = boiler("on", takes=2.0)
    heater.params = {**heater.params, "phase": 2}
    house = limited(House([heater], phase_base_kw=(1.0, 1.0, 1.0), base_kw=3.0), phase_limit_a=25)
    view, _ = shadowed(house.view(), Shadow(said=(heater.plan,)))
    assert view.grid is not None
    one, two, three = view.grid.phase_current_a
    assert one == three == pytest.approx(1.0 / 0.23)
    assert two == pytest.approx(3.0 / 0.23)


def test_sun_behind_a_feed_in_limit_comes_with_the_use_of_it() -> None:
    taker = boiler("on")
    house = limited(House([taker], base_kw=-3.0, solar_kw=3.5, solar_low_kw=5.0), export_limit_kw=3.0)
    view, _ = shadowed(house.view(), Shadow(said=(taker.plan,)))
    assert view.grid is not None
    assert view.solar_kw == 5.0
    assert view.grid.power_kw == pytest.approx(-2.5), "1.5 kW more sun for 2 kW of use"


def test_a_silent_meter_has_no_shadow() -> None:
    house = House([boiler("on")])
    view = replace(house.view(), grid=None)
    assert shadowed(view, Shadow(said=(house.things[0].plan,), extra_kwh=1.0)) == (
        view,
        Shadow(said=(house.things[0].plan,), at=house.now),
    )


def test_the_window_of_a_peak_has_what_would_have_been_drawn() -> None:
    taker = boiler("on")
    house, shadow = House([taker], capacity=FLANDERS), Shadow(said=(boiler("on").plan,))
    for _ in range(13):
        view, shadow = shadowed(house.view(), shadow)
        house.now += timedelta(minutes=1)
    assert view.capacity is not None
    assert view.capacity.quarter_so_far_kwh == pytest.approx(2.0 * 12 / 60)
