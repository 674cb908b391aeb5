"""What was saved, against the same home without us: an honest baseline on the same measured slots."""

from .book import METHOD, Book, Sum, Sums, record, sums
from .measured import BatterySlot, LoadSlot, MeasuredSlot, load_since

__all__ = [
    "METHOD",
    "BatterySlot",
    "Book",
    "LoadSlot",
    "MeasuredSlot",
    "Sum",
    "Sums",
    "load_since",
    "record",
    "sums",
]
