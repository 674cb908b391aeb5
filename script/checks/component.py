"""The integration's files, read once for all checks."""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

DOMAIN = "merit_order"
# A file of descriptions: parsed JSON or YAML, keys are strings.
type Tree = dict[str, Any]


@dataclass(frozen=True)
class Component:
    """An integration's folder and the repository it stands in."""

    folder: Path
    repository: Path

    def json(self, name: str) -> Tree:
        """Content of a JSON file in the folder, empty where there is none."""
        return _object(json.loads(text)) if (text := self._text(name)) else {}

    def yaml(self, name: str) -> Tree:
        """Content of a YAML file in the folder, empty where there is none."""
        return _object(yaml.safe_load(text) or {}) if (text := self._text(name)) else {}

    def _text(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @cached_property
    def strings(self) -> Tree:
        """What the user interface says, in English."""
        return self.json("strings.json")

    @cached_property
    def translations(self) -> dict[str, Tree]:
        """Content of translations/ by language."""
        paths = sorted((self.folder / "translations").glob("*.json"))
        return {path.stem: self.json(f"translations/{path.name}") for path in paths}

    @cached_property
    def modules(self) -> dict[str, ast.Module]:
        """Syntax trees of the Python files by path relative to the folder, without the engine's tests or caches."""
        paths = sorted(self.folder.rglob("*.py"))
        return {
            path.relative_to(self.folder).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
            for path in paths
        }

    @cached_property
    def literals(self) -> frozenset[str]:
        """Every string that stands in the Python files."""
        return frozenset(
            node.value
            for module in self.modules.values()
            for node in ast.walk(module)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )


def leaves(tree: Tree, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each value of a tree that is no tree itself, with the keys that lead to it."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def dig(tree: Tree, *path: str) -> Tree:
    """The tree at a path, empty where there is none."""
    for key in path:
        found = tree.get(key)
        if not isinstance(found, dict):
            return {}
        tree = found
    return tree


def _object(value: object) -> Tree:
    if not isinstance(value, dict):
        raise TypeError(f"expected a mapping, found {type(value).__name__}")
    return value
