"""HomeWizard plug-in batteries by API v2: told by the P1 or kWh meter that leads them, measured at one of them.

There is no power set-point and no timer, only modes. A wished power becomes the mode that comes nearest: charge as
fast as can be, charge from what is spare, stand still, feed the home's own need. What the batteries make of it is what
the reading shows. The mode that was there before is kept and put back by `Action.RELEASE`.

Access is given by a token, which a device hands out within 30 s after its button was pressed.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from aiohttp import ClientSession
from homewizard_energy import HomeWizardEnergyV2
from homewizard_energy.const import Model
from homewizard_energy.errors import (
    DisabledError,
    HomeWizardEnergyException,
    NotFoundError,
    RequestError,
    UnauthorizedError,
    UnsupportedError,
)
from homewizard_energy.models import Batteries
from mashumaro.exceptions import InvalidFieldValue, MissingField

from ..model.errors import (
    BadData,
    CannotConnect,
    InvalidAuth,
    SilentPeer,
    SourceError,
    WriteRefused,
    WrongDevice,
)
from ..model.options import Option, OptionType
from ..model.ports import Ports
from ..model.roles import Action, BatteryReading, Command, Identity, Readings, Role
from ._base import Conduct, Device, DeviceKind

POLL_S = 5.0
TIMEOUT_S = 5
USER = "merit_order"
CAPACITY_KWH = 2.7
"""One battery, by its data sheet. The API does not tell."""
FAST_SHARE = 0.5
"""Above half of what the batteries can take, charging at full power comes nearer than charging from what is spare."""
MODES = Batteries.Mode


class ButtonNotPressed(SourceError):
    """The device hands out a token only within 30 s after its button was pressed."""

    key = "press_button"


class HomeWizardBattery:
    """The batteries of a home: `meter` leads them, `battery` tells how full they are."""

    def __init__(self, options: Mapping[str, Any], ports: Ports) -> None:
        self._ports = ports
        self._hosts = (str(options["host"]).strip(), str(options["battery_host"]).strip())
        self._meter = _api(self._hosts[0], options.get("token"), ports.http)
        self._battery = _api(self._hosts[1], options.get("battery_token"), ports.http)
        self._identity: Identity | None = None
        self._limits: tuple[float, float] | None = None
        self._counters = {"failed": 0}
        self._told: Batteries.Mode | None = None

    @property
    def identity(self) -> Identity:
        """Who they are; known after `meet`."""
        assert self._identity is not None
        return self._identity

    @property
    def poll_s(self) -> float:
        """The API asks for at least half a second between questions."""
        return POLL_S

    async def meet(self) -> None:
        """Ask both who they are. Raises WrongDevice, InvalidAuth."""
        meter = await self._ask(0, self._meter.device)
        battery = await self._ask(1, self._battery.device)
        if not meter.supports_batteries():
            raise WrongDevice(
                f"{self._hosts[0]} is a {meter.product_name}, which leads no batteries",
                field="host",
                model=meter.product_name,
            )
        if battery.product_type != Model.BATTERY:
            raise WrongDevice(
                f"{self._hosts[1]} is a {battery.product_name}",
                field="battery_host",
                model=battery.product_name,
            )
        await self._ask(0, self._meter.batteries)
        self._identity = Identity(
            unique_id=f"homewizard_battery_{meter.serial}",
            manufacturer="HomeWizard",
            model=battery.product_type,
            name=battery.product_name,
            sw_version=battery.firmware_version,
            serial_number=battery.serial,
            roles=(Role.BATTERY,),
            writable=(Role.BATTERY,),
        )

    async def read(self) -> Readings:
        """What they say now. Charge and power of several batteries are taken to be shared evenly."""
        group = await self._ask(0, self._meter.batteries)
        one = await self._ask(1, self._battery.measurement)
        if one.state_of_charge_pct is None and one.energy_import_kwh is None:
            # The library takes an error's body for a measurement without values.
            raise BadData(f"{self._hosts[1]} tells nothing", field="battery_host")
        count = group.battery_count or 1
        self._limits = (group.max_consumption_w / 1000, group.max_production_w / 1000)
        soc = one.state_of_charge_pct
        battery = BatteryReading(
            power_kw=group.power_w / 1000,
            soc_percent=soc if soc is not None and 0 <= soc <= 100 else None,
            charge_kwh=None if one.energy_import_kwh is None else one.energy_import_kwh * count,
            discharge_kwh=None if one.energy_export_kwh is None else one.energy_export_kwh * count,
            capacity_kwh=CAPACITY_KWH * count,
            max_charge_kw=self._limits[0],
            max_discharge_kw=self._limits[1],
            mode=group.mode,
            own_schedule=(self._ports.store.load(self._shelf) or group.mode) == MODES.PREDICTIVE,
        )
        stands = {} if self._told is None else {Role.BATTERY: group.mode == self._told}
        return Readings(
            at=self._ports.clock.now(), battery=battery, stands=stands, counters=dict(self._counters)
        )

    async def write(self, command: Command) -> None:
        """Choose the mode that comes nearest, or put back the one that was there. Raises WriteRefused."""
        if command.role is not Role.BATTERY:
            raise WriteRefused(f"a battery takes no {command.role} command")
        if command.action in (Action.RELEASE, Action.LEAVE):
            self._told = None
            before = self._ports.store.load(self._shelf)
            if command.action is Action.RELEASE and before in set(MODES):
                await self._choose(MODES(before))
            if before is not None:
                self._ports.store.save(self._shelf, None)
            return
        if command.action is not Action.POWER or command.power_kw is None:
            raise WriteRefused(f"the battery cannot {command.action}", action=command.action)
        group = await self._ask(0, self._meter.batteries)
        if command.expires > self._ports.clock.now() and self._ports.store.load(self._shelf) is None:
            await self._ports.store.keep(self._shelf, str(group.mode or MODES.ZERO))
        mode = nearest(command.power_kw, group.max_consumption_w / 1000)
        await self._choose(mode)
        self._told = mode

    @property
    def _shelf(self) -> str:
        return f"devices/{self.identity.unique_id}/before"

    async def _choose(self, mode: Batteries.Mode) -> None:
        if (await self._ask(0, self._meter.batteries)).mode == mode:
            return
        self._ports.tally("mode")
        await self._ask(0, lambda: self._meter.batteries(mode=mode))
        says = (await self._ask(0, self._meter.batteries)).mode
        if says != mode:
            raise WriteRefused(f"the batteries are in mode {says}, not {mode}")

    async def _ask[T](self, which: int, request: Callable[[], Awaitable[T]]) -> T:
        try:
            return await asked(self._hosts[which], ("host", "battery_host")[which], request)
        except SourceError:
            self._counters["failed"] += 1
            raise

    async def close(self) -> None:
        """Nothing is held open: the web session is the home's."""


