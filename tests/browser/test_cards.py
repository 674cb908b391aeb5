"""Cards and views in the demo: real Home Assistant, real Chromium."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from .conftest import HASS, Demo, Open, Scheme, ask, call, go, until_state

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "cards" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = """async card => {
  const found = await axe.run(card, {resultTypes: ["violations"]});
  return found.violations.filter(one => ["serious", "critical"].includes(one.impact))
    .map(one => one.id + ": " + one.nodes.map(node => node.html.slice(0, 200)).join(" | "));
}"""
# Wider than its box, or with a box of text that is: what is cut on purpose (an ellipsis, a scrolled table) says so.
OVERFLOWING = """card => {
  const root = card.shadowRoot.querySelector("ha-card, .panel");
  const boxes = [root, document.documentElement];
  return boxes.filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.localName);
}"""
VIEWS = {
    "now": ("merit-order-now", "merit-order-plan", "merit-order-price", "merit-order-needs"),
    "plan": ("merit-order-plan",),
    "devices": ("merit-order-device",),
    "savings": ("merit-order-savings",),
    "health": ("merit-order-health", "merit-order-scorecard"),
    "kiosk": ("merit-order-kiosk",),
    "/the-rest/rest": ("merit-order-tile", "merit-order-capacity"),
}
# Cards that no view of this home's dashboard holds.
REST = {
    "path": "rest",
    "cards": [{"type": "custom:merit-order-tile", "hours": 2}, {"type": "custom:merit-order-capacity"}],
}
SIZES = ((360, 740), (800, 480), (1280, 800), (1920, 1080))
SCHEMES: tuple[tuple[Scheme, tuple[tuple[int, int], ...]], ...] = (("light", SIZES), ("dark", SIZES[::-1]))
BOILER = "Kitchen boiler"
RUNS_NOW = "(card, name) => card.plan.assets.find(one => one.name === name).active[0]"
# Within how many hours, as the home's clock shows it.
LATER = """hours => new Intl.DateTimeFormat("en-GB", {timeZone: "Europe/Brussels", timeStyle: "short"})
  .format(Date.now() + hours * 3600000)"""
# What is planned of a thing, kWh; waits until that is enough, or for twenty seconds.
PLANNED_KWH = """async (card, [name, enough]) => {
  const kwh = () => card.plan.assets.find(one => one.name === name).energy_kwh;
  for (let tries = 0; tries < 200 && kwh() < enough; tries++) await new Promise(done => setTimeout(done, 100));
  return kwh();
}"""
# What a home with a weather forecast would be told: the demo has none.
COLD = """card => { card.picture = {...card.picture, scorecard: [{forecast: "temperature", lead: "day_ahead",
  name: null, mae: 2.6, unit: "°C", relative: false, bias: -2.4, daily_error: 2.4, days: 9, verdict: "too_low"}]}; }"""
# Lines of the wall panel that stand outside of it or over each other.
CUT = """panel => {
  const glass = panel.getBoundingClientRect(), parts = [...panel.querySelectorAll(".all > *")];
  const boxes = parts.map(part => part.getBoundingClientRect());
  const out = parts.filter((_, i) => boxes[i].bottom > glass.bottom + 1 || boxes[i].right > glass.right + 1);
  const over = parts.filter((part, i) => part.scrollHeight > boxes[i].height + 3);
  return [...out, ...over].map(part => part.className);
}"""
FONT_PX = "text => parseFloat(getComputedStyle(text).fontSize)"
NEXT_READING = """(card, heard) => new Promise(done => {
  const look = () => card.home.updated_at > heard ? done(card.home.updated_at) : setTimeout(look, 100);
  look();
})"""
RECONNECT_MS = 20_000
FOLLOWED_MS = 20_000


async def names(page: Page) -> set[str]:
    """The names of the chart's rows."""
    return {
        name.strip() for name in await page.locator("merit-order-plan-chart text.name").all_text_contents()
    }


async def slot_said(chart: Locator) -> str:
    """What a screen reader says of the slot in hand."""
    return await chart.get_by_role("slider").get_attribute("aria-valuetext") or ""


async def test_the_first_screen_says_what_it_costs_what_runs_and_what_comes(open_view: Open) -> None:
    async with open_view("now", 1280, 800) as page:
        summary = page.locator("merit-order-now merit-order-summary")
        await expect(summary).to_contain_text(re.compile(r"\d+\.\d\s*p/kWh"))
        await expect(summary).to_contain_text(re.compile(r"(cheap|normal|expensive)"))
        await expect(summary).to_contain_text(re.compile(r"The home (earns|pays) "))
        await expect(summary).to_contain_text(re.compile(r"updated \d+ s ago"))
        await expect(summary).to_contain_text(re.compile(r"Next\s|Nothing else is planned"))
        box = await summary.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 800


