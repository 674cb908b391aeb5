"""A room's heat capacity and loss, and a heat pump's COP curve, fitted from their past.

Room: C dT/dt = heat + gains + s · sun − L (T − outside), the model that is planned by. Every stretch of two days is
simulated from a start of its own and compared as a whole, so that the noise of one reading hardly matters (an
output-error fit). With the time constant C/L held, all else is linear: one search over that number finds the best.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..assets._thermal import cop_at
from ..model.series import FloatArray

STRETCH_H = 48
LEAST_STRETCHES = 4
DAY_H = 24
SLOWEST_H, FASTEST_H = 500.0, 3.0
"""Time constants C/L of rooms: a tent to a bunker."""
GROUPS = 4
"""The fit is repeated with each fourth of the past left out; how much it moves is how little it is sure."""
GOOD_K = 0.7
"""A day ahead; half of a comfort band of 20 to 22 °C is 1 K."""
SURE_LOSS, SURE_CAPACITY = 0.2, 0.35
"""Largest standard errors (as shares) of a fit that is planned by."""
LEAST_RUNNING_H, LEAST_SPREAD_K = 48, 5.0
LEAST_SUN = 0.5
"""Share of the hours known else of which the sun must be known; panels that are new would cost the time before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFit:
    """`gains_kw` is the mean of all that warms the room beside the heating.

    `error_k` is the root mean square error over a day ahead in the last fourth of the past, which the fit it was
    measured with had not seen. `sure_*` are relative standard errors. `days` were learned from.
    """

    capacity_kwh_k: float
    loss_kw_k: float
    gains_kw: float
    error_k: float
    sure_capacity: float
    sure_loss: float
    days: float

    @property
    def good(self) -> bool:
        """Whether to plan by it rather than by what was configured."""
        return self.error_k <= GOOD_K and self.sure_loss <= SURE_LOSS and self.sure_capacity <= SURE_CAPACITY


@dataclass(frozen=True, slots=True, kw_only=True)
class CopFit:
    """`cop` at 7 °C outside and 35 °C flow, and the flow temperature whose curve fits; `error` as a share of the heat.

    `good` says whether to plan by it.
    """

    cop: float
    flow_c: float
    error: float
    hours: int

    @property
    def good(self) -> bool:
        """Whether to plan by it rather than by what was configured."""
        return self.error <= 0.2


