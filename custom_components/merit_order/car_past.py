"""When a car was away and what it used then: from the states of its plug, kept longer than the recorder keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State

from .engine.assets._vehicle import VehicleParams
from .engine.learning.trips import Absence
from .engine.model.ports import Ports
from .planned import PlannedAsset
from .recorder_past import AssetPast, bound_entity, own_entity

WEEKS: Final = timedelta(weeks=8)
"""Eight of each weekday; older than that it was another season."""
STATES_KEPT: Final = timedelta(days=9)
"""Home Assistant keeps states for ten days unless told otherwise."""
SETTLE: Final = timedelta(minutes=15)
"""Until a car that came back has told its charge."""
SILENT: Final = (STATE_UNAVAILABLE, STATE_UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Absences of a car between two instants in which its plug was watched."""

    since: datetime
    until: datetime
    absences: tuple[Absence, ...] = ()


async def watched(
    hass: HomeAssistant, ports: Ports, asset: PlannedAsset, params: VehicleParams, known: Watch | None
) -> Watch | None:
    """`known` and what the recorder says of the time after it; begun anew when that no longer reaches back to it."""
    now = ports.clock.now()
    since = now - STATES_KEPT if known is None else max(known.until, now - STATES_KEPT)
    past = AssetPast(hass, ports, since, now)
    plug = await _longest(
        past, own_entity(hass, BINARY_SENSOR_DOMAIN, asset, "vehicle_connected"), _plug(asset)
    )
    soc = await _longest(
        past,
        own_entity(hass, SENSOR_DOMAIN, asset, "vehicle_soc"),
        bound_entity(asset, "soc"),
        params.soc_entity,
    )
    found = absences(plug, soc, params.capacity_kwh, now)
    if found is None or known is None or since > known.until:
        return found
    kept = (one for one in known.absences if one.back > now - WEEKS)
    return Watch(since=max(known.since, now - WEEKS), until=found.until, absences=(*kept, *found.absences))


def _plug(asset: PlannedAsset) -> str | None:
    """The entity bound as the plug where it says on and off itself."""
    bound = bound_entity(asset, "connected")
    plain = bound is not None and bound.startswith(("binary_sensor.", "input_boolean."))
    return bound if plain and not asset.device.options.get("connected_states") else None


async def _longest(past: AssetPast, *entities: str | None) -> Sequence[State]:
    """The states of whichever entity has told for longest: one that is bound was there before us."""
    found = [[s for s in await past.states(entity) if s.state not in SILENT] for entity in entities]
    return min(filter(None, found), key=lambda states: states[0].last_changed, default=[])


def absences(
    plug: Sequence[State], soc: Sequence[State], capacity_kwh: float | None, now: datetime
) -> Watch | None:
    """Absences by the states of a plug (on: there) and of the car's charge in percent; None when no plug ever spoke.

    A plug that does not answer says nothing: the car is where it was. An absence that is not over is left to the next
    time, and so is the end of the watch.
    """
    known = [state for state in plug if state.state in ("on", "off")]
    if not known:
        return None
    levels = [(state.last_changed, value) for state in soc if (value := _percent(state)) is not None]
    found: list[Absence] = []
    left: datetime | None = None
    there = False
    for state in known:
        if state.state == "off" and there:
            left = state.last_changed
        elif state.state == "on" and left is not None:
            used = _used(levels, left, state.last_changed, capacity_kwh)
            found.append(Absence(left=left, back=state.last_changed, used_kwh=used))
            left = None
        there = state.state == "on"
    until = now if left is None else left - timedelta(minutes=1)
    return Watch(since=known[0].last_changed, until=until, absences=tuple(found))


def _used(
    levels: Sequence[tuple[datetime, float]], left: datetime, back: datetime, capacity_kwh: float | None
) -> float | None:
    """kWh by the charge told last before it left and last until it had settled again."""
    before = [value for at, value in levels if at <= left]
    after = [value for at, value in levels if left < at <= back + SETTLE]
    if not before or not after or capacity_kwh is None:
        return None
    return max(before[-1] - after[-1], 0.0) / 100 * capacity_kwh


def _percent(state: State) -> float | None:
    try:
        value = float(state.state)
    except ValueError:
        return None
    return value if 0.0 <= value <= 100.0 else None
