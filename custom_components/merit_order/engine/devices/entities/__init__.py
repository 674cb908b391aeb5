"""Devices bound to entities that Home Assistant already has: one kind per thing a person owns."""

from ._device import bind
from .battery import BATTERY
from .loads import CHARGER, HEAT, SWITCH, TANK
from .meters import GRID, SOLAR

KINDS = tuple(bind(binding) for binding in (GRID, SOLAR, BATTERY, SWITCH, CHARGER, HEAT, TANK))
