"""The virtual home: one house, one clock, and the faces it shows."""

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from demo import weather
from demo.clock import Clock
from demo.faces._base import HOST, Face
from demo.faces.dsmr import DsmrFace
from demo.faces.homewizard import P1Face, SocketFace
from demo.faces.huawei import HuaweiFace
from demo.faces.octopus import AGILE, OUTGOING, OctopusFace
from demo.faces.open_meteo import OpenMeteoFace
from demo.faults import Fault
from demo.past import past_peaks
from demo.physics.boiler import Boiler
from demo.physics.house import LOCAL, House
from demo.physics.inverter import Inverter
from demo.physics.meter import Meter
from demo.physics.pump import Pump
from demo.physics.socket import Socket
from demo.texture import HomeSeries

HISTORY_STEP_S = 60.0


@dataclass(frozen=True, slots=True)
class HourRow:
    """What the meters read at the end of the hour that began at `start`: kWh since the beginning, charge in percent.

    The last row may end before its hour does.
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


class VirtualHome:
    """A house with PV, battery, boiler and pump. Usable without its faces: `advance` and `truth` need no start.

    `clock` says what time it is; the physics follows it in whole steps of `step` seconds (a divisor of 900) whenever a
    face is asked and, once started, every second. `history_days` are lived through before the first moment.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 1,
        soc: float = 0.5,
        step: float = 1.0,
        history_days: int = 0,
        tank_c: float = 55.0,
    ) -> None:
        if step <= 0 or 900 % step:
            raise ValueError("step must divide 900 s")
        self.clock = clock
        self.step = step
        now = clock.now().timestamp() // 900 * 900
        # One step at least is lived through, so that every meter shows something from the first moment.
        began = (now - history_days * 86_400) // 3600 * 3600 if history_days else now - step
        inverter = Inverter()
        inverter.battery.stored_wh = soc * inverter.battery.capacity_wh
        self.boiler = Boiler(seed=seed, temperature_c=tank_c)
        # One line per thing that is plugged in.
        self.sockets = {
            "boiler": Socket("boiler", self.boiler, phase=1),
            "pump": Socket("pump", Pump(), phase=2, relay=False),
        }
        self.house = House(
            series=HomeSeries(seed),
            inverter=inverter,
            meter=Meter(history=past_peaks(began, LOCAL)),
            sockets=list(self.sockets.values()),
            epoch=began,
        )
        self.history = self._live_through(now) if history_days else []
        self.house.advance(now, step)
        self.started_at = datetime.fromtimestamp(now, UTC)
        self.catch_up()
        self.huawei = HuaweiFace("huawei", self)
        self.dsmr = DsmrFace("dsmr", self)
        self.p1 = P1Face("p1", self, "5c2faf0a0001")
        self.boiler_socket = SocketFace("boiler", self, "5c2faf0a0002", self.sockets["boiler"])
        self.pump_socket = SocketFace("pump", self, "5c2faf0a0003", self.sockets["pump"])
        self.octopus = OctopusFace("octopus", self)
        self.open_meteo = OpenMeteoFace("open_meteo", self, seed)
        self.faces: dict[str, Face] = {
            face.key: face
            for face in (
                self.huawei,
                self.dsmr,
                self.p1,
                self.boiler_socket,
                self.pump_socket,
                self.octopus,
                self.open_meteo,
            )
        }
        self._running: asyncio.Task[None] | None = None

    def _live_through(self, until: float) -> list[HourRow]:
        rows = []
        while self.house.epoch < until:
            start = self.house.epoch
            self.house.advance(min(start + 3600, until), HISTORY_STEP_S)
            rows.append(self._hour(start))
        return rows

    def _hour(self, start: float) -> HourRow:
        house, battery = self.house, self.house.inverter.battery
        return HourRow(
            start=datetime.fromtimestamp(start, UTC),
            import_kwh=sum(house.meter.import_wh) / 1000,
            export_kwh=sum(house.meter.export_wh) / 1000,
            solar_kwh=house.totals.pv_wh / 1000,
            charge_kwh=battery.charged_wh / 1000,
            discharge_kwh=battery.discharged_wh / 1000,
            soc=battery.soc * 100,
            load_kwh=house.totals.load_wh / 1000,
            sockets_kwh={name: socket.energy_wh / 1000 for name, socket in self.sockets.items()},
        )

    def catch_up(self) -> House:
        """Simulate up to the clock's present and return the house."""
        self.house.advance(self.clock.now().timestamp(), self.step)
        return self.house

    def advance(self, seconds: float) -> House:
        """Simulate `seconds` from where the house is, whatever the clock says: for runs without faces."""
        self.house.advance(self.house.epoch + seconds, self.step)
        return self.house

    async def start(self) -> Self:
        """Open every face and keep the physics going."""
        await asyncio.gather(*(face.start() for face in self.faces.values()))
        self._running = asyncio.create_task(self._run(), name="virtual home")
        return self

    async def stop(self) -> None:
        """Close every face; nothing is left running."""
        if self._running is not None:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running
            self._running = None
        await asyncio.gather(*(face.stop() for face in self.faces.values()))

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _run(self) -> None:
        while True:
            self.catch_up()
            await self.clock.sleep(1.0)

    async def break_(self, face: str, fault: Fault, value: float = 0.0) -> None:
        """Switch a fault on at the face named `face`."""
        await self.faces[face].break_(fault, value)

    async def mend(self, face: str | None = None, fault: Fault | None = None) -> None:
        """Switch faults off: one, all of one face, or all there are."""
        for each in self.faces.values() if face is None else [self.faces[face]]:
            if fault is None or fault in each.faults:
                await each.mend(fault)

    @property
    def ports(self) -> dict[str, int]:
        """Return the port of each face; 0 before it was opened."""
        return {key: face.port for key, face in self.faces.items()}

    def addresses(self) -> dict[str, dict[str, Any]]:
        """Return what a person would type into a config flow to reach each face."""
        ports = self.ports
        array = weather.ARRAY
        return {
            "huawei": {"host": HOST, "port": ports["huawei"], "unit": 1},
            "dsmr": {"host": HOST, "port": ports["dsmr"], "version": "5B"},
            **{key: {"host": f"{HOST}:{ports[key]}", "product": "HWE-P1"} for key in ("p1",)},
            **{key: {"host": f"{HOST}:{ports[key]}", "product": "HWE-SKT"} for key in self.sockets},
            "octopus": {
                "url": self.octopus.url,
                "import_product": AGILE,
                "export_product": OUTGOING,
                "region": "C",
                "postcode": "SW1A 1AA",
            },
            "open_meteo": {
                "url": self.open_meteo.url,
                "latitude": array.latitude,
                "longitude": array.longitude,
                "tilt": array.tilt,
                "azimuth": array.azimuth,
                "kwp": array.kwp,
            },
        }

    def truth(self) -> dict[str, Any]:
        """Return what only the simulation knows: W (grid + = import, battery + = charge), kWh, GBP."""
        house = self.house
        inverter, meter, totals = house.inverter, house.meter, house.totals
        battery = inverter.battery
        return {
            "time": datetime.fromtimestamp(house.epoch, UTC),
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
            "huawei_writes": dict(self.huawei.writes),
            "sockets": {
                name: {
                    "relay": socket.relay,
                    "power_w": socket.power_w,
                    "energy_kwh": socket.energy_wh / 1000,
                    "switched": socket.switched,
                    **socket.appliance.truth(),
                }
                for name, socket in self.sockets.items()
            },
        }
