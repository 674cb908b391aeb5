"""What was saved, against the same home without us: an honest baseline on the same measured slots."""

from .book import METHOD, Book, Share, Sum, Sums, record, shares, sums
from .measured import BatterySlot, LoadSlot, MeasuredSlot, load_since, load_slot
from .promises import Promises
from .shares import Bounds

__all__ = [
    "METHOD",
    "BatterySlot",
    "Book",
    "Bounds",
    "LoadSlot",
    "MeasuredSlot",
    "Promises",
    "Share",
    "Sum",
    "Sums",
    "load_since",
    "load_slot",
    "record",
    "shares",
    "sums",
]
