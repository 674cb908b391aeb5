"""What a load had since its deadline, counted from what its relay and meter say."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.assets.load import LoadParams, LoadState
from custom_components.merit_order.engine.model.codec import from_json
from custom_components.merit_order.engine.model.roles import SwitchReading
from custom_components.merit_order.load_tracker import LoadRecord, last_deadline, state, track

ZONE = ZoneInfo("Europe/Paris")
START = datetime(2026, 11, 21, 9, tzinfo=UTC)
BOILER = LoadParams(power_kw=2.0, run_minutes=60, deadline="19:00")
STEP = timedelta(minutes=1)


def live(
    readings: list[SwitchReading], record: LoadRecord | None = None, start: datetime = START
) -> LoadRecord:
    for i, reading in enumerate(readings):
        record = track(record, BOILER, reading, start + i * STEP, ZONE)
    assert record is not None
    return record


def drawing(minutes: int, kw: float = 2.0) -> list[SwitchReading]:
    return [SwitchReading(on=True, power_kw=kw)] * minutes


OFF = SwitchReading(on=False, power_kw=0.0)


def test_a_whole_run_counts_once() -> None:
    record = live([OFF, *drawing(61), OFF, OFF])
    assert record.done_runs == 1
    assert record.on_since is None
    assert abs(record.done_kwh - 2.0) < 0.05


def test_a_run_that_was_cut_short_does_not_count() -> None:
    assert live([OFF, *drawing(30), OFF]).done_runs == 0


def test_a_load_that_finishes_by_itself_is_done() -> None:
    idle = [SwitchReading(on=True, power_kw=0.001)] * 12
    assert live([OFF, *drawing(20), *idle]).done_runs == 1


def test_a_pause_is_the_same_run() -> None:
    idle = [SwitchReading(on=True, power_kw=0.001)] * 5
    record = live([OFF, *drawing(30), *idle, *drawing(30), OFF])
    assert record.done_runs == 1


def test_the_plan_is_told_of_a_running_run() -> None:
    record = live([OFF, *drawing(10)])
    told = state(record, BOILER, START + 11 * STEP, ZONE)
    assert told["on"] is True
    assert told["on_since"] == (START + STEP).isoformat()
    assert told["typical_kw"] == 2.0


def test_the_deadline_wipes_the_slate() -> None:
    record = live([OFF, *drawing(61), OFF])
    evening = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
    assert state(record, BOILER, evening - STEP, ZONE)["done_runs"] == 1
    assert state(record, BOILER, evening, ZONE)["done_runs"] == 0
    assert track(record, BOILER, OFF, evening, ZONE).done_kwh == 0.0


def test_the_counter_is_believed_over_the_power_but_not_its_reset() -> None:
    meter = [100.0, 100.5, 101.0, 3.0, 3.25]
    readings = [SwitchReading(on=True, power_kw=9.0, energy_kwh=kwh) for kwh in meter]
    record: LoadRecord | None = None
    for i, reading in enumerate(readings):
        record = track(record, BOILER, reading, START + i * timedelta(minutes=10), ZONE)
    assert record is not None
    assert record.done_kwh == 1.25


TANK = LoadParams(power_kw=2.0, energy_kwh=4.0, contiguous=False, deadline="19:00")


def test_a_tank_that_takes_nothing_is_full_and_what_it_draws_later_is_counted_from_then() -> None:
    record: LoadRecord | None = None
    readings = [SwitchReading(on=True, power_kw=0.0)] * 5 + [OFF] * 30 + drawing(31)
    for i, reading in enumerate(readings):
        record = track(record, TANK, reading, START + i * STEP, ZONE)
    assert record is not None
    assert record.full_at == START + 4 * STEP
    assert record.after_full_kwh == pytest.approx(31 / 30)
    told = state(record, TANK, START + 70 * STEP, ZONE)
    assert from_json(LoadState, told).full_at == START + 4 * STEP


def test_a_relay_that_has_just_closed_and_a_washer_between_two_heatings_are_not_full() -> None:
    record: LoadRecord | None = None
    for i, reading in enumerate([OFF, SwitchReading(on=True, power_kw=0.0), *drawing(5)]):
        record = track(record, TANK, reading, START + i * STEP, ZONE)
    assert record is not None
    assert record.full_at is None
    assert live([SwitchReading(on=True, power_kw=0.0)] * 9).full_at is None


def test_the_deadline_follows_the_clock_of_the_home() -> None:
    summer = datetime(2026, 7, 1, 18, 0, tzinfo=UTC)
    assert last_deadline(BOILER, summer, ZONE) == datetime(2026, 7, 1, 17, 0, tzinfo=UTC)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 3)), max_size=200))
def test_energy_never_falls_and_never_exceeds_what_was_drawn(told: list[tuple[bool, float]]) -> None:
    record: LoadRecord | None = None
    before, most = 0.0, 0.0
    for i, (on, kw) in enumerate(told):
        record = track(record, BOILER, SwitchReading(on=on, power_kw=kw), START + i * STEP, ZONE)
        assert record.done_kwh >= before
        before = record.done_kwh
        most += kw / 60
    assert before <= most + 1e-9
