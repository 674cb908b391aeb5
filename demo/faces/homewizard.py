"""The faces of HomeWizard devices with API v1: the P1 meter and the energy socket.

Fields as in python-homewizard-energy's recorded answers (Apache-2.0). What the real socket answers to switching off
under switch lock is not documented; here it is a 400 and nothing moves.
"""

from datetime import UTC, datetime
from typing import Any, ClassVar, override

from aiohttp import web

from demo.faces._base import World
from demo.faces._http import HttpFace, json_body
from demo.faces.dsmr import SERIAL, VOLTAGE, telegram
from demo.faults import Fault
from demo.physics.house import LOCAL, House
from demo.physics.socket import Socket

WIFI = {"wifi_ssid": "Virtual home", "wifi_strength": 84}


def _error(number: int, text: str, status: int) -> web.Response:
    return web.json_response({"error": {"id": number, "description": text}}, status=status)


def _kwh(watt_hours: float) -> float:
    return round(watt_hours / 1000, 3)


class HomeWizardFace(HttpFace):
    """What all HomeWizard devices share."""

    supported: ClassVar[frozenset[Fault]] = HttpFace.supported | {Fault.INVALID, Fault.OUT_OF_RANGE}
    product_type: ClassVar[str]
    product_name: ClassVar[str]
    firmware: ClassVar[str]

    def __init__(self, key: str, world: World, serial: str) -> None:
        super().__init__(key, world)
        self.serial = serial
        self.cloud = True
        self.identified = 0

    @override
    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api", self._device),
            web.get("/api/v1/data", self._data),
            web.get("/api/v1/system", self._system),
            web.put("/api/v1/system", self._put_system),
            web.put("/api/v1/identify", self._identify),
        ]

    def data(self, house: House) -> dict[str, Any]:
        """Return the body of /api/v1/data."""
        raise NotImplementedError

    async def _device(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "product_type": self.product_type,
                "product_name": self.product_name,
                "serial": self.serial,
                "firmware_version": self.firmware,
                "api_version": "v1",
            }
        )

    async def _data(self, _: web.Request) -> web.Response:
        data = self.data(self.world.catch_up())
        if Fault.INVALID in self.faults:
            data = {
                key: None if key.startswith(("active_", "total_")) else value for key, value in data.items()
            }
        if Fault.OUT_OF_RANGE in self.faults:
            data = {key: 9_999_999.0 if key.endswith("_w") else value for key, value in data.items()}
        return web.json_response(data)

    async def _system(self, _: web.Request) -> web.Response:
        return web.json_response({"cloud_enabled": self.cloud})

    async def _put_system(self, request: web.Request) -> web.Response:
        body = await json_body(request)
        if body is None or not isinstance(body.get("cloud_enabled"), bool):
            return _error(3, "body:malformed", 400)
        self.cloud = bool(body["cloud_enabled"])
        return web.json_response({"cloud_enabled": self.cloud})

    async def _identify(self, _: web.Request) -> web.Response:
        self.identified += 1
        return web.json_response({"identify": "ok"})


def _short_stamp(epoch: float) -> int:
    return int(f"{datetime.fromtimestamp(epoch, UTC).astimezone(LOCAL):%y%m%d%H%M%S}")


class P1Face(HomeWizardFace):
    """HWE-P1 on the Fluvius meter."""

    product_type = "HWE-P1"
    product_name = "P1 meter"
    firmware = "6.0307"

    @override
    def routes(self) -> list[web.RouteDef]:
        return [*super().routes(), web.get("/api/v1/telegram", self._telegram)]

    async def _telegram(self, _: web.Request) -> web.Response:
        return web.Response(body=telegram(self.world.catch_up()), content_type="text/plain")

    @override
    def data(self, house: House) -> dict[str, Any]:
        meter = house.meter
        phases = list(enumerate(meter.phase_w, 1))
        return {
            **WIFI,
            "smr_version": 50,
            "meter_model": "Fluvius",
            "unique_id": SERIAL,
            "active_tariff": meter.tariff,
            "total_power_import_kwh": _kwh(sum(meter.import_wh)),
            **{f"total_power_import_t{n}_kwh": _kwh(wh) for n, wh in enumerate(meter.import_wh, 1)},
            "total_power_export_kwh": _kwh(sum(meter.export_wh)),
            **{f"total_power_export_t{n}_kwh": _kwh(wh) for n, wh in enumerate(meter.export_wh, 1)},
            "active_power_w": round(meter.power_w),
            **{f"active_power_l{n}_w": round(power) for n, power in phases},
            **{f"active_voltage_l{n}_v": VOLTAGE for n, _ in phases},
            "active_current_a": round(sum(abs(power) for power in meter.phase_w) / VOLTAGE, 2),
            **{f"active_current_l{n}_a": round(power / VOLTAGE, 2) for n, power in phases},
            "active_power_average_w": round(meter.demand_w),
            "montly_power_peak_w": round(meter.month_peak.watts),
            "montly_power_peak_timestamp": _short_stamp(meter.month_peak.ended),
            "external": [],
        }


class SocketFace(HomeWizardFace):
    """HWE-SKT before one of the house's appliances."""

    product_type = "HWE-SKT"
    product_name = "Energy Socket"
    firmware = "4.07"

    def __init__(self, key: str, world: World, serial: str, socket: Socket) -> None:
        super().__init__(key, world, serial)
        self.socket = socket

    @override
    def routes(self) -> list[web.RouteDef]:
        return [
            *super().routes(),
            web.get("/api/v1/state", self._state),
            web.put("/api/v1/state", self._put_state),
        ]

    @override
    def data(self, house: House) -> dict[str, Any]:
        socket = self.socket
        return {
            **WIFI,
            "total_power_import_kwh": _kwh(socket.energy_wh),
            "total_power_import_t1_kwh": _kwh(socket.energy_wh),
            "total_power_export_kwh": 0,
            "total_power_export_t1_kwh": 0,
            "active_power_w": round(socket.power_w, 3),
            "active_power_l1_w": round(socket.power_w, 3),
            "active_voltage_v": VOLTAGE,
            "active_current_a": round(socket.power_w / VOLTAGE, 3),
            "active_reactive_power_var": 0,
            "active_apparent_power_va": round(socket.power_w, 3),
            "active_power_factor": 1 if socket.power_w else 0,
            "active_frequency_hz": 50,
        }

    async def _state(self, _: web.Request) -> web.Response:
        socket = self.socket
        return web.json_response(
            {"power_on": socket.relay, "switch_lock": socket.locked, "brightness": socket.brightness}
        )

    async def _put_state(self, request: web.Request) -> web.Response:
        """Change what the body names and answer with just that."""
        # What happened up to now happened with the relay as it was.
        self.world.catch_up()
        body = await json_body(request)
        wanted = {
            key: value
            for key, value in (body or {}).items()
            if key in ("power_on", "switch_lock", "brightness")
        }
        if not wanted:
            return _error(3, "body:malformed", 400)
        lock, power, brightness = wanted.get("switch_lock"), wanted.get("power_on"), wanted.get("brightness")
        if isinstance(brightness, int) and not isinstance(brightness, bool):
            self.socket.brightness = min(max(brightness, 0), 255)
        if isinstance(lock, bool):
            self.socket.lock(lock)
        if isinstance(power, bool) and not self.socket.switch(power):
            return _error(7, "request:switch-lock-enabled", 400)
        return web.json_response(wanted)
