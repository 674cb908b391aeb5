"""The assets of a home as the porch sees them: which device brings them, of which kind they are."""

from dataclasses import dataclass
from datetime import datetime

from homeassistant.config_entries import ConfigEntry

from .engine.assets import asset_kind
from .engine.assets._base import AssetKind
from .engine.model.roles import Role
from .stored import AssetConfig, DeviceConfig, asset_id, devices


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAsset:
    """One asset of the plan and where it comes from."""

    id: str
    subentry_id: str
    config: AssetConfig
    kind: AssetKind
    device: DeviceConfig

    @property
    def role(self) -> Role | None:
        """The part of its device that feeds its state and takes its commands."""
        return self.config.role or self.kind.role

    @property
    def steerable(self) -> bool:
        """Whether it is planned for. A battery nobody can command does what it does; a load may be switched by a
        person's own automation that follows the plan.
        """
        return self.kind.controllable and (self.writable or self.role is not Role.BATTERY)

    @property
    def writable(self) -> bool:
        """Whether its device takes commands for it."""
        return self.role is not None and self.role in self.device.identity.writable


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """Why an asset is left alone in automatic for now ("hand", "given_up", "budget", "no_consent"), and until when."""

    why: str
    until: datetime | None = None


def planned_assets(entry: ConfigEntry) -> tuple[PlannedAsset, ...]:
    """Every asset of every device. Raises InputError on a kind this version does not know."""
    return tuple(
        PlannedAsset(
            id=asset_id(sub.subentry_id, asset.key),
            subentry_id=sub.subentry_id,
            config=asset,
            kind=asset_kind(asset.kind),
            device=config,
        )
        for sub, config in devices(entry)
        for asset in config.assets
    )
