"""ENTSO-E's day-ahead prices (https://transparency.entsoe.eu, REST, document A44), by the person's own formula.

Options: `token` (free, on request), `area` (bidding zone), FORMULA_OPTIONS, `url`. Currency: what the document says
(EUR but for few), per MWh.

Two traps: in curve type A03 a point that repeats the one before it is left out, so it is filled forward; and where
other auctions are published beside the day-ahead one, that one has sequence 1.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ..model.errors import BadData, InvalidAuth, RateLimited
from ..model.options import Option, OptionType
from ..model.ports import Ports
from ..model.series import Series, Span, utc
from ..model.web import Question, ask_text, reading
from ._base import TariffKind
from ._clean import DAY_AHEAD, clip, same_currency
from ._formula import FORMULA_OPTIONS, Formula

SERVICE = "ENTSO-E"
URL = "https://web-api.tp.entsoe.eu"
AREAS = {
    "at": "10YAT-APG------L",
    "be": "10YBE----------2",
    "bg": "10YCA-BULGARIA-R",
    "ch": "10YCH-SWISSGRIDZ",
    "cz": "10YCZ-CEPS-----N",
    "de_lu": "10Y1001A1001A82H",
    "dk_1": "10YDK-1--------W",
    "dk_2": "10YDK-2--------M",
    "ee": "10Y1001A1001A39I",
    "es": "10YES-REE------0",
    "fi": "10YFI-1--------U",
    "fr": "10YFR-RTE------C",
    "gr": "10YGR-HTSO-----Y",
    "hr": "10YHR-HEP------M",
    "hu": "10YHU-MAVIR----U",
    "ie_sem": "10Y1001A1001A59C",
    "it_north": "10Y1001A1001A73I",
    "lt": "10YLT-1001A0008Q",
    "lv": "10YLV-1001A00074",
    "nl": "10YNL----------L",
    "no_1": "10YNO-1--------2",
    "no_2": "10YNO-2--------T",
    "no_3": "10YNO-3--------J",
    "no_4": "10YNO-4--------9",
    "no_5": "10Y1001A1001A48H",
    "pl": "10YPL-AREA-----S",
    "pt": "10YPT-REN------W",
    "ro": "10YRO-TEL------P",
    "se_1": "10Y1001A1001A44P",
    "se_2": "10Y1001A1001A45N",
    "se_3": "10Y1001A1001A46L",
    "se_4": "10Y1001A1001A47J",
    "si": "10YSI-ELES-----O",
    "sk": "10YSK-SEPS-----K",
}
NO_DATA = "999"
RESOLUTION = re.compile(r"PT(\d+)([MH])")


class Entsoe:
    """Day-ahead prices of one bidding zone as the person pays them."""

    def __init__(self, ports: Ports, *, token: str, area: str, formula: Formula, url: str = URL) -> None:
        self._ports, self._token, self._area, self._formula = ports, token, area, formula
        self._url = f"{url.rstrip('/')}/api"
        self._known_until: datetime | None = None

    async def prices(self, start: datetime, end: datetime) -> Series:
        """What is published of [start, end). Raises SourceError."""
        question = Question(
            service=SERVICE,
            url=self._url,
            params={
                "securityToken": self._token,
                "documentType": "A44",
                "in_Domain": AREAS[self._area],
                "out_Domain": AREAS[self._area],
                "periodStart": _stamp(start),
                "periodEnd": _stamp(end + timedelta(minutes=59)),
            },
            secret=True,
            # That there is no data comes as an acknowledgement, with this code or with 200.
            readable=frozenset({400}),
        )
        text = await ask_text(self._ports, question)
        with reading(SERVICE):
            spans = clip(read_prices(text, self._ports), start, end)
        market = Series.of(spans, origin="entsoe", issued=self._ports.clock.now())
        self._known_until = max(filter(None, (market.end, self._known_until)), default=None)
        return self._formula.apply(market)

    def next_publication(self, now: datetime) -> datetime | None:
        """After the auction, and soon again while its result is late."""
        return DAY_AHEAD.next(now, self._known_until)


def read_prices(text: str, ports: Ports) -> list[Span]:
    """Market prices in currency/kWh from a publication document, finest resolution last. Raises BadData."""
    if "<!" in text.replace("<!--", ""):
        raise BadData("ENTSO-E: the document declares what it should not", service=SERVICE)
    try:
        root = ET.fromstring(text)  # noqa: S314 - declarations were refused above
    except ET.ParseError as err:
        raise BadData("ENTSO-E: the document is broken off", service=SERVICE) from err
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    if root.tag == "Acknowledgement_MarketDocument":
        _acknowledged(root)
        return []
    if root.tag != "Publication_MarketDocument":
        raise BadData("ENTSO-E: another document than prices", service=SERVICE)
    found = [
        (step, span)
        for series in root.iter("TimeSeries")
        if _day_ahead(series)
        for step, span in _series(series, ports)
    ]
    return [span for _, span in sorted(found, key=lambda item: -item[0])]


def _acknowledged(root: ET.Element) -> None:
    """An acknowledgement instead of prices: no data is fine, anything else is told."""
    code, why = root.findtext("Reason/code", ""), root.findtext("Reason/text", "")
    if code == NO_DATA and "No matching data" in why:
        return
    if "token" in why.lower() or "unauthorized" in why.lower():
        raise InvalidAuth("ENTSO-E: refused the token", service=SERVICE)
    if "requests" in why.lower() and "maximum" in why.lower():
        raise RateLimited("ENTSO-E: too many requests", 600.0, service=SERVICE)
    raise BadData(f"ENTSO-E: refused the request (reason {code})", service=SERVICE)


def _day_ahead(series: ET.Element) -> bool:
    sequence = series.findtext("classificationSequence_AttributeInstanceComponent.position")
    return sequence in (None, "1")


def _series(series: ET.Element, ports: Ports) -> Iterator[tuple[timedelta, Span]]:
    same_currency(ports, series.findtext("currency_Unit.name"), SERVICE)
    unit = series.findtext("price_Measure_Unit.name")
    if unit != "MWH":
        raise BadData(f"ENTSO-E: prices are per {unit}, not per MWh", service=SERVICE)
    for period in series.iter("Period"):
        yield from _period(period, series.findtext("curveType", "A01"))


def _period(period: ET.Element, curve: str) -> Iterator[tuple[timedelta, Span]]:
    start, end = (utc(period.findtext(f"timeInterval/{edge}", "")) for edge in ("start", "end"))
    match = RESOLUTION.fullmatch(period.findtext("resolution", ""))
    if match is None:
        raise BadData("ENTSO-E: unknown resolution", service=SERVICE)
    step = timedelta(minutes=int(match[1]) * (60 if match[2] == "H" else 1))
    count = round((end - start) / step)
    points = {
        int(point.findtext("position", "")): float(point.findtext("price.amount", ""))
        for point in period.iter("Point")
    }
    if not points or min(points) < 1 or max(points) > count:
        raise BadData("ENTSO-E: points do not fit their period", service=SERVICE)
    value: float | None = None
    for position in range(1, count + 1):
        value = points.get(position, value if curve == "A03" else None)
        if value is not None:
            yield step, Span(start + (position - 1) * step, start + position * step, value / 1000)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%d%H00")


def _build(options: Mapping[str, Any], ports: Ports, direction: str) -> Entsoe:
    formula = Formula.of(options, ports.timezone)
    return Entsoe(ports, token=options["token"], area=options["area"], formula=formula, url=options["url"])


async def _check(options: Mapping[str, Any], ports: Ports, direction: str) -> Mapping[str, Any]:
    """See that the token is taken and prices of today come."""
    now = ports.clock.now()
    series = await _build(options, ports, direction).prices(
        now - timedelta(hours=1), now + timedelta(hours=1)
    )
    if not series.spans:
        raise BadData("ENTSO-E: no prices of this area now", service=SERVICE)
    return {}


KIND = TariffKind(
    key="entsoe",
    options=(
        Option(key="token", type=OptionType.SECRET, required=True),
        Option(key="area", type=OptionType.CHOICE, choices=tuple(AREAS), required=True),
        *FORMULA_OPTIONS,
        Option(key="url", type=OptionType.TEXT, default=URL, advanced=True),
    ),
    build=_build,
    check=_check,
    field_of_error={"invalid_auth": "token", "wrong_currency": "area", "bad_data": "area"},
)
