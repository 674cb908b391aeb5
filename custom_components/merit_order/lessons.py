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
from .engine.learning.habits import learn_habit, usual_day
from .engine.learning.heat import CopFit, RoomFit, fit_cop, fit_room
from .engine.learning.trips import Trip, learn_trips
from .engine.model.ports import Ports
from .engine.model.roles import Role
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Steered:
    """A load was ours from `first` to `last`, as far as somebody looked."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Teacher:
    """Learns from the past of one home's assets up to `now`."""

    hass: HomeAssistant
    ports: Ports
    assets: tuple[PlannedAsset, ...]
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
        cop: FloatArray | float = 1.0
        if params.cop > 1:
            outdoor = await self.outdoor.hourly(past.start, past.end)
            cop = cop_at(params.cop, np.nan_to_num(outdoor, nan=ASSUMED_OUTDOOR_C), params.hot_c + 5.0)
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

    async def load(self, asset: PlannedAsset, ours: Steered | None, known: Lesson | None) -> Lesson | None:
        """What a load does when nobody steers it, from the time when it was not `ours`, and what a day takes.

        Its habit is that of the lesson `known` where it was not left alone for long enough to learn it anew.
        """
        past = self.past
        kw = await past.power_kw(asset, "switch_energy", "switch_power")
        starts = int(past.start.timestamp()) + HOUR_S * np.arange(len(kw), dtype=np.int64)
        alone = kw
        if ours is not None:
            before, after = starts + HOUR_S <= ours.first.timestamp(), starts >= ours.last.timestamp()
            alone = np.where(before | after, kw, np.nan)
        habit = await self.hass.async_add_executor_job(learn_habit, starts, alone, self.zone)
        usual = await self.hass.async_add_executor_job(usual_day, starts, kw, self.zone)
        old = known.values.get("alone_kw") if known is not None else None
        alone_kw = habit.kw.round(4).tolist() if habit is not None else old
        if alone_kw is None and usual is None:
            return None
        days = habit.days if habit is not None else known.days if known is not None else 0.0
        return Lesson(
            learned=past.end,
            values={
                **({} if alone_kw is None else {"alone_kw": alone_kw}),
                **({} if usual is None else {"usual_day_kwh": round(usual, 2)}),
            },
            days=round(days, 1),
            good=True,
            provisional=habit is None and known is None,
            marks={} if alone_kw is None else {"kwh_per_day": round(sum(alone_kw), 2)},
        )

    async def heating(self, asset: PlannedAsset, params: HeatingParams) -> Lesson | None:
        """The room behind its temperature, the weather and the heat its pump gave; its COP where heat is metered.

        Without a heat meter heat is what the configured COP makes of the power: the room is then right by that COP, and
        so are the kilowatt-hours that are planned. An underfloor circuit is two masses, which one sensor does not tell.
        """
        past = self.past
        power = await past.power_kw(asset, "heat_energy", "heat_power")
        if not np.isfinite(power).any():
            return None
        outdoor = await self.outdoor.hourly(past.start, past.end)
        room = await past.mean(asset, "room_temperature", "room_temperature")
        metered = await past.bound_kw(asset, "heat_energy")
        cop = await self.hass.async_add_executor_job(fit_cop, metered, power, outdoor, params.flow_c)
        heat = metered if cop is not None else power * _cop(params, outdoor)
        fit = None
        if params.emitter == RADIATORS:
            sun = await self._sun(past)
            fit = await self.hass.async_add_executor_job(fit_room, room, outdoor, heat, sun)
        return _heated(past.end, fit, cop)

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

    async def _sun(self, past: AssetPast) -> FloatArray | None:
        """The panels' power, which rises with what comes in through the windows; None without panels."""
        panels = [asset for asset in self.assets if asset.role is Role.SOLAR]
        given = [await past.power_kw(asset, "solar_energy", "solar_power") for asset in panels]
        return np.sum(given, axis=0) if given else None


def _cop(params: HeatingParams, outdoor: FloatArray) -> FloatArray | float:
    return cop_at(params.cop, outdoor, params.flow_c) if params.cop > 1 else 1.0


def _heated(learned: datetime, room: RoomFit | None, cop: CopFit | None) -> Lesson | None:
    """What is good of both; when neither is, both as they are, to be looked at."""
    values: dict[str, Any] = {}
    marks: dict[str, float] = {}
    useless: dict[str, Any] = {}
    if room is not None:
        marks |= {
            "day_ahead_error_c": round(room.error_k, 2),
            "capacity_error": round(room.sure_capacity, 3),
            "loss_error": round(room.sure_loss, 3),
        }
        (values if room.good else useless).update(
            capacity_kwh_k=round(room.capacity_kwh_k, 3),
            loss_kw_k=round(room.loss_kw_k, 4),
            gains_kw=round(max(room.gains_kw, 0.0), 3),
        )
    if cop is not None:
        marks["cop_error"] = round(cop.error, 3)
        (values if cop.good else useless).update(cop=round(cop.cop, 2), flow_c=cop.flow_c)
    if not marks:
        return None
    days = room.days if room is not None else cop.hours / 24 if cop is not None else 0.0
    return Lesson(
        learned=learned,
        values=values or useless,
        days=round(days, 1),
        good=bool(values),
        provisional=False,
        marks=marks,
    )


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