@dataclass(frozen=True, slots=True)
class _Stretches:
    """Rows of hours without a gap, shape (m, STRETCH_H); forcings are means between the middles of hours."""

    room: FloatArray
    outdoor: FloatArray
    heat: FloatArray
    sun: FloatArray

    def where(self, rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> _Stretches:
        return _Stretches(self.room[rows], self.outdoor[rows], self.heat[rows], self.sun[rows])

    def __len__(self) -> int:
        return len(self.room)


@dataclass(frozen=True, slots=True)
class _Room:
    """Time constant in hours, K per kW, and K of gains (constant, and per kW of sun) in the steady state."""

    hours: float
    per_kw: float
    gains_k: float
    sun_k: float

    @property
    def loss(self) -> float:
        return 1.0 / self.per_kw

    @property
    def capacity(self) -> float:
        return self.hours / self.per_kw


def fit_room(
    room_c: FloatArray, outdoor_c: FloatArray, heat_kw: FloatArray, sun_kw: FloatArray | None = None
) -> RoomFit | None:
    """The room behind hourly means (n,) of its temperature, the outdoor one and the heat put in; NaN is a gap.

    `sun_kw` (n,) is anything that rises with the sun (the panels' power): without it the sun's warmth is taken for
    less loss. None with less than eight days, or when the past says nothing: no heat, no difference to outside.
    """
    known = np.isfinite(room_c) & np.isfinite(outdoor_c) & np.isfinite(heat_kw)
    sun = np.zeros(len(room_c))
    if sun_kw is not None and known.any() and np.isfinite(sun_kw[known]).mean() >= LEAST_SUN:
        sun = sun_kw
    past = _stretches(room_c, outdoor_c, heat_kw, sun)
    if len(past) < LEAST_STRETCHES or not (past.heat > 0.05).any():
        return None
    whole = _fit(past)
    seen = np.arange(len(past)) < len(past) * (1 - 1 / GROUPS)
    earlier = _fit(past.where(seen))
    parts = [_fit(past.where(np.arange(len(past)) % GROUPS != group)) for group in range(GROUPS)]
    if whole is None or earlier is None or any(part is None for part in parts):
        return None
    rooms = [part for part in parts if part is not None]
    return RoomFit(
        capacity_kwh_k=whole.capacity,
        loss_kw_k=whole.loss,
        gains_kw=(whole.gains_k + whole.sun_k * float(past.sun.mean())) * whole.loss,
        error_k=_day_ahead(earlier, past.where(~seen)),
        sure_capacity=_spread([room.capacity for room in rooms]),
        sure_loss=_spread([room.loss for room in rooms]),
        days=len(past) * STRETCH_H / 24,
    )


def fit_cop(heat_kw: FloatArray, power_kw: FloatArray, outdoor_c: FloatArray, flow_c: float) -> CopFit | None:
    """The COP curve behind hourly means (n,) of metered heat and electric power.

    The flow temperature is fitted where the outdoor temperature varied enough to tell, else `flow_c` is kept. None
    with less than two days of running.
    """
    runs = np.isfinite(heat_kw) & np.isfinite(outdoor_c) & (power_kw > 0.1)
    if runs.sum() < LEAST_RUNNING_H:
        return None
    heat, power, outdoor = heat_kw[runs], power_kw[runs], outdoor_c[runs]
    wide = np.quantile(outdoor, 0.9) - np.quantile(outdoor, 0.1) >= LEAST_SPREAD_K
    flows = [float(flow) for flow in range(25, 66)] if wide else [flow_c]
    found = [_cop_for(heat, power, outdoor, flow) for flow in flows]
    cop, flow, error = min(found, key=lambda one: one[2])
    return CopFit(cop=cop, flow_c=flow, error=error, hours=int(runs.sum()))


def _cop_for(
    heat: FloatArray, power: FloatArray, outdoor: FloatArray, flow_c: float
) -> tuple[float, float, float]:
    unit = cop_at(2.0, outdoor, flow_c) / 2.0 * power
    cop = float(np.clip(unit @ heat / (unit @ unit), 1.0, 8.0))
    error = np.abs(heat - cop_at(cop, outdoor, flow_c) * power).mean() / max(float(heat.mean()), 1e-9)
    return cop, flow_c, float(error)


def _stretches(room: FloatArray, outdoor: FloatArray, heat: FloatArray, sun: FloatArray) -> _Stretches:
    known = np.isfinite(room) & np.isfinite(outdoor) & np.isfinite(heat) & np.isfinite(sun)
    rows = [list(range(start, start + STRETCH_H)) for start in _whole(known)]
    index = np.array(rows, dtype=np.int64).reshape(-1, STRETCH_H)

    def forcing(values: FloatArray) -> FloatArray:
        cut = values[index]
        return np.concatenate([cut[:, :1], (cut[:, 1:] + cut[:, :-1]) / 2], axis=1)

    return _Stretches(room[index], forcing(outdoor), forcing(heat), forcing(sun))


def _whole(known: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Iterator[int]:
    """Where stretches without a gap begin, one after another."""
    start = 0
    while start + STRETCH_H <= len(known):
        gaps = np.flatnonzero(~known[start : start + STRETCH_H])
        if len(gaps):
            start += int(gaps[-1]) + 1
        else:
            yield start
            start += STRETCH_H


def _fit(past: _Stretches) -> _Room | None:
    """The best room, or None when no room explains that past."""
    grid = np.geomspace(FASTEST_H, SLOWEST_H, 25)
    errors = [_linear(past, hours)[1] for hours in grid]
    best = int(np.argmin(errors))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    for _ in range(12):
        one, two = low ** (2 / 3) * high ** (1 / 3), low ** (1 / 3) * high ** (2 / 3)
        if _linear(past, one)[1] < _linear(past, two)[1]:
            high = two
        else:
            low = one
    room = _linear(past, float(np.sqrt(low * high)))[0]
    return room if room.per_kw > 0 else None


def _linear(past: _Stretches, hours: float) -> tuple[_Room, float]:
    """The best room of that time constant, and what it leaves unexplained (K²)."""
    keep = float(np.exp(-1.0 / hours))
    start = np.broadcast_to(keep ** np.arange(STRETCH_H), past.room.shape)
    answers = [_response(forcing, keep) for forcing in (past.heat, np.ones_like(past.heat), past.sun)]
    columns = np.stack([_apart(answer, start).ravel() for answer in answers], axis=1)
    target = _apart(past.room - _response(past.outdoor, keep), start).ravel()
    used = np.array([True, True, bool(past.sun.any())])
    weights = _least_squares(columns, target, used)
    if weights[1] < 0:  # nothing cools a heated room but what its loss is for
        weights = _least_squares(columns, target, used & np.array([True, False, True]))
    left = float(np.square(target - columns @ weights).sum())
    return _Room(hours, float(weights[0]), float(weights[1]), float(weights[2])), left


def _response(forcing: FloatArray, keep: float) -> FloatArray:
    """How a stretch that starts at nothing follows `forcing` (m, STRETCH_H)."""
    answer = np.zeros_like(forcing)
    for hour in range(1, forcing.shape[1]):
        answer[:, hour] = keep * answer[:, hour - 1] + (1 - keep) * forcing[:, hour]
    return answer


def _apart(values: FloatArray, start: FloatArray) -> FloatArray:
    """`values` less what each stretch's own start explains of them."""
    share = (values * start).sum(axis=1) / np.square(start).sum(axis=1)
    return np.asarray(values - share[:, None] * start, dtype=float)


def _least_squares(
    columns: FloatArray, target: FloatArray, used: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> FloatArray:
    weights = np.zeros(columns.shape[1])
    weights[used] = np.linalg.lstsq(columns[:, used], target, rcond=None)[0]
    return weights


def _day_ahead(room: _Room, past: _Stretches) -> float:
    """Root mean square error in K of days simulated from their first hours' temperature on."""
    keep = float(np.exp(-1.0 / room.hours))
    steady = past.outdoor + room.per_kw * past.heat + room.gains_k + room.sun_k * past.sun
    begin = past.room[:, :2].mean(axis=1)
    said = _response(steady, keep) + begin[:, None] * keep ** np.arange(STRETCH_H)
    error = (said - past.room)[:, 1 : DAY_H + 1]
    return float(np.sqrt(np.square(error).mean()))


def _spread(values: list[float]) -> float:
    """Relative standard error by the jackknife."""
    logs = np.log(np.maximum(values, 1e-9))
    return float(np.sqrt((GROUPS - 1) / GROUPS * np.square(logs - logs.mean()).sum()))