def nearest(power_kw: float, most_kw: float) -> Batteries.Mode:
    """The mode that comes nearest to a wished power (+ charge)."""
    if power_kw > FAST_SHARE * most_kw:
        return MODES.TO_FULL
    if power_kw > 0:
        return MODES.ZERO_CHARGE_ONLY
    return MODES.ZERO_DISCHARGE_ONLY if power_kw < 0 else MODES.STANDBY


async def asked[T](host: str, option: str, request: Callable[[], Awaitable[T]]) -> T:
    """The answer to a request, or the error that says what is wrong, with the option to blame as its `field`."""
    try:
        return await request()
    except UnauthorizedError as err:
        token = "token" if option == "host" else "battery_token"
        raise InvalidAuth(f"{host} refuses the token", field=token) from err
    except DisabledError as err:
        raise ButtonNotPressed(f"the button of {host} was not pressed", field=option, host=host) from err
    except (UnsupportedError, NotFoundError) as err:
        raise WrongDevice(f"{host} leads no batteries", field=option) from err
    except RequestError as err:
        if isinstance(err.__cause__, TimeoutError):
            raise SilentPeer(f"{host} does not answer", field=option) from err
        kind = CannotConnect if err.__cause__ is not None else BadData
        raise kind(f"{host}: {err}", field=option) from err
    except (
        HomeWizardEnergyException,
        InvalidFieldValue,
        MissingField,
        LookupError,
        TypeError,
        ValueError,
    ) as err:
        raise BadData(f"{host} answered nonsense: {err}", field=option) from err


def _api(host: str, token: str | None, http: ClientSession) -> HomeWizardEnergyV2:
    return HomeWizardEnergyV2(host, token=token or None, clientsession=http, timeout=TIMEOUT_S)


async def _pair(options: Mapping[str, Any], ports: Ports) -> Mapping[str, Any]:
    """Tokens for the devices that have none yet. Raises ButtonNotPressed."""
    got: dict[str, Any] = {}
    for option, token in (("host", "token"), ("battery_host", "battery_token")):
        if not options.get(token):
            host = str(options[option]).strip()
            api = _api(host, None, ports.http)
            got[token] = await asked(host, option, partial(api.get_token, USER))
    return got


async def _connect(options: Mapping[str, Any], ports: Ports) -> Device:
    device = HomeWizardBattery(options, ports)
    await device.meet()
    return device


async def _probe(options: Mapping[str, Any], ports: Ports) -> Identity:
    return (await _connect(options, ports)).identity


KIND = DeviceKind(
    key="homewizard_battery",
    options=(
        Option(key="host", type=OptionType.TEXT, required=True),
        Option(key="battery_host", type=OptionType.TEXT, required=True),
        Option(key="token", type=OptionType.SECRET, advanced=True),
        Option(key="battery_token", type=OptionType.SECRET, advanced=True),
    ),
    brings=(Role.BATTERY,),
    probe=_probe,
    connect=_connect,
    pair=_pair,
    assets={Role.BATTERY: "battery"},
    field_of_error=dict.fromkeys(
        ("cannot_connect", "silent_peer", "wrong_device", "bad_data", "press_button"), "host"
    )
    | {"invalid_auth": "token"},
    discovery=("homewizard",),
    conduct=Conduct(writes_per_day={"": 200}, shows_within_s=60.0, sets_power=False),
)
