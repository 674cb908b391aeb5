"""How much goes on while nothing happens: a month's telegrams, plans and statistics, thinned between the faults."""

from datetime import datetime
from typing import Final

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.statistics import get_start_time

from custom_components.merit_order.coordinator import PlanCoordinator
from custom_components.merit_order.engine.devices import dsmr, homewizard, huawei, keba
from custom_components.merit_order.engine.devices.entities import _device as entity_devices

# While nothing happens, meters talk and devices are asked that often: well inside what counts as fresh.
TALK_S: Final = 28.0
ASK_S: Final = 45.0
# Every so many minutes a plan is made then; each change of price, forecast or readings still makes one at once.
THINK_MINUTES: Final = 15
# Of an hour's twelve statistics, the one the hour's sums are taken from.
LAST_MINUTES: Final = 55
# Modules whose POLL_S says how often a device is asked.
PACED = (dsmr, entity_devices, homewizard, huawei, keba)
# A meter that is silent for longer than half a minute steers nothing.
METERS = (dsmr, entity_devices)
USUAL_S = {module: vars(module)["POLL_S"] for module in PACED}
USUAL_TICK = PlanCoordinator._tick
USUAL_STATISTICS = Recorder.async_periodic_statistics


def hurry(*, quiet: bool) -> None:
    """Thin the traffic and the planning, or let everything go at its own pace."""
    for module in PACED:
        vars(module)["POLL_S"] = (TALK_S if module in METERS else ASK_S) if quiet else USUAL_S[module]


def _quiet() -> bool:
    return any(vars(module)["POLL_S"] != usual for module, usual in USUAL_S.items())


async def _tick(self: PlanCoordinator, at: datetime) -> None:
    """The planner's regular thought, left out most of the time while nothing happens."""
    if not _quiet() or at.minute % THINK_MINUTES == 0:
        await USUAL_TICK(self, at)


def _statistics(self: Recorder) -> None:
    if not _quiet() or get_start_time().minute == LAST_MINUTES:
        USUAL_STATISTICS(self)


# Once: who was started keeps the method it was started with.
PlanCoordinator._tick = _tick  # type: ignore[assignment,method-assign] # its argument has a name here
Recorder.async_periodic_statistics = _statistics  # type: ignore[method-assign] # for as long as this process lives
