"""services.yaml, triggers.yaml, conditions.yaml and icons.json against Home Assistant's schemas, strings and code."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import hass_frontend
import probatio
from homeassistant.helpers import condition, service
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.trigger import descriptions as trigger

from .component import Component, Tree, dig
from .translations import shape_problems

# Home Assistant checks its own files by these; they are private, so a release may move them and this must follow.
SCHEMAS = {
    "services": service._SERVICES_SCHEMA,  # noqa: SLF001 - the schema itself is the point
    "triggers": trigger._TRIGGERS_DESCRIPTION_SCHEMA,  # noqa: SLF001 - as above
    "conditions": condition._CONDITIONS_DESCRIPTION_SCHEMA,  # noqa: SLF001 - as above
}


@cache
def known_icons() -> frozenset[str]:
    """Names of the Material Design icons that the frontend carries."""
    names: set[str] = set()
    for path in (Path(hass_frontend.where()) / "static" / "mdi").glob("*.json"):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, dict):
            names.update(content)
    return frozenset(names)


def icon(value: object) -> str:
    """An icon's name, which must exist: a wrong one shows as an empty space."""
    shown = str(cv.icon(value))
    prefix, _, name = shown.partition(":")
    if prefix != "mdi" or name not in known_icons():
        raise probatio.Invalid(f"there is no icon {shown}")
    return shown


_BY_STATE = {"default": icon, "state": {str: icon}, "range": {str: icon}}
_STATES = {**_BY_STATE, "state_attributes": {str: _BY_STATE}}
ICONS = probatio.Schema(
    {
        "entity": {str: {cv.slug: _STATES}},
        "services": {cv.slug: {probatio.Required("service"): icon, "sections": {cv.slug: icon}}},
        "triggers": {cv.slug: {probatio.Required("trigger"): icon}},
        "conditions": {cv.slug: {probatio.Required("condition"): icon}},
    }
)


def problems(component: Component) -> Iterator[str]:
    """What is wrong with actions, triggers, conditions and icons."""
    icons = component.json("icons.json")
    yield from shape_problems("icons.json", ICONS, icons)
    for domain, keys in dig(icons, "entity").items():
        for key in sorted(keys.keys() - dig(component.strings, "entity", domain).keys()):
            yield f"icons.json: entity.{domain}.{key} has no text in strings.json"
    for kind, schema in SCHEMAS.items():
        file = f"{kind}.yaml"
        described = component.yaml(file)
        yield from shape_problems(file, schema, described)
        shown = {key: value or {} for key, value in described.items() if not key.startswith(".")}
        yield from _same_keys(kind, shown, component, icons)
        for key, description in shown.items():
            yield from _same_fields(f"{kind}.{key}", description, dig(component.strings, kind, key))


def _same_keys(kind: str, shown: Tree, component: Component, icons: Tree) -> Iterator[str]:
    others = {
        "strings.json": dig(component.strings, kind).keys(),
        "icons.json": dig(icons, kind).keys(),
    }
    for file, keys in others.items():
        for key in sorted(shown.keys() - keys):
            yield f"{file}: {kind}.{key} is missing"
        for key in sorted(keys - shown.keys()):
            yield f"{file}: {kind}.{key} is not in {kind}.yaml"
    for key in sorted(shown.keys() - component.literals):
        yield f"{kind}.yaml: {key} stands nowhere in the code"


def _same_fields(name: str, description: Tree, strings: Tree) -> Iterator[str]:
    fields, sections = set[str](), set[str]()
    for key, field in dig(description, "fields").items():
        if isinstance(field, dict) and "fields" in field:
            sections.add(key)
            fields.update(field["fields"])
        else:
            fields.add(key)
    for what, wanted in (("fields", fields), ("sections", sections)):
        for key in sorted(wanted ^ dig(strings, what).keys()):
            yield f"strings.json: {name}.{what}.{key} must stand both here and in the YAML file"
    for key, field in dig(strings, "fields").items():
        if not re.search(r"\S", str(field.get("description", ""))):
            yield f"strings.json: {name}.fields.{key} has no description"
