"""The first screen of a home: what is known is offered ticked, or, where nothing is, asked for."""

from collections.abc import Iterable, Mapping
from typing import Any

import probatio
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers import selector

from .energy_prefs import Dashboard, Thing
from .engine.devices import device_kind
from .engine.model.options import OptionType
from .flow_prices import known_prices, price_options
from .flow_schema import fields

GROUPS: Mapping[str, str] = {
    "grid": "entities_grid",
    "solar": "entities_solar",
    "battery": "entities_battery",
    "load": "entities_switch",
}
"""Fields of the form, and the kind of device each makes. What may be switched is never ticked for the person."""
GUIDED = ("entities_grid", "entities_solar", "entities_battery")


def ticked(dashboard: Dashboard) -> dict[str, Any]:
    """What stands in the form at first."""
    given: dict[str, Any] = {
        group: [] if group == "load" else [thing.key for thing in _of_kind(dashboard.things, kind)]
        for group, kind in GROUPS.items()
    }
    # A home has one connection to the grid; a second counter of it (day and night rate) would count twice.
    given["grid"] = given["grid"][:1]
    return given | known_prices(dashboard)


def picked(dashboard: Dashboard, answers: Mapping[str, Any]) -> list[tuple[str, Thing]]:
    """The things a person left ticked, with the field they stand in."""
    return [
        (group, thing)
        for group, kind in GROUPS.items()
        for thing in _of_kind(dashboard.things, kind)
        if thing.key in answers.get(group, ())
    ]


def offer_form(dashboard: Dashboard, given: Mapping[str, Any], currency: str) -> probatio.Schema:
    """A list of ticks per group in which something was found, and the prices."""
    made: dict[probatio.Marker, Any] = {}
    for group, kind in GROUPS.items():
        if found := _of_kind(dashboard.things, kind):
            marker = probatio.Optional(group, description={"suggested_value": given.get(group, [])})
            made[marker] = _ticks(found)
    return probatio.Schema(made | fields(price_options(dashboard), "home", currency, given))


def guided_form(dashboard: Dashboard, given: Mapping[str, Any], currency: str) -> probatio.Schema:
    """A section each for meter, panels and battery with what is asked of their entities, and the prices."""
    made: dict[probatio.Marker, Any] = {}
    for key in GUIDED:
        asked = [option for option in device_kind(key).options if not option.advanced]
        inside = fields(asked, key, currency, given.get(key), may_stay_empty=True)
        made[probatio.Optional(key)] = section(probatio.Schema(inside), {"collapsed": key != GUIDED[0]})
    return probatio.Schema(made | fields(price_options(dashboard), "home", currency, given))


def entered(hass: HomeAssistant, answers: Mapping[str, Any]) -> list[Thing]:
    """The things of the guided form: sections in which an entity was chosen, named after the first of them."""
    things = []
    for key in GUIDED:
        given = answers.get(key) or {}
        of_entities = [option.key for option in device_kind(key).options if option.type is OptionType.ENTITY]
        if entities := [given[name] for name in of_entities if given.get(name)]:
            state = hass.states.get(entities[0])
            name = state.name if state is not None else entities[0]
            things.append(Thing(kind=key, name=name, options=given))
    return things


def lacks_soc(thing: Thing) -> bool:
    """Whether it is a battery of which nobody knows how full it is."""
    return thing.kind == GROUPS["battery"] and "soc" not in thing.options


def _of_kind(things: Iterable[Thing], kind: str) -> list[Thing]:
    return [thing for thing in things if thing.kind == kind]


def _ticks(things: Iterable[Thing]) -> selector.SelectSelector:
    return selector.SelectSelector(
        selector.SelectSelectorConfig(
            options=[selector.SelectOptionDict(value=thing.key, label=thing.name) for thing in things],
            multiple=True,
            mode=selector.SelectSelectorMode.LIST,
        )
    )
