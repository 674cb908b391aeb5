"""quality_scale.yaml: Home Assistant's rules, all of them, each with a true-looking state."""

from collections.abc import Iterator
from pathlib import Path

import homeassistant
import probatio
import yaml

from .component import Component
from .translations import shape_problems

COMMENT = probatio.All(str, probatio.Length(min=10))
STATE = probatio.Any(
    probatio.In(["done", "todo"]),
    {probatio.Required("status"): probatio.In(["done", "todo"]), "comment": COMMENT},
    {probatio.Required("status"): "exempt", probatio.Required("comment"): COMMENT},
)


def rule_names() -> set[str]:
    """The rules as Home Assistant's own integrations name them; the list itself is not in its package."""
    files = (Path(homeassistant.__file__).parent / "components").glob("*/quality_scale.yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return {
        rule
        for path in files
        if path.parent.name in ("homewizard", "nordpool", "enphase_envoy", "google_weather", "schedule")
        for rule in yaml.load(path.read_text(encoding="utf-8"), loader)["rules"]  # noqa: S506 - a safe loader
    }


def problems(component: Component) -> Iterator[str]:
    """Rules that are missing, unknown or without a state."""
    rules = component.yaml("quality_scale.yaml").get("rules", {})
    yield from shape_problems("quality_scale.yaml", probatio.Schema({str: STATE}), rules)
    names = rule_names()
    for rule in sorted(names - rules.keys()):
        yield f"quality_scale.yaml: {rule} is missing"
    for rule in sorted(rules.keys() - names):
        yield f"quality_scale.yaml: {rule} is no rule"
