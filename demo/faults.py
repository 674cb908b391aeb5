"""What can go wrong with a face, switched on and off by tests. Delays are real seconds, outages simulated ones."""

from collections.abc import Iterator
from enum import StrEnum


class Fault(StrEnum):
    """One kind of trouble; the comment says what its value means."""

    CLOSED = "closed"  # the port refuses; no value
    SILENT = "silent"  # accepts and never answers; no value
    GARBAGE = "garbage"  # answers with random bytes; no value
    LATENCY = "latency"  # answers late; real seconds
    WRONG_CRC = "wrong_crc"  # the telegram's checksum is wrong; no value
    TRUNCATED = "truncated"  # the answer stops half-way; no value
    HTTP_STATUS = "http_status"  # answers with this status code and an error body
    HTML = "html"  # answers 200 with a web page; no value
    EMPTY = "empty"  # answers well-formed, with nothing in it; no value
    WRONG_CURRENCY = "wrong_currency"  # prices are in another country's money; no value
    MIXED_UP = "mixed_up"  # answers with another request's transaction id; no value
    INVALID = "invalid"  # measurements are "not a number" as the device writes it; no value
    ZERO = "zero"  # a forecast says nothing but 0; no value
    OUT_OF_RANGE = "out_of_range"  # measurements are numbers that cannot be; no value


class FaultSet:
    """The faults that are on at one face, each with its value."""

    def __init__(self) -> None:
        self._on: dict[Fault, float] = {}

    def __contains__(self, fault: Fault) -> bool:
        return fault in self._on

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._on)

    def value(self, fault: Fault, default: float = 0.0) -> float:
        """Return the value the fault was set with, or `default` when it is off."""
        return self._on.get(fault, default)

    def set(self, fault: Fault, value: float = 0.0) -> None:
        """Switch `fault` on."""
        self._on[fault] = value

    def clear(self, fault: Fault) -> None:
        """Switch `fault` off; it may be off already."""
        self._on.pop(fault, None)
