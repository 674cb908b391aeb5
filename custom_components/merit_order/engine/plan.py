"""A solution becomes a plan: per asset, per slot, in blocks a person can read."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from .assets._base import Outcome, Part
from .health import GRAVITY
from .model.horizon import Band, Horizon
from .model.plan import AssetPlan, Block, Health, HomePlan, InputStatus, Intent, Plan, PlanStatus
from .model.series import FloatArray, Quality
from .model.snapshot import Settings, Snapshot
from .optimise.problem import Problem
from .optimise.search import Solution
from .price_level import price_levels

LEVEL_NOISE = 0.02
"""kWh by which a full or empty battery may miss its limit."""
QUIET_KW = 1e-3
"""Below this nothing is done: a watt is within any meter's noise."""
CLEARLY_MORE = 0.03
"""Currency/kWh: about what storing costs in losses and wear."""


@dataclass(frozen=True, slots=True)
class Flows:
    """Where the home's power comes from in each slot (shares 0 … 1 of what is used) and what a kWh costs there."""

    grid: FloatArray
    solar: FloatArray
    battery: FloatArray
    kwh_cost: FloatArray


def make_plan(snapshot: Snapshot, problem: Problem, solution: Solution, stances: Mapping[str, str]) -> Plan:
    """The plan of a solution. `stances` ("self", "hold") is how batteries that follow or hold stand in the first slot,
    where that is not what the solution alone would say.
    """
    horizon = problem.horizon
    outcomes = [(part, part.outcome(solution.values)) for part in problem.parts]
    grid_kw = outcomes[-1][1].power_kw
    flows = _flows(horizon, outcomes, grid_kw)
    assets = tuple(
        asset_plan(part, outcome, horizon, flows, grid_kw, stances.get(part.spec.id))
        for part, outcome in outcomes
    )
    inputs = _told(horizon.inputs, problem.notes)
    shortfalls = tuple(short for _, outcome in outcomes for short in outcome.shortfalls)
    kept = _kept(snapshot.previous, assets, horizon)
    return Plan(
        id=_plan_id(snapshot),
        at=snapshot.at,
        status=_status(solution.gap, inputs),
        currency=snapshot.currency,
        timezone=snapshot.timezone,
        edges=horizon.slots.edges,
        home=home_plan(horizon, outcomes, grid_kw, snapshot.settings),
        assets=assets,
        cost=solution.money,
        gap=solution.gap,
        solve_ms=solution.seconds * 1000,
        shortfalls=shortfalls,
        inputs=inputs,
        kept=kept,
    )


def _kept(previous: Plan | None, assets: tuple[AssetPlan, ...], horizon: Horizon) -> bool:
    """Whether everything we drive is on and off when the previous plan said, as far as both reach."""
    if previous is None or not previous.edges:
        return False
    edges = np.array([edge.timestamp() for edge in previous.edges])
    middle = (horizon.slots.seconds[:-1] + horizon.slots.seconds[1:]) / 2
    then = np.searchsorted(edges, middle, side="right") - 1
    both = (then >= 0) & (then < len(edges) - 1)
    for asset in assets:
        before = previous.asset(asset.id)
        if not asset.controlled or asset.kind in ("grid", "solar"):
            continue
        if before is None or np.any(np.array(asset.active)[both] != np.array(before.active)[then[both]]):
            return False
    return bool(np.any(both))


def no_plan(snapshot: Snapshot, inputs: tuple[InputStatus, ...]) -> Plan:
    """What is given when there is nothing to plan by."""
    return Plan(
        id=_plan_id(snapshot),
        at=snapshot.at,
        status=PlanStatus.NONE,
        currency=snapshot.currency,
        timezone=snapshot.timezone,
        edges=(),
        home=None,
        inputs=inputs,
    )


def _plan_id(snapshot: Snapshot) -> str:
    return hashlib.sha256(snapshot.at.isoformat().encode()).hexdigest()[:12]


def _told(inputs: Iterable[InputStatus], notes: Iterable[InputStatus]) -> tuple[InputStatus, ...]:
    """Each input once: what an asset says of one that was noted before is added to that."""
    told = {status.key: status for status in inputs}
    for note in notes:
        known = told.get(note.key)
        told[note.key] = note if known is None else _both(known, note)
    return tuple(told.values())


