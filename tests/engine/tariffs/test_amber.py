"""Amber by its wire: both directions and their sign, forecasts, spikes, five minutes, usage, quota, errors."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web

from custom_components.merit_order.engine.model.errors import BadData, InvalidAuth, RateLimited
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.model.series import Quality
from custom_components.merit_order.engine.tariffs import tariff_kind
from custom_components.merit_order.engine.tariffs.amber import Amber, UnknownSite
from tests.apis import Answer, at, error, json_, ports, service

pytestmark = pytest.mark.usefixtures("loopback")
KIND = tariff_kind("amber")
SITES = [
    {"id": "01F", "nmi": "3052282872", "network": "Jemena", "status": "active", "intervalLength": 30},
    {"id": "00X", "nmi": "3052280000", "network": "Jemena", "status": "closed", "intervalLength": 30},
]
NOW = at("2026-06-15T02:10Z")
SYDNEY = ZoneInfo("Australia/Sydney")
HOUR, HALF_HOUR = timedelta(hours=1), timedelta(minutes=30)


def build(home: Ports, url: str, direction: str = "import", **options: Any) -> Amber:
    tariff = KIND.build(
        settle(KIND.options, {"token": "hush", "site": "01F", "url": url, **options}), home, direction
    )
    assert isinstance(tariff, Amber)
    return tariff


def interval(end: datetime, minutes: int, channel: str, cents: float, spike: str = "none") -> dict[str, Any]:
    kind = "ActualInterval" if end <= NOW else "CurrentInterval"
    if end - timedelta(minutes=minutes) > NOW:
        kind = "ForecastInterval"
    return {
        "type": kind,
        "date": end.date().isoformat(),
        "duration": minutes,
        "startTime": (end - timedelta(minutes=minutes, seconds=-1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "endTime": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "nemTime": (end + timedelta(hours=10)).strftime("%Y-%m-%dT%H:%M:%S+10:00"),
        "perKwh": cents,
        "spotPerKwh": cents / 2,
        "renewables": 40.0,
        "channelType": channel,
        "spikeStatus": spike,
        "descriptor": "neutral",
    }


def market(request: web.Request) -> web.Response:
    """Half-hours at 30 c and feed-in at −8 c; five-minute prices at 35 c until 03:00."""
    minutes = int(request.query["resolution"])
    step = timedelta(minutes=minutes)
    running = NOW.replace(minute=NOW.minute // minutes * minutes) + step
    rows = []
    for i in range(-int(request.query["previous"]), int(request.query["next"]) + 1):
        end = running + i * step
        if minutes == 5 and end > at("2026-06-15T03:00"):
            continue
        spike = "potential" if i == 0 else "none"
        rows += [
            interval(end, minutes, "general", 30.0 if minutes == 30 else 35.0, spike),
            interval(end, minutes, "feedIn", -8.0 if i % 2 else 1.5),
        ]
    return web.json_response(rows)


async def test_what_was_and_is_is_known_and_what_comes_is_forecast() -> None:
    async with service() as amber, ports(NOW.isoformat()) as home:
        amber.says(market)
        tariff = build(home, amber.url)
        series = await tariff.prices(at("2026-06-15T00:00"), at("2026-06-16T00:00"))
        assert len(series.spans) == 48
        assert series.spans[0].start == at("2026-06-15T00:00")  # not a second late
        assert {span.value for span in series.spans} == {0.30}
        qualities = [span.quality for span in series.spans]
        assert qualities == [Quality.KNOWN] * 5 + [Quality.FORECAST] * 43
        assert tariff.spike == "potential"
        assert amber.requests[0].headers["Authorization"] == "Bearer hush"
        assert amber.requests[0].path == "/v1/sites/01F/prices/current"


async def test_a_negative_feed_in_price_is_what_you_earn() -> None:
    async with service() as amber, ports(NOW.isoformat()) as home:
        amber.says(market)
        series = await build(home, amber.url, "export").prices(at("2026-06-15T02:00"), at("2026-06-15T03:00"))
        assert [span.value for span in series.spans] == pytest.approx([-0.015, 0.08])


async def test_five_minute_prices_lie_over_the_half_hours() -> None:
    async with service() as amber, ports(NOW.isoformat()) as home:
        amber.says(market)
        tariff = build(home, amber.url, resolution="5")
        series = await tariff.prices(at("2026-06-15T02:00"), at("2026-06-15T04:00"))
        assert series.value_at(at("2026-06-15T02:59")) == 0.35
        assert series.value_at(at("2026-06-15T03:00")) == 0.30
        covered = sum((span.end - span.start for span in series.spans), timedelta(0))
        assert covered == timedelta(hours=2)
        soon = tariff.next_publication(NOW)
        assert soon == at("2026-06-15T02:15:20")


@pytest.mark.parametrize(("day", "slots"), [("2026-04-05", 50), ("2026-10-04", 46), ("2026-06-15", 48)])
async def test_a_day_in_sydney_has_the_half_hours_of_its_clock(day: str, slots: int) -> None:
    """A kilowatt all day, each half-hour at as many cents as the half-hours its NEM day (UTC+10 all year) is old."""
    midnight = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=SYDNEY)
    start, end = (moment.astimezone(UTC) for moment in (midnight, midnight + timedelta(days=1)))
    ends = [start + (i + 1) * HALF_HOUR for i in range(-4, slots + 4)]
    nem_number = {until: int((until + 10 * HOUR - HALF_HOUR).timestamp()) // 1800 % 48 for until in ends}
    async with service() as amber, ports(start.isoformat(), timezone="Australia/Sydney") as home:
        amber.says(json_([interval(until, 30, "general", float(nem_number[until])) for until in ends]))
        series = await build(home, amber.url).prices(start, end)
    assert len(series.spans) == slots
    assert (series.spans[0].start, series.end) == (start, end)
    # Local midnight is 23:00 NEM time in summer, which the clocks leave in April and come back to in October.
    by_hand = {50: sum(range(48)) + 46 + 47, 46: sum(range(48)) - 46 - 47, 48: sum(range(48))}[slots]
    assert round(sum(span.value / 2 for span in series.spans), 2) == round(by_hand / 200, 2)


async def test_the_only_active_site_is_found_and_offered() -> None:
    assert KIND.check is not None
    assert KIND.offer is not None
    async with service() as amber, ports(NOW.isoformat()) as home:
        options = settle(KIND.options, {"token": "hush", "url": amber.url})
        amber.says(json_(SITES), market)
        assert await KIND.check(options, home, "import") == {"site": "01F"}
        amber.says(json_(SITES))
        assert await KIND.offer(options, home, "import") == {"site": {"01F": "Jemena …2872"}}
        amber.says(json_([*SITES, SITES[0] | {"id": "02"}]))
        with pytest.raises(UnknownSite):
            await KIND.check(options, home, "import")
        amber.says(json_([interval(NOW, 30, "general", 1.0)]))
        with pytest.raises(UnknownSite):
            await KIND.check(options | {"site": "01F"}, home, "export")


async def test_usage_comes_in_calls_of_seven_days_as_mean_power() -> None:
    def usage(request: web.Request) -> web.Response:
        first = at(request.query["startDate"])
        days = (at(request.query["endDate"]) - first).days + 1
        assert days <= 7
        rows = [
            {
                **interval(first + timedelta(minutes=30 * (i + 1)), 30, "general", 30.0),
                "type": "Usage",
                "kwh": 0.25,
            }
            for i in range(48 * days)
        ]
        return web.json_response(rows)

    async with service() as amber, ports(NOW.isoformat()) as home:
        amber.says(usage)
        counted = await build(home, amber.url).usage(date(2026, 5, 1), date(2026, 5, 16))
        asked = [(request.query["startDate"], request.query["endDate"]) for request in amber.requests]
        assert asked == [
            ("2026-05-01", "2026-05-07"),
            ("2026-05-08", "2026-05-14"),
            ("2026-05-15", "2026-05-16"),
        ]
        assert counted.price is not None
        assert len(counted.power.spans) == len(counted.price.spans) == 16 * 48
        assert {span.value for span in counted.power.spans} == {0.5}
        assert {span.value for span in counted.price.spans} == {0.30}


async def test_never_an_eleventh_question_in_five_minutes() -> None:
    async with service() as amber, ports(NOW.isoformat()) as home:
        amber.says(market)
        tariff = build(home, amber.url)
        for _ in range(10):
            await tariff.prices(at("2026-06-15T02:00"), at("2026-06-15T03:00"))
        with pytest.raises(RateLimited) as limited:
            await tariff.prices(at("2026-06-15T02:00"), at("2026-06-15T03:00"))
        assert limited.value.retry_after_s == 300
        assert len(amber.requests) == 10
        await home.clock.sleep(300)
        await tariff.prices(at("2026-06-15T02:00"), at("2026-06-15T03:00"))
        assert len(amber.requests) == 11


async def test_both_directions_and_the_history_share_one_quota_and_leave_some_of_it_to_prices() -> None:
    assert KIND.history is not None
    hour = at("2026-06-15T02:00"), at("2026-06-15T03:00")
    async with service() as amber, ports(NOW.isoformat()) as home:
        amber.says(market)
        for direction in ("import", "export", "import"):
            await build(home, amber.url, direction).prices(*hour)
        amber.says(json_([]))
        options = settle(KIND.options, {"token": "hush", "site": "01F", "url": amber.url})
        start, end = NOW - timedelta(days=60), NOW
        with pytest.raises(RateLimited) as limited:
            await KIND.history(options, home, "import", start, end)
        assert len(amber.requests) == 6, "three more were asked, then four are spared"
        assert limited.value.retry_after_s == 300
        amber.says(market)
        for _ in range(4):
            await build(home, amber.url).prices(*hour)
        with pytest.raises(RateLimited):
            await build(home, amber.url, "export").prices(*hour)
        assert len(amber.requests) == 10
        await build(home, amber.url, token="another").prices(*hour)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(401), InvalidAuth),
        (error(403), InvalidAuth),
        (error(404), UnknownSite),
        (error(429, RateLimit_Reset="120"), RateLimited),
        (json_({"message": "no"}), BadData),
        (json_([interval(NOW, 30, "general", 1.0) | {"perKwh": None}]), BadData),
        (json_([{"channelType": "general"}]), BadData),
    ],
    ids=["401", "403", "404", "429", "object", "no_price", "no_time"],
)
async def test_a_wrong_answer_is_a_named_error(answer: Answer, kind: type[Exception]) -> None:
    async with service() as amber, ports(NOW.isoformat()) as home:
        amber.says(answer)
        with pytest.raises(kind) as raised:
            await build(home, amber.url).prices(at("2026-06-15T00:00"), at("2026-06-16T00:00"))
        assert "hush" not in str(raised.value)
        # A repeat would count against the quota.
        assert len(amber.requests) == 1
