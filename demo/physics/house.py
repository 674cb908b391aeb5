"""The house: everything behind one grid meter, stepped together. Powers in W, energies in Wh; grid + = import."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from demo.physics.inverter import Inverter
from demo.physics.meter import QUARTER_S, Meter
from demo.physics.socket import Load
from demo.physics.tick import Tick
from demo.prices import HALF_HOUR_S, export_rate, import_rate
from demo.texture import HomeSeries

LOCAL = ZoneInfo("Europe/Brussels")
# How the recorded load spreads over the phases; the inverter feeds all three alike.
BASE_PHASES = (0.5, 0.3, 0.2)


@dataclass(slots=True)
class Totals:
    """Energy in Wh and money in GBP since the start."""

    load_wh: float = 0.0
    base_wh: float = 0.0
    pv_wh: float = 0.0
    curtailed_wh: float = 0.0
    import_wh: float = 0.0
    export_wh: float = 0.0
    import_cost: float = 0.0
    export_income: float = 0.0

    @property
    def bill(self) -> float:
        """Return what the energy has cost so far, without standing charge, in GBP."""
        return self.import_cost - self.export_income


@dataclass(slots=True)
class House:
    """Owns the order of things within a step: appliances, inverter, meter, bill. `watch` is called after each."""

    series: HomeSeries
    inverter: Inverter
    meter: Meter
    loads: Sequence[Load]
    epoch: float
    totals: Totals = field(default_factory=Totals)
    base_w: float = 0.0
    grid_w: float = 0.0
    watch: Callable[[], None] | None = None
    _tick: Tick = field(default_factory=Tick)
    _quarter: int = -1
    _midnight: float = 0.0
    _pence: tuple[float, float] = (0.0, 0.0)

    def _calendar(self, epoch: float) -> None:
        """Look at the local calendar and the tariff, once per quarter-hour: both change on its edge only."""
        self._quarter = int(epoch // QUARTER_S)
        edge = datetime.fromtimestamp(self._quarter * QUARTER_S, UTC).astimezone(LOCAL)
        since_midnight = edge.hour * 3600 + edge.minute * 60 + edge.second
        tick = self._tick
        tick.day, tick.weekday = edge.toordinal(), edge.weekday()
        self._midnight = self._quarter * QUARTER_S - since_midnight
        tick.local_s = epoch - self._midnight
        slot = int(epoch // HALF_HOUR_S)
        self._pence = (import_rate(slot).inc_vat, export_rate(slot).inc_vat)
        self.meter.start_quarter(tick, (edge.year, edge.month))

    def step(self, dt: float) -> None:
        """Simulate `dt` seconds; a step must not cross a quarter-hour."""
        tick, epoch = self._tick, self.epoch
        tick.epoch, tick.dt = epoch, dt
        if epoch // QUARTER_S != self._quarter:
            self._calendar(epoch)
        tick.local_s = epoch - self._midnight
        base, pv = self.series.mean(epoch, dt)
        one, two, three = base * BASE_PHASES[0], base * BASE_PHASES[1], base * BASE_PHASES[2]
        load = base
        for each in self.loads:
            power = each.step(tick)
            if power:
                load += power
                one += power * each.shares[0]
                two += power * each.shares[1]
                three += power * each.shares[2]
        self.inverter.step(tick, load, pv)
        third = self.inverter.ac_w / 3
        self.meter.step(tick, (one - third, two - third, three - third))
        self.base_w, self.grid_w = base, load - self.inverter.ac_w
        self._count(load, dt / 3600)
        self.epoch = epoch + dt
        if self.watch is not None:
            self.watch()

    def _count(self, load: float, hours: float) -> None:
        totals, energy = self.totals, self.grid_w * hours
        totals.load_wh += load * hours
        totals.base_wh += self.base_w * hours
        totals.pv_wh += self.inverter.pv_w * hours
        totals.curtailed_wh += self.inverter.curtailed_w * hours
        if energy >= 0:
            totals.import_wh += energy
            totals.import_cost += energy / 1000 * self._pence[0] / 100
        else:
            totals.export_wh -= energy
            totals.export_income -= energy / 1000 * self._pence[1] / 100

    def advance(self, epoch: float, step: float) -> int:
        """Simulate whole steps up to `epoch`; return how many. A clock set back is waited out."""
        count = 0
        while self.epoch + step <= epoch:
            self.step(step)
            count += 1
        return count
