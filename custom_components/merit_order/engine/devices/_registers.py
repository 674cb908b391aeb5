"""Numbers and text in Modbus registers: how they lie there, and what of them can be believed.

A value that a device marks as invalid, or that no home can have, is None and counted, never zero.
"""

from dataclasses import dataclass

INVALID = {
    ("u", 1): 0xFFFF,
    ("i", 1): 0x7FFF,
    ("u", 2): 0xFFFF_FFFF,
    ("i", 2): 0x7FFF_FFFF,
}
"""What devices send for a value they do not have, by sign and width."""


@dataclass(frozen=True, slots=True)
class Register:
    """A number of `width` registers; the raw number divided by `gain` is in `unit`, and believed within low … high.

    The high word comes first unless `low_first`.
    """

    address: int
    width: int
    sign: str
    gain: float
    low: float
    high: float
    unit: str = ""
    low_first: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Registers that are read in one request."""

    address: int
    count: int


def u16(address: int, gain: float, low: float, high: float, unit: str = "") -> Register:
    """An unsigned number in one register."""
    return Register(address, 1, "u", gain, low, high, unit)


def i16(address: int, gain: float, low: float, high: float, unit: str = "") -> Register:
    """A signed number in one register."""
    return Register(address, 1, "i", gain, low, high, unit)


def u32(address: int, gain: float, low: float, high: float, unit: str = "") -> Register:
    """An unsigned number in two registers."""
    return Register(address, 2, "u", gain, low, high, unit)


def i32(address: int, gain: float, low: float, high: float, unit: str = "") -> Register:
    """A signed number in two registers."""
    return Register(address, 2, "i", gain, low, high, unit)


class Words:
    """Registers as they came, by address."""

    def __init__(self) -> None:
        self._words: dict[int, int] = {}
        self.invalid = 0
        self.implausible = 0

    def drop(self, block: Block) -> None:
        """Forget a block: what is not answered again is not known."""
        for address in range(block.address, block.address + block.count):
            self._words.pop(address, None)

    def put(self, block: Block, words: list[int]) -> None:
        """Keep the answer to a block."""
        self._words.update(zip(range(block.address, block.address + block.count), words, strict=True))

    def number(self, register: Register) -> float | None:
        """The value in its unit; None when not read, marked invalid by the device, or impossible."""
        words = [self._words.get(register.address + n) for n in range(register.width)]
        if register.low_first:
            words.reverse()
        raw = 0
        for word in words:
            if word is None:
                return None
            raw = raw << 16 | word
        if raw == INVALID[register.sign, register.width]:
            self.invalid += 1
            return None
        if register.sign == "i" and raw >= 1 << (16 * register.width - 1):
            raw -= 1 << (16 * register.width)
        value = raw / register.gain
        if not register.low <= value <= register.high:
            self.implausible += 1
            return None
        return value


def text(words: list[int]) -> str:
    """ASCII in registers, two characters each, filled up with zeros; what cannot be printed is left out."""
    raw = b"".join(word.to_bytes(2) for word in words).split(b"\0")[0]
    return "".join(chr(byte) for byte in raw if 32 <= byte < 127).strip()
