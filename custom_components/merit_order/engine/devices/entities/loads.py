"""Things that use power and that Home Assistant knows: relays, wallboxes, heating, hot-water tanks."""

from dataclasses import replace

from ...model.errors import WriteRefused
from ...model.options import Option, OptionType
from ...model.roles import Action, ChargerReading, Command, HeatReading, Role, SwitchReading, TankReading
from .._base import Conduct
from ._bound import Bound
from ._device import Binding, chosen, refuse, sensor

RELAYS = ("switch", "input_boolean", "light", "fan")
MIN_CHARGE_A = 6.0
"""IEC 61851: a car is offered 6 A or nothing."""


def _switch(bound: Bound) -> SwitchReading:
    return SwitchReading(
        on=bound.on("switch"), power_kw=bound.power("power"), energy_kwh=bound.energy("energy")
    )


async def _toggle(bound: Bound, command: Command, option: str = "switch") -> None:
    if command.action not in (Action.ON, Action.OFF) or not bound.has(option):
        raise refuse(command)
    await bound.borrow(bound.options[option], command.action.value)


def _charger(bound: Bound) -> ChargerReading:
    return ChargerReading(
        power_kw=bound.power("power"),
        energy_kwh=bound.energy("energy"),
        connected=_connected(bound),
        current_a=bound.plain("current", 0.0, 200.0),
        soc_percent=bound.plain("soc", 0.0, 100.0),
    )


def _connected(bound: Bound) -> bool | None:
    state = bound.entity("connected")
    if state is None or state.state is None:
        return None
    named = bound.options.get("connected_states") or "on"
    return state.state.casefold() in {name.strip().casefold() for name in named.split(",")}


async def _charge(bound: Bound, command: Command) -> None:
    """By scripts the person picked; by a number for the current; by a switch alone, which knows on and off."""
    if bound.has("charge_script", "stop_script"):
        await _charge_by_script(bound, command)
        return
    current, switch = bound.options.get("current"), bound.options.get("switch")
    if command.action is Action.CURRENT and command.current_a is not None and current:
        if command.current_a < MIN_CHARGE_A:
            await bound.borrow(switch or current, "off" if switch else 0.0)
            return
        if command.phases is not None and bound.has("phases"):
            await _on_phases(bound, command.phases)
        await bound.borrow(current, command.current_a)
        if switch:
            await bound.borrow(switch, "on")
        return
    if command.action is Action.CURRENT and command.current_a is not None:
        on = command.current_a >= MIN_CHARGE_A
        command = replace(command, action=Action.ON if on else Action.OFF)
    await _toggle(bound, command)


async def _charge_by_script(bound: Bound, command: Command) -> None:
    amps = command.current_a if command.action is Action.CURRENT else None
    if command.action not in (Action.CURRENT, Action.ON, Action.OFF):
        raise refuse(command)
    stops = command.action is Action.OFF or (amps is not None and amps < MIN_CHARGE_A)
    script = bound.options.get("stop_script" if stops else "charge_script")
    if not script:
        raise refuse(command)
    known = {"current_a": amps, "phases": command.phases}
    wished = {name: value for name, value in known.items() if value is not None and not stops}
    await bound.run(script, wished)


async def _end_scripts(bound: Bound) -> dict[str, str]:
    if bound.has("release_script"):
        await bound.run(bound.options["release_script"], {})
    return {}


async def _on_phases(bound: Bound, phases: int) -> None:
    """Set the number, or the option that names it. Raises WriteRefused."""
    entity_id = bound.options["phases"]
    if not entity_id.startswith(("select.", "input_select.")):
        await bound.borrow(entity_id, float(phases))
        return
    state = bound.entity("phases")
    named = state.attributes.get("options") or () if state is not None else ()
    option = next((name for name in named if str(phases) in str(name)), None)
    if option is None:
        raise WriteRefused(f"{entity_id} offers no {phases} phases", entity=entity_id)
    await bound.borrow(entity_id, option)


