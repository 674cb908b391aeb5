"""Intelligent Octopus Go: when the service means to charge the car, the whole home pays the cheap rate.

Told by the account's GraphQL API (https://docs.octopus.energy/graphql/): a token for the key, the account's devices,
and the planned dispatches of each. A boost a person asked for is not cheap. The supplier bills by the half-hour: one
that a dispatch reaches into is cheap as a whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ..model.errors import BadData, InvalidAuth, SourceError
from ..model.layers import over
from ..model.series import Quality, Series, Span, utc
from ..model.web import Question, ask_json, reading
from ._octopus_api import SERVICE, Api

HALF_HOUR = timedelta(minutes=30)
LOOK_EVERY = timedelta(minutes=5)
"""The service changes its mind while the car charges."""
TOKEN_HOLDS = timedelta(minutes=50)
"""Of the hour it is good for."""
DEVICES_HOLD = timedelta(hours=6)
KEEP = timedelta(days=2)
SMART = "SMART"

TOKEN = "mutation Token($key: String!) { obtainKrakenToken(input: {APIKey: $key}) { token } }"
DEVICES = "query Devices($account: String!) { devices(accountNumber: $account) { id } }"
PLANNED = "query Planned($device: String!) { flexPlannedDispatches(deviceId: $device) { start end type } }"

type Stretch = tuple[datetime, datetime]


def has_dispatches(product: str) -> bool:
    """Whether the product's cheap hours move with the car's charging: Intelligent Go, not Intelligent Flux."""
    return product.startswith("INTELLI-") and "FLUX" not in product


class Refused(BadData):
    """The service understood the question and says no."""


@dataclass(slots=True)
class Dispatches:
    """The planned dispatches of an account. Those that began are remembered: the service tells them no more."""

    api: Api
    account: str
    _token: tuple[str, datetime] | None = None
    _devices: tuple[tuple[str, ...], datetime] | None = None
    _planned: tuple[Stretch, ...] = ()
    _begun: set[Stretch] = field(default_factory=set)

    async def refresh(self) -> SourceError | None:
        """Ask anew. What goes wrong is given back: then what was planned last still counts, for as long as it lasts."""
        now = self.api.ports.clock.now()
        try:
            devices = await self._device_ids(now)
            planned = [stretch for device in devices for stretch in await self._of(device, now)]
        except SourceError as err:
            self._token = None
            return err
        self._begun |= {stretch for stretch in (*self._planned, *planned) if stretch[0] <= now}
        self._begun = {stretch for stretch in self._begun if stretch[1] > now - KEEP}
        self._planned = tuple(planned)
        return None

    def cheap(self, rates: Series) -> Series:
        """`rates` with the lowest of them in every half-hour of a dispatch, called a forecast: it may be cancelled."""
        stretches = sorted({*self._planned, *self._begun})
        if not rates.spans or not stretches:
            return rates
        lowest = min(span.value for span in rates.spans)
        begin, end = rates.spans[0].start, rates.spans[-1].end
        halves = {at for stretch in stretches for at in _halves(stretch) if begin <= at < end}
        spans = [Span(at, at + HALF_HOUR, lowest, Quality.FORECAST) for at in sorted(halves)]
        return over(Series.of(spans, rates.origin, rates.issued), rates)

    async def _device_ids(self, now: datetime) -> tuple[str, ...]:
        if self._devices is None or now - self._devices[1] > DEVICES_HOLD:
            answer = await self._ask(DEVICES, {"account": self.account.strip().upper()}, now)
            with reading(SERVICE):
                self._devices = tuple(str(row["id"]) for row in answer["devices"] or ()), now
        return self._devices[0]

    async def _of(self, device: str, now: datetime) -> Iterable[Stretch]:
        answer = await self._ask(PLANNED, {"device": device}, now)
        with reading(SERVICE):
            return [
                (utc(row["start"]), utc(row["end"]))
                for row in answer["flexPlannedDispatches"] or ()
                if str(row.get("type") or SMART).upper() == SMART
            ]

    async def _ask(self, query: str, variables: Mapping[str, str], now: datetime) -> Any:
        if self._token is None or now - self._token[1] > TOKEN_HOLDS:
            try:
                answer = await self._post(TOKEN, {"key": self.api.key or ""}, {})
            except Refused as err:
                raise InvalidAuth("Octopus: refused the key", service=SERVICE) from err
            with reading(SERVICE):
                self._token = str(answer["obtainKrakenToken"]["token"]), now
        return await self._post(query, variables, {"Authorization": self._token[0]})

    async def _post(self, query: str, variables: Mapping[str, str], headers: Mapping[str, str]) -> Any:
        question = Question(
            service=SERVICE,
            url=f"{self.api.url.rstrip('/')}/v1/graphql/",
            headers=headers,
            body={"query": query, "variables": dict(variables)},
            secret=True,
            attempts=1,
        )
        answer = await ask_json(self.api.ports, question)
        with reading(SERVICE):
            if answer.get("errors"):
                # The service's own words may repeat what was asked, the key among it.
                code = answer["errors"][0].get("extensions", {}).get("errorCode", "no code")
                raise Refused(f"Octopus: refused the question ({code})", service=SERVICE)
            return answer["data"]


def _halves(stretch: Stretch) -> Iterable[datetime]:
    start, end = stretch
    length = HALF_HOUR.total_seconds()
    at = datetime.fromtimestamp(start.timestamp() // length * length, UTC)
    while at < end:
        yield at
        at += HALF_HOUR
