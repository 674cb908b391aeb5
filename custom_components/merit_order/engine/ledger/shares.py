"""What each steered thing contributed to what was saved.

Things steered together help and hinder each other (a car that charges at noon leaves the battery less sun), so no
single figure is the share of one. Two questions have an answer from the same measured slots, and the truth lies between
them: what would be lost if this one alone had been left to itself, and what would be gained if it alone had been
steered. The share is the mean of the two (for two things that is the Shapley value), and half their difference its
uncertainty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..assets._battery import BatteryParams
from .baseline import Standing, replay, stored_money
from .measured import MeasuredSlot


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Money, in currency: `last` is lost without this one, `first` is gained by this one alone."""

    last: float = 0.0
    first: float = 0.0

    @property
    def middle(self) -> float:
        """The share."""
        return (self.last + self.first) / 2

    def since(self, mark: Bounds) -> Bounds:
        """What came to it since it stood at `mark`."""
        return Bounds(last=self.last - mark.last, first=self.first - mark.first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing: where the comparison stood, before the slots still open, with it alone left to itself (`without`) and
    with all but it (`others`); and its bounds as day, month and year began.
    """

    without: Standing = field(default_factory=Standing)
    others: Standing = field(default_factory=Standing)
    day: Bounds = field(default_factory=Bounds)
    month: Bounds = field(default_factory=Bounds)
    year: Bounds = field(default_factory=Bounds)


def steered(slot: MeasuredSlot) -> set[str]:
    """The things that were ours in a slot."""
    return {*(key for key, battery in slot.batteries.items() if battery.steered), *slot.loads}


def joined(parts: Mapping[str, Part], slot: MeasuredSlot, settled: Standing) -> Mapping[str, Part]:
    """The parts with those a slot shows for the first time: up to now all there was were the others."""
    new = {key: Part(others=settled) for key in steered(slot) - parts.keys()}
    return {**parts, **new} if new else parts


def settle(
    parts: Mapping[str, Part],
    slots: Sequence[MeasuredSlot],
    params: Mapping[str, BatteryParams],
    worth: float,
    done: int,
) -> dict[str, Part]:
    """The parts after the first `done` of the open `slots`."""
    return {
        key: replace(
            part,
            without=replay(part.without, [_only(slot, key) for slot in slots], params, worth, done),
            others=replay(part.others, [_but(slot, key) for slot in slots], params, worth, done),
        )
        for key, part in parts.items()
    }


def bounds(
    parts: Mapping[str, Part],
    slots: Sequence[MeasuredSlot],
    params: Mapping[str, BatteryParams],
    worth: float,
    total: float,
) -> dict[str, Bounds]:
    """What each thing contributed to `total`, from the beginning of the book on."""

    def money(standing: Standing, restricted: Sequence[MeasuredSlot]) -> float:
        end = replay(standing, restricted, params, worth)
        return end.money + stored_money(end, params, worth)

    return {
        key: Bounds(
            last=money(part.without, [_only(slot, key) for slot in slots]),
            first=total - money(part.others, [_but(slot, key) for slot in slots]),
        )
        for key, part in parts.items()
    }


def _only(slot: MeasuredSlot, key: str) -> MeasuredSlot:
    """The slot as if nothing but this one had been steered: all else is the same in both homes."""
    return replace(
        slot,
        batteries={name: one for name, one in slot.batteries.items() if name == key or not one.steered},
        loads={name: one for name, one in slot.loads.items() if name == key},
    )


def _but(slot: MeasuredSlot, key: str) -> MeasuredSlot:
    return replace(
        slot,
        batteries={name: one for name, one in slot.batteries.items() if name != key},
        loads={name: one for name, one in slot.loads.items() if name != key},
    )
