"""What a load has had since its last deadline: energy, finished runs, and how much it draws.

Pure: readings and the clock come in, a record that goes to disk comes out.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .engine.assets.load import LoadParams
from .engine.model.clock_times import last_before, parse_clock
from .engine.model.roles import SwitchReading

# Standby of a washing machine, the lamp of a boiler: below this a load that is switched on does not work.
IDLE_KW = 0.02
# A run may pause for so long (soaking, a thermostat) and still be the same run.
PAUSE = timedelta(minutes=10)
# A relay that has just closed shows no power yet.
DECLINES_AFTER = timedelta(minutes=2)
# A run that was cut a little short is a run: the plan counts in slots, the relay in seconds.
ENOUGH = 0.8
# Weight of a minute's power in the typical one: a mean over roughly the last hour of running.
LEARNING_PER_S = 1 / 3600
# A counter that jumps by more than the load can draw was reset or belongs to another device now.
MOST_KW = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRecord:
    """`since` is the deadline counted from. `on_since` is when the running run began, `worked_s` how long it worked.

    `full_at` is when it last took nothing of what it was offered (from `offered_since` on), `after_full_kwh` what it
    drew since then.
    """

    since: datetime
    done_kwh: float = 0.0
    full_at: datetime | None = None
    after_full_kwh: float = 0.0
    offered_since: datetime | None = None
    done_runs: int = 0
    on_since: datetime | None = None
    idle_since: datetime | None = None
    worked_s: float = 0.0
    run_kwh: float = 0.0
    typical_kw: float | None = None
    counter_kwh: float | None = None
    at: datetime | None = None


def track(
    record: LoadRecord | None, params: LoadParams, reading: SwitchReading, now: datetime, zone: ZoneInfo
) -> LoadRecord:
    """The record after one more reading at `now` (aware UTC)."""
    since = last_deadline(params, now, zone)
    if record is None:
        record = LoadRecord(since=since)
    elif since > record.since:
        record = replace(record, since=since, done_kwh=0.0, done_runs=0)
    energy = _energy(record, params, reading, now)
    working = bool(reading.on) and (reading.power_kw is None or reading.power_kw >= IDLE_KW)
    record = replace(record, done_kwh=record.done_kwh + energy, after_full_kwh=record.after_full_kwh + energy)
    record = _full(record, params, reading, now)
    record = _run(record, params, reading, now, working, energy)
    if working and reading.power_kw is not None:
        record = replace(record, typical_kw=_learned(record, reading.power_kw, now))
    counter = reading.energy_kwh if reading.energy_kwh is not None else record.counter_kwh
    return replace(record, at=now, counter_kwh=counter)


def state(record: LoadRecord, params: LoadParams, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The fields of the load's state that the record fills; what was done before the last deadline counts no more."""
    if last_deadline(params, now, zone) > record.since:
        record = replace(record, done_kwh=0.0, done_runs=0)
    known: dict[str, Any] = {
        "done_kwh": record.done_kwh,
        "full_at": record.full_at.isoformat() if record.full_at is not None else None,
        "after_full_kwh": record.after_full_kwh if record.full_at is not None else None,
        "done_runs": record.done_runs,
        "on": record.on_since is not None,
        "on_since": record.on_since.isoformat() if record.on_since is not None else None,
        "typical_kw": record.typical_kw,
    }
    return {name: value for name, value in known.items() if value is not None}


def last_deadline(params: LoadParams, now: datetime, zone: ZoneInfo) -> datetime:
    """The deadline that passed last; without one the day begins at local midnight."""
    return last_before(parse_clock(params.deadline or "00:00", "deadline"), zone, now)


def run_minutes(params: LoadParams) -> float | None:
    """How long a run is meant to take, or None when the load has no runs."""
    if not params.contiguous or params.mode != "needed":
        return None
    if params.profile_kw:
        return len(params.profile_kw) * params.profile_minutes
    if params.run_minutes is not None:
        return params.run_minutes
    return params.energy_kwh / params.power_kw * 60 if params.energy_kwh and params.power_kw else 60.0


def _energy(record: LoadRecord, params: LoadParams, reading: SwitchReading, now: datetime) -> float:
    """kWh since the last reading: by the counter, else by power, else by what it draws when on."""
    if record.at is None:
        return 0.0
    hours = (now - record.at) / timedelta(hours=1)
    if reading.energy_kwh is not None and record.counter_kwh is not None:
        rise = reading.energy_kwh - record.counter_kwh
        return rise if 0.0 <= rise <= max(MOST_KW * hours, 0.1) else 0.0
    if hours > 1:  # nobody knows what happened in a long silence
        return 0.0
    power = reading.power_kw
    if power is None:
        power = (record.typical_kw or params.power_kw or 0.0) if reading.on else 0.0
    return max(power, 0.0) * hours


def _full(record: LoadRecord, params: LoadParams, reading: SwitchReading, now: datetime) -> LoadRecord:
    """Whether it takes nothing of what it is offered: a tank that is hot. What it holds then lasts for a while, or the
    plan would offer it its need again and again until the deadline, at any price.
    """
    if params.contiguous or params.mode != "needed":
        return record
    if not reading.on or reading.power_kw is None or reading.power_kw >= IDLE_KW:
        return replace(record, offered_since=None)
    since = record.offered_since if record.at is not None and now - record.at <= PAUSE else None
    record = replace(record, offered_since=since or now)
    if since is None or now - since < DECLINES_AFTER:
        return record
    return replace(record, full_at=now, after_full_kwh=0.0)


def _run(
    record: LoadRecord,
    params: LoadParams,
    reading: SwitchReading,
    now: datetime,
    working: bool,
    energy: float,
) -> LoadRecord:
    if working:
        spent = (
            (now - record.at).total_seconds()
            if record.at is not None and record.on_since is not None
            else 0.0
        )
        return replace(
            record,
            on_since=record.on_since or now,
            idle_since=None,
            worked_s=record.worked_s + spent,
            run_kwh=record.run_kwh + energy,
        )
    if record.on_since is None:
        return record
    idle_since = record.idle_since or now
    if reading.on is not False and now - idle_since < PAUSE:
        return replace(record, idle_since=idle_since)
    # Switched on and idle for long: it is finished by itself (a programme that ended, a tank that is hot).
    by_itself = reading.on is True
    done = by_itself or _long_enough(record, params)
    return replace(
        record,
        on_since=None,
        idle_since=None,
        worked_s=0.0,
        run_kwh=0.0,
        done_runs=record.done_runs + (1 if done else 0),
    )


def _long_enough(record: LoadRecord, params: LoadParams) -> bool:
    minutes = run_minutes(params)
    if minutes is None:
        return False
    return record.worked_s >= ENOUGH * minutes * 60


def _learned(record: LoadRecord, power_kw: float, now: datetime) -> float:
    if record.typical_kw is None or record.at is None:
        return power_kw
    weight = min((now - record.at).total_seconds() * LEARNING_PER_S, 1.0)
    return record.typical_kw + weight * (power_kw - record.typical_kw)
