"""The first configuration of a home, put together from what was found: subentries as the add flows would make them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.util import ulid as ulid_util

from .const import SUBENTRY_DEVICE, SUBENTRY_FORECAST, SUBENTRY_TARIFF
from .energy_prefs import Thing
from .engine.assets._base import AssetKind
from .engine.devices import device_kind
from .engine.forecasts import forecast_kind
from .engine.model.codec import to_json
from .engine.model.options import settle
from .engine.model.roles import Identity, Role
from .flow_assets import brought, make_asset, read_once, told
from .flow_forecast import forecast_unique_id
from .flow_schema import CHECK_TIMEOUT_S, label, within
from .ports import build_ports
from .stored import DeviceConfig, ForecastConfig, PlugIn, TariffConfig, asset_id


@dataclass(slots=True, kw_only=True)
class Seed:
    """A device on its way into the configuration. `given` are the answers for its asset, known or asked."""

    thing: Thing
    title: str
    identity: Identity
    options: Mapping[str, Any]
    given: dict[str, Any] = field(default_factory=dict)
    subentry_id: str = field(default_factory=ulid_util.ulid_now)

    measured_only: bool = False
    """It brings no asset (a second counter of the same grid connection)."""

    @property
    def brings(self) -> list[AssetKind]:
        """The kinds of its assets."""
        return [] if self.measured_only else brought(device_kind(self.thing.kind), self.identity)

    def gaps(self) -> list[AssetKind]:
        """Assets of which something has to be asked: a required option that nothing in Home Assistant tells."""
        return [
            kind
            for kind in self.brings
            if any(option.required and option.key not in self.given for option in kind.options)
        ]

    @property
    def solar_asset(self) -> str | None:
        """The asset id of its panels."""
        return next(
            (asset_id(self.subentry_id, kind.key) for kind in self.brings if kind.role is Role.SOLAR), None
        )

    def subentry(self) -> ConfigSubentryDataWithId:
        """As it is stored. Raises InputError."""
        kind = device_kind(self.thing.kind)
        assets = tuple(make_asset(asset, self.title, self.given) for asset in self.brings)
        config = DeviceConfig(kind=kind.key, options=self.options, identity=self.identity, assets=assets)
        return ConfigSubentryDataWithId(
            data=to_json(config),
            subentry_id=self.subentry_id,
            subentry_type=SUBENTRY_DEVICE,
            title=self.title,
            unique_id=self.identity.unique_id,
        )


async def plant(hass: HomeAssistant, thing: Thing) -> Seed:
    """Meet a thing, as its own add flow would. Raises InputError, SourceError."""
    kind = device_kind(thing.kind)
    options = settle(kind.options, thing.options)
    identity = await within(CHECK_TIMEOUT_S, kind.probe(options, build_ports(hass)))
    readings = await read_once(hass, kind, options)
    assets = brought(kind, identity)
    given = {key: value for asset in assets for key, value in told(asset, readings).items()}
    title = thing.title or (await label(hass, "asset_kind", assets[0].key) if assets else thing.name)
    return Seed(thing=thing, title=title, identity=identity, options=options, given=given)


async def tariff_subentry(hass: HomeAssistant, config: TariffConfig) -> ConfigSubentryDataWithId:
    """The contract of the home."""
    return ConfigSubentryDataWithId(
        data=to_json(config),
        subentry_id=ulid_util.ulid_now(),
        subentry_type=SUBENTRY_TARIFF,
        title=await label(hass, "tariff_kind", config.supply.kind),
        unique_id=SUBENTRY_TARIFF,
    )


async def known_forecast(hass: HomeAssistant, thing: Thing) -> str | None:
    """The first forecast of these panels that the Energy dashboard shows and that can be read now."""
    port = build_ports(hass).solar_forecasts
    providers = await port.providers() if port is not None and thing.forecast_entries else {}
    return next((entry_id for entry_id in thing.forecast_entries if entry_id in providers), None)


async def forecast_subentry(
    hass: HomeAssistant, key: str, options: Mapping[str, Any], asset: str | None = None
) -> ConfigSubentryDataWithId:
    """A forecast source. Raises InputError."""
    kind = forecast_kind(key)
    config = ForecastConfig(source=PlugIn(kind=key, options=settle(kind.options, options)), asset=asset)
    return ConfigSubentryDataWithId(
        data=to_json(config),
        subentry_id=ulid_util.ulid_now(),
        subentry_type=SUBENTRY_FORECAST,
        title=await label(hass, "forecast_kind", key),
        unique_id=forecast_unique_id(kind, asset, config.source.options),
    )
