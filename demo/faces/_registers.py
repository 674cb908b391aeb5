"""Modbus holding registers as rows of a table: address, type, scale, where the value comes from and where it goes."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a value lies in registers: width and sign, text, or a block of words taken as one long number."""

    U16 = "u16"
    I16 = "i16"
    U32 = "u32"
    I32 = "i32"
    TEXT = "text"
    BLOCK = "block"


_WORDS = {Kind.U16: 1, Kind.I16: 1, Kind.U32: 2, Kind.I32: 2}
# What inverters send for a value they do not have.
_INVALID = {Kind.U16: 0xFFFF, Kind.I16: 0x7FFF, Kind.U32: 0xFFFF_FFFF, Kind.I32: 0x7FFF_FFFF}
_ABSURD = {Kind.U16: 0xFFF0, Kind.I16: -32_000, Kind.U32: 0xFFFF_FF00, Kind.I32: -2_000_000_000}


@dataclass(frozen=True, slots=True)
class Register[T]:
    """One value of the device `T`. `get` returns it in its physical unit, which times `scale` is the number sent.

    `write` takes the number received. Either may be absent: then the register can only be written or only read.
    `least` and `most` bound what may be written.
    `measured` marks what a fault may spoil.
    """

    address: int
    kind: Kind
    get: Callable[[T], float | str] | None
    scale: float = 1
    words: int = 0
    write: Callable[[T, int], None] | None = None
    least: int = 0
    most: int = 0
    measured: bool = False

    @property
    def length(self) -> int:
        """Return how many registers the value takes."""
        return self.words or _WORDS[self.kind]

    def read(self, device: T) -> list[int]:
        """Return the value as registers; nothing when it cannot be read."""
        if self.get is None:
            return []
        value = self.get(device)
        if isinstance(value, str):
            raw = value.encode().ljust(2 * self.length, b"\0")
            return [raw[n] << 8 | raw[n + 1] for n in range(0, 2 * self.length, 2)]
        return self.encode(round(value * self.scale))

    def encode(self, number: int) -> list[int]:
        """Return `number` as registers, high word first."""
        return [number >> 16 * place & 0xFFFF for place in reversed(range(self.length))]

    def decode(self, words: list[int]) -> int:
        """Return the number that `words` mean."""
        number = 0
        for word in words:
            number = number << 16 | word
        bits = 16 * len(words)
        if self.kind in (Kind.I16, Kind.I32) and number >= 1 << (bits - 1):
            number -= 1 << bits
        return number

    def invalid(self) -> list[int]:
        """Return the registers for "no value"."""
        return self.encode(_INVALID[self.kind])

    def out_of_range(self) -> list[int]:
        """Return registers that no house can produce."""
        return self.encode(_ABSURD[self.kind])
