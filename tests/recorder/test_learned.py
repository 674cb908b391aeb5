"""What each kind of asset teaches is the same on each of the recorder's databases: from statistics, and from states."""

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.merit_order.engine.assets._thermal import cop_at
from custom_components.merit_order.engine.model.roles import Role
from custom_components.merit_order.lessons import Lesson
from tests.ha.homes import START, entity_home, set_house
from tests.ha.test_learned import lesson, thing

from .test_databases import remember

HOUR = timedelta(hours=1)
DAYS = 24
FIRST = START.replace(minute=0) - timedelta(days=DAYS)
PARIS = ZoneInfo("Europe/Paris")
LOCAL = [(FIRST + i * HOUR).astimezone(PARIS) for i in range(DAYS * 24)]
PLUG, SOC = "binary_sensor.plug", "sensor.car"


async def measured(hass: HomeAssistant, statistic: str, means: Sequence[float], unit: str, kind: str) -> None:
    """Import hourly means."""
    metadata = StatisticMetaData(
        statistic_id=statistic,
        source="recorder",
        name=None,
        unit_of_measurement=unit,
        unit_class=kind,
        has_sum=False,
        mean_type=StatisticMeanType.ARITHMETIC,
    )
    rows = [StatisticData(start=FIRST + i * HOUR, mean=mean) for i, mean in enumerate(means)]
    async_import_statistics(hass, metadata, rows)
    await async_wait_recording_done(hass)


def tank() -> tuple[list[float], list[float]]:
    """kWh by hour and °C of a boiler that heats by night and is drawn from at seven."""
    capacity, loss = 200 * 1.163e-3, 1.5 / 24 / 45
    drawn = [3.0 if at.hour == 7 else 0.0 for at in LOCAL]
    heat = [(3.0 + 1.2) / 3 if at.hour in (1, 2, 3) else 0.0 for at in LOCAL]
    water, means = 50.0, []
    for used, gained in zip(drawn, heat, strict=True):
        before = water
        water += (gained - used - loss * (water - 18.0)) / capacity
        means.append((before + water) / 2)
    return heat, means


def room(outside: Sequence[float], sun: Sequence[float]) -> tuple[list[float], list[float]]:
    """kWh of a heat pump by hour and °C of the room it heats; 10 kWh/K, 0.2 kW/K, warmed by the sun too."""
    warm, power, means = 20.0, [], []
    for at, cold, bright in zip(LOCAL, outside, sun, strict=True):
        uses = 1.4 if warm < (21.0 if 6 <= at.hour < 22 else 19.0) else 0.1
        before = warm
        heat = uses * float(cop_at(4.2, np.array([cold]), 40.0)[0])
        warm += (heat + 0.3 + 0.4 * bright - 0.2 * (warm - cold)) / 10.0
        power.append(uses)
        means.append((before + warm) / 2)
    return power, means