async def test_every_view_fits_every_panel_and_is_open_to_everyone(open_view: Open) -> None:
    async with open_view("now", *SIZES[0]) as page:
        await page.add_script_tag(path=AXE)
        await ask(page, {"type": "lovelace/dashboards/create", "url_path": "the-rest", "title": "Rest"})
        await ask(page, {"type": "lovelace/config/save", "url_path": "the-rest", "config": {"views": [REST]}})
        for view, cards in VIEWS.items():
            await go(page, view)
            for scheme, sizes in SCHEMES:
                await page.emulate_media(color_scheme=scheme)
                for width, height in sizes:
                    await page.set_viewport_size({"width": width, "height": height})
                    for card in cards:
                        await fits(page, card)
                for card in cards:  # the widest light, the narrowest dark
                    assert await page.locator(card).first.evaluate(SERIOUS) == [], (view, card, scheme)
            # The narrowest again, in a language that is written from right to left.
            await page.evaluate("document.documentElement.dir = 'rtl'")
            for card in cards:
                await fits(page, card)
            await page.evaluate("document.documentElement.dir = 'ltr'")


async def fits(page: Page, card: str) -> None:
    """Neither it nor the page is wider than what holds it."""
    shown = page.locator(card).first
    await expect(shown).to_be_visible()
    assert await shown.evaluate(OVERFLOWING) == [], (card, page.viewport_size)


async def test_the_plan_is_read_by_keyboard_and_pointer_and_as_a_table(open_view: Open) -> None:
    async with open_view("plan") as page:
        shown = " ".join(await names(page))
        for row in ("Price", "Sun", "Home", "Battery", BOILER, "Pool pump", "Grid"):
            assert row in shown
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

        await page.get_by_role("button", name="Table", exact=True).click()
        table = page.locator("merit-order-table")
        slots: int = await table.evaluate("table => table.plan.edges.length - 1")
        await expect(table.get_by_role("row")).to_have_count(slots + 1)
        await expect(table.get_by_role("columnheader").nth(1)).to_contain_text("Price")
        await page.get_by_role("button", name="24 h").click()
        await expect(page.locator("merit-order-plan-chart svg")).to_be_visible()


async def test_a_block_tells_why_and_is_overridden_and_the_device_follows(open_view: Open) -> None:
    async with open_view("plan") as page:
        relay, allowed = (
            "binary_sensor.kitchen_boiler_switched_on",
            "switch.kitchen_boiler_controlled_by_the_plan",
        )
        block = page.locator("merit-order-plan-chart").get_by_role("button", name=BOILER).last
        await block.press("Enter")
        detail = page.locator("merit-order-block-detail")
        await expect(detail).to_contain_text(re.compile(r"\d\d:\d\d – "))
        await expect(detail).to_contain_text("kWh")

        runs = await page.evaluate(f"{HASS}.states['{relay}'].state") == "on"
        wanted = "off" if runs else "on"
        await detail.get_by_role("button", name="Not now" if runs else "Run now").click()
        await expect(detail).to_contain_text(
            re.compile(r"by hand until (\w+ )?\d\d:\d\d"), timeout=FOLLOWED_MS
        )
        notice = page.locator("merit-order-plan .notice.info", has_text=BOILER)
        await expect(notice).to_contain_text(re.compile("is (held off|switched on) by hand until"))
        await until_state(page, relay, wanted)
        runs_now = await page.locator("merit-order-plan").evaluate(RUNS_NOW, BOILER)
        assert runs_now is (wanted == "on")
        await detail.get_by_role("button", name="Back to the plan").click()
        await expect(notice).to_have_count(0, timeout=FOLLOWED_MS)

        box = detail.get_by_role("checkbox")
        await expect(box).to_be_checked()
        await box.click()
        await until_state(page, allowed, "off")
        await box.click()
        await until_state(page, allowed, "on")
        await detail.get_by_role("button", name="Close").click()
        await expect(detail).to_have_count(0)


