"""The battery of a car: what charging, feeding the house and trips make of its level, and what departures ask."""

from dataclasses import dataclass

import numpy as np

from ..model.program import IntArray
from ._departures import Stay, Target
from ._site import Site
from ._vehicle import AT_ONCE, SOLAR_ONLY, VehicleParams


@dataclass(frozen=True, slots=True)
class Level:
    """The car's battery in a program: columns of shape (n,), and one short column per target."""

    level: IntArray
    storage: IntArray
    start_kwh: float
    capacity_kwh: float
    max_kwh: float
    targets: tuple[tuple[Target, int], ...]


def add_level(
    site: Site,
    params: VehicleParams,
    where: Stay,
    start: float,
    capacity: float,
    charge: IntArray,
    discharge: IntArray,
    slots: IntArray,
) -> Level:
    horizon, program, n = site.horizon, site.program, site.horizon.n
    top = max(params.max_soc / 100 * capacity, start)
    left = np.maximum(start - np.cumsum(where.trip_kwh), 0.0)
    # Feeding the house stops at the floor; trips may go below it.
    floor = np.minimum(params.floor_soc / 100 * capacity, left) if len(discharge) else np.zeros(n)
    money = np.zeros(n)
    if len(discharge):
        money[-1] = -site.stored_value
        program.offset += site.stored_value * start
    level = program.columns(n, lower=floor, upper=top, money=money)
    begin = -where.trip_kwh
    begin[0] += start
    storage = program.rows(n, lower=begin, upper=begin)
    program.put(storage, level, 1.0)
    program.put(storage[1:], level[:-1], -1.0)
    program.put(storage[slots], charge, -params.charge_efficiency * horizon.hours[slots])
    if len(discharge):
        program.put(storage[slots], discharge, horizon.hours[slots] / params.discharge_efficiency)
    trips = np.flatnonzero(where.trip_kwh > 0)
    price = site.wishes.priced(params.priority)
    program.put(storage[trips], program.columns(len(trips), wish=price), -1.0)
    _charge_at_once(site, params, where, level, capacity)
    targets = []
    if params.mode != SOLAR_ONLY:
        for target in where.targets:
            short = program.columns(1, wish=price)
            wanted = min(target.kwh, capacity)
            if target.slot > 0:
                program.row(np.array([level[target.slot - 1], short[0]]), 1.0, lower=wanted)
                targets.append((target, int(short[0])))
    return Level(level, storage, start, capacity, top, tuple(targets))


def _charge_at_once(site: Site, params: VehicleParams, where: Stay, level: IntArray, capacity: float) -> None:
    """Below the least level always, and with `asap` below the wished one: every hour below it counts."""
    wanted = params.min_soc / 100 * capacity
    if params.mode == AT_ONCE:
        wanted = max([wanted, *(target.kwh for target in where.targets)])
        wanted = wanted or params.max_soc / 100 * capacity
    wanted = min(wanted, params.max_soc / 100 * capacity)
    if wanted <= 0:
        return
    slots = np.flatnonzero(where.plugged)
    below = site.program.columns(len(slots), wish=site.wishes.need * site.horizon.hours[slots])
    rows = site.program.rows(len(slots), lower=wanted)
    site.program.put(rows, level[slots], 1.0)
    site.program.put(rows, below, 1.0)
