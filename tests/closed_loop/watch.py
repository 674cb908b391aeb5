"""What must hold in every simulated second, whatever goes wrong. A break is a sentence with its time."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final

from custom_components.merit_order.engine.model.plan import PlanStatus
from demo.physics.house import LOCAL
from demo.physics.inverter import Forced

from .lived import Life

LEASE_S: Final = 300.0
GRACE_S: Final = 60.0
# Relays and entities have no timer of their own: they go back when the plan is lost, at a stop, at the next start.
PARTS_PACE_S: Final = 5
BACK_WITHIN: Final = timedelta(minutes=10)
# A spike of a cooker is shorter than the fuse's patience and than any meter's pace.
OVER_S: Final = 60.0
MOST_BREAKS: Final = 20
# When a day's budget is spent, what is held is still given back: a few writes more.
GIVING_BACK: Final = 0.05
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
        self._before_today: dict[Any, int] = {}
        self._day = -1
        self._short: set[str] = set()
        house = life.home.house
        self._house, self._inverter = house, house.inverter
        self._battery, self._faces = house.inverter.battery, life.home.huawei
        self._settings = repr(house.inverter.settings)
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
            self.held_s += 1
            if not self.life.spec.bound:
                self._forced(epoch)
        if self._house.grid_w > self.import_limit_w:
            self._over(epoch)
        else:
            self._over_since = None
        if not epoch % PARTS_PACE_S:
            self._parts(epoch)

    def _forced(self, epoch: float) -> None:
        """A forced command runs: whoever wrote last, its lease is five minutes from then."""
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

    def _parts(self, epoch: float) -> None:
        """What stands otherwise than it was found is held by a lease, while Home Assistant runs."""
        life = self.life
        for key, stands in life.spec.stands(life.home).items():
            if stands == life.found[key] or life.hass is None or life.holds(key):
                self._loose_since.pop(key, None)
                continue
            since = self._loose_since.setdefault(key, epoch)
            if epoch - since > GRACE_S and life.reachable(key):
                self.broke("loose", f"{key} is {stands} and nobody holds it, {epoch - since:.0f} s long")

    def trouble_began(self) -> None:
        """Nothing can be asked of the plan until this is over too."""
        self._waiting.clear()

    def trouble_ended(self, at: datetime, *, others: bool) -> None:
        """Within ten minutes from now there must be a plan again, unless there are other troubles still."""
        if not others:
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
        life = self.life
        day = life.now.astimezone(LOCAL).toordinal()
        written = life.backend.told if life.backend is not None else self._faces.writes
        if day != self._day:
            self._day, self._before_today = day, dict(written)
        for what, writes in written.items():
            today = writes - self._before_today.get(what, 0)
            most = next(most for start, most in life.spec.budgets.items() if str(what).startswith(start))
            if today > most * (1 + GIVING_BACK):
                self.broke("writes", f"{what} was written {today} times today")

    def ended(self, still_at_work: list[str]) -> None:
        """Everything was given back: compare how the devices stand with how they were found; nobody is at work."""
        for task in still_at_work:
            self.broke("restore", f"{task} goes on after Home Assistant has stopped")
        life, inverter = self.life, self.life.home.catch_up().inverter
        if inverter.running.kind is not Forced.STOP:
            self.broke("restore", f"the battery is still told to {inverter.running.kind.name}")
        if repr(inverter.settings) != self._settings:
            self.broke("restore", f"a lasting setting was changed: {inverter.settings}")
        for key, stands in life.spec.stands(life.home).items():
            if stands != life.found[key]:
                self.broke("restore", f"{key} was {life.found[key]} and is {stands}")
