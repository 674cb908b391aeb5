"""A house on paper that does as it is told, for the fast loop: no clock but the test's, no solver."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from custom_components.merit_order.engine.actuate import command_for
from custom_components.merit_order.engine.assets._grid import GridParams
from custom_components.merit_order.engine.model.plan import (
    AssetPlan,
    Block,
    HomePlan,
    Intent,
    Plan,
    PlanStatus,
)
from custom_components.merit_order.engine.model.roles import (
    Action,
    BatteryReading,
    ChargerReading,
    Command,
    GridReading,
    Readings,
    Role,
    SwitchReading,
)
from custom_components.merit_order.engine.model.series import Quality
from custom_components.merit_order.engine.model.snapshot import AssetSpec, CapacityCharge
from custom_components.merit_order.engine.steer import Driven, Memory, Steered, View, steer

START = datetime(2026, 6, 15, 10, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Brussels")
STEP_S = 5.0
HOURS = 24
ROLES = {"battery": Role.BATTERY, "vehicle": Role.CHARGER, "load": Role.SWITCH, "hot_water": Role.SWITCH}
FLANDERS = CapacityCharge(price_per_kw=4.0, floor_kw=2.5, month_peak_kw=4.0)


@dataclass
class Thing:
    """An asset of the house. `plan` is what the plan has for it now; `later` a block at a cost per kWh.

    `takes` is what it draws while it is on, None: what it is told. A battery that `follows` keeps the grid
    at zero, which may be `known`.
    """

    id: str
    kind: str
    params: Mapping[str, Any]
    plan: Intent
    later: tuple[float, float] | None = None
    source: str = "grid"
    value: float | None = None
    state: Mapping[str, Any] = field(default_factory=dict)
    takes: float | None = None
    follows: bool = True
    known: bool = True
    soc: float = 50.0
    drawn: float = 0.0
    told: float | None = None
    moves: list[tuple[datetime, float, str]] = field(default_factory=list)
    obeys: bool = True

    @property
    def spec(self) -> AssetSpec:
        return AssetSpec(id=self.id, kind=self.kind, name=self.id, params=self.params, state=self.state)

    def asset_plan(self) -> AssetPlan:
        power = self.plan.power_kw
        blocks = []
        if self.plan.mode not in ("off", "self", "hold"):
            blocks.append(_block(0, 1, self.plan.mode, power, power * 0.3, self.source))
        if self.later is not None:
            blocks.append(_block(8, 9, "on", self.later[0], self.later[0] * self.later[1], "grid"))
        powers = [power, *([0.0] * 7), self.later[0] if self.later else 0.0, *([0.0] * (HOURS - 9))]
        return AssetPlan(
            id=self.id,
            kind=self.kind,
            name=self.id,
            power_kw=tuple(powers),
            active=tuple(p != 0 for p in powers),
            blocks=tuple(blocks),
            value=None if self.value is None else (self.value,) * HOURS,
        )


def _block(first: int, last: int, mode: str, kw: float, cost: float, source: str) -> Block:
    hour = timedelta(hours=1)
    return Block(
        start=START + first * hour,
        end=START + last * hour,
        mode=mode,
        power_kw=kw,
        energy_kwh=kw * (last - first),
        cost=cost,
        source=source,
    )


def intent(asset: str, mode: str, kw: float = 0.0, *, feed_in: bool = False) -> Intent:
    return Intent(asset=asset, mode=mode, power_kw=kw, until=START + timedelta(hours=1), feed_in=feed_in)


def boiler(mode: str = "off", **more: Any) -> Thing:
    """Needed until 19:00, 2 kW, interruptible."""
    params = {"power_kw": 2.0, "energy_kwh": 2.0, "contiguous": False, "deadline": "21:00", "priority": 3}
    return Thing("boiler", "load", params, intent("boiler", mode, 2.0 if mode == "on" else 0.0), **more)


def pump(mode: str = "off", priority: int = 7, **more: Any) -> Thing:
    """Optional, 0.8 kW."""
    params = {"mode": "optional", "power_kw": 0.8, "priority": priority}
    return Thing("pump", "load", params, intent("pump", mode, 0.8 if mode == "on" else 0.0), **more)


def car(kw: float = 0.0, phases: int = 1, params: Mapping[str, Any] | None = None, **more: Any) -> Thing:
    """Charges at 6 to 16 A."""
    own = {"phases": phases, "capacity_kwh": 60.0, **(params or {})}
    return Thing("car", "vehicle", own, intent("car", "charge" if kw else "off", kw), **more)


def battery(mode: str = "self", kw: float = 0.0, *, feed_in: bool = False, **more: Any) -> Thing:
    """10 kWh, 5 kW each way."""
    params = {"max_charge_kw": 5.0, "max_discharge_kw": 5.0}
    return Thing("battery", "battery", params, intent("battery", mode, kw, feed_in=feed_in), **more)


@dataclass
class House:
    """`base_kw` is what is used or (negative) given by all that is not driven."""

    things: list[Thing]
    base_kw: float = 0.5
    planned_grid_kw: float = 0.0
    buy: float = 0.30
    sell: float = 0.05
    cheapest_later: float | None = None
    limits: GridParams = field(default_factory=GridParams)
    capacity: CapacityCharge | None = None
    solar_low_kw: float = 0.0
    solar_kw: float | None = None
    phase_base_kw: tuple[float, float, float] | None = None
    now: datetime = START
    memory: Memory = field(default_factory=Memory)
    quarter_kwh: float = 0.0
    meter_at: datetime | None = None
    grids: list[float] = field(default_factory=list)
    last: Steered | None = None

    @property
    def grid_kw(self) -> float:
        return self.base_kw + sum(thing.drawn for thing in self.things)

    def plan(self) -> Plan:
        flat = (0.0,) * HOURS
        home = HomePlan(
            import_price=(self.buy, *[self.cheapest_later or self.buy] * (HOURS - 1)),
            export_price=(self.sell,) * HOURS,
            price_quality=(Quality.KNOWN,) * HOURS,
            price_level=("normal",) * HOURS,
            load_kw=flat,
            solar_kw=flat,
            solar_low_kw=(self.solar_low_kw,) * HOURS,
            solar_high_kw=(self.solar_low_kw,) * HOURS,
            grid_kw=(self.planned_grid_kw,) * HOURS,
            cost=flat,
        )
        return Plan(
            id="plan",
            at=START,
            status=PlanStatus.OPTIMAL,
            currency="EUR",
            timezone=ZONE.key,
            edges=tuple(START + timedelta(hours=i) for i in range(HOURS + 1)),
            home=home,
            assets=tuple(thing.asset_plan() for thing in self.things),
        )

    def readings(self, thing: Thing) -> Readings:
        part: Any
        if thing.kind == "battery":
            part = {"battery": BatteryReading(power_kw=thing.drawn, soc_percent=thing.soc)}
        elif thing.kind == "vehicle":
            part = {"charger": ChargerReading(power_kw=thing.drawn, connected=True)}
        else:
            part = {"switch": SwitchReading(on=bool(thing.told), power_kw=thing.drawn)}
        return Readings(at=self.now, **part)

    def meter(self) -> GridReading:
        demand = self.quarter_kwh * 4
        if self.phase_base_kw is None:
            return GridReading(power_kw=self.grid_kw, quarter_demand_kw=demand)
        single = {"boiler": 0, "pump": 1}
        amperes = []
        for phase in range(3):
            kw = self.phase_base_kw[phase] + sum(
                thing.drawn
                if single.get(thing.id) == phase
                else thing.drawn / 3
                if thing.id == "car"
                else 0.0
                for thing in self.things
            )
            amperes.append(abs(kw) / 0.23)
        return GridReading(power_kw=self.grid_kw, quarter_demand_kw=demand, phase_current_a=tuple(amperes))

    def view(self) -> View:
        return View(
            at=self.now,
            zone=ZONE,
            plan=self.plan(),
            driven=tuple(
                Driven(
                    spec=thing.spec,
                    role=ROLES[thing.kind],
                    intent=thing.plan,
                    readings=self.readings(thing),
                    follows_itself=thing.follows and thing.known,
                )
                for thing in self.things
            ),
            grid=self.meter(),
            grid_at=self.meter_at or self.now,
            solar_kw=self.solar_kw,
            limits=self.limits,
            capacity=None
            if self.capacity is None
            else replace(self.capacity, quarter_so_far_kwh=self.quarter_kwh),
        )

    def step(self, seconds: float = STEP_S, *, steered: bool = True) -> Steered:
        """Steer, do as told, and let `seconds` pass."""
        said = steer(self.view(), self.memory)
        self.memory, self.last = said.memory, said
        wanted = (
            {each.asset: each for each in said.intents} if steered else {t.id: t.plan for t in self.things}
        )
        for thing in (t for t in self.things if t.kind != "battery"):
            self._obey(thing, wanted[thing.id])
        for thing in (t for t in self.things if t.kind == "battery"):
            thing.drawn = 0.0
            self._obey(thing, wanted[thing.id])
        self.grids.append(self.grid_kw)
        self.quarter_kwh += max(self.grid_kw, 0.0) * seconds / 3600
        before = self.now
        self.now += timedelta(seconds=seconds)
        if before.timestamp() // 900 != self.now.timestamp() // 900:
            self.quarter_kwh = 0.0
        return said

    def live(self, seconds: float, *, every: float = STEP_S, steered: bool = True) -> Steered:
        """So many seconds, step by step; the last word."""
        for _ in range(int(seconds / every)):
            self.step(every, steered=steered)
        assert self.last is not None
        return self.last

    def _obey(self, thing: Thing, wanted: Intent) -> None:
        command = command_for(wanted, thing.spec, ROLES[thing.kind], self.readings(thing), self.now)
        before = thing.told
        thing.told = self._told(thing, command)
        if before != thing.told and (thing.told is None) is (before is None):
            thing.moves.append((self.now, thing.told or 0.0, command.reason))
        if thing.kind == "battery" and thing.told is None:
            thing.drawn = max(min(-self.grid_kw, 5.0), -5.0) if thing.follows else 0.0
        elif not thing.obeys:
            return
        elif thing.takes is not None and thing.told:
            thing.drawn = min(thing.takes, thing.told)
        else:
            thing.drawn = thing.told or 0.0

    def _told(self, thing: Thing, command: Command) -> float | None:
        if command.action is Action.RELEASE:
            return None
        if command.action is Action.CURRENT:
            assert command.current_a is not None
            phases = command.phases or int(thing.params["phases"])
            return command.current_a * 0.23 * phases
        if command.action is Action.POWER:
            return command.power_kw
        return float(thing.params["power_kw"]) if command.action is Action.ON else 0.0


def limited(house: House, **limits: Any) -> House:
    """The house behind a fuse."""
    house.limits = replace(house.limits, **limits)
    return house
