"""The plan card in the demo: real Home Assistant, real Chromium."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from .conftest import Open, Scheme

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "cards" / "node_modules" / "axe-core" / "axe.min.js"
STATES = "document.querySelector('home-assistant').hass.states"
SERIOUS = """async card => {
  const found = await axe.run(card, {resultTypes: ["violations"]});
  return found.violations.filter(one => ["serious", "critical"].includes(one.impact))
    .map(one => one.id + ": " + one.nodes.map(node => node.html.slice(0, 200)).join(" | "));
}"""
WIDER_THAN_ITSELF = "element => element.scrollWidth > element.clientWidth"


async def names(page: Page) -> set[str]:
    """The names of the chart's rows."""
    return {
        name.strip() for name in await page.locator("merit-order-plan-chart text.name").all_text_contents()
    }


async def slot_said(chart: Locator) -> str:
    """What a screen reader says of the slot in hand."""
    return await chart.get_by_role("slider").get_attribute("aria-valuetext") or ""


async def test_the_first_page_says_what_it_costs_what_runs_and_what_comes(open_first_page: Open) -> None:
    async with open_first_page(1280, 900, "light") as page:
        summary = page.locator("merit-order-summary")
        await expect(summary).to_contain_text(re.compile(r"\d+\.\d\s*p/kWh"))
        await expect(summary).to_contain_text(re.compile(r"(cheap|normal|expensive)"))
        await expect(summary).to_contain_text(re.compile(r"The home (earns|pays) "))
        await expect(summary).to_contain_text(re.compile(r"updated \d+ s ago"))
        await expect(summary).to_contain_text(re.compile(r"Next: |Nothing else is planned"))
        shown = " ".join(await names(page))
        for row in ("Price", "Sun", "Home", "Battery", "Kitchen boiler", "Pool pump", "Grid"):
            assert row in shown


async def test_a_slot_is_read_by_keyboard_and_pointer_and_a_block_tells_why(open_first_page: Open) -> None:
    async with open_first_page(1280, 900, "light") as page:
        chart = page.locator("merit-order-plan-chart")
        slider = chart.get_by_role("slider")
        await slider.focus()
        await page.keyboard.press("ArrowRight")
        first = await slot_said(chart)
        await page.keyboard.press("ArrowRight")
        second = await slot_said(chart)
        assert first != second
        assert re.search(r"\d\d:\d\d – \d\d:\d\d, Price \d+\.\d p/kWh, ", second)
        await expect(chart.locator(".tip")).to_contain_text("p/kWh")
        await page.keyboard.press("Escape")
        await expect(chart.locator(".tip")).to_have_count(0)
        box = await slider.bounding_box()
        assert box is not None
        await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
        await expect(chart.locator(".tip")).to_contain_text("Feed-in price")
        await chart.get_by_role("button").first.press("Enter")
        detail = page.locator("merit-order-block-detail")
        await expect(detail).to_contain_text(re.compile(r"\d\d:\d\d – "))
        await expect(detail).to_contain_text("kWh")
        await detail.get_by_role("button", name="Close").click()
        await expect(detail).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
async def test_nothing_is_wider_than_its_page(open_first_page: Open, width: int, scheme: Scheme) -> None:
    async with open_first_page(width, 800, scheme) as page:
        assert not await page.evaluate(f"({WIDER_THAN_ITSELF})(document.documentElement)")
        assert not await page.locator("merit-order-plan ha-card").evaluate(WIDER_THAN_ITSELF)


async def test_taking_a_device_away_from_the_plan_reaches_home_assistant(open_first_page: Open) -> None:
    async with open_first_page(1280, 900, "light") as page:
        await (
            page.locator("merit-order-plan-chart")
            .get_by_role("button", name="Kitchen boiler runs")
            .first.press("Enter")
        )
        allowed = page.locator("merit-order-block-detail").get_by_role("checkbox")
        await expect(allowed).to_be_checked()
        await allowed.click()
        await expect(allowed).not_to_be_checked()
        await page.wait_for_function(
            f"{STATES}['switch.kitchen_boiler_controlled_by_the_plan'].state === 'off'"
        )
        await allowed.click()
        await page.wait_for_function(
            f"{STATES}['switch.kitchen_boiler_controlled_by_the_plan'].state === 'on'"
        )


async def test_an_order_by_hand_is_shown_and_taken_back(open_first_page: Open) -> None:
    async with open_first_page(1280, 900, "light") as page:
        await (
            page.locator("merit-order-plan-chart")
            .get_by_role("button", name="Kitchen boiler runs")
            .first.press("Enter")
        )
        detail = page.locator("merit-order-block-detail")
        await detail.get_by_role("button", name="Not now").click()
        await expect(detail).to_contain_text(re.compile(r"by hand until \d\d:\d\d"), timeout=20_000)
        await detail.get_by_role("button", name="Back to the plan").click()
        await expect(detail).not_to_contain_text("by hand", timeout=20_000)


async def test_the_plan_is_also_a_table(open_first_page: Open) -> None:
    async with open_first_page(1280, 900, "light") as page:
        await page.get_by_role("button", name="Table", exact=True).click()
        table = page.locator("merit-order-table")
        await expect(table.get_by_role("row")).to_have_count(await slots(page) + 1)
        await expect(table.get_by_role("columnheader").nth(1)).to_contain_text("Price")
        await page.get_by_role("button", name="24 h").click()
        await expect(page.locator("merit-order-plan-chart svg")).to_be_visible()


async def slots(page: Page) -> int:
    """How many slots the card's plan has."""
    count: int = await page.locator("merit-order-table").evaluate("table => table.plan.edges.length - 1")
    return count


async def test_nothing_serious_stands_in_the_way_of_anyone(open_first_page: Open) -> None:
    async with open_first_page(1280, 900, "light") as page:
        await page.add_script_tag(path=AXE)
        assert await page.locator("merit-order-plan").evaluate(SERIOUS) == []
        await page.get_by_role("tab", name="Now").click()
        for card in ("merit-order-now", "merit-order-price", "merit-order-needs"):
            assert await page.locator(card).evaluate(SERIOUS) == []


async def test_a_need_is_asked_for_and_taken_back(open_first_page: Open) -> None:
    async with open_first_page(1280, 900, "light") as page:
        await page.get_by_role("tab", name="Now").click()
        card = page.locator("merit-order-needs")
        await card.get_by_label("What").select_option(label="Kitchen boiler")
        await card.get_by_label("How much (kWh)").fill("6")
        await card.get_by_label("By").fill("16:30")
        await card.get_by_role("button", name="Ask").click()
        row = card.get_by_role("listitem").filter(has_text="Kitchen boiler")
        await expect(row).to_contain_text(re.compile(r"6 kWh by .*16:30"), timeout=20_000)
        await row.get_by_role("button", name="Back to the plan").click()
        await expect(card).not_to_contain_text("6 kWh by", timeout=20_000)
