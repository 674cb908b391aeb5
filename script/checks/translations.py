"""strings.json and translations/: the shape Home Assistant reads, and every language saying the same things."""

import re
from collections.abc import Iterator
from typing import Any

import probatio
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.translation import recursive_flatten

from .component import Component, Tree, dig

PLACEHOLDER = re.compile(r"\{(\w*)\}")


def text(value: object) -> str:
    """A string to be shown: no HTML, no stray space, no reference that only Home Assistant's own build resolves."""
    shown = str(cv.string_with_no_html(value))
    if not shown or shown != shown.strip():
        raise probatio.Invalid("text is empty or has a space at its edge")
    if "[%key:" in shown:
        raise probatio.Invalid("references are resolved for core integrations only")
    if re.search(r"'\{\w+\}'", shown):
        raise probatio.Invalid("a placeholder must not stand in single quotes")
    if shown.count("{") != shown.count("}") or shown.count("{") != len(PLACEHOLDER.findall(shown)):
        raise probatio.Invalid("braces that make no placeholder")
    return shown


def _by_key(value: Any) -> dict[Any, Any]:
    return {cv.slug: value}


TEXTS = _by_key(text)
STEP = {
    "title": text,
    "description": text,
    "data": TEXTS,
    "data_description": TEXTS,
    "menu_options": TEXTS,
    "menu_option_descriptions": TEXTS,
    "submit": text,
    "sections": _by_key({"name": text, "description": text, "data": TEXTS, "data_description": TEXTS}),
}
FLOW = {
    "step": _by_key(STEP),
    "error": TEXTS,
    "abort": TEXTS,
    "progress": TEXTS,
    "create_entry": TEXTS,
}
FIELD = {probatio.Required("name"): text, "description": text, "example": text}
FIELDS = _by_key(FIELD)
SECTIONS = _by_key({probatio.Required("name"): text, "description": text})
AUTOMATION = _by_key(
    {
        probatio.Required("name"): text,
        probatio.Required("description"): text,
        "fields": FIELDS,
        "sections": SECTIONS,
    }
)
STATES = {cv.match_all: text}
SCHEMA = probatio.Schema(
    {
        "title": text,
        "common": {cv.slug: text},
        "config": {**FLOW, "flow_title": text, "initiate_flow": TEXTS},
        "config_subentries": _by_key(
            {
                **FLOW,
                probatio.Required("entry_type"): text,
                probatio.Required("initiate_flow"): {probatio.Required("user"): text, "reconfigure": text},
            }
        ),
        "options": FLOW,
        "selector": _by_key(
            {
                "options": STATES,
                "choices": STATES,
                "fields": {cv.slug: probatio.Any(text, FIELD)},
                "unit_of_measurement": STATES,
            }
        ),
        "device": _by_key({probatio.Required("name"): text}),
        "entity": _by_key(
            _by_key(
                {
                    "name": text,
                    "state": STATES,
                    "state_attributes": _by_key({"name": text, "state": STATES}),
                    "unit_of_measurement": text,
                }
            )
        ),
        "exceptions": _by_key({probatio.Required("message"): text}),
        "issues": _by_key(
            {
                probatio.Required("title"): text,
                probatio.Exclusive("description", "body"): text,
                probatio.Exclusive("fix_flow", "body"): FLOW,
            }
        ),
        "services": AUTOMATION,
        "triggers": AUTOMATION,
        "conditions": AUTOMATION,
        "system_health": {"info": TEXTS},
    }
)


def problems(component: Component) -> Iterator[str]:
    """What is wrong with what the user interface says."""
    english = component.strings
    if not english:
        yield "strings.json is missing"
        return
    yield from shape_problems("strings.json", SCHEMA, english)
    yield from _descriptions(english)
    if component.translations.get("en") != english:
        yield "translations/en.json differs from strings.json"
    expected = recursive_flatten("", english)
    for language, tree in component.translations.items():
        if language == "en":
            continue
        name = f"translations/{language}.json"
        yield from shape_problems(name, SCHEMA, tree)
        yield from _differences(name, expected, recursive_flatten("", tree))


def shape_problems(name: str, schema: probatio.Schema, tree: Tree) -> Iterator[str]:
    """Each place where a tree does not fit a schema."""
    try:
        schema(tree)
    except probatio.MultipleInvalid as err:
        for error in err.errors:
            yield f"{name}: {'.'.join(map(str, error.path))}: {error.msg}"
    except probatio.Invalid as err:
        yield f"{name}: {'.'.join(map(str, err.path))}: {err.msg}"


def _descriptions(strings: Tree) -> Iterator[str]:
    """Every field a person fills in says what it means."""
    flows = {"config": dig(strings, "config"), "options": dig(strings, "options")}
    flows |= {f"config_subentries.{kind}": flow for kind, flow in dig(strings, "config_subentries").items()}
    for flow_name, flow in flows.items():
        for step_name, step in dig(flow, "step").items():
            for part_name, part in {"": step, **dig(step, "sections")}.items():
                for field in sorted(dig(part, "data").keys() ^ dig(part, "data_description").keys()):
                    where = f"{flow_name}.step.{step_name}{'.' if part_name else ''}{part_name}"
                    yield f"strings.json: {where}: {field} needs both data and data_description"


def _differences(name: str, expected: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    for key in sorted(expected.keys() - found.keys()):
        yield f"{name}: {key} is missing"
    for key in sorted(found.keys() - expected.keys()):
        yield f"{name}: {key} is not in strings.json"
    for key in sorted(expected.keys() & found.keys()):
        wanted, present = (set(PLACEHOLDER.findall(str(tree[key]))) for tree in (expected, found))
        if wanted != present:
            yield f"{name}: {key} has placeholders {sorted(present)}, strings.json {sorted(wanted)}"
