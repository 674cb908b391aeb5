"""What a person is asked for a device by Modbus TCP, and which of the answers an error is about."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from ..model.options import Option, OptionType

FIELD_OF_ERROR: Final[Mapping[str, str]] = {
    "cannot_connect": "host",
    "silent_peer": "port",
    "wrong_unit": "unit",
    "wrong_device": "host",
    "bad_data": "host",
    "modbus_refused": "host",
}


def modbus_options(*, unit: int, timeout_s: int, advanced: bool = False) -> tuple[Option, ...]:
    """Address, port, unit and patience, with their defaults; port and unit are `advanced` where nobody changes them."""
    number = partial(Option, type=OptionType.NUMBER, step=1)
    return (
        Option(key="host", type=OptionType.TEXT, required=True),
        number(key="port", default=502, minimum=1, maximum=65535, advanced=advanced),
        number(key="unit", default=unit, minimum=0, maximum=255, advanced=advanced),
        number(key="timeout", default=timeout_s, minimum=2, maximum=30, unit="s", advanced=True),
    )
