"""What the plan wants, turned into what a device may be told: clamped to what it can, and for a short time only.

Pure. A command is a lease: it ends by itself, and is written again while the plan still wants the same.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from .assets._vehicle import VehicleParams
from .model.codec import from_json
from .model.plan import Intent
from .model.roles import Action, BatteryReading, Command, Readings, Role
from .model.snapshot import AssetSpec

# Long enough to bridge a plan that comes late, short enough that a home left alone is itself again within minutes.
LEASE = timedelta(minutes=5)
# A lease never ends before this: devices count in minutes, and a command that is over on arrival is refused.
SHORTEST = timedelta(minutes=1)
# Leases are renewed at this age, so that one lost write does not end them.
RENEW_AFTER = timedelta(seconds=90)
# Below this a battery works at a loss of a tenth and more, and no meter tells it from noise.
QUIET_KW = 0.05
# A new set-point is worth a write only beyond the noise of the forecast it came from.
SAME_KW = 0.1
SAME_SHARE = 0.05
VOLT = 230.0


def command_for(
    intent: Intent, spec: AssetSpec, role: Role, readings: Readings | None, now: datetime
) -> Command:
    """What to tell the part `role` of the asset's device, with the intent's reason or its mode as the reason.

    Without fresh readings it is given back to itself.
    """
    expires = min(now + LEASE, max(intent.until, now + SHORTEST))

    def give_back(reason: str) -> Command:
        return Command(role=role, action=Action.RELEASE, expires=now, reason=reason)

    reason = intent.reason or intent.mode
    if intent.mode in ("self", "release"):
        return give_back(reason)
    if role is Role.BATTERY:
        battery = readings.battery if readings is not None else None
        if battery is None or battery.soc_percent is None:
            return give_back("no_reading")
        if intent.mode == "off":
            return give_back("off")
        power = battery_power(intent.power_kw if intent.mode != "hold" else 0.0, spec.params, battery)
        return Command(role=role, action=Action.POWER, expires=expires, power_kw=power, reason=reason)
    wanted_on = intent.mode != "off"
    if role is Role.CHARGER and wanted_on:
        amperes = charging_current(intent.power_kw, spec.params)
        phases = charging_phases(intent.power_kw, spec.params) if spec.params.get("phase_switching") else None
        return Command(
            role=role,
            action=Action.CURRENT,
            expires=expires,
            current_a=amperes,
            phases=phases,
            reason=reason,
        )
    if (target := set_point(role, spec.params, readings, wanted_on=wanted_on)) is not None:
        return Command(role=role, action=Action.TARGET, expires=expires, target_c=target, reason=reason)
    action = Action.ON if wanted_on else Action.OFF
    return Command(role=role, action=action, expires=expires, reason=reason)


def set_point(
    role: Role, params: Mapping[str, Any], readings: Readings | None, *, wanted_on: bool
) -> float | None:
    """What a thermostat is to hold, in °C: as much as is wished while the plan wants heat, else what is wished at
    least, so that it still guards that by itself. None for what has no set-point, or is switched off.
    """
    if role is Role.HEAT:
        part = readings.heat if readings is not None else None
        low, high, periods = params.get("low_c", 20.0), params.get("high_c", 22.0), params.get("periods", ())
        lows = [low, *(period["low"] for period in periods if period.get("low") is not None)]
        highs = [high, *(period["high"] for period in periods if period.get("high") is not None)]
        wished = float(max(highs) if wanted_on else min(lows))
        return wished if part is not None and part.target_c is not None else None
    if role is Role.TANK:
        tank = readings.tank if readings is not None else None
        wished = float(params.get("max_c", 65.0) if wanted_on else params.get("min_c", 40.0))
        return wished if tank is not None and tank.target_c is not None else None
    return None


def battery_power(power_kw: float, params: Mapping[str, Any], reading: BatteryReading) -> float:
    """Power within what the battery can and may: full it does not charge, at its lowest level it does not discharge."""
    soc = reading.soc_percent
    assert soc is not None
    if abs(power_kw) < QUIET_KW:
        return 0.0
    if power_kw > 0:
        if soc >= params.get("max_soc", 100.0):
            return 0.0
        return min(power_kw, _least(reading.max_charge_kw, params.get("max_charge_kw")))
    if soc <= max(params.get("min_soc", 5.0), params.get("reserve_soc", 0.0)):
        return 0.0
    return -min(-power_kw, _least(reading.max_discharge_kw, params.get("max_discharge_kw")))


def charging_phases(power_kw: float, params: Mapping[str, Any]) -> int:
    """On how many phases a car charges at `power_kw`: on one when it may switch and all of them need more."""
    car = from_json(VehicleParams, dict(params))
    on_all = max(car.phases, 1)
    least = car.min_current_a * on_all * car.voltage / 1000
    return 1 if car.phase_switching and power_kw < least - 1e-6 else on_all


def charging_current(power_kw: float, params: Mapping[str, Any]) -> float:
    """Amperes per phase, in the charger's steps, never above the planned power nor the most it may."""
    car = from_json(VehicleParams, dict(params))
    step = car.current_step_a if car.current_step_a > 0 else 1.0
    amperes = power_kw * 1000 / (car.voltage * charging_phases(power_kw, params))
    return float(min(int(amperes / step + 1e-6) * step, car.max_current_a))


def needs_write(command: Command, running: Command | None, readings: Readings | None, now: datetime) -> bool:
    """Whether the device must be told: it is not told yet, something else was told, or the lease grows old."""
    if command.action is Action.RELEASE:
        return running is not None
    if running is None or running.action is not command.action:
        return _is_so(command, readings) is not True or running is not None or command.action is Action.POWER
    if command.action is Action.POWER:
        was, wanted = running.power_kw or 0.0, command.power_kw or 0.0
        if abs(wanted - was) > max(SAME_KW, SAME_SHARE * abs(was)) or (wanted == 0.0) != (was == 0.0):
            return True
        return running.expires - now <= LEASE - RENEW_AFTER and command.expires > running.expires
    if command.action is Action.CURRENT:
        return (command.current_a, command.phases) != (running.current_a, running.phases)
    if command.action is Action.TARGET:
        return command.target_c != running.target_c
    # A relay nobody has heard of lately was told already: telling it again each half minute would only wear it.
    return _is_so(command, readings) is False


def _is_so(command: Command, readings: Readings | None) -> bool | None:
    """Whether a relay stands as it should already; None when nothing says how it stands."""
    switch = readings.switch if readings is not None else None
    if command.role is not Role.SWITCH or switch is None or switch.on is None:
        return None
    return switch.on is (command.action is Action.ON)


def _least(*limits: float | None) -> float:
    return min((limit for limit in limits if limit is not None), default=float("inf"))
