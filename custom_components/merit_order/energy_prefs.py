"""What the Energy dashboard already knows of this home, in the words of our device kinds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.core import HomeAssistant, valid_entity_id
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

PHASE = re.compile(r"(^|_)(l[123]|phase_?[abc123])(_|$)")
SWITCHABLE = ("switch", "input_boolean")
POWER_OPTIONS = frozenset(
    {"power", "power_sign", "import_power", "export_power", "charge_power", "discharge_power"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something that can become a device: `kind` of device and its `options`.

    `name` is for choosing it; `title` what a person or its device calls it, None where only entities are named.
    """

    kind: str
    name: str
    title: str | None = None
    options: Mapping[str, Any]
    forecast_entries: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Stable while the form is open."""
        return f"{self.kind}:{next(iter(self.options.values()), '')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """All of it. Prices are fixed ones in currency/kWh, or entities; neither where a cost statistic stands instead."""

    things: tuple[Thing, ...] = ()
    import_price: float | None = None
    export_price: float | None = None
    import_entity: str | None = None
    export_entity: str | None = None


async def read_dashboard(hass: HomeAssistant) -> Dashboard:
    """The Energy dashboard's settings; empty when there are none."""
    preferences = (await async_get_manager(hass)).data
    if preferences is None:
        return Dashboard()
    sources = preferences["energy_sources"]
    find = _Neighbours(hass)
    things: list[Thing] = []
    prices: dict[str, Any] = {}
    for source in sources:
        match source:
            case {"type": "grid"}:
                things += _thing(find, "entities_grid", source, _grid(find, source))
                prices = _prices(source) | prices
            case {"type": "solar"}:
                things += _thing(find, "entities_solar", source, _solar(find, source))
            case {"type": "battery"}:
                things += _thing(find, "entities_battery", source, _battery(find, source))
    for device in preferences["device_consumption"]:
        if (switch := find.switch(device["stat_consumption"])) is not None:
            things += _thing(find, "entities_switch", device, _load(find, device, switch))
    return Dashboard(things=tuple(_one_meter(things)), **prices)


def is_phase(entry: er.RegistryEntry) -> bool:
    """Whether a sensor measures one phase only."""
    return PHASE.search(entry.entity_id) is not None


