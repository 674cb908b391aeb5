"""The same measured slots without us: loads as early as they could, batteries on self-consumption.

A battery that nobody steers is in both homes. It follows the meter, and with it loads that we run at another time: what
they save there is only what the battery would not have saved by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from ..assets._battery import BatteryParams
from ..assets._store import self_consumption
from .measured import LoadSlot, MeasuredSlot

DAY = timedelta(hours=25)
"""From one deadline to the next, when the clocks go back."""
A_TRIFLE_KWH = 1e-9
COOLS_IN_H = 100.0
"""A boiler of 100 l loses a hundredth of its warmth an hour: 50 W of 5.2 kWh at 45 K, class B of (EU) No 812/2013."""
REJOIN_AFTER = timedelta(hours=1)
"""After a longer silence nobody knows what the battery would have done: the baseline goes on from what is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the comparison stands after some slots.

    `money`: bill without us less bill with us (`paid`). `levels`: what the baseline's batteries hold; `ahead`: how much
    more ours hold than those, counted slots only (kWh, by asset id). `owed`: energy a load was given in the baseline
    before we ran it ("id since" → kWh); negative while ours runs ahead of its habit. `turned_kwh`: energy through
    batteries, here and in the baseline.
    """

    money: float = 0.0
    paid: float = 0.0
    levels: Mapping[str, float] = field(default_factory=dict)
    ahead: Mapping[str, float] = field(default_factory=dict)
    owed: Mapping[str, float] = field(default_factory=dict)
    turned_kwh: float = 0.0
    end: datetime | None = None


def replay(
    standing: Standing,
    slots: Sequence[MeasuredSlot],
    params: Mapping[str, BatteryParams],
    worth: float,
    until: int | None = None,
) -> Standing:
    """Where it stands after the first `until` of `slots` (all by default), which follow `standing` in time.

    `worth` is what a stored kWh (before the loss of taking it out) is worth, in currency/kWh.
    """
    placed, owed = _place(standing, slots, until)
    levels, ahead = dict(standing.levels), dict(standing.ahead)
    money, turned, last = standing.money, standing.turned_kwh, standing.end
    paid = standing.paid
    for i, slot in enumerate(slots[:until]):
        resting = set(levels) - slot.batteries.keys()
        if last is not None and slot.start - last > REJOIN_AFTER:
            resting = set(levels)
        for key in resting:
            money += ahead.pop(key, 0.0) * worth * _out(params, key)
            del levels[key]
        net = slot.rest_kwh + placed[i]
        ours = slot.rest_kwh + sum(load.kwh for load in slot.loads.values())
        for key, battery in slot.batteries.items():
            limits, own = params.get(key, BatteryParams()), battery.charge_kwh - battery.discharge_kwh
            if battery.steered:
                before = levels.get(key, battery.before_kwh)
                power, levels[key] = _alone(limits, net, slot.hours, before)
                more = battery.after_kwh - battery.before_kwh - (levels[key] - before)
                ahead[key] = ahead.get(key, 0.0) + more
                turned += battery.charge_kwh + battery.discharge_kwh + abs(power)
            else:
                # What it did stays, but for what it would do otherwise because others draw at another time.
                would, there = _alone(limits, net, slot.hours, battery.before_kwh - ahead.get(key, 0.0))
                told, here = _alone(limits, ours, slot.hours, battery.before_kwh)
                power, ahead[key] = own + would - told, here - there
                levels[key] = battery.after_kwh - ahead[key]
                turned += abs(would - told)
            net, ours = net + power, ours + own
        money += _bill(slot, net) - _bill_with_us(slot)
        paid += _bill_with_us(slot)
        last = slot.end
    return Standing(
        money=money, paid=paid, levels=levels, ahead=ahead, owed=owed, turned_kwh=turned, end=last
    )


def stored_money(standing: Standing, params: Mapping[str, BatteryParams], worth: float) -> float:
    """What is still in our batteries and not in those of the baseline, and what loads had before their time, in
    currency.
    """
    batteries = sum(kwh * worth * _out(params, key) for key, kwh in standing.ahead.items())
    return batteries - sum(standing.owed.values()) * worth


def _out(params: Mapping[str, BatteryParams], key: str) -> float:
    return params.get(key, BatteryParams()).discharge_efficiency


def _alone(params: BatteryParams, net_kwh: float, hours: float, level: float) -> tuple[float, float]:
    """Energy into (+) a battery that follows the home's need, and what it holds after, in kWh."""
    power, after = self_consumption(
        np.array([net_kwh / hours]),
        np.array([hours]),
        level_kwh=level,
        low_kwh=max(params.min_soc, params.reserve_soc) / 100 * params.capacity_kwh,
        high_kwh=params.max_soc / 100 * params.capacity_kwh,
        charge_kw=params.max_charge_kw,
        discharge_kw=params.max_discharge_kw,
        charge_efficiency=params.charge_efficiency,
        discharge_efficiency=params.discharge_efficiency,
    )
    return float(power[0]) * hours, float(after[0])


