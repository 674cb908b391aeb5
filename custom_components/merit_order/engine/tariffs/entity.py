"""Prices from any entity Home Assistant already has, by the person's own formula (one to one when left alone).

Options: `entity`, `entity_tomorrow` (where tomorrow stands in an entity of its own), `unit` (only for entities that
have none, such as events), FORMULA_OPTIONS. The shapes that are read stand in _shapes.py; those of these integrations
are tested: Nord Pool (HACS), ENTSO-e (HACS), EPEX Spot (HACS), Tibber price lists, Amber (core forecast sensors),
Octopus (HACS rate events), Frank Energie (HACS), Zonneplan (HACS), plain lists of today and tomorrow, {time: price}.
An entity with nothing but a state gives the price of the running hour.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ..model.errors import BadData, SourceError
from ..model.options import Option, OptionType
from ..model.ports import EntityState, Ports
from ..model.series import Series, Span
from ..model.units import price_per_kwh
from ..model.web import reading
from ._base import TariffKind
from ._clean import clip, same_currency
from ._formula import FORMULA_OPTIONS, Formula
from ._shapes import read_shapes

HOUR = timedelta(hours=1)
LOOK_AGAIN = timedelta(minutes=5)
"""The entity tells nothing about its next change; looking at a state costs nothing."""


class NoPrices(BadData):
    """The entity exists but there is no price in it."""

    key = "no_prices"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityTariff:
    """Prices that stand in the state and the attributes of `entities`."""

    ports: Ports
    entities: tuple[str, ...]
    unit: str | None
    formula: Formula

    async def prices(self, start: datetime, end: datetime) -> Series:
        """What the entities hold of [start, end). Raises SourceError."""
        spans: list[Span] = []
        for entity_id in self.entities:
            spans += self._read(entity_id)
        now = self.ports.clock.now()
        market = Series.of(clip(spans, start, end), origin=self.entities[0], issued=now)
        return self.formula.apply(market)

    def next_publication(self, now: datetime) -> datetime | None:
        """Soon."""
        return now + LOOK_AGAIN

    def _read(self, entity_id: str) -> list[Span]:
        state = self.ports.entities.get(entity_id)
        if state is None:
            raise SourceError(f"{entity_id} does not exist", service=entity_id)
        unit = self._unit(entity_id, state)
        zone = ZoneInfo(self.ports.timezone)
        now = self.ports.clock.now()
        with reading(entity_id):
            spans = read_shapes(state.attributes, now.astimezone(zone).date(), zone)
            if not spans and state.state is not None:
                hour = now.replace(minute=0, second=0, microsecond=0)
                spans = [Span(max(state.changed, hour), hour + HOUR, float(state.state))]
            spans = [replace(span, value=price_per_kwh(span.value, unit)) for span in spans]
        # Only the first entity must have prices: tomorrow's are empty until they are published.
        if not spans and entity_id == self.entities[0]:
            raise NoPrices(f"{entity_id} holds no price now", service=entity_id)
        return spans

    def _unit(self, entity_id: str, state: EntityState) -> str:
        unit = state.unit or self.unit or f"{self.ports.currency or 'EUR'}/kWh"
        coin = unit.partition("/")[0].strip()
        if len(coin) == 3 and coin.isalpha() and coin.isupper():
            same_currency(self.ports, coin, entity_id)
        return unit


def _build(options: Mapping[str, Any], ports: Ports, direction: str) -> EntityTariff:
    entities = tuple(options[key] for key in ("entity", "entity_tomorrow") if options.get(key))
    formula = Formula.of(options, ports.timezone)
    return EntityTariff(ports=ports, entities=entities, unit=options.get("unit"), formula=formula)


async def _check(options: Mapping[str, Any], ports: Ports, direction: str) -> Mapping[str, Any]:
    """See that there is a price now."""
    now = ports.clock.now()
    series = await _build(options, ports, direction).prices(now - HOUR, now + HOUR)
    if series.value_at(now) is None:
        raise NoPrices(f"{options['entity']} holds no price now", service=options["entity"])
    return {}


KIND = TariffKind(
    key="entity",
    options=(
        Option(
            key="entity",
            type=OptionType.ENTITY,
            domains=("sensor", "event", "number", "input_number"),
            required=True,
        ),
        Option(key="entity_tomorrow", type=OptionType.ENTITY, domains=("sensor", "event"), advanced=True),
        Option(key="unit", type=OptionType.TEXT, advanced=True),
        *FORMULA_OPTIONS,
    ),
    build=_build,
    check=_check,
    field_of_error={
        "cannot_connect": "entity",
        "no_prices": "entity",
        "bad_data": "entity",
        "wrong_currency": "entity",
    },
)
