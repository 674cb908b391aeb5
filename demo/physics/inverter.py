"""A Huawei SUN2000 hybrid inverter: PV, battery, working modes, forced charge with its timer. Powers in W.

What it decides is what the real one's registers promise; where the vendor is silent it is stated here: forced charge
draws from the grid whatever register 47087 says, and takes its power and period at the moment of the command.
"""

from dataclasses import dataclass, field
from enum import IntEnum

from demo.physics.battery import Battery
from demo.physics.tick import Tick


class WorkingMode(IntEnum):
    """Register 47086."""

    ADAPTIVE = 0
    FIXED = 1
    SELF_CONSUMPTION = 2
    FEED_TO_GRID = 4
    TIME_OF_USE = 5


class Forced(IntEnum):
    """Register 47100."""

    STOP = 0
    CHARGE = 1
    DISCHARGE = 2


class FeedIn(IntEnum):
    """Register 47415."""

    UNLIMITED = 0
    ZERO = 5
    WATTS = 6
    PERCENT = 7


@dataclass(frozen=True, slots=True)
class Block:
    """A time-of-use block: seconds of the local day from `start` to `end` on `weekdays`, to charge or to discharge."""

    start: int
    end: int
    charge: bool
    weekdays: frozenset[int]

    def holds(self, tick: Tick) -> bool:
        """Return whether it is time for this block."""
        return tick.weekday in self.weekdays and self.start <= tick.local_s < self.end


@dataclass(slots=True)
class Settings:
    """What is kept over a reboot, in the registers' own units."""

    working_mode: int = WorkingMode.SELF_CONSUMPTION
    max_charge_w: int = 5_000
    max_discharge_w: int = 5_000
    charge_cutoff: float = 1.0
    discharge_cutoff: float = 0.05
    grid_charge: int = 0
    grid_charge_w: int = 5_000
    grid_charge_cutoff: float = 1.0
    time_of_use: int = 0
    blocks: tuple[Block, ...] = ()
    feed_in_mode: int = FeedIn.UNLIMITED
    feed_in_w: int = 0
    feed_in_percent: float = 100.0


@dataclass(slots=True)
class Command:
    """A forced charge or discharge; gone after a reboot."""

    charge_w: int = 0
    discharge_w: int = 0
    minutes: int = 0
    to_soc: bool = False
    target_soc: float = 0.0
    kind: Forced = Forced.STOP


@dataclass(slots=True)
class Inverter:
    """PV and battery behind one AC connection of `rated_w`."""

    battery: Battery = field(default_factory=Battery)
    rated_w: float = 6_000.0
    settings: Settings = field(default_factory=Settings)
    asked: Command = field(default_factory=Command)
    running: Command = field(default_factory=Command)
    ends_at: float = 0.0
    pv_w: float = 0.0
    ac_w: float = 0.0
    curtailed_w: float = 0.0
    yield_wh: float = 0.0
    yield_today_wh: float = 0.0
    charged_today_wh: float = 0.0
    discharged_today_wh: float = 0.0
    peak_today_w: float = 0.0
    _day: int = 0

    def command(self, kind: int, epoch: float) -> None:
        """Register 47100 was written: take over power, period and target as they stand now."""
        asked = self.asked
        self.running = Command(
            asked.charge_w, asked.discharge_w, asked.minutes, asked.to_soc, asked.target_soc, Forced(kind)
        )
        self.ends_at = epoch + 60 * asked.minutes

    def reboot(self) -> None:
        """Lose what lives in memory: the forced command. Settings stay."""
        self.running = Command()

    def remaining_s(self, epoch: float) -> float:
        """Return the seconds the forced command still has; 0 when none runs or it runs to a state of charge."""
        if self.running.kind is Forced.STOP or self.running.to_soc:
            return 0.0
        return max(0.0, self.ends_at - epoch)

    def _expire(self, epoch: float) -> None:
        run = self.running
        if run.kind is Forced.STOP:
            return
        if run.to_soc:
            soc = self.battery.soc
            done = soc >= run.target_soc if run.kind is Forced.CHARGE else soc <= run.target_soc
        else:
            done = epoch >= self.ends_at
        if done:
            self.running = Command()

    def _wanted(self, tick: Tick, load_w: float, pv_w: float) -> float:
        """Return the battery power the present mode asks for, before any limit."""
        run = self.running
        if run.kind is Forced.CHARGE:
            return run.charge_w
        if run.kind is Forced.DISCHARGE:
            return -run.discharge_w
        mode = self.settings.working_mode
        if mode == WorkingMode.FEED_TO_GRID:
            return max(0.0, pv_w - self.rated_w)
        if mode == WorkingMode.FIXED:
            return 0.0
        if mode == WorkingMode.TIME_OF_USE:
            return self._by_time(tick, pv_w - load_w)
        return pv_w - load_w

    def _by_time(self, tick: Tick, surplus: float) -> float:
        """Return the battery power of time-of-use mode: outside its blocks it only takes surplus."""
        settings = self.settings
        block = next((each for each in settings.blocks if each.holds(tick)), None)
        if block is None:
            return max(0.0, surplus)
        if not block.charge:
            return surplus
        from_grid = settings.grid_charge and self.battery.soc < settings.grid_charge_cutoff
        return max(surplus, settings.grid_charge_w if from_grid else 0.0)

    def _export_limit(self) -> float:
        settings = self.settings
        if settings.feed_in_mode == FeedIn.ZERO:
            return 0.0
        if settings.feed_in_mode == FeedIn.WATTS:
            return max(0.0, settings.feed_in_w)
        if settings.feed_in_mode == FeedIn.PERCENT:
            return self.rated_w * settings.feed_in_percent / 100
        return float("inf")

    def step(self, tick: Tick, load_w: float, pv_available_w: float) -> None:
        """Decide battery and PV power for this step against the house's other load, and count the energy."""
        if tick.day != self._day:
            self._day = tick.day
            self.yield_today_wh = self.charged_today_wh = self.discharged_today_wh = self.peak_today_w = 0.0
        self._expire(tick.epoch)
        settings, battery, rated = self.settings, self.battery, self.rated_w
        least, most = battery.bounds(tick.dt, settings.discharge_cutoff, settings.charge_cutoff)
        most = min(most, settings.max_charge_w, pv_available_w + rated)
        least = max(least, -settings.max_discharge_w, min(0.0, pv_available_w - rated))
        export = self._export_limit()
        # Discharge must not feed in more than is allowed; curtailing PV cannot make up for it.
        least = min(0.0, max(least, -(load_w + export)))
        power = min(max(self._wanted(tick, load_w, pv_available_w), least), most)
        pv = min(pv_available_w, rated + power, max(0.0, load_w + export + power))
        battery.apply(power, tick.dt)
        self.pv_w, self.curtailed_w, self.ac_w = pv, pv_available_w - pv, pv - power
        energy = self.ac_w * tick.dt / 3600
        if energy > 0:
            self.yield_wh += energy
            self.yield_today_wh += energy
        if power >= 0:
            self.charged_today_wh += power * tick.dt / 3600
        else:
            self.discharged_today_wh -= power * tick.dt / 3600
        self.peak_today_w = max(self.peak_today_w, self.ac_w)
