"""Order among loads: the dryer after the washer, the heating element after the heat pump."""

from collections.abc import Sequence

import numpy as np

from ..model.program import IntArray
from ..model.series import FloatArray
from ._runs import Runs
from ._site import Site
from ._slots import Use

type Work = Runs | Use


def add_order(site: Site, before: Sequence[Work], then: Work) -> None:
    """`then` goes on only once what of `before` falls into the same stretch of time is done, run by run where both are
    runs.
    """
    window = then.window
    same = [work for work in before if work.window.start < window.by and work.window.by > window.start]
    if same and len(then.columns):
        if isinstance(then, Use):
            _use_after(site, same, then)
        else:
            _runs_after(site, same, then)


def _runs_after(site: Site, before: Sequence[Work], then: Runs) -> None:
    """For each start k of `then`: starts up to k <= runs of `before` that have ended by k; all, once uses are done."""
    program, count = site.program, len(then.columns)
    rows = program.rows(count, upper=0.0)
    _never(site, rows)
    k, j = np.tril_indices(count)
    program.put(rows[k], then.columns[j], 1.0)
    for work in before:
        ends, columns, share = _ends(site, work)
        each = share * then.count if isinstance(work, Use) else np.ones(len(columns))
        late, early = np.nonzero(then.print.starts[:, None] >= ends[None, :])
        program.put(rows[late], columns[early], -each[early])


def _use_after(site: Site, before: Sequence[Work], then: Use) -> None:
    """In each slot: on <= share of `before` that is done by then."""
    rows = site.program.rows(len(then.slots), upper=0.0)
    _never(site, rows)
    site.program.put(rows, then.columns, 1.0 if then.switched else 1.0 / max(then.kw, 1e-6))
    for work in before:
        ends, columns, share = _ends(site, work)
        late, early = np.nonzero(then.slots[:, None] >= ends[None, :])
        site.program.put(rows[late], columns[early], -share[early])


def _never(site: Site, rows: IntArray) -> None:
    """Let the order be broken, which is never worth it: rounding may place what was to be first later than what
    follows, and no step may make the program infeasible.
    """
    site.program.put(rows, site.program.columns(1, wish=site.wishes.physics), -1.0)


def _ends(site: Site, before: Work) -> tuple[IntArray, IntArray, FloatArray]:
    """(slot from which on it counts, column, share of all that is to be done) for each column of `before`."""
    if isinstance(before, Runs):
        ends = np.zeros(len(before.columns), dtype=np.int64)
        np.maximum.at(ends, before.print.which, before.print.slots + 1)
        return ends, before.columns, np.full(len(ends), 1.0 / max(before.count, 1))
    # Whole slots are planned for the need: a last one that is cut short is as good.
    energy = site.horizon.hours[before.slots] * (before.kw if before.switched else 1.0)
    return before.slots + 1, before.columns, energy / max(before.need_kwh, 1e-6)
