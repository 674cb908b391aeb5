"""What belongs to an Octopus account: the home's own tariff, and what its meter counted."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..model.errors import BadData
from ..model.series import Series, Span, utc
from ..model.web import NotFound, reading
from ._octopus_api import SERVICE, Api, stamp

TARIFF_CODE = re.compile(r"E-(?P<registers>[12])R-(?P<product>.+)-(?P<region>[A-P])")


class UnknownAccount(BadData):
    """The key opens no such account, or it has no meter in this direction."""

    key = "unknown_account"


class TwoRegisters(BadData):
    """A meter with a day and a night register, which switches by a clock of its own that the service does not tell."""

    key = "two_registers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A meter point with the product it is on; `region` in lower case. `serials` are its meters, newest last."""

    mpan: str
    serials: tuple[str, ...]
    product: str
    region: str


async def meter_of(api: Api, account: str, direction: str, now: datetime) -> Meter:
    """The meter point of this direction that has an agreement now. Raises UnknownAccount, TwoRegisters and other
    SourceErrors.
    """
    try:
        answer = await api.ask(f"accounts/{account.strip().upper()}/")
    except NotFound as err:
        raise UnknownAccount("Octopus: no such account", service=SERVICE) from err
    with reading(SERVICE):
        points = list(_meters(answer, direction, now))
    found = [meter for registers, meter in points if registers == 1]
    if points and not found:
        raise TwoRegisters("Octopus: the meter has two registers (Economy 7)", service=SERVICE)
    if not found:
        raise UnknownAccount("Octopus: the account has no meter in this direction", service=SERVICE)
    return found[0]


def _meters(answer: Mapping[str, Any], direction: str, now: datetime) -> Iterator[tuple[int, Meter]]:
    """Each meter point that has an agreement, with its number of registers."""
    for home in answer["properties"]:
        if home.get("moved_out_at"):
            continue
        for point in home["electricity_meter_points"]:
            if bool(point.get("is_export")) != (direction == "export"):
                continue
            match = TARIFF_CODE.fullmatch(_agreement(point, now))
            if match is not None:
                meter = Meter(
                    mpan=str(point["mpan"]),
                    serials=tuple(str(meter["serial_number"]) for meter in point["meters"]),
                    product=match["product"],
                    region=match["region"].lower(),
                )
                yield int(match["registers"]), meter


def _agreement(point: Mapping[str, Any], now: datetime) -> str:
    """The tariff code that holds now, or nothing."""
    for agreement in point["agreements"]:
        until = agreement.get("valid_to")
        if utc(agreement["valid_from"]) <= now and (until is None or now < utc(until)):
            return str(agreement["tariff_code"])
    return ""


async def own_consumption(api: Api, account: str, direction: str, start: datetime, end: datetime) -> Series:
    """Mean power in kW of each half-hour known of [start, end): mostly until yesterday. Raises SourceError."""
    meter = await meter_of(api, account, direction, api.ports.clock.now())
    spans = []
    for serial in meter.serials:
        path = f"electricity-meter-points/{meter.mpan}/meters/{serial}/consumption/"
        params = {"period_from": stamp(start), "period_to": stamp(end), "order_by": "period"}
        try:
            async for row in api.rows(path, params):
                with reading(SERVICE):
                    spans.append(_half_hour(row))
        except NotFound:
            continue  # a meter that was taken away
    return Series.of(spans, origin="octopus", issued=api.ports.clock.now())


def _half_hour(row: Mapping[str, Any]) -> Span:
    begin, end = utc(row["interval_start"]), utc(row["interval_end"])
    hours = (end - begin).total_seconds() / 3600
    return Span(begin, end, float(row["consumption"]) / hours)
