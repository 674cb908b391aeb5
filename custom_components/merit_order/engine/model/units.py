"""Units as people and devices write them, turned into the house's own: kW, kWh, °C, currency/kWh."""

from .errors import InputError

POWER_KW = {"mW": 1e-6, "W": 1e-3, "kW": 1.0, "MW": 1e3}
ENERGY_KWH = {
    "mWh": 1e-6,
    "Wh": 1e-3,
    "kWh": 1.0,
    "MWh": 1e3,
    "J": 1 / 3.6e6,
    "kJ": 1 / 3.6e3,
    "MJ": 1 / 3.6,
}
ENERGY_PER_PRICE = {"Wh": 1e-3, "kWh": 1.0, "MWh": 1e3}
MINOR_COINS = {
    "c": 100.0,
    "ct": 100.0,
    "cent": 100.0,
    "cents": 100.0,
    "p": 100.0,
    "pence": 100.0,
    "¢": 100.0,
    "öre": 100.0,
    "øre": 100.0,
    "Øre": 100.0,
    "Öre": 100.0,
}


def power_kw(value: float, unit: str | None) -> float:
    """A power in kW. Raises InputError on a unit that is not a power (a missing unit is not guessed)."""
    return value * _factor(POWER_KW, unit, "power")


def energy_kwh(value: float, unit: str | None) -> float:
    """An energy in kWh. Raises InputError on a unit that is not an energy."""
    return value * _factor(ENERGY_KWH, unit, "energy")


def temperature_c(value: float, unit: str | None) -> float:
    """A temperature in °C. Raises InputError on an unknown unit."""
    match unit:
        case "°C":
            return value
        case "°F":
            return (value - 32) / 1.8
        case "K":
            return value - 273.15
    raise InputError("unit", f"{unit!r} is not a temperature unit")


def price_per_kwh(value: float, unit: str | None) -> float:
    """A price in whole currency per kWh from units such as `EUR/kWh`, `p/kWh`, `ct/kWh`, `EUR/MWh`."""
    coin, slash, energy = (unit or "").replace(" ", "").partition("/")
    if not slash or energy not in ENERGY_PER_PRICE:
        raise InputError("unit", f"{unit!r} is not a price per energy")
    return value / MINOR_COINS.get(coin, 1.0) / ENERGY_PER_PRICE[energy]


def _factor(table: dict[str, float], unit: str | None, what: str) -> float:
    if unit not in table:
        raise InputError("unit", f"{unit!r} is not a unit of {what}")
    return table[unit]
