"""What only the simulation knows: the present in one dictionary, and the hours that were lived through."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from demo.physics.house import House
from demo.physics.socket import Load
from demo.series import recorded_day


@dataclass(frozen=True, slots=True)
class HourRow:
    """What the meters read at the end of the hour that began at `start`: kWh since the beginning, charge in percent.

    The last row may end before its hour does. `sockets_kwh` is by appliance.
    """

    start: datetime
    import_kwh: float
    export_kwh: float
    solar_kwh: float
    charge_kwh: float
    discharge_kwh: float
    soc: float
    load_kwh: float
    sockets_kwh: dict[str, float]


def hour_row(house: House, loads: dict[str, Load], start: float) -> HourRow:
    """Return the meters as they stand, for the hour that began at Unix second `start`."""
    battery = house.inverter.battery
    return HourRow(
        start=datetime.fromtimestamp(start, UTC),
        import_kwh=sum(house.meter.import_wh) / 1000,
        export_kwh=sum(house.meter.export_wh) / 1000,
        solar_kwh=house.totals.pv_wh / 1000,
        charge_kwh=battery.charged_wh / 1000,
        discharge_kwh=battery.discharged_wh / 1000,
        soc=battery.soc * 100,
        load_kwh=house.totals.load_wh / 1000,
        sockets_kwh={name: load.energy_wh / 1000 for name, load in loads.items()},
    )


def snapshot(house: House, loads: dict[str, Load]) -> dict[str, Any]:
    """Return the present: W (grid + = import, battery + = charge), kWh since the beginning, GBP.

    `wrapped` says that the calendar day was not recorded and another stands for it.
    """
    inverter, meter, totals = house.inverter, house.meter, house.totals
    battery = inverter.battery
    now = datetime.fromtimestamp(house.epoch, UTC)
    return {
        "time": now,
        "wrapped": recorded_day(now.date()).wrapped,
        "grid_w": house.grid_w,
        "solar_w": inverter.pv_w,
        "curtailed_w": inverter.curtailed_w,
        "battery_w": battery.power_w,
        "load_w": house.grid_w + inverter.ac_w,
        "base_w": house.base_w,
        "soc": battery.soc,
        "import_kwh": totals.import_wh / 1000,
        "export_kwh": totals.export_wh / 1000,
        "solar_kwh": totals.pv_wh / 1000,
        "curtailed_kwh": totals.curtailed_wh / 1000,
        "load_kwh": totals.load_wh / 1000,
        "charge_kwh": battery.charged_wh / 1000,
        "discharge_kwh": battery.discharged_wh / 1000,
        "forced": inverter.running.kind.name.lower(),
        "forced_remaining_s": inverter.remaining_s(house.epoch),
        "demand_w": meter.demand_w,
        "month_peak_w": meter.month_peak.watts,
        "bill": totals.bill,
        "import_cost": totals.import_cost,
        "export_income": totals.export_income,
        "loads": {
            name: {"power_w": load.power_w, "energy_kwh": load.energy_wh / 1000, **load.truth()}
            for name, load in loads.items()
        },
    }
