"""Numbers: how much a load needs, how much of a battery is kept back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfEnergy, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import AssetEntity
from .planned import PlannedAsset
from .runtime import MeritOrderConfigEntry

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ParamNumber(NumberEntityDescription):
    """A parameter of an asset kind: `key` is its field, `exists_fn` says for which assets it means something."""

    asset_kind: str
    exists_fn: Callable[[Mapping[str, Any]], bool] = lambda params: True


def _runs(params: Mapping[str, Any]) -> bool:
    return (
        params.get("mode", "needed") == "needed"
        and params.get("contiguous", True)
        and not params.get("profile_kw")
    )


NUMBERS: tuple[ParamNumber, ...] = (
    ParamNumber(
        key="energy_kwh",
        translation_key="energy_needed",
        asset_kind="load",
        device_class=NumberDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        native_min_value=0.0,
        native_max_value=100.0,
        native_step=0.1,
        exists_fn=lambda params: not _runs(params),
    ),
    ParamNumber(
        key="run_minutes",
        translation_key="run_minutes",
        asset_kind="load",
        device_class=NumberDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        native_min_value=1.0,
        native_max_value=1440.0,
        native_step=1.0,
        exists_fn=_runs,
    ),
    ParamNumber(
        key="reserve_soc",
        translation_key="reserve_soc",
        asset_kind="battery",
        native_unit_of_measurement=PERCENTAGE,
        native_min_value=0.0,
        native_max_value=100.0,
        native_step=1.0,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: MeritOrderConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the numbers."""
    runtime = entry.runtime_data
    for asset in runtime.home.assets:
        rows = [
            row for row in NUMBERS if row.asset_kind == asset.kind.key and row.exists_fn(asset.config.params)
        ]
        async_add_entities(
            [ParamNumberEntity(runtime.planner, asset, row) for row in rows],
            config_subentry_id=asset.subentry_id,
        )


class ParamNumberEntity(AssetEntity, NumberEntity):
    """One parameter; what is set here stands in for what was configured."""

    entity_description: ParamNumber
    _attr_mode = NumberMode.BOX
    _attr_entity_category = EntityCategory.CONFIG

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def native_value(self) -> float | None:
        value: float | None = _param(
            self.coordinator.home.controls.params(self.asset.id), self.asset, self.entity_description.key
        )
        return value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the parameter and plan again."""
        self.coordinator.home.controls.set_param(self.asset.id, self.entity_description.key, value)
        self.async_write_ha_state()


def _param(own: Mapping[str, Any], asset: PlannedAsset, key: str) -> Any:
    """Set by hand, else configured, else the kind's default."""
    if key in own:
        return own[key]
    if key in asset.config.params:
        return asset.config.params[key]
    return getattr(asset.kind.params(), key)