def _both(known: InputStatus, note: InputStatus) -> InputStatus:
    return replace(
        known,
        health=max(known.health, note.health, key=GRAVITY.index),
        rule=note.rule,
        reason=known.reason or note.reason,
        placeholders={**note.placeholders, **known.placeholders},
    )


def _status(gap: float, inputs: tuple[InputStatus, ...]) -> PlanStatus:
    unsure = (Health.PROVISIONAL, Health.MISSING)
    if any(status.health in unsure for status in inputs):
        return PlanStatus.PROVISIONAL
    return PlanStatus.OPTIMAL if gap <= 1e-6 else PlanStatus.FEASIBLE


def home_plan(
    horizon: Horizon, outcomes: list[tuple[Part, Outcome]], grid_kw: FloatArray, settings: Settings
) -> HomePlan:
    """The home as a whole, slot by slot."""
    solar = sum((o.power_kw for p, o in outcomes if p.spec.kind == "solar"), np.zeros(horizon.n))
    low, high = (_sum_solar(horizon, outcomes, side) for side in ("low", "high"))
    cost = (
        np.maximum(grid_kw, 0) * horizon.import_price + np.minimum(grid_kw, 0) * horizon.export_price
    ) * horizon.hours
    return HomePlan(
        import_price=_tuple(horizon.import_price),
        export_price=_tuple(horizon.export_price),
        price_quality=horizon.price_quality,
        price_level=price_levels(
            horizon.import_price,
            horizon.hours,
            settings.cheap_below,
            settings.expensive_above,
            np.array([quality is Quality.KNOWN for quality in horizon.price_quality]),
        ),
        load_kw=_tuple(horizon.load.mid),
        solar_kw=_tuple(solar),
        solar_low_kw=_tuple(low),
        solar_high_kw=_tuple(high),
        grid_kw=_tuple(grid_kw),
        cost=_tuple(cost),
    )


def _sum_solar(horizon: Horizon, outcomes: list[tuple[Part, Outcome]], side: str) -> FloatArray:
    total = np.zeros(horizon.n)
    for part, _ in outcomes:
        band: Band | None = horizon.series.get(part.spec.id, {}).get("power")
        if part.spec.kind == "solar" and band is not None:
            total += np.maximum(getattr(band, side), 0.0)
    return total


def _flows(horizon: Horizon, outcomes: list[tuple[Part, Outcome]], grid_kw: FloatArray) -> Flows:
    solar, battery = np.zeros(horizon.n), np.zeros(horizon.n)
    for part, outcome in outcomes:
        if part.spec.kind == "solar":
            solar += outcome.power_kw
        elif part.spec.kind != "grid":
            battery += np.maximum(-outcome.power_kw, 0.0)
    bought = np.maximum(grid_kw, 0.0)
    total = np.maximum(solar + battery + bought, 1e-9)
    share = bought / total
    # What is not bought would have been fed in: that is what using it costs.
    kwh_cost = share * horizon.import_price + (1 - share) * horizon.export_price
    return Flows(share, solar / total, battery / total, kwh_cost)


def asset_plan(
    part: Part,
    outcome: Outcome,
    horizon: Horizon,
    flows: Flows,
    grid_kw: FloatArray,
    stance: str | None = None,
) -> AssetPlan:
    """One asset, with its blocks. `stance` is how a battery that follows or holds stands in the first slot."""
    spec, power = part.spec, outcome.power_kw
    modes = slot_modes(spec.kind, outcome, grid_kw, horizon.export_price)
    if stance is not None and modes[0] in ("self", "hold"):
        modes[0] = stance
    cost = power * horizon.hours * flows.kwh_cost
    return AssetPlan(
        id=spec.id,
        kind=spec.kind,
        name=spec.name,
        power_kw=_tuple(power),
        active=tuple(bool(a) for a in outcome.active),
        level=None if outcome.level is None else _tuple(outcome.level),
        level_unit=outcome.level_unit,
        level_start=outcome.level_start,
        level_min=outcome.level_min,
        level_max=outcome.level_max,
        blocks=_blocks(modes, power, cost, horizon, flows),
        energy_kwh=float(power @ horizon.hours),
        cost=float(np.sum(cost)),
        value=None if outcome.value is None else _tuple(outcome.value),
        controlled=spec.controlled,
    )


