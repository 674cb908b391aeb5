"""Spare power is used before it is fed in; what was to run on the sun follows it."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from custom_components.merit_order.engine.model.snapshot import Override, OverrideMode
from custom_components.merit_order.engine.steer import Memory, steer

from .house import START, House, Thing, battery, boiler, car, intent, limited, pump

MINUTES = 60.0


def reasons(house: House, thing: str) -> list[str]:
    found = next(each for each in house.things if each.id == thing)
    return [reason for _, _, reason in found.moves]


def test_a_needed_load_planned_for_tonight_starts_when_sun_is_to_spare() -> None:
    later = boiler(later=(2.0, 0.30))
    house = House([later], base_kw=-2.5)
    house.live(4 * MINUTES)
    assert later.drawn == 2.0
    assert reasons(house, "boiler") == ["spare"]


def test_without_the_loop_that_sun_is_fed_in() -> None:
    later = boiler(later=(2.0, 0.30))
    house = House([later], base_kw=-2.5)
    house.live(4 * MINUTES, steered=False)
    assert later.drawn == 0.0
    assert house.grid_kw == -2.5


def test_a_tank_takes_the_sun_while_it_has_room() -> None:
    for temperature, drawn in ((50.0, 2.0), (63.0, 0.0)):
        params = {"power_kw": 2.0, "max_c": 65.0}
        tank = Thing("tank", "hot_water", params, intent("tank", "off"), later=(2.0, 0.30))
        tank.state = {"temperature_c": temperature}
        House([tank], base_kw=-2.5).live(6 * MINUTES)
        assert tank.drawn == drawn


def test_a_load_that_had_its_starts_is_not_started_again() -> None:
    optional = pump()
    optional.params = {**optional.params, "max_starts": 1}
    house = House([optional], base_kw=-1.5)
    house.live(10 * MINUTES)
    assert optional.drawn == 0.8
    optional.told, optional.drawn = 0.0, 0.0  # someone stopped it
    house.live(30 * MINUTES)
    assert optional.drawn == 0.0


def test_it_waits_while_feeding_in_earns_more_than_the_night_costs() -> None:
    later = boiler(later=(2.0, 0.15))
    House([later], base_kw=-2.5, sell=0.20).live(10 * MINUTES)
    assert later.moves == []


def test_it_waits_for_most_of_its_power() -> None:
    later = boiler(later=(2.0, 0.30))
    House([later], base_kw=-1.2, buy=0.31).live(10 * MINUTES)
    assert later.moves == []


def test_it_does_not_run_outside_its_hours() -> None:
    later = boiler(later=(2.0, 0.30))
    later.params = {**later.params, "windows": [["18:00", "23:00"]]}
    House([later], base_kw=-2.5).live(10 * MINUTES)
    assert later.moves == []
    later.params = {**later.params, "windows": [["11:00", "23:00"]]}  # it is noon in Brussels
    House([later], base_kw=-2.5).live(10 * MINUTES)
    assert later.moves != []


def test_a_run_that_may_not_be_interrupted_needs_its_whole_time_within_its_hours() -> None:
    later = boiler(later=(2.0, 0.30))
    later.params = {**later.params, "contiguous": True, "run_minutes": 90, "windows": [["11:00", "13:00"]]}
    House([later], base_kw=-2.5).live(10 * MINUTES)
    assert later.moves == []


def test_a_battery_whose_charge_is_worth_more_keeps_the_sun() -> None:
    for value, drawn in ((0.40, 0.0), (0.20, 2.0)):
        later = boiler(later=(2.0, 0.30))
        house = House([battery("self", value=value), later], base_kw=-2.5)
        house.live(5 * MINUTES)
        assert later.drawn == drawn


def test_an_optional_load_follows_the_sun_after_the_battery() -> None:
    optional = pump()
    house = House([battery("self"), optional], base_kw=-2.0)
    house.live(5 * MINUTES)
    assert optional.drawn == 0.0  # the battery takes it
    house.things[0].soc = 100.0
    house.live(5 * MINUTES)
    assert optional.drawn == 0.8


def test_an_optional_load_stops_when_the_sun_is_gone_but_not_for_a_small_cloud() -> None:
    optional = pump()
    house = House([optional], base_kw=-1.5)
    house.live(10 * MINUTES)
    house.base_kw = 0.3
    house.live(60)
    assert optional.drawn == 0.8
    house.base_kw = -1.5
    house.live(5 * MINUTES)
    assert len(optional.moves) == 1
    house.base_kw = 0.3
    house.live(3 * MINUTES)
    assert optional.drawn == 0.0
    assert len(optional.moves) == 2


def test_an_optional_load_planned_on_waits_for_the_real_sun() -> None:
    optional = pump("on")
    house = House([optional], base_kw=0.3)
    house.live(10 * MINUTES)
    assert optional.drawn == 0.0
    from_grid = pump("on")
    from_grid.params = {**from_grid.params, "from_grid": True}
    House([from_grid], base_kw=0.3).live(10 * MINUTES)
    assert from_grid.drawn == 0.8


def test_priorities_decide_who_gets_the_sun() -> None:
    first, second = pump(priority=2), replace(pump(priority=6), id="fan")
    second.plan = intent("fan", "off")
    house = House([second, first], base_kw=-1.0)
    house.live(10 * MINUTES)
    assert (first.drawn, second.drawn) == (0.8, 0.0)


def test_a_car_on_the_sun_follows_a_cloud_down_in_amperes_and_then_pauses() -> None:
    sunny = car(3.68, source="solar")
    house = House([sunny], base_kw=-4.0)
    house.live(10 * MINUTES)
    assert sunny.drawn == 3.68
    house.base_kw = -2.5
    house.live(2 * MINUTES)
    assert sunny.drawn == 10 * 0.23
    house.base_kw = 0.2
    house.live(60)
    assert sunny.drawn == 6 * 0.23
    house.live(3 * MINUTES)
    assert sunny.drawn == 0.0
    house.base_kw = -4.0
    back = house.now
    house.live(3 * MINUTES)
    assert sunny.drawn == 0.0, "it rests five minutes"
    house.live(7 * MINUTES)
    assert sunny.drawn > 3.0
    assert sunny.moves[-1][0] - back > timedelta(minutes=1)


def test_without_the_loop_the_cloud_is_bought() -> None:
    sunny = car(3.68, source="solar")
    house = House([sunny], base_kw=-4.0)
    house.live(10 * MINUTES, steered=False)
    house.base_kw = 0.2
    house.live(10 * MINUTES, steered=False)
    assert house.grid_kw > 3.8


def test_a_car_that_must_leave_soon_is_not_slowed_by_a_cloud() -> None:
    hurried = car(3.68, source="solar")
    hurried.params = {
        **hurried.params,
        "departures": [{"time": "13:05"}],
    }  # in 65 minutes, an hour of it planned
    house = House([hurried], base_kw=-4.0)
    house.live(5 * MINUTES)
    house.base_kw = 0.2
    house.live(10 * MINUTES)
    assert hurried.drawn == 3.68


def test_a_car_on_three_phases_is_not_paused_for_the_last_bit_of_sun() -> None:
    """Its least is 4.1 kW, there are 3.5: the rest costs less than a night would. Of 2 kW it does not."""
    for sun, drawn in ((3.5, 18 * 0.23), (2.0, 0.0)):
        sunny = car(4.14, phases=3, source="solar")
        house = House([sunny], base_kw=-sun, cheapest_later=0.15)
        house.live(10 * MINUTES)
        assert sunny.drawn == drawn


def test_a_car_planned_for_the_night_takes_the_sun_in_steps() -> None:
    later = car(later=(3.68, 0.30))
    house = House([later], base_kw=-2.0)
    house.live(8 * MINUTES)
    assert later.drawn == 8 * 0.23
    house.base_kw = -2.9
    house.live(2 * MINUTES)
    assert later.drawn == 12 * 0.23


def test_a_car_on_three_phases_takes_one_where_it_may_switch() -> None:
    switching = car(later=(11.0, 0.30), phases=3, params={"phase_switching": True})
    fixed = car(later=(11.0, 0.30), phases=3)
    for each, drawn in ((switching, 8 * 0.23), (fixed, 0.0)):
        house = House([each], base_kw=-2.0)
        house.live(8 * MINUTES)
        assert each.drawn == drawn


def test_phases_are_switched_seldom() -> None:
    each = car(later=(11.0, 0.30), phases=3, params={"phase_switching": True})
    house = House([each], base_kw=-3.8)
    for minute in range(30):
        house.base_kw = -3.8 if minute % 2 else -4.6
        house.live(MINUTES)
    on_three = [kw > 3.7 for _, kw, _ in each.moves]
    assert sum(a != b for a, b in pairwise(on_three)) <= 5


def test_a_battery_that_cannot_follow_is_led() -> None:
    led = battery("self", follows=False)
    house = House([led], base_kw=-2.0)
    house.live(50)
    assert led.moves == [], "it might follow by itself"
    house.live(40)
    assert abs(house.grid_kw) < 0.25
    house.base_kw = 1.5
    house.live(60)
    assert abs(house.grid_kw) < 0.25
    assert set(reasons(house, "battery")) == {"follow"}


def test_a_battery_that_is_seen_to_follow_is_left_to_it() -> None:
    follower = battery("self", known=False)
    house = House([follower], base_kw=-2.0)
    house.live(5 * MINUTES)
    assert follower.moves == []
    assert abs(house.grid_kw) < 0.01


def test_a_led_battery_is_told_seldom() -> None:
    led = battery("self", follows=False)
    house = House([led], base_kw=-2.0)
    house.live(2 * MINUTES)
    told = len(led.moves)
    for i in range(60):
        house.base_kw = -2.0 + 0.15 * (-1) ** i
        house.step()
    assert len(led.moves) == told


def test_a_battery_that_holds_takes_sun_to_spare_unless_feeding_in_is_the_point() -> None:
    for feed_in, drawn in ((False, 2.0), (True, 0.0)):
        holding = battery("hold", feed_in=feed_in)
        house = House([holding], base_kw=-2.0)
        house.live(60)
        assert holding.drawn == drawn
        house.base_kw = 1.0
        house.live(90)
        assert holding.drawn == 0.0


def test_a_battery_that_holds_is_not_told_to_and_fro_by_each_cloud() -> None:
    holding = battery("hold")
    house = House([holding], base_kw=-0.5)
    for i in range(40):
        house.base_kw = -0.5 if i % 4 < 2 else 0.3
        house.live(15)
    assert len(holding.moves) <= 10


def test_a_battery_that_feeds_in_covers_the_home_first() -> None:
    giving = battery("discharge", -2.0, feed_in=True)
    house = House([giving], base_kw=0.5)
    house.live(60)
    assert giving.drawn == -2.0
    house.base_kw = 4.0
    house.live(60)
    assert giving.drawn == -4.0


def test_a_battery_that_charges_takes_more_when_there_is_more_sun_than_planned() -> None:
    charging = battery("charge", 1.0)
    house = House([charging], base_kw=-3.0)
    house.live(2 * MINUTES)
    assert charging.drawn == 3.0


def test_sun_that_is_held_back_is_to_spare_too() -> None:
    """Nothing may be fed in, so the inverter gives what is used: a kilowatt of five."""
    for low, drawn in ((5.0, 2.0), (1.5, 0.0)):
        later = boiler(later=(2.0, 0.30))
        house = House([later], base_kw=0.0, solar_kw=1.0, solar_low_kw=low)
        house.limits = replace(house.limits, export_limit_kw=0.0)
        house.live(5 * MINUTES)
        assert later.drawn == drawn


def test_a_battery_that_leaves_the_sun_to_the_grid_takes_what_the_grid_may_not() -> None:
    for limit, drawn in ((None, 0.0), (3.0, 1.0)):
        holding = battery("hold", feed_in=True)
        house = limited(House([holding], base_kw=-4.0), export_limit_kw=limit)
        house.live(2 * MINUTES)
        assert holding.drawn == drawn


def test_what_a_person_ordered_stays() -> None:
    later = boiler(later=(2.0, 0.30))
    house = House([later], base_kw=-2.5)
    order = Override(mode=OverrideMode.OFF, start=START, end=START + timedelta(hours=1))
    memory = Memory()
    for _ in range(100):
        view = house.view()
        spec = replace(view.driven[0].spec, overrides=(order,))
        driven = replace(view.driven[0], spec=spec)
        said = steer(replace(view, driven=(driven,)), memory)
        assert said.intents == (later.plan,)
        memory = said.memory
        house.now += timedelta(seconds=5)


def test_plans_that_change_their_mind_do_not_wear_the_contactor() -> None:
    """Proves: another plan each ten seconds moves a relay each three minutes. Without the loop it moves each time."""
    for steered, most in ((True, 4), (False, 55)):
        thing = boiler("on")
        house = House([thing])
        for i in range(57):
            thing.plan = intent("boiler", *(("on", 2.0) if i % 2 else ("off", 0.0)))
            house.live(10.0, steered=steered)
        turned = [(before[1] > 0) is not (after[1] > 0) for before, after in pairwise(thing.moves)]
        assert sum(turned) <= most
        assert (sum(turned) > 4) is not steered


def test_what_a_hand_switched_is_not_held_so() -> None:
    thing = boiler("off")
    house = House([thing])
    house.live(60.0)
    thing.told, thing.drawn = 2.0, 2.0  # someone switched it on
    house.live(10.0)
    assert thing.drawn == 0.0, "the plan's word is told again at once; whose hand wins is decided elsewhere"


def test_a_need_that_cannot_wait_does_not_wait_for_its_contactor() -> None:
    """Switched off ten seconds ago and planned on again, with an hour of work left: it is noon in Brussels."""
    for deadline, drawn in (("12:40", 2.0), ("21:00", 0.0)):
        thing = boiler("on")
        thing.params = {**thing.params, "deadline": deadline}
        house = House([thing])
        house.live(200.0)
        thing.plan = intent("boiler", "off")
        house.live(10.0)
        assert thing.drawn == 0.0
        thing.plan = intent("boiler", "on", 2.0)
        house.live(10.0)
        assert thing.drawn == drawn
