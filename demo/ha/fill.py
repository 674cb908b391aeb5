"""Fills the running demo with what a lived-in home has: history, the Energy dashboard, a first page."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise

from demo.ha.entry import BOILER, CAR_SOC, CHARGER, DISHWASHER, INVERTER, METER, PUMP
from demo.ha.server import Client, DemoError
from demo.truth import HourRow

WRITTEN_TRIES = 150
FIRST_PAGE = "merit-order"

# The energy sensors (unique id) and what the simulation counted for them, in kWh.
COUNTERS: dict[str, Callable[[HourRow], float]] = {
    f"{METER}_grid_import": lambda row: row.import_kwh,
    f"{METER}_grid_export": lambda row: row.export_kwh,
    f"{INVERTER}_solar_energy": lambda row: row.solar_kwh,
    f"{INVERTER}_battery_charge": lambda row: row.charge_kwh,
    f"{INVERTER}_battery_discharge": lambda row: row.discharge_kwh,
    f"{BOILER}_switch_energy": lambda row: row.sockets_kwh[BOILER],
    f"{PUMP}_switch_energy": lambda row: row.sockets_kwh[PUMP],
    f"{DISHWASHER}_switch_energy": lambda row: row.sockets_kwh[DISHWASHER],
    f"{CHARGER}_charger_energy": lambda row: row.sockets_kwh[CHARGER],
}


async def entity_ids(client: Client) -> dict[str, str]:
    """Entity id by unique id, for everything Merit Order has made."""
    entries = await client.call("config/entity_registry/list")
    return {entry["unique_id"]: entry["entity_id"] for entry in entries if entry["platform"] == "merit_order"}


async def backfill(client: Client, ids: dict[str, str], rows: Sequence[HourRow]) -> None:
    """Import hourly statistics of the time before the demo began.

    Sums are counted backwards to 0 at the last hour: Home Assistant starts the sum of a sensor it has not seen before
    at 0, so the two join without a step.
    """
    hours = [row for row in rows if row.start.minute == 0]
    for unique_id, count in COUNTERS.items():
        last = count(rows[-1])
        stats = [
            {"start": _hour(row.start), "state": round(count(row), 4), "sum": round(count(row) - last, 4)}
            for row in hours
        ]
        await client.call(
            "recorder/import_statistics",
            metadata={
                "statistic_id": ids[unique_id],
                "source": "recorder",
                "name": None,
                "unit_of_measurement": "kWh",
                "unit_class": "energy",
                "has_sum": True,
                "mean_type": 0,
            },
            stats=stats,
        )
    await _charge(client, ids[f"{INVERTER}_battery_soc"], hours)
    await _written(client, ids, hours[-1])


async def _charge(client: Client, statistic: str, hours: Sequence[HourRow]) -> None:
    """What the battery held: the mean of each whole hour, taken as on the line between its ends."""
    await client.call(
        "recorder/import_statistics",
        metadata={
            "statistic_id": statistic,
            "source": "recorder",
            "name": None,
            "unit_of_measurement": "%",
            "unit_class": "unitless",
            "has_sum": False,
            "mean_type": 1,
        },
        stats=[
            {
                "start": _hour(row.start),
                "mean": round((before.soc + row.soc) / 2, 2),
                "min": round(min(before.soc, row.soc), 2),
                "max": round(max(before.soc, row.soc), 2),
            }
            for before, row in pairwise(hours[:-1])
        ],
    )


async def _written(client: Client, ids: dict[str, str], last: HourRow) -> None:
    """Wait for the recorder, which writes imported statistics when it comes to them.

    It lists a statistic as soon as there is a sensor for it, so only the last hour itself tells that all are there.
    """
    wanted = {ids[unique_id] for unique_id in COUNTERS}
    for _ in range(WRITTEN_TRIES):
        known = await client.call(
            "recorder/statistics_during_period",
            start_time=_hour(last.start),
            statistic_ids=sorted(wanted),
            period="hour",
            types=["sum"],
        )
        if wanted <= known.keys():
            return
        await asyncio.sleep(0.2)
    raise DemoError("the recorder did not write the imported history")


def _hour(at: datetime) -> str:
    return at.replace(minute=0, second=0, microsecond=0).isoformat()


async def energy_dashboard(client: Client, ids: dict[str, str], solar_entry: str) -> None:
    """Set the Energy dashboard up as a person would; the solar forecast is Merit Order's own."""
    await client.call(
        "energy/save_prefs",
        energy_sources=[
            {
                "type": "grid",
                "stat_energy_from": ids[f"{METER}_grid_import"],
                "stat_energy_to": ids[f"{METER}_grid_export"],
                "stat_cost": None,
                "entity_energy_price": ids["demo_price_now"],
                "number_energy_price": None,
                "stat_compensation": None,
                "entity_energy_price_export": ids["demo_export_price_now"],
                "number_energy_price_export": None,
                "cost_adjustment_day": 0,
                "stat_rate": ids[f"{METER}_grid_power"],
            },
            {
                "type": "solar",
                "stat_energy_from": ids[f"{INVERTER}_solar_energy"],
                "config_entry_solar_forecast": [solar_entry],
            },
            {
                "type": "battery",
                "stat_energy_from": ids[f"{INVERTER}_battery_discharge"],
                "stat_energy_to": ids[f"{INVERTER}_battery_charge"],
            },
        ],
        device_consumption=[
            {"stat_consumption": ids[f"{BOILER}_switch_energy"], "name": "Kitchen boiler"},
            {"stat_consumption": ids[f"{PUMP}_switch_energy"], "name": "Pool pump"},
            {"stat_consumption": ids[f"{DISHWASHER}_switch_energy"], "name": "Dishwasher"},
            {"stat_consumption": ids[f"{CHARGER}_charger_energy"], "name": "Car"},
        ],
    )


async def dashboard(client: Client) -> None:
    """Make Merit Order's own dashboard the first page."""
    await client.call(
        "lovelace/dashboards/create", url_path=FIRST_PAGE, title="Merit Order", icon="mdi:home-lightning-bolt"
    )
    await client.call(
        "lovelace/config/save", url_path=FIRST_PAGE, config={"strategy": {"type": "custom:merit-order"}}
    )
    # Home Assistant's own overview comes first otherwise.
    await client.call("frontend/set_system_data", key="core", value={"default_panel": FIRST_PAGE})


async def tell_car_charge(client: Client, percent: float) -> None:
    """What the integration of a car would say."""
    await client.call(
        "call_service",
        domain="input_number",
        service="set_value",
        service_data={"entity_id": CAR_SOC, "value": round(percent, 1)},
    )
