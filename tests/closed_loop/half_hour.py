"""Half an hour of a home at the wire: a kettle in a costly quarter hour, the sun, a cloud."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.merit_order.engine.model.codec import to_json
from custom_components.merit_order.stored import CapacityConfig, PlugIn, TariffConfig, asset_id
from demo.ha.entry import BOILER, CHARGER, demo_entry
from demo.home import VirtualHome
from demo.physics.meter import Peak

from .homes import HomeSpec
from .lived import Life, life, log_to
from .simulated_time import SimulatedTime

QUARTER = datetime(2026, 5, 17, 9, 0, tzinfo=UTC)
LOOK_S = 5.0
TALK_S = 4.0
PEAK_W = 4_200.0
CHEAP_NIGHT = {"weekdays": [0, 1, 2, 3, 4, 5, 6], "start": "22:00", "end": "06:00", "price": 0.15}


@dataclass
class Weather:
    """What the home uses and the sun gives, as told."""

    load_w: float = 400.0
    pv_w: float = 0.0

    def mean(self, epoch: float, dt: float) -> tuple[float, float]:
        """As HomeSeries.mean."""
        return self.load_w, self.pv_w


async def make_entry(home: VirtualHome, place: Any) -> dict[str, Any]:
    """The demo's entry with a day and a night price, a charge on demand, and no forecast of the sun.

    The boiler is off, the car on one phase, and the month's peak so far is 4.2 kW.
    """
    home.chargers[CHARGER].switch_phases(1)
    home.sockets[BOILER].switch(False)
    home.house.meter.month_peak = Peak(PEAK_W, home.clock.now().timestamp() - 86_400)
    entry = await demo_entry(home.addresses(), place)
    by_id = {each["subentry_id"]: each for each in entry["subentries"]}
    del by_id["sun"]
    by_id["tariff"]["data"] = to_json(
        TariffConfig(
            supply=PlugIn(kind="time_of_use", options={"price": 0.40, "periods": [CHEAP_NIGHT]}),
            export=PlugIn(kind="fixed", options={"price": 0.05}),
            capacity=CapacityConfig(price_per_kw_year=45.0),
        )
    )
    by_id[BOILER]["data"]["assets"][0]["params"] |= {"deadline": "07:00", "energy_kwh": 2.0}
    by_id[CHARGER]["data"]["assets"][0]["params"] |= {"phases": 1, "mode": "asap"}
    return {**entry, "subentries": list(by_id.values())}


async def live(time: SimulatedTime, *, steered: bool) -> dict[str, Any]:
    """The half hour; what was measured every five seconds, and the demand of the quarter hour with the kettle."""
    log_to(None)
    spec = HomeSpec("fast", (BOILER, CHARGER), make_entry, lambda home: {}, ())
    async with life(time, spec, 0.05, "automatic") as it:
        series = Weather()
        it.home.house.series = series  # type: ignore[assignment] # it has the one method that is called
        it.clock.least_s = TALK_S  # the meter speaks as often as the loop listens
        if not steered:
            it.runtime.driver.intents = it.runtime.planner.intents
        seen: list[dict[str, Any]] = []
        await _watch(it, seen, QUARTER)
        await _watch(it, seen, QUARTER + timedelta(minutes=4))
        series.load_w = 2_400.0
        await _watch(it, seen, QUARTER + timedelta(minutes=14, seconds=55))
        demand_w = it.home.house.meter.demand_w
        series.load_w = 400.0
        it.runtime.home.controls.set_param(asset_id(CHARGER, "vehicle"), "mode", "solar")
        await _watch(it, seen, QUARTER + timedelta(minutes=17))
        series.pv_w = 10_500.0
        await _watch(it, seen, QUARTER + timedelta(minutes=21))
        if steered:
            series.pv_w = 9_000.0
            await _watch(it, seen, QUARTER + timedelta(minutes=25))
            series.pv_w = 6_500.0
            await _watch(it, seen, QUARTER + timedelta(minutes=29))
        return {
            "demand_w": demand_w,
            "seen": seen,
            "switched": it.home.sockets["boiler"].switched,
            "contactor": it.home.chargers["charger"].contactor,
            "writes": {key: dict(it.runtime.writes.of(key)) for key in it.home.loads},
            "reasons": _reasons(it),
        }


def _reasons(it: Life) -> list[list[str | None]]:
    """What was told to which asset and why, in order."""
    return [[line.asset, line.does, line.reason] for line in it.runtime.trail.recent(200)]


async def _watch(it: Life, seen: list[dict[str, Any]], until: datetime) -> None:
    while it.now < until:
        await it.pass_(timedelta(seconds=LOOK_S))
        truth = it.home.truth()
        assert it.hass is not None
        guard = it.hass.states.get("binary_sensor.home_limit_guard")
        seen.append(
            {
                "s": (it.now - QUARTER).total_seconds(),
                "grid_w": round(it.home.house.grid_w),
                "car_a": it.home.chargers["charger"].offered_ma / 1000,
                "car_w": round(it.home.loads["charger"].power_w),
                "boiler_w": round(it.home.loads["boiler"].power_w),
                "battery_w": round(truth["battery_w"]),
                "guard": guard.attributes.get("reason")
                if guard is not None and guard.state == "on"
                else None,
            }
        )
