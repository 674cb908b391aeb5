"""A stretch of time lived through with its troubles, and what came of it."""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from aiohttp.web_protocol import RequestHandler
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE

from custom_components.merit_order.engine.ledger import Sums
from custom_components.merit_order.load_history import LoadForecaster
from demo.ha.entry import CONNECTION
from demo.physics.house import LOCAL

from .alone import Stand, saved
from .blocks import Blocks
from .heap import held_mb, settled
from .homes import HOMES
from .lived import Life, life, log_to
from .simulated_time import SimulatedTime
from .troubles import KINDS, Trouble, calendar, rough
from .watch import Watch

MINUTE = timedelta(minutes=1)
SOC = 0.5
# What is learned and cached in the first days is no leak.
WARM_UP = timedelta(days=3)
LOOKS = 40
OURS = "custom_components"
# What goes on for hours (no prices, no sun in the forecast) is no excuse for having no plan.
LASTING = timedelta(hours=1)
SHOWN = ("switched", "short_kwh", "contactor", "starts", "coldest_c", "soc_at_departure")


@dataclass(slots=True)
class Promise:
    """What the plan made at a midnight said it would save by `until`, in currency."""

    at: datetime
    until: datetime
    saved: float
    foreseen: float
    """By the program alone, before what plans lately kept less was taken off."""

    @property
    def share(self) -> float:
        """A day's share of it: with plans for two days each moment lies in two promises, and each counts half."""
        return timedelta(days=1) / (self.until - self.at)


@dataclass(slots=True)
class Record:
    """What was seen on the way: the home at the first midnight and at the last, and what the plans promised at each."""

    first: Stand | None = None
    last: Stand | None = None
    promises: list[Promise] = field(default_factory=list)
    memory: list[tuple[datetime, float, int]] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    """Seconds of processor time up to each midnight."""


async def live(
    time: SimulatedTime,
    blocks: Blocks,
    days: float,
    troubles_a_day: float,
    seed: int,
    home: str,
    mode: str,
    tell: Callable[[float], None],
    log: Path | None = None,
) -> dict[str, Any]:
    """Live `days` with `troubles_a_day` occasions of trouble; returns what is to be printed."""
    log_to(log)
    begun = time.true_now()
    spec = HOMES[home]
    async with life(time, spec, SOC, mode) as it:
        first, bill_before = Stand.of(it.home, spec, it.now), it.home.truth()["bill"]
        kinds = KINDS[home]
        troubles = calendar(kinds, it.now, days, troubles_a_day, seed) if troubles_a_day else []
        watch, seen = Watch(it, CONNECTION["import_limit_kw"] * 1000), Record()
        blocks.clear()
        await _through(it, watch, seen, troubles, it.now + timedelta(days=days), tell)
        it.hurry(quiet=False)
        ledger = it.runtime.savings.data
        at, last, stand = it.now, it.home.truth(), Stand.of(it.home, spec, it.now)
        reloaded = await _reload_counts(it)
        known, still_held = await _load_known(it, begun), it.still_held()
        await it.shut()
        await it.pass_(MINUTE)
        watch.ended(_still_at_work())
    first.twin.house.advance(at.timestamp(), first.twin.step)
    theirs = first.twin.truth()  # a twin counts from the moment it was made
    ahead = (last["soc"] - theirs["soc"]) * it.home.house.inverter.battery.capacity_wh / 1000
    truth = saved(first, stand)
    return {
        "home": home,
        "seed": seed,
        "from": begun.isoformat(),
        "days": days,
        "faults": dict(sorted(Counter(trouble.kind for trouble in troubles).items())),
        "invariants_broken": watch.broken,
        "broken_counts": dict(sorted(watch.count.items())),
        "needs": dict(sorted(watch.needs.items())),
        "bill": round(last["bill"] - bill_before, 4),
        "bill_baseline": round(theirs["bill"], 4),
        "stored_more_than_baseline_kwh": round(ahead, 3),
        **_booked(ledger, truth),
        **_kept(seen),
        "load_known_h": known,
        **_used(seen),
        **blocks.told(),
        "after_reload": reloaded,
        "stopped_still_held": still_held,
        "battery_forced_h": round(watch.held_s / 3600, 1),
        "writes": {str(register): n for register, n in last["huawei_writes"].items()},
        "loads": {
            key: {name: load[name] for name in SHOWN if name in load} for key, load in last["loads"].items()
        },
    }


def _booked(ledger: Sums | None, truth: float) -> dict[str, Any]:
    """What was saved as the simulation knows (`truth`, currency), and as the ledger says."""
    total = None if ledger is None else ledger.total
    return {
        "saved_truth": round(truth, 4),
        "saved_ledger": None if total is None else round(total.saved, 4),
        "ledger_uncertainty": None if total is None else round(total.uncertainty, 4),
        "ledger_slots": None if total is None else [total.counted, total.left_out],
        "ledger_off": None if total is None or not truth else round(total.saved / truth - 1, 4),
    }


