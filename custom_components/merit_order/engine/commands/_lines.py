"""Where in a file a wrong field stands: people look for lines, errors know paths."""

import re
from pathlib import Path
from typing import Any

TOKENS = re.compile(r"[^.\[\]]+")


def with_line(path: Path, field: str) -> str:
    """`field` (a dotted path, `assets[1].params.x` or by id `assets.boiler.params.x`) as "file:line: field".

    The line is that of the innermost part that is there: of a missing field its parent's. Without PyYAML, of which JSON
    is a part, or in a file it cannot read, no line is told.
    """
    found = _line(path, TOKENS.findall(field))
    return f"{path}: {field}" if found is None else f"{path}:{found}: {field}"


def _line(path: Path, keys: list[str]) -> int | None:
    try:
        import yaml  # noqa: PLC0415 # only where something is wrong: the engine runs without PyYAML
    except ImportError:
        return None
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError, OSError, UnicodeDecodeError, RecursionError:
        return None
    found = None
    for key in keys:
        below = _below(node, key)
        if below is None:
            break
        node, found = below
    return found


def _below(node: Any, key: str) -> tuple[Any, int] | None:
    """The part called `key`, by name, number or id, and its line."""
    if not isinstance(getattr(node, "value", None), list):
        return None
    for i, item in enumerate(node.value):
        if isinstance(item, tuple):
            name, value = item
            if name.value == key:
                return value, name.start_mark.line + 1
        elif key == str(i) or any(k.value == "id" and v.value == key for k, v in _pairs(item)):
            return item, item.start_mark.line + 1
    return None


def _pairs(node: Any) -> list[Any]:
    return [item for item in node.value if isinstance(item, tuple)] if isinstance(node.value, list) else []
