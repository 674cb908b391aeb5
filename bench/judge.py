"""What a schedule really costs: the physics of one home, slot by slot. Shares nothing with the planner it judges."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LEAST = 1e-6


@dataclass(slots=True)
class Verdict:
    """`cost` in currency, stored energy valued; `broken` are kWh (or counts) by the name of what physics forbids."""

    cost: float = 0.0
    soc_kwh: float = 0.0
    broken: dict[str, float] = field(default_factory=dict)

    def breaks(self, name: str, amount: float) -> None:
        """Note a violation."""
        if amount > LEAST:
            self.broken[name] = self.broken.get(name, 0.0) + amount


def judge(problem: Mapping[str, Any], schedule: Mapping[str, Any]) -> Verdict:
    """Simulate `schedule` (batt_kw, ev_kw, load_kw, curt_kw) on `problem`."""
    n, hours = problem["n"], problem["dt_min"] / 60
    battery, limits = problem["battery"], problem["grid"]
    verdict = Verdict(soc_kwh=battery["soc_init_kwh"])
    undelivered = 0.0
    car, short = _car(problem, schedule, verdict)
    undelivered += short
    loads, short = _loads(problem, schedule, verdict)
    undelivered += short
    for t in range(n):
        stored = _battery(battery, schedule["batt_kw"][t], hours, verdict)
        cut = _curtailed(problem, schedule, t, verdict, hours)
        net = problem["load_kw"][t] + car[t] + loads[t] + stored - problem["pv_kw"][t] + cut
        verdict.breaks("import_kwh", (net - limits["import_limit_kw"]) * hours)
        over = -net - limits["export_limit_kw"]
        if over > 0 and problem["pv_curtailable"]:
            net += min(over, problem["pv_kw"][t] - cut)
        verdict.breaks("export_kwh", (-net - limits["export_limit_kw"]) * hours)
        price = problem["import_price"][t] if net > 0 else problem["export_price"][t]
        verdict.cost += net * price * hours
    verdict.cost -= battery["terminal_value"] * (verdict.soc_kwh - battery["soc_init_kwh"])
    verdict.cost += undelivered * max(problem["import_price"])
    return verdict


def _battery(battery: Mapping[str, float], asked: float, hours: float, verdict: Verdict) -> float:
    """AC power that really flows for the power asked; moves the level."""
    if asked >= 0:
        room = (battery["soc_max_kwh"] - verdict.soc_kwh) / battery["eta_c"] / hours
        flows = min(asked, battery["max_charge_kw"], max(room, 0.0))
        verdict.soc_kwh += flows * battery["eta_c"] * hours
    else:
        there = (verdict.soc_kwh - battery["soc_min_kwh"]) * battery["eta_d"] / hours
        flows = -min(-asked, battery["max_discharge_kw"], max(there, 0.0))
        verdict.soc_kwh += flows / battery["eta_d"] * hours
    if abs(asked - flows) > 1e-4:
        verdict.breaks("battery_kwh", abs(asked - flows) * hours)
    return flows


def _car(
    problem: Mapping[str, Any], schedule: Mapping[str, Any], verdict: Verdict
) -> tuple[list[float], float]:
    n, hours, car = problem["n"], problem["dt_min"] / 60, problem["ev"]
    if not car:
        return [0.0] * n, 0.0
    power = [max(p, 0.0) for p in schedule["ev_kw"] or [0.0] * n]
    outside = sum(p for t, p in enumerate(power) if not car["start"] <= t < car["deadline"])
    verdict.breaks("car_away_kwh", outside * hours)
    verdict.breaks("car_kw", max(power) - car["max_kw"] - 1e-4)
    given = sum(power) * hours
    verdict.breaks("car_overfull_kwh", given - car["energy_kwh"] - 1e-3)
    return power, max(car["energy_kwh"] - given, 0.0)


def _loads(
    problem: Mapping[str, Any], schedule: Mapping[str, Any], verdict: Verdict
) -> tuple[list[float], float]:
    n, hours = problem["n"], problem["dt_min"] / 60
    total, short = [0.0] * n, 0.0
    for load, run in zip(problem["loads"], schedule["load_kw"] or [], strict=True):
        on = [t for t in range(n) if run[t] > LEAST]
        if on and on != list(range(on[0], on[0] + len(on))):
            verdict.breaks("load_interrupted", 1)
        if any(abs(run[t] - load["power_kw"]) > 1e-3 * load["power_kw"] for t in on):
            verdict.breaks("load_part_power", 1)
        if on and not (load["window_start"] <= on[0] and on[-1] < load["window_end"]):
            verdict.breaks("load_outside", 1)
        if len(on) > load["duration"]:
            verdict.breaks("load_too_long", 1)
        short += max(load["duration"] - len(on), 0) * load["power_kw"] * hours
        total = [a + b for a, b in zip(total, run, strict=True)]
    return total, short


def _curtailed(
    problem: Mapping[str, Any], schedule: Mapping[str, Any], t: int, verdict: Verdict, hours: float
) -> float:
    asked = (schedule.get("curt_kw") or [0.0] * problem["n"])[t]
    cut = min(max(asked, 0.0), problem["pv_kw"][t])
    if not problem["pv_curtailable"]:
        verdict.breaks("curtailed_kwh", cut * hours - 1e-5)
        return 0.0
    return float(cut)