async def _through(
    it: Life,
    watch: Watch,
    seen: Record,
    troubles: list[Trouble],
    end: datetime,
    tell: Callable[[float], None],
) -> None:
    begun = it.now
    waiting, open_ = list(troubles), list[Trouble]()
    while it.now < end:
        it.hurry(quiet=not rough(troubles, it.now))
        edges = [t.start for t in waiting[:1]] + [t.end for t in open_]
        upcoming = min([_next_minute(it.now), end, *edges])
        await it.until(upcoming)
        for trouble in [t for t in open_ if t.end <= it.now]:
            open_.remove(trouble)
            await KINDS[it.spec.key][trouble.kind].end(it, trouble)
            others = any(each.span < LASTING for each in open_)
            watch.trouble_ended(it.now, others=others)
        while waiting and waiting[0].start <= it.now:
            trouble = waiting.pop(0)
            await KINDS[it.spec.key][trouble.kind].begin(it, trouble)
            open_.append(trouble)
            watch.trouble_began()
        if upcoming.second == 0:
            _each_minute(it, watch, seen)
            tell((it.now - begun) / (end - begun))
    for trouble in open_:
        await KINDS[it.spec.key][trouble.kind].end(it, trouble)


def _each_minute(it: Life, watch: Watch, seen: Record) -> None:
    now = it.now
    watch.look()
    local = now.astimezone(LOCAL)
    for need in it.spec.needs:
        if (local.hour, local.minute) == (need.hour, need.minute):
            moved = it.moved.get(need.part)
            # What a person switched within a day is theirs, and what comes of it.
            if moved is None or moved < now - timedelta(days=1):
                watch.deadline(need.name, need.asset, need.met(it.home))
    if local.hour == local.minute == 0:
        settled()
        seen.memory.append((now, held_mb(), sys.getallocatedblocks()))
        seen.worked.append(process_time())
        if it.hass is not None and (plan := it.runtime.planner.plan) is not None:
            seen.promises.append(
                Promise(now, plan.edges[-1], plan.expected_saving, plan.baseline_cost - plan.cost)
            )
            seen.last = Stand.of(it.home, it.spec, now)
            seen.first = seen.first or Stand.of(it.home, it.spec, now)


def _next_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0) + MINUTE


async def _reload_counts(it: Life) -> dict[str, list[int]]:
    """Tasks and listeners that stay, before and after the home was reloaded three times."""
    assert it.hass is not None
    assert it.entry is not None
    await it.pass_(timedelta(seconds=40))
    before = await _staying(it)
    for _ in range(3):
        await it.hass.config_entries.async_reload(it.entry.entry_id)
        await it.until_loaded()
        await it.pass_(timedelta(minutes=3))
    after = await _staying(it)
    return {key: [before[key], after[key]] for key in before}


def _still_at_work() -> list[str]:
    """Tasks of the integration, by name."""
    coroutines = [(task.get_name(), task.get_coro()) for task in asyncio.all_tasks()]
    return [
        name
        for name, coro in coroutines
        if OURS in getattr(getattr(coro, "cr_code", None), "co_filename", "")
    ]


def _is_a_visit(task: asyncio.Task[Any]) -> bool:
    """Whether the task is the virtual home's end of a web connection: those are kept open for a while, or not."""
    return isinstance(
        getattr(getattr(task.get_coro(), "cr_frame", None), "f_locals", {}).get("self"), RequestHandler
    )


async def _load_known(it: Life, since: datetime) -> list[int]:
    """Of how many hours since then the load is known, which is what it is learned from, and how many there were."""
    assert it.hass is not None
    home = it.runtime.home
    load = await LoadForecaster(it.hass, home.ports, home.assets).measured(it.now)
    lived = load.values[load.starts >= since.timestamp()]
    return [int(np.isfinite(lived).sum()), len(lived)]


async def _staying(it: Life) -> dict[str, int]:
    """The least of many looks: what comes and goes within seconds does not count."""
    assert it.hass is not None
    tasks, listeners = [], []
    for _ in range(LOOKS):
        await it.pass_(timedelta(seconds=0.7))
        tasks.append(sum(not _is_a_visit(task) for task in asyncio.all_tasks()))
        heard = it.hass.bus.async_listeners()
        # A file that is to be written in a minute waits for the last moment too, and no longer when it was written.
        listeners.append(sum(heard.values()) - heard.get(EVENT_HOMEASSISTANT_FINAL_WRITE, 0))
    return {"tasks": min(tasks), "listeners": min(listeners)}


def _used(seen: Record) -> dict[str, Any]:
    """What it took of the machine."""
    return {
        "memory": _memory(seen),
        "processor_s_a_day": [round(after - before, 1) for before, after in pairwise(seen.worked)],
    }


def _memory(seen: Record) -> dict[str, float] | None:
    warm = [each for each in seen.memory if each[0] >= seen.memory[0][0] + WARM_UP] if seen.memory else []
    if len(warm) < 2:
        return None
    return {
        "warm_mb": round(warm[0][1], 1),
        "end_mb": round(warm[-1][1], 1),
        "growth_mb": round(warm[-1][1] - warm[0][1], 1),
        "growth_blocks": warm[-1][2] - warm[0][2],
        "days": (warm[-1][0] - warm[0][0]).days,
    }


def _kept(seen: Record) -> dict[str, Any]:
    """What the plans of the midnights promised up to the last, and what was captured of it."""
    made = seen.promises[:-1]
    promises = [promise.saved * promise.share for promise in made]
    promised = sum(promises)
    captured = saved(seen.first, seen.last) if seen.first and seen.last and promises else 0.0
    return {
        "foreseen": round(sum(promise.foreseen * promise.share for promise in made), 4),
        "promised": round(promised, 4),
        "captured": round(captured, 4),
        "promised_a_day": [round(each, 2) for each in promises],
        "captured_share": round(captured / promised, 4) if promised else None,
    }
