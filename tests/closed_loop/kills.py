"""A real Home Assistant is killed in the middle of forced charges, again and again: what becomes of the battery.

Home Assistant runs as a process of its own on the wall clock, in automatic, with power that gets dearer and dearer. At
a random moment of the charge it gets SIGKILL. Then either nobody comes: six minutes pass in the virtual home, and the
inverter's own timer must have ended the charge. Or it is started at once: before it commands anything new, it must
have given the battery back.
"""

import asyncio
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, override

from custom_components.merit_order.const import SUBENTRY_TARIFF
from custom_components.merit_order.engine.model.codec import to_json
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.tariffs import tariff_kind
from custom_components.merit_order.stored import PlugIn, TariffConfig
from demo.clock import RealClock
from demo.ha.entry import demo_entry
from demo.ha.seed import Place, write_config
from demo.ha.server import free_port, home_assistant
from demo.home import VirtualHome
from demo.physics.house import LOCAL
from demo.physics.inverter import Forced

COMPONENT = Path(__file__).parents[2] / "custom_components" / "merit_order"
SOC = 0.1
CHEAP, DEAR, QUARTERS = 0.02, 0.9, 24
# Nothing that is not needed: a start takes a few seconds.
CONFIGURATION = """\
homeassistant:
  auth_providers:
    - type: trusted_networks
      trusted_networks: [127.0.0.1/32]
      allow_bypass_login: true
logger:
  default: critical
"""
# The longest lease and a minute.
ALONE = timedelta(minutes=6)
# From the first write of a charge on: while its registers are written, read back, renewed.
MOMENTS_S = 4.0
PATIENCE_S = 120.0
LOOK_S = 0.01


class JumpingClock(RealClock):
    """The wall clock and the time that was skipped: only the virtual home lives by it."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped = timedelta()

    @override
    def now(self) -> datetime:
        return super().now() + self.skipped


class Kills:
    """The virtual home, the folder Home Assistant leaves behind, and what was seen."""

    def __init__(self, home: VirtualHome, clock: JumpingClock, folder: Path, port: int) -> None:
        self.home, self.clock, self.folder, self.port = home, clock, folder, port
        self.stuck: list[str] = []
        self.by_timer = self.by_start = 0

    @property
    def forced(self) -> Forced:
        """What the inverter is told to do."""
        return self.home.catch_up().inverter.running.kind

    async def once(self, number: int, dice: random.Random) -> None:
        """Start Home Assistant, look what it does with what it finds, let it charge, kill it, look again."""
        inverter = self.home.house.inverter
        inverter.battery.stored_wh = SOC * inverter.battery.capacity_wh
        found = self.forced
        async with home_assistant(self.folder, self.port) as process:
            if found is not Forced.STOP:
                await self._given_back(number)
            await self._until(lambda: self.forced is Forced.CHARGE, "it never charged")
            await asyncio.sleep(MOMENTS_S * dice.random())
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        if dice.random() < 0.5:
            self.clock.skipped += ALONE
            if self.forced is not Forced.STOP:
                self.stuck.append(f"kill {number}: still {self.forced.name} six minutes later")
            self.by_timer += 1

    async def _given_back(self, number: int) -> None:
        """The first command after the start must end what the killed one had begun."""
        writes, running = self.home.huawei.writes, self.home.house.inverter.running
        before = writes[47100]
        await self._until(lambda: writes[47100] > before or self.forced is Forced.STOP, "it did nothing")
        if self.forced is not Forced.STOP and self.home.house.inverter.running is not running:
            self.stuck.append(f"kill {number}: commanded anew before it gave the battery back")
        self.by_start += 1

    async def last(self) -> None:
        """After the last kill a start and an ordinary stop: everything stands as it was found."""
        async with home_assistant(self.folder, self.port):
            await self._until(lambda: self.forced is Forced.CHARGE, "it never charged")
        if self.forced is not Forced.STOP:
            self.stuck.append(f"after an ordinary stop it is still {self.forced.name}")

    async def _until(self, so: Callable[[], bool], otherwise: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while not so():
            if time.monotonic() > end:
                raise RuntimeError(f"{otherwise} within {PATIENCE_S:.0f} s")
            await asyncio.sleep(LOOK_S)


async def kill_again_and_again(times: int, seed: int, tell: Callable[[float], None]) -> dict[str, Any]:
    """Kill it so often; returns what is to be printed."""
    dice, clock, place = random.Random(seed), JumpingClock(), Place()
    with tempfile.TemporaryDirectory(prefix="merit-order-kills-", ignore_cleanup_errors=True) as temporary:
        folder, port = Path(temporary), free_port()
        async with VirtualHome(clock, soc=SOC, appliances=()) as home:
            entry = await demo_entry(home.addresses(), place)
            entry["subentries"] = [_dearer_and_dearer(raw) for raw in entry["subentries"]]
            write_config(folder, COMPONENT, port, entry, place)
            (folder / "configuration.yaml").write_text(CONFIGURATION)
            settings = repr(home.house.inverter.settings)
            kills = Kills(home, clock, folder, port)
            for number in range(times):
                await kills.once(number + 1, dice)
                tell((number + 1) / times)
            await kills.last()
            if repr(home.catch_up().inverter.settings) != settings:
                kills.stuck.append("a lasting setting of the inverter was changed")
    return {
        "kills": times,
        "given_back_by_own_timer": kills.by_timer,
        "given_back_at_next_start": kills.by_start,
        "invariants_broken": kills.stuck,
    }


def _dearer_and_dearer(raw: dict[str, Any]) -> dict[str, Any]:
    """Each quarter of an hour costs more than the one before, for six hours: what is to be charged is charged now."""
    if raw["subentry_type"] != SUBENTRY_TARIFF:
        return raw
    now = datetime.now(LOCAL)
    first = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    quarter = timedelta(minutes=15)
    periods = [
        {
            "price": CHEAP * (n + 1),
            "start": f"{first + n * quarter:%H:%M}",
            "end": f"{first + (n + 1) * quarter:%H:%M}",
        }
        for n in range(QUARTERS)
    ]
    kind = tariff_kind("time_of_use")
    supply = PlugIn(kind=kind.key, options=settle(kind.options, {"price": DEAR, "periods": periods}))
    return {**raw, "data": to_json(TariffConfig(supply=supply))}
