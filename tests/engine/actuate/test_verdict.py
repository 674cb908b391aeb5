"""The verdict on a command: by what is measured, after the time a device needs, and never against who just cannot."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.devices._base import Conduct
from custom_components.merit_order.engine.model.roles import (
    Action,
    BatteryReading,
    ChargerReading,
    Command,
    Readings,
    Role,
    SolarReading,
    SwitchReading,
)
from custom_components.merit_order.engine.verdict import Verdict, Watch, compare, look

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
CONDUCT = Conduct(writes_per_day={"": 100}, shows_within_s=60.0)
MODES_ONLY = replace(CONDUCT, sets_power=False)
PARAMS = {"min_soc": 10.0, "phases": 1}
POWERS = st.floats(-10, 10).map(lambda kw: round(kw, 3))


def hold(power_kw: float) -> Command:
    return Command(role=Role.BATTERY, action=Action.POWER, expires=LATER, power_kw=power_kw)


def battery(power_kw: float | None, soc: float | None = 50.0, after_s: float = 30) -> Readings:
    at = NOW + timedelta(seconds=after_s)
    return Readings(at=at, battery=BatteryReading(power_kw=power_kw, soc_percent=soc))


def offer(amps: float) -> Command:
    return Command(role=Role.CHARGER, action=Action.CURRENT, expires=LATER, current_a=amps)


def charger(power_kw: float | None) -> Readings:
    return Readings(at=LATER, charger=ChargerReading(power_kw=power_kw))


@pytest.mark.parametrize(
    ("told", "does", "verdict"),
    [
        (3.0, 3.0, Verdict.OBEYED),
        (3.0, 2.4, Verdict.OBEYED),  # losses, another meter
        (3.0, 1.2, Verdict.HALF),
        (3.0, 0.0, Verdict.IGNORED),
        (3.0, -3.0, Verdict.IGNORED),
        (1.0, 4.0, Verdict.HALF),  # too much is not what was told either
        (-3.0, -3.2, Verdict.OBEYED),
        (-3.0, 0.0, Verdict.IGNORED),
        (0.0, 0.1, Verdict.OBEYED),
        (0.0, -2.0, Verdict.IGNORED),
        (3.0, None, Verdict.UNKNOWN),
    ],
)
def test_a_battery_is_judged_by_its_power(told: float, does: float | None, verdict: Verdict) -> None:
    assert compare(hold(told), battery(does), PARAMS, CONDUCT) is verdict


def test_a_battery_near_its_ends_may_take_and_give_less() -> None:
    assert compare(hold(3.0), battery(0.4, soc=96.0), PARAMS, CONDUCT) is Verdict.OBEYED
    assert compare(hold(3.0), battery(0.4, soc=80.0), PARAMS, CONDUCT) is Verdict.IGNORED
    assert compare(hold(-3.0), battery(-0.4, soc=12.0), PARAMS, CONDUCT) is Verdict.OBEYED
    assert compare(hold(3.0), battery(-2.0, soc=96.0), PARAMS, CONDUCT) is Verdict.IGNORED


def test_a_battery_that_takes_only_modes_is_judged_by_the_direction() -> None:
    assert compare(hold(1.0), battery(0.0), PARAMS, MODES_ONLY) is Verdict.OBEYED
    assert compare(hold(1.0), battery(-1.0), PARAMS, MODES_ONLY) is Verdict.IGNORED
    assert compare(hold(0.0), battery(-1.0), PARAMS, MODES_ONLY) is Verdict.IGNORED


def test_a_charger_offers_and_what_the_car_takes_is_its_own_business() -> None:
    assert compare(offer(16.0), charger(3.6), PARAMS, CONDUCT) is Verdict.OBEYED
    assert compare(offer(16.0), charger(0.0), PARAMS, CONDUCT) is Verdict.OBEYED
    assert compare(offer(6.0), charger(7.0), PARAMS, CONDUCT) is Verdict.HALF
    on_one = replace(offer(16.0), phases=1)
    assert compare(on_one, charger(11.0), PARAMS, CONDUCT) is Verdict.HALF, "it went on with all three phases"
    assert compare(offer(0.0), charger(3.6), PARAMS, CONDUCT) is Verdict.IGNORED
    assert compare(offer(16.0), charger(None), PARAMS, CONDUCT) is Verdict.UNKNOWN


def test_a_relay_is_judged_by_how_it_stands_for_a_hot_boiler_draws_nothing() -> None:
    on = Command(role=Role.SWITCH, action=Action.ON, expires=LATER)
    hot = Readings(at=LATER, switch=SwitchReading(on=True, power_kw=0.0))
    fell_off = Readings(at=LATER, switch=SwitchReading(on=False, power_kw=0.0))
    assert compare(on, hot, PARAMS, CONDUCT) is Verdict.OBEYED
    assert compare(on, fell_off, PARAMS, CONDUCT) is Verdict.IGNORED


def test_a_set_point_is_judged_by_reading_it_back() -> None:
    warm = Command(role=Role.HEAT, action=Action.TARGET, expires=LATER, target_c=21.0)
    for stands, verdict in ((True, Verdict.OBEYED), (False, Verdict.IGNORED), (None, Verdict.UNKNOWN)):
        readings = Readings(at=LATER, stands={} if stands is None else {Role.HEAT: stands})
        assert compare(warm, readings, PARAMS, CONDUCT) is verdict


def watched(does: list[float | None], command: Command, every_s: float = 10) -> list[Verdict | None]:
    watch, found = Watch(), []
    for turn, power in enumerate(does, 1):
        readings = battery(power, after_s=turn * every_s)
        watch, verdict = look(watch, command, NOW, readings, PARAMS, CONDUCT)
        found.append(verdict)
    return found


def test_a_slow_battery_is_given_its_time() -> None:
    assert watched([0.0, 1.0, 2.0, 3.0], hold(3.0)) == [None, None, None, Verdict.OBEYED]


def test_the_best_that_was_seen_counts() -> None:
    assert watched([0.0, 1.5, 0.0, 0.0, 0.0, 0.0, 0.0], hold(3.0))[-1] is Verdict.HALF
    assert watched([0.0] * 7, hold(3.0))[-1] is Verdict.IGNORED
    assert watched([None] * 7, hold(3.0))[-1] is Verdict.UNKNOWN


def test_what_was_read_before_the_command_says_nothing_of_it() -> None:
    before = battery(0.0, after_s=-1)
    assert look(Watch(), hold(3.0), NOW, before, PARAMS, CONDUCT) == (Watch(), None)


def test_changing_ones_mind_does_not_start_the_time_anew() -> None:
    watch, verdict = Watch(), None
    for turn in range(1, 9):
        told_at = NOW + timedelta(seconds=10 * turn - 5)
        readings = battery(0.0, after_s=10 * turn)
        watch, verdict = look(watch, hold(2.0 + 0.2 * turn), told_at, readings, PARAMS, CONDUCT)
        if verdict is not None:
            break
    assert verdict is Verdict.IGNORED


@given(told=POWERS, soc=st.floats(0, 100))
def test_who_does_exactly_as_told_has_obeyed(told: float, soc: float) -> None:
    for conduct in (CONDUCT, MODES_ONLY):
        assert compare(hold(told), battery(told, soc), PARAMS, conduct) is Verdict.OBEYED


@given(told=POWERS.filter(lambda kw: abs(kw) > 1), does=POWERS)
def test_who_does_the_opposite_has_not(told: float, does: float) -> None:
    if does * told < 0 and abs(does) > 0.5:
        assert compare(hold(told), battery(does), PARAMS, CONDUCT) is Verdict.IGNORED


def test_a_battery_whose_inverter_passes_on_all_it_can_obeys() -> None:
    """Proves: 3.5 kW of sun leave 2.5 of 6 kW to the battery. Without sun, or the limit, it gave too little."""
    given = battery(-2.4)
    sun = SolarReading(power_kw=3.5, inverter_kw=6.0)
    assert compare(hold(-5.0), replace(given, solar=sun), PARAMS, CONDUCT) is Verdict.OBEYED
    assert (
        compare(hold(-5.0), replace(given, solar=replace(sun, power_kw=0.5)), PARAMS, CONDUCT) is Verdict.HALF
    )
    assert (
        compare(hold(-5.0), replace(given, solar=replace(sun, inverter_kw=None)), PARAMS, CONDUCT)
        is Verdict.HALF
    )
    assert compare(hold(5.0), replace(given, solar=sun), PARAMS, CONDUCT) is Verdict.IGNORED
