"""HomeWizard devices by their local API v1: the P1 meter, kWh meters and the energy socket.

The library retries three times by itself. The host may carry a port ("10.0.0.5:8080").
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from homewizard_energy import HomeWizardEnergyV1
from homewizard_energy.const import Model
from homewizard_energy.errors import DisabledError, HomeWizardEnergyException, NotFoundError, RequestError
from homewizard_energy.models import Device as Product
from homewizard_energy.models import Measurement, State
from mashumaro.exceptions import InvalidFieldValue, MissingField

from ..model.errors import BadData, CannotConnect, SilentPeer, SourceError, WriteRefused, WrongDevice
from ..model.options import Option, OptionType
from ..model.ports import Ports
from ..model.roles import Action, Command, GridReading, Identity, Readings, Role, SolarReading, SwitchReading
from ._base import Conduct, Device, DeviceKind

POLL_S = 5.0
TIMEOUT_S = 5
MOST_KW = 1000.0
"""No home has more: such a number is a fault."""
METERS = {
    Model.P1_METER,
    Model.ENERGY_METER_1_PHASE,
    Model.ENERGY_METER_3_PHASE,
    Model.ENERGY_METER_EASTRON_SDM230,
    Model.ENERGY_METER_EASTRON_SDM630,
}
MEASURES = {"grid": Role.GRID, "solar": Role.SOLAR, "load": Role.SWITCH}


class ApiDisabled(SourceError):
    """The local API is switched off in the HomeWizard app."""

    key = "api_disabled"


class SwitchLocked(WriteRefused):
    """The socket's switch lock is on; it stays on until a person takes the lock off."""

    key = "switch_locked"


class HomeWizard:
    """An open connection to one product."""

    def __init__(self, options: Mapping[str, Any], ports: Ports) -> None:
        self._host = str(options["host"]).strip()
        self._measures = options["measures"]
        self._ports = ports
        self._api = HomeWizardEnergyV1(self._host, clientsession=ports.http, timeout=TIMEOUT_S)
        self._identity: Identity | None = None
        self._counters = {"implausible": 0, "failed": 0}
        self._told: bool | None = None

    @property
    def identity(self) -> Identity:
        """Who it is; known after `meet`."""
        assert self._identity is not None
        return self._identity

    @property
    def poll_s(self) -> float:
        """As often as the meter has something new on most models."""
        return POLL_S

    async def meet(self) -> None:
        """Ask which product it is. Raises WrongDevice for what measures no electricity."""
        try:
            product = await self._ask(self._api.device)
        except BadData as err:
            raise WrongDevice(f"{self._host} is no HomeWizard device", host=self._host) from err
        role = self._role(product)
        self._identity = Identity(
            unique_id=f"homewizard_{product.serial}",
            manufacturer="HomeWizard",
            model=product.product_type,
            name=product.product_name,
            sw_version=product.firmware_version,
            serial_number=product.serial,
            roles=(role,),
            writable=(role,) if role is Role.SWITCH else (),
        )

    def _role(self, product: Product) -> Role:
        socket = product.product_type == Model.ENERGY_SOCKET
        if not socket and product.product_type not in METERS:
            raise WrongDevice(
                f"{self._host} is a {product.product_name}", host=self._host, model=product.product_name
            )
        if self._measures == "auto":
            return Role.SWITCH if socket else Role.GRID
        role = MEASURES[self._measures]
        if role is Role.SWITCH and not socket:
            raise WrongDevice(
                f"{product.product_name} has no switch", host=self._host, model=product.product_name
            )
        return role

    async def read(self) -> Readings:
        """What it says now."""
        said = await self._ask(self._api.measurement)
        at, role = self._ports.clock.now(), self.identity.roles[0]
        if role is Role.SOLAR:
            power = self._kw(said.power_w)
            # A meter behind panels sees production as export.
            solar = SolarReading(
                power_kw=None if power is None else max(-power, 0.0), energy_kwh=_total(said, "export")
            )
            return Readings(at=at, solar=solar, counters=dict(self._counters))
        if role is Role.GRID:
            return Readings(at=at, grid=self._grid(said), counters=dict(self._counters))
        state = await self._state()
        switch = SwitchReading(
            on=state.power_on, power_kw=self._kw(said.power_w), energy_kwh=_total(said, "import")
        )
        stands = {} if self._told is None else {Role.SWITCH: state.power_on is self._told}
        return Readings(at=at, switch=switch, stands=stands, counters=dict(self._counters))

    def _grid(self, said: Measurement) -> GridReading:
        peak_at = said.monthly_power_peak_timestamp
        return GridReading(
            power_kw=self._kw(said.power_w),
            import_kwh=_total(said, "import"),
            export_kwh=_total(said, "export"),
            quarter_demand_kw=self._kw(said.average_power_15m_w),
            month_peak_kw=self._kw(said.monthly_power_peak_w),
            month_peak_at=None if peak_at is None else self._utc(peak_at),
            phase_current_a=_phases(said.current_l1_a, said.current_l2_a, said.current_l3_a),
            phase_voltage_v=_phases(said.voltage_l1_v, said.voltage_l2_v, said.voltage_l3_v),
        )

    def _kw(self, watts: float | None) -> float | None:
        if watts is None:
            return None
        if not abs(watts) <= MOST_KW * 1000:
            self._counters["implausible"] += 1
            return None
        return watts / 1000

    def _utc(self, at: datetime) -> datetime:
        """The device writes the home's wall time, without saying so."""
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(self._ports.timezone))).astimezone(UTC)

    async def write(self, command: Command) -> None:
        """Switch the socket, or put it back as it was. Raises SwitchLocked, WriteRefused."""
        if command.role is not Role.SWITCH or Role.SWITCH not in self.identity.writable:
            raise WriteRefused(f"{self._host} takes no {command.role} command")
        if command.action in (Action.ON, Action.OFF):
            # A command that is over at once is no lease: nothing is to be given back after it.
            keep = command.expires > self._ports.clock.now()
            await self._switch(on=command.action is Action.ON, keep=keep)
            self._told = command.action is Action.ON if keep else None
        elif command.action in (Action.RELEASE, Action.LEAVE):
            self._told = None
            if isinstance(before := self._ports.store.load(self._shelf), bool):
                if command.action is Action.RELEASE:
                    await self._switch(on=before, keep=False)
                self._ports.store.save(self._shelf, None)
        else:
            raise WriteRefused(f"a socket cannot {command.action}", action=command.action)

    @property
    def _shelf(self) -> str:
        return f"devices/{self.identity.unique_id}/before"

    async def _switch(self, *, on: bool, keep: bool) -> None:
        state = await self._state()
        if keep and self._ports.store.load(self._shelf) is None:
            await self._ports.store.keep(self._shelf, bool(state.power_on))
        if state.power_on is on:
            return
        if state.switch_lock:
            raise SwitchLocked(f"{self._host} is locked", host=self._host)
        self._ports.tally("relay")
        await self._ask(lambda: self._api.state(power_on=on))
        if (await self._state()).power_on is not on:
            raise WriteRefused(f"{self._host} did not switch", host=self._host)

    async def _state(self) -> State:
        return await self._ask(self._api.state)

    async def _ask[T](self, request: Callable[[], Awaitable[T]]) -> T:
        try:
            return await request()
        except DisabledError as err:
            raise ApiDisabled(f"{self._host}: the local API is off", host=self._host) from err
        except NotFoundError as err:
            raise BadData(f"{self._host} does not know the request", host=self._host) from err
        except RequestError as err:
            self._counters["failed"] += 1
            if isinstance(err.__cause__, TimeoutError):
                raise SilentPeer(f"{self._host} does not answer", host=self._host) from err
            kind = CannotConnect if err.__cause__ is not None else BadData
            raise kind(f"{self._host}: {err}", host=self._host) from err
        except (
            HomeWizardEnergyException,
            InvalidFieldValue,
            MissingField,
            LookupError,
            TypeError,
            ValueError,
        ) as err:
            self._counters["failed"] += 1
            raise BadData(f"{self._host} answered nonsense: {err}", host=self._host) from err

    async def close(self) -> None:
        """Nothing is held open: the web session is the home's."""


