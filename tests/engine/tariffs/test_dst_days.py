"""The plan of the days on which the clocks change in 2026: its slots, its prices and what it costs, to the cent."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.merit_order.engine.model.options import settle
from custom_components.merit_order.engine.model.series import Forecast, Series
from custom_components.merit_order.engine.model.snapshot import AssetSpec, Settings, Snapshot, TariffView
from custom_components.merit_order.engine.pipeline import think
from custom_components.merit_order.engine.tariffs import tariff_kind
from tests.apis import ports

KIND = tariff_kind("time_of_use")
NIGHT = [{"price": 0.19, "start": "22:00", "end": "07:00"}]


# Hours of the local day and of its night (22:00 to 07:00), by hand.
@pytest.mark.parametrize(
    ("zone", "day", "hours", "night"),
    [
        ("Europe/London", "2026-03-29", 23, 8),
        ("Europe/London", "2026-10-25", 25, 10),
        ("Europe/Brussels", "2026-03-29", 23, 8),
        ("Europe/Brussels", "2026-10-25", 25, 10),
        ("Australia/Sydney", "2026-10-04", 23, 8),
        ("Australia/Sydney", "2026-04-05", 25, 10),
    ],
)
async def test_a_home_that_draws_one_kilowatt_all_day(zone: str, day: str, hours: int, night: int) -> None:
    local, utc = ZoneInfo(zone), ZoneInfo("UTC")
    start = datetime.combine(date.fromisoformat(day), datetime.min.time(), local).astimezone(utc)
    end = start + timedelta(hours=hours)
    async with ports(timezone=zone) as home:
        tariff = KIND.build(settle(KIND.options, {"price": 0.3127, "periods": NIGHT}), home, "import")
        prices = await tariff.prices(start, end)
    plan = think(
        Snapshot(
            at=start,
            timezone=zone,
            currency="EUR",
            tariff=TariffView(import_price=prices),
            load=Forecast(Series.regular(start, 60, [1.0] * hours)),
            assets=(AssetSpec(id="grid", kind="grid", name="Grid"),),
            settings=Settings(slot_minutes=15, horizon_hours=hours, explain=False),
        )
    ).plan
    assert plan.home is not None
    assert len(plan.edges) - 1 == hours * 4
    assert (plan.edges[0], plan.edges[-1]) == (start, end)
    assert (end.astimezone(local).date() - date.fromisoformat(day)).days == 1
    assert plan.home.import_price.count(0.19) == night * 4
    by_hand = round(night * 0.19 + (hours - night) * 0.3127, 2)
    assert round(plan.cost, 2) == by_hand
    assert round(sum(plan.home.cost), 2) == by_hand
