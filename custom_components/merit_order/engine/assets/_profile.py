"""The power of one run, step by step, as a person types it."""

import math
import re

from ..model.errors import InputError

MOST_KW = 100.0
MOST_STEPS = 96
"""A day of quarter hours."""


def read_profile(text: str, field: str) -> list[float]:
    """kW of each quarter hour: "0.7 1.8 0.1", "0,7; 1,8; 0,1" or "0.7, 1.8, 0.1". Raises InputError naming `field`."""
    found = [
        _kw(word, text, field) for word in re.split(r"[\s;]+|,(?=\s)|(?<=\.\d),|(?<=\.\d\d),", text) if word
    ]
    if not found or len(found) > MOST_STEPS or not any(found):
        raise InputError(field, f"{text!r} is no row of powers")
    return found


def _kw(word: str, text: str, field: str) -> float:
    try:
        kw = float(word.replace(",", "."))
    except ValueError as err:
        raise InputError(field, f"{word!r} in {text!r} is not a number") from err
    if math.isnan(kw) or not 0 <= kw <= MOST_KW:
        raise InputError(field, f"{word} is outside 0 … {MOST_KW:.0f} kW")
    return kw
