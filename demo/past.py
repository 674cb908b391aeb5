"""The time before the simulation began, as meter and suppliers remember it: the recorded home without a battery."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from demo.physics.meter import Peak
from demo.series import SLOT_S, slot_means

MONTHS = 13


def counted_kwh(slot: int) -> tuple[float, float]:
    """Return what the meter took in and gave out in the half-hour `slot`, counted from the Unix epoch."""
    load, pv = slot_means(slot)
    net = (load - pv) * SLOT_S / 3_600_000
    return round(max(net, 0.0), 3), round(max(-net, 0.0), 3)


@lru_cache(maxsize=64)
def _peak(year: int, month: int, zone: ZoneInfo) -> Peak:
    first = datetime(year, month, 1, tzinfo=zone).timestamp()
    after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone).timestamp()
    slots = range(int(first // SLOT_S), int(after // SLOT_S))
    net = {slot: load - pv for slot in slots for load, pv in [slot_means(slot)]}
    highest = max(net, key=net.__getitem__)
    return Peak(net[highest], (highest + 1) * SLOT_S)


def past_peaks(epoch: float, zone: ZoneInfo) -> list[tuple[tuple[int, int], Peak]]:
    """Return the thirteen months that ended before Unix second `epoch`, oldest first.

    Half-hour means stand in for quarter-hours, which the recording does not have.
    """
    now = datetime.fromtimestamp(epoch, UTC).astimezone(zone)
    months = [divmod(now.year * 12 + now.month - 1 - back, 12) for back in range(MONTHS, 0, -1)]
    return [((year, month + 1), _peak(year, month + 1, zone)) for year, month in months]