def _total(said: Measurement, way: str) -> float | None:
    """The sum over the tariffs where the meter has several (old firmware calls the first one the total)."""
    parts: list[float | None] = [getattr(said, f"energy_{way}_t{n}_kwh") for n in (1, 2, 3, 4)]
    if parts[0] is not None and parts[1] is not None:
        return round(sum(part for part in parts if part is not None), 6)
    total: float | None = getattr(said, f"energy_{way}_kwh")
    return total


def _phases(*values: float | None) -> tuple[float, ...]:
    """The phases that there are; a hole would put phase 3 in the place of phase 2."""
    told = tuple(value for value in values if value is not None)
    return told if values[: len(told)] == told else ()


async def _connect(options: Mapping[str, Any], ports: Ports) -> Device:
    device = HomeWizard(options, ports)
    await device.meet()
    return device


async def _probe(options: Mapping[str, Any], ports: Ports) -> Identity:
    return (await _connect(options, ports)).identity


KIND = DeviceKind(
    key="homewizard",
    options=(
        Option(key="host", type=OptionType.TEXT, required=True),
        Option(
            key="measures",
            type=OptionType.CHOICE,
            default="auto",
            choices=("auto", *MEASURES),
            advanced=True,
        ),
    ),
    brings=(Role.GRID, Role.SOLAR, Role.SWITCH),
    probe=_probe,
    connect=_connect,
    assets={Role.GRID: "grid", Role.SOLAR: "solar", Role.SWITCH: "load"},
    field_of_error=dict.fromkeys(
        ("cannot_connect", "silent_peer", "wrong_device", "bad_data", "api_disabled"), "host"
    ),
    discovery=("homewizard",),
    conduct=Conduct(writes_per_day={"": 100}, shows_within_s=30.0),
)
