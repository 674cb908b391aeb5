"""The home of a replay, from a YAML file: what stands in it, what it starts with, when prices are published."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..assets import asset_kind
from ..assets._base import read
from ..capacity import Terms
from ..model.clock_times import parse_clock
from ..model.codec import from_json
from ..model.errors import InputError
from ..model.snapshot import AssetSpec, Settings
from ..normalise import time_axis
from .recording import Recording

TIME_LIMIT_S = 0.02
"""For each of thousands of plans. Measured on demo/homes/full.yaml: the same bill as with ten times as much."""
LEAST_SLOT = {5: 15, 10: 20}
"""Minutes per slot for finer recordings: finer plans take long and know no more of the next minutes."""
SIMULATED = ("battery", "vehicle", "load", "hot_water", "solar", "grid")


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeAsset:
    """One thing in the home. `params` as in the asset kind, `start` the state it begins with."""

    id: str
    kind: str
    name: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    start: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFile:
    """The file as it is written. `published`: local time at which the next local day's prices appear.

    `slot_minutes` None, or finer than the recording: the recording's own step.
    """

    timezone: str
    currency: str = "EUR"
    published: str = "13:00"
    slot_minutes: int | None = None
    horizon_hours: float = 36.0
    settings: Mapping[str, Any] = field(default_factory=dict)
    capacity: Mapping[str, Any] | None = None
    """A charge on demand, as in capacity.Terms."""
    assets: tuple[HomeAsset, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A home that was checked."""

    zone: ZoneInfo
    currency: str
    published: time
    settings: Settings
    assets: tuple[AssetSpec, ...]
    capacity: Terms | None = None

    def of_kind(self, kind: str) -> tuple[AssetSpec, ...]:
        """Its assets of one kind."""
        return tuple(spec for spec in self.assets if spec.kind == kind)


def read_home(path: Path, recording: Recording) -> Home:
    """Read a home file for a recording. Raises InputError naming the file, the line or field, and what is wrong."""
    import yaml  # noqa: PLC0415  # only here: the engine runs without PyYAML

    if not path.is_file():
        raise InputError(str(path), "is no file")
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as err:
        mark = getattr(err, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise InputError(where, str(getattr(err, "problem", None) or err)) from err
    if not isinstance(raw, dict):
        raise InputError(str(path), "is not a mapping")
    return check_home(from_json(HomeFile, raw, str(path)), recording, str(path))


def check_home(file: HomeFile, recording: Recording, path: str) -> Home:
    """The home a file describes, with the notes of the recording (its time zone, its hour of prices) put over it."""
    name, step = recording.notes.get("timezone", file.timezone), recording.step // 60
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as err:
        raise InputError(f"{path}.timezone", f"{name!r} is not a time zone") from err
    given = {
        "slot_minutes": max(file.slot_minutes or LEAST_SLOT.get(step, step), step),
        "horizon_hours": file.horizon_hours,
        "explain": False,
        "time_limit_s": TIME_LIMIT_S,
        **file.settings,
    }
    settings = from_json(Settings, given, f"{path}.settings")
    if settings.slot_minutes % step:
        raise InputError(
            f"{path}.slot_minutes", f"{settings.slot_minutes} is no multiple of the recording's {step}"
        )
    try:
        time_axis(datetime.fromtimestamp(recording.start, UTC), settings)
    except InputError as err:
        raise err.within(path) from err
    return Home(
        zone=zone,
        currency=file.currency,
        published=parse_clock(recording.notes.get("published", file.published), f"{path}.published"),
        settings=settings,
        assets=_assets(file, "pv_kw" in recording.columns, path),
        capacity=_terms(file.capacity, f"{path}.capacity") if file.capacity else None,
    )


def _terms(raw: Mapping[str, Any], path: str) -> Terms:
    terms = read(Terms, raw, path)
    for name in ("window_minutes", "days", "months"):
        if getattr(terms, name) < 1:
            raise InputError(f"{path}.{name}", f"{getattr(terms, name)} is below 1")
    return terms


def _assets(file: HomeFile, has_solar: bool, path: str) -> tuple[AssetSpec, ...]:
    specs = []
    for i, asset in enumerate(file.assets):
        where = f"{path}.assets[{i}]"
        if asset.kind not in SIMULATED:
            raise InputError(f"{where}.kind", f"{asset.kind!r} is none of {', '.join(SIMULATED)}")
        kind = asset_kind(asset.kind)
        read(kind.params, asset.params, f"{where}.params", kind.options)
        from_json(kind.state, dict(asset.start), f"{where}.start")
        for name, value in asset.start.items():
            if isinstance(value, float) and not math.isfinite(value):
                raise InputError(f"{where}.start.{name}", "is not a number")
        specs.append(
            AssetSpec(
                id=asset.id,
                kind=asset.kind,
                name=asset.name or asset.id,
                params=asset.params,
                state=asset.start,
            )
        )
    if len({spec.id for spec in specs}) < len(specs):
        raise InputError(f"{path}.assets", "two have the same id")
    if len([spec for spec in specs if spec.kind == "solar"]) > 1:
        raise InputError(f"{path}.assets", "the recording has one column of solar, the home two arrays")
    if has_solar and not any(spec.kind == "solar" for spec in specs):
        specs.append(AssetSpec(id="solar", kind="solar", name="Solar"))
    return tuple(specs if has_solar else [spec for spec in specs if spec.kind != "solar"])


def with_state(spec: AssetSpec, state: Mapping[str, Any]) -> AssetSpec:
    """The asset with what is measured of it now."""
    return replace(spec, state=state)
