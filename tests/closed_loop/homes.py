"""The three homes of the closed loop: what stands in them, how that is set up, how it stands when left alone."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from custom_components.merit_order.const import SUBENTRY_DEVICE, SUBENTRY_FORECAST, SUBENTRY_TARIFF
from custom_components.merit_order.engine.assets import asset_kind
from custom_components.merit_order.engine.model.codec import to_json
from custom_components.merit_order.engine.model.roles import Identity, Role
from custom_components.merit_order.stored import AssetConfig, DeviceConfig, asset_id
from demo.clock import Clock
from demo.ha.entry import BOILER, CAR, CHARGER, CONNECTION, METER, WEAR_COST, demo_entry
from demo.ha.seed import Place
from demo.home import VirtualHome
from demo.physics.boiler import Boiler
from demo.physics.charger import Charger
from demo.physics.inverter import Command
from demo.physics.room import HeatedRoom
from demo.physics.socket import Socket

STORE, ROOF, TANK, HEATING = "store", "roof", "tank", "heating"
ROOM_C, CHARGER_MA = 20.5, 16_000
HISTORY_DAYS = 30
# The plan aims at 70 %, and what a car takes is known to some percent.
DEPARTURE_SOC, SOC_SLACK = 0.70, 0.03
HOT_C, HOT_SLACK_K = 52.0, 3.0


@dataclass(frozen=True, slots=True)
class Need:
    """Something that is due each day at `hour`:`minute` of the local day; `met` judges the house at that moment."""

    name: str
    asset: str
    hour: int
    minute: int
    met: Callable[[VirtualHome], bool]
    part: str


@dataclass(frozen=True, slots=True)
class HomeSpec:
    """One home. `bound`: its devices are other integrations' entities; the others speak their own protocols.

    `budgets` say how often a day what begins so may be written: Modbus registers by number, entities by key. `make`
    builds a house that is not like the demo's.
    """

    key: str
    appliances: tuple[str, ...]
    entry: Callable[[VirtualHome, Place], Awaitable[dict[str, Any]]]
    stands: Callable[[VirtualHome], dict[str, Any]]
    needs: tuple[Need, ...]
    budgets: Mapping[str, int] = field(default_factory=dict)
    bound: bool = False
    history_days: int = 0
    make: Callable[[Clock], VirtualHome] | None = None


def let_go(home: VirtualHome) -> None:
    """Put everything as it is when nobody steers: battery in self-consumption, all loads as they please."""
    home.house.inverter.running = Command()
    for load in home.loads.values():
        if isinstance(load, Socket):
            load.switch(True)
        elif isinstance(load, Charger):
            load.enabled, load.set_ma = True, CHARGER_MA
        elif isinstance(load, HeatedRoom):
            load.on, load.target_c = True, ROOM_C


def missed_kwh(home: VirtualHome) -> float:
    """Electricity for what people had to do without: that is no saving."""
    total = 0.0
    for load in home.loads.values():
        if isinstance(load, Charger):
            total += load.car.short_wh / load.car.efficiency / 1000
        elif isinstance(load, Socket) and isinstance(load.appliance, Boiler):
            total += load.appliance.short_wh / 1000
    return total


def _hot_today(home: VirtualHome) -> bool:
    hot = home.loads[BOILER].truth()["last_hot"]
    return hot is not None and float(hot) > home.house.epoch - 86_400


def _car_left_full(home: VirtualHome) -> bool:
    car = home.chargers[CHARGER].car
    return car.home or (car.soc_at_departure or 0.0) >= DEPARTURE_SOC - SOC_SLACK


def _tank_hot(home: VirtualHome) -> bool:
    return float(home.loads[BOILER].truth()["temperature_c"] or 0.0) >= HOT_C - HOT_SLACK_K


async def _native(home: VirtualHome, place: Place) -> dict[str, Any]:
    return await demo_entry(home.addresses(), place)


def _device(
    key: str, kind: str, role: Role, options: Mapping[str, Any], params: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    assets = {
        Role.GRID: "grid",
        Role.SOLAR: "solar",
        Role.BATTERY: "battery",
        Role.CHARGER: "vehicle",
        Role.TANK: "hot_water",
        Role.HEAT: "heating",
    }
    writable = () if role in (Role.GRID, Role.SOLAR) else (role,)
    identity = Identity(
        unique_id=key,
        manufacturer="Home Assistant",
        model="Entities",
        name=key,
        roles=(role,),
        writable=writable,
    )
    asset = AssetConfig(key=assets[role], kind=assets[role], name=key, role=role, params=params or {})
    config = DeviceConfig(kind=kind, options=dict(options), identity=identity, assets=(asset,))
    return {
        "data": to_json(config),
        "subentry_id": key,
        "subentry_type": SUBENTRY_DEVICE,
        "title": key,
        "unique_id": key,
    }


def _meters() -> list[dict[str, Any]]:
    grid = {
        "power": "sensor.grid_power",
        "import_energy": "sensor.grid_import",
        "export_energy": "sensor.grid_export",
    }
    return [
        _device(METER, "entities_grid", Role.GRID, grid, CONNECTION),
        _device(
            ROOF,
            "entities_solar",
            Role.SOLAR,
            {"power": "sensor.solar_power", "energy": "sensor.solar_energy"},
        ),
    ]


async def _priced(home: VirtualHome, place: Place, *devices: dict[str, Any]) -> dict[str, Any]:
    """The demo's prices and solar forecast, with other devices."""
    entry = await demo_entry(
        {key: value for key, value in home.addresses().items() if key not in home.loads}, place
    )
    kept = [
        {**raw, "data": {**raw["data"], "asset": asset_id(ROOF, "solar")}}
        if raw["subentry_type"] == SUBENTRY_FORECAST
        else raw
        for raw in entry["subentries"]
        if raw["subentry_type"] in (SUBENTRY_TARIFF, SUBENTRY_FORECAST)
    ]
    return {**entry, "subentries": [*_meters(), *devices, *kept]}