def slot_modes(
    kind: str, outcome: Outcome, grid_kw: FloatArray, export_price: FloatArray
) -> list[str | None]:
    """What the asset does in each slot; None when it does nothing."""
    power = outcome.power_kw
    if kind not in ("battery", "vehicle"):
        return [outcome.mode_on if active else None for active in outcome.active]
    if outcome.mode_on == "self":
        return ["self"] * len(power)
    modes: list[str | None] = []
    for t, (p, grid) in enumerate(zip(power.tolist(), grid_kw.tolist(), strict=True)):
        if p > QUIET_KW:
            # Sun that is only in part stored is a forecast's fine point: the battery takes what there really is.
            modes.append("charge" if grid > QUIET_KW or kind == "vehicle" else "self")
        elif p < -QUIET_KW:
            modes.append("discharge" if grid < -QUIET_KW else "self")
        elif kind == "vehicle":
            modes.append(None)
        else:
            modes.append("hold" if _could(outcome, t, grid, float(export_price[t])) else "self")
    return modes


def _could(outcome: Outcome, slot: int, grid_kw: float, export_price: float) -> bool:
    """Whether a battery that stands still in a slot could do something by itself: then holding is a decision.

    Feeding in what could be stored is one only where it earns clearly more: the sun that was to fill the battery later
    is a forecast. Replayed, taking it early won two hundredths of all there is to win.
    """
    if outcome.level is None or outcome.level_min is None or outcome.level_max is None:
        return False
    level = float(outcome.level[slot])
    if grid_kw > QUIET_KW:
        return level > outcome.level_min + LEVEL_NOISE
    if grid_kw > -QUIET_KW or level >= outcome.level_max - LEVEL_NOISE:
        return False
    return outcome.value is None or export_price > float(outcome.value[slot]) + CLEARLY_MORE


def _blocks(
    modes: list[str | None], power: FloatArray, cost: FloatArray, horizon: Horizon, flows: Flows
) -> tuple[Block, ...]:
    blocks, edges, hours = [], horizon.slots.edges, horizon.hours
    first = 0
    for last in range(1, len(modes) + 1):
        if last < len(modes) and modes[last] == modes[first]:
            continue
        mode = modes[first]
        if mode is not None:
            part = slice(first, last)
            energy = float(power[part] @ hours[part])
            blocks.append(
                Block(
                    start=edges[first],
                    end=edges[last],
                    mode=mode,
                    power_kw=energy / float(np.sum(hours[part])),
                    energy_kwh=energy,
                    cost=float(np.sum(cost[part])),
                    source=_source(flows, part, power[part] * hours[part]),
                )
            )
        first = last
    return tuple(blocks)


def _source(flows: Flows, part: slice, energy: FloatArray) -> str | None:
    used = np.maximum(energy, 0.0)
    if np.sum(used) <= 1e-9:
        return None
    for name, share in (("solar", flows.solar), ("grid", flows.grid), ("battery", flows.battery)):
        if float(share[part] @ used) > 0.6 * float(np.sum(used)):
            return name
    return "mixed"


def intents(plan: Plan, controllable: frozenset[str], at: datetime | None = None) -> tuple[Intent, ...]:
    """What the plan wants of every asset it may drive, now or `at`: the running block, or off until the next one."""
    now = at or (plan.edges[0] if plan.edges else plan.at)
    if (slot := plan.slot_at(now)) is None:
        return ()
    wanted = []
    for asset in plan.assets:
        if not asset.controlled or asset.kind not in controllable:
            continue
        block = next((b for b in asset.blocks if b.start <= now < b.end), None)
        if block is not None:
            wanted.append(
                Intent(
                    asset=asset.id,
                    mode=block.mode,
                    power_kw=asset.power_kw[slot],
                    until=block.end,
                    feed_in=block.mode == "hold" and _feeds_in(plan, asset, slot),
                )
            )
            continue
        until = next((b.start for b in asset.blocks if b.start > now), plan.edges[-1])
        wanted.append(Intent(asset=asset.id, mode="off", power_kw=0.0, until=until))
    return tuple(wanted)


def _feeds_in(plan: Plan, asset: AssetPlan, slot: int) -> bool:
    """Whether a battery stands still in a slot because feeding in earns more than storing."""
    if plan.home is None or plan.home.grid_kw[slot] >= 0:
        return False
    return asset.value is None or plan.home.export_price[slot] > asset.value[slot] + CLEARLY_MORE


def _tuple(values: FloatArray) -> tuple[float, ...]:
    return tuple(np.round(values, 6).tolist())
