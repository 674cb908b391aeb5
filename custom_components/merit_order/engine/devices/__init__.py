"""The registry of device kinds."""

from ..model.errors import InputError
from . import dsmr, entities, homewizard, homewizard_battery, huawei, keba, sml, solax
from ._base import DeviceKind

DEVICES: tuple[DeviceKind, ...] = (
    *entities.KINDS,
    huawei.KIND,
    solax.KIND,
    dsmr.KIND,
    sml.KIND,
    homewizard.KIND,
    homewizard_battery.KIND,
    keba.KIND,
)


def device_kind(key: str) -> DeviceKind:
    """The kind with this key. Raises InputError when there is none (a newer version wrote it)."""
    for kind in DEVICES:
        if kind.key == key:
            return kind
    raise InputError("kind", f"there is no device kind {key!r}")
