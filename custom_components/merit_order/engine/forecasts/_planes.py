"""Up to three planes of panels as options."""

from collections.abc import Mapping
from typing import Any

from ..model.options import Option, OptionType
from ._pv import Plane

_SUFFIXES = ("", "_2", "_3")


def _number(key: str, most: float, step: float, unit: str, default: float | None, first: bool) -> Option:
    return Option(
        key=key,
        type=OptionType.NUMBER,
        default=default,
        required=first and default is None,
        minimum=0.0,
        maximum=most,
        step=step,
        unit=unit,
        advanced=not first,
    )


def _plane(suffix: str) -> tuple[Option, ...]:
    first = suffix == ""
    return (
        _number(f"kwp{suffix}", 1000.0, 0.01, "kWp", None, first),
        _number(f"tilt{suffix}", 90.0, 1.0, "°", 35.0, first),
        _number(f"azimuth{suffix}", 360.0, 1.0, "°", 180.0, first),
    )


PLANE_OPTIONS = tuple(option for suffix in _SUFFIXES for option in _plane(suffix))
"""`kwp`, `tilt` (0 = flat), `azimuth` (180 = south), and the same with _2 and _3."""

INVERTER_OPTION = Option(
    key="inverter_kw", type=OptionType.NUMBER, minimum=0.1, maximum=1000.0, step=0.1, unit="kW"
)


def read_planes(options: Mapping[str, Any]) -> tuple[Plane, ...]:
    """The planes that have panels."""
    return tuple(
        Plane(kwp=options[f"kwp{n}"], tilt=options[f"tilt{n}"], azimuth=options[f"azimuth{n}"])
        for n in _SUFFIXES
        if options.get(f"kwp{n}")
    )
