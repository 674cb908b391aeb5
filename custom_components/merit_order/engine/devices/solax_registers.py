"""Registers of SolaX hybrid inverters of the fourth generation (X1/X3-Hybrid-G4), as data.

Facts: the vendor's "Hybrid-X1&X3-G4 ModbusTCP&RTU V3.21". Numbers of 32 bits have their low word first.
"""

from dataclasses import replace

from ._registers import Block, Register, i16, i32, u16, u32


def _low_first(register: Register) -> Register:
    return replace(register, low_first=True)


# Holding registers. Text: serial, factory and module, 14 characters each.
IDENTITY = Block(0x00, 21)
NAME_WORDS = 7

# Input registers.
INVERTER = Block(0x0A, 30)
PV_POWER = (u16(0x0A, 1000, 0, 60, "kW"), u16(0x0B, 1000, 0, 60, "kW"))
BATTERY_VOLTS = i16(0x14, 10, 0, 1000, "V")
BATTERY_POWER = i16(0x16, 1000, -32, 32, "kW")
BMS_CONNECTED = u16(0x17, 1, 0, 1)
SOC = u16(0x1C, 1, 0, 100, "%")
DISCHARGED = _low_first(u32(0x1D, 10, 0, 1e7, "kWh"))
CHARGED = _low_first(u32(0x21, 10, 0, 1e7, "kWh"))
MAX_CHARGE_AMPS = u16(0x24, 10, 0, 1000, "A")
MAX_DISCHARGE_AMPS = u16(0x25, 10, 0, 1000, "A")
CAPACITY = _low_first(u32(0x26, 1000, 0.5, 1000, "kWh"))

METER = Block(0x46, 6)
EXPORT_POWER = _low_first(i32(0x46, 1000, -1000, 1000, "kW"))
EXPORTED = _low_first(u32(0x48, 100, 0, 1e7, "kWh"))
IMPORTED = _low_first(u32(0x4A, 100, 0, 1e7, "kWh"))

LOCK = Block(0x54, 1)
LOCKED = u16(0x54, 1, 0, 2)
SOLAR_TOTAL = Block(0x94, 2)
PV_ENERGY = _low_first(u32(0x94, 10, 0, 1e7, "kWh"))

REMOTE = Block(0x100, 14)
REMOTE_MODE = u16(0x100, 1, 0, 10)
REMOTE_POWER = _low_first(i32(0x102, 1000, -1000, 1000, "kW"))
REMOTE_UPPER = _low_first(i32(0x10A, 1000, -1000, 1000, "kW"))
REMOTE_LOWER = _low_first(i32(0x10C, 1000, -1000, 1000, "kW"))

# What is written: the unlock word, and remote control (13 registers at once, volatile, with its own end).
UNLOCK, PASSWORD = 0x00, 2014
"""2014 lets users' settings through. The installers' password 6868 is never used."""
REMOTE_CONTROL, REMOTE_WORDS = 0x7C, 13
WRITES = {(6, UNLOCK): 1, (16, REMOTE_CONTROL): REMOTE_WORDS}
"""All that is ever written. The same addresses mean other things to the other function: function 6 at 0x7C and 0xA0
are grid-code and meter settings, in EEPROM."""


def remote_control(mode: int, watts: int, seconds: int) -> list[int]:
    """The 13 words: mode, set type, active and reactive power (i32), duration, target SoC, energy, power, timeout."""
    power = watts & 0xFFFF_FFFF
    return [mode, 1 if mode else 0, power & 0xFFFF, power >> 16, 0, 0, seconds, 0, 0, 0, 0, 0, 0]
