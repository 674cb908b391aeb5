"""What a device brings, as assets: which kinds fit its parts, and what need not be asked because it says so itself."""

import dataclasses
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN, SUBENTRY_DEVICE
from .engine.assets import ASSETS
from .engine.assets._base import AssetKind
from .engine.devices._base import DeviceKind
from .engine.model.codec import from_json, to_json
from .engine.model.errors import SourceError
from .engine.model.options import settle
from .engine.model.roles import Identity, Readings
from .flow_schema import ADVANCED_SUFFIX, CHECK_TIMEOUT_S, within
from .ports import build_ports
from .stored import AssetConfig

_LOGGER = logging.getLogger(__name__)

FACTS = frozenset({"capacity_kwh", "max_charge_kw", "max_discharge_kw"})
"""What a reading says about the thing itself. The rest (`power_kw`) only tells of the moment."""


def asset_kinds(identity: Identity) -> list[AssetKind]:
    """The asset kinds that the parts of a device can feed, in the order of its parts."""
    return [kind for role in identity.roles for kind in ASSETS if kind.role is role]


def brought(kind: DeviceKind, identity: Identity) -> list[AssetKind]:
    """The asset kinds a device brings unless the person says otherwise."""
    wanted = [kind.assets.get(role) for role in identity.roles]
    return [asset for asset in asset_kinds(identity) if asset.key in wanted]


async def read_once(hass: HomeAssistant, kind: DeviceKind, options: Mapping[str, Any]) -> Readings | None:
    """One reading, for what a person need not type; None when it cannot be had now."""
    device = None
    try:
        device = await within(CHECK_TIMEOUT_S, kind.connect(options, build_ports(hass)))
        return await within(CHECK_TIMEOUT_S, device.read())
    except SourceError as err:
        _LOGGER.debug("No reading from the new %s yet: %s", kind.key, err)
        return None
    finally:
        if device is not None:
            await device.close()


def told(kind: AssetKind, readings: Readings | None) -> dict[str, Any]:
    """The options the device answers itself (a battery its capacity)."""
    part = (
        getattr(readings, kind.role.value, None) if readings is not None and kind.role is not None else None
    )
    if part is None:
        return {}
    says = {
        field.name: getattr(part, field.name) for field in dataclasses.fields(part) if field.name in FACTS
    }
    return {option.key: says[option.key] for option in kind.options if says.get(option.key) is not None}


async def named(hass: HomeAssistant, kinds: Iterable[AssetKind], field: str) -> str:
    """How the form calls the field that is wrong ("load.power_kw", "profile"), in the language of the home."""
    key = field.rpartition(".")[2].partition("[")[0]
    texts = await async_get_translations(hass, hass.config.language, "config_subentries", [DOMAIN])
    sections = f"component.{DOMAIN}.config_subentries.{SUBENTRY_DEVICE}.step.assets.sections"
    for kind in kinds:
        for part in (kind.key, kind.key + ADVANCED_SUFFIX):
            if (found := texts.get(f"{sections}.{part}.data.{key}")) is not None:
                return found
    return key


def make_asset(kind: AssetKind, name: str, given: Mapping[str, Any]) -> AssetConfig:
    """The asset as it is kept. Raises InputError naming the option that is wrong."""
    options = settle(kind.options, given)
    params = to_json(dict(kind.from_options(options)))
    from_json(kind.params, params, kind.key)
    return AssetConfig(key=kind.key, kind=kind.key, name=name, role=kind.role, params=params, options=options)
