"""The plan card's time axis in the demo: the past beside the plan, moving through it, and how much is drawn anew."""

import gzip
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from .conftest import Open

pytestmark = pytest.mark.browser

BUNDLE = Path(__file__).parents[2] / "custom_components" / "merit_order" / "www" / "merit-order.js"
MOST_BYTES = 150_000

# How much of the chart is made anew by a reading of the meter, by the same plan once more, and by another one.
WORK = """async card => {
  const chart = card.renderRoot.querySelector("merit-order-plan-chart");
  const drawn = async () => { await card.updateComplete; await chart.updateComplete; };
  const work = async change => {
    const [laidOut, found] = [chart.view, []];
    const seen = new MutationObserver(records => found.push(...records));
    seen.observe(chart.renderRoot, {subtree: true, childList: true, attributes: true, characterData: true});
    card.picture = {...card.picture, ...change};
    await drawn();
    found.push(...seen.takeRecords());
    seen.disconnect();
    const made = found.flatMap(one => [...one.addedNodes]).filter(node => node.nodeType === 1);
    return {laidOutAgain: chart.view !== laidOut, changes: found.length, made: made.length};
  };
  // A minute that passes moves the line of now: not while this is counted.
  Object.defineProperty(card.clock, "now", {value: card.clock.now, configurable: true});
  card.requestUpdate();
  await drawn();
  const {plan, home} = card.picture;
  const moment = await work({home: {...home, grid_kw: (home.grid_kw ?? 0) + 1}});
  const same = await work({plan: structuredClone(plan)});
  // Other heights, and the same slots alike: as many bars as before.
  const dearer = plan.home.import_price.map(price => price && price * price);
  const other = await work({plan: {...plan, home: {...plan.home, import_price: dearer}}});
  delete card.clock.now;
  return {moment, same, other, slots: plan.edges.length, shapes: chart.renderRoot.querySelectorAll("*").length};
}"""


async def reach(page: Page) -> tuple[str, str]:
    """From when to when the chart says it goes."""
    said = await page.locator("merit-order-plan-chart svg").get_attribute("aria-label") or ""
    found = re.fullmatch(r"Plan from (.+) to (.+)", said)
    assert found is not None
    return found[1], found[2]


async def test_what_happened_stands_before_now_and_time_can_be_moved_through(open_view: Open) -> None:
    async with open_view("plan") as page:
        chart = page.locator("merit-order-plan-chart")
        # The demo's recorder knows the home's last month; the card asks for the last day of it.
        await expect(page.locator("merit-order-plan .legend")).to_contain_text("as it went")
        begin = await reach(page)
        slider = chart.get_by_role("slider")
        await slider.focus()
        await page.keyboard.press("Home")
        assert re.search(r"Home \d", await slider.get_attribute("aria-valuetext") or "")

        await page.get_by_role("button", name="Earlier").click()
        earlier = await reach(page)
        assert earlier[1] != begin[1]
        await page.get_by_role("button", name="Now", exact=True).click()
        assert await reach(page) == begin

        box = await slider.bounding_box()
        assert box is not None
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        await page.mouse.move(*middle)
        await page.mouse.down()
        await page.mouse.move(middle[0] - 200, middle[1], steps=4)
        await page.mouse.up()
        moved = await reach(page)
        assert moved[0] != begin[0]
        await page.keyboard.down("Control")
        await page.mouse.wheel(0, -400)
        await page.keyboard.up("Control")
        await expect(chart.locator("svg")).not_to_have_attribute(
            "aria-label", f"Plan from {moved[0]} to {moved[1]}"
        )


async def test_only_what_changed_is_drawn_anew(open_view: Open) -> None:
    """`script/screenshots --speed` measures how long it takes; here it is counted, which no busy machine changes."""
    async with open_view("plan") as page:
        found = await page.locator("merit-order-plan").evaluate(WORK)
        assert found["slots"] > 150, "48 hours of quarter hours"
        assert found["shapes"] > 300
        assert found["moment"] == {"laidOutAgain": False, "changes": 0, "made": 0}
        assert found["same"] == {"laidOutAgain": True, "changes": 0, "made": 0}
        assert found["other"]["changes"] > 0
        assert found["other"]["made"] <= 5


def test_the_cards_are_small() -> None:
    assert len(gzip.compress(BUNDLE.read_bytes())) < MOST_BYTES
