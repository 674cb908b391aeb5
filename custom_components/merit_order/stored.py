"""What is kept in the config entry and its subentries, as typed data. The config flow writes it, the rest reads it.

Subentry types: `device` (DeviceConfig: something reached by a driver or bound to entities, with the assets it brings),
`tariff` (TariffConfig), `forecast` (ForecastConfig). `entry.options` holds SettingsConfig.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from .const import MODE_ADVISE, SUBENTRY_DEVICE, SUBENTRY_FORECAST, SUBENTRY_TARIFF
from .engine.model.codec import from_json
from .engine.model.roles import Identity, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetConfig:
    """An asset a device brings. `key` is unique within the subentry; `params` fits the asset kind's `params`.

    `options` are the answers `params` was made from, to show them again when it is reconfigured.
    """

    key: str
    kind: str
    name: str
    role: Role | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceConfig:
    """A device: driver `kind`, its settled `options`, who answered when it was added, the assets it brings."""

    kind: str
    options: Mapping[str, Any]
    identity: Identity
    assets: tuple[AssetConfig, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlugIn:
    """A chosen plug-in of a rack and its settled options."""

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityConfig:
    """A charge on the month's peak: currency per kW and year, and the demand below which nothing more is due.

    Demand is the mean of `window_minutes`; it counts from `from_hour` to `to_hour` (over midnight where that is not
    later) on `weekdays` ("mon" …; none: all) in the months `from_month` … `to_month`, at other hours of those months by
    `outside_percent`, and so all day on the holidays that `holidays_entity` (a calendar or a Workday sensor) tells. The
    mean of the highest peaks of `days` days makes a month's, of `months` months what is paid. `max_per_kwh` caps this
    charge and `grid_fee_per_kwh` together, by `yearly_import_kwh`.
    """

    price_per_kw_year: float
    floor_kw: float = 2.5
    window_minutes: int = 15
    from_hour: int = 0
    to_hour: int = 24
    weekdays: tuple[str, ...] = ()
    from_month: int = 1
    to_month: int = 12
    outside_percent: float = 0.0
    holidays_entity: str | None = None
    days: int = 1
    months: int = 12
    max_per_kwh: float | None = None
    grid_fee_per_kwh: float = 0.0
    yearly_import_kwh: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TariffConfig:
    """The contract of the home. Without `export`, feeding in earns nothing."""

    supply: PlugIn
    export: PlugIn | None = None
    capacity: CapacityConfig | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastConfig:
    """A forecast source; a solar one is for the asset `asset` (asset id), or for the only solar asset when None."""

    source: PlugIn
    asset: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsConfig:
    """Options of the home. Price levels: below `cheap_below` is cheap, above `expensive_above` expensive; None means
    the lowest and the highest quarter of the window ahead.
    """

    mode: str = MODE_ADVISE
    cheap_below: float | None = None
    expensive_above: float | None = None


def asset_id(subentry_id: str, key: str) -> str:
    """The id of an asset everywhere: snapshot, plan, unique ids."""
    return f"{subentry_id}_{key}"


def devices(entry: ConfigEntry) -> list[tuple[ConfigSubentry, DeviceConfig]]:
    """Every device subentry with its data."""
    return [
        (sub, from_json(DeviceConfig, dict(sub.data)))
        for sub in entry.get_subentries_of_type(SUBENTRY_DEVICE)
    ]


def tariffs(entry: ConfigEntry) -> list[tuple[ConfigSubentry, TariffConfig]]:
    """Every tariff subentry with its data."""
    return [
        (sub, from_json(TariffConfig, dict(sub.data)))
        for sub in entry.get_subentries_of_type(SUBENTRY_TARIFF)
    ]


def forecasts(entry: ConfigEntry) -> list[tuple[ConfigSubentry, ForecastConfig]]:
    """Every forecast subentry with its data."""
    return [
        (sub, from_json(ForecastConfig, dict(sub.data)))
        for sub in entry.get_subentries_of_type(SUBENTRY_FORECAST)
    ]


_settings: WeakKeyDictionary[ConfigEntry, tuple[Mapping[str, Any], SettingsConfig]] = WeakKeyDictionary()


def settings(entry: ConfigEntry) -> SettingsConfig:
    """The options of the home, defaults filled in. Asked for every few seconds, they are read when they change."""
    known = _settings.get(entry)
    if known is None or known[0] is not entry.options:
        known = _settings[entry] = entry.options, from_json(SettingsConfig, dict(entry.options))
    return known[1]