def _bill(slot: MeasuredSlot, net_kwh: float) -> float:
    """What the baseline pays. Import and export within one slot stay as they were unless a battery evens them out."""
    evened = any(battery.steered for battery in slot.batteries.values())
    both = 0.0 if evened else min(slot.import_kwh, slot.export_kwh)
    bought, sold = max(net_kwh, 0.0) + both, max(-net_kwh, 0.0) + both
    return bought * slot.import_price - sold * slot.export_price


def _bill_with_us(slot: MeasuredSlot) -> float:
    return slot.import_kwh * slot.import_price - slot.export_kwh * slot.export_price


def _place(
    standing: Standing, slots: Sequence[MeasuredSlot], until: int | None
) -> tuple[list[float], dict[str, float]]:
    """Energy of needed loads per slot of the baseline, and what is owed after the first `until` slots."""
    placed = [0.0] * len(slots)
    owed: dict[str, float] = {}
    cut = len(slots) if until is None else until
    end = slots[-1].end if slots else None
    groups = {
        (key, load.since) for slot in slots for key, load in slot.loads.items() if load.since is not None
    }
    for key, since in sorted(groups):
        name = f"{key} {since.isoformat()}"
        own = [slot.loads[key].kwh if _of(slot, key, since) else 0.0 for slot in slots]
        before = standing.owed.get(name, 0.0)
        habits = [slot.loads[key] if _of(slot, key, since) else None for slot in slots]
        # What it does at an hour before its habit was learned is not known, but not that it does all at once.
        if any(load is not None and load.habit_kwh is not None for load in habits):
            over = end is not None and end - since >= DAY
            parts = _by_habit(habits, sum(own), before, over=over)
        else:
            parts = _at_once(slots, since, own, max(sum(own) - before, 0.0))
        lost = _lost(slots, habits, before, parts, own)
        placed = [there + part + more for there, part, more in zip(placed, parts, lost, strict=True)]
        owing = before + sum(parts[:cut]) - sum(own[:cut])
        if abs(owing) > A_TRIFLE_KWH:
            owed[name] = owing
    return placed, owed


def _at_once(
    slots: Sequence[MeasuredSlot], since: datetime, own: Sequence[float], left: float
) -> list[float]:
    """The energy at the load's own pace from `since` on."""
    rate = max(kwh / slot.hours for kwh, slot in zip(own, slots, strict=True))
    parts = []
    for slot in slots:
        part = min(left, rate * slot.hours) if slot.start >= since else 0.0
        parts.append(part)
        left -= part
    return parts


def _by_habit(habits: Sequence[LoadSlot | None], own: float, before: float, *, over: bool) -> list[float]:
    """The energy spread as the load would by itself: what it used, and until its day is `over` what it usually does,
    for what ours has not had yet it is going to have.
    """
    weights = [load.habit_kwh or 0.0 if load is not None else 0.0 for load in habits]
    last = next(load for load in reversed(habits) if load is not None)
    total = sum(weights) + (0.0 if over else last.after_kwh)
    left = max((own if over else max(own, total)) - before, 0.0)
    if total <= 0:
        steered = sum(load is not None for load in habits)
        return [left / steered if load is not None else 0.0 for load in habits]
    return [left * weight / total for weight in weights]


def _lost(
    slots: Sequence[MeasuredSlot],
    habits: Sequence[LoadSlot | None],
    owed: float,
    parts: Sequence[float],
    own: Sequence[float],
) -> list[float]:
    """Warmth the baseline loses beyond ours and makes good at once: its stores of heat hold more by what is owed, and
    never less, for their thermostats see to that.
    """
    lost = []
    for slot, load, part, kwh in zip(slots, habits, parts, own, strict=True):
        warm = load is not None and load.keeps_warm
        lost.append(max(owed, 0.0) * slot.hours / COOLS_IN_H if warm else 0.0)
        owed += part - kwh
    return lost


def _of(slot: MeasuredSlot, key: str, since: datetime) -> bool:
    return key in slot.loads and slot.loads[key].since == since