async def test_a_need_is_asked_for_and_met_or_named_as_missed(open_view: Open) -> None:
    async with open_view("now") as page:
        card, now = page.locator("merit-order-needs"), page.locator("merit-order-now")
        row = card.get_by_role("listitem").filter(has_text=BOILER)
        before = await now.evaluate(PLANNED_KWH, [BOILER, 0])

        async def want(amount: str, by: str, button: str = "Ask") -> None:
            if button == "Ask":
                await card.get_by_label("What").select_option(label=BOILER)
            await card.get_by_label("How much (kWh)").fill(amount)
            await card.get_by_label("By").fill(by)
            await card.locator("form").get_by_role("button", name=button).click()
            await expect(row).to_contain_text(re.compile(rf"{amount} kWh by .*{by}"), timeout=FOLLOWED_MS)

        tomorrow = await page.evaluate(LATER, 20)
        await want("6", tomorrow)
        assert await now.evaluate(PLANNED_KWH, [BOILER, before + 5.5]) >= before + 5.5
        await expect(row).not_to_contain_text(re.compile(f"short at .*{tomorrow}"))
        await expect(row).to_contain_text(re.compile(r"can be met: .* £\d"))

        soon = await page.evaluate(LATER, 2)
        missed = re.compile(rf"\d+\.\d kWh short at .*{soon}")
        await row.get_by_role("button", name="Change").click()
        await want("40", soon, "Change")
        await expect(card).not_to_contain_text("6 kWh by", timeout=FOLLOWED_MS)
        await expect(row).to_contain_text(missed, timeout=FOLLOWED_MS)
        warning = now.locator(".notice.warning").filter(has_text=missed)
        await expect(warning).to_be_visible()
        await row.get_by_role("button", name="Back to the plan").click()
        await expect(warning).to_have_count(0, timeout=FOLLOWED_MS)


async def test_who_only_advises_says_so_everywhere(open_view: Open) -> None:
    async with open_view("now") as page:
        mode = {"entity_id": "select.demo_home_mode"}
        await call(page, "select", "select_option", {**mode, "option": "advise"})
        for view, card in (
            ("now", "merit-order-now"),
            ("plan", "merit-order-plan"),
            ("kiosk", "merit-order-kiosk"),
        ):
            await go(page, view)
            await expect(page.locator(card)).to_contain_text(
                re.compile("only advises|advises only"), timeout=FOLLOWED_MS
            )
        await go(page, "health")
        await expect(page.locator("merit-order-health")).to_contain_text("only advises")
        await call(page, "select", "select_option", {**mode, "option": "automatic"})
        await expect(page.locator("merit-order-health")).to_contain_text(
            "carries the plan out", timeout=FOLLOWED_MS
        )


async def test_a_bad_temperature_forecast_is_told_in_degrees(open_view: Open) -> None:
    async with open_view("health", 360, 740) as page:
        card = page.locator("merit-order-scorecard")
        await expect(card).to_contain_text("Use of the home")
        await card.evaluate(COLD)
        await expect(card).to_contain_text("Promises it too cold: by 2.4 °C.")
        await expect(card).to_contain_text("on average 2.4 °C too low")
        await fits(page, "merit-order-scorecard")


async def test_the_wall_panel_fills_the_glass_and_says_when_it_is_cut_off(open_view: Open) -> None:
    async with open_view("kiosk", offline=True) as page:
        panel = page.locator("merit-order-kiosk .panel")
        await expect(panel.locator(".number")).to_have_text(re.compile(r"\d+\.\d"))
        for width, height in ((360, 640), (480, 800), (1280, 800), (800, 480)):
            await page.set_viewport_size({"width": width, "height": height})
            assert await panel.bounding_box() == {"x": 0, "y": 0, "width": width, "height": height}
            # Ten millimetres tall on a panel of five inches: readable from two metres.
            assert await panel.locator(".number").evaluate(FONT_PX) > 90
            assert await panel.evaluate(CUT) == [], (width, height)
        before = await panel.locator(".says").inner_text()
        await page.context.set_offline(True)
        await page.evaluate(f"{HASS}.connection.socket.close()")
        await expect(panel).to_contain_text("connection to Home Assistant is lost")
        await expect(panel.locator(".old")).to_be_visible()
        assert await panel.evaluate(CUT) == []
        await page.context.set_offline(False)
        await expect(panel.locator(".old")).to_have_count(0, timeout=RECONNECT_MS)
        assert (await panel.locator(".says").inner_text()).splitlines()[0] == before.splitlines()[0]
        heard = await page.locator("merit-order-kiosk").evaluate("card => card.home.updated_at")
        assert await page.locator("merit-order-kiosk").evaluate(NEXT_READING, heard) > heard
        await panel.get_by_role("button", name="Leave the full screen").click()
        await expect(page.get_by_role("tab", name="Wall panel")).to_be_visible()


async def test_a_source_that_falls_silent_is_named_with_what_the_plan_does(
    open_view: Open, demo: Demo
) -> None:
    async with open_view("now") as page:
        price = page.locator("merit-order-now .notice.warning", has_text="feed-in price")
        demo.break_("octopus", "closed")
        await call(page, "merit_order", "replan", {"fetch": True})
        await expect(price).to_contain_text(
            re.compile(r"Price, feed-in price: no news since \d\d:\d\d; what was last known is used"),
            timeout=FOLLOWED_MS,
        )
        demo.break_("octopus", None)
        await call(page, "merit_order", "replan", {"fetch": True})
        await expect(price).to_have_count(0, timeout=FOLLOWED_MS)
