"""The config entry a person would have made in the config flow for the virtual home: each device is really probed."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp

from custom_components.merit_order.const import (
    MODE_AUTOMATIC,
    SUBENTRY_DEVICE,
    SUBENTRY_FORECAST,
    SUBENTRY_TARIFF,
)
from custom_components.merit_order.engine.assets import asset_kind
from custom_components.merit_order.engine.devices import device_kind
from custom_components.merit_order.engine.forecasts import forecast_kind
from custom_components.merit_order.engine.model.codec import to_json
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.roles import Role
from custom_components.merit_order.engine.model.series import Series
from custom_components.merit_order.engine.tariffs import tariff_kind
from custom_components.merit_order.ports import Shelf
from custom_components.merit_order.stored import (
    AssetConfig,
    DeviceConfig,
    ForecastConfig,
    PlugIn,
    TariffConfig,
    asset_id,
)
from demo.ha.seed import Place

INVERTER, METER, BOILER, PUMP = "huawei", "fluvius", "boiler", "pump"
DISHWASHER, CHARGER = "dishwasher", "charger"
APPLIANCES = (BOILER, PUMP, DISHWASHER, CHARGER)
# Where the car's own integration would tell its charge; the wallbox does not know it.
CAR_SOC = "input_number.car_charge"

WEAR_COST = 0.02
# What a person would tell of the things they own; all else is measured. The connection is fused at 3 × 20 A.
CONNECTION = {"import_limit_kw": 13.8}
BOILER_NEED = {
    "mode": "needed",
    "power_kw": 2.0,
    "energy_kwh": 5.5,
    "deadline": "18:00",
    "contiguous": False,
    "priority": 2,
}
DISHWASHER_NEED = {
    "mode": "needed",
    "run_minutes": 120.0,
    # One programme, in quarter hours: it heats twice.
    "profile_kw": [0.71, 1.75, 0.11, 0.11, 0.74, 1.48, 0.06, 0.06],
    "earliest": "20:30",
    "deadline": "07:00",
    "priority": 3,
}
CAR = {
    "capacity_kwh": 60.0,
    "phases": 3,
    "max_current_a": 16.0,
    "soc_entity": CAR_SOC,
    "departure": "07:30",
    "departure_soc": 70.0,
    "returns": "17:45",
}
PUMP_WISH = {"mode": "optional", "power_kw": 0.8, "energy_kwh": 2.4, "priority": 6}


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class _NoEntities:
    """There is no Home Assistant yet while its configuration is being written."""

    def get(self, entity_id: str) -> None:
        return None

    async def call(self, domain: str, action: str, entity_id: str, data: Mapping[str, Any]) -> None:
        raise LookupError(entity_id)

    async def mean_power_kw(self, statistic_id: str, start: datetime, end: datetime) -> Series:
        return Series((), statistic_id)


@contextlib.asynccontextmanager
async def _ports(place: Place) -> AsyncIterator[Ports]:
    async with aiohttp.ClientSession() as session:
        nothing = _NoEntities()
        yield Ports(
            clock=_Clock(),
            http=session,
            entities=nothing,
            history=nothing,
            store=Shelf(),
            timezone=place.timezone,
            latitude=place.latitude,
            longitude=place.longitude,
        )


async def demo_entry(addresses: Mapping[str, Mapping[str, Any]], place: Place) -> dict[str, Any]:
    """The entry as stored, for the virtual home at `addresses` (see VirtualHome.addresses). Raises SourceError."""
    huawei, dsmr = addresses["huawei"], addresses["dsmr"]
    async with _ports(place) as ports:
        subentries = [
            await _device(
                ports,
                INVERTER,
                "Inverter",
                "huawei",
                {"host": huawei["host"], "port": huawei["port"], "unit": huawei["unit"]},
                _asset("battery", Role.BATTERY, "Battery", {"capacity_kwh": 10.0, "wear_cost": WEAR_COST}),
                _asset("solar", Role.SOLAR, "Solar panels"),
            ),
            await _device(
                ports,
                METER,
                "Grid meter",
                "dsmr",
                {
                    "connection": "tcp",
                    "host": dsmr["host"],
                    "port": dsmr["port"],
                    "version": dsmr["version"].lower(),
                },
                _asset("grid", Role.GRID, "Grid", CONNECTION),
            ),
            *[
                await _device(ports, key, title, kind, {name: addresses[key][name] for name in names}, asset)
                for key, title, kind, names, asset in _APPLIANCES
                if key in addresses
            ],
        ]
    return {
        "options": {"mode": MODE_AUTOMATIC},
        "subentries": [*subentries, _tariff(addresses["octopus"]), _solar_forecast(addresses["open_meteo"])],
    }


def _asset(kind: str, role: Role, name: str, params: Mapping[str, Any] | None = None) -> AssetConfig:
    return AssetConfig(key=kind, kind=kind, name=name, role=role, params=params or {})


_APPLIANCES = (
    (
        BOILER,
        "Kitchen boiler",
        "homewizard",
        ("host",),
        _asset("load", Role.SWITCH, "Kitchen boiler", BOILER_NEED),
    ),
    (PUMP, "Pool pump", "homewizard", ("host",), _asset("load", Role.SWITCH, "Pool pump", PUMP_WISH)),
    (
        DISHWASHER,
        "Dishwasher",
        "homewizard",
        ("host",),
        _asset("load", Role.SWITCH, "Dishwasher", DISHWASHER_NEED),
    ),
    (
        CHARGER,
        "Wallbox",
        "keba",
        ("host", "port", "unit"),
        _asset("vehicle", Role.CHARGER, "Car", asset_kind("vehicle").from_options(CAR)),
    ),
)


async def _device(
    ports: Ports, key: str, title: str, kind: str, options: Mapping[str, Any], *assets: AssetConfig
) -> dict[str, Any]:
    driver = device_kind(kind)
    settled = settle(driver.options, options)
    identity = await driver.probe(settled, ports)
    config = DeviceConfig(kind=kind, options=settled, identity=identity, assets=assets)
    return _subentry(key, SUBENTRY_DEVICE, title, to_json(config), identity.unique_id)


def _tariff(octopus: Mapping[str, Any]) -> dict[str, Any]:
    common = {"region": octopus["region"].lower(), "url": octopus["url"]}
    config = TariffConfig(
        supply=_octopus({**common, "product": octopus["import_product"]}),
        export=_octopus({**common, "product": octopus["export_product"]}),
    )
    return _subentry("tariff", SUBENTRY_TARIFF, "Octopus Agile", to_json(config), None)


def _octopus(options: Mapping[str, Any]) -> PlugIn:
    kind = tariff_kind("octopus")
    return PlugIn(kind=kind.key, options=settle(kind.options, options))


def _solar_forecast(meteo: Mapping[str, Any]) -> dict[str, Any]:
    kind = forecast_kind("open_meteo")
    # The virtual array counts from south, as Open-Meteo does; people count from north, as Home Assistant does.
    array = {"kwp": meteo["kwp"], "tilt": meteo["tilt"], "azimuth": 180 + meteo["azimuth"]}
    options = settle(kind.options, {**array, "url": meteo["url"]})
    source = PlugIn(kind=kind.key, options=options)
    config = ForecastConfig(source=source, asset=asset_id(INVERTER, "solar"))
    return _subentry("sun", SUBENTRY_FORECAST, "Open-Meteo", to_json(config), None)


def _subentry(key: str, kind: str, title: str, data: Any, unique_id: str | None) -> dict[str, Any]:
    return {"data": data, "subentry_id": key, "subentry_type": kind, "title": title, "unique_id": unique_id}
