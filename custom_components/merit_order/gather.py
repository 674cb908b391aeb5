"""All that is known at one instant, put together for the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .controls import Controls
from .demand import charge, terms
from .demand_holidays import DemandHolidays
from .devices_hub import DeviceCoordinator
from .engine.demand import QUARTER_MINUTES, DemandBook
from .engine.model.errors import SourceError
from .engine.model.plan import Health, InputStatus, Plan
from .engine.model.ports import Ports
from .engine.model.roles import GridReading, Role
from .engine.model.series import Forecast, Quality, Series, Span
from .engine.model.snapshot import AssetSpec, CapacityCharge, Settings, Snapshot, TariffView
from .learned import Learned
from .planned import PlannedAsset, Withheld
from .sources import AHEAD, Source, Sources
from .stored import TariffConfig

# A state of charge a quarter hour old is still a better guess than none; beyond that the plan would be made on a lie.
LAST_GOOD_FOR = timedelta(minutes=15)
DEMAND_KEY = "demand"
# The slot before now, and enough for the eye.
PRICES_BACK = timedelta(days=1)
# Until there is a load forecast of any kind: the mean of a European household, 3500 kWh a year.
DEFAULT_LOAD_KW = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What a snapshot is made from."""

    ports: Ports
    currency: str
    tariff: TariffConfig | None
    assets: tuple[PlannedAsset, ...]
    devices: Mapping[str, DeviceCoordinator]
    sources: Sources
    controls: Controls
    learned: Learned
    demand: DemandBook | None = None
    """What was measured for a charge on demand, where there is one."""
    holidays: DemandHolidays | None = None
    """Who tells the days on which that charge does not count, where a person named one."""
    settings: Settings = field(default_factory=Settings)
    withheld: dict[str, Withheld] = field(default_factory=dict)
    """By asset id, what is not ours to run now though we may in general. The driver writes it."""

    def params(self, asset: PlannedAsset) -> dict[str, Any]:
        """The asset's parameters: as set up, as set since then by entities, and as learned."""
        return {
            **asset.config.params,
            **self.controls.params(asset.id),
            **self.learned.params(asset),
        }


def gather(home: Home, extra: Mapping[str, Mapping[str, Any]], previous: Plan | None) -> Snapshot:
    """A snapshot of now. `extra` is state by asset id that no device tells (what a load has had since its deadline)."""
    now = home.ports.clock.now()
    inputs: list[InputStatus] = []
    load = _input(home.sources.find("load"), "load", now, inputs)
    source = home.sources.find("temperature")
    outdoor = _input(source, "temperature", now, inputs) if source is not None else None
    return Snapshot(
        at=now,
        timezone=home.ports.timezone,
        currency=home.currency,
        tariff=_tariff(home, now, inputs),
        load=load if isinstance(load, Forecast) else _default_load(now),
        assets=tuple(_asset(home, asset, extra.get(asset.id, {}), now, inputs) for asset in home.assets),
        outdoor_c=outdoor.mid if isinstance(outdoor, Forecast) else None,
        settings=home.settings,
        inputs=tuple(inputs),
        previous=previous,
    )


def demand_book(ports: Ports, tariff: TariffConfig | None) -> DemandBook | None:
    """What was measured so far for the charge of this contract; None where it has none."""
    if tariff is None or tariff.capacity is None:
        return None
    return DemandBook.from_json(
        terms(tariff.capacity), ZoneInfo(ports.timezone), ports.store.load(DEMAND_KEY)
    )


def grid_reading(home: Home) -> tuple[GridReading, datetime] | None:
    """What the meter of the home says and when: of the asset that is the grid, else of any device with a meter."""
    preferred = [a.subentry_id for a in home.assets if a.role is Role.GRID]
    for subentry_id in [*preferred, *home.devices]:
        device = home.devices.get(subentry_id)
        if device is not None and (readings := device.readings) is not None and readings.grid is not None:
            return readings.grid, readings.at
    return None


