"""The prices a home starts with: a fixed one, or the entity that the Energy dashboard reckons with."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .energy_prefs import Dashboard
from .engine.model.errors import MeritOrderError
from .engine.model.options import Option, OptionType, settle
from .engine.tariffs import tariff_kind
from .flow_schema import CHECK_TIMEOUT_S, blame, within
from .ports import build_ports
from .stored import PlugIn, TariffConfig

NORDPOOL = "nordpool"
DIRECTIONS = ("import", "export")
FIXED = tuple(
    Option(key=f"{way}_price", type=OptionType.NUMBER, minimum=-10.0, maximum=100_000.0, unit="currency/kWh")
    for way in DIRECTIONS
)
BY_ENTITY = tuple(
    Option(key=f"{way}_entity", type=OptionType.ENTITY, domains=("sensor", "event", "number", "input_number"))
    for way in DIRECTIONS
)


def price_options(dashboard: Dashboard) -> tuple[Option, ...]:
    """What to ask: fixed prices always, an entity where the dashboard has one."""
    return (*FIXED, *(option for option in BY_ENTITY if known_prices(dashboard)[option.key] is not None))


def known_prices(dashboard: Dashboard) -> dict[str, Any]:
    """What the dashboard knows, by option."""
    return {
        "import_price": dashboard.import_price,
        "export_price": dashboard.export_price,
        "import_entity": dashboard.import_entity,
        "export_entity": dashboard.export_entity,
    }


class PriceRefused(Exception):
    """A price cannot be used; `errors` and `words` are for the form."""

    def __init__(self, errors: dict[str, str], words: dict[str, str]) -> None:
        super().__init__(str(errors))
        self.errors = errors
        self.words = words


async def first_tariff(hass: HomeAssistant, answers: Mapping[str, Any]) -> TariffConfig | None:
    """The contract from the first form; None where no price for supply was given. Raises PriceRefused."""
    supply, export = [await _plug_in(hass, answers, way) for way in DIRECTIONS]
    return None if supply is None else TariffConfig(supply=supply, export=export)


async def _plug_in(hass: HomeAssistant, answers: Mapping[str, Any], way: str) -> PlugIn | None:
    if (entity_id := answers.get(f"{way}_entity")) is None:
        price = answers.get(f"{way}_price")
        return None if price is None else PlugIn(kind="fixed", options={"price": price})
    chosen = _by_entity(hass, entity_id)
    kind = tariff_kind(chosen.kind)
    try:
        options = settle(kind.options, chosen.options)
        if kind.check is not None:
            options |= await within(CHECK_TIMEOUT_S, kind.check(options, build_ports(hass), way))
    except Exception as err:
        (key,) = blame(err, (), None).values()
        words = err.placeholders if isinstance(err, MeritOrderError) else {}
        raise PriceRefused({f"{way}_entity": key}, {"entity": entity_id, **words}) from err
    return PlugIn(kind=kind.key, options=options)


def _by_entity(hass: HomeAssistant, entity_id: str) -> PlugIn:
    """Core's Nord Pool sensors hold one hour only, but its integration can be asked for all that are published."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is not None and entry.platform == NORDPOOL and entry.config_entry_id is not None:
        area = entry.unique_id.partition("-")[0]
        return PlugIn(kind=NORDPOOL, options={"config_entry": entry.config_entry_id, "area": area})
    return PlugIn(kind="entity", options={"entity": entity_id})