class _Neighbours:
    """Entities that stand on the same device as a statistic's entity."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._entities = er.async_get(hass)
        self._devices = dr.async_get(hass)

    def device_name(self, statistic_id: str) -> str | None:
        """The name of the device the entity stands on."""
        entry = self._entities.async_get(statistic_id)
        device = self._devices.async_get(entry.device_id) if entry is not None and entry.device_id else None
        return None if device is None else device.name_by_user or device.name

    def entity_name(self, entity_id: str) -> str:
        """The name of the entity."""
        state = self._hass.states.get(entity_id)
        return state.name if state is not None else entity_id

    def only(self, statistic_id: str | None, device_class: SensorDeviceClass) -> str | None:
        """The one sensor of that class on the same device; None when there is none, or several to choose from."""
        found = [
            entry.entity_id
            for entry in self._beside(statistic_id)
            if entry.domain == "sensor"
            and (entry.device_class or entry.original_device_class) == device_class
            and not is_phase(entry)
        ]
        return found[0] if len(found) == 1 else None

    def switch(self, statistic_id: str) -> str | None:
        """The one relay on the same device that is no mere setting."""
        found = [entry.entity_id for entry in self._beside(statistic_id) if entry.domain in SWITCHABLE]
        return found[0] if len(found) == 1 else None

    def _beside(self, statistic_id: str | None) -> Iterator[er.RegistryEntry]:
        entry = self._entities.async_get(statistic_id) if statistic_id is not None else None
        if entry is None or entry.device_id is None:
            return
        for other in er.async_entries_for_device(self._entities, entry.device_id):
            if other.entity_category is None and other.hidden_by is None:
                yield other


def _thing(find: _Neighbours, kind: str, source: Mapping[str, Any], options: dict[str, Any]) -> list[Thing]:
    """One thing, unless nothing of it is an entity (statistics from outside cannot be read live)."""
    live = {
        key: value
        for key, value in options.items()
        if value is not None and (key not in ENTITY_OPTIONS or valid_entity_id(value))
    }
    entities = [value for key, value in live.items() if key in ENTITY_OPTIONS]
    if not entities:
        return []
    forecasts = tuple(source.get("config_entry_solar_forecast") or ())
    title = source.get("name") or find.device_name(entities[0])
    name = title or find.entity_name(entities[0])
    return [Thing(kind=kind, name=name, title=title, options=live, forecast_entries=forecasts)]


ENTITY_OPTIONS = frozenset(
    {
        "power",
        "import_power",
        "export_power",
        "import_energy",
        "import_energy_2",
        "export_energy",
        "export_energy_2",
        "energy",
        "charge_power",
        "discharge_power",
        "charge_energy",
        "discharge_energy",
        "month_peak",
        "quarter_demand",
        "soc",
        "switch",
    }
)


def _grid(find: _Neighbours, source: Mapping[str, Any]) -> dict[str, Any]:
    bought = source.get("stat_energy_from")
    return {
        "import_energy": bought,
        "export_energy": source.get("stat_energy_to"),
        **_power(
            find, source, bought, ("import_positive", "export_positive"), ("import_power", "export_power")
        ),
    }


def _one_meter(things: list[Thing]) -> list[Thing]:
    """Day and night counters of one meter put together: of two grids, one that has no power of its own."""
    grids = [thing for thing in things if thing.kind == "entities_grid"]
    counters = [grid for grid in grids if not POWER_OPTIONS & grid.options.keys()]
    if len(grids) != 2 or not counters:
        return things
    second = counters[-1]
    first = next(grid for grid in grids if grid is not second)
    options = dict(first.options)
    for key in ("import_energy", "export_energy"):
        if key in second.options:
            options[f"{key}_2" if key in options else key] = second.options[key]
    return [
        replace(first, options=options) if thing is first else thing
        for thing in things
        if thing is not second
    ]


def _solar(find: _Neighbours, source: Mapping[str, Any]) -> dict[str, Any]:
    energy = source["stat_energy_from"]
    return {"energy": energy, "power": source.get("stat_rate") or find.only(energy, SensorDeviceClass.POWER)}


def _battery(find: _Neighbours, source: Mapping[str, Any]) -> dict[str, Any]:
    given = source["stat_energy_from"]
    signs = ("discharge_positive", "charge_positive")
    return {
        "charge_energy": source["stat_energy_to"],
        "discharge_energy": given,
        "soc": source.get("stat_soc") or find.only(given, SensorDeviceClass.BATTERY),
        "capacity_kwh": source.get("capacity"),
        **_power(find, source, None, signs, ("discharge_power", "charge_power")),
    }


def _load(find: _Neighbours, device: Mapping[str, Any], switch: str) -> dict[str, Any]:
    energy = device["stat_consumption"]
    power = device.get("stat_rate") or find.only(energy, SensorDeviceClass.POWER)
    return {"switch": switch, "power": power, "energy": energy}


def _power(
    find: _Neighbours,
    source: Mapping[str, Any],
    beside: str | None,
    signs: tuple[str, str],
    two: tuple[str, str],
) -> dict[str, Any]:
    """The power sensors of a source. `signs` are our words for the dashboard's own sign and for the opposite one.

    The person's own sensors stand in `power_config`; `stat_rate` may be a helper the dashboard made from them. Without
    either, the one power sensor `beside` a meter is taken; a battery's is not, for nothing says which way it counts.
    """
    config = source.get("power_config") or {}
    if inverted := config.get("stat_rate_inverted"):
        return {"power": inverted, "power_sign": signs[1]}
    if "stat_rate_from" in config:
        return {two[0]: config["stat_rate_from"], two[1]: config["stat_rate_to"]}
    power = config.get("stat_rate") or source.get("stat_rate") or find.only(beside, SensorDeviceClass.POWER)
    return {"power": power, "power_sign": signs[0]} if power is not None else {}


def _prices(source: Mapping[str, Any]) -> dict[str, Any]:
    """Prices by field of Dashboard; a cost statistic makes the dashboard ignore them, and so do we."""
    found: dict[str, Any] = {}
    for way, cost, suffix in (("import", "stat_cost", ""), ("export", "stat_compensation", "_export")):
        if source.get(cost) is not None:
            continue
        if (entity_id := source.get(f"entity_energy_price{suffix}")) is not None:
            found[f"{way}_entity"] = entity_id
        elif (price := source.get(f"number_energy_price{suffix}")) is not None:
            found[f"{way}_price"] = float(price)
    return found