def demand_reading(home: Home) -> GridReading | None:
    """What the meter says, without its word of a quarter hour that is over."""
    found = grid_reading(home)
    if found is None:
        return None
    grid, at = found
    quarter = QUARTER_MINUTES * 60
    current = at.timestamp() // quarter == home.ports.clock.now().timestamp() // quarter
    return grid if current else replace(grid, quarter_demand_kw=None)


def _default_load(now: datetime) -> Forecast:
    span = Span(now - timedelta(hours=1), now + AHEAD, DEFAULT_LOAD_KW, Quality.ASSUMED)
    return Forecast(Series((span,), "default"), provisional=True)


def _input(
    source: Source[Any] | None, key: str, now: datetime, inputs: list[InputStatus]
) -> Series | Forecast | None:
    """The last good value of a source, and a note on how good it is."""
    if source is None or source.value is None:
        reason = source.error.key if source is not None and source.error is not None else "not_configured"
        inputs.append(InputStatus(key=key, health=Health.MISSING, rule="left_out", reason=reason))
        return None
    stale = source.error is not None
    provisional = isinstance(source.value, Forecast) and source.value.provisional
    inputs.append(
        InputStatus(
            key=key,
            origin=source.kind,
            health=Health.STALE if stale else Health.PROVISIONAL if provisional else Health.FRESH,
            issued=source.fetched,
            rule="last_good" if stale else "default" if provisional else "used",
            reason=source.error.key if source.error is not None else None,
        )
    )
    value: Series | Forecast = source.value
    return value


def dispatches_failed(home: Home) -> tuple[str, SourceError] | None:
    """The tariff whose supplier does not say when the car is charged cheaply, and why; the rates hold without it."""
    price = home.sources.find("price")
    error = price.aside() if price is not None and price.aside is not None else None
    return (price.kind, error) if price is not None and error is not None else None


def _tariff(home: Home, now: datetime, inputs: list[InputStatus]) -> TariffView:
    price = _input(home.sources.find("price"), "price", now, inputs)
    if (failed := dispatches_failed(home)) is not None:
        inputs.append(
            InputStatus(
                key="dispatches",
                origin=failed[0],
                health=Health.STALE,
                rule="last_good",
                reason=failed[1].key,
            )
        )
    if home.holidays is not None and (holidays := home.holidays.status()) is not None:
        inputs.append(holidays)
    export = None
    if home.tariff is not None and home.tariff.export is not None:
        export = _input(home.sources.find("export_price"), "export_price", now, inputs)
    return TariffView(
        import_price=_with_expected(price, home.sources.find("price"), now) or Series(()),
        export_price=_with_expected(export, home.sources.find("export_price"), now),
        capacity=_capacity(home),
        import_told_until=price.end if isinstance(price, Series) else None,
        export_told_until=export.end if isinstance(export, Series) else None,
        name=home.tariff.supply.kind if home.tariff is not None else "",
    )


def _with_expected(
    known: Series | Forecast | None, source: Source[Any] | None, now: datetime
) -> Series | None:
    """Prices from a day ago on, and those expected after the last published one, which say so themselves."""
    if not isinstance(known, Series):
        return None
    recent = tuple(span for span in known.spans if span.end > now - PRICES_BACK)
    later = source.expected.spans if source is not None and source.expected is not None else ()
    return replace(known, spans=(*recent, *later))


def _capacity(home: Home) -> CapacityCharge | None:
    if home.tariff is None or home.tariff.capacity is None or home.demand is None:
        return None
    grid = demand_reading(home) or GridReading()
    return charge(home.tariff.capacity, home.demand, grid, home.ports.clock.now())


