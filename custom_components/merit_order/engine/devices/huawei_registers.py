"""Registers of Huawei's SUN2000 inverters and LUNA2000 batteries, as data.

Addresses, widths, gains and units: the register map of olivergregorius/sun2000_modbus (MIT) and the vendor's
"Solar Inverter Modbus Interface Definitions". Ranges say what a home can be: a value outside is a fault of the line.
"""

from ._registers import Block, i32, u16, u32

# Identity. Text: model 15 registers, serial 10.
IDENTITY = Block(30000, 25)
MODEL_WORDS = 15
SOFTWARE = Block(31025, 15)

# What the inverter is rated to pass on (AC), sun and battery together.
RATING = Block(30073, 2)
RATED_POWER = u32(30073, 1000, 0.5, 1000, "kW")

# Inverter: DC power of the panels, yield since installation.
INVERTER = Block(32064, 2)
PV_POWER = i32(32064, 1000, -1, 1000, "kW")
YIELD = Block(32106, 2)
PV_ENERGY = u32(32106, 100, 0, 1e7, "kWh")

# Meter: power + = export.
METER = Block(37100, 23)
METER_STATUS = u16(37100, 1, 0, 10)
PHASE_VOLTAGE = tuple(i32(37101 + 2 * n, 10, 0, 480, "V") for n in range(3))
PHASE_CURRENT = tuple(i32(37107 + 2 * n, 100, -1000, 1000, "A") for n in range(3))
EXPORT_POWER = i32(37113, 1000, -1000, 1000, "kW")
EXPORTED = i32(37119, 100, 0, 1e7, "kWh")
IMPORTED = i32(37121, 100, 0, 1e7, "kWh")

# Storage: power + = charge.
STORAGE = Block(37758, 3)
CAPACITY = u32(37758, 1000, 0.5, 1000, "kWh")
SOC = u16(37760, 10, 0, 100, "%")
STORAGE_NOW = Block(37762, 5)
STORAGE_POWER = i32(37765, 1000, -500, 500, "kW")
STORAGE_TOTALS = Block(37780, 4)
CHARGED = u32(37780, 100, 0, 1e7, "kWh")
DISCHARGED = u32(37782, 100, 0, 1e7, "kWh")
STORAGE_LIMITS = Block(37046, 4)
MAX_CHARGE = u32(37046, 1000, 0, 500, "kW")
MAX_DISCHARGE = u32(37048, 1000, 0, 500, "kW")

# Forced charge and discharge: power and minutes first, 47100 last. The inverter's own timer ends it.
FORCED_MINUTES = 47083
FORCED = 47100
FORCED_TO_SOC = 47246
FORCED_CHARGE_W = 47247
FORCED_DISCHARGE_W = 47249
FORCED_STATE = Block(FORCED, 1)
FORCED_COMMAND = u16(FORCED, 1, 0, 2)
FORCED_BLOCKS = (Block(FORCED_CHARGE_W, 4), Block(FORCED_MINUTES, 1), Block(FORCED_TO_SOC, 1), FORCED_STATE)
STOP, CHARGE, DISCHARGE = 0, 1, 2
WORKING = Block(47086, 1)
WORKING_MODE = u16(47086, 1, 0, 20)
TIME_OF_USE = 5
"""The mode in which a LUNA2000 follows the schedule that was entered in the maker's app."""

WRITES = {
    (16, FORCED_MINUTES): 1,
    (16, FORCED): 1,
    (16, FORCED_TO_SOC): 1,
    (16, FORCED_CHARGE_W): 2,
    (16, FORCED_DISCHARGE_W): 2,
}
"""All that is ever written, by function and address, with its width. 47075 and 47077 (limits that do not revert) are
left out on purpose: a battery whose limits stay at zero after a failure is dead until somebody notices. Function 16
throughout: some firmware refuses function 6 here."""
