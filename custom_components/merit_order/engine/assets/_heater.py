"""What turns power into heat: an element, a boiler or a heat pump; on and off, or modulating."""

from dataclasses import dataclass

import numpy as np

from ..model.program import IntArray
from ..model.series import FloatArray
from ..model.snapshot import AssetSpec, OverrideMode
from ._base import Values
from ._site import Site
from ._switching import add_switching


@dataclass(frozen=True, slots=True)
class Heater:
    """`power` columns (n,) count in kW when modulating, in on/off otherwise; times `kw` that is electric power."""

    power: IntArray
    kw: float
    on: IntArray
    """Whole-number columns, if any."""

    def electric(self, values: Values) -> FloatArray:
        """kW per slot."""
        return np.maximum(values.x[self.power] * self.kw, 0.0)


def add_heater(
    site: Site,
    spec: AssetSpec,
    *,
    most_kw: float,
    least_kw: float,
    modulating: bool,
    was_on: bool,
    min_on_minutes: float,
    min_off_minutes: float,
) -> Heater:
    """Electric power 0 or `least_kw` … `most_kw` (modulating), or 0 or `most_kw`; a person's orders are kept."""
    program, n = site.program, site.horizon.n
    least_kw, slots = min(least_kw, most_kw), np.arange(n)
    upper, lower = np.ones(n), np.zeros(n)
    for order in spec.overrides:
        where = site.slots_of(order)
        upper[where] = lower[where] = 1.0 if order.mode is OverrideMode.ON else 0.0
    later = slots / n * site.horizon.hours
    if not modulating:
        on = program.columns(n, lower=lower, upper=upper, taste=later, integer=True)
        site.use(on, slots, most_kw, most_kw * upper)
        _switch(site, on, was_on, min_on_minutes, min_off_minutes)
        return Heater(on, most_kw, on)
    power = program.columns(n, lower=lower * most_kw, upper=upper * most_kw, taste=later)
    site.use(power, slots, 1.0, most_kw * upper)
    on = np.zeros(0, dtype=np.int64)
    if least_kw > 0 or min_on_minutes > 0 or min_off_minutes > 0:
        on = program.columns(n, lower=lower, upper=upper, taste=-0.01, integer=True)
        rows = program.rows(n, upper=0.0)
        program.put(rows, power, 1.0)
        program.put(rows, on, -most_kw)
        rows = program.rows(n, lower=0.0)
        program.put(rows, power, 1.0)
        program.put(rows, on, -least_kw)
        _switch(site, on, was_on, min_on_minutes, min_off_minutes, lead=0.0)
    return Heater(power, 1.0, on)


def left_alone(site: Site, power: FloatArray) -> Heater:
    """A heater that is not ours to plan: foreseen at `power` kW (n,)."""
    columns = site.program.columns(site.horizon.n, lower=power, upper=power)
    site.fixed = site.fixed + power
    return Heater(columns, 1.0, np.zeros(0, dtype=np.int64))


def _switch(
    site: Site,
    on: IntArray,
    was_on: bool,
    min_on_minutes: float,
    min_off_minutes: float,
    *,
    lead: float = 1.0,
) -> None:
    add_switching(
        site,
        on,
        np.arange(site.horizon.n),
        was_on=was_on,
        min_on_minutes=min_on_minutes,
        min_off_minutes=min_off_minutes,
        lead=lead,
    )