def _asset(
    home: Home, asset: PlannedAsset, extra: Mapping[str, Any], now: datetime, inputs: list[InputStatus]
) -> AssetSpec:
    if (taught := home.learned.status(asset)) is not None:
        inputs.append(taught)
    return AssetSpec(
        id=asset.id,
        kind=asset.kind.key,
        name=asset.config.name,
        params={
            **home.params(asset),
            **_unable(home, asset),
            **_hybrid(home, asset),
        },
        state={**_measured(home, asset, now, inputs), **extra},
        series={**_series(home, asset, now, inputs), **home.learned.series(asset, now)},
        needs=home.controls.needs(asset.id, now),
        overrides=home.controls.overrides(asset.id, now),
        controlled=asset.steerable and home.controls.enabled(asset.id) and asset.id not in home.withheld,
    )


def _unable(home: Home, asset: PlannedAsset) -> dict[str, Any]:
    """What was set of an asset but its device cannot be told: told one phase, such a charger would use all three."""
    device = home.devices.get(asset.subentry_id)
    if asset.role is not Role.CHARGER or not asset.writable or device is None:
        return {}
    conduct = device.kind.conduct
    if conduct is not None and conduct.switches_phases(device.config.options):
        return {}
    return {"phase_switching": False}


def _hybrid(home: Home, asset: PlannedAsset) -> dict[str, Any]:
    """Where panels and battery share an inverter that tells what it passes on at most: that, unless a person set it."""
    if (
        asset.role not in (Role.SOLAR, Role.BATTERY)
        or (device := home.devices.get(asset.subentry_id)) is None
    ):
        return {}
    sun = next((a for a in home.assets if a.subentry_id == asset.subentry_id and a.role is Role.SOLAR), None)
    told = device.told(Role.SOLAR)
    most = getattr(told.part, "inverter_kw", None) if told is not None else None
    if sun is None or most is None:
        return {}
    key, value = ("inverter", sun.id) if asset.role is Role.BATTERY else ("inverter_kw", most)
    return {} if asset.config.params.get(key) is not None else {key: value}


def _series(home: Home, asset: PlannedAsset, now: datetime, inputs: list[InputStatus]) -> dict[str, Forecast]:
    if asset.role is not Role.SOLAR:
        return {}
    own = home.sources.find(f"solar:{asset.id}") or home.sources.find("solar")
    forecast = _input(own, f"solar:{asset.id}", now, inputs)
    return {"power": forecast} if isinstance(forecast, Forecast) else {}


def _measured(home: Home, asset: PlannedAsset, now: datetime, inputs: list[InputStatus]) -> dict[str, Any]:
    """The fields of the kind's state that the asset's part of its device tells."""
    device = home.devices.get(asset.subentry_id)
    # Of the sun only the forecast counts; what the panels give now is no input of the plan.
    if asset.role in (None, Role.SOLAR) or device is None:
        return {}
    key = f"{asset.kind.key}:{asset.id}"
    last = device.told(asset.role)
    if last is None or now - last.at > LAST_GOOD_FOR:
        inputs.append(InputStatus(key=key, origin=device.name, health=Health.MISSING, rule="left_out"))
        return {}
    stale = device.is_old(last.at)
    inputs.append(
        InputStatus(
            key=key,
            origin=device.name,
            health=Health.STALE if stale else Health.FRESH,
            issued=last.at,
            rule="last_good" if stale else "used",
        )
    )
    told = {column.name: getattr(last.part, column.name, None) for column in fields(asset.kind.state)}
    if told.get("soc_percent", 0.0) is None:
        told["soc_percent"] = _soc_elsewhere(home, asset.config.params.get("soc_entity"))
    return {name: value for name, value in told.items() if value is not None}


def _soc_elsewhere(home: Home, entity_id: str | None) -> float | None:
    """What a car says of itself in another integration's entity, in percent; None when it says nothing sensible."""
    found = home.ports.entities.get(entity_id) if entity_id else None
    try:
        percent = float(found.state) if found is not None and found.state is not None else -1.0
    except ValueError:
        return None
    return percent if 0.0 <= percent <= 100.0 else None
