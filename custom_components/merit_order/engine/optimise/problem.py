"""The home as a program: each asset adds its own part, the grid closes the balance."""

from dataclasses import dataclass, replace

import numpy as np

from ..assets import ASSETS, GRID, GridPart, asset_kind
from ..assets._base import Part
from ..assets._site import Site
from ..model.errors import InputError
from ..model.horizon import Horizon
from ..model.plan import InputStatus
from ..model.program import Program
from ..model.snapshot import AssetSpec, Snapshot
from .objective import stored_value, wishes

MOST_NEEDED = 1000.0
"""No home needs more kWh, percent, degrees or runs of anything within a plan."""
GRID_SPEC = AssetSpec(id="grid", kind=GRID.key, name="")
"""Stands in when no meter is set up: a connection without limits."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A program and the parts it is made of; `grid` is the last of `parts`."""

    horizon: Horizon
    program: Program
    parts: tuple[Part, ...]
    grid: GridPart
    balance: np.ndarray
    fixed: np.ndarray
    """(n,): what is used less what is given whatever is planned, kW; the rows of `balance` are equal to it."""
    notes: tuple[InputStatus, ...]
    missed: float
    """Wishes that cost more than this (currency) are needs that are missed, not optional uses that are forgone."""


def pose(snapshot: Snapshot, horizon: Horizon) -> Problem:
    """Write the whole home down. Raises InputError naming the asset and field that cannot be used."""
    program = Program()
    balance = program.rows(horizon.n)
    site = Site(
        horizon=horizon,
        program=program,
        balance=balance,
        fixed=horizon.load.mid.copy(),
        most_use=np.zeros(horizon.n),
        most_give=np.zeros(horizon.n),
        generation=np.zeros(horizon.n),
        wishes=wishes(horizon),
        stored_value=stored_value(horizon),
        previous=snapshot.previous,
        stay_gain=snapshot.settings.stay_gain,
    )
    parts: list[Part] = []
    for spec in _ordered(snapshot):
        site.before_kw = site.planned_before(spec.id) if snapshot.previous is not None else None
        part = asset_kind(spec.kind).build(spec, site)
        if part is not None:
            parts.append(part)
    grid = parts[-1]
    assert isinstance(grid, GridPart)
    program.fix_rows(balance, site.fixed)
    _spare_only(site, grid)
    _fed_in(site, grid)
    missed = 0.05 * site.wishes.need
    return Problem(horizon, program, tuple(parts), grid, balance, site.fixed, tuple(site.notes), missed)


def _ordered(snapshot: Snapshot) -> list[AssetSpec]:
    """Assets by the order of the registry; by priority within a kind; exactly one grid, last."""
    grids = [spec for spec in snapshot.assets if spec.kind == GRID.key]
    if len(grids) > 1:
        raise InputError("assets", "has more than one grid connection")
    ids = [spec.id for spec in snapshot.assets]
    if len(set(ids)) < len(ids):
        raise InputError("assets", "has two assets with the same id")
    rank = {kind.key: i for i, kind in enumerate(ASSETS)}
    for spec in snapshot.assets:
        try:
            asset_kind(spec.kind)
        except InputError as err:
            raise err.within(f"assets.{spec.id}") from err
        for i, need in enumerate(spec.needs):
            if not 0 <= need.amount <= MOST_NEEDED:
                raise InputError(f"assets.{spec.id}.needs[{i}].amount", f"{need.amount} is not an amount")
    others = [_by_id(spec, snapshot.assets) for spec in snapshot.assets if spec.kind != GRID.key]
    return [
        *sorted(others, key=lambda spec: (rank[spec.kind], _depth(spec, others))),
        *(grids or [GRID_SPEC]),
    ]


def _by_id(spec: AssetSpec, assets: tuple[AssetSpec, ...]) -> AssetSpec:
    """An asset that comes after one that a person named, after its id."""
    named = spec.params.get("after")
    if not isinstance(named, str) or any(other.id == named for other in assets):
        return spec
    same = (other.id for other in assets if other.name.casefold() == named.strip().casefold())
    return replace(spec, params={**spec.params, "after": next(same, named)})


def _depth(spec: AssetSpec, others: list[AssetSpec]) -> int:
    """How many must have run before it: they are added first."""
    named = {other.id: other.params.get("after") for other in others}
    after = {key: other if isinstance(other, str) else None for key, other in named.items()}
    seen = {spec.id}
    while (before := after.get(spec.id)) in after and before not in seen:
        seen.add(before)
        spec = next(other for other in others if other.id == before)
    return len(seen)


def _spare_only(site: Site, grid: GridPart) -> None:
    """While an optional load is on, nothing is bought and no battery gives."""
    program = site.program
    upper = program.bounds().upper
    for switch, slots in site.not_from_grid:
        bought = upper[grid.imports[slots]]
        rows = program.rows(len(slots), upper=bought)
        program.put(rows, grid.imports[slots], 1.0)
        program.put(rows, switch, bought)
        # Never worth it; but rounding may take such a step, and no step may make the program infeasible.
        program.put(rows, program.columns(len(slots), wish=site.wishes.need), -1.0)
    for switch, slots in site.not_from_battery:
        for giver in site.givers:
            _, mine, theirs = np.intersect1d(slots, giver.slots, return_indices=True)
            rows = program.rows(len(mine), upper=giver.most)
            program.put(rows, giver.columns[theirs], 1.0)
            program.put(rows, switch[mine], giver.most)
            program.put(rows, program.columns(len(mine), wish=site.wishes.need), -1.0)


def _fed_in(site: Site, grid: GridPart) -> None:
    """Where a store may not feed in, no more is fed in than the panels and the other stores give."""
    if all(giver.export for giver in site.givers):
        return
    program = site.program
    rows = program.rows(site.horizon.n, upper=site.generation)
    program.put(rows, grid.exports, 1.0)
    for columns, slots in site.curtailed:
        program.put(rows[slots], columns, 1.0)
    for giver in site.givers:
        if giver.export:
            program.put(rows[giver.slots], giver.columns, -1.0)
