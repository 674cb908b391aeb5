"""Huawei registers: any words decode to a number in range, or to None."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.merit_order.engine.devices import huawei_registers as reg
from custom_components.merit_order.engine.devices._registers import Block, Register, Words, text

WORDS = st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=64)


@given(st.integers(30000, 48000), WORDS)
def test_any_words_decode_to_a_number_in_range_or_none(start: int, raw: list[int]) -> None:
    words = Words()
    words.put(Block(start, len(raw)), raw)
    for name in dir(reg):
        register = getattr(reg, name)
        if isinstance(register, Register):
            value = words.number(register)
            assert value is None or register.low <= value <= register.high


@given(WORDS)
def test_any_words_are_text(raw: list[int]) -> None:
    assert text(raw).isprintable()


@pytest.mark.parametrize(
    ("register", "raw", "value"),
    [
        (reg.SOC, [505], 50.5),
        (reg.SOC, [0xFFFF], None),
        (reg.STORAGE_POWER, [0xFFFF, 0xFC18], -1.0),
        (reg.STORAGE_POWER, [0x7FFF, 0xFFFF], None),
        (reg.PV_ENERGY, [0xFFFF, 0xFFFF], None),
        (reg.PV_ENERGY, [1, 0], 655.36),
        (reg.CAPACITY, [0, 0], None),
    ],
)
def test_decoding(register: Register, raw: list[int], value: float | None) -> None:
    words = Words()
    words.put(Block(register.address, len(raw)), raw)
    assert words.number(register) == value
