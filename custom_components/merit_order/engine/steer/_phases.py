"""What flows on each phase: measured, and with the wishes."""

from collections.abc import Callable, Sequence
from itertools import product

from ..model.roles import GridReading
from ._knobs import TRACE_KW, Knob
from ._view import View

VOLT = 230.0


def phases_over(view: View, knobs: Sequence[Knob]) -> list[tuple[int, Callable[[], float]]]:
    """Per phase: by how many kW the wishes pass its limit. Empty without a limit or three currents."""
    limits, grid = view.limits, view.grid
    if limits.phase_limit_a is None or grid is None or len(currents := signed_currents(grid)) != 3:
        return []
    most = limits.phase_limit_a * limits.voltage / 1000
    found: list[tuple[int, Callable[[], float]]] = []
    for phase, amperes in enumerate(currents, start=1):
        measured = amperes * limits.voltage / 1000

        def over(phase: int = phase, measured: float = measured) -> float:
            return measured + sum(added(knob, phase) for knob in knobs) - most

        found.append((phase, over))
    return found


def added(knob: Knob, phase: int) -> float:
    """What the wish of a knob adds to a phase in kW, at most.

    What does not use all three hangs nobody knows where: more of it may come on any, and less of it helps each a third.
    Once it runs the meter tells.
    """
    after, before = knob.expected(), knob.drawn
    if knob.phase_known:
        return (after - before) * knob.share_on(phase)
    onto, off = knob.phases(after), knob.phases(before)
    if onto == off or after <= TRACE_KW or before <= TRACE_KW:
        change, used = after - before, onto if after > TRACE_KW else off
        return change / used if change > 0 else change / 3
    return after / onto - (before / 3 if off == 3 else 0.0)


def signed_currents(grid: GridReading) -> tuple[float, ...]:
    """Amperes per phase, + import. Most meters tell them without a sign: the signs that fit the power are taken."""
    currents, power = grid.phase_current_a, grid.power_kw
    if power is None or not currents or any(current < 0 for current in currents):
        return currents
    volts = grid.phase_voltage_v if len(grid.phase_voltage_v) == len(currents) else (VOLT,) * len(currents)
    kilowatts = [current * volt / 1000 for current, volt in zip(currents, volts, strict=True)]

    def misfit(signs: tuple[int, ...]) -> float:
        return abs(sum(sign * kw for sign, kw in zip(signs, kilowatts, strict=True)) - power)

    best = min(product((1, -1), repeat=len(currents)), key=misfit)
    return tuple(sign * current for sign, current in zip(best, currents, strict=True))
