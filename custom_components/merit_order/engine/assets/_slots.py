"""Use that may be interrupted: one column per slot, so much energy within a window."""

from dataclasses import dataclass

import numpy as np

from ..model.program import BoolArray, IntArray
from ..model.series import FloatArray
from ._base import Values
from ._site import Site
from ._windows import Window

A_TRIFLE = 0.05
"""Of a slot: so much less than the need is none the less all of it."""
WORTH_BEGINNING = 0.75
"""Of a slot: what does not run yet waits for the next one when less than this is left, if that is in time."""


@dataclass(frozen=True, slots=True)
class Use:
    """Per-slot columns of one window. `columns` are kW, or on/off when `switched` (then times `kw`).

    `short` is the column of what is missing, in kWh or in whole slots; None where nothing is needed.
    """

    window: Window
    slots: IntArray
    columns: IntArray
    kw: float
    switched: bool
    need_kwh: float
    short: int | None = None

    def power(self, values: Values, n: int) -> FloatArray:
        """kW per slot, shape (n,)."""
        power = np.zeros(n)
        x = values.x[self.columns]
        power[self.slots] = np.round(x) * self.kw if self.switched else np.maximum(x, 0.0)
        return power

    def unplanned(self, values: Values, hours: FloatArray) -> FloatArray:
        """kW per slot had the same energy been used as soon as it may."""
        left = float(self.power(values, len(hours)) @ hours)
        power = np.zeros(len(hours))
        for slot in self.slots:
            power[slot] = min(self.kw, left / hours[slot])
            left -= power[slot] * hours[slot]
        return power

    def missing(self, values: Values, hours: FloatArray) -> float:
        """kWh of the need that are not delivered."""
        # Whole slots may be a part of a slot more or less than the need; that is no shortfall.
        if self.short is None or values.x[self.short] < (0.5 if self.switched else 1e-6):
            return 0.0
        return max(self.need_kwh - float(self.power(values, len(hours)) @ hours), 0.0)


def add_use(
    site: Site,
    window: Window,
    kw: float,
    allowed: BoolArray,
    need_kwh: float,
    price: float,
    *,
    switched: bool,
    running: bool = False,
) -> Use:
    """`need_kwh` within the window at `kw` (all or nothing if `switched`), or short at `price` per kWh.

    `running`: it is on now.
    """
    program, horizon = site.program, site.horizon
    slots = np.arange(window.first, window.last)
    slots = slots[allowed[slots]]
    use = _columns(site, slots, kw, switched=switched)
    hours = horizon.hours[slots]
    if not switched or not len(slots):
        short = program.columns(1, upper=need_kwh, wish=price)
        columns, weights = np.append(use, short), np.append(hours if not switched else hours * kw, 1.0)
        program.row(columns, weights, lower=need_kwh, upper=need_kwh)
        # Without a slot to switch in, what is short is counted in kWh.
        return Use(window, slots, use, kw, switched and len(slots) > 0, need_kwh, int(short[0]))
    unit = float(np.min(hours[1:])) if len(slots) > 1 else float(hours[0])
    # Whole slots are counted: the relaxation then has whole-number corners.
    weights = np.floor(hours / unit + 0.5)
    needed = need_kwh / (kw * unit)
    wanted = float(np.ceil(needed - A_TRIFLE))
    if slots[0] == 0:
        begun = float(hours[0]) / unit
        weights[0] = _first_counts(needed, begun, running=running)
        late = not running and begun < WORTH_BEGINNING
        if running and horizon.import_price[0] < 0:
            # It is paid for running on: then that saves no later slot, or it would be stopped to begin anew.
            weights[0] = 0.0
        elif not running and (late or weights[0] == 0) and float(np.sum(weights[1:])) >= wanted:
            # It would be begun for nothing: at a negative price with a gain that is none, or to fill up with the rest
            # of a dear slot what leaves a cheap one half empty. That costs nothing, as the load ends by itself.
            program.row(use[:1], np.ones(1), upper=0.0)
    short = program.columns(1, upper=wanted, wish=price * kw * unit)
    program.row(np.append(use, short), np.append(weights, 1.0), lower=wanted, upper=wanted)
    return Use(window, slots, use, kw, switched, need_kwh, int(short[0]))


def _first_counts(needed: float, begun: float, *, running: bool) -> float:
    """How many whole slots the running one saves, of which the part `begun` is still to come (both in slots).

    Without the part that is gone: 10 1/3 slots are 1/3 and ten, so the third saves a whole one. What runs saves one
    whatever is left of the slot: else it would be switched off and on again for what its relay was late by. What it
    then lacks is seen, and made good, by the next thought.
    """
    saves = max(begun, 1.0) if running else begun
    after = max(np.ceil(needed - saves - A_TRIFLE), 0.0)
    return float(np.ceil(needed - A_TRIFLE) - after)


def add_optional(
    site: Site, slots: IntArray, kw: float, limit_kwh: float | None, worth: FloatArray, *, switched: bool
) -> Use:
    """Use in `slots` that is worth `worth` (currency/kWh, shape of slots), up to `limit_kwh` in all."""
    hours = site.horizon.hours[slots]
    scale = kw if switched else 1.0
    use = _columns(site, slots, kw, switched=switched, wish=-worth * hours * scale)
    if limit_kwh is not None and len(slots):
        site.program.row(use, hours * scale, upper=max(limit_kwh, 0.0))
    window = Window(start=site.horizon.at, by=site.horizon.slots.edges[-1], first=0, last=site.horizon.n)
    return Use(window, slots, use, kw, switched, 0.0)


def _columns(
    site: Site, slots: IntArray, kw: float, *, switched: bool, wish: FloatArray | float = 0.0
) -> IntArray:
    hours = site.horizon.hours[slots]
    later = np.arange(len(slots)) / max(len(slots), 1) * hours
    most = np.zeros(site.horizon.n)
    most[slots] = kw
    if switched:
        columns = site.program.columns(len(slots), upper=1.0, taste=later, wish=wish, integer=True)
        site.use(columns, slots, kw, most)
    else:
        columns = site.program.columns(len(slots), upper=kw, taste=later, wish=wish)
        site.use(columns, slots, 1.0, most)
    return columns
