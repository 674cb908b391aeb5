"""Dataclasses to and from JSON, so that a snapshot is at once a download, a test case and a benchmark.

Datetimes become ISO 8601 in UTC, enums their value, tuples lists, NaN null. Reading names the field that is wrong.
"""

import dataclasses
import math
import types
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from .errors import InputError

MOST = 2.0**53
"""Beyond it numbers are no longer told apart, and nothing in a home is that large."""
YEARS = range(1970, 2200)
"""Outside them a date is a mistake, and reckoning with it may leave the calendar."""

type Json = dict[str, Json] | list[Json] | str | int | float | bool | None


def to_json(value: object) -> Any:
    """Plain JSON types for a dataclass tree."""
    kind: Any = type(value)
    if (names := _names(kind)) is not None:
        return {name: to_json(getattr(value, name)) for name in names}
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date() | time():
            return value.isoformat()
        case Mapping():
            return {str(key): to_json(item) for key, item in value.items()}
        case tuple() | list() | frozenset():
            return [to_json(item) for item in value]
    raise TypeError(f"cannot write {type(value).__name__} as JSON")


def from_json[T](kind: type[T], raw: Any, path: str = "") -> T:
    """Build `kind` (a dataclass) from JSON. Raises InputError with the dotted path of the first wrong field."""
    result = _read(kind, raw, path or kind.__name__.lower())
    assert isinstance(result, kind)
    return result


@cache
def _names(kind: Any) -> tuple[str, ...] | None:
    """The fields of a dataclass; None of anything else."""
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else None


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


@cache
def _fields(kind: Any) -> dict[str, dataclasses.Field[Any]]:
    """What a dataclass is made of, by name."""
    return {field.name: field for field in dataclasses.fields(kind) if field.init}


def _read(kind: Any, raw: Any, path: str) -> Any:
    if isinstance(kind, types.UnionType) or get_origin(kind) is Union:
        return _read_union(kind, raw, path)
    if hasattr(kind, "__value__"):  # a `type X = …` alias
        return _read(kind.__value__, raw, path)
    origin = get_origin(kind)
    if origin is tuple:
        return _read_tuple(get_args(kind), raw, path)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(raw, Mapping):
            raise InputError(path, f"expected an object, got {_name(raw)}")
        item = get_args(kind)[1]
        return {key: _read(item, value, f"{path}.{key}") for key, value in raw.items()}
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(kind, raw, path)
    return _read_scalar(kind, raw, path)


def _read_union(kind: Any, raw: Any, path: str) -> Any:
    members = [member for member in get_args(kind) if member is not type(None)]
    if raw is None:
        if len(members) < len(get_args(kind)):
            return None
        raise InputError(path, "is missing")
    problem: InputError | None = None
    for member in members:
        try:
            return _read(member, raw, path)
        except InputError as err:
            problem = problem or err
    raise problem or InputError(path, "fits none of its types")


def _read_tuple(members: tuple[Any, ...], raw: Any, path: str) -> tuple[Any, ...]:
    if not isinstance(raw, list | tuple):
        raise InputError(path, f"expected a list, got {_name(raw)}")
    if len(members) == 2 and members[1] is ...:
        return tuple(_read(members[0], item, f"{path}[{i}]") for i, item in enumerate(raw))
    if len(raw) != len(members):
        raise InputError(path, f"expected {len(members)} items, got {len(raw)}")
    return tuple(_read(m, item, f"{path}[{i}]") for i, (m, item) in enumerate(zip(members, raw, strict=True)))


def _read_dataclass(kind: Any, raw: Any, path: str) -> Any:
    if not isinstance(raw, Mapping):
        raise InputError(path, f"expected an object, got {_name(raw)}")
    hints, fields = _hints(kind), _fields(kind)
    if unknown := sorted(set(raw) - set(fields)):
        raise InputError(f"{path}.{unknown[0]}", "is not a known field")
    values = {}
    for name, field in fields.items():
        if name in raw:
            values[name] = _read(hints[name], raw[name], f"{path}.{name}")
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise InputError(f"{path}.{name}", "is missing")
    try:
        return kind(**values)
    except InputError as err:
        raise err.within(path) from err


def _read_scalar(kind: Any, raw: Any, path: str) -> Any:
    if kind is Any or kind is object:
        return raw
    if kind in (float, int):
        return _read_number(kind, raw, path)
    if kind in (str, bool):
        if isinstance(raw, kind):
            return raw
    elif kind is date and type(raw) is date:
        return raw  # YAML reads an unquoted 2026-12-25 so
    elif isinstance(raw, str) and isinstance(kind, type) and issubclass(kind, (date, time)):
        try:
            return _read_time(kind, raw)
        except ValueError as err:
            raise InputError(path, str(err)) from err
    elif isinstance(kind, type) and issubclass(kind, Enum):
        try:
            return kind(raw)
        except ValueError as err:
            known = ", ".join(str(member.value) for member in kind)
            raise InputError(path, f"{raw!r} is none of {known}") from err
    raise _unexpected(kind, raw, path)


def _read_number(kind: type[float], raw: Any, path: str) -> float:
    """A number; null is NaN. A whole float counts as an int: forms give every number as a float."""
    if kind is float and raw is None:
        return math.nan
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        if math.inf > abs(raw) > MOST:
            raise InputError(path, f"expected {kind.__name__}, got a number that is too large")
        if kind is float or float(raw).is_integer():
            return kind(raw)
    raise _unexpected(kind, raw, path)


def _unexpected(kind: Any, raw: Any, path: str) -> InputError:
    return InputError(path, f"expected {getattr(kind, '__name__', kind)}, got {_name(raw)}")


def _read_time(kind: type, raw: str) -> date | time:
    if not issubclass(kind, datetime):
        return date.fromisoformat(raw) if issubclass(kind, date) else time.fromisoformat(raw)
    at = datetime.fromisoformat(raw)
    if at.tzinfo is None:
        raise ValueError(f"{raw!r} has no UTC offset")
    if at.year not in YEARS:
        raise ValueError(f"{raw!r} is not between {YEARS[0]} and {YEARS[-1]}")
    return at.astimezone(UTC)


def _name(raw: Any) -> str:
    return "nothing" if raw is None else f"{type(raw).__name__} {raw!r}"[:80]
