"""What a device can be to a home: the parts it may have, what each tells, what each takes.

Every value is optional: absent is None, never zero. Power in kW, energy in kWh (rising totals), SoC in percent.
Grid + = import, battery + = charge, solar >= 0, load >= 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """A part of a device, and the field of `Readings` that carries it."""

    GRID = "grid"
    SOLAR = "solar"
    BATTERY = "battery"
    CHARGER = "charger"
    SWITCH = "switch"
    HEAT = "heat"
    TANK = "tank"


@dataclass(frozen=True, slots=True, kw_only=True)
class GridReading:
    """A grid meter."""

    power_kw: float | None = None
    import_kwh: float | None = None
    export_kwh: float | None = None
    quarter_demand_kw: float | None = None
    """Mean demand of the running quarter hour if nothing more were used (the meter counts up from 0)."""
    month_peak_kw: float | None = None
    month_peak_at: datetime | None = None
    peak_history_kw: tuple[float, ...] = ()
    """Monthly peaks of the past months, newest first."""
    phase_current_a: tuple[float, ...] = ()
    phase_voltage_v: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SolarReading:
    """Panels behind one inverter, which passes on `inverter_kw` at most (AC), with a battery's that hangs on it too."""

    power_kw: float | None = None
    energy_kwh: float | None = None
    inverter_kw: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryReading:
    """A home battery."""

    power_kw: float | None = None
    soc_percent: float | None = None
    charge_kwh: float | None = None
    discharge_kwh: float | None = None
    capacity_kwh: float | None = None
    max_charge_kw: float | None = None
    max_discharge_kw: float | None = None
    mode: str | None = None
    """What the device itself says it does now, for people to read."""
    own_schedule: bool | None = None
    """Whether it follows a schedule of its own (time of use) when it is left to itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargerReading:
    """A wallbox, and what is known of the car on it."""

    power_kw: float | None = None
    energy_kwh: float | None = None
    connected: bool | None = None
    current_a: float | None = None
    soc_percent: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchReading:
    """A relay with or without a meter in it."""

    on: bool | None = None
    power_kw: float | None = None
    energy_kwh: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatReading:
    """A heat pump, boiler or circuit that heats rooms."""

    power_kw: float | None = None
    energy_kwh: float | None = None
    room_c: float | None = None
    target_c: float | None = None
    flow_c: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TankReading:
    """A hot-water tank."""

    power_kw: float | None = None
    energy_kwh: float | None = None
    temperature_c: float | None = None
    target_c: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Everything one device says at one moment (`at`, aware UTC)."""

    at: datetime
    grid: GridReading | None = None
    solar: SolarReading | None = None
    battery: BatteryReading | None = None
    charger: ChargerReading | None = None
    switch: SwitchReading | None = None
    heat: HeatReading | None = None
    tank: TankReading | None = None
    counters: Mapping[str, int] = field(default_factory=dict)
    """Health: telegrams or answers that were corrupt, late, refused; by name, since start."""
    stands: Mapping[Role, bool] = field(default_factory=dict)
    """Whether a part, read back, stands as we left it: as told, or by itself when told nothing. A part that cannot say
    is not in it."""


class Action(StrEnum):
    """What a part can be told."""

    POWER = "power"
    """Battery: hold `power_kw` (+ charge, − discharge, 0 = hold still) until the lease ends."""
    RELEASE = "release"
    """Give the part back to its own logic (battery: self-consumption; switch: what it was)."""
    LEAVE = "leave"
    """Someone else's hand is on the part: it stays as it stands, and what stood before us is forgotten."""
    ON = "on"
    OFF = "off"
    CURRENT = "current"
    """Charger: offer `current_a`."""
    TARGET = "target"
    """Heat or tank: hold `target_c`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing told to one part of one device. It is a lease: it ends by itself at `expires`."""

    role: Role
    action: Action
    expires: datetime
    power_kw: float | None = None
    current_a: float | None = None
    phases: int | None = None
    """With a current: on so many phases, where the charger can switch."""
    target_c: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who answered: shown to the person before anything is saved, and the source of unique ids."""

    unique_id: str
    manufacturer: str
    model: str
    name: str
    sw_version: str | None = None
    serial_number: str | None = None
    roles: tuple[Role, ...] = ()
    writable: tuple[Role, ...] = ()