def _heat(bound: Bound) -> HeatReading:
    room = bound.temperature("room_temperature")
    return HeatReading(
        power_kw=bound.power("power"),
        energy_kwh=bound.energy("energy"),
        room_c=room if room is not None else bound.attribute_c("climate", "current_temperature"),
        target_c=bound.attribute_c("climate", "temperature"),
        flow_c=bound.temperature("flow_temperature"),
    )


def _tank(bound: Bound) -> TankReading:
    temperature = bound.temperature("temperature")
    return TankReading(
        power_kw=bound.power("power"),
        energy_kwh=bound.energy("energy"),
        temperature_c=temperature
        if temperature is not None
        else bound.attribute_c("tank", "current_temperature"),
        target_c=bound.attribute_c("tank", "temperature"),
    )


async def _aim(bound: Bound, command: Command, option: str) -> None:
    entity_id: str = bound.options[option]
    if command.action is not Action.TARGET or command.target_c is None:
        await _toggle(bound, command, option)
    elif entity_id.startswith(("climate.", "water_heater.")):
        await bound.borrow_target(entity_id, command.target_c)
    else:
        raise refuse(command)


async def _warm(bound: Bound, command: Command) -> None:
    await _aim(bound, command, "climate")


async def _fill(bound: Bound, command: Command) -> None:
    await _aim(bound, command, "tank")


METER = (sensor("power", "power"), sensor("energy", "energy"))

SWITCH = Binding(
    role=Role.SWITCH,
    asset="load",
    name="Switchable load",
    options=(chosen("switch", *RELAYS, required=True), *METER),
    main=("switch",),
    read=_switch,
    write=_toggle,
    conduct=Conduct(writes_per_day={"": 100}, shows_within_s=30.0),
)

CHARGER = Binding(
    role=Role.CHARGER,
    asset="vehicle",
    name="Charger",
    options=(
        chosen("switch", *RELAYS),
        chosen("current", "number", "input_number"),
        *METER,
        chosen("connected", "binary_sensor", "sensor", "input_boolean", "device_tracker"),
        Option(key="connected_states", type=OptionType.TEXT, advanced=True),
        chosen("phases", "number", "select", "input_number", "input_select", advanced=True),
        sensor("soc", "battery"),
        *(chosen(f"{wish}_script", "script", advanced=True) for wish in ("charge", "stop", "release")),
    ),
    main=("switch", "current", "power", "connected"),
    read=_charger,
    write=_charge,
    release=_end_scripts,
    conduct=Conduct(
        writes_per_day={"": 600},
        shows_within_s=90.0,
        # A script is given the phases and may set them.
        switches_phases=lambda options: bool(options.get("phases") or options.get("charge_script")),
    ),
    writable=lambda bound: bound.has("switch", "current", "charge_script", "stop_script"),
)

HEAT = Binding(
    role=Role.HEAT,
    asset="heating",
    name="Heating",
    options=(
        chosen("climate", "climate", required=True),
        *METER,
        sensor("room_temperature", "temperature"),
        sensor("flow_temperature", "temperature", advanced=True),
        # Read only to learn from: what the pump gave for what it used.
        sensor("heat_energy", "energy", advanced=True),
    ),
    main=("climate",),
    read=_heat,
    write=_warm,
    # Many thermostats keep their set-point in memory that wears out.
    conduct=Conduct(writes_per_day={"": 50}, shows_within_s=60.0),
)

TANK = Binding(
    role=Role.TANK,
    asset="hot_water",
    name="Hot water",
    options=(
        chosen("tank", "water_heater", "climate", *RELAYS, required=True),
        sensor("temperature", "temperature"),
        *METER,
    ),
    main=("tank",),
    read=_tank,
    write=_fill,
    conduct=Conduct(writes_per_day={"": 50}, shows_within_s=60.0),
)
