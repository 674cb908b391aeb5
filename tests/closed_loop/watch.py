"""What must hold in every simulated second, whatever goes wrong. A break is a sentence with its time."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final

from custom_components.merit_order.engine.model.plan import PlanStatus
from demo.home import VirtualHome
from demo.physics.inverter import Forced
from demo.physics.socket import Socket

from .lived import Life

LEASE_S: Final = 300.0
GRACE_S: Final = 60.0
# A relay has no timer of its own: it goes back when the plan is lost, at a stop, or at the next start.
RELAY_PACE_S: Final = 5
BACK_WITHIN: Final = timedelta(minutes=10)
# A spike of a cooker is shorter than the fuse's patience and than any meter's pace.
OVER_S: Final = 60.0
MOST_BREAKS: Final = 20
FORCED_REGISTER: Final = 47100
TINY: Final = 1e-6


class Watch:
    """Looks at the physics after each step of it, and now and then at what the integration says."""

    def __init__(self, life: Life, import_limit_w: float) -> None:
        self.life = life
        self.import_limit_w = import_limit_w
        self.broken: list[str] = []
        self.count: Counter[str] = Counter()
        self.needs: Counter[str] = Counter()
        self.held_s = 0.0
        self._armed_at: float | None = None
        self._writes = 0
        self._over_since: float | None = None
        self._loose_since: dict[str, float] = {}
        self._waiting: list[datetime] = []
        self._day_writes: Counter[int] = Counter()
        self._day = -1
        self._short: set[str] = set()
        house = life.home.house
        self._house, self._inverter = house, house.inverter
        self._battery, self._faces = house.inverter.battery, life.home.huawei
        house.watch = self.step

    def broke(self, what: str, say: str) -> None:
        """Note that something did not hold: once by kind and hour, the rest is counted."""
        self.count[what] += 1
        if len(self.broken) < MOST_BREAKS and self.count[what] <= 3:
            at = datetime.fromtimestamp(self._house.epoch, self.life.now.tzinfo)
            self.broken.append(f"{at:%m-%d %H:%M:%S} {what}: {say}")

    def step(self) -> None:
        """One second of the house has passed."""
        battery, epoch = self._battery, self._house.epoch
        soc = battery.stored_wh / battery.capacity_wh
        if not battery.min_soc - TINY <= soc <= battery.max_soc + TINY:
            self.broke("soc", f"the battery holds {soc:.4f}")
        if not -battery.max_discharge_w - TINY <= battery.power_w <= battery.max_charge_w + TINY:
            self.broke("power", f"the battery runs at {battery.power_w:.0f} W")
        if self._inverter.running.kind is not Forced.STOP:
            self._forced(epoch)
        if self._house.grid_w > self.import_limit_w:
            self._over(epoch)
        else:
            self._over_since = None
        if not epoch % RELAY_PACE_S:
            self._relays(epoch)

    def _forced(self, epoch: float) -> None:
        """A forced command runs: whoever wrote last, its lease is five minutes from then."""
        self.held_s += 1
        writes = self._faces.writes[FORCED_REGISTER]
        if writes != self._writes or self._armed_at is None:
            self._writes, self._armed_at = writes, epoch
        if epoch - self._armed_at > LEASE_S + GRACE_S:
            self.broke(
                "lease", f"the battery is forced {epoch - self._armed_at:.0f} s after the last command"
            )

    def _over(self, epoch: float) -> None:
        """Too much is drawn. What people use is theirs; that we add to it for long is not allowed."""
        ours = max(self._battery.power_w, 0.0) + sum(
            load.power_w for load in self.life.home.loads.values() if load.power_w
        )
        if ours <= 0:
            self._over_since = None
        elif self._over_since is None:
            self._over_since = epoch
        elif epoch - self._over_since > OVER_S:
            self.broke("grid", f"{self._house.grid_w:.0f} W are drawn, {ours:.0f} W of them by us")

    def _relays(self, epoch: float) -> None:
        """A relay that stands otherwise than it was found is held by a lease, while Home Assistant runs."""
        life = self.life
        for key, found in life.found.items():
            load = life.home.loads[key]
            assert isinstance(load, Socket)
            if load.relay is found or life.hass is None or life.holds(key):
                self._loose_since.pop(key, None)
                continue
            since = self._loose_since.setdefault(key, epoch)
            if epoch - since > GRACE_S and life.reachable(key):
                self.broke("relay", f"{key} is {load.relay} and nobody holds it, {epoch - since:.0f} s long")

    def trouble_ended(self, at: datetime) -> None:
        """Within ten minutes from now there must be a plan again."""
        self._waiting.append(at + BACK_WITHIN)

    def look(self) -> None:
        """Once a minute: what the integration says."""
        life = self.life
        self._count_writes()
        if life.hass is None:
            return
        plan = life.runtime.planner.plan
        if plan is not None:
            self._short |= {shortfall.asset for shortfall in plan.shortfalls}
        if plan is not None and plan.status is not PlanStatus.NONE:
            self._waiting = [each for each in self._waiting if each < life.now - timedelta(minutes=1)]
        if self._waiting and self._waiting[0] < life.now:
            self.broke("plan", "no plan ten minutes after the trouble ended")
            self._waiting.clear()

    def deadline(self, name: str, asset: str, met: bool) -> None:
        """A need was due now. Unmet, it must have been said before."""
        if not met and asset not in self._short:
            self.broke("need", f"{name} was not met, and nobody said so")
        self.needs[f"{name}_{'met' if met else 'missed'}"] += 1
        self._short.discard(asset)

    def _count_writes(self) -> None:
        day = self.life.now.toordinal()
        if day != self._day:
            self._day, self._day_writes = day, Counter(self._faces.writes)
        for register, writes in self._faces.writes.items():
            today = writes - self._day_writes[register]
            if today > self.life.writes_a_day:
                self.broke("writes", f"register {register} was written {today} times today")

    def ended(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Everything was given back: compare how the devices stood at first with how they stand now."""
        for key, value in before.items():
            if after[key] != value:
                self.broke("restore", f"{key} was {value} and is {after[key]}")


def standing(home: VirtualHome, found: dict[str, bool]) -> dict[str, Any]:
    """How every device stands: what must be the same in the end. A relay counts as people left it."""
    inverter = home.catch_up().inverter
    relays = {key: load.relay for key, load in home.loads.items() if isinstance(load, Socket)}
    return {
        "forced": inverter.running.kind.name,
        "settings": repr(inverter.settings),
        **{f"{key} relay": found.get(key, relay) for key, relay in relays.items()},
    }
