"""What loaded integrations have that the Energy dashboard does not say: meters, inverters, batteries, metered sockets.

A pattern names an integration's entities by the end of their unique ids. Keys as HA 2026.10 has them (homewizard, dsmr)
and as the registers of the HACS integration huawei_solar are called.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from .energy_prefs import ENTITY_OPTIONS, POWER_OPTIONS, SWITCHABLE, Dashboard, Thing, is_phase

MANY = "entities_switch"
"""The kind of which a home has any number; of the others the dashboard's own are enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A device of `platform` is a `kind` when it has an entity for one of `keys` (option: end of the unique id).

    `models` narrows to these model ids; `also` are options that go with it.
    """

    platform: str
    kind: str
    keys: Mapping[str, str]
    also: Mapping[str, Any] = field(default_factory=dict)
    models: frozenset[str] = frozenset()


PATTERNS = (
    Pattern(
        platform="homewizard",
        kind="entities_grid",
        models=frozenset({"HWE-P1"}),
        keys={
            "power": "active_power_w",
            "import_energy": "total_power_import_kwh",
            "export_energy": "total_power_export_kwh",
            "month_peak": "monthly_power_peak_w",
        },
        also={"power_sign": "import_positive"},
    ),
    Pattern(
        platform="dsmr",
        kind="entities_grid",
        keys={
            "import_power": "current_electricity_usage",
            "export_power": "current_electricity_delivery",
            "import_energy": "electricity_used_tariff_1",
            "import_energy_2": "electricity_used_tariff_2",
            "export_energy": "electricity_delivered_tariff_1",
            "export_energy_2": "electricity_delivered_tariff_2",
            "quarter_demand": "belgium_current_average_demand",
            "month_peak": "belgium_maximum_demand_current_month",
        },
    ),
    Pattern(
        platform="huawei_solar",
        kind="entities_grid",
        keys={
            "power": "power_meter_active_power",
            "import_energy": "grid_accumulated_energy",
            "export_energy": "grid_exported_energy",
        },
        also={"power_sign": "export_positive"},
    ),
    Pattern(
        platform="huawei_solar",
        kind="entities_solar",
        keys={"power": "input_power", "energy": "accumulated_yield_energy"},
    ),
    Pattern(
        platform="huawei_solar",
        kind="entities_battery",
        keys={
            "soc": "storage_state_of_capacity",
            "power": "storage_charge_discharge_power",
            "charge_energy": "storage_total_charge",
            "discharge_energy": "storage_total_discharge",
        },
        also={"power_sign": "charge_positive"},
    ),
)


def look_around(hass: HomeAssistant, dashboard: Dashboard) -> Dashboard:
    """`dashboard`, its things completed and joined by those that only integrations know."""
    found = [*_by_pattern(hass), *_sockets(hass)]
    known = [_completed(thing, found) for thing in dashboard.things]
    kinds = {thing.kind for thing in known}
    taken = {entity for thing in known for entity in _entities(thing)}
    new = [
        thing
        for thing in found
        if (thing.kind == MANY or thing.kind not in kinds) and not taken & _entities(thing)
    ]
    return replace(dashboard, things=(*known, *new))


def _completed(thing: Thing, found: Iterable[Thing]) -> Thing:
    """The thing with what its own integration adds; what the person told the dashboard stays."""
    own = _entities(thing)
    has_power = bool(POWER_OPTIONS & thing.options.keys())
    for other in found:
        if other.kind == thing.kind and _entities(other) & own:
            more = {
                key: value
                for key, value in other.options.items()
                # The same counter must not be counted twice, nor a second power sensor contradict the first.
                if value not in own and not (has_power and key in POWER_OPTIONS)
            }
            return replace(thing, options=more | dict(thing.options))
    return thing


def _entities(thing: Thing) -> set[str]:
    return {value for key, value in thing.options.items() if key in ENTITY_OPTIONS}


def _devices(hass: HomeAssistant) -> dict[str, list[er.RegistryEntry]]:
    """The enabled entities that are no settings, by device."""
    by_device: dict[str, list[er.RegistryEntry]] = defaultdict(list)
    for entry in er.async_get(hass).entities.values():
        if entry.device_id is not None and entry.disabled_by is None and entry.entity_category is None:
            by_device[entry.device_id].append(entry)
    return by_device


def _by_pattern(hass: HomeAssistant) -> Iterable[Thing]:
    registry = dr.async_get(hass)
    for device_id, entries in _devices(hass).items():
        device = registry.async_get(device_id)
        for pattern in PATTERNS:
            if not isinstance(device, dr.DeviceEntry):
                continue
            if pattern.models and device.model_id not in pattern.models:
                continue
            options = {
                option: entry.entity_id
                for option, key in pattern.keys.items()
                for entry in entries
                if entry.platform == pattern.platform and entry.unique_id.endswith(f"_{key}")
            }
            if options:
                title = device.name_by_user or device.name
                yield Thing(
                    kind=pattern.kind,
                    name=title or next(iter(options.values())),
                    title=title,
                    options={**options, **pattern.also},
                )


def _sockets(hass: HomeAssistant) -> Iterable[Thing]:
    """Devices with one relay and one power sensor: sockets that measure what they switch."""
    registry = dr.async_get(hass)
    for device_id, entries in _devices(hass).items():
        switches = [entry for entry in entries if entry.domain in SWITCHABLE]
        power = _sensors(entries, SensorDeviceClass.POWER)
        device = registry.async_get(device_id)
        if device is None or len(switches) != 1 or len(power) != 1:
            continue
        energy = _sensors(entries, SensorDeviceClass.ENERGY)
        options = {"switch": switches[0].entity_id, "power": power[0].entity_id}
        if len(energy) == 1:
            options["energy"] = energy[0].entity_id
        title = device.name_by_user or device.name
        yield Thing(kind=MANY, name=title or switches[0].entity_id, title=title, options=options)


def _sensors(entries: Iterable[er.RegistryEntry], device_class: SensorDeviceClass) -> list[er.RegistryEntry]:
    return [
        entry
        for entry in entries
        if entry.domain == "sensor"
        and (entry.device_class or entry.original_device_class) == device_class
        and not is_phase(entry)
    ]
