"""A home battery that Home Assistant already knows, told what to do the way its integration offers.

Three ways, tried in this order: scripts the person picked; a select of working modes with a number for the
power; a number for the power alone.
"""

from ...model.options import Option, OptionType
from ...model.roles import Action, BatteryReading, Command, Role
from .._base import Conduct
from ._bound import Bound, difference, signed
from ._device import Binding, chosen, refuse, sensor

SIGNS = ("charge_positive", "discharge_positive")


def _read(bound: Bound) -> BatteryReading:
    if bound.has("power"):
        power = signed(bound.power("power"), bound.options.get("power_sign"), "discharge_positive")
    else:
        power = difference(
            bound.power("charge_power"), bound.power("discharge_power"), both=bound.has("discharge_power")
        )
    mode = bound.entity("control_mode")
    return BatteryReading(
        power_kw=power,
        soc_percent=bound.plain("soc", 0.0, 100.0),
        charge_kwh=bound.energy("charge_energy"),
        discharge_kwh=bound.energy("discharge_energy"),
        capacity_kwh=bound.options.get("capacity_kwh"),
        max_charge_kw=bound.options.get("max_charge_kw"),
        max_discharge_kw=bound.options.get("max_discharge_kw"),
        mode=None if mode is None else mode.state,
    )


async def _write(bound: Bound, command: Command) -> None:
    if command.action is not Action.POWER or command.power_kw is None:
        raise refuse(command)
    power = min(
        max(command.power_kw, -bound.options.get("max_discharge_kw", float("inf"))),
        bound.options.get("max_charge_kw", float("inf")),
    )
    wish = "charge" if power > 0 else "discharge" if power < 0 else "hold"
    if bound.has("charge_script", "discharge_script", "hold_script"):
        script = bound.options.get(f"{wish}_script")
        if not script:
            raise refuse(command)
        minutes = max((command.expires - bound.ports.clock.now()).total_seconds() / 60, 0.0)
        await bound.run(
            script,
            {"power_kw": abs(power), "power_w": round(abs(power) * 1000), "minutes": round(minutes, 1)},
        )
        return
    await _write_entities(bound, command, power, wish)


async def _write_entities(bound: Bound, command: Command, power: float, wish: str) -> None:
    mode = bound.options.get("control_mode")
    option = bound.options.get(f"{wish}_option")
    number = bound.options.get("control_power")
    if mode and not option and not number:
        raise refuse(command)
    into, out = (bound.options.get(f"{way}_option") for way in ("charge", "discharge"))
    # With a mode for each direction the number is a size; with one for both, or none, it carries the direction too.
    sized = bool(mode and option and into != out)
    # Only a mode of its own stands still by itself: in another the last number would go on.
    if number and (wish != "hold" or not mode or not option or option in (into, out)):
        size = abs(power) if sized else power
        if not sized and bound.options.get("control_sign") == "discharge_positive":
            size = -size
        state = bound.entity("control_power")
        await bound.borrow(number, size if state is not None and state.unit == "kW" else size * 1000)
    if mode and option:
        await bound.borrow(mode, option)


async def _release(bound: Bound) -> dict[str, str]:
    if bound.has("release_script"):
        await bound.run(bound.options["release_script"], {})
    mode, own = bound.options.get("control_mode"), bound.options.get("release_option")
    return {mode: own} if mode and own else {}


BATTERY = Binding(
    role=Role.BATTERY,
    asset="battery",
    name="Battery",
    options=(
        sensor("power", "power"),
        Option(key="power_sign", type=OptionType.CHOICE, default=SIGNS[0], choices=SIGNS),
        sensor("charge_power", "power", advanced=True),
        sensor("discharge_power", "power", advanced=True),
        sensor("soc", "battery", required=True),
        sensor("charge_energy", "energy"),
        sensor("discharge_energy", "energy"),
        *(
            Option(key=key, type=OptionType.NUMBER, minimum=0.1, maximum=1000.0, step=0.1, unit=unit)
            for key, unit in (("capacity_kwh", "kWh"), ("max_charge_kw", "kW"), ("max_discharge_kw", "kW"))
        ),
        chosen("control_power", "number", "input_number", advanced=True),
        Option(key="control_sign", type=OptionType.CHOICE, default=SIGNS[0], choices=SIGNS, advanced=True),
        chosen("control_mode", "select", "input_select", advanced=True),
        *(
            Option(key=f"{wish}_option", type=OptionType.TEXT, advanced=True)
            for wish in ("charge", "discharge", "hold", "release")
        ),
        *(
            chosen(f"{wish}_script", "script", advanced=True)
            for wish in ("charge", "discharge", "hold", "release")
        ),
    ),
    main=("soc", "power", "charge_power"),
    read=_read,
    write=_write,
    release=_release,
    # Behind a select or a number there may be memory that wears out. A script has its minutes and is run again in time.
    conduct=Conduct(
        writes_per_day={"": 300, "script.": 1500},
        shows_within_s=90.0,
        # A lone number is a power: given back, it stands where it stood.
        follows=lambda options: bool(options.get("control_mode") or options.get("charge_script")),
    ),
    writable=lambda bound: bound.has(
        "control_power", "control_mode", "charge_script", "discharge_script", "hold_script"
    ),
)
