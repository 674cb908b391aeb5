"""Nord Pool through Home Assistant's action: market days, publication, areas, errors."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.merit_order.engine.model.errors import BadData, SourceError
from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.ports import Ports
from custom_components.merit_order.engine.tariffs import Tariff, tariff_kind
from tests.apis import ActionAnswers, at, ports

KIND = tariff_kind("nordpool")
BRUSSELS = ZoneInfo("Europe/Brussels")
ACTION = "nordpool.get_prices_for_date"


def build(home: Ports, **options: Any) -> Tariff:
    return KIND.build(settle(KIND.options, {"config_entry": "abc", "area": "se3", **options}), home, "import")


def market_day(data: Mapping[str, Any]) -> dict[str, Any]:
    """As the integration answers: per MWh, UTC, quarters; the price is the number of the quarter."""
    midnight = datetime.fromisoformat(data["date"]).replace(tzinfo=BRUSSELS)
    start, end = (moment.astimezone(UTC) for moment in (midnight, midnight + timedelta(days=1)))
    step = timedelta(minutes=15)
    rows = [
        {
            "start": (start + i * step).isoformat(),
            "end": (start + (i + 1) * step).isoformat(),
            "price": float(i),
        }
        for i in range(round((end - start) / step))
    ]
    return {"SE3": rows}


async def test_two_market_days_make_one_series() -> None:
    house = ActionAnswers({ACTION: market_day})
    async with ports("2026-06-15T12:00Z", actions=house, currency="SEK") as home:
        tariff = build(home, vat=25)
        series = await tariff.prices(at("2026-06-14T22:00"), at("2026-06-16T22:00"))
        assert len(series.spans) == 192
        assert series.spans[7].value == pytest.approx(0.007 * 1.25)
        assert [data["date"] for _, data in house.asked] == ["2026-06-15", "2026-06-16"]
        assert house.asked[0][1] == {
            "config_entry": "abc",
            "date": "2026-06-15",
            "areas": ["SE3"],
            "currency": "SEK",
        }
        assert tariff.next_publication(at("2026-06-15T12:00")) == at("2026-06-16T10:50")


@pytest.mark.parametrize(("day", "quarters"), [("2026-03-29", 92), ("2026-10-25", 100)])
async def test_a_market_day_on_which_the_clock_changes(day: str, quarters: int) -> None:
    midnight = datetime.fromisoformat(day).replace(tzinfo=BRUSSELS)
    start, end = midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC)
    async with ports(f"{day}T06:00Z", actions=ActionAnswers({ACTION: market_day})) as home:
        series = await build(home).prices(start, end)
        assert (len(series.spans), series.spans[0].start, series.end) == (quarters, start, end)


async def test_before_the_auction_tomorrow_is_not_asked_for() -> None:
    house = ActionAnswers({ACTION: market_day})
    async with ports("2026-06-15T08:00Z", actions=house) as home:
        series = await build(home).prices(at("2026-06-15T00:00"), at("2026-06-17T00:00"))
        assert series.end == at("2026-06-15T22:00")
        assert len(house.asked) == 1


async def test_the_only_area_needs_no_name_and_one_of_several_does() -> None:
    house = ActionAnswers({ACTION: market_day})
    async with ports("2026-06-15T08:00Z", actions=house) as home:
        series = await build(home, area=None).prices(at("2026-06-15T00:00"), at("2026-06-15T12:00"))
        assert series.spans
        house.answers[ACTION] = {"SE3": [], "SE4": []}
        with pytest.raises(BadData):
            await build(home, area=None).prices(at("2026-06-15T00:00"), at("2026-06-15T12:00"))


@pytest.mark.parametrize(
    "answer",
    [
        SourceError("refused"),
        {"SE4": []},
        {"SE3": [{"start": "2026-06-15T00:00"}]},
        {"SE3": [{"start": None}]},
    ],
    ids=["action_failed", "other_area", "no_offset", "no_time"],
)
async def test_a_wrong_answer_is_a_named_error(answer: Any) -> None:
    async with ports("2026-06-15T08:00Z", actions=ActionAnswers({ACTION: answer})) as home:
        with pytest.raises(SourceError):
            await build(home).prices(at("2026-06-15T00:00"), at("2026-06-15T12:00"))


async def test_empty_days_are_gaps_and_outside_home_assistant_it_says_so() -> None:
    async with ports("2026-06-15T08:00Z", actions=ActionAnswers({ACTION: {"SE3": []}})) as home:
        assert (await build(home).prices(at("2026-06-15T00:00"), at("2026-06-15T12:00"))).spans == ()
        assert KIND.check is not None
        with pytest.raises(BadData):
            await KIND.check(settle(KIND.options, {"config_entry": "abc", "area": "se3"}), home, "import")
    async with ports("2026-06-15T08:00Z") as home:
        with pytest.raises(SourceError):
            await build(home).prices(at("2026-06-15T00:00"), at("2026-06-15T12:00"))