async def drive(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Eight days of a car that leaves at eight with 80 % and is back at half past five with 62 %."""
    percent = {"unit_of_measurement": "%", "device_class": "battery"}
    for days in range(8, 0, -1):
        day = (START - timedelta(days=days)).astimezone(PARIS).replace(minute=0, second=0)
        for hour, minute, plug, soc in ((0, 5, "on", "80"), (8, 0, "off", "80"), (17, 30, "on", "62")):
            freezer.move_to(day.replace(hour=hour, minute=minute).astimezone(UTC))
            hass.states.async_set(SOC, soc, percent)
            hass.states.async_set(PLUG, plug)
    freezer.move_to(START)
    await async_wait_recording_done(hass)


async def test_tank_room_car_and_boiler_are_learned_from_what_the_recorder_knows(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    random = np.random.default_rng(1)
    outside = (5 + 4 * np.sin(np.arange(DAYS * 24) / 40) + random.normal(0, 1, DAYS * 24)).round(1).tolist()
    known = {str(int((FIRST + i * HOUR).timestamp())): value for i, value in enumerate(outside)}
    last = (START - timedelta(hours=5)).isoformat()
    ours = {
        f"{name}_load": {"first": (START - timedelta(days=days)).isoformat(), "last": last}
        for name, days in (("garage", 20), ("kitchen", 10))
    }
    stored = {"outdoor": known, "learned": {"garage_load": lesson({"alone_kw": [0.3] * 24})}, "steered": ours}
    hass_storage["merit_order.home"] = {"version": 1, "key": "merit_order.home", "data": stored}
    # Clear days and dull ones by turns, a few of each.
    sun = [3.0 if 9 <= at.hour < 16 and at.toordinal() % 8 < 4 else 0.0 for at in LOCAL]
    (heat, water), (power, rooms) = tank(), room(outside, sun)
    await remember(hass, "sensor.solar_energy", sun, first=FIRST)
    await remember(hass, "sensor.tank_kwh", heat, first=FIRST)
    await measured(hass, "sensor.tank_c", [celsius * 1.8 + 32 for celsius in water], "°F", "temperature")
    # The pump is better than the default of 3.5 says; its meter shows it.
    given = cop_at(4.2, np.array(outside), 40.0) * np.array(power)
    await remember(hass, "sensor.heat_kwh", given.tolist(), first=FIRST)
    await measured(hass, "sensor.pump_w", [1000 * kw for kw in power], "W", "power")
    await measured(hass, "sensor.room_c", rooms, "°C", "temperature")
    # Ten days ago it came into our hands: from then on it runs by night.
    steered = START.replace(minute=0) - timedelta(days=10)
    boiler = [
        (0.4 if 18 <= at.hour < 22 else 0.1) if at < steered else (0.9 if at.hour < 4 else 0.0)
        for at in LOCAL
    ]
    await drive(hass, freezer)

    lessons = await learned(hass, freezer, boiler)

    draws = np.array(lessons["cylinder_hot_water"].values["kw"])
    assert draws.sum(axis=1) == pytest.approx([3.0] * 7, rel=0.1)
    assert int(np.argmax(draws.mean(axis=0))) == 7
    fit = lessons["rooms_heating"]
    assert fit.good
    assert fit.values["loss_kw_k"] == pytest.approx(0.2, rel=0.03)
    assert fit.values["capacity_kwh_k"] == pytest.approx(10.0, rel=0.15)
    said = cop_at(fit.values["cop"], np.array([0.0, 8.0]), fit.values["flow_c"])
    np.testing.assert_allclose(said, cop_at(4.2, np.array([0.0, 8.0]), 40.0), rtol=0.05)
    trips = lessons["wallbox_vehicle"]
    assert trips.provisional
    (trip,) = trips.values["departures"]
    assert (trip["time"], trip["returns"]) == ("08:00", "17:30")
    assert trip["trip_kwh"] == pytest.approx(0.18 * 50.0)
    habit = lessons["kitchen_load"].values
    usual = [0.4 if 18 <= hour < 22 else 0.1 for hour in range(24)]
    assert habit["alone_kw"] == pytest.approx(usual, abs=0.01)
    assert habit["usual_day_kwh"] == pytest.approx(3.6)
    # What it did while it was ours is no habit of its own; how much a day takes is seen none the less.
    assert lessons["garage_load"].values == {"alone_kw": [0.3] * 24, "usual_day_kwh": pytest.approx(3.6)}


async def ticked(hass: HomeAssistant, freezer: FrozenDateTimeFactory, hours: float) -> None:
    """So many hours after the start it is time to learn."""
    at = (START + hours * HOUR).replace(minute=25, second=0)
    freezer.move_to(at)
    async_fire_time_changed(hass, at)
    await hass.async_block_till_done(wait_background_tasks=True)


async def learned(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boiler: Sequence[float]
) -> dict[str, Lesson]:
    """The lessons of the home some hours after it has been set up; the boilers' past was imported only then."""
    await set_house(hass)
    entry = entity_home(
        thing(
            "cylinder",
            "hot_water",
            Role.TANK,
            {"tank": "switch.tank", "temperature": "sensor.tank_c", "energy": "sensor.tank_kwh"},
        ),
        thing(
            "rooms",
            "heating",
            Role.HEAT,
            {
                "climate": "climate.rooms",
                "power": "sensor.pump_w",
                "room_temperature": "sensor.room_c",
                "heat_energy": "sensor.heat_kwh",
            },
        ),
        thing(
            "wallbox",
            "vehicle",
            Role.CHARGER,
            {"switch": "switch.wallbox", "connected": PLUG, "soc": SOC},
            capacity_kwh=50.0,
        ),
        *(
            thing(
                name,
                "load",
                Role.SWITCH,
                {"switch": f"switch.{name}", "energy": "sensor.boiler_kwh"},
                energy_kwh=5.0,
                contiguous=False,
            )
            for name in ("kitchen", "garage")
        ),
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    book = entry.runtime_data.home.learned
    assert book.lesson("kitchen_load") is None
    await remember(hass, "sensor.boiler_kwh", boiler, first=FIRST)
    for hours in (1, 5):
        await ticked(hass, freezer, hours)
        # Within the hour only what had no lesson is learned, the rest at its time.
        assert book.lesson("kitchen_load") is not None
        assert ("usual_day_kwh" in book.lesson("garage_load").values) == (hours == 5)
    found = {
        asset: book.lesson(asset)
        for asset in ("cylinder_hot_water", "rooms_heating", "wallbox_vehicle", "kitchen_load", "garage_load")
    }
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return {asset: lesson for asset, lesson in found.items() if lesson is not None}
