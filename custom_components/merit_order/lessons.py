"""What the recorder's past teaches of one asset: read, learned, and put into words of the asset's parameters."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from homeassistant.core import HomeAssistant

from .car_past import WEEKS, Watch, watched
from .engine.assets._heating import RADIATORS, HeatingParams
from .engine.assets._hot_water import KWH_PER_LITRE_K, HotWaterParams
from .engine.assets._thermal import cop_at
from .engine.assets._vehicle import VehicleParams
from .engine.learning.draws import learn_draws
from .engine.learning.heat import fit_room
from .engine.learning.trips import Trip, learn_trips
from .engine.model.ports import Ports
from .engine.model.series import FloatArray
from .outdoor_past import OutdoorPast
from .planned import PlannedAsset
from .recorder_past import HOUR_S, AssetPast

FORETOLD: Final = 0.6
RESERVE_PERCENT: Final = 20.0
"""A car is not planned to come home empty."""
ASSUMED_OUTDOOR_C: Final = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """`values` by parameter (draws: `kw` by weekday and hour), from so many `days`. `marks` say how good it is.

    `good` False: not good enough to plan by. `provisional`: used, but from few days only.
    """

    learned: datetime
    values: dict[str, Any]
    days: float
    good: bool
    provisional: bool
    marks: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Teacher:
    """Learns from the past of one home's assets up to `now`."""

    hass: HomeAssistant
    ports: Ports
    outdoor: OutdoorPast

    @property
    def past(self) -> AssetPast:
        """The whole hours of the last weeks."""
        end = self.ports.clock.now().replace(minute=0, second=0, microsecond=0)
        return AssetPast(self.hass, self.ports, end - WEEKS, end)

    @property
    def zone(self) -> ZoneInfo:
        """The home's time zone."""
        return ZoneInfo(self.ports.timezone)

    async def hot_water(self, asset: PlannedAsset, params: HotWaterParams) -> Lesson | None:
        """Draws by weekday and hour from the heater's meter and the tank's temperature."""
        past = self.past
        power = await past.power_kw(asset, "tank_energy", "tank_power")
        if not np.isfinite(power).any():
            return None
        water = await past.mean(asset, "tank_temperature", "temperature")
        outdoor = await self._outdoor(past) if params.cop > 1 else np.full(len(power), ASSUMED_OUTDOOR_C)
        cop = cop_at(params.cop, outdoor, params.hot_c + 5.0) if params.cop > 1 else 1.0
        starts = int(past.start.timestamp()) + HOUR_S * np.arange(len(power), dtype=np.int64)
        draws = await self.hass.async_add_executor_job(
            lambda: learn_draws(
                starts,
                power * cop,
                water,
                self.zone,
                capacity_kwh_k=max(params.volume_l, 1.0) * KWH_PER_LITRE_K,
                loss_kw_k=params.loss_kwh_day / 24 / 45,
                around_c=params.around_c,
                usual_c=params.hot_c,
            )
        )
        if draws is None:
            return None
        return Lesson(
            learned=past.end,
            values={"kw": draws.kw.round(4).tolist()},
            days=round(draws.days, 1),
            good=True,
            provisional=draws.provisional,
            marks={"kwh_per_day": round(draws.daily_kwh, 2), "daily_error": round(draws.daily_error, 3)},
        )

    async def heating(self, asset: PlannedAsset, params: HeatingParams) -> Lesson | None:
        """The room behind its temperature, the weather and the heat that its pump gave by the configured COP.

        An underfloor circuit is two masses, of which one sensor does not tell.
        """
        if params.emitter != RADIATORS:
            return None
        past = self.past
        power = await past.power_kw(asset, "heat_energy", "heat_power")
        room = await past.mean(asset, "room_temperature", "room_temperature")
        if not np.isfinite(power).any() or not np.isfinite(room).any():
            return None
        outdoor = await self.outdoor.hourly(past.start, past.end)
        cop = cop_at(params.cop, outdoor, params.flow_c) if params.cop > 1 else 1.0
        fit = await self.hass.async_add_executor_job(fit_room, room, outdoor, power * cop)
        if fit is None:
            return None
        return Lesson(
            learned=past.end,
            values={
                "capacity_kwh_k": round(fit.capacity_kwh_k, 3),
                "loss_kw_k": round(fit.loss_kw_k, 4),
                "gains_kw": round(max(fit.gains_kw, 0.0), 3),
            },
            days=round(fit.days, 1),
            good=fit.good,
            provisional=False,
            marks={
                "day_ahead_error_c": round(fit.error_k, 2),
                "capacity_error": round(fit.sure_capacity, 3),
                "loss_error": round(fit.sure_loss, 3),
            },
        )

    async def vehicle(
        self, asset: PlannedAsset, params: VehicleParams, known: Watch | None
    ) -> tuple[Watch | None, Lesson | None]:
        """What is regular about a car's absences; `known` are those found before, for states are kept for days only."""
        now = self.ports.clock.now()
        watch = await watched(self.hass, self.ports, asset, params, known)
        if watch is None:
            return None, None
        trips = await self.hass.async_add_executor_job(
            learn_trips, watch.absences, watch.since, watch.until, self.zone
        )
        if trips is None:
            return watch, None
        lesson = Lesson(
            learned=now,
            values={"departures": [_departure(trip, params) for trip in trips.trips]},
            days=float(trips.days),
            good=trips.foretold >= FORETOLD,
            provisional=trips.provisional,
            marks={"foretold": round(trips.foretold, 2)},
        )
        return watch, lesson

    async def _outdoor(self, past: AssetPast) -> FloatArray:
        return np.nan_to_num(await self.outdoor.hourly(past.start, past.end), nan=ASSUMED_OUTDOOR_C)


def _departure(trip: Trip, params: VehicleParams) -> dict[str, Any]:
    """A trip as the plan wants it: charged for what it may use, and a reserve."""
    most = (trip.most_kwh or 0.0) / params.capacity_kwh * 100 if params.capacity_kwh else 0.0
    return {
        "time": trip.time,
        "weekdays": list(trip.weekdays),
        "soc": round(min(max(RESERVE_PERCENT, params.min_soc) + most, params.max_soc), 1),
        "trip_kwh": trip.used_kwh or 0.0,
        "returns": trip.returns,
    }