async def _car(home: VirtualHome, place: Place) -> dict[str, Any]:
    battery = {
        "power": "sensor.battery_power",
        "soc": "sensor.battery_level",
        "capacity_kwh": 10.0,
        "max_charge_kw": 5.0,
        "max_discharge_kw": 5.0,
        "control_power": "number.battery_watts",
        "control_mode": "select.battery_mode",
        **{f"{wish}_option": wish for wish in ("charge", "discharge", "hold")},
        "release_option": "self",
    }
    charger = {
        "switch": "switch.charger_switch",
        "current": "number.charger_current",
        "power": "sensor.charger_power",
        "energy": "sensor.charger_energy",
        "connected": "binary_sensor.charger_plugged",
        "soc": "sensor.car_level",
    }
    params = asset_kind("vehicle").from_options({**CAR, "soc_entity": "sensor.car_level"})
    return await _priced(
        home,
        place,
        _device(
            STORE, "entities_battery", Role.BATTERY, battery, {"capacity_kwh": 10.0, "wear_cost": WEAR_COST}
        ),
        _device(CHARGER, "entities_charger", Role.CHARGER, charger, params),
    )


async def _heat(home: VirtualHome, place: Place) -> dict[str, Any]:
    tank = {
        "tank": "switch.tank_relay",
        "temperature": "sensor.tank_temperature",
        "power": f"sensor.{BOILER}_power",
        "energy": f"sensor.{BOILER}_energy",
    }
    water = {"volume_l": 100.0, "power_kw": 2.0, "loss_kwh_day": 1.2, "draw_kwh_day": 3.3}
    climate = {
        "climate": "climate.thermostat",
        "power": f"sensor.{HEATING}_power",
        "energy": f"sensor.{HEATING}_energy",
    }
    room = {"power_kw": 2.0, "modulating": False, "capacity_kwh_k": 8.0, "loss_kw_k": 0.16, "gains_kw": 0.3}
    return await _priced(
        home,
        place,
        _device(TANK, "entities_tank", Role.TANK, tank, water),
        _device(HEATING, "entities_heat", Role.HEAT, climate, room),
    )


def _native_stands(home: VirtualHome) -> dict[str, Any]:
    return {BOILER: home.sockets[BOILER].relay}


def _car_stands(home: VirtualHome) -> dict[str, Any]:
    charger = home.chargers[CHARGER]
    return {
        STORE: home.house.inverter.running.kind.name,
        CHARGER: (charger.enabled, charger.set_ma),
    }


def _heat_stands(home: VirtualHome) -> dict[str, Any]:
    room = home.loads[HEATING]
    assert isinstance(room, HeatedRoom)
    return {TANK: home.sockets[BOILER].relay, HEATING: (room.on, room.target_c)}


NATIVE = HomeSpec(
    key="native",
    appliances=(BOILER,),
    entry=_native,
    stands=_native_stands,
    needs=(Need("hot_water", asset_id(BOILER, "load"), 18, 0, _hot_today, BOILER),),
    budgets={"": 2400},
    history_days=HISTORY_DAYS,
)
WITH_CAR = HomeSpec(
    key="car",
    appliances=(CHARGER,),
    entry=_car,
    stands=_car_stands,
    needs=(Need("car", asset_id(CHARGER, "vehicle"), 7, 35, _car_left_full, CHARGER),),
    budgets={"battery": 300, "charger": 600},
    bound=True,
)
WITH_HEAT = HomeSpec(
    key="heat",
    appliances=(BOILER, HEATING),
    entry=_heat,
    stands=_heat_stands,
    needs=(
        Need("morning_water", asset_id(TANK, "hot_water"), 6, 30, _tank_hot, TANK),
        Need("evening_water", asset_id(TANK, "hot_water"), 18, 30, _tank_hot, TANK),
    ),
    budgets={"tank": 50, "thermostat": 50},
    bound=True,
)
HOMES = {spec.key: spec for spec in (NATIVE, WITH_CAR, WITH_HEAT)}
