"""Notices that the host's clock was set back.

Home Assistant's timers for a time of day then wait until the clock shows that time once more. What plans must not: the
plan of a moment that is now to come holds for nothing, and a clock that was years ahead (a board without a battery,
before it heard of the time) would silence everything for years.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from .coordinator import LOGGER
from .engine.model.ports import Clock

# By the event loop's own clock, which nobody sets.
LOOK_EVERY: Final = timedelta(seconds=30)
SET_BACK_S: Final = 60.0
"""Less is a clock that is corrected, as all are now and then."""
FAR_S: Final = 3600.0


class ClockWatch:
    """Calls `begin_again` when the clock was set back, or sets the home up anew when that was by more than an hour."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, clock: Clock, begin_again: Callable[[], None]
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._clock = clock
        self._begin_again = begin_again
        self._ahead = self._ahead_of_loop()

    @callback
    def start(self) -> None:
        """Watch until the home is unloaded."""
        self._entry.async_on_unload(async_track_time_interval(self._hass, self._look, LOOK_EVERY))

    @callback
    def _look(self, _: datetime) -> None:
        before, self._ahead = self._ahead, self._ahead_of_loop()
        back = before - self._ahead
        if back < SET_BACK_S:
            return
        LOGGER.warning("The clock was set back by %.0f s", back)
        if back >= FAR_S:
            self._hass.config_entries.async_schedule_reload(self._entry.entry_id)
        else:
            self._begin_again()

    def _ahead_of_loop(self) -> float:
        return self._clock.now().timestamp() - self._hass.loop.time()
