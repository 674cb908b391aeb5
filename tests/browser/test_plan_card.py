"""The plan card in the demo: real Home Assistant, real Chromium."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from .conftest import Open, Scheme

pytestmark = pytest.mark.browser

STATES = "document.querySelector('home-assistant').hass.states"
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
            .get_by_role("button", name="Kitchen boiler")
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
