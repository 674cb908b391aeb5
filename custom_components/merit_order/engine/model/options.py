"""What a person can set on a plug-in; config flow, docs and tests are made from it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .errors import InputError


class OptionType(StrEnum):
    """The control a person sees for an option."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    TEXT = "text"
    SECRET = "secret"
    CHOICE = "choice"
    TIME = "time"
    WEEKDAYS = "weekdays"
    ENTITY = "entity"
    STATISTIC = "statistic"
    PERIODS = "periods"
    """Rows of time-of-use: a list of {weekdays, start, end, months, price}."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One setting. Its name and description stand in the translations under its key.

    `unit` is display text ("kW"); `domains` and `device_class` narrow an entity choice;
    `advanced` ones are folded away.
    """

    key: str
    type: OptionType
    default: Any = None
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    unit: str | None = None
    choices: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    device_class: str | None = None
    advanced: bool = False


def settle(options: tuple[Option, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` completed with defaults and checked. Raises InputError naming what is missing or out of range."""
    settled: dict[str, Any] = {}
    for option in options:
        value = given.get(option.key, option.default)
        if value is None or value == "":
            if option.required:
                raise InputError(option.key, "is required")
            continue
        if option.type is OptionType.NUMBER:
            value = _number(option, value)
        elif option.type is OptionType.CHOICE and value not in option.choices:
            raise InputError(option.key, f"{value!r} is none of {', '.join(option.choices)}")
        settled[option.key] = value
    return settled


def _number(option: Option, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError) as err:
        raise InputError(option.key, f"{value!r} is not a number") from err
    low, high = option.minimum, option.maximum
    if math.isnan(number) or (low is not None and number < low) or (high is not None and number > high):
        raise InputError(option.key, f"{value} is outside {low} … {high}")
    return number
