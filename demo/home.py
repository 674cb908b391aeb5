"""The virtual home: one house, one clock, and the faces it shows."""

import asyncio
import contextlib
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Self

from demo import weather
from demo.appliances import APPLIANCES, USUAL
from demo.clock import Clock
from demo.faces import amber, entsoe, octopus_account
from demo.faces._base import HOST, Face, World
from demo.faces._http import HttpFace
from demo.faces.dsmr import DsmrFace
from demo.faces.homewizard import P1Face, SocketFace
from demo.faces.huawei import HuaweiFace
from demo.faces.keba import KebaFace
from demo.faces.octopus import AGILE, OUTGOING, OctopusFace
from demo.faces.open_meteo import OpenMeteoFace
from demo.faces.quartz import QuartzFace
from demo.faults import Fault
from demo.past import past_peaks
from demo.physics.charger import Charger
from demo.physics.house import LOCAL, House
from demo.physics.inverter import Inverter
from demo.physics.meter import Meter
from demo.physics.socket import Load, Socket
from demo.texture import HomeSeries
from demo.truth import HourRow, hour_row, snapshot

HISTORY_STEP_S = 60.0
# Web services beside the usual two: from a key, the home and a seed to the face.
SERVICES: Final[Mapping[str, Callable[[str, World, int], HttpFace]]] = {
    "amber": lambda key, world, seed: amber.AmberFace(key, world),
    "entsoe": lambda key, world, seed: entsoe.EntsoeFace(key, world),
    "quartz": QuartzFace,
}


class VirtualHome:
    """A house with PV, battery and appliances. Usable without its faces: `advance` and `truth` need no start.

    `clock` says what time it is; the physics follows it in whole steps of `step` seconds (a divisor of 900) whenever a
    face is asked and, once started, every second. `appliances` are keys of `demo.appliances`, `services` of SERVICES.
    `history_days` are lived through before the first moment.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 1,
        soc: float = 0.5,
        step: float = 1.0,
        history_days: int = 0,
        appliances: Sequence[str] = USUAL,
        services: Sequence[str] = (),
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
        self.loads: dict[str, Load] = {key: APPLIANCES[key](seed) for key in appliances}
        self.house = House(
            series=HomeSeries(seed),
            inverter=inverter,
            meter=Meter(history=past_peaks(began, LOCAL)),
            loads=list(self.loads.values()),
            epoch=began,
        )
        self.history = self._live_through(now) if history_days else []
        self.house.advance(now, step)
        self.huawei = HuaweiFace("huawei", self)
        self.dsmr = DsmrFace("dsmr", self)
        self.p1 = P1Face("p1", self, "5c2faf0a0001")
        self.octopus = OctopusFace("octopus", self)
        self.open_meteo = OpenMeteoFace("open_meteo", self, seed)
        own: list[Face] = [
            self._face(key, load) for key, load in self.loads.items() if isinstance(load, (Charger, Socket))
        ]
        own += [SERVICES[key](key, self, seed) for key in services]
        self.faces: dict[str, Face] = {
            face.key: face for face in (self.huawei, self.dsmr, self.p1, self.octopus, self.open_meteo, *own)
        }
        self._running: asyncio.Task[None] | None = None

    def _face(self, key: str, load: Charger | Socket) -> Face:
        if isinstance(load, Charger):
            return KebaFace(key, self, load)
        return SocketFace(key, self, f"5c2f{zlib.crc32(key.encode()):08x}", load)

    def _live_through(self, until: float) -> list[HourRow]:
        rows = []
        while self.house.epoch < until:
            start = self.house.epoch
            self.house.advance(min(start + 3600, until), HISTORY_STEP_S)
            rows.append(hour_row(self.house, self.loads, start))
        return rows

    @property
    def sockets(self) -> dict[str, Socket]:
        """Return the appliances that hang on a socket."""
        return {key: load for key, load in self.loads.items() if isinstance(load, Socket)}

    @property
    def chargers(self) -> dict[str, Charger]:
        """Return the wallboxes."""
        return {key: load for key, load in self.loads.items() if isinstance(load, Charger)}

    def catch_up(self) -> House:
        """Simulate up to the clock's present and return the house."""
        self.house.advance(self.clock.now().timestamp(), self.step)
        return self.house

    def advance(self, seconds: float) -> House:
        """Simulate `seconds` from where the house is, whatever the clock says: for runs without faces."""
        self.house.advance(self.house.epoch + seconds, self.step)
        return self.house

    def truth(self) -> dict[str, Any]:
        """Return what only the simulation knows, as of its last step; see `demo.truth.snapshot`."""
        return {**snapshot(self.house, self.loads), "huawei_writes": dict(self.huawei.writes)}

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
        """Switch a fault on at the face named `face`. Raises ValueError for one it cannot have."""
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
        place = {
            "latitude": array.latitude,
            "longitude": array.longitude,
            "tilt": array.tilt,
            "azimuth": array.azimuth,
            "kwp": array.kwp,
        }
        more: dict[str, dict[str, Any]] = {
            "amber": {"token": amber.TOKEN, "site": amber.SITE},
            "entsoe": {"token": entsoe.TOKEN, "area": "be"},
            "quartz": place,
        }
        return {
            "huawei": {"host": HOST, "port": ports["huawei"], "unit": HuaweiFace.unit},
            "dsmr": {"host": HOST, "port": ports["dsmr"], "version": "5b"},
            "p1": {"host": f"{HOST}:{ports['p1']}", "product": P1Face.product_type},
            **{
                key: {"host": f"{HOST}:{ports[key]}", "product": SocketFace.product_type}
                for key in self.sockets
            },
            **{key: {"host": HOST, "port": ports[key], "unit": KebaFace.unit} for key in self.chargers},
            "octopus": {
                "url": self.octopus.url,
                "import_product": AGILE,
                "export_product": OUTGOING,
                "region": "C",
                "postcode": "SW1A 1AA",
                "account": octopus_account.ACCOUNT,
                "api_key": octopus_account.API_KEY,
            },
            "open_meteo": {"url": self.open_meteo.url, **place},
            **{
                key: {"url": face.url, **more[key]}
                for key, face in self.faces.items()
                if key in more and isinstance(face, HttpFace)
            },
        }
